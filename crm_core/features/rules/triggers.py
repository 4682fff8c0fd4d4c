"""When a rule can begin: the core's own triggers, registered as those of any package are."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from dateutil.rrule import rrulestr

from crm_core.access.gate import visible
from crm_core.data import inside
from crm_core.data.session import current_work
from crm_core.features.rules import festivals
from crm_core.features.rules.active import Kept, asked
from crm_core.features.rules.kinds import HOUR, PickField, PicksField
from crm_core.features.tasks.api import DaysField
from crm_core.kernel import clock
from crm_core.kernel.declare import RuleTrigger
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _, in_sentence, ngettext
from crm_core.resource.choices import ChoiceField, ChoicesField
from crm_core.resource.fields import BooleanField, DateField, EnumField, Field, IntegerField, MomentField

CATCH_UP = 7  # days: what was due while nothing ran is made up for so far back
_WORKED = BooleanField(name="worked", column="", label=_("On working days only"), default=False, help=_("What falls on a free day is done on the next working day."))
_AGAIN = IntegerField(name="again", column="", label=_("Again every so many days"), minimum=1, maximum=366, help=_("While it still holds; empty: once."))
_COUNT = IntegerField(name="days", column="", label=_("Days"), required=True, default=7, minimum=0, maximum=3_650)
SIDES = (("before", _("before")), ("after", _("after")))
OFTEN = (("daily", _("Every day")), ("weekly", _("Every week")), ("monthly", _("Every month")))


@dataclass(frozen=True)
class Ask:
    """A day on which rules of a trigger are looked at: `table` is that of the records, `since` the last day that was looked at."""

    resource: Any
    values: Mapping[str, Any]
    table: Any
    day: dt.date
    since: dt.date

    @staticmethod
    def rows(model: Any) -> Any:
        """Rows of another table, as far as the rule's owner sees them, to be asked beside: `gifts = ask.rows(Gift)`."""
        return visible(model)


@dataclass(frozen=True)
class Due:
    """Records that are due: the condition, a column that tells the occasion, and how it is named; the same name begins no second run."""

    where: Any
    column: Any
    name: Callable[[Any], str]


# --- written -----------------------------------------------------------------------------------------------------------


def _one(resource: Any) -> str:
    return in_sentence(resource.singular)


def _everything(heard: Any) -> Any:
    return heard.ids


def _pairs(resource: Any, wanted: Callable[[Field], bool]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, one.label) for name, one in resource.fields().items() if one.column and wanted(one))


def _field(resource: Any, name: str) -> Field:
    found = resource.fields().get(name)
    if found is None:
        raise BadRequest(_("A condition asks for “%(name)s”, which is not there (any more), or not for you.", name=name[:60]))
    return found  # type: ignore[no-any-return]


def _fields(resource: Any) -> list[Field]:
    return [PicksField(name="fields", column="", label=_("Which fields"), pairs=_pairs(resource, lambda f: not f.readonly), help=_("None: any of them."))]


def _changed(heard: Any) -> Any:
    if not heard.values["fields"]:
        return heard.ids
    columns = {_field(heard.resource, name).column for name in heard.values["fields"]}
    return [i for i in heard.ids if columns & set(heard.before.get(i, ()))]


def is_choice(one: Field) -> bool:
    """A field that is a stage: one of a few words."""
    return (isinstance(one, ChoiceField) and not isinstance(one, ChoicesField)) or isinstance(one, EnumField)


def _stage(resource: Any, given: Mapping[str, str]) -> list[Field]:
    pairs = _pairs(resource, is_choice)
    usual = next((name for name in (resource.board, resource.status) if name in dict(pairs)), pairs[0][0] if pairs else "")
    found: list[Field] = [PickField(name="field", column="", label=_("Field"), pairs=pairs, required=True, default=usual or None, info={"shapes": True})]
    one = resource.fields().get(given.get("field") or usual)
    if one is not None and is_choice(one):
        found.append(PicksField(name="values", column="", label=_("Becomes any of"), pairs=tuple(one.options()), required=True))
    return found


def _reached(heard: Any) -> Any:
    column, wanted = _field(heard.resource, heard.values["field"]).column, set(heard.values["values"])
    ids = heard.ids if heard.verb == "create" else [
        i for i in heard.ids if column in heard.before.get(i, {}) and heard.before[i][column] not in wanted]
    if not ids:
        return ids
    found = asked(heard.resource, _at_stage(heard.values))
    from crm_core.data import bulk

    return list(current_work().session.connection().execute(found.select(bulk.among(found.table.c.id, ids))).scalars())


def _at_stage(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"field": values["field"], "op": "any", "value": values["values"]}


def _stays(rule: Kept, values: Mapping[str, Any], record: int) -> bool:
    found = asked(rule.of, _at_stage(values))
    return current_work().session.connection().execute(found.select(found.table.c.id == record)).first() is not None


# --- days --------------------------------------------------------------------------------------------------------------


def _is_day(one: Field) -> bool:
    return isinstance(one, DateField | MomentField)


def _days(resource: Any) -> list[Field]:
    pairs = _pairs(resource, _is_day)
    return [PickField(name="field", column="", label=_("Date"), pairs=pairs, required=True, default=pairs[0][0] if pairs else None), _COUNT,
            PickField(name="side", column="", label=_("Before or after"), pairs=SIDES, required=True, default="before"), HOUR, _WORKED, _AGAIN]


def _between(one: Field, column: Any, first: dt.date, last: dt.date) -> Any:
    if isinstance(one, MomentField):
        return sa.and_(column >= clock.instant(first), column < clock.instant(last + dt.timedelta(days=1)))
    return column.between(first, last)


def _as_day(value: Any) -> dt.date:
    return clock.local(value).date() if isinstance(value, dt.datetime) else value


def _near(ask: Ask) -> Due:
    """Before: what comes within so many days, also what was entered late; after: what came so many days ago and was not done yet."""
    one, n = _field(ask.resource, ask.values["field"]), dt.timedelta(days=ask.values["days"])
    column, again = inside.column(ask.table, one.by), ask.values["again"]
    if ask.values["side"] == "before":
        first, last = ask.day, ask.day + n
    else:
        first, last = (ask.day - n - dt.timedelta(days=CATCH_UP)) if not again else dt.date(1900, 1, 1), ask.day - n

    def name(value: Any) -> str:
        day = _as_day(value)
        turn = day - n if ask.values["side"] == "before" else day + n
        return f"{day}" + (f" {(ask.day - turn).days // again}" if again else "")

    return Due(_between(one, column, first, last), column, name)


def _every_year(resource: Any) -> list[Field]:
    pairs = _pairs(resource, _is_day)
    kept = tuple((name, pair) for name, pair in RETURNING.get(resource.name, ()) if _source(name) in resource.fields())
    return [PickField(name="field", column="", label=_("Day"), pairs=(*kept, *pairs), required=True, default=(kept or pairs)[0][0] if kept or pairs else None),
            IntegerField(name="days", column="", label=_("Days before"), default=0, required=True, minimum=0, maximum=60), HOUR, _WORKED]


# Days that come again which the house keeps in columns of their own, lunar ones too (customers/days.py): the field it is of.
RETURNING = {"core.contact": (("next_birthday", _("Birthday")), ("next_wedding", _("Wedding day"))), "core.customer": (("next_founding", _("Day of founding")),)}
_OF = {"next_birthday": "birth_date", "next_wedding": "wedding_date", "next_founding": "founded_on"}


def _source(column: str) -> str:
    return _OF[column]


def _returns(ask: Ask) -> Due:
    name, n = ask.values["field"], ask.values["days"]
    if name in _OF:
        _field(ask.resource, _source(name))
        column = ask.table.c[name]
        return Due(column.between(ask.day, ask.day + dt.timedelta(days=n)), column, lambda day: f"{day}")
    one = _field(ask.resource, name)
    column = inside.column(ask.table, one.by)
    days = [ask.since + dt.timedelta(days=k + n) for k in range(1, (ask.day - ask.since).days + 1)]
    parts = {(day.month, day.day) for day in days} | {(2, 29) for day in days if (day.month, day.day) == (3, 1) and not _leap(day.year)}
    hit = sa.or_(*(sa.and_(sa.extract("month", column) == month, sa.extract("day", column) == day) for month, day in sorted(parts)))
    return Due(sa.and_(column.is_not(None), hit), column, lambda _value: f"{ask.day.year}")


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _festival_fields(_resource: Any) -> list[Field]:
    return [PickField(name="festival", column="", label=_("Festival"), pairs=tuple((code, one.label) for code, one in festivals.ALL.items()), required=True, default="spring"),
            IntegerField(name="days", column="", label=_("Days before"), default=0, required=True, minimum=0, maximum=60), HOUR]


def _on_festival(ask: Ask) -> Due:
    """Every record that meets the conditions, once for each return of the festival."""
    found = next((day for k in range(1, (ask.day - ask.since).days + 1)
                  if (day := festivals.ALL[ask.values["festival"]].on(ask.since + dt.timedelta(days=k + ask.values["days"]))) is not None), None)
    return Due(sa.true() if found else sa.false(), ask.table.c.id, lambda _id: f"{ask.values['festival']} {found}")


SCHEDULE = (PickField(name="often", column="", label=_("How often"), pairs=OFTEN, required=True, default="weekly"),
            DaysField(name="on", column="", label=_("On these days"), length=60, help=_("Of every week: such as Mon, Thu.")),
            IntegerField(name="day", column="", label=_("Day of the month"), minimum=1, maximum=31, help=_("Of every month; 31 is its last day.")), HOUR, _WORKED)


def rrule_of(values: Mapping[str, Any]) -> str:
    """The schedule as RFC 5545 has it."""
    match values["often"]:
        case "weekly":
            return f"FREQ=WEEKLY;BYDAY={values['on'] or 'MO'}"
        case "monthly":
            day = values["day"] or 1
            return "FREQ=MONTHLY;BYMONTHDAY=-1" if day == 31 else f"FREQ=MONTHLY;BYMONTHDAY={','.join(map(str, range(28, day + 1)))};BYSETPOS=-1" if day > 28 else f"FREQ=MONTHLY;BYMONTHDAY={day}"
    return "FREQ=DAILY"


def _scheduled(ask: Ask) -> Due:
    begin = dt.datetime.combine(ask.since + dt.timedelta(days=1), dt.time())
    found = rrulestr(rrule_of(ask.values), dtstart=begin).between(begin, dt.datetime.combine(ask.day, dt.time()), inc=True)
    return Due(sa.true() if found else sa.false(), ask.table.c.id, lambda _id: f"{found[-1].date()}")


def _silent(ask: Ask) -> Due:
    n, again = ask.values["days"], ask.values["again"]
    column = ask.table.c.followed_at
    end = clock.instant(ask.day - dt.timedelta(days=n - 1))

    def name(value: Any) -> str:
        return f"silent {_as_day(value)}" + (f" {((ask.day - _as_day(value)).days - n) // again}" if again else "")

    return Due(sa.and_(column.is_not(None), column < end), column, name)


# --- in words ----------------------------------------------------------------------------------------------------------


def _worked(shown: Mapping[str, str]) -> bool:
    return shown.get("worked") == str(_("Yes"))


def _say_near(resource: Any, shown: Mapping[str, str]) -> Any:
    values = {"n": shown["days"], "field": shown["field"], "what": _one(resource), "hour": shown["hour"]}
    said = _("it is %(n)s days or less before “%(field)s” of a %(what)s, at %(hour)s", **values) if shown["side"] == str(_("before")) else _(
        "it is %(n)s days after “%(field)s” of a %(what)s, at %(hour)s", **values)
    return _("%(said)s, and again every %(n)s days", said=said, n=shown["again"]) if shown["again"] else said


def _say_yearly(resource: Any, shown: Mapping[str, str]) -> Any:
    values = {"n": shown["days"], "field": shown["field"], "what": _one(resource), "hour": shown["hour"]}
    return _("“%(field)s” of a %(what)s comes again, at %(hour)s", **values) if shown["days"] in ("", "0") else _(
        "“%(field)s” of a %(what)s comes again in %(n)s days, at %(hour)s", **values)


def _say_festival(_resource: Any, shown: Mapping[str, str]) -> Any:
    return _("it is %(festival)s, at %(hour)s", **shown) if shown["days"] in ("", "0") else _("it is %(days)s days before %(festival)s, at %(hour)s", **shown)


def _say_schedule(_resource: Any, shown: Mapping[str, str]) -> Any:
    if shown["often"] == str(OFTEN[1][1]):
        return _("it is %(on)s, at %(hour)s", on=shown["on"] or "MO", hour=shown["hour"])
    if shown["often"] == str(OFTEN[2][1]):
        return _("it is day %(day)s of the month, at %(hour)s", day=shown["day"] or "1", hour=shown["hour"])
    return _("it is %(hour)s on any day", hour=shown["hour"])


def _say_silent(resource: Any, shown: Mapping[str, str]) -> Any:
    said = ngettext("nobody has followed a %(what)s up for %(n)s day", "nobody has followed a %(what)s up for %(n)s days", int(shown["days"].replace(",", "") or 0) if shown["days"].replace(",", "").isdigit() else 0, what=_one(resource))
    return _("%(said)s, and again every %(n)s days", said=said, n=shown["again"]) if shown["again"] else said


def _say_changed(resource: Any, shown: Mapping[str, str]) -> Any:
    return _("a %(what)s is changed: %(fields)s", what=_one(resource), fields=shown["fields"]) if shown["fields"] else _("a %(what)s is changed", what=_one(resource))


def _has_days(resource: Any) -> bool:
    return any(_is_day(one) for one in resource.fields().values())


OWN = [
    RuleTrigger("core.created", _("A record is created"), lambda r, _s: _("a %(what)s is created", what=_one(r)), verbs=("create",), heard=_everything, icon="plus", order=10),
    RuleTrigger("core.changed", _("A record is changed"), _say_changed, _fields, verbs=("update",), heard=_changed, icon="pencil", order=20),
    RuleTrigger("core.reached", _("A stage is reached"), lambda r, s: _("“%(field)s” of a %(what)s becomes %(values)s", what=_one(r), field=s.get("field", ""), values=s.get("values", "")),
                _stage, follows=True, stays=_stays, verbs=("create", "update"), heard=_reached, on=lambda r: any(map(is_choice, r.fields().values())), icon="target", order=30),
    RuleTrigger("core.near", _("A date comes near, or has passed"), _say_near, _days, due=_near, on=_has_days, icon="calendar-due", order=40),
    RuleTrigger("core.yearly", _("A day comes again each year"), _say_yearly, _every_year, due=_returns, on=_has_days, icon="gift", order=50),
    RuleTrigger("core.festival", _("A festival"), _say_festival, _festival_fields, due=_on_festival, icon="star", order=60),
    RuleTrigger("core.schedule", _("A certain day"), _say_schedule, SCHEDULE, due=_scheduled, icon="refresh", order=70),
    RuleTrigger("core.silent", _("Nobody follows up"), _say_silent, (_COUNT, HOUR, _WORKED, _AGAIN), due=_silent, on=lambda r: r.name == "core.customer", icon="hourglass-low", order=80),
    RuleTrigger("core.by_hand", _("By hand"), lambda r, _s: _("somebody starts it for a %(what)s", what=_one(r)), icon="hand-stop", order=90),
]
