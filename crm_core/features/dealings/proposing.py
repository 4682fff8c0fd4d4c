"""What the figures propose of customers: the care each needs, who is key, what a customer seeks with us. It waits for a decision of who may take it."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.mixins import new_public_ids
from crm_core.data.session import current_work, session, system_scope
from crm_core.features.customers.api import Customer
from crm_core.features.dealings import saying
from crm_core.features.dealings.histories import COMPARED
from crm_core.features.dealings.house import House
from crm_core.features.dealings.models import (
    CARES,
    CHURNS,
    CLASSES,
    About,
    Answer,
    Care,
    CustomerValue,
    Stage,
    ValueClass,
    ValueProposal,
)
from crm_core.features.dealings.settings import ValueSettings
from crm_core.features.dealings.telling import SOURCE
from crm_core.features.rules.api import start
from crm_core.features.tasks import api as tasks
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.site import my_id, site
from crm_core.resource import timeline
from crm_core.resource.changes import unscoped

CUSTOMER, KEY = "core.customer", "key"
CLASS, CARE = "core.value_class", "core.care_class"  # triggers of rules
REST = dt.timedelta(days=180)  # what was declined is not proposed again for so long
TIME = dt.timedelta(days=7)
AT_ONCE = 500  # proposals written in one transaction
TALKS = ("call", "visit", "meeting", "feedback")
MANY = 3  # talks for each day of dealings: he seeks advice
CHEAP = 60  # per cent of the house's margin: he seeks the price
_rows, _customers, _proposals, _entries = table_of(CustomerValue), table_of(Customer), table_of(ValueProposal), table_of(timeline.Entry)
_WHY = unscoped("the value of customers")
# What is to be done with whom; the one who does it says what came of it.
CARE_TASKS: dict[str, Callable[[str], Any]] = {
    "valued": lambda name: _("Thank %(name)s for the growing trade", name=name),
    "changing": lambda name: _("Encourage %(name)s: trade with us is changing", name=name),
    "troubled": lambda name: _("Talk with %(name)s and clear up what went wrong", name=name),
}
CLASS_HINTS = {
    "intrinsic": _("Seeks the price: the short way to an order, no visits without a cause, offers by list."),
    "extrinsic": _("Seeks advice: plan talks before he asks, show what fits him, let experts answer."),
    "strategic": _("Strategic account: a plan made together, one who answers for it, the heads meet every year."),
}


class Kind(NamedTuple):
    """One thing that can be proposed: which rows it is proposed for, of which customers."""

    about: About
    column: str
    value: Any
    where: sa.ColumnElement[bool]
    of: tuple[sa.ColumnElement[bool], ...] = ()


def kinds(house: House) -> Iterator[Kind]:
    """All of them, the weightier first: of one matter a customer is proposed one."""
    now, r = ValueSettings.now(), _rows.c
    before = sa.and_(r.usual <= COMPARED, r.year_before.is_not(None), r.year_before > 0)
    middle, top = (house.money[1], house.money[3]) if house.money else (0, 0)
    worth = r.year_before >= max(middle, 1)
    fallen = sa.and_(before, worth, r.year * 100 < r.year_before * now.falling)
    yield Kind(About.care, "care", Care.troubled, sa.or_(fallen, r.signs > 0))
    yield Kind(About.care, "care", Care.changing, sa.and_(before, worth, r.signs == 0, r.year * 100 >= r.year_before * now.falling,
                                                          sa.or_(r.year * 100 < r.year_before * now.care_fall, r.churn.is_not(None))))
    yield Kind(About.care, "care", Care.valued, sa.and_(before, r.signs == 0, r.year >= max(top, 1), r.churn.is_(None), r.year * 100 >= r.year_before * now.care_rise))
    standing = _customers.c.standing != KEY, _customers.c.blacklist.is_(None)
    known = r.first_on <= clock.today() - dt.timedelta(days=now.key_least)
    yield Kind(About.key, "", None, sa.and_(r.year >= max(house.key, 1), known, r.stage.in_((Stage.growing, Stage.stable))), standing)
    strategic = r.year * 100 >= max(house.turnover, 1) * now.strategic
    yield Kind(About.value, "value_class", ValueClass.strategic, strategic)
    if house.margin:
        cheap = sa.and_(r.goods.is_not(None), r.year > 0, (r.year - r.goods) * 1_000_000 < r.year * house.margin * CHEAP, r.deals >= MANY)
        yield Kind(About.value, "value_class", ValueClass.intrinsic, sa.and_(cheap, sa.not_(strategic)))
    e = _entries.c
    talks = sa.select(sa.func.count()).where(
        e.subject == CUSTOMER, e.subject_id == r.customer_id, e.kind.in_(TALKS), e.at >= clock.now() - dt.timedelta(days=365)).scalar_subquery()
    yield Kind(About.value, "value_class", ValueClass.extrinsic, sa.and_(r.year >= max(top, 1), r.deals >= MANY, sa.not_(strategic), talks >= MANY * r.deals))


def propose(job: Running, house: House) -> None:
    """The last step of the job: what is no longer so is closed, what is new is proposed, the greatest turnover first. Who is meant is looked for before
    the write transaction, which takes only those of whom it still holds."""
    for kind in kinds(house):
        past, new = _past(kind), _new(kind)
        for at in range(0, len(past), AT_ONCE):
            with job.write():
                _close(kind, past[at : at + AT_ONCE])
        for at in range(0, len(new), AT_ONCE):
            with job.write():
                _open(kind, new[at : at + AT_ONCE])


def open_all(house: House) -> None:
    """The same in the running write transaction."""
    for kind in kinds(house):
        _close(kind, _past(kind))
        _open(kind, _new(kind))


def _same(kind: Kind) -> sa.ColumnElement[bool]:
    p = _proposals.c
    return sa.and_(p.about == kind.about, p[kind.column] == kind.value) if kind.column else p.about == kind.about


def _ended(kind: Kind) -> sa.ColumnElement[bool]:
    p = _proposals.c
    still = sa.exists().where(_rows.c.customer_id == p.customer_id, _rows.c.deleted_at.is_(None), kind.where, *([_customer(kind)] if kind.of else ()))
    return sa.and_(_same(kind), p.answer == Answer.open, sa.not_(still))


def _customer(kind: Kind, *also: Any) -> sa.ColumnElement[bool]:
    """One question: as two of the same table PostgreSQL would try each customer with each, as long as it knows little of them."""
    return sa.exists().where(_customers.c.id == _rows.c.customer_id, *also, *kind.of)


def _past(kind: Kind) -> list[int]:
    """Open proposals of what is no longer so."""
    return list(_run(sa.select(_proposals.c.id).where(_ended(kind)).order_by(_proposals.c.id)).scalars())


def _close(kind: Kind, ids: Sequence[int]) -> None:
    if ids:
        _run(sa.update(_proposals).where(bulk.among(_proposals.c.id, ids), _ended(kind)).values(answer=Answer.past, answered_on=clock.today()))


def _wanted(kind: Kind) -> sa.ColumnElement[bool]:
    """Rows it is to be proposed of now."""
    r, p = _rows.c, _proposals.c
    waits = sa.exists().where(p.customer_id == r.customer_id, p.about == kind.about, p.answer == Answer.open, p.deleted_at.is_(None))
    declined = sa.exists().where(p.customer_id == r.customer_id, _same(kind), p.answer == Answer.declined, p.answered_on > clock.today() - REST)
    there = _customer(kind, _customers.c.deleted_at.is_(None))
    new = [] if not kind.column else [sa.or_(r[kind.column].is_(None), r[kind.column] != kind.value)]
    return sa.and_(r.owner_id.is_not(None), r.deleted_at.is_(None), kind.where, *new, there, sa.not_(waits), sa.not_(declined))


def _new(kind: Kind) -> list[int]:
    """The rows (ids) with the greatest turnover of each owner."""
    r = _rows.c
    place = sa.func.row_number().over(partition_by=r.owner_id, order_by=(r.year.desc(), r.id)).label("place")
    few = sa.select(r.id, place).where(_wanted(kind)).subquery()
    return list(_run(sa.select(few.c.id).where(few.c.place <= ValueSettings.now().proposals).order_by(few.c.id)).scalars())


def _open(kind: Kind, ids: Sequence[int]) -> None:
    r, today = _rows.c, clock.today()
    names = ("customer_id", "owner_id", "department_id", "team_id", "year", "year_before", "deals", "first_on", "profit", "churn", "troubles")
    found = _run(sa.select(*(r[name] for name in names)).where(bulk.among(r.id, ids), _wanted(kind)).order_by(r.id)).mappings().all() if ids else ()
    if not found:
        return
    same = {"version": 1, "created_at": clock.now(), "updated_at": clock.now(), "about": kind.about, "answer": Answer.open, "made_on": today,
            **({kind.column: kind.value} if kind.column else {})}
    bulk.insert(_proposals, [{
        **same, "public_id": name, **{one: row[one] for one in ("customer_id", "owner_id", "department_id", "team_id", "year")},
        "figures": {"year_before": row["year_before"], "deals": row["deals"], "first_on": str(row["first_on"]), "profit": row["profit"], "churn": row["churn"] and str(row["churn"]),
                    **({"troubles": row["troubles"]} if kind.about == About.care else {})},
    } for row, name in zip(found, new_public_ids(len(found)), strict=True)])


def _run(statement: Any) -> Any:
    return current_work().session.connection().execute(statement, execution_options=_WHY)


# --- in words -----------------------------------------------------------------------------------------------------------


def said(row: Any) -> Any:
    """What is proposed."""
    if row.about == About.key:
        return _("Key customer")
    return CARES[str(row.care)] if row.about == About.care else CLASSES[str(row.value_class)]


def reason(row: Any) -> Any:
    """By which figures, as far as the reader may see them: without amounts, or nothing, where he may not."""
    kept: Mapping[str, Any] = row.figures or {}
    sums = "year" in site().registry.resource("core.value_proposal").fields()
    by_trade = _by_trade(row, kept) if sums else ""
    signs = saying.troubles(kept.get("troubles") or {}, sums=sums)
    return _("%(said)s %(signs)s", said=by_trade, signs=signs) if by_trade and signs else signs or by_trade


def _by_trade(row: Any, kept: Mapping[str, Any]) -> Any:
    figures = site().registry.resource(saying.NAME).fields()
    year, before = saying.money(row.year), kept.get("year_before")
    plain = _("%(year)s in 12 months.", year=year)
    if row.about == About.care:
        if "year_before" not in figures or before is None:
            return plain
        said = _("%(year)s in 12 months, after %(before)s in the 12 before (%(percent)s %%).", year=year, before=saying.money(before), percent=row.year * 100 // before if before else 0)
        return said if not kept.get("churn") or "churn" not in figures else _("%(said)s %(warning)s.", said=said, warning=CHURNS[kept["churn"]])
    if row.about == About.key:
        return _("%(year)s in 12 months: belongs to those who bring most of the turnover. A customer since %(day)s.", year=year, day=kept.get("first_on") or "")
    if row.value_class == ValueClass.strategic:
        return _("%(year)s in 12 months: a large part of the turnover of the house.", year=year)
    if row.value_class == ValueClass.intrinsic:
        return plain if "profit" not in figures else _("%(year)s in 12 months, and much less left of it than is usual in the house.", year=year)
    return _("Many talks for each dealing, and %(year)s in 12 months.", year=year)


def reasons(ids: Sequence[int]) -> Mapping[int, Any]:
    """The list's computed column."""
    return {row.id: said for row in session.scalars(sa.select(ValueProposal).where(ValueProposal.id.in_(ids))) if (said := reason(row))}


# --- decided ------------------------------------------------------------------------------------------------------------


def _answer(row: Any, answer: Answer, why: str | None) -> None:
    if row.answer != Answer.open:
        raise Refused(_("This has been decided already."))
    row.answer, row.answered_on, row.answered_by_id, row.answer_why = answer, clock.today(), my_id(), why
    session.flush()


def accept(row: Any, why: str | None = None) -> None:
    """What was proposed holds from now on, and what it starts begins."""
    _answer(row, Answer.accepted, why)
    if row.about == About.key:
        site().registry.resource(CUSTOMER).write([{"id": row.customer_id, "standing": KEY}])
        return
    signs = saying.signs((row.figures or {}).get("troubles") or {})
    hold(row.customer_id, row.value_class if row.about == About.value else None, row.care if row.about == About.care else None, signs)


def decline(row: Any, why: str) -> None:
    """It is not proposed again for half a year."""
    _answer(row, Answer.declined, why)


def hold(customer: int, value_class: ValueClass | None, care: Care | None, signs: Any = "") -> None:
    """A customer has this value class, or needs this care; `signs` of trouble in words, for who is to look after him."""
    with system_scope("the value of a customer, decided by who may") as db:
        found = db.scalar(sa.select(CustomerValue).where(CustomerValue.customer_id == customer, CustomerValue.deleted_at.is_(None)))
        who = db.scalar(sa.select(Customer).where(Customer.id == customer, Customer.deleted_at.is_(None)))
        if found is None or who is None:
            raise Refused(_("This customer has had nothing from us yet."))
        if value_class is not None:
            found.value_class = value_class
        if care is not None:
            found.care = care
        db.flush()
        name, owner = who.name, who.owner_id
    today = clock.today()
    if value_class is not None:
        timeline.add(CUSTOMER, customer, "value", data={"words": words.keep(_("is now in the value class “%(name)s”", name=CLASSES[str(value_class)]))})
        start(CLASS, CUSTOMER, [customer], f"{value_class} {today}")
    if care is not None:
        timeline.add(CUSTOMER, customer, "value", data={"words": words.keep(_("needs care: %(name)s", name=CARES[str(care)]))})
        start(CARE, CUSTOMER, [customer], f"{care} {today}")
        if owner is not None:
            people = table_of(User)
            department = current_work().session.connection().execute(sa.select(people.c.department_id).where(people.c.id == owner), execution_options=_WHY).scalar()
            tasks.begin([({
                "title": str(CARE_TASKS[str(care)](name))[:200], "text": str(signs) or None, "due": today + TIME, "priority": "normal", "subject": CUSTOMER, "subject_id": customer, "must": True,
                "source": words.keep(SOURCE), "source_key": f"core.value.care:{customer}:{care}:{today}", "owner_id": owner, "department_id": department}, ())])
