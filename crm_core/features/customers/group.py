"""A group seen as one: its firms, their people, their time lines in one, and sums over all of them the reader may see."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import flask
import sqlalchemy as sa
from markupsafe import Markup

from crm_core.data.session import session
from crm_core.features.customers import needs, related
from crm_core.features.customers.models import Contact, Customer, Note, Position
from crm_core.features.tasks.api import Task
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, language
from crm_core.kernel.site import site
from crm_core.resource import timeline
from crm_core.resource.references import named
from crm_core.resource.show import show_day_heading
from crm_core.text import phones
from crm_core.web import cells, lines, urls, ways
from crm_core.web.access import signed_in
from crm_core.web.show import page_of
from crm_core.web.viewmodels import (
    Crumb,
    Fact,
    FactGroup,
    Number,
    PanelRow,
    PanelView,
    RecordPage,
    Timeline,
    TimelineDay,
)

pages = flask.Blueprint("groups", __name__)
FIRMS, PEOPLE, LINES = 50, 30, 30


@pages.get("/core/customer/<int:row_id>/group")
@signed_in
def show(row_id: int) -> Any:
    """The customer with all branches below it."""
    resource = site().registry.resource("core.customer")
    row = resource.get(row_id)
    every = related.below([row_id])
    firms = session.execute(sa.select(Customer.id, Customer.name, Customer.standing).where(Customer.id.in_(every)).order_by(
        Customer.id != row_id, Customer.name_key, Customer.id)).all()
    ids = [r.id for r in firms]
    page = RecordPage(
        title=row.name, crumbs=(Crumb(resource.label, ways.to_list(resource)), Crumb(row.name, urls.of_record(resource, row_id))),
        icon="sitemap", body="panorama", numbers=_numbers(ids), groups=_sums(resource, firms, row_id), side=(_firms(resource, row_id, firms, len(every)), _people(row_id, ids)),
        timeline=Timeline(_lines(resource, ids), (), "", _("Nothing has happened here yet.")),
    )
    return page_of("record.html", page)


def _numbers(ids: list[int]) -> tuple[Number, ...]:
    since = clock.now() - dt.timedelta(days=365)

    def count(query: Any) -> str:
        return f"{session.scalar(query) or 0:,}"

    number = sa.func.count()
    open_tasks = sa.select(number).select_from(Task).where(Task.subject == "core.customer", Task.subject_id.in_(ids), Task.done_at.is_(None))
    return (
        Number(_("Firms"), f"{len(ids):,}"),
        Number(_("Contacts"), count(sa.select(number).select_from(Contact).where(Contact.customer_id.in_(ids)))),
        Number(_("Notes in 12 months"), count(sa.select(number).select_from(Note).where(Note.customer_id.in_(ids), Note.created_at >= since))),
        Number(_("Open tasks"), count(open_tasks)),
    )


def _sums(resource: Any, firms: Any, row_id: int) -> tuple[FactGroup, ...]:
    """How many there are of each standing, and what they want now; each leads to their list."""
    found = []
    status = resource.fields().get("standing")
    wants = [kind for kinds in needs.active(r.id for r in firms).values() for kind in kinds]
    asked: tuple[tuple[Any, str, Counter[str], Callable[[str], Any]], ...] = (
        *([(status.label, "standing", Counter(r.standing for r in firms), status.show)] if status is not None else []), (_("Wants now"), "wants", Counter(wants), lambda code: needs.look(code).label),
    )
    for title, name, counted, said in asked:
        facts = tuple(
            Fact(said(code), cells.linked(f"{n:,}", urls.of_list(resource, [("group.any", str(row_id)), (f"{name}.any", code)]))) for code, n in counted.most_common()
        )
        if facts:
            found.append(FactGroup(title, facts))
    return tuple(found)


def _firms(resource: Any, row_id: int, firms: Any, total: int) -> PanelView:
    status = resource.fields().get("standing")
    rows = tuple(PanelRow(r.name, status.show(r.standing) if status is not None else "", url=urls.of_record(resource, r.id)) for r in firms[:FIRMS])
    hidden = total - len(firms)
    foot = _("%(n)s more belong to others.", n=hidden) if hidden else ""
    return PanelView(_("Firms of the group"), "building", len(firms), rows, url=urls.of_list(resource, [("group.any", str(row_id))]), foot=foot)


def _people(row_id: int, ids: list[int]) -> PanelView:
    resource = site().registry.resource("core.contact")
    shown = resource.fields()
    name = Position.english if language() == "en" else Position.name
    query = (
        sa.select(Contact.id, Contact.name, name.label("position"), Contact.mobile, Contact.phone, Customer.name.label("firm"))
        .join(Customer, Customer.id == Contact.customer_id).join(Position, Position.id == Contact.position_id, isouter=True)
        .where(Contact.customer_id.in_(ids), Contact.invalid.is_(False)).order_by(Contact.main.desc(), Contact.name_key, Contact.id).limit(PEOPLE)
    )
    rows = []
    for r in session.execute(query):
        number = next((n for f, n in (("mobile", r.mobile), ("phone", r.phone)) if n and f in shown), "")
        parts = (r.position if "position" in shown else "", r.firm, phones.show_phone(number) if number else "")
        rows.append(PanelRow(r.name, " · ".join(p for p in parts if p), url=urls.of_record(resource, r.id)))
    return PanelView(_("Contacts"), "address-book", len(rows), tuple(rows), url=urls.of_list(resource, [("group.any", str(row_id))]),
                     empty=_("No contacts yet."))


def _lines(resource: Any, ids: list[int]) -> Any:
    """The newest lines of all firms, each with the firm it happened at."""
    entry = timeline.Entry
    query = sa.select(entry).where(entry.subject == "core.customer", entry.subject_id.in_(ids), entry.source.in_(timeline.sources()), entry.kind != "change")
    found = list(session.scalars(query.order_by(entry.at.desc(), entry.id.desc()).limit(LINES)))
    wanted: dict[str, set[Any]] = {"core.user": {e.actor_id for e in found}, "core.customer": {e.subject_id for e in found}}
    for e in found:
        if e.kind == "record" and e.record:
            wanted.setdefault(e.record, set()).add(e.record_id)
    names = named(wanted)
    drawn = [(clock.local(e.at).date(), e, made) for e in found if (made := lines.entry(resource, e, {}, names)) is not None]
    firm = names.get("core.customer", {})
    days: dict[dt.date, list[Any]] = {}
    for day, e, made in drawn:
        said = Markup('{} <span class="ink3">· {}</span>').format(made.sentence, firm.get(e.subject_id, ""))
        days.setdefault(day, []).append(replace(made, sentence=said, acts=()))
    return tuple(TimelineDay(show_day_heading(day), tuple(entries)) for day, entries in days.items())
