"""Accounts: making people, setting passwords by whatever path, single-use links, the first administrator."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.access import ledgers, passwords
from crm_core.access.models import Department, Role, User, UserRole
from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope, writing
from crm_core.features.people.services.signin import COLUMNS, Account
from crm_core.kernel import keys
from crm_core.kernel.errors import Invalid, Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import clean_values
from crm_core.text.numbers import whole

RESET, SETUP = "reset", "setup"
RESET_LIFE = dt.timedelta(hours=1)
LINK_LIFE = dt.timedelta(days=3)
_users = table_of(User)


def add(login: str, name: str, roles: Iterable[str], department: int | None = None, **more: Any) -> int:
    """Make a user, in the acting person's rights. `roles` are codes. Raises Invalid, Forbidden, Missing."""
    resource = site().registry.resource("core.user")
    texts = {key: value for key, value in {"login": login, "name": name, **more}.items() if isinstance(value, str)}
    row = {**more, **clean_values(texts, resource.all_fields, "parse"), "department": department}
    return int(resource.write([{**row, "roles": [{"role": one} for one in role_ids(roles)]}])[0])


def add_department(name: str, **more: Any) -> int:
    """Make a department, in the acting person's rights. Raises Invalid, Forbidden."""
    resource = site().registry.resource("core.department")
    return int(resource.write([{**clean_values({"name": name}, resource.all_fields, "parse"), **more}])[0])


def role_ids(codes: Iterable[str]) -> list[int]:
    """Ids of roles by their codes. Raises Missing for one that does not exist."""
    wanted = list(codes)
    with system_scope("roles by code") as db:
        rows = db.execute(sa.select(Role.code, Role.id).where(Role.code.in_(wanted), Role.deleted_at.is_(None)))
        found: Mapping[str, int] = {row.code: row.id for row in rows}
    lacking = [code for code in wanted if code not in found]
    if lacking:
        raise Missing(_("There is no role %(code)s.", code=lacking[0]))
    return [found[code] for code in wanted]


def department_id(wanted: str) -> int:
    """The department with this code, name or id. Raises Missing when there is none, or more than one of that name."""
    with system_scope("department by name") as db:
        live = sa.select(Department.id).where(Department.deleted_at.is_(None))
        for which in (Department.code == wanted, Department.name == wanted):
            ids = list(db.scalars(live.where(which).limit(2)))
            if len(ids) == 1:
                return ids[0]
            if ids:
                raise Missing(_("There is more than one department %(name)s; say its id.", name=wanted), several=True)
        if (number := whole(wanted)) is not None and db.scalar(live.where(Department.id == number)):
            return number
    raise Missing(_("There is no department %(name)s.", name=wanted))


def set_password(user_id: int, password: str, *, kind: str, about: Iterable[str | None] = ()) -> str:
    """Give a user a new password; returns the hash stored. Whoever was signed in as him is signed out, open links die.

    Raises Invalid when the password is too weak. `kind` says in the security events by which way.
    """
    account = by_id(user_id)
    passwords.check_strength(password, [account.login, account.name, account.email, *company_words(), *about])
    made = passwords.hash_password(password)
    with writing():
        store_hash(user_id, made, kind)
    return made


def store_hash(user_id: int, made: str | None, kind: str) -> None:
    """The statements of a new password, in the running write transaction."""
    statement = sa.update(_users).where(_users.c.id == user_id).values(password_hash=made)
    current_work().session.connection().execute(statement, execution_options=unscoped("password"))
    ledgers.void_links(user_id)
    ledgers.note(kind, user_id)


def by_id(user_id: int) -> Account:
    """What signing in needs to know of a user. Raises Missing."""
    with system_scope("account") as db:
        row = db.execute(sa.select(*COLUMNS).where(_users.c.id == user_id, _users.c.deleted_at.is_(None))).one_or_none()
    if row is None:
        raise Missing(_("This record was not found."))
    return Account(*row)


def company_words() -> list[str]:
    """Words that everybody outside knows of this house: names of its topmost departments."""
    with system_scope("names of the company") as db:
        query = sa.select(Department.name).where(Department.parent_id.is_(None), Department.deleted_at.is_(None)).limit(5)
        return list(db.scalars(query))


def link(user_id: int, *, life: dt.timedelta = LINK_LIFE, secret: str = "") -> str:
    """The address of a single-use link with which a user sets his password; older ones die."""
    found = secret or keys.token()
    with writing():
        if not secret:
            ledgers.void_links(user_id, RESET)
        ledgers.put_link(RESET, found, user_id, life)
        ledgers.note("password link made", user_id)
    return address_of(RESET, found)


def address_of(purpose: str, secret: str) -> str:
    """Made from the configured address, never from what a request says (T23)."""
    path = "setup" if purpose == SETUP else "password/reset"
    return f"{site().config.url}/{path}/{secret}"


def reset(secret: str, password: str) -> Account:
    """Use a link up and set the password of its user, in one transaction. Raises Missing for a link that is no good."""
    row = ledgers.find_link(RESET, secret)
    if row is None:
        raise Missing(_("This link was used already, or it is too old. Ask for a new one."))
    account = by_id(row.user_id)
    passwords.check_strength(password, [account.login, account.name, account.email, *company_words()])
    current_work().end_reading()
    made = passwords.hash_password(password)
    with writing():
        if ledgers.use_link(RESET, secret) is None:
            raise Missing(_("This link was used already, or it is too old. Ask for a new one."))
        store_hash(account.id, made, "password set by link")
    return account


def change(user_id: int, old: str, new: str) -> str:
    """Change one's own password; the old one is asked for. Returns the new hash. Raises Invalid, TooMany."""
    from crm_core.features.people.services.signin import confirm

    account = by_id(user_id)
    if not confirm(account, old):
        raise Invalid({"old": [_("This is not your present password.")]})
    if old == new:
        raise Invalid({"password": [_("The new password is the old one.")]})
    return set_password(user_id, new, kind="password changed")


def first_administrator(secret: str, company: str, name: str, login: str, password: str, email: str | None) -> Account:
    """Use the link of the first start up: the company's first department and its first administrator (S20).

    Raises Missing for a link that is no good, Refused when there are people already, Invalid for the input.
    """
    if ledgers.find_link(SETUP, secret) is None:
        raise Missing(_("This link was used already, or it is too old. Make a new one: crm init --new-link"))
    passwords.check_strength(password, [login, name, email, company])
    current_work().end_reading()
    made = passwords.hash_password(password)
    with writing():
        if ledgers.use_link(SETUP, secret) is None or anybody():
            raise Refused(_("There are people here already."))
        with system_scope("first administrator"):
            home = add_department(company)
            user_id = add(login, name, ["administrator"], home, **({"email": email} if email else {}))
            store_hash(user_id, made, "first administrator")
    return by_id(user_id)


def anybody() -> bool:
    """Whether there is anybody who can sign in."""
    query = sa.select(_users.c.id).where(_users.c.active, _users.c.deleted_at.is_(None)).limit(1)
    found = current_work().session.connection().execute(query, execution_options=unscoped("is there anybody yet"))
    return found.first() is not None


def everybody() -> list[dict[str, Any]]:
    """All accounts with department and roles, for lists outside of the pages."""
    with system_scope("list of accounts") as db:
        rows = db.execute(
            sa.select(User.id, User.login, User.name, User.active, Department.name.label("department"))
            .outerjoin(Department, Department.id == User.department_id).where(User.deleted_at.is_(None)).order_by(User.id)
        ).all()
        given: dict[int, list[str]] = {}
        for row in db.execute(
            sa.select(UserRole.user_id, Role.code).join(Role, Role.id == UserRole.role_id)
            .where(UserRole.deleted_at.is_(None), Role.deleted_at.is_(None)).order_by(Role.id)
        ):
            given.setdefault(row.user_id, []).append(row.code)
    return [{**row._asdict(), "roles": given.get(row.id, [])} for row in rows]
