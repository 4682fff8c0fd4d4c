"""My information: what waits for me, what I was told, my numbers. A handful of statements, however much there is."""

import datetime as dt
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.api import Customer, Note
from crm_core.features.messages import api as messages
from crm_core.features.tasks import api as tasks
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, locale, ngettext
from crm_core.kernel.site import actor, site
from crm_core.resource.show import show_date
from crm_core.web import urls
from crm_core.web.access import signed_in
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, FirstStep, HomeNumber, HomePage, Waiting

pages = flask.Blueprint("home", __name__)
ROWS = 12
LIMIT = 1_000  # numbers are exact up to here, then "1,000+"


@pages.get("/")
@signed_in
def home() -> Any:
    return page_of("home.html", page())


def page() -> HomePage:
    """The home page of the acting person."""
    open_tasks, unread = tasks.counters()
    rows = tasks.waiting(ROWS)
    seen = tasks.WaitingTask(rows)
    numbers = _numbers()
    firsts = _firsts() if not rows and not any(n for n in numbers.values()) else ()
    return HomePage(
        greeting=_greeting(), sentence=_sentence(open_tasks, seen), notices=messages.panel(unread),
        waiting=Waiting(
            tasks.draw_waiting(rows), count=_more(open_tasks, messages.COUNTED), all=Act(_("All tasks"), tasks.URL),
            foot=ngettext("%(n)s done this week", "%(n)s done this week", numbers["done"]) if numbers["done"] else "",
            empty=_("All done. Nothing waits for you."),
        ),
        numbers=() if firsts else _drawn(numbers, rows[0].due if rows else None), firsts=firsts,
    )


def _greeting() -> Any:
    hour = clock.local(clock.now()).hour
    words = _("Good morning, %(name)s") if 5 <= hour < 12 else _("Good afternoon, %(name)s") if 12 <= hour < 18 else _("Good evening, %(name)s")
    return str(words) % {"name": actor().name}


def _sentence(open_tasks: int, seen: Any) -> str:
    """The day in one sentence: the date, what waits today, what is late."""
    from babel.dates import format_date

    pattern = "M 月 d 日 EEEE" if locale().language == "zh" else "EEEE d MMMM"
    day = format_date(clock.today(), pattern, locale=locale())
    if not open_tasks:
        return " · ".join((day, str(_("nothing waits for you"))))
    parts = [str(ngettext("%(n)s task waits for you", "%(n)s tasks wait for you", open_tasks))]
    if seen.today:
        parts.append(str(ngettext("%(n)s is due today", "%(n)s are due today", seen.today)))
    if seen.late:
        parts.append(str(ngettext("%(n)s is late", "%(n)s are late", seen.late)))
    separator = "，" if locale().language == "zh" else ", "
    return f"{day} · {separator.join(parts)}"


def _numbers() -> dict[str, int]:
    """My numbers in one statement, each bounded."""
    me = actor().user_id
    today = clock.today()
    month = _instant(today.replace(day=1))
    week = _instant(today - dt.timedelta(days=today.weekday()))
    mine = Customer.owner_id == me

    def bounded(model: Any, *conditions: Any) -> Any:
        inner = sa.select(model.id).where(*conditions).limit(LIMIT + 1).subquery()
        return sa.select(sa.func.count()).select_from(inner).scalar_subquery()

    def contacted(since: dt.datetime, until: dt.datetime | None) -> Any:
        mine = sa.select(Note.customer_id).where(Note.created_by_id == me, Note.created_at >= since)
        inner = (mine if until is None else mine.where(Note.created_at < until)).distinct().limit(LIMIT + 1).subquery()
        return sa.select(sa.func.count()).select_from(inner).scalar_subquery()

    task = tasks.Task
    asked = {
        "customers": bounded(Customer, mine), "new": bounded(Customer, mine, Customer.created_at >= month),
        "contacted": contacted(week, None), "before": contacted(week - dt.timedelta(days=7), week),
        "late": bounded(task, task.owner_id == me, task.done_at.is_(None), task.due < today),
        "done": bounded(task, task.owner_id == me, task.done_at >= week),
    }
    row = session.execute(sa.select(*(query.label(name) for name, query in asked.items()))).one()
    return dict(row._mapping)


def _instant(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.zone()).astimezone(dt.UTC)


def _more(n: int, limit: int) -> str:
    return f"{limit:,}+" if n > limit else f"{n:,}"


def _drawn(numbers: dict[str, int], oldest: dt.date | None) -> tuple[HomeNumber, ...]:
    customers = site().registry.resource("core.customer")
    mine = [("owner.me", "1")]
    today = clock.today()
    return (
        HomeNumber(_("My customers"), _more(numbers["customers"], LIMIT), urls.of_list(customers, mine)),
        HomeNumber(_("New this month"), _more(numbers["new"], LIMIT), urls.of_list(customers, [*mine, ("created_at.within", "this-month")])),
        HomeNumber(
            _("Customers contacted"), _more(numbers["contacted"], LIMIT),
            urls.address("/core/note", [("created_by.me", "1"), ("created_at.within", "this-week")]), remark=_change(numbers), icon=_trend(numbers),
            colour="green" if numbers["contacted"] > numbers["before"] else "",
        ),
        HomeNumber(
            _("Late tasks"), _more(numbers["late"], LIMIT),
            urls.address("/core/task", [*mine, ("done_at.empty", "1"), ("due.lte", (today - dt.timedelta(days=1)).isoformat())]),
            remark=_("oldest: %(day)s", day=show_date(oldest)) if numbers["late"] and oldest else "",
            icon="alarm" if numbers["late"] else "", colour="red" if numbers["late"] else "",
        ),
    )


def _change(numbers: dict[str, int]) -> Any:
    """How this week stands against the last one."""
    more = numbers["contacted"] - numbers["before"]
    return _("%(n)s against last week", n=f"{more:+d}") if more else _("as last week")


def _trend(numbers: dict[str, int]) -> str:
    return "trending-up" if numbers["contacted"] > numbers["before"] else ""


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
