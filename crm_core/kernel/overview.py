"""How every plugin stands on a site: what the command and the page of plugins show."""

import enum
from dataclasses import dataclass
from typing import Any

from crm_core.kernel import plugins
from crm_core.kernel.i18n import _
from crm_core.kernel.models import PluginState
from crm_core.kernel.plugins import Found, State
from crm_core.kernel.site import Site


class Standing(enum.StrEnum):
    """The states people see. `starting`: switched on, and this process does not have it yet."""

    active = "active"
    starting = "starting"
    disabled = "disabled"
    failed = "failed"
    blocked = "blocked"
    available = "available"


WORDS = {
    Standing.active: _("Active"), Standing.starting: _("Starting"), Standing.disabled: _("Switched off"),
    Standing.failed: _("Failed"), Standing.blocked: _("Blocked"), Standing.available: _("Available"),
}


@dataclass(frozen=True)
class Row:
    """One plugin: `reason` why it is blocked or failed (one sentence), `trace` what it raised."""

    name: str
    label: Any
    version: str
    state: Standing
    reason: Any
    found: Found | None
    known: State | None
    trace: str = ""

    @property
    def words(self) -> str:
        return str(WORDS[self.state])


def overview(site: Site) -> list[Row]:
    """All plugins that are installed here or known to the site, by name; failed bridges too."""
    found, known = plugins.discover(), plugins.states(site.engines)
    chosen = plugins.plan(plugins.wanted(known), found)
    serving = {p.name for p in site.registry.packages}
    return [_row(name, found.get(name), known.get(name), chosen, serving) for name in sorted({*found, *known})]


def _row(name: str, found: Found | None, known: State | None, chosen: plugins.Plan, serving: set[str]) -> Row:
    manifest = found.manifest if found is not None else None
    label = manifest.label if manifest is not None else name
    version = manifest.version if manifest is not None else (known.version if known is not None else "")

    def row(state: Standing, reason: Any = "", trace: str = "") -> Row:
        return Row(name, label, version, state, reason, found, known, trace)

    if name in chosen.blocked:
        return row(Standing.blocked, chosen.blocked[name], found.error if found is not None else "")
    if known is not None and known.state is PluginState.failed:
        return row(Standing.failed, known.error.strip().rpartition("\n")[2], known.error)
    if found is not None and found.error:
        return row(Standing.failed, found.error.strip().rpartition("\n")[2], found.error)
    if known is not None and known.state is PluginState.active:
        return row(Standing.active if name in serving else Standing.starting)
    if known is not None:
        return row(Standing.disabled, "" if found is not None else _("It is not installed on this machine."))
    return row(Standing.available)
