"""Fields as values: which fields of a kind of record something is about (what a stage asks for), chosen from those it has."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm_core.kernel.site import site
from crm_core.resource.choices import ChoicesField, Word
from crm_core.resource.inspection import register_kind

_LEFT_OUT = ("internal", "stamp", "number_series")


@dataclass(frozen=True, kw_only=True)
class FieldNames(ChoicesField):
    """Names of fields and lines of one resource (`t.Fields`), as far as people write them."""

    def words(self) -> Mapping[str, Word]:
        resource = site().registry.resources.get(self.info["fields_of"])
        if resource is None:
            return {}
        labels = {name: one.label for name, one in resource.all_fields.items() if not one.readonly and one.kind not in _LEFT_OUT and name not in resource.hidden_fields}
        labels |= {lines.name: lines.label for lines in resource.lines}
        return {name: Word(name, str(label), str(label), False, None, None) for name, label in labels.items()}


register_kind("fields", FieldNames)
