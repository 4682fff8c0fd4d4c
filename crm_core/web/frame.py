"""Rail, top bar and foot: shell for everybody, frame for who is signed in. Made once a request, when first drawn."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import flask
from markupsafe import Markup

from crm_core import __version__
from crm_core.data.session import acting_as
from crm_core.kernel import clock
from crm_core.kernel.calling import shown
from crm_core.kernel.declare import Menu
from crm_core.kernel.i18n import LANGUAGES, _, html_lang, language, listed
from crm_core.kernel.site import actor, site
from crm_core.web import csrf, notes, urls
from crm_core.web.menu import Group, creatable, entry_url, menu, module, shown_count, slots
from crm_core.web.render import person
from crm_core.web.requests import SignedIn, maybe_me
from crm_core.web.viewmodels import Act, Frame, Language, MenuEntry, MenuGroup, Shell

# Entries of the person's menu, each made when drawn; features put theirs in when they are imported.
person_menu: list[Callable[[], Act]] = []


def context() -> dict[str, Any]:
    """`shell` and `frame` of the templates."""
    frame = current()
    return {"frame": frame, "shell": frame or shell()}


def current() -> Frame | None:
    """The frame of this request, None while nobody is signed in."""
    found = maybe_me()
    if found is None or not found.session_id:
        return None
    if "frame" not in flask.g:
        with acting_as(found.actor) if actor() is None else nullcontext():  # on a page the house draws, he sees his own menu, not the house's
            flask.g.frame = _frame(found)
    return flask.g.frame  # type: ignore[no-any-return]


def shell() -> Shell:
    """What a page without a person knows. The page of a fault says no address: single-use links stand in addresses (S21)."""
    request, broken = flask.request, flask.g.get("broken", False)
    here = "/" if broken else request.full_path.rstrip("?") if request.method == "GET" else request.path
    return Shell(**_common(request.cookies.get("theme", "")), here=here)


def _common(theme: Any) -> dict[str, Any]:
    config = site().config
    return {
        "lang": html_lang(),
        "site_name": _("Tangram CRM"),
        "csrf_token": csrf.token(),
        "languages": tuple(
            Language(code, "zh-CN" if code.startswith("zh") else code, name, code == language()) for code, name in LANGUAGES.items()
        ),
        "theme": theme if theme in ("light", "dark") else "",
        "preferences_url": flask.url_for("people.preferences"),
        "version": __version__,
        "plain_http": config.plain_http,
        "toasts": notes.shown(),
    }


def role_name(name: str, msgid: str | None) -> Any:
    """A preset's name is translated, in the words of who brings it, until somebody renames it."""
    brought = (role.label for role in site().registry.roles if msgid and getattr(role.label, "msgid", None) == msgid)
    return next(brought, _(msgid) if msgid else name)


def _frame(found: SignedIn) -> Frame:
    who, preferences, here = found.actor, found.preferences, flask.g.get("place") or flask.request.path
    groups, foot = menu(who)
    folded = set(preferences.get("folded") or ())
    counted = [e for g in groups for e in g.entries if e.badge is not None]
    tasks, notices, numbers = _numbers(counted)
    badges = {id(e): numbers.get(at, 0) for at, e in enumerate(counted)}
    frame = Frame(
        **_common(preferences.get("theme")),
        person=person(who.name, who.user_id),
        user_id=who.user_id,
        department=who.department,
        role=listed(role_name(name, msgid) for _code, name, msgid in who.roles[:2]),
        module=module(groups, here),
        menu=tuple(_group(g, here, folded, tasks, notices, badges) for g in groups),
        foot_menu=tuple(_entry(e, here) for e in foot),
        create=creatable(who),
        person_menu=tuple(make() for make in person_menu),
        sign_out_url=flask.url_for("people.sign_out"),
        tasks_url=slots.tasks_url, tasks_count=tasks,
        notices_url=slots.notices_url, notices_count=notices, bell_url=slots.bell_url, live_url=slots.live_url,
        palette_url="/palette",
        # A link that works once is a secret: it goes into no other address.
        help_url=urls.address("/help", [("at", "" if "secret" in (flask.request.view_args or {}) else flask.request.path)]),
        server_time=f"{clock.local(clock.now()):%Y-%m-%d %H:%M}",
        rail_folded=bool(preferences.get("rail_folded")),
        keys_off=bool(preferences.get("keys_off")),
    )
    return replace(frame, still=_still(frame, who))


def _still(frame: Frame, who: Any) -> Markup:
    """The parts of the layout that no page changes; the keys tell the places of his menu."""

    def draw() -> Markup:
        return Markup(flask.current_app.jinja_env.get_template("parts/still.html").render(frame=frame))

    return site().cached(("still", language(), who.user_id, who.rights, who.token), draw)  # type: ignore[no-any-return]


def _entry(entry: Menu, here: str, count: Any = "", unread: bool = False) -> MenuEntry:
    url = entry_url(entry)
    resource = None if isinstance(entry.target, str) else site().registry.resource(entry.target)
    path = url.partition("?")[0]
    asked = parse_qsl(url.partition("?")[2]) if resource is None else []  # an entry that is a question: there is where it is asked
    active = all(flask.request.args.get(name) == value for name, value in asked) and (
        here == path or (path != "/" and not asked and here.startswith((path + "/", path + "."))))
    return MenuEntry(
        entry.label, url, entry.icon or (resource.icon if resource else "puzzle"), count=count, unread=unread, active=active,
        go={"/": "H", slots.tasks_url: "T", "/core/customer": "C"}.get(url, ""),
    )


def _numbers(entries: list[Menu]) -> tuple[int, int, dict[int, int]]:
    """The counts of the top bar, and those beside entries by their place, in one statement; when one of them fails, each is asked by itself."""
    if slots.counters is None:
        return 0, 0, {}
    asked = {at: ids for at, one in enumerate(entries) if (ids := shown(one, one.badge or (lambda: None), None)) is not None}
    try:
        return slots.counters(asked)
    except Exception:  # noqa: BLE001  one of them: each is asked in a guard of its own
        count = slots.counters
        found = {at: shown(entries[at], partial(_alone, count, at, ids), 0) for at, ids in asked.items()}
        return (*count({})[:2], found)


def _alone(count: Callable[[Mapping[Any, Any]], tuple[int, int, dict[Any, int]]], at: int, ids: Any) -> int:
    return count({at: ids})[2][at]


def _group(group: Group, here: str, folded: set[str], tasks: int, notices: int, badges: dict[int, int]) -> MenuGroup:
    entries = []
    for entry in group.entries:
        url = entry_url(entry)
        count: Any = badges.get(id(entry), 0)
        if url == slots.tasks_url:
            count = tasks
        elif url == slots.notices_url:
            count = notices
        entries.append(_entry(entry, here, shown_count(count) if count else "", unread=url == slots.notices_url and notices > 0))
    if any(one.active and "?" in one.url for one in entries):  # one is at the question, not at the list it is asked of
        entries = [replace(one, active=one.active and "?" in one.url) for one in entries]
    return MenuGroup(group.code, group.label, tuple(entries), group.code in folded)
