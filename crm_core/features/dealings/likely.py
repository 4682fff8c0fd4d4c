"""Who could buy something: customers who never bought it and are most like those who did. Nothing is learned, everything can be read: points for
the same industry, region, size and kind as the buyers, as large as the share of buyers who are so, and for what most of them buy besides."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.session import session
from crm_core.features.customers.api import Customer, Dealing
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import site
from crm_core.web import urls
from crm_core.web.viewmodels import Act, PanelRow, PanelView

CUSTOMER, PRODUCT = "core.customer", "core.product"
BUYERS, LOOKED_AT = 2_000, 3_000  # the newest buyers, and customers looked at for each reason
LEAST = 3  # buyers, to be like
TOP = 5  # values of a field, and other products, that count
SHOWN, MARKED = 5, 500
FIELDS = ("industry", "region", "size", "customer_kind", "ownership")


class Likely(NamedTuple):
    """A customer, how like the buyers he is in per cent, and by what."""

    id: int
    score: int
    why: tuple[Any, ...]


def find(product: int, most: int) -> tuple[int, list[Likely]]:
    """(how many buyers were looked at, the most alike of those who did not buy it), in the reader's rights. Five statements, each bounded."""
    bought = sa.select(Dealing.customer_id).where(Dealing.product_id == product, sa.or_(Dealing.amount.is_(None), Dealing.amount > 0))
    buyers = list(session.scalars(bought.group_by(Dealing.customer_id).order_by(sa.func.max(Dealing.day).desc(), Dealing.customer_id).limit(BUYERS)))
    if len(buyers) < LEAST:
        return len(buyers), []
    fields = {name: field for name, field in site().registry.resource(CUSTOMER).fields().items() if name in FIELDS}
    columns = [Customer.id, *(getattr(Customer, field.column) for field in fields.values())]
    known = session.execute(sa.select(*columns).where(bulk.among(Customer.id, buyers))).all()
    shares: list[dict[Any, float]] = []
    for at in range(1, len(columns)):
        values = Counter(row[at] for row in known if row[at] is not None)
        shares.append({value: n / len(known) for value, n in values.most_common(TOP)})
    number = sa.func.count(sa.distinct(Dealing.customer_id))
    besides = sa.select(Dealing.product_id, number).where(bulk.among(Dealing.customer_id, buyers), Dealing.product_id.is_not(None), Dealing.product_id != product)
    others: dict[Any, float] = {row[0]: row[1] / len(buyers) for row in session.execute(besides.group_by(Dealing.product_id).order_by(number.desc(), Dealing.product_id).limit(TOP))}
    mine: dict[int, list[Any]] = {}
    if others:
        owns = sa.select(Dealing.customer_id, Dealing.product_id).where(Dealing.product_id.in_(others)).distinct().order_by(Dealing.customer_id.desc()).limit(LOOKED_AT)
        for customer, other in session.execute(owns):
            mine.setdefault(customer, []).append(other)
    alike = [column.in_(list(share)) for column, share in zip(columns[1:], shares, strict=True) if share]
    some = sa.or_(bulk.among(Customer.id, list(mine)), *alike[:2])
    candidates = sa.select(*columns).where(some, Customer.id.not_in(bought), Customer.blacklist.is_(None)).order_by(Customer.updated_at.desc(), Customer.id.desc()).limit(2 * LOOKED_AT)
    scored = [_score(row, shares, others, mine.get(row[0], ()), fields) for row in session.execute(candidates)]
    scored.sort(key=lambda one: (-one.score, one.id))
    return len(buyers), [one for one in scored[:most] if one.score]


def _score(row: Any, shares: Sequence[dict[Any, float]], others: dict[Any, float], mine: Sequence[int], fields: dict[str, Any]) -> Likely:
    points, why = 0.0, []
    for value, share, field in zip(row[1:], shares, fields.values(), strict=True):
        if value in share:
            points += share[value]
            why.append(_("%(field)s as %(percent)s %% of the buyers", field=field.label, percent=round(100 * share[value])))
    if mine:
        best = max(others[one] for one in mine)
        points += best
        why.append(_("buys what %(percent)s %% of them buy besides", percent=round(100 * best)))
    return Likely(row[0], round(100 * points / (len(shares) + 1)), tuple(why))


def panel(product: int) -> PanelView:
    """Beside a product."""
    buyers, found = find(product, SHOWN)
    customers, products = site().registry.resource(CUSTOMER), site().registry.resource(PRODUCT)
    names = customers.labels(one.id for one in found)
    rows = tuple(PanelRow(names[one.id], listed(one.why), f"{one.score} %", url=urls.of_record(customers, one.id)) for one in found if one.id in names)
    act = Act(_("Tag them"), urls.of_act(products, product, "do/tag_likely"), "tag", dialog=True) if rows and products.may("tag_likely") else None
    return PanelView(_("Who could buy it"), "users", len(rows) or "", rows, act,
                     foot=_("Most like the %(n)s customers who bought it.", n=buyers) if rows else "",
                     empty=_("Nobody is like the buyers, or there are too few of them."))


def tag(row: Any, name: str, count: int) -> None:
    """Give the most alike a tag, by which the list of customers finds them, rules and targets too."""
    found = find(row.id, min(count, MARKED))[1]
    if not found:
        raise Refused(_("Nobody is like the buyers, or there are too few of them."))
    site().registry.resource(CUSTOMER).run("tag", [one.id for one in found], {"tags": [name]})
