"""One's own account: sessions on other devices, and the few facts of one's record that everybody may change himself."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import SessionRow, User
from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope, writing
from crm_core.kernel.i18n import listed
from crm_core.kernel.site import site

FIELDS = ("name", "phone", "language", "timezone")
also: list[Callable[[], Any]] = []  # slot: pages of features that are about oneself, as acts beside the account
_sessions = table_of(SessionRow)


@dataclass(frozen=True)
class Device:
    """Somewhere one is signed in."""

    id: int
    browser: str
    address: str
    made_at: dt.datetime
    seen_at: dt.datetime
    here: bool


def devices(user_id: int, here: int) -> list[Device]:
    """Where somebody is signed in, the present one first, then the latest."""
    columns = (_sessions.c.id, _sessions.c.browser, _sessions.c.address, _sessions.c.made_at, _sessions.c.seen_at)
    query = sa.select(*columns).where(_sessions.c.user_id == user_id).order_by(_sessions.c.seen_at.desc()).limit(50)
    rows = current_work().session.connection().execute(query)
    found = [Device(r.id, browser_name(r.browser or ""), r.address or "", r.made_at, r.seen_at, r.id == here) for r in rows]
    return sorted(found, key=lambda one: not one.here)


def browser_name(agent: str) -> str:
    """A browser and its system in two words; the rest of what it says of itself helps nobody."""
    names = (("Edg", "Edge"), ("MicroMessenger", "WeChat"), ("Firefox", "Firefox"), ("OPR", "Opera"), ("Chrome", "Chrome"),
             ("Safari", "Safari"), ("curl", "curl"))
    systems = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
               ("Linux", "Linux"))
    browser = next((name for mark, name in names if mark in agent), "")
    system = next((name for mark, name in systems if mark in agent), "")
    return listed(word for word in (browser, system) if word) or "?"


def facts(user_id: int) -> Any:
    """One's own record, as far as one may see all of it."""
    with system_scope("own account") as db:
        return db.execute(sa.select(User.login, User.name, User.phone, User.email, User.language, User.timezone)
                          .where(User.id == user_id)).one()


def save(user_id: int, texts: Mapping[str, str]) -> None:
    """Change one's own record as far as everybody may; parsed and kept like every record. Raises Invalid."""
    from crm_core.resource.fields import clean_values

    resource = site().registry.resource("core.user")
    values = clean_values({name: texts[name] for name in FIELDS if name in texts}, resource.all_fields, "parse")
    with writing(), system_scope("own account"):
        resource.write([{"id": user_id, **values}], kind="save")
