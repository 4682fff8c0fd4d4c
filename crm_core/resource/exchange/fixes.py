"""A suggestion beside a value that was refused: the first candidate of text/repairs.py that the field takes."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.resource.choices import ChoiceField
from crm_core.resource.exchange.suggesting import both
from crm_core.resource.fields import (
    Bad,
    DateField,
    EmailField,
    EnumField,
    Field,
    IntegerField,
    PhoneField,
    UrlField,
)
from crm_core.resource.references import RefField
from crm_core.text import repairs

MOST = 2_000  # names of records that are looked through


def suggest(field: Field | None, text: str) -> str:
    """What was probably meant, or "". Under the actor's rights: only names he may know are suggested."""
    if field is None or not text.strip():
        return ""
    if isinstance(field, RefField):
        return next(iter(repairs.word(text, names(field))), "")
    for candidate in _candidates(field, text):
        if candidate and candidate != text and _taken(field, candidate):
            return candidate
    return ""


def _candidates(field: Field, text: str) -> Iterable[str]:
    if isinstance(field, EmailField):
        yield from repairs.email(text)
    elif isinstance(field, PhoneField):
        yield from repairs.phone(text)
    elif isinstance(field, UrlField):
        yield from repairs.url(text)
    elif isinstance(field, DateField):
        yield from repairs.day(text)
    elif isinstance(field, IntegerField):
        yield from repairs.number(text)
    elif isinstance(field, ChoiceField | EnumField):
        yield from repairs.word(text, _words(field))
    if field.length is not None:
        yield from repairs.short(text, field.length)


def _words(field: ChoiceField | EnumField) -> list[str]:
    """The words of a list in every language; those of the reader first."""
    if isinstance(field, EnumField):
        return [word for label in field.labels.values() for word in both(label)]
    living = [word for word in field.words().values() if not word.retired]
    return [*map(str, living), *(text for word in living for text in (word.zh, word.en))]


def _taken(field: Field, text: str) -> bool:
    try:
        return field.parse(text) not in (None, "", [])
    except Bad:
        return False


def names(field: RefField) -> list[str]:
    """Names of the records a reference may mean, as far as the actor may know them; few enough to look through."""
    target: Any = field.resource
    source = (target.brief_resource or target) if target is not None else None
    if source is None or not source.may("read"):
        return []
    found = session.scalars(sa.select(source.label_column).order_by(source.model.id).limit(MOST + 1)).all()
    return [str(source.word(name)) for name in found] if len(found) <= MOST else []
