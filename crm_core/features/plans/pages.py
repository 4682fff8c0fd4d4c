"""The pages of the journal: a day of a person, a day by customer."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import flask
from markupsafe import Markup

from crm_core.access import lines
from crm_core.features.customers.api import KINDS, NoteKind
from crm_core.features.plans import diary
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource.show import say_date, show_day_heading, show_moment
from crm_core.text.numbers import whole
from crm_core.web import bulk, urls
from crm_core.web.access import signed_in
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, PanelRow, PanelView, Tab
from crm_core.web.viewmodels.journal import CustomersPage, JournalPage, JournalRow

pages = flask.Blueprint("plans", __name__)
LONGEST = 20_000


@pages.get(diary.URL)
@signed_in
def journal() -> Any:
    """A day of mine, or of somebody who reports to me. Raises Missing for anybody else."""
    _may()
    me, day = actor().user_id, _day()
    people = diary.people()
    person = whole(flask.request.args.get("person", "")) or me
    if person not in dict(people):
        raise Missing(_("This page was not found."))
    row = diary.entry_of(person, day)
    journals, mine = site().registry.resource(diary.NAME), person == me
    kept = [("person", str(person))] if not mine else []
    return page_of("journal.html", JournalPage(
        title=_("My day") if mine else dict(people)[person], day=show_day_heading(day), tabs=_tabs("day", day), entries=diary.entries(person, day),
        prev_url=_at(day, -1, kept), next_url=_at(day, 1, kept) if day < clock.today() else "", today_url=urls.address(diary.URL, kept) if day != clock.today() else "",
        iso=day.isoformat(), people=tuple((str(i), name, i == person) for i, name in people) if len(people) > 1 else (),
        text=(row.text or "") if row is not None else "", write_url=diary.URL if mine and journals.may("create") else "",
        remark=(row.remark or "") if row is not None else "", status=diary.state(row) if row is not None else None,
        remark_act=Act(_("Give a remark"), urls.of_act(journals, row.id, "do/remark", [("back", urls.address(diary.URL, [*kept, ("day", day.isoformat())]))]), "message", dialog=True)
        if row is not None and not mine and journals.may("remark") else None,
        seen_url=f"{diary.URL}/{row.id}/read" if row is not None and row.read_at is None and not mine else "", all_url=urls.of_list(journals),
    ))


@pages.post(diary.URL)
@signed_in
def write() -> Any:
    """My own words on a day. Raises Invalid for a day to come, Missing without the right to write a journal."""
    _may("create")
    day = _day()
    diary.write(day, flask.request.form.get("text", "").strip()[:LONGEST])
    bulk.say_undo(_("Journal of %(day)s saved", day=say_date(day)), None)
    return flask.redirect(urls.address(diary.URL, [("day", day.isoformat())]), 303)


@pages.post(f"{diary.URL}/<int:journal_id>/read")
@signed_in
def read(journal_id: int) -> Any:
    """An entry was before its reader's eyes. Raises Missing for what he may not see, Forbidden without the right to read any."""
    journals = site().registry.resource(diary.NAME)
    if not journals.may("read"):
        raise Forbidden(_("You may not do this: %(what)s.", what=journals.label))
    diary.read(journal_id)
    return flask.jsonify({})


@pages.get(f"{diary.URL}/customers")
@signed_in
def customers() -> Any:
    """What was done with customers on a day: holder, supervisor, what was dealt with, last visit."""
    _may()
    day = _day()
    found = diary.by_customer(day)
    above = lines.supervisors_of(one.holder for one in found if one.holder is not None)
    names = site().registry.resource("core.user").labels({one.holder for one in found if one.holder is not None} | set(above.values()))
    visits = diary.last_visits(one.id for one in found)

    def row(one: diary.OfCustomer) -> JournalRow:
        holder, visit = one.holder, visits.get(one.id)
        return JournalRow(
            one.name, urls.of_name(site().registry, "core.customer", one.id), _name(names, holder), _name(names, above.get(holder) if holder is not None else None),
            " · ".join(f"{KINDS[NoteKind(kind)].label} {n}" for kind, n in one.done.items()), one.words, show_moment(visit, short=True) if visit is not None else "")

    return page_of("journal_customers.html", CustomersPage(
        day=show_day_heading(day), tabs=_tabs("customers", day), rows=tuple(row(one) for one in found), iso=day.isoformat(),
        prev_url=_at(day, -1, [], "/customers"), next_url=_at(day, 1, [], "/customers") if day < clock.today() else ""))


@pages.get(f"{diary.URL}/panel")
@signed_in
def panel() -> Any:
    """The panel of the home page: my day so far, and whose entries I have not read."""
    _may()
    return page_of("panel.html", box())


def box() -> PanelView:
    """What the panel shows."""
    today, me = clock.today(), actor().user_id
    found = diary.entries(me, today)
    rows = [PanelRow(Markup(one.sentence).striptags(), one.time) for one in found[-5:]]
    journals = site().registry.resource(diary.NAME)
    for person, name in diary.people()[1:]:
        row = diary.entry_of(person, today)
        if row is not None and row.read_at is None:
            rows.append(PanelRow(name, _("wrote his journal"), status=diary.state(row), url=urls.address(diary.URL, [("person", str(person))])))
    add = Act(_("Write"), diary.URL, "pencil") if journals.may("create") else None
    return PanelView(_("Journal"), "notebook", len(found) or "", tuple(rows), url=diary.URL, add=add, empty=_("No record speaks of today yet."))


def _name(names: Mapping[int, Any], who: int | None) -> str:
    return str(names.get(who, "")) if who is not None else ""


def _may(verb: str = "read") -> None:
    """There is no journal for who may not read or write one. Raises Missing."""
    if not site().registry.resource(diary.NAME).may(verb):
        raise Missing(_("This page was not found."))


def _day() -> dt.date:
    """The day asked for; today where there is none. No day lies before the year 2000."""
    try:
        return max(dt.date.fromisoformat(flask.request.values.get("day", "")), dt.date(2000, 1, 1))
    except ValueError:
        return clock.today()


def _at(day: dt.date, step: int, kept: list[tuple[str, str]], path: str = "") -> str:
    return urls.address(f"{diary.URL}{path}", [*kept, ("day", (day + dt.timedelta(days=step)).isoformat())])


def _tabs(now: str, day: dt.date) -> tuple[Tab, ...]:
    said = [("day", day.isoformat())]
    return (Tab(_("By person"), urls.address(diary.URL, said), now == "day"), Tab(_("By customer"), urls.address(f"{diary.URL}/customers", said), now == "customers"),
            Tab(_("All entries"), urls.of_list(site().registry.resource(diary.NAME)), False))
