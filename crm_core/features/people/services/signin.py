"""Signing in: who is meant, how often it may be tried, whether the password fits (S16, S17)."""

from dataclasses import dataclass, replace

import sqlalchemy as sa

from crm_core.access import ledgers, passwords
from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope, writing
from crm_core.kernel.errors import CrmError, TooMany
from crm_core.kernel.i18n import _
from crm_core.kernel.keys import digest
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped
from crm_core.text.clean import fold
from crm_core.text.phones import stored_key

PER_ACCOUNT, PER_DEVICE, PER_ADDRESS, ALTOGETHER = 10, 10, 60, 2_000
_users = table_of(User)
COLUMNS = (_users.c.id, _users.c.name, _users.c.login, _users.c.email, _users.c.password_hash, _users.c.active, _users.c.language)


class WrongPassword(CrmError):
    """Name or password is wrong; never which. `details["left"]`: how many tries remain."""

    status = 422


@dataclass(frozen=True)
class Account:
    """The user behind a name as signing in needs him."""

    id: int
    name: str
    login: str
    email: str | None
    password_hash: str | None
    active: bool
    language: str | None = None


def find(name: str) -> Account | None:
    """The user with this sign-in name, mail address or phone number; None when there is none or more than one."""
    key = fold(name)[:254]
    if not key:
        return None
    live = sa.select(*COLUMNS).where(_users.c.deleted_at.is_(None))
    with system_scope("sign-in") as db:
        rows = db.execute(live.where(_users.c.login_key == key)).all()
        if not rows and "@" in key:
            rows = db.execute(live.where(sa.func.lower(_users.c.email) == key).limit(2)).all()
        if not rows and sum(mark.isdigit() for mark in key) >= 7 and (wanted := stored_key(key)):
            rows = db.execute(live.where(_users.c.phone_key == wanted).limit(2)).all()
    return Account(*rows[0]) if len(rows) == 1 else None


def sign_in(name: str, password: str, *, address: str, device: str = "") -> Account:
    """The user, when name and password are right. Raises WrongPassword or TooMany.

    `device`: what a browser that has signed in before carries. On a known device only its own attempts count, so nobody
    can lock somebody else out by guessing.
    """
    account = find(name)
    known = account is not None and device_known(account.id, device)
    limits = _limits(account, name, address, device if known else "")
    current_work().end_reading()  # hashing takes a while
    tried = ledgers.attempt(limits)
    if tried.wait:
        ledgers.note("sign-in throttled", account.id if account else None, address=address)
        raise TooMany(_("Too many attempts. Try again in %(n)s minutes, or ask an administrator.", n=-(-tried.wait // 60)),
                      retry_after=tried.wait)
    right = passwords.verify(account.password_hash if account is not None and account.active else None, password)
    if account is None or not right:
        ledgers.note("sign-in refused", account.id if account else None, address=address)
        raise WrongPassword(_("Name or password is wrong."), left=tried.left)
    shared = [key for key in limits if key.startswith(("address:", "all"))]  # many people's: a whole office has one address
    ledgers.forgive(limits.keys() - shared)
    if shared:
        ledgers.uncount(shared)
    ledgers.note("signed in", account.id, address=address)
    if account.password_hash is not None and passwords.outdated(account.password_hash):
        account = _rehash(account, password)
    return account


def confirm(account: Account, password: str) -> bool:
    """Whether somebody who is signed in knows his password; counted like signing in. Raises TooMany."""
    current_work().end_reading()
    key = f"user:{account.id}:again"
    tried = ledgers.attempt({key: PER_ACCOUNT})
    if tried.wait:
        raise TooMany(_("Too many attempts. Try again in %(n)s minutes.", n=-(-tried.wait // 60)), retry_after=tried.wait)
    right = passwords.verify(account.password_hash, password)
    if right:
        ledgers.forgive([key])
    else:
        ledgers.note("password wrong", account.id)
    return right


def _limits(account: Account | None, name: str, address: str, device: str) -> dict[str, int]:
    """Keys and limits that an attempt counts under. How many tries are left is told of the first: of the name as it was typed,
    or two names of one person would tell that he is here."""
    if device and account is not None:
        return {f"device:{digest(device)[:32]}:{account.id}": PER_DEVICE}
    own = {f"user:{account.id}": PER_ACCOUNT} if account is not None else {}
    return {f"name:{digest(fold(name))[:32]}": PER_ACCOUNT, **own, f"address:{network(address)}": PER_ADDRESS, "all": ALTOGETHER}


def network(address: str) -> str:
    """The address as it counts: of IPv6 only the network, since one person has a whole one."""
    if ":" in address:
        import ipaddress

        try:
            return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
        except ValueError:
            return address[:40]
    return address[:40]


def device_mark(user_id: int) -> str:
    """What the browser keeps to be known again: signed, tied to the user, worth nothing without his password."""
    return f"{user_id}.{site().keys.sign('device', str(user_id))}"


def device_known(user_id: int, device: str) -> bool:
    number, _dot, signature = device.partition(".")
    return number == str(user_id) and site().keys.verify("device", number, signature)


def _rehash(account: Account, password: str) -> Account:
    made = passwords.hash_password(password)
    with writing() as db:
        same = sa.update(_users).where(_users.c.id == account.id, _users.c.password_hash == account.password_hash)
        db.connection().execute(same.values(password_hash=made), execution_options=unscoped("password"))
    return replace(account, password_hash=made)
