"""From values to what is drawn: one renderer a column, made once a request, so that a list of fifty rows costs little.

A renderer takes the value and returns Markup or a plain string. References are named by one query a column.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from crm_core.kernel import clock
from crm_core.kernel.i18n import listed
from crm_core.kernel.site import site
from crm_core.resource.choices import ChoiceField
from crm_core.resource.fields import EnumField, Field, MoneyField
from crm_core.resource.references import RefField, SeveralField
from crm_core.resource.show import full_moment, show_moment
from crm_core.text.names import avatar_text
from crm_core.web import cells, urls
from crm_core.web.viewmodels import Person, Status

Renderer = Callable[[Any], Any]
KINDS = {"choice": "status", "enum": "text", "money": "money", "integer": "number", "decimal": "number", "date": "date", "datetime": "date",
         "phone": "phone", "boolean": "tick"}


def person(name: str, user_id: int | None, url: str = "") -> Person:
    """Somebody with his colour."""
    return Person(name, avatar_text(name) if name else "", (user_id or 0) % 6 + 1 if user_id else 0, url)


def status_of(field: Field, value: Any) -> Status | None:
    """A choice as a status with its icon and colour."""
    if value is not None and isinstance(field, EnumField):
        return Status(field.show(value), *field.looks.get(field.dump(value), ()))
    if value is None or not isinstance(field, ChoiceField) or isinstance(value, list):
        return None
    word = field.words().get(value)
    return Status(str(word) if word else str(value), (word.icon or "") if word else "", (word.colour or "") if word else "")  # type: ignore[arg-type]


def column_kind(field: Field) -> str:
    """The template's kind of a column: alignment and ink."""
    if isinstance(field, RefField):
        return "person" if field.target == "core.user" else "text"
    if field.kind == "choice" and not any(w.icon for w in field.words().values()):  # type: ignore[attr-defined]
        return "text"
    if isinstance(field, EnumField) and field.looks:
        return "status"
    return KINDS.get(field.kind, "text")


def renderer(field: Field, values: Iterable[Any], *, plain: bool = False, names: Mapping[int, str] | None = None) -> Renderer:
    """The renderer of a column whose values on this page are `values`; `plain`: text without markup (print, export); `names`:
    those of the records it points at, where they are known already."""
    if isinstance(field, RefField):
        return _reference(field, names if names is not None else field.labels(v for v in values if v is not None), plain)
    if isinstance(field, SeveralField):
        known = field.refs.labels({one for value in values for one in value or ()})
        return lambda value: listed(known[one] for one in value or () if one in known) or ("" if plain else cells.DASH)
    if plain:
        return _on_paper.get(field.kind, field.show)
    make = _MADE.get(field.kind)
    return make(field) if make is not None else field.show


def in_currencies(field: MoneyField, values: Sequence[Any], codes: Sequence[str], *, plain: bool = False) -> list[Any]:
    """Amounts drawn each in its own currency."""
    shows = {code: renderer(field.in_currency(code), values, plain=plain) for code in set(codes)}
    return [shows[code](value) for value, code in zip(values, codes, strict=True)]


def _reference(field: RefField, names: Mapping[int, str], plain: bool) -> Renderer:
    if plain:
        return lambda value: names.get(value, "") if value is not None else ""
    if field.target == "core.user":
        drawn = {i: cells.who(person(name, i)) for i, name in names.items()}
        return lambda value: cells.DASH if value is None else drawn.get(value, "")
    target = field.resource
    linked = target is not None and field.target not in WORDS
    short = {i: cells.shortened(target.brief_word(name), name) for i, name in names.items()} if target is not None and not linked else names

    def show(value: Any) -> Any:
        name = names.get(value)
        if value is None:
            return ""
        if name is None:  # visible record, invisible target: said, and never lost by a form (T10)
            return ""
        return cells.linked(name, urls.of_record(target, value)) if linked and target is not None else short[value]

    return show


# Paper is read on another day: a date is whole on it, never "yesterday".
_on_paper: dict[str, Renderer] = {
    "date": lambda value: value.isoformat() if value is not None else "",
    "datetime": lambda value: f"{clock.local(value):%Y-%m-%d %H:%M}" if value is not None else "",
}
WORDS = {"core.region", "core.industry", "core.position", "core.department", "core.team"}


def _choice(field: Field) -> Renderer:
    drawn: dict[Any, Any] = {}

    def show(value: Any) -> Any:
        if value not in drawn:
            found = status_of(field, value)
            drawn[value] = cells.status(found) if found is not None and found.icon else field.show(value)
        return drawn[value]

    return show


def _phone(field: Field) -> Renderer:
    return lambda value: cells.tel(field.show(value)) if value else ""


def moment(value: dt.datetime, *, short: bool = False) -> Markup:
    """An instant in words of the reader's day, the full time as tip."""
    return cells.moment(show_moment(value, short=short), value.isoformat(), full_moment(value))


def _moment(field: Field) -> Renderer:
    return lambda value: moment(value) if value is not None else ""


def _date(field: Field) -> Renderer:
    return lambda value: cells.moment(field.show(value), value.isoformat()) if value is not None else ""


_MADE: dict[str, Callable[[Field], Renderer]] = {
    "choice": _choice,
    "enum": _choice,
    "phone": _phone,
    "datetime": _moment,
    "date": _date,
    "email": lambda field: lambda value: cells.mail(value) if value else "",
    "url": lambda field: lambda value: cells.site(value) if value else "",
    "note": lambda field: lambda value: cells.text_lines(value) if value else "",
    "money": lambda field: lambda value: cells.number(field.show(value)) if value is not None else "",
    "decimal": lambda field: lambda value: cells.number(field.show(value)) if value is not None else "",
    "integer": lambda field: lambda value: cells.number(field.show(value)) if value is not None else "",
}


def mention(text: str, names: Iterable[str]) -> Markup:
    """A note's text with its mentions marked; everything else escaped."""
    drawn = escape(text)
    for name in sorted(set(names), key=len, reverse=True):
        at = escape(f"@{name}")
        drawn = Markup(str(drawn).replace(str(at), f'<span class="mention">{at}</span>'))
    return drawn


def user_names(ids: Iterable[int | None]) -> dict[int, str]:
    """Names of colleagues by id, by one query."""
    wanted = {i for i in ids if i is not None}
    return site().registry.resource("core.user").labels(wanted) if wanted else {}
