"""From what is asked to the route: the customers the reader may see, where they are, when they are open, what his calendar has of them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Department
from crm_core.data.session import session, system_scope, writing
from crm_core.features.customers.api import Contact, Customer, Region
from crm_core.features.routes.asked import Asked, Finish, Origin
from crm_core.features.routes.rules import MOST, RouteSettings
from crm_core.features.tasks.api import TASKS, Task, told
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import changes, places
from crm_core.text import hours, shapes
from crm_core.text.routes import Place, Route, Stop, Window, route

CUSTOMER = "core.customer"


@dataclass(frozen=True)
class Firm:
    """A customer as a route knows him, no more than the reader may see. `own`: the place is his, not the middle of his region."""

    id: int
    name: str
    region: str = ""
    code: str = ""  # of the region
    place: Place | None = None
    own: bool = False
    open: tuple[Window, ...] | None = None


@dataclass(frozen=True)
class Planned:
    """A task of one's own for the day, about a customer or somebody there."""

    task: int
    at: int | None


@dataclass(frozen=True)
class Plan:
    """The route, and what it was made of."""

    asked: Asked
    firms: Mapping[int, Firm]
    planned: Mapping[int, Planned]
    start: tuple[str, Place | None]
    route: Route

    @property
    def lost(self) -> list[Firm]:
        """Those of whom no place is known."""
        return [firm for firm in self.firms.values() if firm.place is None]


def firms(ids: Sequence[int], day: dt.date, verb: str = "read") -> dict[int, Firm]:
    """The customers of these that the reader may see (or print), in their order."""
    resource = site().registry.resource(CUSTOMER)
    if not ids or not resource.may(verb):
        return {}
    shown = resource.fields()
    rows = {row.id: row for row in session.scalars(resource.visible(verb).where(Customer.id.in_(ids)))}
    regions = shown["region"].labels(row.region_id for row in rows.values()) if "region" in shown else {}
    codes = _codes(regions)
    found = {}
    for row in (rows[one] for one in ids if one in rows):
        own = places.spot(resource, row)
        code = codes.get(row.region_id, "")
        place = own or shapes.middle(code)
        week = hours.read(row.opening_hours) if row.opening_hours and "opening_hours" in shown else None
        found[row.id] = Firm(row.id, resource.title(row), regions.get(row.region_id, ""), code, place, own is not None, week[day.weekday()] if week else None)
    return found


def _codes(regions: Iterable[int]) -> dict[int, str]:
    wanted = sorted(regions)
    rows = session.execute(sa.select(Region.id, Region.code).where(Region.id.in_(wanted))) if wanted else ()
    return {row.id: row.code or "" for row in rows}


def planned(day: dt.date) -> dict[int, Planned]:
    """One's own open tasks of the day by the customer they are about, those with a time first."""
    tasks = site().registry.resource(TASKS)
    if not tasks.may("read") or told(day, None)[0] is None:
        return {}
    query = sa.select(Task.id, Task.subject, Task.subject_id, Task.due_time).where(
        Task.owner_id == actor().user_id, Task.due == day, Task.done_at.is_(None), Task.subject.in_((CUSTOMER, "core.contact")))
    rows = session.execute(query.order_by(Task.due_time.is_(None), Task.due_time, Task.id)).all()
    people = [row.subject_id for row in rows if row.subject == "core.contact"]
    firm_of: dict[int, int] = dict(session.execute(sa.select(Contact.id, Contact.customer_id).where(Contact.id.in_(people))).tuples().all()) if people else {}
    found: dict[int, Planned] = {}
    for row in rows:
        customer = row.subject_id if row.subject == CUSTOMER else firm_of.get(row.subject_id)
        if customer is not None:
            time = told(day, row.due_time)[1]
            found.setdefault(customer, Planned(row.id, hours.minute(time) if time else None))
    return found


def home() -> tuple[str, Place | None]:
    """Where one's department sits, or the nearest above it that has a place. Everybody knows where he works."""
    mine = getattr(actor(), "department_id", None)
    with system_scope("the place of one's own department") as db:
        path = db.scalar(sa.select(Department.path).where(Department.id == mine)) or ""
        line = [int(step) for step in path.split("/") if step]
        query = sa.select(Department.id, Department.name, Department.latitude, Department.longitude)
        rows = {row.id: row for row in db.execute(query.where(Department.id.in_(line), Department.latitude.is_not(None)))}
    nearest = next((rows[one] for one in reversed(line) if one in rows), None)
    return (nearest.name, (nearest.latitude, nearest.longitude)) if nearest is not None else ("", None)


class Planner:
    """One asking: reads what is there once."""

    def __init__(self, args: Any, verb: str = "read") -> None:
        self.home = home()
        self.asked, self.verb = Asked(args, self.home[1] is not None), verb

    @cached_property
    def plan(self) -> Plan:
        asked, rules = self.asked, RouteSettings.now()
        values, mine = asked.values, planned(asked.day)
        wanted = [*asked.stops, *(one for one, what in mine.items() if what.at is not None or not asked.stops)]
        ids = [one for one in dict.fromkeys(wanted) if one in asked.stops or one not in asked.without]
        found = firms(ids[:MOST], asked.day, self.verb)
        stops = [self._stop(firm, mine.get(firm.id)) for firm in found.values() if firm.place is not None]
        start = self._start()
        made = route(
            stops, start=start[1], end=start[1] if values["finish"] is Finish.back else None, begin=hours.minute(values["begin"]), until=hours.minute(values["until"]),
            detour=rules.detour / 100, speed=rules.speed,
        )
        return Plan(asked, found, mine, start, made)

    def _stop(self, firm: Firm, mine: Planned | None) -> Stop:
        at, stay = self.asked.appointment(firm.id)[0], self.asked.stays(firm.id)[0]
        assert firm.place is not None
        return Stop(firm.id, firm.place, stay or self.asked.values["stay"], firm.open, at if at is not None else mine.at if mine is not None else None)

    def _start(self) -> tuple[str, Place | None]:
        """What the beginning is called and where it is; without a place the day begins at the first stop."""
        values = self.asked.values
        if values["origin"] is Origin.customer and values["customer"]:
            firm = firms([values["customer"]], self.asked.day, self.verb).get(values["customer"])
            return self._placed("customer", (firm.name, firm.place) if firm is not None else ("", None))
        if values["origin"] is Origin.region and values["region"]:
            name = self.asked.fields["region"].show(values["region"])
            return self._placed("region", (name, shapes.middle(_codes([values["region"]]).get(values["region"], "")) if name else None))
        return self._placed("origin", self.home) if values["origin"] is Origin.department else ("", None)

    def _placed(self, box: str, found: tuple[str, Place | None]) -> tuple[str, Place | None]:
        if found[1] is None:
            self.asked.faults.setdefault(box, [_("Nobody knows where this is.")])
        return found


def write_down(plan: Plan) -> tuple[int, int | None]:
    """Make the visits of a route one's tasks of that day, each at its time; those that are there get the time, unless they have one.
    Returns how many were written, and the change that takes it back. Raises Forbidden, Invalid."""
    rows: list[dict[str, Any]] = []
    for visit in plan.route.visits:
        firm, there, time = plan.firms[visit.stop.key], plan.planned.get(visit.stop.key), hours.clock(visit.begins)
        if there is None:
            rows.append({"title": str(_("Visit %(name)s", name=firm.name))[:200], "due": plan.asked.day, "due_time": time, "subject": CUSTOMER, "subject_id": firm.id})
        elif there.at is None:
            rows.append({"id": there.task, "due_time": time})
    if not rows:
        return 0, None
    with writing(), changes.change("route", resource=TASKS) as change:
        site().registry.resource(TASKS).write(rows)
    return len(rows), change
