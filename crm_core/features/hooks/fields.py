"""Kinds of fields of webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_core.kernel import words
from crm_core.kernel.site import site
from crm_core.resource.fields import Field
from crm_core.resource.inspection import register_kind
from crm_core.resource.listed import ListField


@dataclass(frozen=True, kw_only=True)
class FollowedField(ListField):
    """A resource of which other systems can be told: it has a face of its own in the API."""

    kind: str = "followed"

    def words(self) -> Mapping[str, Any]:
        shown = (r for r in site().registry.resources.values() if "read" in r.verbs and not r.is_brief)
        return {r.name: str(r.label) for r in sorted(shown, key=lambda r: (r.order, str(r.label)))}


@dataclass(frozen=True, kw_only=True)
class KeptWordsField(Field):
    """A sentence as kernel/words.py keeps it: each reads it in his language."""

    kind: str = "kept_words"

    def show(self, value: Any) -> str:
        return str(words.read_line(value))

    def dump(self, value: Any) -> Any:
        return None if value is None else self.show(value)


for _kind in (FollowedField, KeptWordsField):
    register_kind(_kind.kind, _kind)
