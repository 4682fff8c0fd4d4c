"""What is called of a contract: the box beside it. Of what the reader may see: of orders he does not see nothing is told him."""

import sqlalchemy as sa

from crm_core.sdk import Seen, session, site
from crm_sales.contracts import services
from crm_sales.contracts.models import Contract
from crm_sales.orders import services as orders
from crm_sales.orders.models import Order, State
from crm_sales.orders.panels import said
from crm_sales.receivables.covering import ASKED
from crm_sales.receivables.models import Invoice

SHOWS = "sales.contract.agreed", "sales.contract.paid", "sales.order.contract", "sales.order.total", "sales.order.delivered", "sales.invoice.contract", "sales.invoice.total"


def of_contract(contract_id: int) -> dict:
    """What is agreed with amendments, ordered of that (of cancelled orders what went out), left of it, or beyond it, invoiced less credit notes, and received.
    In its currency. Five statements at most."""
    contract = session.get(Contract, contract_id)
    seen = Seen(site().registry.resource(services.NAME), contract)
    ordered = int(session.scalar(sa.select(sa.func.coalesce(sa.func.sum(Order.total), 0)).where(Order.contract_id == contract_id, Order.state.in_((*orders.GOING, State.held)))) or 0)
    stopped = session.scalars(sa.select(Order.id).where(Order.contract_id == contract_id, Order.state == State.cancelled, Order.delivered > 0).limit(2_000)).all()
    ordered += sum(orders.went(session, stopped).values())
    invoiced = int(session.scalar(sa.select(sa.func.coalesce(sa.func.sum(Invoice.total), 0)).where(Invoice.contract_id == contract_id, ASKED)) or 0)
    agreed = seen.agreed or 0
    return {"agreed": agreed, "ordered": ordered, "left": max(0, agreed - ordered), "beyond": max(0, ordered - agreed), "invoiced": invoiced, "paid": seen.paid or 0,
            "currency": contract.currency, "said": said}
