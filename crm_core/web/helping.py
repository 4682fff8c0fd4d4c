"""Help for the screen one is on: what it is for, what one can do here, and its keys."""

from typing import Any

from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.web.urls import safe_path
from crm_core.web.viewmodels import HelpPage, HelpPart, KeyGroup, KeyHint

EVERYWHERE = KeyGroup(_("Everywhere"), (
    KeyHint(_("Search, menus, acts"), ("Ctrl", "K")), KeyHint(_("Search"), ("/",)), KeyHint(_("New record"), ("N",)),
    KeyHint(_("Home"), ("G", "H")), KeyHint(_("Customers"), ("G", "C")), KeyHint(_("Tasks"), ("G", "T")), KeyHint(_("All keys"), ("?",)),
))
LIST = KeyGroup(_("In a list"), (
    KeyHint(_("Next and previous row"), ("J", "K")), KeyHint(_("Open"), ("Enter",)), KeyHint(_("Tick"), ("X",)), KeyHint(_("Find in list"), ("F",)),
))
FORM = KeyGroup(_("In a form"), (
    KeyHint(_("Save"), ("Ctrl", "Enter")), KeyHint(_("Save and new"), ("Ctrl", "Shift", "Enter")), KeyHint(_("Leave"), ("Esc",)),
))


def page(path: str) -> HelpPage:
    """The help of the page at `path`."""
    here = safe_path(path)
    parts = [p for p in here.split("?")[0].split("/") if p]
    resource = site().registry.resources.get(".".join(parts[:2])) if len(parts) >= 2 else None
    if resource is not None:
        return _of_resource(resource, parts[2:], here)
    return HelpPage(_("Help"), _GENERAL.get(parts[0] if parts else "", _GENERAL[""]), (EVERYWHERE,), here)


def _of_resource(resource: Any, rest: list[str], here: str) -> HelpPage:
    found = []
    if resource.help:
        found.append(HelpPart(resource.label, (resource.help,)))
    if not rest:
        found.append(HelpPart(_("The list"), (
            _("Narrow it with “+ Filter”; every part of a chip can be pressed. The address holds filters, order and page, so you can send it to a colleague."),
            _("Press a column’s head to sort by it. “Columns” chooses what is shown."),
            _("Tick rows to do something with all of them at once; large acts run as jobs with progress and can be undone."),
        )))
        return HelpPage(resource.label, tuple(found), (LIST, EVERYWHERE), here)
    if rest[-1] in ("new", "edit"):
        found.append(HelpPart(_("The form"), (
            _("Required fields carry a red star. Dates may be written as words: tomorrow, next Wed, in 3 weeks."),
            _("What you type is kept as a draft every few seconds; leaving with changes asks first."),
            _("If somebody else saved meanwhile, you see both versions and choose; nothing is lost."),
        )))
        return HelpPage(resource.singular, tuple(found), (FORM, EVERYWHERE), here)
    found.append(HelpPart(_("The record"), (
        _("The small clock beside a field shows its former values, with date and author."),
        _("Deleted records can be brought back from the recycle bin for 30 days."),
    )))
    return HelpPage(resource.singular, tuple(found), (EVERYWHERE,), here)


_GENERAL = {
    "": (HelpPart(_("My information"), (
        _("What waits for you stands first: late, then today, then later. Tick it off when it is done; you can take that back for five seconds."),
        _("The search box above finds customers, contacts, menus and acts by name, pinyin, initials or a piece of a phone number."),
    )),),
    "import": (HelpPart(_("Import"), (
        _("Choose a file; its columns are matched by name, other words for it, and content. Green is sure, amber wants a look."),
        _("The plan at the right says what will be new, updated, doubtful or refused before anything is written."),
        _("Refused rows come back as a file with reasons. The same file twice makes nothing double, and the whole import can be undone."),
    )),),
    "jobs": (HelpPart(_("Jobs"), (_("Long work runs here. You can leave the page; the bell tells when it is done."),)),),
    "recycle": (HelpPart(_("Recycle bin"), (_("Deleted records stay for 30 days and come back with everything that was deleted with them."),)),),
}
