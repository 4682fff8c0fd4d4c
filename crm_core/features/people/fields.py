"""Kinds of field that only people and roles have: language, time zone, permission, resource, field of a resource."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from crm_core.kernel.i18n import LANGUAGES, _
from crm_core.kernel.site import site
from crm_core.resource.fields import Field
from crm_core.resource.inspection import register_kind
from crm_core.resource.listed import ListField

PATTERN = re.compile(r"(\*|[a-z][a-z0-9_]*)(\.(\*|[a-z][a-z0-9_-]*))*")
VERBS = {
    "read": _("read"), "create": _("create"), "update": _("change"), "delete": _("delete"), "export": _("export"),
    "import": _("import"), "print": _("print"), "assign": _("give to others"), "*": _("everything"),
}


@dataclass(frozen=True, kw_only=True)
class LanguageField(ListField):
    kind: str = "language"

    @property
    def blank(self) -> Any:
        return _("As the browser asks")

    def words(self) -> Mapping[str, Any]:
        return LANGUAGES


@cache
def _zones() -> dict[str, str]:
    return {name: name for name in sorted(available_timezones()) if "/" in name and not name.startswith(("Etc/", "SystemV/"))}


@dataclass(frozen=True, kw_only=True)
class TimezoneField(ListField):
    kind: str = "timezone"

    @property
    def blank(self) -> Any:
        return _("As the site: %(zone)s", zone=site().config.timezone)

    def words(self) -> Mapping[str, Any]:
        return _zones()


@dataclass(frozen=True, kw_only=True)
class PermissionField(ListField):
    """A permission, or a pattern of permissions such as `core.customer.*`."""

    kind: str = "permission"

    def words(self) -> Mapping[str, Any]:
        return permissions()

    def heading(self, value: Any) -> tuple[str, str]:
        """Whose permission it is, and to do what."""
        name, _dot, verb = str(value or "").rpartition(".")
        resource = site().registry.resources.get(name)
        if resource is None:
            return (self.show(value), "") if value == "*" else (str(_("Other rights")) if value else "", self.show(value))
        action = resource.all_actions.get(verb)
        return _whose(resource), str(VERBS.get(verb) or (action.label if action is not None else verb))

    def parse(self, text: str) -> Any:
        wanted = (text or "").strip()
        return wanted if PATTERN.fullmatch(wanted) and len(wanted) <= 255 else super().parse(text)


def _join(what: Any, verb: Any) -> str:
    return str(_("%(what)s: %(verb)s", what=what, verb=verb))


def _whose(resource: Any) -> str:
    return str(_("%(what)s of others, in brief", what=resource.label) if resource.is_brief else resource.label)


def permissions() -> dict[str, str]:
    """What a role can be allowed: patterns for everything, the verbs of each resource, its actions, rights of pages."""
    registry = site().registry
    found = {"*": str(_("Everything"))}
    shown = sorted((r for r in registry.resources.values() if r.verbs), key=lambda r: (str(r.label), r.name))
    for resource in shown:
        label = _whose(resource)
        if not resource.is_brief:
            found[f"{resource.name}.*"] = _join(label, VERBS["*"])
        for verb in filter(VERBS.get, resource.verbs):  # the rest are its acts
            if not (resource.readonly and verb in ("create", "update", "delete", "import", "assign")):
                found[f"{resource.name}.{verb}"] = _join(label, VERBS[verb])
        for name, action in resource.all_actions.items():
            found.setdefault(f"{resource.name}.{name}", _join(label, action.label))
    for one in registry.permissions.values():
        found[one.name] = str(one.label)
    return found


@dataclass(frozen=True, kw_only=True)
class PresetNameField(Field):
    """The name of a role: a preset's is read and written in the reader's language, and kept as its English sentence."""

    kind: str = "preset_name"

    def taken(self, line: str) -> Any:
        found = next((str(name.msgid) for name in preset_names() if line == str(name)), line)
        return super().taken(found)

    def show(self, value: Any) -> str:
        return "" if value is None else str(next((name for name in preset_names() if name.msgid == value), value))


def preset_names() -> list[Any]:
    """Names of the roles that packages bring, to be translated."""
    return [role.label for role in site().registry.roles if hasattr(role.label, "msgid")]


@dataclass(frozen=True, kw_only=True)
class ResourceNameField(ListField):
    kind: str = "resource_name"

    def words(self) -> Mapping[str, Any]:
        shown = (r for r in site().registry.resources.values() if r.verbs and not r.is_brief)
        return {r.name: str(r.label) for r in sorted(shown, key=lambda r: str(r.label))}


@dataclass(frozen=True, kw_only=True)
class FieldNameField(ListField):
    """A field of any resource; which resource has it is checked with the line."""

    kind: str = "field_name"

    def words(self) -> Mapping[str, Any]:
        found: dict[str, str] = {}
        for resource in site().registry.resources.values():
            if resource.verbs and not resource.is_brief:
                for name, field in resource.all_fields.items():
                    found.setdefault(name, str(field.label))
        return dict(sorted(found.items(), key=lambda item: item[1]))


for _kind in (LanguageField, TimezoneField, PermissionField, PresetNameField, ResourceNameField, FieldNameField):
    register_kind(_kind.kind, _kind)
