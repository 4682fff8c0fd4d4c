"""Add people, set passwords, make tokens."""

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from crm_core.cli._common import acting, examples, say, say_json
from crm_core.kernel.errors import CrmError, Invalid
from crm_core.kernel.i18n import _


@click.group("user", help=str(_("Add people, set passwords, make tokens.")), epilog=examples(
    "crm user add chen --name 陈晓燕 --role user --department Sales",
    "crm user add chen --role supervisor --department Sales --password-stdin < password.txt",
    "crm user password chen", "crm user token chen --scope 'core.customer.read' --expires 90d", "crm user disable chen"))
def command() -> None:
    pass


@command.command(help=str(_(
    "Add somebody who signs in as NAME. Without --password-stdin a link is printed with which he sets a password himself. "
    "A department that is not there yet is made.")), epilog=examples(
        "crm user add chen --role user --department Sales",
        "crm user add chen --name 陈晓燕 --role supervisor --role user --department Sales --email chen@example.com",
        "echo \"$PASSWORD\" | crm user add admin --role administrator --department Company --password-stdin"))
@click.argument("login")
@click.option("--role", "roles", multiple=True, required=True, help=str(_(
    "Code of a role: administrator, decision-maker, supervisor, user or one of your own. Can be given several times.")))
@click.option("--department", required=True, help=str(_("Code, name or id of the department.")))
@click.option("--name", help=str(_("The person's name; the sign-in name when it is left out.")))
@click.option("--email", help=str(_("Mail address.")))
@click.option("--language", type=click.Choice(["zh_Hans_CN", "en"]), help=str(_("Language of his screens.")))
@click.option("--password-stdin", is_flag=True, help=str(_("Read the password from standard input.")))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def add(login: str, roles: tuple[str, ...], department: str, name: str | None, email: str | None, language: str | None,
        password_stdin: bool, as_json: bool) -> None:
    from crm_core.data.session import writing
    from crm_core.features.people.services import accounts

    given = _from_stdin() if password_stdin else None
    with acting("crm user"):
        home = _department(department)
        made_hash = _hash(given, login, name or login, email) if given is not None else None
        more = {key: value for key, value in (("email", email), ("language", language)) if value}
        with writing():
            if home is None:
                home = accounts.add_department(department)
            made = accounts.add(login, name or login, roles, home, **more)
            if made_hash is not None:
                accounts.store_hash(made, made_hash, "password set by command")
        link = accounts.link(made) if given is None else None
    if as_json:
        say_json({"id": made, "login": login, "link": link})
        return
    say(_("Added %(login)s (id %(id)s).", login=login, id=made))
    if link:
        _say_link(link)


@command.command(help=str(_(
    "Print a link with which NAME sets a new password; it works once, for three days. With --stdin the password is read from "
    "standard input and set at once. Either way whoever is signed in as NAME is signed out as soon as the password is set.")),
    epilog=examples("crm user password chen", "crm user password chen --stdin < password.txt"))
@click.argument("login")
@click.option("--stdin", "from_stdin", is_flag=True, help=str(_("Read the password from standard input and set it.")))
def password(login: str, from_stdin: bool) -> None:
    from crm_core.features.people.services import accounts

    given = _from_stdin() if from_stdin else None
    with acting("crm user"):
        user_id = _user(login)
        if given is None:
            _say_link(accounts.link(user_id))
            return
        with _plain_faults():
            accounts.set_password(user_id, given, kind="password set by command")
    say(_("The password of %(login)s is set.", login=login))


@command.command(help=str(_(
    "Make an API token for NAME and print it; it is shown this once, the site keeps only its SHA-256. A scope is a permission or "
    "a pattern such as core.customer.read or core.*; a token can never do more than NAME may at that moment.")),
    epilog=examples("crm user token chen --scope core.customer.read --scope 'core.contact.*'",
                    "TOKEN=$(crm user token robot --scope 'core.*' --expires 2027-01-31 --label nightly)"))
@click.argument("login")
@click.option("--scope", "scopes", multiple=True, required=True, help=str(_("Permission or pattern. Can be given several times.")))
@click.option("--expires", help=str(_("Day (2027-01-31) or span (90d) after which it ends; without it, it ends with the password.")))
@click.option("--label", default="crm user token", help=str(_("What it is for.")))
def token(login: str, scopes: tuple[str, ...], expires: str | None, label: str) -> None:
    from crm_core.access import tokens

    with acting("crm user"), _plain_faults():
        secret, _id = tokens.issue(_user(login), label, scopes, _moment(expires) if expires else None)
    say(secret)


@command.command("list", help=str(_("List everybody who has an account.")), epilog=examples("crm user list", "crm user list --json"))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def list_(as_json: bool) -> None:
    from crm_core.features.people.services import accounts

    with acting("crm user"):
        rows = accounts.everybody()
    if as_json:
        say_json(rows)
        return
    shut = _("disabled")
    for row in rows:
        state = "" if row["active"] else f"  ({shut})"
        say(f"{row['id']:>5}  {row['login']:20} {row['name']:16} {row['department'] or '–':16} {', '.join(row['roles'])}{state}")


@command.command(help=str(_("Shut NAME out at once: his sessions and tokens end with his next request. His records stay.")),
                 epilog=examples("crm user disable chen", "crm user enable chen"))
@click.argument("login")
def disable(login: str) -> None:
    _switch(login, False)
    say(_("%(login)s cannot sign in any more.", login=login))


@command.command(help=str(_("Let NAME sign in again.")), epilog=examples("crm user enable chen"))
@click.argument("login")
def enable(login: str) -> None:
    _switch(login, True)
    say(_("%(login)s can sign in again.", login=login))


def _switch(login: str, active: bool) -> None:
    from crm_core.features.people.services import rights

    with acting("crm user") as site:
        user_id = _user(login)
        if not active and rights.administrators() == [user_id]:
            raise CrmError(_("Somebody must remain administrator; give the role to somebody else first."))
        site.registry.resource("core.user").write([{"id": user_id, "active": active}])


def _user(login: str) -> int:
    from crm_core.features.people.services.signin import find

    found = find(login)
    if found is None:
        raise CrmError(_("There is no user %(login)s.", login=login))
    return found.id


def _department(wanted: str) -> int | None:
    from crm_core.features.people.services import accounts
    from crm_core.kernel.errors import Missing

    try:
        return accounts.department_id(wanted)
    except Missing as missing:
        if missing.details.get("several"):
            raise
        return None


def _hash(given: str, *about: str | None) -> str:
    from crm_core.access import passwords
    from crm_core.features.people.services import accounts

    with _plain_faults():
        passwords.check_strength(given, [*about, *accounts.company_words()])
    return passwords.hash_password(given)


@contextmanager
def _plain_faults() -> Iterator[None]:
    """Sentences without the names of fields, which nobody sees on a command line."""
    try:
        yield
    except Invalid as bad:
        raise CrmError(" ".join(str(message) for messages in bad.fields.values() for message in messages)) from None


def _from_stdin() -> str:
    text = sys.stdin.readline().rstrip("\r\n")
    if not text:
        raise CrmError(_("Standard input has no password."))
    return text


def _say_link(link: str) -> None:
    say(_("With this link the password is set (works once, for three days):"))
    say(f"  {link}")


def _moment(text: str) -> dt.datetime:
    from crm_core.kernel.clock import now

    if text.endswith("d") and text[:-1].isdigit() and len(text) < 6:
        return now() + dt.timedelta(days=int(text[:-1]))
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max, tzinfo=dt.UTC)
    except ValueError:
        raise CrmError(_("“%(text)s” is neither a day (2027-01-31) nor a span (90d).", text=text)) from None
