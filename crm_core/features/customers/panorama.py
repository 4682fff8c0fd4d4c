"""The record pages of customers and contacts: figures, tags, main contacts, composer. One statement asks it all."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup, escape

from crm_core.data.types import UtcDateTime
from crm_core.features.customers import ages, blacklist, days, needs, reach, tags
from crm_core.features.customers.columns import birthday_words, may_know_dates
from crm_core.features.customers.kinds import KINDS, NoteKind
from crm_core.features.customers.models import Contact, Note, Position
from crm_core.features.tasks.api import Task, by_due, told, urgency
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, language
from crm_core.kernel.site import actor, site
from crm_core.resource import acts as doing
from crm_core.resource import drafts
from crm_core.resource.changes import History
from crm_core.resource.kept import Ask, kept
from crm_core.resource.show import show_date, show_moment
from crm_core.text import phones
from crm_core.text.scripts import has_han
from crm_core.web import cells, controls, render, urls, ways
from crm_core.web.viewmodels import (
    Act,
    Composer,
    ComposerKind,
    Fact,
    MiniList,
    MiniPerson,
    Number,
    PanelRow,
    PanelView,
    PhoneAct,
    RecordPage,
    Status,
)

# Acts under ⋯ of a customer one may change, which features above hang here.
acts_of_customer: list[Callable[[int], Act]] = []
Found = Mapping[str, list[tuple[int, str]]]
_MARK = "\x1f"  # between the parts of a packed answer
MAIN_CONTACTS = 4
OPEN_TASKS = 5  # shown beside the time line
DEALINGS = 100  # of a year, counted up to here


def queries(resource: Any, row: Any) -> dict[str, Ask]:
    """What both pages ask: tags, the first open tasks, the draft of the composer."""
    return {
        "tags": tags.ask_of(resource.name, row.id), "tagged": Ask(_tagged_once(), {"subject": resource.name, "row": row.id}),
        "tasks": Ask(_first_tasks(by_due()), {"subject": resource.name, "row": row.id}),
        "draft": drafts.ask(draft_key(resource, row.id)),
    }


def customer_queries(resource: Any, row: Any) -> dict[str, Ask]:
    """And of a customer: his main contacts, the last note and how many there were in a year."""
    mine = {"row": row.id}
    shown = frozenset(site().registry.resource("core.contact").fields()) & {"position", "mobile", "phone", "main", "invalid"}
    return {
        **queries(resource, row), "contacts": Ask(_contacts(language(), shown), mine), "last": Ask(_last_note(), mine),
        "needs": needs.ask(row.id), "year": Ask(_notes_since(), {**mine, "since": clock.now() - dt.timedelta(days=365)}),
    }


_ROW = sa.bindparam("row", type_=sa.BigInteger())


@kept
def _first_tasks(known: bool) -> sa.Select[Any, Any]:
    packed = sa.func.coalesce(sa.cast(Task.due, sa.Text()), "") + _MARK + sa.func.coalesce(Task.due_time, "") + _MARK + Task.title
    return (
        sa.select(Task.id, packed.label("packed"))
        .where(Task.subject == sa.bindparam("subject", type_=sa.String()), Task.subject_id == _ROW, Task.done_at.is_(None))
        .order_by(*((Task.due.is_(None), Task.due) if known else ()), Task.id).limit(OPEN_TASKS + 1)
    )


@kept
def _tagged_once() -> sa.Select[Any, Any]:
    """Whether the tags of a record have a history."""
    said = sa.cast(History.old, sa.Text()).contains(f'"{tags.NAME}"')
    return (
        sa.select(History.id, sa.literal(""))
        .where(History.resource == sa.bindparam("subject", type_=sa.String()), History.row_id == _ROW, said).limit(1)
    )


@kept
def _contacts(language: str, shown: frozenset[str]) -> sa.Select[Any, Any]:
    """Of each his name and, as far as the reader may see them, position, number and whether he is the main one."""
    nothing = sa.literal("")
    position = sa.func.coalesce(Position.english if language == "en" else Position.name, "") if "position" in shown else nothing
    numbers = [getattr(Contact, name) for name in ("mobile", "phone") if name in shown]
    main = sa.case((Contact.main, "1"), else_="0") if "main" in shown else sa.literal("0")
    packed = Contact.name + _MARK + position + _MARK + (sa.func.coalesce(*numbers, "") if numbers else nothing) + _MARK + main
    return (
        sa.select(Contact.id, packed.label("packed")).join(Position, Position.id == Contact.position_id, isouter=True)
        .where(Contact.customer_id == _ROW, *([Contact.invalid.is_(False)] if "invalid" in shown else []))
        .order_by(*([Contact.main.desc()] if "main" in shown else []), Contact.id).limit(MAIN_CONTACTS)
    )


@kept
def _last_note() -> sa.Select[Any, Any]:
    return sa.select(Note.created_by_id, Note.happened_at).where(Note.customer_id == _ROW).order_by(Note.happened_at.desc(), Note.id.desc()).limit(1)


@kept
def _notes_since() -> sa.Select[Any, Any]:
    few = sa.select(Note.id).where(Note.customer_id == _ROW, Note.happened_at >= sa.bindparam("since", type_=UtcDateTime())).limit(DEALINGS).subquery()
    return sa.select(sa.func.count(few.c.id), sa.literal(""))


def draft_key(resource: Any, row_id: int) -> str:
    return f"composer:{resource.name}:{row_id}"


def dress_customer(resource: Any, row: Any, page: RecordPage, found: Found) -> RecordPage:
    may = may_change(resource, row)
    owner = next((f.value for g in page.groups for f in g.facts if f.label == resource.all_fields["owner"].label), None)
    year = min(found["year"][0][0], DEALINGS) if found.get("year") else 0
    numbers = [
        *((Number(_("Owner"), owner),) if owner is not None else ()),
        Number(_("Last contact"), _last(found.get("last", ()))),
        *_next(found),
        Number(_("Contacts in 12 months"), f"{year - 1}+" if year == DEALINGS else str(year)),
        *([Number(_("Completeness"), f"{row.completeness} %")] if row.completeness is not None else []),
        *([Number(_("Entered"), show_moment(row.created_at, short=True))] if row.created_at else []),
    ]
    page = _both(resource, row, page, found, may)
    if page.body == "panorama":
        page = replace(page, mini=_main_contacts(row, found.get("contacts", ()), may), side=(*_open_tasks(resource, row, found, may), *_addresses(resource, row, page), *page.side))
    flags = [needs.look(kind) for kind in dict.fromkeys(kind for _id, kind in found.get("needs", ()))]
    return replace(page, numbers=tuple(numbers), marks=(*_warnings(row), *flags, *page.marks))


def _warnings(row: Any) -> list[Status]:
    """What everybody must see before he deals with a customer or contact."""
    found = []
    if getattr(row, "blacklist", None) is not None and (row.blacklist_until is None or row.blacklist_until >= clock.today()):
        found.append(Status(blacklist.PILLS[row.blacklist.value], "ban", "red" if row.blacklist.value == "refuse" else "amber"))
    if row.invalid:
        found.append(Status(_("No longer valid: %(why)s", why=row.invalid_reason) if row.invalid_reason else _("No longer valid"), "ban", "red"))
    else:
        fields = site().registry.resource("core.contact").all_fields
        found += [Status(_("%(channel)s is bad: %(why)s", channel=fields[kind].label if kind in fields else _("Letter"), why=why), "alert-triangle", "amber") for kind, why in reach.marks(row)]
    return found


def dress_contact(resource: Any, row: Any, page: RecordPage, found: Found) -> RecordPage:
    today = clock.today()
    may = may_change(resource, row)
    page = _both(resource, row, page, found, may)
    marks = list(page.marks)
    whole = row.whole  # the week of a birthday and the age are told to those as well who may not know the date
    day = whole.next_birthday
    if day is not None and (day - days.monday(today)).days < 7:
        marks.insert(0, Status(birthday_words(day, may_know_dates()), "sparkles", "amber"))
    marks[:0] = _warnings(row)
    years = ages.age(whole.birth_date, whole.age_told, whole.age_told_on, today)
    groups = page.groups
    if years is not None and groups and _age_shown():
        groups = (replace(groups[0], facts=(*groups[0].facts, Fact(_("Age"), cells.number(str(years))))), *groups[1:])
    tabs = tuple(replace(tab, label=_("Overview")) if n == 0 else tab for n, tab in enumerate(page.tabs))
    if page.body == "panorama":
        page = replace(page, side=(*_open_tasks(resource, row, found, may), *page.side))
    return replace(page, marks=tuple(marks), groups=groups, numbers=tuple(_next(found)), tabs=tabs)


def _age_shown() -> bool:
    from crm_core.access.models import Rule

    who = actor()
    return who is None or who.rule("core.contact", "age") is not Rule.hidden


def may_change(resource: Any, row: Any) -> bool:
    """Whether the acting person may write on this record."""
    who = actor()
    return bool(resource.may("update") and (who is None or who.scope(resource.name, "update").holds(row)))


def _both(resource: Any, row: Any, page: RecordPage, found: Found, may: bool) -> RecordPage:
    """Tags, call, composer and the bottom bar of the phone."""
    number = getattr(row, "mobile", None) or row.phone
    shown: list[Act] = [Act(_("Call"), cells.call_url(phones.show_phone(number)), "phone", key="C")] if number else []
    more = list(page.more)
    rest = list(page.acts)
    # The composer stands on the first tab: there its acts go to it at once, elsewhere they lead to it.
    here = page.body == "panorama"
    home = ways.to_record(resource, row.id)
    primary = page.primary
    groups = page.groups
    if page.body == "facts" and groups and (found.get("tags") or found.get("tagged")):
        past = urls.of_act(resource, row.id, f"history/{tags.NAME}") if found.get("tagged") else ""
        names = [name for _id, name in sorted(found.get("tags", ()), key=lambda pair: pair[1])]
        groups = (replace(groups[0], facts=(*groups[0].facts, Fact(_("Tags"), cells.tags(names), past))), *groups[1:])
    timeline = page.timeline
    if timeline is not None and not may:  # what is written here he reads
        timeline = replace(timeline, days=tuple(replace(day, entries=tuple(replace(e, acts=()) for e in day.entries)) for day in timeline.days))
    if may:
        shown.append(Act(_("New task"), f"{home}#write-task", "checkbox", key="T", focus="write-task" if here else ""))
        if resource.name == "core.customer":
            more[:0] = [make(row.id) for make in acts_of_customer]
        primary = Act(_("Log follow-up"), f"{home}#write-note", "pencil-plus", key="L", focus="write-note" if here else "")
    if resource.may("tag") and doing.allows(resource, "tag", row):
        more.insert(0, Act(_("Tags"), urls.of_act(resource, row.id, "tags"), "tag", dialog=True))
    if resource.name == "core.contact" and actor() is not None and actor().can("core.access.read"):
        more.append(Act(_("Who has read it"), urls.address("/accesses", [("resource", resource.name), ("row", str(row.id))]), "eye"))
    shown += rest
    return replace(
        page, groups=groups, timeline=timeline,
        marks=tuple(Status(name) for _id, name in sorted(found.get("tags", ()), key=lambda pair: pair[1])),
        acts=tuple(shown[:2]), more=(*shown[2:], *more), primary=primary,
        composer=composer(resource, row.id, found.get("draft", ()), people=found.get("contacts", ())) if may and here else None,
        phone=_phone(page, may, home), sheet=(),
    )


def _phone(page: RecordPage, may: bool, home: str) -> tuple[PhoneAct, ...]:
    if not may:
        return page.phone
    call = [a for a in page.phone if not a.main and a.icon == "phone"]
    edit = [replace(a, main=False) for a in page.phone if a.icon == "pencil"]
    focus = page.body == "panorama"
    return (
        *call, PhoneAct(_("Task"), "checkbox", f"{home}#write-task", focus="write-task" if focus else ""),
        PhoneAct(_("Follow-up"), "pencil-plus", f"{home}#write-note", focus="write-note" if focus else "", main=True), *edit,
        PhoneAct(_("More"), "dots", opens="sheet-more"),
    )


def composer(resource: Any, row_id: int, draft: Any = (), *, people: Any = (), error: Any = "", kind: str = "", text: str = "") -> Composer:
    """What can be written above the time line, with the draft kept on the server or what was just refused. `people`: the main
    contacts, one of whom it may have been with."""
    kept: dict[str, Any] = {}
    for _id, packed in draft:
        loaded = json.loads(packed)
        kept = loaded if isinstance(loaded, dict) else {}
    plans, fields = site().registry.resource("core.task").may("create"), site().registry.resource("core.note").fields()
    with_whom = tuple((str(contact_id), packed.split(_MARK)[0]) for contact_id, packed in people)
    found = [
        ComposerKind(
            which, one.label, one.icon, urls.of_act(resource, row_id, "note"), one.ask, key=one.key, with_next=plans, with_at=one.dated,
            receiver_url="/lookup/core.user" if plans and which is NoteKind.feedback else "", hidden=(("kind", str(which)),),
            fields=controls.of_fields({name: fields[name] for name in one.fields if name in fields}, {}, {}),
            people=with_whom if which is not NoteKind.note else (),
        ) for which, one in KINDS.items()
    ]
    if plans:
        found.insert(1, ComposerKind(
            "task", _("Task"), "checkbox", urls.of_act(resource, row_id, "task"), _("More about it"), key="T", task=True, receiver_url="/lookup/core.user",
        ))
    return Composer(
        tuple(found), mention_url="/lookup/core.user", dates_url="/dates", draft_url=urls.of_act(resource, row_id, "compose"),
        draft=text or kept.get("text", ""), draft_kind=kind or kept.get("kind", ""), error=error,
    )


def _last(rows: Any) -> str:
    for _writer, text in rows:
        at = dt.datetime.fromisoformat(text)
        return show_moment(at if at.tzinfo else at.replace(tzinfo=dt.UTC))
    return ""


def _tasks(found: Found) -> list[tuple[int, str, Any, Status | None]]:
    """The open tasks: id, title, the day and hour in words, how it stands."""
    drawn = []
    for task_id, packed in found.get("tasks", ()):
        day, hour, title = packed.split(_MARK, 2)
        due, told_hour = told(dt.date.fromisoformat(day[:10]) if day else None, hour)
        when = " ".join((show_date(due), told_hour or "")).strip() if due is not None else _("no day")
        drawn.append((task_id, title, when, urgency(due, hour or None, None)))
    return drawn


def _next(found: Found) -> list[Number]:
    for _task, title, when, state in _tasks(found)[:1]:
        if state is not None:
            late = state.colour == "red"
            remark = f"{state.label} · {title}" if late else title
            return [Number(_("Next step"), when, remark, "alarm" if late else "", state.colour if late else "")]
    return []


def _open_tasks(resource: Any, row: Any, found: Found, may: bool) -> tuple[PanelView, ...]:
    """What is still to be done for this record."""
    tasks = site().registry.resource("core.task")
    if not tasks.may("read"):
        return ()
    all_of = ways.to_record(resource, row.id, tasks.name)
    drawn = _tasks(found)
    rows = tuple(
        PanelRow(title, when if state is None or not state.icon else state.label, url=urls.of_record(tasks, task_id), sub_icon=state.icon if state else "",
                 sub_colour=state.colour if state else "")
        for task_id, title, when, state in drawn[:OPEN_TASKS]
    )
    add = Act(_("New task"), icon="plus", focus="write-task") if may else None
    return (PanelView(
        _("Open tasks"), "checkbox", f"{OPEN_TASKS}+" if len(drawn) > OPEN_TASKS else len(drawn) or "", rows, add, all_of,
        empty=_("Nothing is planned yet."),
    ),)


def _addresses(resource: Any, row: Any, page: RecordPage) -> tuple[PanelView, ...]:
    """The addresses as the details have them: where, and what for."""
    if not page.lines or not page.lines[0].rows:
        return ()
    told = [dict(zip(page.lines[0].names, row, strict=True)) for row in page.lines[0].rows]  # without what is hidden from the reader
    rows = tuple(PanelRow(_address(one.get("region", ""), one.get("street", "")), Markup(" · ").join(escape(p) for p in (one.get("purpose"), one.get("postcode")) if p)) for one in told)
    return (PanelView(page.lines[0].title, "map-pin", len(rows), rows, url=ways.to_record(resource, row.id, "facts")),)


def _address(place: Any, street: Any) -> Markup:
    """From the large to the small, as Chinese has it without a sign between; the street first where it is written in letters."""
    han = has_han(str(street))
    parts = (place, street) if han else (street, place)
    return Markup("" if han and has_han(str(place)) else ", ").join(escape(part) for part in parts if part)


def _main_contacts(row: Any, rows: Any, may: bool) -> MiniList:
    contacts = site().registry.resource("core.contact")
    people = []
    for contact_id, packed in rows:
        name, position, number, main = packed.split(_MARK)
        people.append((main != "1", contact_id, name, position, number))
    entries = tuple(
        MiniPerson(
            render.person(name, contact_id, urls.of_record(contacts, contact_id)),
            " · ".join(p for p in (position, phones.show_phone(number) if number else "") if p),
            Status(_("Main contact")) if not side else None, cells.call_url(number) if number else "",
        )
        for side, contact_id, name, position, number in sorted(people)
    )
    add = Act(_("New contact"), urls.of_act(contacts, None, "new", [("customer", str(row.id)), ("back", f"/core/customer/{row.id}")]), "plus")
    return MiniList(_("Contacts"), entries, add if may else None, empty=_("No contacts yet."))
