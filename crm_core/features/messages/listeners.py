"""What becomes a message by itself."""

from crm_core.features.messages.services import notify
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import site
from crm_core.resource.after import RecordsAssigned
from crm_core.resource.pairs import TwinEntered


def assigned(event: RecordsAssigned) -> None:
    """Who was given records hears of it: by name when it is one, by number when they are many."""
    resource = site().registry.resources.get(event.resource)
    if resource is None or not event.ids or "owner_id" in resource.told:  # it tells of this itself
        return
    name = resource.labels(event.ids).get(event.ids[0]) if len(event.ids) == 1 else None
    if name is not None:
        notify([event.owner], _("gave you: %(name)s", name=name), about=(event.resource, event.ids[0]))
        return
    text = ngettext("gave you %(n)s record: %(what)s", "gave you %(n)s records: %(what)s", len(event.ids), what=resource.label)
    notify([event.owner], text, path=f"/{resource.package}/{resource.path}?owner.me=1&sort=-updated_at")


def twin_entered(event: TwinEntered) -> None:
    """Whose record looks like one that was entered all the same hears of it, with the reason."""
    resource = site().registry.resources.get(event.resource)
    if resource is not None:
        name = resource.labels(event.ids).get(event.ids[0], "")
        text = _("entered %(name)s, which looks like a record of yours: %(reason)s", name=name, reason=event.reason)
        notify(event.owners, text, about=(event.resource, event.ids[0]))
