"""How people say that a task comes again, and the sentence they read: the rule itself (series.py) is RFC 5545's."""

import calendar
import datetime as dt
import enum
import re
from dataclasses import dataclass
from typing import Any, ClassVar
from unicodedata import normalize

from babel.dates import get_day_names

from crm_core.data.session import session
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, listed, locale, ngettext
from crm_core.resource.fields import Bad, DateField, EnumField, Field, IntegerField
from crm_core.resource.inspection import register_kind

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ZH = "一二三四五六日"


class How(enum.StrEnum):
    """How often."""

    never = "never"
    daily = "daily"
    weekly = "weekly"
    monthly = "monthly"
    weekday = "weekday"
    yearly = "yearly"


HOW = {"never": _("Not any more"), "daily": _("Daily"), "weekly": _("Weekly"), "monthly": _("Monthly"), "weekday": _("Monthly, on the same weekday"), "yearly": _("Yearly")}
NTH = {1: _("the first"), 2: _("the second"), 3: _("the third"), 4: _("the fourth"), -1: _("the last")}


@dataclass(frozen=True, kw_only=True)
class DaysField(Field):
    """Days of the week as people write them: Mon, Thu; 周一、周四. Kept as RFC 5545 has them."""

    def taken(self, line: str) -> Any:
        found = []
        for word in re.split(r"[\s,;，、；]+", normalize("NFKC", line).strip().lower()):
            at = next((n for n, day in enumerate(DAYS) if word.startswith(day.lower())), _ZH.find(word[-1:].replace("天", "日")) if word else -1)
            if at < 0:
                raise Bad(_("Days such as Mon, Thu are expected."))
            found.append(at)
        return ",".join(DAYS[at] for at in sorted(set(found)))


FIELDS = (
    EnumField(name="how", column="", label=_("How often"), members=How, labels=HOW, required=True, default=How.weekly),
    IntegerField(name="every", column="", label=_("Every"), default=1, minimum=1, maximum=99, help=_("2 with “weekly”: every other week.")),
    DaysField(name="days", column="", label=_("On these days"), length=60, help=_("Of weekly tasks: such as Mon, Thu. Empty: the day on which it is due.")),
    DateField(name="until", column="", label=_("Until")),
    IntegerField(name="count", column="", label=_("So many times"), minimum=1, maximum=999, help=_("This one counts. Empty, and no day either: without end.")),
)


def repeat(task: Any, how: How, every: int | None = None, days: str | None = None, until: dt.date | None = None, count: int | None = None) -> None:
    """Let a task come again, otherwise than before, or not any more."""
    if how == How.never:
        task.repeat = None
    else:
        if task.due is None:
            raise Invalid({"how": [_("Say first when the task is due.")]})
        if until is not None and count is not None:
            raise Invalid({"count": [_("Either a day or a number of times.")]})
        task.repeat = rule(how, task.due, every or 1, days, until, count)
    session.flush()


def rule(how: How, due: dt.date, every: int = 1, days: str | None = None, until: dt.date | None = None, count: int | None = None) -> str:
    """The RFC 5545 rule. A month that lacks the day has its last one instead."""
    found = [f"FREQ={'MONTHLY' if how == How.weekday else how.upper()}"]
    if every > 1:
        found.append(f"INTERVAL={every}")
    if how == How.weekly:
        found.append(f"BYDAY={days or DAYS[due.weekday()]}")
    if how == How.weekday:  # the fifth Friday, which few months have, is the last one
        found.append(f"BYDAY={(due.day + 6) // 7 if due.day < 29 else -1}{DAYS[due.weekday()]}")
    if how == How.monthly:
        if due.day == calendar.monthrange(due.year, due.month)[1]:
            found.append("BYMONTHDAY=-1")
        elif due.day > 28:
            found.append("BYMONTHDAY=" + ",".join(str(day) for day in range(28, due.day + 1)) + ";BYSETPOS=-1")
        else:
            found.append(f"BYMONTHDAY={due.day}")
    if how == How.yearly:
        found.append(f"BYMONTH={due.month};BYMONTHDAY={'28,29;BYSETPOS=-1' if (due.month, due.day) == (2, 29) else due.day}")
    if until is not None:
        found.append(f"UNTIL={until:%Y%m%d}")
    if count is not None:
        found.append(f"COUNT={count}")
    return ";".join(found)


def say(text: str) -> str:
    """The rule as a sentence."""
    parts = dict(one.split("=", 1) for one in text.split(";"))
    n, day = int(parts.get("INTERVAL", "1")), parts.get("BYMONTHDAY", "").rpartition(",")[2]
    more = {"n": n, "day": day}
    match parts["FREQ"]:
        case "DAILY":
            found: Any = _("every day") if n == 1 else _("every %(n)s days", **more)
        case "WEEKLY":
            names = get_day_names("abbreviated", locale=locale())
            more["days"] = listed(names[DAYS.index(code)] for code in parts["BYDAY"].split(","))
            found = _("every week on %(days)s", **more) if n == 1 else _("every %(n)s weeks on %(days)s", **more)
        case "MONTHLY" if "BYDAY" in parts:
            more.update(nth=NTH[int(parts["BYDAY"][:-2])], day=get_day_names("wide", locale=locale())[DAYS.index(parts["BYDAY"][-2:])])
            found = _("every month on %(nth)s %(day)s", **more) if n == 1 else _("every %(n)s months on %(nth)s %(day)s", **more)
        case "MONTHLY" if day == "-1":
            found = _("every month on its last day") if n == 1 else _("every %(n)s months on the last day", **more)
        case "MONTHLY":
            found = _("every month on day %(day)s", **more) if n == 1 else _("every %(n)s months on day %(day)s", **more)
        case _other:
            more["day"] = f"{int(parts['BYMONTH']):02d}-{int(day):02d}"
            found = _("every year on %(day)s", **more) if n == 1 else _("every %(n)s years on %(day)s", **more)
    if "UNTIL" in parts:
        until = dt.datetime.strptime(parts["UNTIL"], "%Y%m%d").date().isoformat()
        return str(_("%(often)s, until %(day)s", often=found, day=until))
    if "COUNT" in parts:
        return str(ngettext("%(often)s, %(n)s time in all", "%(often)s, %(n)s times in all", int(parts["COUNT"]), often=found))
    return str(found)


def sentence(text: str | None) -> str:
    """The same of whatever rule there is: other programs say more than we do."""
    try:
        return say(text) if text else ""
    except (KeyError, ValueError, IndexError):
        return str(_("comes again"))


@dataclass(frozen=True, kw_only=True)
class RepeatField(Field):
    """A rule, read as a sentence."""

    kind: str = "repeat"
    operators: ClassVar[tuple[str, ...]] = ("empty", "filled")

    def show(self, value: Any) -> str:
        return sentence(value)


register_kind("repeat", RepeatField)
