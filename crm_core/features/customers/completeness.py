"""How complete a customer is: points for filled fields, by rules an administrator sets for all customers or for one standing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump, made
from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope
from crm_core.features.approvals.api import WAITING
from crm_core.features.customers.models import Contact, Customer
from crm_core.features.customers.parts import CompletenessRule
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import later
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped
from crm_core.resource.choices import ChoiceField, Word
from crm_core.resource.inspection import register_kind
from crm_core.resource.resource import Resource
from crm_core.resource.sensitive import filled

CONTACTS = "contacts"  # a rule about having one
BATCH = 1_000
# What a new site asks for: field, points, and of whom (none: of everybody).
FIRST = (
    ("region", 10, None), ("phone", 15, None), ("email", 10, None), ("industry", 15, None), ("business_kind", 5, None), ("source", 5, None),
    ("website", 5, None), ("legal_representative", 5, None), (CONTACTS, 20, None),
    ("credit_code", 10, "key"), ("headcount_band", 5, "key"), ("founded_on", 5, "key"), ("profile", 5, "key"),
)
_rules = table_of(CompletenessRule)
_customers = table_of(Customer)
Rules = Mapping[str | None, Sequence[tuple[str, int]]]


def rules() -> Rules:
    """Points by column, for each standing that has rules and, under None, for all. Kept until somebody changes them."""
    return made("completeness", _load)


def _load() -> Rules:
    fields = site().registry.resource("core.customer").all_fields
    found: dict[str | None, list[tuple[str, int]]] = {}
    with system_scope("rules of completeness") as db:
        for row in db.execute(sa.select(_rules.c.standing, _rules.c.field, _rules.c.points).where(_rules.c.deleted_at.is_(None))):
            if row.field == CONTACTS or row.field in fields:
                found.setdefault(row.standing, []).append((fields[row.field].column if row.field in fields else CONTACTS, row.points))
    return found


def score(values: Mapping[str, Any], known: Rules, contacts: bool) -> int:
    """Per cent of the points that a customer with these columns could have."""
    total = have = 0
    for asked in (known.get(None, ()), known.get(values.get("standing"), ())):
        for column, points in asked:
            total += points
            if contacts if column == CONTACTS else filled(values.get(column)):
                have += points
    return round(100 * have / total) if total else 100


def derive(rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
    """The score of customers about to be written; a new one has no contact yet."""
    known = rules()
    watched = {"standing", *(column for asked in known.values() for column, _points in asked)}
    changed = [row for row in rows if not row.keys().isdisjoint(watched)]
    with_contact = _with_contact(row["id"] for row in changed if row.get("id") in before)
    for row in changed:
        old = before.get(row.get("id", 0))
        row["completeness"] = score({**old, **row} if old else row, known, row.get("id") in with_contact)


def _with_contact(ids: Iterable[int]) -> set[int]:
    contact, wanted = table_of(Contact), list(ids)
    if not wanted:
        return set()
    known = sa.or_(contact.c.review.is_(None), contact.c.review.not_in(WAITING))  # one that waits for review is not everybody's to notice
    query = sa.select(contact.c.customer_id).where(contact.c.customer_id.in_(wanted), contact.c.deleted_at.is_(None), known).distinct()
    return set(current_work().session.execute(query, execution_options=unscoped("completeness")).scalars())


def again(ids: Sequence[int]) -> None:
    """Work out the scores of these customers anew: a contact came or went, or the rules changed. No version, no history."""
    known = rules()
    wanted = [_customers.c.id, _customers.c.standing, _customers.c.completeness]
    wanted += [_customers.c[c] for c in {column for asked in known.values() for column, _p in asked} - {CONTACTS, "standing"}]
    execute = current_work().session.connection().execute
    for start in range(0, len(ids), BATCH):
        part = list(ids[start : start + BATCH])
        rows = execute(sa.select(*wanted).where(_customers.c.id.in_(part)), execution_options=unscoped("completeness")).mappings().all()
        with_contact = _with_contact(part)
        new = [{"b_id": r["id"], "b_n": n} for r in rows if (n := score(dict(r), known, r["id"] in with_contact)) != r["completeness"]]
        if new:
            statement = sa.update(_customers).where(_customers.c.id == sa.bindparam("b_id")).values(completeness=sa.bindparam("b_n"))
            execute(statement, new, execution_options=unscoped("completeness"))


def run(job: Any) -> None:
    """The job: all customers, after the rules were changed."""
    last, done = 0, 0
    while not job.cancelled:
        with job.write():
            query = sa.select(_customers.c.id).where(_customers.c.id > last).order_by(_customers.c.id).limit(BATCH)
            ids = list(current_work().session.execute(query, execution_options=unscoped("completeness")).scalars())
            again(ids)
        if not ids:
            return
        last, done = ids[-1], done + len(ids)
        job.progress(done)


def install() -> None:
    """The first rules, where there were never any."""
    if current_work().session.execute(sa.select(sa.func.count()).select_from(_rules)).scalar_one():
        return
    from crm_core.resource.changes import stamp

    for name, points, standing in FIRST:
        current_work().session.add(stamp(CompletenessRule(field=name, points=points, standing=standing)))
    current_work().session.flush()


@dataclass(frozen=True, kw_only=True)
class FieldOfCustomer(ChoiceField):
    """The name of a field of customers, or that there is a contact."""

    def words(self) -> Mapping[str, Any]:
        offered = {n: f.label for n, f in site().registry.resource("core.customer").all_fields.items() if not f.readonly and n != "name"}
        return {n: Word(n, str(label), str(label), False, None, None) for n, label in {CONTACTS: _("Contacts"), **offered}.items()}


register_kind("customer_field", FieldOfCustomer)


class CompletenessRules(Resource):
    model = CompletenessRule
    label = _("Completeness")
    singular = _("Rule")
    icon = "gauge"
    files = False
    columns = "field", "points", "standing"
    filters = ("standing",)
    sorts = ()
    verbs = ("read", "create", "update", "delete")
    in_palette = False
    order = 85
    help = _("What a filled field of a customer is worth. The share of the points a customer has is his completeness.")

    @property
    def label_field(self) -> str:
        return "field"

    def word(self, value: Any) -> Any:
        return self.all_fields["field"].show(value)

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        bump()
        if current_work().session.connection().execute(sa.select(_customers.c.id).limit(1), execution_options=unscoped("completeness")).first():
            later("core.completeness", {}, label=_("Completeness"))
