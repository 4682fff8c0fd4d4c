"""What other features may import."""

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.dealings.models import Care, CustomerValue, Stage, ValueClass
from crm_core.kernel.site import site

__all__ = ["Care", "CustomerValue", "Stage", "ValueClass", "value_class"]


def value_class(customer: int) -> ValueClass | None:
    """What a customer seeks: the price, advice, or a partner; None where nobody said, or it is not for the acting person."""
    resource = site().registry.resources.get("core.customer_value")
    if resource is None or not resource.may("read") or "value_class" not in resource.fields():
        return None
    return session.scalar(sa.select(CustomerValue.value_class).where(CustomerValue.customer_id == customer))
