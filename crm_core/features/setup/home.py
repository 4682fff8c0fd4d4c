"""My information: what waits for me, what I was told, my numbers. A handful of statements, however much there is."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.features.customers.api import Customer, lately, silent, weeks
from crm_core.features.messages import api as messages
from crm_core.features.plans import api as plans
from crm_core.features.setup import arranging, coming, reports
from crm_core.features.setup.arranging import Piece
from crm_core.features.tasks import api as tasks
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, locale, ngettext
from crm_core.kernel.site import actor, site
from crm_core.resource import reporting
from crm_core.resource.references import named
from crm_core.resource.show import full_moment, say_date, show_moment
from crm_core.web import render, settings, urls
from crm_core.web.access import signed_in
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, FirstStep, HomeNumber, HomePage, Notice, PanelRow, PanelView, Waiting

pages = flask.Blueprint("home", __name__)
ROWS = 8
LATELY = 6
SILENT = 5
URL = "/home"
SILENT_LABEL = _("Not heard of for long")
PIECES = (
    Piece("numbers", _("My numbers"), side=False), Piece("waiting", _("Waiting for me"), side=False), Piece("lately", _("Lately written"), side=False),
    Piece("messages", _("Messages")), Piece("calendar", _("My days")), Piece("silent", SILENT_LABEL),
)
DRAWN = ("numbers", "waiting", "lately", "messages")  # by the page itself; the others are boxes
LIMIT = 1_000  # numbers are exact up to here, then "1,000+"


@pages.get("/")
@signed_in
def home() -> Any:
    return page_of("home.html", page(settings.mine().get(arranging.KEPT)))


@pages.post(f"{URL}/arrange")
@signed_in
def arrange() -> Any:
    """Which panels I have, and where."""
    form = flask.request.form

    def keep(kept: dict[str, Any]) -> None:
        kept.pop(arranging.KEPT, None)
        if not form.get("reset"):
            kept[arranging.KEPT] = arranging.read(form.getlist("order"), form.getlist("shown"), up=form.get("up", ""), down=form.get("down", ""))

    settings.keep(keep)
    return flask.redirect("/", 303)


@pages.get(f"{URL}/calendar")
@signed_in
def calendar() -> Any:
    """My days, today and the next six, filled when they are seen."""
    return page_of("panel.html", coming.panel())


def page(kept: Any = None) -> HomePage:
    """The home page of the acting person, arranged as he keeps it: only what he shows is asked for."""
    cards = reporting.cards()
    boxes = reports.panels(cards)
    pieces = (*PIECES, *(Piece(name, box.title) for name, box in boxes.items()))
    if site().registry.resource(plans.JOURNAL).may("read"):
        pieces = (*pieces, Piece("journal", _("Journal")))
        boxes["journal"] = PanelView(_("Journal"), "notebook", load_url=f"{plans.JOURNAL_URL}/panel")
    boxes["calendar"] = PanelView(_("My days"), "calendar", load_url=f"{URL}/calendar")
    now = arranging.arranged(pieces, kept)
    numbers = _numbers("numbers" in now)
    open_tasks, unread, _beside = tasks.counters()
    others, more = reports.waiting(cards)
    rows = tasks.waiting(ROWS)
    told = messages.newest(limit=messages.BELL) if "messages" in now else []
    written = lately(LATELY) if "lately" in now else []
    seen = tasks.WaitingTask(rows)
    wanted = tasks.wanted(rows)
    wanted["core.user"].update(n.sender_id for n in told)
    wanted["core.user"].update(n.created_by_id for n in written)
    names = named(wanted)
    people = names.get("core.user", {})
    gone = weeks() if "numbers" in now else []
    if "silent" in now:
        boxes.update(("silent", box) for box in _silent())
    nothing = "numbers" in now and not (rows or others) and not any(numbers.values()) and not any(n for n, _customers in gone)
    firsts = _firsts() if nothing else ()

    def column(chosen: tuple[str, ...]) -> tuple[Any, ...]:
        return tuple(boxes.get(n, n) for n in chosen if n in boxes or n in DRAWN)

    return HomePage(
        greeting=_greeting(), sentence=_sentence(open_tasks, seen, more), notices=messages.panel(unread, rows=told, names=people),
        waiting=Waiting(
            (*others, *tasks.draw_waiting(rows, names)), count=_more(open_tasks + more, messages.COUNTED), all=Act(_("All tasks"), tasks.URL),
            foot=ngettext("%(n)s done this week", "%(n)s done this week", numbers["done"]) if numbers["done"] else "",
            empty=_("All done. Nothing waits for you."),
        ),
        numbers=() if firsts or not gone else _drawn(numbers, gone, tasks.told(rows[0].due, None)[0] if rows else None), firsts=firsts,
        lately=_lately(written, people), lately_url="/core/note", main=column(now.main), side=column(now.side),
        choices=arranging.choices(pieces, now), arrange_url=f"{URL}/arrange",
    )


def _greeting() -> Any:
    hour = clock.local(clock.now()).hour
    words = _("Good morning, %(name)s") if 5 <= hour < 12 else _("Good afternoon, %(name)s") if 12 <= hour < 18 else _("Good evening, %(name)s")
    return str(words) % {"name": actor().name}


def _sentence(open_tasks: int, seen: Any, others: int) -> str:
    """The day in one sentence: the date, what waits today, what is late."""
    from babel.dates import format_date

    pattern = "M 月 d 日 EEEE" if locale().language == "zh" else "EEEE d MMMM"
    day = format_date(clock.today(), pattern, locale=locale())
    if not (open_tasks or others):
        return " · ".join((day, str(_("nothing waits for you"))))
    parts = [str(ngettext("%(n)s task waits for you", "%(n)s tasks wait for you", open_tasks))] if open_tasks else []
    if others:
        parts.append(str(ngettext("%(n)s record waits for you", "%(n)s records wait for you", others)))
    if seen.today:
        parts.append(str(ngettext("%(n)s is due today", "%(n)s are due today", seen.today)))
    if seen.late:
        parts.append(str(ngettext("%(n)s is late", "%(n)s are late", seen.late)))
    separator = "，" if locale().language == "zh" else ", "
    return f"{day} · {separator.join(parts)}"


def _numbers(all_of_them: bool) -> dict[str, int]:
    """My numbers in one statement, with the counters of the top bar, each bounded; of what is done this week always."""
    me = actor().user_id
    today = clock.today()
    month = clock.instant(today.replace(day=1))
    week = clock.instant(today - dt.timedelta(days=today.weekday()))
    mine = Customer.owner_id == me
    told = "standing" in site().registry.resource("core.customer").fields()

    def bounded(model: Any, *conditions: Any) -> Any:
        inner = sa.select(model.id).where(*conditions).limit(LIMIT + 1).subquery()
        return sa.select(sa.func.count()).select_from(inner).scalar_subquery()

    task = tasks.Task
    done = {"done": bounded(task, task.owner_id == me, task.done_at >= week)}
    if not all_of_them:
        return tasks.count(done)
    asked: dict[str, Any] = {
        "customers": bounded(Customer, mine), "key": bounded(Customer, mine, Customer.standing == "key") if told else sa.literal(0), "new": bounded(Customer, mine, Customer.created_at >= month),
        "late": bounded(task, task.owner_id == me, task.done_at.is_(None), task.due < today) if tasks.by_due() else sa.literal(0), **done,
    }
    return tasks.count(asked)


def _more(n: int, limit: int) -> str:
    return f"{limit:,}+" if n > limit else f"{n:,}"


def _drawn(numbers: dict[str, int], gone: list[tuple[int, int]], oldest: dt.date | None) -> tuple[HomeNumber, ...]:
    customers = site().registry.resource("core.customer")
    mine = [("owner.me", "1")]
    today = clock.today()
    week = [("created_by.me", "1"), ("created_at.within", "-7d")]
    notes, contacted = ([week[at] for week in gone] for at in (0, 1))
    late = numbers["late"]
    return (
        HomeNumber(_("My customers"), _more(numbers["customers"], LIMIT), urls.of_list(customers, mine), remark=_of_them(numbers)),
        HomeNumber(_("Notes in 7 days"), f"{notes[-1]:,}", urls.address("/core/note", week), *_change(notes), trace=tuple(notes)),
        HomeNumber(_("Customers contacted"), f"{contacted[-1]:,}", urls.address("/core/note", week), *_change(contacted), trace=tuple(contacted)),
        HomeNumber(
            _("Late tasks"), _more(late, LIMIT),
            urls.address("/core/task", [*mine, ("done_at.empty", "1"), ("due.lte", (today - dt.timedelta(days=1)).isoformat())]),
            remark=_("oldest: %(day)s", day=say_date(oldest)) if late and oldest else _("nothing is late"),
            icon="alarm" if late else "circle-check", colour="red" if late else "green",
        ),
    )


def _of_them(numbers: dict[str, int]) -> str:
    parts = (("key", ngettext("%(n)s key customer", "%(n)s key customers", numbers["key"])), ("new", _("%(n)s new this month", n=numbers["new"])))
    return " · ".join(str(words) for name, words in parts if numbers[name])


def _change(weekly: list[int]) -> tuple[Any, str, Any]:
    """How the last seven days stand against those before: words, icon, colour."""
    more = weekly[-1] - weekly[-2]
    words = _("%(n)s on the week before", n=f"{more:+d}") if more else _("as the week before")
    return (words, "trending-up", "green") if more > 0 else (words, "", "")


def _silent() -> tuple[PanelView, ...]:
    """Customers one might call today."""
    customers = site().registry.resource("core.customer")
    rows = tuple(
        PanelRow(one.name, _("last contact %(day)s", day=say_date(one.last)) if one.last else _("nobody has spoken with them yet"),
                 ngettext("%(n)s day", "%(n)s days", one.days), url=urls.of_record(customers, one.id))
        for one in silent(SILENT)
    )
    return (PanelView(SILENT_LABEL, "hourglass-low", rows=rows),) if rows else ()


def _lately(rows: list[Any], names: Mapping[int, str]) -> tuple[Notice, ...]:
    """What was written last about the customers one may see."""
    customers = site().registry.resource("core.customer")
    return tuple(
        Notice(row.customer, row.body, f"{names.get(row.created_by_id, '')} · {show_moment(row.created_at, short=True)}", full_moment(row.created_at), urls.of_record(customers, row.customer_id),
               person=render.person(names.get(row.created_by_id, ""), row.created_by_id))
        for row in rows
    )


def _firsts() -> tuple[FirstStep, ...]:
    """Three first steps of somebody who has nothing yet."""
    customers = site().registry.resource("core.customer")
    found = []
    if customers.may("create"):
        found.append(FirstStep(_("Enter a customer"), _("Name and phone are enough to begin with."), urls.of_act(customers, None, "new"), "plus"))
    if customers.may("import"):
        found.append(FirstStep(_("Import a file"), _("CSV, Excel or vCard; you see the plan first."), urls.address("/import", [("to", customers.name)]), "file-import"))
    found.append(FirstStep(_("Your account"), _("Language, time zone, password."), "/me", "user"))
    return tuple(found)
