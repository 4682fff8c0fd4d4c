"""What a plugin says of itself before anything of it runs. Imported without its models: `crm plugin list` reads it."""

import re
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
# The first part of an address is whose page it is: what core's own begin with is nobody else's name.
RESERVED = frozenset(["core", "api", "portal", "static", "accesses", "alarms", "approvals", "calendar", "cards", "changes", "choices", "dates", "deliveries", "favicon", "feeds", "files", "flows", "forms", "help", "home", "import", "incoming", "jobs", "journal", "live", "lookup", "mail", "me", "notices", "palette", "paper", "password", "plugins", "pool", "preferences", "ready", "recycle", "reports", "road", "routes", "rules", "settings", "setup", "tasks", "undo", "views"])


class BadManifest(ValueError):
    """A manifest that cannot be believed; the sentence is for its author."""


@dataclass(frozen=True)
class Manifest:
    """A plugin's name, version and what it needs. `manifest = Manifest("visits", _("Visits"), "1.0")` in its `__init__.py`.

    `requires`: packages it cannot do without, with PEP 440 versions (`"core>=1,<2"`, `"sales>=1.2"`); they are enabled with it.
    `enhances`: packages it works with when they are there; they are loaded before it, and it may have a bridge to each.
    `uses`: features of core whose pages it wants shown (`"products"`).
    `personal`: columns with data of a person, `"visits_visit.note"`; erasure empties them even while the plugin sleeps.
    Raises BadManifest.
    """

    name: str
    label: Any
    version: str
    summary: Any = ""
    requires: tuple[str, ...] = ()
    enhances: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    icon: str = "puzzle"
    author: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name in RESERVED:
            raise BadManifest(f"“{self.name}” is no name for a plugin: small letters, digits and _, and none of {', '.join(sorted(RESERVED))}")
        try:
            Version(self.version)
        except InvalidVersion:
            raise BadManifest(f"{self.name}: “{self.version}” is no version (PEP 440)") from None
        for text in (*self.requires, *self.enhances):
            try:
                Requirement(text)
            except InvalidRequirement as error:
                raise BadManifest(f"{self.name}: “{text}” is no requirement: {error}") from None
        for column in self.personal:
            if not column.startswith(f"{self.name}_") or column.count(".") != 1:
                raise BadManifest(f"{self.name}: personal column “{column}” is not written {self.name}_table.column")

    @property
    def needs(self) -> dict[str, Requirement]:
        """What it cannot do without, by name; core is always among them."""
        return {"core": Requirement("core"), **{r.name: r for r in map(Requirement, self.requires)}}

    @property
    def likes(self) -> dict[str, Requirement]:
        return {r.name: r for r in map(Requirement, self.enhances)}
