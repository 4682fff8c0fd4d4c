"""What an importer's targets are called, in every language we speak: files are named in either."""

from collections.abc import Iterable
from typing import Any

from crm_core.kernel.i18n import LANGUAGES, in_language
from crm_core.resource.exchange import matching
from crm_core.resource.exchange.items import Target
from crm_core.resource.fields import EnumField
from crm_core.text.clean import fold


def targets(found: Iterable[Target]) -> list[matching.Target]:
    """The targets as the matcher wants them."""
    return [
        matching.Target(
            target.name, both(target.label), (), target.field.kind if target.field is not None else target.name, _fixed_words(target.field))
        for target in found
    ]


def both(label: Any) -> tuple[str, ...]:
    """A label in every language."""
    words = []
    for code in LANGUAGES:
        with in_language(code):
            words.append(str(label))
    return tuple(dict.fromkeys(words))


def _fixed_words(field: Any) -> frozenset[str]:
    """What a field with its words in code takes."""
    if not isinstance(field, EnumField):
        return frozenset()
    return frozenset(fold(word) for value, label in field.labels.items() for word in (value, *both(label)))
