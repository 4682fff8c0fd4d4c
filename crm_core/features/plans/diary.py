"""The journal: what the records say of somebody's day, his own words beside it, his supervisor's remarks, and the same by customer."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from crm_core.access import lines
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, system_scope, writing
from crm_core.features.customers.api import KINDS, Customer, Note, NoteKind
from crm_core.features.messages.api import notify
from crm_core.features.plans.models import Journal
from crm_core.features.tasks.api import Task
from crm_core.kernel import clock
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id, site
from crm_core.resource.changes import unscoped
from crm_core.resource.kept import Ask, among_ids, kept
from crm_core.resource.show import show_moment
from crm_core.web import cells, urls
from crm_core.web.viewmodels import Entry, RecordPage, Status, Timeline, TimelineDay

NAME, URL = "core.journal", "/journal"
MOST = 200  # entries of a day


@dataclass
class OfCustomer:
    """What was done with one customer on a day."""

    id: int
    name: str
    holder: int | None
    done: dict[str, int] = field(default_factory=dict)  # kind of note → how many
    words: str = ""


def there(owner: int | None, day: dt.date | None) -> int | None:
    """The entry of a person and a day, if there is one, whoever asks."""
    if owner is None or day is None:
        return None
    with system_scope("whether a day has its entry") as db:
        return db.scalar(sa.select(Journal.id).where(Journal.owner_id == owner, Journal.day == day, Journal.deleted_at.is_(None)))


def entry_of(person: int, day: dt.date) -> Any:
    """The entry itself, as far as the acting person may see it."""
    return session.scalar(sa.select(Journal).where(Journal.owner_id == person, Journal.day == day))


def write(day: dt.date, text: str) -> int:
    """Own words on a day; they take the place of earlier ones. Returns the entry's id. Raises Invalid."""
    mine = there(my_id(), day)
    row: dict[str, Any] = {"id": mine, "text": text or None} if mine is not None else {"day": day, "text": text or None}
    return int(site().registry.resource(NAME).write([row])[0])


def may_remark(row: Any) -> bool:
    return bool(row.owner_id != my_id())


def remark(row: Journal, remark: str) -> None:
    """A supervisor's words on the day; its writer hears of them, and it has been read."""
    if not may_remark(row):
        raise Refused(_("Remarks are for your supervisor to make."))
    row.remark, row.remarked_by_id, row.read_at = remark, my_id(), row.read_at or clock.now()
    session.flush()
    notify([row.owner_id], _("remarked on your journal of %(day)s", day=row.day.isoformat()), about=(NAME, row.id))


def read(journal_id: int) -> None:
    """It was before the eyes of its writer's supervisor. Raises Missing for what one may not see."""
    row = site().registry.resource(NAME).get(journal_id)
    if row.read_at is None and lines.supervisor_of(row.owner_id) == my_id():
        table = table_of(Journal)
        with writing():
            current_work().session.execute(
                sa.update(table).where(table.c.id == journal_id, table.c.read_at.is_(None)).values(read_at=clock.now()), execution_options=unscoped("read marks of journals"))


def unread() -> Ask:
    """Entries of those who report to me that I have not read, as a badge of the menu."""
    me = my_id()
    return Ask(_unread(), {"ids": lines.reports_of(me) if me is not None else []})


@kept
def _unread() -> sa.Select[Any]:
    return sa.select(Journal.id).where(among_ids(Journal.owner_id), Journal.read_at.is_(None))


def people() -> list[tuple[int, str]]:
    """Whose days one looks at: one's own, and those of whoever reports to one."""
    me = my_id()
    wanted = [me, *lines.reports_of(me)] if me is not None else []
    names = site().registry.resource("core.user").labels(wanted)
    return [(i, str(names[i])) for i in wanted if i in names]


def entries(person: int, day: dt.date) -> tuple[Entry, ...]:
    """What records say of a person's day, the latest last, as far as the acting person may see them. Three statements."""
    first, last = clock.instant(day), clock.instant(day + dt.timedelta(days=1))
    registry, found = site().registry, []
    may = {name: registry.resource(name).may("read") for name in ("core.note", "core.task", "core.customer")}
    if may["core.note"]:
        notes = sa.select(Note.kind, Note.happened_at, Note.body, Note.customer_id, Customer.name).join(Customer, Customer.id == Note.customer_id).where(
            Note.created_by_id == person, Note.happened_at >= first, Note.happened_at < last).order_by(Note.happened_at).limit(MOST)
        found += [(r.happened_at, KINDS[NoteKind(r.kind)].icon, KINDS[NoteKind(r.kind)].label, urls.of_name(registry, "core.customer", r.customer_id), r.name, r.body)
                  for r in session.execute(notes)]
    if may["core.task"]:
        tasks = sa.select(Task.id, Task.title, Task.done_at, Task.result).where(Task.done_by_id == person, Task.done_at >= first, Task.done_at < last)
        found += [(r.done_at, "checkbox", _("Task done"), urls.of_name(registry, "core.task", r.id), r.title, r.result or "")
                  for r in session.execute(tasks.order_by(Task.done_at).limit(MOST))]
    if may["core.customer"]:
        new = sa.select(Customer.id, Customer.name, Customer.created_at).where(Customer.created_by_id == person, Customer.created_at >= first, Customer.created_at < last)
        found += [(r.created_at, "plus", _("New customer"), urls.of_name(registry, "core.customer", r.id), r.name, "")
                  for r in session.execute(new.order_by(Customer.created_at).limit(MOST))]
    return tuple(
        Entry(Markup('{} · <a class="lnk" href="{}">{}</a>').format(what, url, name), f"{clock.local(at):%H:%M}", icon, moment=at.isoformat(), body=body)
        for at, icon, what, url, name, body in sorted(found, key=lambda one: one[0]))


def by_customer(day: dt.date) -> list[OfCustomer]:
    """The customers with whom something was done on a day, among what the acting person may see."""
    if not site().registry.resource("core.note").may("read"):
        return []
    first, last = clock.instant(day), clock.instant(day + dt.timedelta(days=1))
    query = sa.select(Note.customer_id, Note.kind, Note.body, Customer.name, Customer.owner_id).join(Customer, Customer.id == Note.customer_id).where(
        Note.happened_at >= first, Note.happened_at < last).order_by(Note.happened_at.desc(), Note.id.desc()).limit(5 * MOST)
    found: dict[int, OfCustomer] = {}
    for row in session.execute(query):
        one = found.setdefault(row.customer_id, OfCustomer(row.customer_id, row.name, row.owner_id, words=row.body.partition("\n")[0][:160]))
        one.done[str(row.kind)] = one.done.get(str(row.kind), 0) + 1
    return list(found.values())[:MOST]


def last_visits(customers: Iterable[int]) -> dict[int, dt.datetime]:
    """When each of these customers was visited last, as far as one may see it."""
    query = sa.select(Note.customer_id, sa.func.max(Note.happened_at)).where(Note.customer_id.in_(list(customers)), Note.kind == NoteKind.visit)
    return {row[0]: row[1] for row in session.execute(query.group_by(Note.customer_id))}


def load_unread(ids: Sequence[int]) -> Mapping[int, Any]:
    """The list's computed column."""
    rows = session.execute(sa.select(Journal.id, Journal.read_at).where(Journal.id.in_(ids)))
    return {row.id: cells.status(state(row)) for row in rows}


def state(row: Any) -> Status:
    return Status(_("Unread"), "mail", "acc") if row.read_at is None else Status(_("Read %(when)s", when=show_moment(row.read_at, short=True)), "check")


def dress(row: Any, page: RecordPage) -> RecordPage:
    """The page of an entry, with the day's records where the time line stands."""
    day = Timeline((TimelineDay(_("What the records say"), entries(row.owner_id, row.day)),), title=_("The day"), empty=_("No record speaks of this day."))
    mine = row.read_at is None and row.owner_id != my_id() and lines.supervisor_of(row.owner_id) == my_id()
    return replace(page, timeline=day, status=state(row), seen_url=f"{URL}/{row.id}/read" if mine else "")
