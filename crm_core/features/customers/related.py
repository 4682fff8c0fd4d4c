"""Firms that belong together: head office and branches, seen one by one or as one; and what firms are to each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.data.wall import marked
from crm_core.features.customers import lists
from crm_core.features.customers.models import Customer
from crm_core.features.customers.parts import Relation
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped
from crm_core.resource.choices import words
from crm_core.resource.references import RefField
from crm_core.web import urls
from crm_core.web.viewmodels import Act, PanelRow, PanelView

CUSTOMER = "core.customer"
LIST = "core.relation"
SHOWN = 30
_customers = table_of(Customer)


def _tree(ids: Iterable[int], *, up: bool = False) -> sa.Select[Any]:
    """These customers and all below (or above) them."""
    t = _customers
    start = sa.select(t.c.id, t.c.parent_id).where(marked(t.name), t.c.id.in_(list(ids))).cte("group_of", recursive=True)
    other = t.alias("below")
    on = other.c.id == start.c.parent_id if up else other.c.parent_id == start.c.id
    step = sa.select(other.c.id, other.c.parent_id).where(marked(t.name), on, other.c.deleted_at.is_(None))
    return sa.select(start.union(step).c.id)


def below(ids: Iterable[int]) -> list[int]:
    """These customers and their branches on every level, whoever sees them; ask for what the reader may see of them."""
    return list(current_work().session.connection().execute(_tree(ids), execution_options=unscoped("branches of a group")).scalars())


def check(rows: Sequence[dict[str, Any]], before: Any) -> dict[int, list[Any]]:
    """A group has a top: nobody is a branch of himself, however far below."""
    faults: dict[int, list[Any]] = {}
    for i, row in enumerate(rows):
        parent, own = row.get("parent_id"), row.get("id")
        if parent is None or own is None or parent == before.get(own, {}).get("parent_id"):
            continue
        if own in current_work().session.connection().execute(_tree([parent], up=True), execution_options=unscoped("heads of a group")).scalars():
            faults[i] = [_("This would make the customer a branch of itself.")]
    return faults


@dataclass(frozen=True, kw_only=True)
class GroupField(RefField):
    """The filter "of this group": a customer and all below it; of contacts, those of such customers."""

    operators: ClassVar[tuple[str, ...]] = ("any", "none")

    def below(self, ids: tuple[Any, ...]) -> None:
        return None

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        key: sa.ColumnElement[int] = getattr(entity.c if isinstance(entity, sa.FromClause) else entity, self.column)
        return key.in_(below(values)) if operator == "any" else key.not_in(below(values))


# --- the panel ----------------------------------------------------------------------------------------------------------


def _of(row_id: int) -> list[tuple[str, int, str]]:
    """(what it is, customer, remark): head office, branches, then relations of both directions, as far as the reader sees them."""
    found: list[tuple[str, int, str]] = []
    parent = session.scalar(sa.select(Customer.parent_id).where(Customer.id == row_id))
    if parent is not None:
        found.append((str(_("Head office")), parent, ""))
    branches = session.scalars(sa.select(Customer.id).where(Customer.parent_id == row_id).order_by(Customer.name_key, Customer.id).limit(SHOWN))
    found += [(str(_("Branch")), one, "") for one in branches]
    query = sa.select(Relation.kind, Relation.customer_id, Relation.other_id, Relation.note).where(
        sa.or_(Relation.customer_id == row_id, Relation.other_id == row_id)).order_by(Relation.id).limit(SHOWN)
    known = words(LIST)
    for row in session.execute(query):
        mine = row.customer_id == row_id
        code = row.kind if mine else lists.INVERSE.get(row.kind, row.kind)
        found.append((str(known.get(code) or code), row.other_id if mine else row.customer_id, row.note or ""))
    return found


def panel(row_id: int) -> PanelView:
    """Related firms beside a customer."""
    resource = site().registry.resource(CUSTOMER)
    found = _of(row_id)
    names = resource.labels(one for _what, one, _remark in found)
    rows = tuple(
        PanelRow(names[one], " · ".join(p for p in (what, remark) if p), url=urls.of_record(resource, one)) for what, one, remark in found if one in names
    )
    relations = site().registry.resource("core.relation")
    add = Act(_("New relation"), urls.of_act(relations, None, "new", [("customer", str(row_id)), ("back", f"/core/customer/{row_id}")]), "plus")
    whole = any(what == str(_("Branch")) for what, _one, _remark in found)
    return PanelView(
        _("Related firms"), "sitemap", len(rows) or "", rows, add if relations.may("create") else None,
        url=f"/core/customer/{row_id}/group" if whole else "", empty=_("No head office, branches or relations yet."),
    )
