"""What is asked of a route, as its address says it: the day and its hours, where it begins and ends, whom to visit, how long, by when."""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from werkzeug.datastructures import MultiDict

from crm_core.features.routes.rules import MOST, RouteSettings
from crm_core.features.tasks.api import TimeField
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.resource.fields import Bad, DateField, EnumField, Field, IntegerField
from crm_core.resource.references import RefField
from crm_core.text.hours import clock as written
from crm_core.text.hours import minute
from crm_core.text.numbers import whole
from crm_core.web import controls, urls
from crm_core.web.viewmodels import FormField

URL = "/routes"
Pairs = list[tuple[str, str]]


class Origin(enum.StrEnum):
    department = "department"
    customer = "customer"
    region = "region"
    first = "first"


class Finish(enum.StrEnum):
    back = "back"
    last = "last"


ORIGINS = {"department": _("My department"), "customer": _("A customer"), "region": _("A region"), "first": _("The first stop")}
FINISHES = {"back": _("Back to the start"), "last": _("At the last stop")}
AT, STAY = "at.", "stay."
_APPOINTMENT = TimeField(name="at", column="", label=_("Appointment"))
_STAY = IntegerField(name="stay", column="", label=_("Minutes"), minimum=1, maximum=600)


@dataclass(frozen=True)
class Asked:
    """An address of the page. What was typed and not understood stays in its box, with a sentence, and the default is taken."""

    args: MultiDict[str, str]
    rooted: bool  # one's department has a place to begin at

    @cached_property
    def fields(self) -> dict[str, Field]:
        made: tuple[Field, ...] = (
            DateField(name="day", column="", label=_("Day"), required=True), TimeField(name="begin", column="", label=_("Leave at"), required=True),
            TimeField(name="until", column="", label=_("Finish by"), required=True),
            IntegerField(name="stay", column="", label=_("Minutes a visit"), required=True, minimum=1, maximum=600),
            EnumField(name="origin", column="", label=_("Begin at"), required=True, members=Origin, labels=ORIGINS),
            RefField(name="customer", column="", label=_("Customer"), target="core.customer"),
            RefField(name="region", column="", label=_("Region"), target="core.region"),
            EnumField(name="finish", column="", label=_("End"), required=True, members=Finish, labels=FINISHES),
        )
        return {field.name: field for field in made}

    @cached_property
    def defaults(self) -> dict[str, Any]:
        rules, here = RouteSettings.now(), clock.local(clock.now())
        begin, until = written(rules.begin * 60), written(min(max(rules.until, rules.begin + 1) * 60, 24 * 60 - 1))
        late = here + dt.timedelta(minutes=self._typed.get("stay") or rules.stay)  # no visit fits into what is left of today: tomorrow
        day = self._typed.get("day") or here.date() + dt.timedelta(days=late.date() > here.date() or f"{late:%H:%M}" > until)
        if day == here.date() and f"{here:%H:%M}" > begin:  # what is left of today
            begin = f"{here:%H:%M}"
        return {"day": day, "begin": begin, "until": max(begin, until), "stay": rules.stay, "customer": None, "region": None,
                "origin": Origin.department if self.rooted else Origin.first, "finish": Finish.back}

    @cached_property
    def faults(self) -> dict[str, list[Any]]:
        return {}

    @cached_property
    def _typed(self) -> dict[str, Any]:
        found = controls.parse(self.fields, controls.read(self.fields, self.args), self.faults)
        for name in ("customer", "region"):
            value = found.get(name)
            if value is not None:
                found[name] = self.fields[name].resolve([value]).get(value)
                if found[name] is None:
                    self.faults[name] = [_("There is no such record.")]
        return {name: value for name, value in found.items() if value is not None}

    @cached_property
    def values(self) -> dict[str, Any]:
        found = {**self.defaults, **self._typed}
        if found["until"] <= found["begin"]:
            self.faults.setdefault("until", [_("This is not after the beginning.")])
        for origin in (Origin.customer, Origin.region):
            if found["origin"] is origin and found[origin.value] is None:
                self.faults.setdefault(origin.value, [_("This is required.")])
        return found

    @property
    def day(self) -> dt.date:
        return self.values["day"]  # type: ignore[no-any-return]

    @cached_property
    def stops(self) -> list[int]:
        """The customers that were chosen."""
        return self._ids("stop")[:MOST]

    @cached_property
    def without(self) -> list[int]:
        """Those of the calendar that were taken out."""
        return self._ids("without")

    def _ids(self, name: str) -> list[int]:
        return list(dict.fromkeys(one for text in self.args.getlist(name) if (one := whole(text)) is not None))

    def appointment(self, customer: int) -> tuple[int | None, Any]:
        """The minute of the day somebody typed for a stop, and what is wrong with it."""
        return _taken(_APPOINTMENT, self.args.get(f"{AT}{customer}", ""), minute)

    def stays(self, customer: int) -> tuple[int | None, Any]:
        return _taken(_STAY, self.args.get(f"{STAY}{customer}", ""), int)

    def boxes(self, customer: int, name: str, stay: int, at: int | None) -> tuple[FormField, FormField]:
        """The two boxes of a stop: its appointment, where the calendar does not say it, and its length."""
        typed = {key: self.args.get(f"{key}{customer}", "") for key in (AT, STAY)}
        return (
            FormField(f"{AT}{customer}", _("Appointment at %(name)s", name=name), value=typed[AT], error=self.appointment(customer)[1],
                      placeholder=written(at) if at is not None else _("any time"), maxlength=20),
            FormField(f"{STAY}{customer}", _("Minutes at %(name)s", name=name), "number", typed[STAY], error=self.stays(customer)[1], placeholder=str(stay), unit=_("min"), maxlength=3),
        )

    @cached_property
    def controls(self) -> tuple[FormField, ...]:
        texts = {name: field.text(self.values[name]) for name, field in self.fields.items()}
        typed = controls.read(self.fields, self.args)
        shown = controls.of_fields(self.fields, {**texts, **{name: typed[name] for name in self.faults if name in typed}}, self.faults)
        return tuple(_when(one) for one in shown)

    def pairs(self, *, drop: int | None = None, add: Mapping[str, str] | None = None) -> Pairs:
        """The address of this route, without one stop."""
        mine = [(name, value) for name, value in self.args.items(multi=True)
                if value and (name in self.fields or name.removesuffix("__text") in self.fields or name in ("stop", "without") or name.startswith((AT, STAY)))]
        found = [(name, value) for name, value in mine if drop is None or (name, value) != ("stop", str(drop)) and name not in (f"{AT}{drop}", f"{STAY}{drop}")]
        return [*found, *((add or {}).items())]

    def address(self, path: str = URL, **more: Any) -> str:
        return urls.address(path, self.pairs(**more))


def _taken(field: Field, text: str, how: Any) -> tuple[Any, Any]:
    try:
        value = field.parse(text)
    except Bad as bad:
        return None, bad.message
    return (None if value is None else how(value)), ""


def _when(one: FormField) -> FormField:
    return replace(one, when=("origin", one.name), wide=False) if one.name in ("customer", "region") else one
