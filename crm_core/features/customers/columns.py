"""Columns the lists of customers and contacts compute: one question a page, only when they are chosen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers import ages, days, needs, tags
from crm_core.features.customers.models import Contact, Note
from crm_core.features.tasks.api import Task, by_due, urgency
from crm_core.kernel import clock
from crm_core.kernel.declare import Column
from crm_core.kernel.i18n import _
from crm_core.resource.kept import among_ids, kept
from crm_core.resource.show import say_date
from crm_core.web import cells, render

CUSTOMER, CONTACT = "core.customer", "core.contact"


def tagged(ids: Sequence[int]) -> Mapping[int, Any]:
    return {row_id: cells.tags(names) for row_id, names in tags.of(CUSTOMER, ids).items()}


def contact_tagged(ids: Sequence[int]) -> Mapping[int, Any]:
    return {row_id: cells.tags(names) for row_id, names in tags.of(CONTACT, ids).items()}


def last_contact(ids: Sequence[int]) -> Mapping[int, Any]:
    """When somebody last spoke with the customer or one of his contacts, or wrote about them."""
    return {r.customer_id: render.moment(r.at, short=True) for r in session.execute(_last_notes(), {"ids": ids})}


@kept
def _last_notes() -> sa.Select[Any, Any]:
    return (
        sa.select(Note.customer_id, sa.func.max(Note.happened_at).label("at"))
        .where(among_ids(Note.customer_id)).group_by(Note.customer_id)
    )


def next_step(ids: Sequence[int]) -> Mapping[int, Any]:
    """The earliest open task about the customer among those the reader may see, with how it stands."""
    found = session.execute(_next_tasks(by_due()), {"ids": ids})
    return {r.subject_id: cells.step(r.title, urgency(r.due, r.due_time, None)) for r in found}


@kept
def _next_tasks(known: bool) -> sa.Select[*tuple[Any, ...]]:
    """`known`: whether he may see the days."""
    place = sa.func.row_number().over(partition_by=Task.subject_id, order_by=(Task.due, Task.id) if known else (Task.id,)).label("place")
    few = (
        sa.select(Task.subject_id, Task.title, Task.due, Task.due_time, place)
        .where(Task.subject == CUSTOMER, among_ids(Task.subject_id), Task.done_at.is_(None), *([Task.due.is_not(None)] if known else []))
        .subquery()
    )
    return sa.select(few).where(few.c.place == 1)


def contact_age(ids: Sequence[int]) -> Mapping[int, Any]:
    """The age, told to those as well who may not know the birth date."""
    query = sa.select(Contact.id, Contact.birth_date, Contact.age_told, Contact.age_told_on).where(Contact.id.in_(ids))
    today = clock.today()
    found = {r.id: ages.age(r.birth_date, r.age_told, r.age_told_on, today) for r in session.execute(query)}
    return {row_id: cells.number(str(years)) for row_id, years in found.items() if years is not None}


def birthday(ids: Sequence[int]) -> Mapping[int, Any]:
    """Whether the birthday lies in this week; which day it is only for who may know the date."""
    start = days.monday(clock.today())
    query = sa.select(Contact.id, Contact.next_birthday).where(
        Contact.id.in_(ids), Contact.next_birthday.between(start, start + dt.timedelta(days=6)))
    open_to_me = may_know_dates()
    return {r.id: cells.pill(birthday_words(r.next_birthday, open_to_me), "sparkles", "amber") for r in session.execute(query)}


def birthday_words(day: Any, may_know: bool) -> Any:
    return _("Birthday %(day)s", day=say_date(day)) if may_know else _("Birthday this week")


def may_know_dates() -> bool:
    """Whether the acting person may see birth dates."""
    from crm_core.kernel.site import site

    return "birth_date" in site().registry.resource(CONTACT).fields()


COLUMNS = (
    Column(CUSTOMER, "tags", _("Tags"), tagged, order=10),
    Column(CUSTOMER, "last_contact", _("Last contact"), last_contact, order=20, kind="date"),
    Column(CUSTOMER, "next_step", _("Next step"), next_step, order=30, kind="line"),
    Column(CUSTOMER, "needs", _("Wants now"), needs.column, order=40),
    Column(f"{CUSTOMER}.brief", "needs", _("Wants now"), needs.column, order=40),
    Column(CONTACT, "age", _("Age"), contact_age, order=10, kind="number"),
    Column(CONTACT, "birthday", _("Birthday"), birthday, order=20),
    Column(CONTACT, "tags", _("Tags"), contact_tagged, order=30),
)
