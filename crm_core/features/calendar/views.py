"""The pages of the calendar: a day by hours, a week by people, a month; and the page of an appointment."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from babel.dates import format_date, get_day_names

from crm_core.access import lines
from crm_core.access.models import User
from crm_core.data.session import session
from crm_core.features.calendar import planner, services
from crm_core.features.calendar.models import ANSWER_LOOKS, ANSWERS, Answer, Appointment, Guest, State
from crm_core.features.calendar.planner import Item, Person
from crm_core.features.tasks.api import repeats
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, language, locale
from crm_core.kernel.site import actor, site
from crm_core.resource import worktime
from crm_core.resource.show import show_day_heading
from crm_core.text.lunar import lunar_day
from crm_core.text.periods import shift
from crm_core.web import calendaring, render, urls
from crm_core.web.viewmodels import Act, Note, Number, PanelRow, PanelView, Status, Tab
from crm_core.web.viewmodels.planner import FreeRoom, FreeRoomsPage, PlannerCell, PlannerEntry, PlannerHead, PlannerPage

URL = "/calendar"
SPANS = {"day": _("One day"), "week": _("Week"), "month": _("Month")}
DRAWN = {"day": 6, "week": 12, "month": 5}  # entries of a cell
FIRST, LAST = 8, 19  # hours a day shows in any case
NEAR = 40  # colleagues offered to be put beside


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    span: str
    day: dt.date
    who: tuple[int, ...]
    rooms: bool

    def url(self, **more: Any) -> str:
        now = replace(self, **more)
        me = actor().user_id
        return urls.address(URL, [("span", now.span), ("day", now.day.isoformat()), *(("who", str(one)) for one in now.who if one != me), ("rooms", "1" if now.rooms else "")])


def asked(args: Any) -> Asked:
    """What these arguments mean; nothing is an error."""
    span = args.get("span", "")
    span = span if span in SPANS else "week"
    try:
        day = min(max(dt.date.fromisoformat(args.get("day", "")), calendaring.EARLIEST), calendaring.LATEST)
    except ValueError:
        day = clock.today()
    return Asked(span, day, tuple(planner.wanted(args.getlist("who"))), args.get("rooms") == "1")


def page(want: Asked, shows: str = planner.BUSY) -> PlannerPage:
    """The calendar an address asks for; `shows`: how much of one's own colleagues see."""
    who = planner.people(want.who)
    which = planner.rooms() if want.rooms else []
    first, last = _shown(want)
    found, more = planner.items(who, which, first, last)
    drawn = _Drawn(want, who, which, found)
    heads, rows = {"day": drawn.day, "week": drawn.week, "month": drawn.month}[want.span](first, last)
    step = want.span
    appointments = site().registry.resource(services.NAME)
    return PlannerPage(
        _title(want, first, last), want.span, tuple(Tab(label, want.url(span=code), code == want.span) for code, label in SPANS.items()),
        want.url(day=_moved(want.day, -1, step)), want.url(day=clock.today()), want.url(day=_moved(want.day, 1, step)), heads, rows,
        tabs=tabs("calendar"), people=_near(want, who), groups=_groups(want), rooms=Tab(_("Rooms"), want.url(rooms=not want.rooms), want.rooms, icon="door"),
        pick_url="/lookup/core.user" if site().registry.resource("core.user").may("read") else "",
        hidden=(("span", want.span), ("day", want.day.isoformat()), *(("who", str(one)) for one in want.who if one != actor().user_id), *((("rooms", "1"),) if want.rooms else ())),
        new=Act(_("New appointment"), urls.of_act(appointments, None, "new", [("begins", _start(want.day)), ("back", want.url())]), "plus", key="N") if appointments.may("create") else None,
        shows_url=f"{URL}/shows", shows=tuple((code, label, code == shows) for code, label in planner.SHOWN.items()), here=want.url(),
        note=Note(_("Not all is shown"), _("Shown: the first %(n)s appointments of these days.", n=f"{planner.MOST:,}"), "amber") if more else None,
    )


def tabs(now: str) -> tuple[Tab, ...]:
    """Calendar, free rooms, and all appointments as a list."""
    found = [Tab(_("Calendar"), URL, now == "calendar"), Tab(_("Free rooms"), f"{URL}/rooms", now == "rooms")]
    return (*found, Tab(_("Appointments"), urls.of_list(site().registry.resource(services.NAME), [("owner.me", "1")]), False))


class _Drawn:
    """Items laid out as tables."""

    def __init__(self, want: Asked, who: Sequence[Person], which: Sequence[Any], found: Sequence[Item]) -> None:
        self.want, self.who, self.which = want, who, which
        self.special = worktime.special_days()
        self.me = f"u{actor().user_id}"
        self.by_day: dict[tuple[str, dt.date], list[Item]] = {}
        for item in found:
            for day in _days(item):
                self.by_day.setdefault((item.key, day), []).append(item)
        self.columns: list[tuple[str, PlannerHead]] = [
            *((f"u{one.id}", PlannerHead(_("Me") if f"u{one.id}" == self.me else one.name, _("shows nothing") if one.shows == planner.CLOSED and f"u{one.id}" != self.me else "",
                                         render.person(one.name, one.id))) for one in who),
            *((f"r{room.id}", PlannerHead(room.name, _room(room), icon="door")) for room in which)]

    def day(self, first: dt.date, last: dt.date) -> Any:
        """Hours down, people and rooms across; what has no hour above them."""
        here = {key: self.by_day.get((key, first), []) for key, _head in self.columns}
        spans = {key: [(item, *_hours(item, first)) for item in items if item.begins is not None] for key, items in here.items()}
        hours = [hour for items in spans.values() for _item, since, until in items for hour in (since, until)]
        rows: list[Any] = []
        whole = tuple(PlannerCell("", key, head.label, self._entries([item for item in here[key] if item.begins is None])) for key, head in self.columns)
        if any(cell.entries for cell in whole):
            rows.append((PlannerHead(_("All day")), whole))
        for hour in range(min([FIRST, *hours]), max([LAST, *hours]) + 1):
            stamp = f"{first.isoformat()} {hour:02d}:00"
            cells = tuple(PlannerCell(
                stamp, key, head.label, self._entries([item for item, since, _until in spans[key] if since == hour], hourly=True),
                taken=any(since < hour <= until for _item, since, until in spans[key]), add=self._add(key, stamp), rest=self._rest(len([1 for _i, since, _u in spans[key] if since == hour])),
            ) for key, head in self.columns)
            rows.append((PlannerHead(f"{hour:02d}:00"), cells))
        return tuple(head for _key, head in self.columns), tuple(rows)

    def week(self, first: dt.date, last: dt.date) -> Any:
        """People and rooms down, days across."""
        days = [first + dt.timedelta(days=n) for n in range(7)]
        heads = tuple(PlannerHead(show_day_heading(one), self._said(one), off=not worktime.works(one), today=one == clock.today()) for one in days)
        return heads, tuple((head, tuple(self._cell(key, one, [key]) for one in days)) for key, head in self.columns)

    def month(self, first: dt.date, last: dt.date) -> Any:
        """Weeks of seven days, with what everybody has on each."""
        start, keys = locale().first_week_day, [key for key, _head in self.columns]
        heads = tuple(PlannerHead(get_day_names("abbreviated", locale=locale())[(start + n) % 7]) for n in range(7))
        days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
        return heads, tuple((None, tuple(self._cell("", one, keys) for one in days[at : at + 7])) for at in range(0, len(days), 7))

    def _cell(self, of: str, day: dt.date, keys: Sequence[str]) -> PlannerCell:
        found = [item for key in keys for item in self.by_day.get((key, day), [])]
        found.sort(key=lambda one: (one.begins is not None, one.begins or clock.now()))
        month = self.want.span == "month"
        return PlannerCell(
            day.isoformat(), of, show_day_heading(day), self._entries(found, named=len(keys) > 1), self._rest(len(found)), self.want.url(span="day", day=day), day.day if month else 0,
            today=day == clock.today(), off=not worktime.works(day), outside=month and day.month != self.want.day.month, special=self._said(day) if month else "",
            lunar=lunar_day(day) if month and language() == "zh_Hans_CN" else "")

    def _rest(self, count: int) -> int:
        return max(0, count - DRAWN[self.want.span])

    def _said(self, day: dt.date) -> str:
        return str(self.special.get(day, ""))

    def _add(self, key: str, stamp: str) -> Act | None:
        appointments = site().registry.resource(services.NAME)
        if not appointments.may("create") or (key != self.me and not key.startswith("r")):
            return None
        more = [("room", key[1:])] if key.startswith("r") else []
        return Act(_("New at %(hour)s", hour=stamp[11:]), urls.of_act(appointments, None, "new", [("begins", stamp), *more, ("back", self.want.url())]), "plus")

    def _entries(self, items: Sequence[Item], *, hourly: bool = False, named: bool = False) -> tuple[PlannerEntry, ...]:
        heads = dict(self.columns)
        return tuple(self._entry(item, heads[item.key] if named else None, hourly) for item in items[: DRAWN[self.want.span]])

    def _entry(self, item: Item, whose: PlannerHead | None, hourly: bool) -> PlannerEntry:
        time = ""
        if item.begins is not None:
            time = f"{clock.local(item.begins):%H:%M}" + (f"–{clock.local(item.ends):%H:%M}" if item.ends is not None else "")
        label: Any = item.title or _("Busy")
        if whose is not None and whose.person is None:
            label = _("%(room)s: %(what)s", room=whose.label, what=label)
        made = PlannerEntry(
            label, time, item.url, not item.title, item.private, "task" if item.task is not None else item.answer if item.answer in ("asked", "tentative") else "",
            whose.person if whose is not None else None)
        moves = item.movable and not (hourly and item.task is not None)
        if not moves or (item.row is None and item.task is None):
            return made
        name, row, field = (services.NAME, item.row, "begins") if item.task is None else ("core.task", item.task, "due")
        resource = site().registry.resource(name)
        was = resource.fields()[field].text(item.begins if field == "begins" else item.on)
        return replace(
            made, movable=True, field=field, was=was, drop_url=urls.of_act(resource, row, "cell"), keeps=was[11:] if field == "begins" and not hourly else "",
            move_url=urls.of_act(resource, row, "cell", [("field", field), ("back", self.want.url())]))


def _days(item: Item) -> list[dt.date]:
    """The days something touches."""
    if item.begins is None or item.ends is None:
        return [item.on]
    since, until = clock.local(item.begins).date(), clock.local(item.ends - dt.timedelta(microseconds=1)).date()
    return [since + dt.timedelta(days=n) for n in range(min((until - since).days, 366) + 1)]


def _hours(item: Item, day: dt.date) -> tuple[int, int]:
    """The first and the last hour of a day that something takes."""
    assert item.begins is not None
    since = clock.local(item.begins)
    until = clock.local((item.ends or item.begins + dt.timedelta(minutes=1)) - dt.timedelta(microseconds=1))
    return since.hour if since.date() == day else 0, until.hour if until.date() == day else 23


def _shown(want: Asked) -> tuple[dt.date, dt.date]:
    if want.span == "day":
        return want.day, want.day
    return calendaring.shown(want.day, want.span)


def _moved(day: dt.date, steps: int, unit: str) -> dt.date:
    return shift(day.replace(day=1) if unit == "month" else day, steps, unit)


def _title(want: Asked, first: dt.date, last: dt.date) -> str:
    if want.span == "month":
        return format_date(want.day, calendaring.TITLES[language()], locale=locale())
    if want.span == "day":
        return format_date(want.day, "full", locale=locale())
    return " – ".join(format_date(one, calendaring.DAYS[language()], locale=locale()) for one in (first, last))


def _start(day: dt.date) -> str:
    """When a new appointment of a day begins: at the next full hour, or at nine of another day."""
    now = clock.local(clock.now())
    hour = min(now.hour + 1, 23) if day == now.date() else 9
    return f"{day.isoformat()} {hour:02d}:00"


def _room(room: Any) -> str:
    seats = str(_("%(n)s seats", n=room.seats)) if room.seats else ""
    return " · ".join(filter(None, (seats, room.place, room.equipment)))


def _near(want: Asked, who: Sequence[Person]) -> tuple[Tab, ...]:
    """Who is looked at (to be taken away), then colleagues of one's department and who reports to one."""
    me = actor().user_id
    taken = tuple(Tab(one.name, want.url(who=tuple(i for i in want.who if i != one.id)), True) for one in who if one.id != me)
    ids = [i for i in dict.fromkeys([*lines.reports_of(me), *_mates()]) if i not in want.who][:NEAR]
    names = site().registry.resource("core.user").labels(ids) if ids else {}
    return (*taken, *(Tab(names[i], want.url(who=(*want.who, i)), False) for i in ids if i in names))


def _mates() -> list[int]:
    home = session.get(User, actor().user_id)
    return lines.members_of(home.department_id) if home is not None and home.department_id is not None else []


def _groups(want: Asked) -> tuple[Tab, ...]:
    """Everybody of one's department at once; only oneself again."""
    mates = tuple(_mates())[: planner.PEOPLE]
    found = [Tab(_("My department"), want.url(who=mates), False)] if len(mates) > 1 else []
    return (*found, *([Tab(_("Only me"), want.url(who=()), False)] if len(want.who) > 1 else []))


# --- free rooms --------------------------------------------------------------------------------------------------------


def free_rooms(args: Any) -> FreeRoomsPage:
    """Which rooms are free at the time of an address, and the way to book one."""
    now = clock.local(clock.now())
    hour = min(now.hour + 1, 22)
    day, begins, ends = args.get("day") or clock.today().isoformat(), args.get("begins") or f"{hour:02d}:00", args.get("ends") or f"{hour + 1:02d}:00"
    seats = args.get("seats", "")
    made = FreeRoomsPage(day[:20], begins[:10], ends[:10], seats[:6], (), tabs("rooms"))
    try:
        on = dt.date.fromisoformat(day)
        since, until = (clock.instant(on, dt.time.fromisoformat(one)) for one in (begins, ends))
    except (ValueError, OverflowError):
        return replace(made, error=_("Say the day and the time, such as 10:30."))
    if until <= since:
        return replace(made, error=_("It ends before it begins."))
    appointments, rooms = site().registry.resource(services.NAME), site().registry.resource(services.ROOM)
    found = services.free_rooms(since, until, int(seats) if seats.isascii() and seats.isdigit() and len(seats) < 6 else 0)
    books = appointments.may("create")

    def url(room: Any) -> str:
        said = [("begins", f"{day} {begins}"), ("ends", f"{day} {ends}"), ("room", str(room.id)), ("back", urls.address(URL, [("span", "day"), ("day", day), ("rooms", "1")]))]
        return urls.of_act(appointments, None, "new", said) if books else urls.of_record(rooms, room.id)

    return replace(made, rooms=tuple(FreeRoom(room.name, _room(room), url(room)) for room in found))


# --- the page of an appointment ----------------------------------------------------------------------------------------


def dress(row: Any, page: Any, about: Mapping[int, str]) -> Any:
    """When and where it is, what it is about, how it stands."""
    numbers = [Number(_("When"), said(row.begins, row.ends))]
    if row.repeat:
        numbers.append(Number(_("Repeats"), repeats.sentence(row.repeat)))
    if row.place:
        numbers.append(Number(_("Where"), row.place))
    if row.organizer:
        numbers.append(Number(_("Invited by"), row.organizer))
    if row.subject and row.subject_id in about:
        numbers.append(Number(_("About"), about[row.subject_id], url=urls.of_name(site().registry, row.subject, row.subject_id)))
    marks = [*([Status(_("Otherwise than its series"), "calendar-event", "amber")] if row.apart else []), *([Status(ANSWERS[str(row.answer)], *ANSWER_LOOKS[str(row.answer)])] if row.answer else []), *([Status(_("Private entry"), "lock", "")] if row.closed else [])]
    status = Status(_("Cancelled"), "x", "red") if row.state == State.cancelled else None
    more = page.more if row.answer is None else tuple(one for one in page.more if one.icon != "pencil")
    note = page.note
    if row.answer == Answer.asked and row.state == State.planned:
        note = Note(_("You are invited"), _("Answer with the buttons above; who invites you is told."), "acc", "calendar-event")
    day = clock.local(row.begins).date().isoformat() if row.begins else ""
    show = Act(_("In the calendar"), urls.address(URL, [("span", "day"), ("day", day)]), "calendar")
    guests = _guests(row.id) if row.answer is None else ()
    reach = site().registry.resource(services.NAME).all_fields["reach"].label  # asked in the form, and nothing of the appointment
    groups = tuple(replace(group, facts=tuple(one for one in group.facts if one.label != reach)) for group in page.groups)
    return replace(page, groups=groups, side=(*guests, *_days_of(row), *page.side), numbers=tuple(numbers), marks=(*page.marks, *marks), status=status or page.status, note=note, more=(show, *more))


def _days_of(row: Any) -> tuple[PanelView, ...]:
    """Of a series: the days near this one, with the way to each."""
    if row.series_id is None or row.slot is None:
        return ()
    a, resource = Appointment, site().registry.resource(services.NAME)
    base = sa.select(a.id, a.begins, a.ends, a.state).where(a.series_id == row.series_id, a.owner_id == row.owner_id)
    before = base.where(a.slot < row.slot).order_by(a.slot.desc()).limit(2).subquery()
    after = base.where(a.slot > row.slot).order_by(a.slot).limit(5).subquery()
    found = sorted(session.execute(sa.union_all(sa.select(before), sa.select(after))), key=lambda one: one.begins)
    off = Status(_("Cancelled"), "x", "red")
    rows = tuple(PanelRow(said(one.begins, one.ends), url=urls.of_record(resource, one.id), status=off if one.state == State.cancelled else None) for one in found)
    return (PanelView(_("Other days of this series"), "refresh", rows=rows),) if rows else ()


def _guests(number: int) -> tuple[PanelView, ...]:
    """Who is invited, and what each says."""
    found = list(session.execute(sa.select(Guest.user_id, Guest.address, Guest.answer).where(Guest.appointment_id == number).order_by(Guest.id).limit(200)))
    names = site().registry.resource("core.user").labels({one.user_id for one in found if one.user_id is not None})
    rows = tuple(PanelRow(names.get(one.user_id, _("hidden record")) if one.user_id is not None else one.address or "", status=Status(ANSWERS[one.answer], *ANSWER_LOOKS[one.answer]))
                 for one in found)
    return (PanelView(_("Guests"), "users", len(rows), rows),) if rows else ()


def said(begins: dt.datetime | None, ends: dt.datetime | None) -> str:
    """From when until when, on the reader's clock."""
    if begins is None or ends is None:
        return ""
    since, until = clock.local(begins), clock.local(ends)
    return f"{since:%Y-%m-%d %H:%M} – " + (f"{until:%H:%M}" if since.date() == until.date() else f"{until:%Y-%m-%d %H:%M}")
