"""An icon that is not in the sprite draws nothing, and nobody would notice."""

from pathlib import Path

from crm_core.app import open_site

KNOWN = {line for line in (Path(__file__).parents[2] / "frontend/icons.txt").read_text("utf-8").splitlines() if line and line[0] != "#"}


def named() -> dict[str, str]:
    """Icon → who names it, of everything the registry draws."""
    registry = open_site().registry
    found = {r.icon: r.name for r in registry.resources.values()}
    found |= {m.icon: f"menu {m.name}" for m in registry.menu if m.icon}
    found |= {a.icon: f"action {a.name}" for r in registry.resources.values() for a in r.all_actions.values() if a.icon}
    found |= {p.icon: f"panel on {p.on}" for panels in registry.panels.values() for p in panels if p.icon}
    return found


def test_every_icon_of_the_registry_is_in_the_sprite() -> None:
    missing = {icon: who for icon, who in named().items() if icon not in KNOWN}
    assert not missing, f"put into frontend/icons.txt: {missing}"
