"""The definitions of custom fields as an ordinary resource: list, form, history, undo and API come by themselves."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.kernel.declare import Action
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import later
from crm_core.kernel.site import site
from crm_core.resource import custom
from crm_core.resource.choices import put_words
from crm_core.resource.custom import CustomField, Kind
from crm_core.resource.inspection import register_kind
from crm_core.resource.listed import ListField
from crm_core.resource.resource import Resource, Section
from crm_core.text.formula import DEPTH, FUNCTIONS, LENGTH, BadFormula
from crm_core.text.slugs import slug

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]
Faults = dict[int, dict[str, list[Any]]]
_NAME = re.compile(r"x_[a-z0-9_]{1,38}")
FIXED = ("resource", "name", "kind", "places", "target")  # what values that are there were made by


@dataclass(frozen=True, kw_only=True)
class CustomisedField(ListField):
    """A resource that takes fields of an administrator's own."""

    kind: str = "customised"

    def words(self) -> Mapping[str, Any]:
        shown = (r for r in site().registry.resources.values() if custom.takes(r))
        return {r.name: str(r.label) for r in sorted(shown, key=lambda r: (r.order, str(r.label)))}


register_kind(CustomisedField.kind, CustomisedField)

def _promote(resource: Any, ids: Sequence[int]) -> None:
    for row_id in ids:
        later("core.fields.promote", {"field": row_id}, key=f"promote {row_id}", label=_("Index of a field"))


PROMOTE = Action(
    "promote", _("Make it fast"), _promote, icon="bolt", whole=True, bulk=False, when=lambda row: not row.promoted and not row.retired,
    confirm=_("Lists of any size can then be filtered and sorted by this field at once. An index is made, which takes a while in a large table."))


class CustomFields(Resource):
    model = CustomField
    label = _("Custom fields")
    singular = _("Custom field")
    icon = "forms"
    files = False
    columns = "zh", "en", "resource", "kind", "required", "retired", "promoted"
    filters = "resource", "kind", "retired", "required"
    search = "zh", "en", "name"
    search_names = "zh", "en"
    sorts = ("-updated_at",)
    actions = (PROMOTE,)
    in_palette = False
    order = 76
    form = (
        Section(_("Field"), ("resource", "kind", "zh", "en", "target", "places", "options", "formula")),
        Section(_("In the form"), ("help_zh", "help_en", "required", "searched", "position", "retired")),
        Section(_("In files and API"), ("name",), folded=True),
    )
    shown_if: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "target": ("kind", "reference"), "places": ("kind", "number"), "options": ("kind", "choice", "choices"),
        "formula": ("kind", "text", "note", "number", "money", "date", "boolean"),
    }
    help = _("Fields of your own: they stand in the form, list, filter, import, export, API, history and print like any other.")

    @property
    def label_field(self) -> str:
        return "zh"

    def title(self, row: Any) -> str:
        return str(row)

    def defaults(self) -> dict[str, Any]:
        return {"resource": "core.customer", "position": 10}

    def derive(self, rows: Rows, before: Before) -> None:
        taken: set[tuple[str, str]] = set()
        for row in rows:
            if "id" not in row:
                row["name"] = row.get("name") or self._named(row, taken)
                taken.add((row.get("resource") or "", row["name"]))

    def _named(self, row: Mapping[str, Any], taken: set[tuple[str, str]]) -> str:
        """A name nobody had: of the English label, else of the sound of the Chinese one."""
        stem = (custom.PREFIX + (slug(row.get("en") or "", row.get("zh") or "") or "field"))[:34].rstrip("_")
        table = table_of(CustomField)
        have = set(current_work().session.connection().scalars(
            sa.select(table.c.name).where(table.c.resource == row.get("resource"), table.c.name.startswith(stem, autoescape=True))))
        have |= {name for of, name in taken if of == row.get("resource")}
        return next(name for n in range(10_000) if (name := f"{stem}{n or ''}") not in have)

    def check(self, rows: Rows, before: Before) -> Faults:
        found: Faults = {}
        for at, row in enumerate(rows):
            old = before.get(row.get("id", 0), {})
            now = {**old, **row}
            faults = found.setdefault(at, {})
            host = self.registry.resources.get(str(now.get("resource")))
            if host is None or not custom.takes(host):
                faults["resource"] = [_("These records take no fields.")]
                continue
            if not _NAME.fullmatch(now["name"] or ""):
                faults["name"] = [_("A name such as x_brand: small letters, digits and underscores.")]
            for name in FIXED if old else ():
                if now[name] != old[name]:
                    faults[name] = [_("This cannot be changed: there may be values already. Make a new field and retire this one.")]
            if now.get("kind") == Kind.reference and str(now.get("target")) not in self.registry.resources:
                faults["target"] = [_("Say what it refers to.")]
            if now.get("kind") in (Kind.choice, Kind.choices) and not old and not _options(now.get("options")):
                faults["options"] = [_("Give the choices, one a line.")]
            if now.get("formula"):
                faults.update(self._formula(host, now))
        return {at: faults for at, faults in found.items() if faults}

    def _formula(self, host: Any, row: Mapping[str, Any]) -> dict[str, list[Any]]:
        if row["kind"] in (Kind.choice, Kind.choices, Kind.reference):
            return {"formula": [_("A computed field holds a text, number, amount, date or yes and no.")]}
        fields = {n: one for n, one in host.all_fields.items() if n != row["name"]}
        try:
            custom.read_formula(row["formula"], fields)
        except BadFormula as bad:
            return {"formula": [said(bad, custom.sources(fields))]}
        return {}

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        bump()
        table = table_of(CustomField)
        for row in current_work().session.connection().execute(sa.select(table).where(table.c.id.in_(ids))):
            if row.kind in (Kind.choice, Kind.choices) and verb in ("create", "update"):
                put_words(custom.list_name(row.resource, row.name), _options(row.options))
            if row.formula and verb in ("create", "update", "restore"):
                later("core.fields.compute", {"field": row.id}, label=_("Computed field"))


def said(bad: BadFormula, known: Mapping[str, Any]) -> Any:
    """What is wrong with a formula, for people."""
    what, at = bad.params.get("what", ""), bad.at + 1
    match bad.code:
        case "long":
            return _("At most %(n)s characters.", n=LENGTH)
        case "deep":
            return _("This is too long to follow: at most %(n)s brackets or steps in a row.", n=DEPTH)
        case "unknown":
            return _("There is no field “%(what)s”. These are known: %(names)s", what=what, names=sorted(known))
        case "function":
            return _("There is no function “%(what)s”. These are known: %(names)s", what=what, names=list(FUNCTIONS))
        case "arguments":
            return _("%(what)s takes %(least)s to %(most)s values.", what=what, least=bad.params["least"], most=bad.params["most"])
        case "lacks":
            return _("“%(what)s” is missing at place %(at)s.", what=what, at=at)
        case "end" | "empty":
            return _("Something is missing at the end.")
    return _("“%(what)s” at place %(at)s is not understood.", what=what, at=at)


def _options(text: str | None) -> list[tuple[str, str, str]]:
    """The choices of a text, one a line, `名称 | English`, and where somebody wants a code of his own `名称 | English | code`: (code, en, zh)."""
    found: dict[str, tuple[str, str, str]] = {}
    for line in (text or "").splitlines()[:500]:
        zh, en, own, *_more = (*(part.strip() for part in line.replace("｜", "|").split("|")), "", "")
        if not zh and not en:
            continue
        code = slug(own or en, zh)[:34] or "c"
        while code in found:
            code = f"{code}_"
        found[code] = (code, (en or zh)[:255], (zh or en)[:255])
    return list(found.values())
