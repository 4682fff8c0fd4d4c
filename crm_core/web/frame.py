"""What stands around a page: shell for everybody, frame for who is signed in. Made once a request, when first drawn."""

from collections.abc import Callable, Mapping
from typing import Any

import flask

from crm_core import __version__
from crm_core.kernel import clock
from crm_core.kernel.i18n import LANGUAGES, _, html_lang, language
from crm_core.kernel.site import site
from crm_core.web import csrf
from crm_core.web.requests import SignedIn, maybe_me
from crm_core.web.viewmodels import Act, Frame, Language, MenuEntry, MenuGroup, Person, Shell, Toast

# What features add to the frame: each gives fields of `Frame` (tasks_url, notices_count …). Filled when they are imported.
parts: list[Callable[[], Mapping[str, Any]]] = []
# Entries of the person's menu, each made when drawn.
person_menu: list[Callable[[], Act]] = []
SETTINGS = "settings"  # the section whose entries stand at the rail's foot


def context() -> dict[str, Any]:
    """`shell` and `frame` of the templates."""
    frame = current()
    return {"frame": frame, "shell": frame or shell()}


def current() -> Frame | None:
    """The frame of this request, None while nobody is signed in."""
    found = maybe_me()
    if found is None:
        return None
    if "frame" not in flask.g:
        flask.g.frame = _frame(found)
    return flask.g.frame  # type: ignore[no-any-return]


def shell() -> Shell:
    return Shell(**_shell(flask.request.cookies.get("theme", "")))


def _shell(theme: str) -> dict[str, Any]:
    return {
        "lang": html_lang(), "site_name": _("Tangram CRM"), "csrf_token": csrf.token(),
        "languages": tuple(Language(code, "zh-CN" if code.startswith("zh") else code, name, code == language())
                           for code, name in LANGUAGES.items()),
        "theme": theme if theme in ("light", "dark") else "",
        "preferences_url": flask.url_for("people.preferences"), "home_url": "/", "version": __version__,
        "plain_http": site().config.plain_http, "toasts": tuple(flask.g.get("toasts", ())),
    }


def _frame(found: SignedIn) -> Frame:
    actor, wishes = found.actor, found.preferences
    groups, foot = _menu(actor, set(wishes.get("folds", ())))
    fields: dict[str, Any] = {
        "person": person(actor.user_id, actor.name), "department": actor.department,
        "role": ", ".join(role_name(name, msgid) for _code, name, msgid in actor.roles[:2]),
        "menu": groups, "foot_menu": foot, "person_menu": tuple(make() for make in person_menu),
        "sign_out_url": flask.url_for("people.sign_out"), "server_time": f"{clock.local(clock.now()):%H:%M}",
        "rail_folded": wishes.get("rail") == "folded", "keys_off": bool(wishes.get("keys_off")),
        "module": next((e.label for g in (*groups, MenuGroup(SETTINGS, "", foot)) for e in g.entries if e.active), ""),
    }
    for part in parts:
        fields.update(part())
    return Frame(**_shell(str(wishes.get("theme", ""))), **fields)


def role_name(name: str, msgid: str | None) -> str:
    """A preset's name is translated until somebody renames it."""
    return str(_(msgid)) if msgid else name


def person(user_id: int, name: str) -> Person:
    """A colleague with his colour and the letters of his avatar."""
    latin = all(ord(mark) < 0x2E80 for mark in name)
    letters = "".join(word[0] for word in name.split()[:2]).upper() if latin else name[-1:]
    return Person(name, letters, user_id % 6 + 1)


def _menu(actor: Any, folded: set[str]) -> tuple[tuple[MenuGroup, ...], tuple[MenuEntry, ...]]:
    """The rail from what packages registered, as far as this person may go there."""
    registry = site().registry
    groups: dict[str, list[MenuEntry]] = {"": [], **{s.name: [] for s in registry.sections}, SETTINGS: []}
    here = flask.request.path
    for entry in registry.menu:
        resource = None if isinstance(entry.target, str) else registry.resource(entry.target)
        if resource is not None:
            brief = resource.brief_resource
            shown = resource if resource.may("read") or brief is None else brief
            allowed, url = shown.may("read"), f"/{shown.package}/{shown.path}"
        else:
            allowed, url = not entry.permission or actor.can(entry.permission), flask.url_for(entry.target)
        if allowed:
            count = entry.badge() if entry.badge is not None else 0
            groups.setdefault(entry.section, []).append(
                MenuEntry(entry.label, url, entry.icon or (resource.icon if resource else "puzzle"), count or "",
                          bool(count), active=here == url or here.startswith(f"{url}/"))
            )
    labels = {s.name: s.label for s in registry.sections}
    made = tuple(
        MenuGroup(name, labels.get(name, ""), tuple(entries), name in folded)
        for name, entries in groups.items() if entries and name != SETTINGS
    )
    return made, tuple(groups[SETTINGS])


def toast(text: Any, undo: Act | None = None, link: Act | None = None) -> None:
    """Show a toast on the page that this request draws."""
    flask.g.setdefault("toasts", []).append(Toast(text, undo, link))
