"""An icon that the sprite lacks is drawn as the puzzle piece, and nobody is told."""

from collections.abc import Iterator
from typing import Any

from crm_core.kernel.i18n import _
from crm_core.resource.fields import EnumField
from crm_core.testing.subject import Place, Subject
from crm_core.web.assets import icons


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    known = icons()
    for name in dict.fromkeys(_named(subject)):
        if name and known and name not in known:
            yield subject.literal(name), _("There is no icon “%(name)s”.", name=name)


def _named(subject: Subject) -> Iterator[str]:
    registry = subject.site.registry
    mine = [registry.resource(r.name) for r in subject.resources]
    slots = (registry.actions, registry.panels, registry.timelines)
    added = [one for slot in slots for items in slot.values() for one in subject.own(items)]
    flat = [*subject.own(registry.menu), *subject.own(registry.reports.values()), *subject.own(registry.cards.values())]
    for one in [*mine, *added, *flat, *(action for resource in mine for action in resource.actions)]:
        yield one.icon
    for resource in mine:
        yield from (icon for field in resource.all_fields.values() if isinstance(field, EnumField) for icon, _colour in field.looks.values())
