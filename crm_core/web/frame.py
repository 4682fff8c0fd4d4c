"""Rail, top bar and foot, for whoever is signed in. What features add comes through the registry and one slot."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flask

from crm_core import __version__
from crm_core.data.session import current_work
from crm_core.kernel import clock
from crm_core.kernel.declare import Menu
from crm_core.kernel.i18n import LANGUAGES, _, html_lang, language
from crm_core.kernel.site import actor, has_site, site
from crm_core.web import urls
from crm_core.web.render import person
from crm_core.web.viewmodels import Act, Frame, Language, MenuEntry, MenuGroup, Shell


@dataclass
class Slots:
    """What features fill at import: counts of the top bar in one statement, and the addresses behind them."""

    counters: Callable[[], tuple[int, int]] | None = None  # (tasks due, unread notices)
    tasks_url: str = ""
    notices_url: str = ""
    bell_url: str = ""
    regions_url: str = ""  # the tree of regions as JSON


slots = Slots()
PREFERENCES = "/me/preferences"


def shell(csrf: str, *, toasts: tuple[Any, ...] = ()) -> Shell:
    """What a page without a person knows."""
    return Shell(csrf_token=csrf, toasts=toasts, **_common())


def _common() -> dict[str, Any]:
    config = site().config if has_site() else None
    preferences = flask.g.get("preferences") or {}
    theme = preferences.get("theme") or flask.request.cookies.get("theme", "")
    return {
        "lang": html_lang(),
        "site_name": _("Tangram CRM"),
        "languages": tuple(
            Language(code, "zh-CN" if code.startswith("zh") else code, name, code == language()) for code, name in LANGUAGES.items()
        ),
        "theme": theme if theme in ("light", "dark") else "",
        "preferences_url": PREFERENCES,
        "version": __version__,
        "plain_http": bool(config and config.plain_http),
    }


def frame(csrf: str, *, toasts: tuple[Any, ...] = ()) -> Frame:
    """The frame of the acting person's page."""
    who = actor()
    tasks, notices = slots.counters() if slots.counters is not None else (0, 0)
    preferences = flask.g.get("preferences") or {}
    groups, foot = menu(who)
    here = flask.request.path
    folded = set(preferences.get("folded") or ())
    return Frame(
        csrf_token=csrf, toasts=toasts, **_common(),
        person=person(who.name, who.user_id),
        department=who.department,
        role=" ".join(str(_(r[2]) if r[2] else r[1]) for r in who.roles[:2]),
        module=module(groups, here) or _("Home"),
        menu=tuple(_group(g, here, folded, tasks, notices) for g in groups),
        foot_menu=tuple(_entry(e, here) for e in foot),
        create=creatable(who),
        person_menu=_person_menu(),
        sign_out_url="/sign-out",
        tasks_url=slots.tasks_url, tasks_count=tasks,
        notices_url=slots.notices_url, notices_count=notices, bell_url=slots.bell_url,
        palette_url="/palette",
        help_url=urls.address("/help", [("at", here)]),
        server_time=f"{clock.local(clock.now()):%Y-%m-%d %H:%M}",
        rail_folded=bool(preferences.get("rail_folded")),
        keys_off=bool(preferences.get("keys_off")),
    )


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
    permission = entry.permission
    if not permission and not isinstance(entry.target, str):
        permission = f"{site().registry.resource(entry.target).name}.read"
    return not permission or any(who.can(p) for p in permission.split("|"))


def entry_url(entry: Menu) -> str:
    return entry.target if isinstance(entry.target, str) else urls.of_list(site().registry.resource(entry.target))


def _entry(entry: Menu, here: str, count: Any = "", unread: bool = False) -> MenuEntry:
    url = entry_url(entry)
    resource = None if isinstance(entry.target, str) else site().registry.resource(entry.target)
    active = here == url or (url != "/" and here.startswith(url + "/")) or (url != "/" and here.startswith(url + "."))
    return MenuEntry(
        entry.label, url, entry.icon or (resource.icon if resource else "puzzle"), count=count, unread=unread, active=active,
        go={"/": "H", slots.tasks_url: "T", "/core/customer": "C"}.get(url, ""),
    )


def _group(group: Group, here: str, folded: set[str], tasks: int, notices: int) -> MenuGroup:
    entries = []
    for entry in group.entries:
        url = entry_url(entry)
        count: Any = ""
        if url == slots.tasks_url and tasks:
            count = shown_count(tasks)
        elif url == slots.notices_url and notices:
            count = shown_count(notices)
        entries.append(_entry(entry, here, count, unread=url == slots.notices_url and notices > 0))
    return MenuGroup(group.code, group.label, tuple(entries), group.code in folded)


def shown_count(n: int) -> str:
    return "99+" if n > 99 else str(n)


def module(groups: tuple[Group, ...], here: str) -> Any:
    """The name of the module a path belongs to."""
    best: Any = ""
    length = 0
    for group in groups:
        for entry in group.entries:
            url = entry_url(entry)
            if (here == url or here.startswith(url.rstrip("/") + "/")) and len(url) > length:
                best, length = entry.label, len(url)
    return best


def creatable(who: Any) -> tuple[Act, ...]:
    """What the + offers: resources in the menu that this person may create."""
    found = []
    for group in menu(who)[0]:
        for entry in group.entries:
            if isinstance(entry.target, str):
                continue
            resource = site().registry.resource(entry.target)
            if "create" in resource.verbs and resource.may("create"):
                found.append(Act(_("New: %(what)s", what=resource.singular), urls.of_act(resource, None, "new"), resource.icon))
    return tuple(found)


def _person_menu() -> tuple[Act, ...]:
    found = [Act(_("My account"), "/me", "user"), Act(_("Change password"), "/me/password", "key")]
    found.append(Act(_("Recycle bin"), "/recycle", "trash"))
    return tuple(found)


def day(moment: dt.datetime) -> dt.date:
    return clock.local(moment).date()


def statements() -> int:
    """Statements this piece of work has sent so far (counted in debug and tests)."""
    return int(current_work().info.get("statements", 0))
