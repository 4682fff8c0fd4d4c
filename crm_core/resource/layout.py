"""How an administrator has laid out the form of a resource: sections, order, what is required, what shows only when another
field says so. A row of `core_layout` a resource; where there is none, the form is as the resource declares it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.access.rights import made
from crm_core.data.base import Model
from crm_core.data.mixins import Vocabulary
from crm_core.data.session import current_work, has_work
from crm_core.kernel.i18n import _
from crm_core.kernel.site import has_site
from crm_core.resource.fields import Field


class Layout(Vocabulary, Model):
    """The form of one resource, as people arranged it."""

    __tablename__ = "core_layout"
    resource: Mapped[str] = mapped_column(sa.String(80), info={"label": _("Of")})
    sections: Mapped[list[Any]] = mapped_column(default=list, info={"kind": "internal"})
    __table_args__ = (sa.Index("uq_core_layout_resource", "resource", unique=True),)


@dataclass(frozen=True)
class When:
    """A field shows only while another one has one of these values ("*": any at all). Texts as a form sends them."""

    field: str
    values: Sequence[str]

    def holds(self, texts: Mapping[str, str]) -> bool:
        now = [part for part in texts.get(self.field, "").split(",") if part]
        return bool(now) if "*" in self.values else any(value in now for value in self.values)


@dataclass(frozen=True)
class Rules:
    """What a layout says beyond the order of fields."""

    required: frozenset[str] = frozenset()
    when: Mapping[str, When] | None = None

    def shows(self, name: str, texts: Mapping[str, str]) -> bool:
        """Whether a field is there while the form says this."""
        rule = (self.when or {}).get(name)
        return rule is None or rule.holds(texts)

    def told(self, name: str) -> tuple[str, str] | None:
        """For the form: the other field and its values, as a script reads them."""
        rule = (self.when or {}).get(name)
        return (rule.field, ",".join(rule.values)) if rule is not None else None


def rows() -> Mapping[str, list[dict[str, Any]]]:
    """Resource → its sections as they are kept: {"zh", "en", "folded", "fields": [{"name", "required", "when": {"field", "values"}}]}."""
    if not has_work() or not has_site():
        return {}
    return made("layouts", _load)


def _load() -> dict[str, list[dict[str, Any]]]:
    table = Layout.__table__
    found = current_work().session.connection().execute(sa.select(table.c.resource, table.c.sections).where(table.c.deleted_at.is_(None)))
    return {row.resource: row.sections for row in found}


def rules(resource: Any) -> Rules:
    """The rules of a resource's form."""
    lines = [line for section in rows().get(resource.name) or () for line in section["fields"]]
    when = {name: When(other, values) for name, (other, *values) in resource.shown_if.items()}
    when |= {line["name"]: When(line["when"]["field"], tuple(line["when"]["values"])) for line in lines if line.get("when")}
    return Rules(frozenset(line["name"] for line in lines if line.get("required")), when)


def lacking(resource: Any, fields: Mapping[str, Field], texts: Mapping[str, str]) -> dict[str, list[Any]]:
    """What the layout requires of a form and is not given: field → sentence. What does not show is not asked for."""
    found = rules(resource)
    return {
        name: [_("This is required.")] for name in found.required
        if name in fields and not fields[name].readonly and not texts.get(name) and found.shows(name, texts)
    }
