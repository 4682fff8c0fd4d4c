"""The rail's entries and what + offers, as far as the reader may use them; kept until rights change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm_core.kernel.declare import Menu
from crm_core.kernel.i18n import _, in_sentence
from crm_core.kernel.site import offered, site
from crm_core.web import urls
from crm_core.web.viewmodels import Act


@dataclass
class Slots:
    """What features fill at import: counts of the top bar in one statement, and the addresses behind them."""

    # (tasks due, unread notices, how many ids each of some queries finds)
    counters: Callable[[Mapping[Any, Any]], tuple[int, int, dict[Any, int]]] | None = None
    tasks_url: str = ""
    notices_url: str = ""
    bell_url: str = ""
    live_url: str = ""
    news: Callable[[], Any] | None = None  # makes what live connections ask for something new (web/live.py)
    regions_url: str = ""  # the tree of regions as JSON


slots = Slots()


@dataclass(frozen=True)
class Group:
    """A group of the rail before it is drawn."""

    code: str
    label: Any
    entries: tuple[Menu, ...]


def menu(who: Any) -> tuple[tuple[Group, ...], tuple[Menu, ...]]:
    """Groups of the rail this person may use, and the entries at its foot; kept until rights change."""
    registry = site().registry

    def make() -> tuple[tuple[Group, ...], tuple[Menu, ...]]:
        allowed = [m for m in registry.menu if allowed_entry(m, who)]
        first = Group("", "", tuple(m for m in allowed if not m.section))
        named = [
            Group(s.name, s.label, tuple(m for m in allowed if m.section == s.name)) for s in registry.sections if s.name != "foot"
        ]
        return (first, *(g for g in named if g.entries)), tuple(m for m in allowed if m.section == "foot")

    return site().cached(("menu", who.user_id, who.rights, who.token), make)  # type: ignore[no-any-return]


def allowed_entry(entry: Menu, who: Any) -> bool:
    if not offered((entry,)):
        return False
    permission = entry.permission
    if not permission and not isinstance(entry.target, str):
        permission = f"{site().registry.resource(entry.target).name}.read"
    if entry.when is not None and not entry.when():
        return False
    return not permission or any(who.can(p) for p in permission.split("|"))


def entry_url(entry: Menu) -> str:
    if isinstance(entry.target, str):
        return entry.target
    resource = site().registry.resource(entry.target)
    return urls.of_list(resource, resource.entry)


def shown_count(n: int) -> str:
    return "99+" if n > 99 else str(n)


def module(groups: tuple[Group, ...], here: str) -> Any:
    """The name of the module a path belongs to."""
    best: Any = ""
    length = 0
    for group in groups:
        for entry in group.entries:
            url = entry_url(entry).partition("?")[0]
            inside = here == url or url != "/" and here.startswith((url.rstrip("/") + "/", url + "."))
            if inside and len(url) > length:
                best, length = entry.label, len(url)
    return best or _without_entry(here)


# Pages that no entry of the rail leads to.
_PLACES = {
    "": _("Home"), "me": _("My account"), "jobs": _("Jobs"), "recycle": _("Recycle bin"), "help": _("Help"), "palette": _("Search"),
}


def _without_entry(here: str) -> Any:
    first, _slash, rest = here.strip("/").partition("/")
    resource = site().registry.resources.get(f"{first}.{rest.partition('/')[0]}")
    return resource.label if resource is not None else _PLACES.get(first, "")


def creatable(who: Any) -> tuple[Act, ...]:
    """What the + offers: resources in the menu that this person may create."""
    found = []
    for group in menu(who)[0]:
        for entry in group.entries:
            if isinstance(entry.target, str):
                continue
            resource = site().registry.resource(entry.target)
            if "create" in resource.verbs and resource.may("create"):
                found.append(Act(_("New %(what)s", what=in_sentence(resource.singular)), urls.of_act(resource, None, "new"), resource.icon))
    return tuple(found)
