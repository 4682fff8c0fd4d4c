"""Fields: the one intermediate form between a typed column and every face (form, list, filter, import, export, JSON, print).

A field parses text of a person (`parse`), loads strict JSON (`load`), resolves in sets what needs the database
(`resolve`), dumps for JSON (`dump`) and shows for people (`show`). Removing a field from a list removes it everywhere.
Absent ≠ null ≠ "": a form or file that does not name a field does not touch it.
"""

import datetime as dt
import enum
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.data.types import digits_of
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, language, locale
from crm_core.kernel.site import has_site, site
from crm_core.text import clean, dates, emails, numbers, phones
from crm_core.text.problems import PROBLEMS

INT64 = 2**63 - 1
_EXCELS = re.compile(r"^(\d{7,15})\.0$")  # a number that a spreadsheet took for an amount


class Bad(ValueError):
    """One value that cannot be taken, with the sentence shown beside the field."""

    def __init__(self, message: Any) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Field:
    """A line of text, and the base of all other kinds. A page or an act asks for `Field(name="gift", label=_("Gift"), required=True)`: `name` is
    what the value is called in the form, in JSON and as an argument of the act. Fields of records follow from their columns."""

    name: str  # in JSON, forms and filters
    column: str = ""  # in the table; "": it only asks
    label: Any
    required: bool = False
    length: int | None = None
    default: Any = None
    readonly: bool = False
    sensitive: bool = False
    help: Any = ""
    kind: str = "line"
    sort_column: str = ""  # the indexed column that sorts it; "" = only small sets can be sorted by it
    info: Mapping[str, Any] = field(default_factory=dict, repr=False)

    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "contains", "starts", "roughly", "empty", "filled")
    numeric: ClassVar[bool] = False
    kept: ClassVar[bool] = False  # no column, yet history keeps its values (tags): `stored` and `store` read and write them

    acts: ClassVar[tuple[str, ...]] = ()  # of such a field: the acts on many that put values and that take them

    def begins_with(self) -> Any:
        """What it holds in the form of a new record; None: nothing."""
        return self.default

    @property
    def by(self) -> str:
        """The column that conditions are put on: that of its index, where it has one of its own."""
        return self.info.get("by") or self.column

    def parse(self, text: str) -> Any:
        """The value of what a person typed; None when empty. Raises Bad."""
        try:
            found = clean.clean_line(text)
        except clean.InvalidText:
            raise Bad(_("This contains characters that cannot be kept.")) from None
        return self.taken(found) if found else None

    def taken(self, line: str) -> Any:
        """The value of a cleaned line that is not empty. Raises Bad."""
        return self.check(line)

    def parse_all(self, texts: Sequence[str]) -> tuple[list[Any], dict[int, Bad]]:
        """`parse` of a whole column: its values, None for the bad ones, which come by position. Equal texts are looked at
        once, and a column that is clean as a whole is not cleaned cell by cell."""
        look: Callable[[str], Any] = self.parse
        known: dict[str, Any] = {}
        if type(self).parse is Field.parse and clean.are_clean(texts):
            if type(self).taken is Field.taken and max(map(len, texts), default=0) <= (self.length or INT64):
                return [text or None for text in texts], {}
            look, known = self.taken, {"": None}
        wrong: dict[str, Bad] = {}
        for text in set(texts) - known.keys():
            try:
                known[text] = look(text)
            except Bad as fault:
                wrong[text], known[text] = fault, None
        bad = {at: wrong[text] for at, text in enumerate(texts) if text in wrong} if wrong else {}
        return [known[text] for text in texts], bad

    def load(self, value: Any) -> Any:
        """The value of a JSON member; strict about types. Raises Bad."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise Bad(_("A text is expected."))
        return self.parse(value)

    def check(self, value: Any) -> Any:
        if self.length is not None and isinstance(value, str) and len(value) > self.length:
            raise Bad(_("At most %(n)s characters, these are %(m)s.", n=self.length, m=len(value)))
        return value

    def resolve(self, values: Iterable[Any]) -> dict[Any, Any]:
        """What stands in the database for these values, in one query; values that mean nothing are missing from it."""
        return {value: value for value in values}

    @property
    def resolves(self) -> bool:
        return False

    def dump(self, value: Any) -> Any:
        return value

    def show(self, value: Any) -> str:
        return "" if value is None else str(value)

    def of(self, row: Any) -> "Field":
        """As it is shown of one record: money in the currency of that."""
        return self

    def heading(self, value: Any) -> tuple[str, str]:
        """Under what rows of lines are gathered that hold this value, and what it says there."""
        return self.show(value), ""

    def text(self, value: Any) -> str:
        """As it stands in a form's box and in an exported cell: `parse(text(v)) == v`."""
        return self.show(value)

    def schema(self) -> dict[str, Any]:
        """JSON schema of the value (OpenAPI 3.1)."""
        found: dict[str, Any] = {"type": "string"}
        if self.length:
            found["maxLength"] = self.length
        return self.nullable(found)

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool] | None:
        """The filter's condition on a class or table, of a field that is not one column (tags); None: one on its column."""
        return None

    def stored(self, ids: Sequence[int]) -> Mapping[int, Any]:
        """What these records have of a field that is kept beside them, raw."""
        return {}

    def store(self, values: Mapping[int, Any]) -> None:
        """Give it back to them, without a history of its own: undo writes that."""

    def nullable(self, schema: dict[str, Any]) -> dict[str, Any]:
        if self.required or "type" not in schema:
            return schema
        return {**schema, "type": [schema["type"], "null"]}


@dataclass(frozen=True, kw_only=True)
class NameField(Field):
    kind: str = "name"


@dataclass(frozen=True, kw_only=True)
class NoteField(Field):
    """Text of several lines."""

    kind: str = "note"
    operators: ClassVar[tuple[str, ...]] = ("contains", "roughly", "empty", "filled")

    def parse(self, text: str) -> Any:
        try:
            found = clean.clean_text(text)
        except clean.InvalidText:
            raise Bad(_("This contains characters that cannot be kept.")) from None
        if len(found) > 100_000:
            raise Bad(_("At most %(n)s characters, these are %(m)s.", n=100_000, m=len(found)))
        return found or None


@dataclass(frozen=True, kw_only=True)
class EmailField(Field):
    kind: str = "email"

    def taken(self, line: str) -> Any:
        try:
            return emails.clean_email(self.check(line)) or None
        except clean.InvalidText:
            raise Bad(_("An e-mail address looks like name@example.com.")) from None


@dataclass(frozen=True, kw_only=True)
class PhoneField(Field):
    kind: str = "phone"

    @property
    def digits(self) -> str:
        """The column of its digits, by which numbers are compared."""
        return digits_of(self.column)

    def taken(self, line: str) -> Any:
        if not line[-1].isdigit() and not any(map(str.isdigit, line)):
            raise Bad(_("A phone number needs digits."))
        if line.endswith(".0"):
            line = _EXCELS.sub(r"\1", line)
        problem = phones.sure_problem(line)
        if problem is not None:
            raise Bad(_(PROBLEMS[problem.code], **problem.params))
        return self.check(line)

    def show(self, value: Any) -> str:
        return phones.show_phone(value) if value else ""

    def text(self, value: Any) -> str:
        return value or ""


@dataclass(frozen=True, kw_only=True)
class UrlField(Field):
    kind: str = "url"

    def taken(self, line: str) -> Any:
        lower = line.lower()
        if ":" in lower.split("/")[0] and not lower.startswith(("http://", "https://")):
            raise Bad(_("A web address starts with http:// or https://."))
        if "." not in line or " " in line:
            raise Bad(_("A web address looks like www.example.com."))
        return self.check(line)

    def href(self, value: str) -> str:
        return value if value.lower().startswith(("http://", "https://")) else f"https://{value}"


@dataclass(frozen=True, kw_only=True)
class IntegerField(Field):
    """A whole number, from `minimum` to `maximum`."""

    kind: str = "integer"
    minimum: int = -INT64
    maximum: int = INT64
    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "gte", "lte", "between", "empty", "filled")
    numeric: ClassVar[bool] = True

    def parse(self, text: str) -> Any:
        if not text or not text.strip():
            return None
        try:
            found = numbers.parse_decimal(text, language())
        except ValueError:
            raise Bad(_("A number is expected.")) from None
        if found != found.to_integral_value():
            raise Bad(_("A whole number is expected."))
        return self.check(int(found))

    def load(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise Bad(_("A whole number is expected."))
        return self.check(value)

    def check(self, value: Any) -> Any:
        if not self.minimum <= value <= self.maximum:
            raise Bad(_("Between %(low)s and %(high)s.", low=self.minimum, high=self.maximum))
        return value

    def show(self, value: Any) -> str:
        from babel.numbers import format_decimal

        return "" if value is None else format_decimal(value, locale=locale())

    def text(self, value: Any) -> str:
        return "" if value is None else str(value)

    def schema(self) -> dict[str, Any]:
        return self.nullable({"type": "integer", "minimum": self.minimum, "maximum": self.maximum})


@dataclass(frozen=True, kw_only=True)
class MoneyField(IntegerField):
    """Integer minor units; people type and see the major unit. `currency`: the one it is shown with, "" for that of the house. A column with
    `info={"house": True}` holds the house's currency whatever the record's is."""

    kind: str = "money"
    currency: str = ""

    def of(self, row: Any) -> Field:
        return self.in_currency(getattr(row, "currency", None))

    def in_currency(self, code: Any) -> Field:
        """As amounts of this currency are shown: with its code, where it is not the house's."""
        foreign = isinstance(code, str) and code and not self.info.get("house") and has_site() and code != site().config.currency
        return replace(self, currency=code) if foreign else self

    def parse(self, text: str) -> Any:
        if not text or not text.strip():
            return None
        try:
            return self.check(numbers.parse_money(text, language()))
        except ValueError:
            raise Bad(_("An amount such as 1,234.50 is expected.")) from None

    def show(self, value: Any) -> str:
        from decimal import Decimal

        from babel.numbers import format_decimal

        if value is None:
            return ""
        shown = format_decimal(Decimal(value) / 100, "#,##0.00" if value % 100 else "#,##0", locale=locale())
        return f"{self.currency}\u00a0{shown}" if self.currency else shown

    def text(self, value: Any) -> str:
        if value is None:
            return ""
        sign, value = ("-" if value < 0 else ""), abs(value)
        return f"{sign}{value // 100}.{value % 100:02d}"


@dataclass(frozen=True, kw_only=True)
class BooleanField(Field):
    """Yes or no."""

    kind: str = "boolean"
    operators: ClassVar[tuple[str, ...]] = ("eq",)

    def parse(self, text: str) -> Any:
        word = (text or "").strip().lower()
        if not word:
            return None
        if word in ("1", "true", "yes", "y", "on", "是", "对", "有", "√"):
            return True
        if word in ("0", "false", "no", "n", "off", "否", "不", "无", "×"):
            return False
        raise Bad(_("Yes or no is expected."))

    def load(self, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        raise Bad(_("true or false is expected."))

    def show(self, value: Any) -> str:
        return "" if value is None else str(_("Yes") if value else _("No"))

    def schema(self) -> dict[str, Any]:
        return self.nullable({"type": "boolean"})


@dataclass(frozen=True, kw_only=True)
class DateField(Field):
    """A day."""

    kind: str = "date"
    operators: ClassVar[tuple[str, ...]] = ("eq", "gte", "lte", "between", "within", "empty", "filled")

    def parse(self, text: str) -> Any:
        if not text or not text.strip():
            return None
        try:
            return dates.parse_date(text.strip(), language(), clock.today())
        except ValueError:
            raise Bad(_("This date is not understood. Write 2026-11-23, or words such as “next Wed”.")) from None

    def load(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            if not isinstance(value, str) or len(value) != 10:
                raise ValueError
            return dt.date.fromisoformat(value)
        except ValueError:
            raise Bad(_("A date such as 2026-11-23 is expected.")) from None

    def dump(self, value: Any) -> Any:
        return value.isoformat() if value else None

    def show(self, value: Any) -> str:
        from crm_core.resource.show import show_date, show_month

        if not value:
            return ""
        return show_month(value) if self.info.get("month") else show_date(value)

    def text(self, value: Any) -> str:
        return value.isoformat() if value else ""

    def schema(self) -> dict[str, Any]:
        return self.nullable({"type": "string", "format": "date"})


_HOUR = re.compile(r"\s([01]?\d|2[0-3])[:：]([0-5]\d)(?:[:：][0-5]\d)?\s*$")


@dataclass(frozen=True, kw_only=True)
class MomentField(Field):
    """An instant, shown on the reader's wall clock."""

    kind: str = "datetime"
    operators: ClassVar[tuple[str, ...]] = ("gte", "lte", "between", "within", "empty", "filled")

    def parse(self, text: str) -> Any:
        text = (text or "").strip()
        if not text:
            return None
        try:
            found = dt.datetime.fromisoformat(text)
        except ValueError:
            hour = _HOUR.search(text)  # behind a day in words or figures: tomorrow 15:00
            try:
                day = dates.parse_date(text[: hour.start()] if hour is not None else text, language(), clock.today())
            except ValueError:
                raise Bad(_("A time such as 2026-11-23 09:30 is expected.")) from None
            found = dt.datetime.combine(day, dt.time(int(hour[1]), int(hour[2])) if hour is not None else dt.time())
        return (found if found.tzinfo else found.replace(tzinfo=clock.zone())).astimezone(dt.UTC)

    def load(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            found = dt.datetime.fromisoformat(value)
        except (ValueError, TypeError):
            raise Bad(_("A time such as 2026-11-23T09:30:00Z is expected.")) from None
        if found.tzinfo is None:
            raise Bad(_("A time needs its zone, such as 2026-11-23T09:30:00Z."))
        return found.astimezone(dt.UTC)

    def dump(self, value: Any) -> Any:
        return value.isoformat().replace("+00:00", "Z") if value else None

    def show(self, value: Any) -> str:
        from crm_core.resource.show import show_moment

        return show_moment(value) if value else ""

    def text(self, value: Any) -> str:
        return clock.local(value).strftime("%Y-%m-%d %H:%M") if value else ""

    def schema(self) -> dict[str, Any]:
        return self.nullable({"type": "string", "format": "date-time"})


@dataclass(frozen=True, kw_only=True)
class EnumField(Field):
    """A choice on whose value code branches; its words are in code."""

    kind: str = "enum"
    members: type[enum.Enum] = enum.Enum
    labels: Mapping[str, Any] = field(default_factory=dict)
    looks: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # value → its icon and colour
    operators: ClassVar[tuple[str, ...]] = ("any", "none", "empty", "filled")

    def parse(self, text: str) -> Any:
        word = (text or "").strip()
        if not word:
            return None
        for member in self.members:
            if word == member.value or word.casefold() == str(self.labels.get(member.value, member.value)).casefold():
                return member
        raise Bad(_("“%(value)s” is not one of the choices.", value=word[:60]))

    def load(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return self.members(value)
        except ValueError:
            raise Bad(_("“%(value)s” is not one of the choices.", value=str(value)[:60])) from None

    def dump(self, value: Any) -> Any:
        return getattr(value, "value", value)

    def show(self, value: Any) -> str:
        key = self.dump(value)
        return "" if key is None else str(self.labels.get(key, key))

    def text(self, value: Any) -> str:
        return self.dump(value) or ""

    def options(self) -> list[tuple[str, str]]:
        return [(m.value, self.show(m)) for m in self.members]

    def schema(self) -> dict[str, Any]:
        values: list[Any] = [m.value for m in self.members]
        return {"enum": values if self.required else [*values, None]}


def clean_values(given: Mapping[str, Any], fields: Mapping[str, Field], how: str) -> dict[str, Any]:
    """Parse ("parse": text of people) or load ("load": JSON) each given value; raises Invalid with a sentence a field.

    Names that are no field, or that may not be written, are refused, so nothing can be assigned that was not offered.
    """
    values: dict[str, Any] = {}
    faults: dict[str, list[Any]] = {}
    for name, raw in given.items():
        found = fields.get(name)
        if found is None or found.readonly:
            faults[name] = [_("This field cannot be written.") if found else _("There is no such field.")]
            continue
        try:
            values[name] = getattr(found, how)(raw)
        except Bad as bad:
            faults[name] = [bad.message]
    if faults:
        raise Invalid(faults)
    return values


def sql_type_length(column: sa.Column[Any]) -> int | None:
    return getattr(column.type, "length", None)
