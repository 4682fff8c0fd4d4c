"""Boxes, mails and what is filed of them, as resources."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.mixins import new_public_id
from crm_core.data.session import current_work, session
from crm_core.features.mail import accounts, addresses, building, choosing, filing, incoming, outgoing, views, wanted
from crm_core.features.mail.models import CHANGEABLE, PURPOSE, SERVERS, Box, Letter, Mail, MailAccount, Nature
from crm_core.kernel import clock
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Action
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import sealed
from crm_core.resource.kept import Ask, kept
from crm_core.resource.resource import Resource, Section

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]
Faults = dict[int, dict[str, list[Any]]]
RECEIVED = (("box.any", "received"),)
DONE = (Box.received, Box.sent, Box.failed)


def unread() -> Ask:
    """Mails nobody has read yet, for the figure beside the menu."""
    return Ask(_unread(), {})


@kept
def _unread() -> sa.Select[Any]:
    return sa.select(Mail.id).where(Mail.box == Box.received, Mail.read_at.is_(None), Mail.nature == Nature.written)


class MailAccounts(Resource):
    model = MailAccount
    label = _("Mail boxes")
    singular = _("Mail box")
    icon = "mailbox"
    files = False
    in_palette = False
    columns = "name", "address", "team", "owner", "active", "sending", "receiving", "received_at"
    filters = "active", "team", "owner"
    search = "name", "address"
    sorts = "name", "-updated_at"
    verbs = "read", "create", "update", "delete", "assign"
    hidden_fields = ("tested_at", "sending", "receiving", "received_at")
    form = (
        Section(_("Mail box"), ("name", "address", "login", "password", "active", "owner", "team")),
        Section(_("Sending"), ("smtp_host", "smtp_port", "smtp_security", "signature")),
        Section(_("Receiving"), ("imap_host", "imap_port", "imap_security", "receive_from")),
    )
    help = _("From where you send mail, and where it arrives. A box with a team is used by everybody in it; without one it is its owner's alone.")

    def derive(self, rows: Rows, before: Before) -> None:
        """A password given by code is sealed as well as one that was typed. Where there is none, other servers leave a mark in its
        history (none is NULL or empty): undoing what was done before brings none back that was typed for the old ones."""
        for row in rows:
            old = before.get(row.get("id", 0), {})
            if row.get("password"):
                row["password"] = sealed.sealed(PURPOSE, row["password"])
            elif old and not old.get("password") and _elsewhere(row, old):
                row["password"] = "" if old.get("password") is None else None

    def check(self, rows: Rows, before: Before) -> Faults:
        """Who may change a box knows its password no more for that: it goes to no other server than the one it was typed for."""
        faults: Faults = {}
        for i, row in enumerate(rows):
            old = before.get(row.get("id", 0), {})
            if old.get("password") and "password" not in row and _elsewhere(row, old):
                faults[i] = {"password": [_("Type the password again: it is to go to another server, or with another user name.")]}
        return faults

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        return views.dress_account(self, row, page)


def _elsewhere(row: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether the password would be shown to another server, or under another name: the address, where no name stands."""
    now = {**old, **row}
    return any(now.get(name) != old.get(name) for name in SERVERS) or (now.get("login") or now.get("address")) != (old.get("login") or old.get("address"))


class Mails(Resource):
    model = Mail
    label = _("Mail")
    singular = _("E-mail message")
    icon = "mail"
    submit = _("Send")
    columns = "title", "box", "sender", "receivers", "customer", "sent_at"
    entry = RECEIVED
    filters = "box", "nature", "account", "read_at", "customer", "contact", "sender", "receivers", "sent_at", "created_at", "subject", "subject_id"
    search = "title", "text", "sender", "receivers"
    search_names = ()
    sorts = ("-created_at",)
    verbs = "read", "create", "update", "delete"
    private = private_to_teams = True
    beside = (
        (_("Unknown senders"), "/core/mail?box.any=received&nature.any=written&customer.empty=1"), (_("Sent"), "/core/mail?box.any=sent,outgoing,failed"),
        (_("Held back"), "/core/mail?box.any=held,scheduled"), (_("Mass mails"), "/core/mailing"), (_("Mail templates"), "/core/mail_template"),
        (_("Mail boxes"), "/core/mail_account"),
    )
    form = (
        Section(_("Receivers"), ("account", "receivers", "copies")),
        Section(_("E-mail message"), ("title", "text", "hold", "send_at", "confidential")),
    )
    hidden_fields = ("subject", "subject_id", "owner", "department", "team", "box", "sender", "customer", "contact", "sent_at", "fault", "nature", "read_at")
    help = _("What you and your teams write and receive. Only who has the box sees it; what is filed on a customer is seen by who sees the customer.")
    actions = (
        Action("send", _("Send"), outgoing.release, when=lambda row: row.box in (*CHANGEABLE, Box.failed), icon="send", bulk=False, primary=True),
        Action("hold_back", _("Hold back"), outgoing.hold, when=lambda row: row.box == Box.scheduled, icon="clock", bulk=False),
        Action("file", _("File on a customer"), incoming.file_on, when=lambda row: row.box in DONE, icon="building", quiet=True, fields=incoming.FIELDS),
        Action("keep_private", _("Keep private"), incoming.keep_private, when=lambda row: row.box in DONE and not row.confidential, icon="eye-off", quiet=True,
               confirm=_("Take this mail off the customer's file? Then only who has the box sees it.")),
        Action("forward", _("Forward"), incoming.forward, when=lambda row: row.box in DONE, icon="corner-up-right", bulk=False, fields=incoming.FORWARDED),
    )

    def defaults(self) -> dict[str, Any]:
        mine = accounts.usable()
        return {**({"account": mine[0].id} if mine else {}), **views.from_template()}

    def form_acts(self, given: Mapping[str, str]) -> Sequence[Any]:
        return choosing.offer(given)

    def derive(self, rows: Rows, before: Before) -> None:
        """A new mail gets its Message-ID, goes into the box it is sent from, and into the conversation of what it answers."""
        system = current_work().session.system
        for row in rows:
            if row.get("box") is Box.received:
                continue
            if row.get("id") is not None:
                if before[row["id"]].get("box") == Box.held:
                    row["hold"] = True  # it is sent by its button
                continue
            account = accounts.facts(row["account_id"]) if row.get("account_id") else None
            if account is not None:
                row["sender"] = str(addresses.Addressee(account.address, account.name))
                if not system:
                    row.update(owner_id=None if account.team_id else account.owner_id, department_id=None, team_id=account.team_id)
            elif not system:
                row.update(owner_id=actor().user_id, team_id=None)
            row["message_id"] = row.get("message_id") or f"<{new_public_id()}@{_host(site().config)}>"
            answered = self._answered(row)
            if answered is not None:
                row.update(subject=answered.about[0], subject_id=answered.about[1], thread=answered.thread,
                           references=" ".join((*(answered.references or "").split()[-30:], answered.message_id)) if answered.message_id else answered.references)
                text = building.text_of(row.get("text"), account.signature if account is not None else None, answered)
            else:
                text = building.text_of(row.get("text"), account.signature if account is not None else None)
            row["text"] = text
            row["thread"] = row.get("thread") or row["message_id"]

    def _answered(self, row: Mapping[str, Any]) -> Any:
        """The mail or filed copy that a new one answers, as far as its writer may read it."""
        model = {filing.MAIL: Mail, filing.LETTER: Letter}.get(str(row.get("subject")))
        if model is None or row.get("subject_id") is None:
            return None
        found = session.scalar(sa.select(model).where(model.id == row["subject_id"]))
        return views.Answered.of(found) if found is not None else None

    def check(self, rows: Rows, before: Before) -> Faults:
        faults: Faults = {}
        mine = {one.id for one in accounts.usable()} if not current_work().session.system else None
        for i, row in enumerate(rows):
            old = before.get(row.get("id", 0), {})
            if old and old.get("box") not in CHANGEABLE:
                faults[i] = {"title": [_("A mail that has been sent stays as it is.")]}
                continue
            wrong = [] if row.get("box") is Box.received else [name for name in ("receivers", "copies") if row.get(name) and not addresses.good(row[name])]
            if wrong:
                faults[i] = {name: [addresses.WRONG] for name in wrong}
                continue
            if mine is not None and (not old or "account_id" in row):
                held = row.get("hold") and not row.get("account_id")  # a box is only needed to send it
                if not mine and not held:
                    faults[i] = {"account": [_("You have no mail box yet: set one up first.")]}
                    continue
                if row.get("account_id") not in mine and not held:
                    faults[i] = {"account": [_("Choose one of your mail boxes.")]}
                    continue
            if (row.get("send_at") or old.get("send_at")) and "send_at" in row and row["send_at"] is not None and row["send_at"] < clock.now():
                faults[i] = {"send_at": [_("This moment has passed.")]}
            if row.get("box") is Box.received:
                continue
            about = {**old, **row} if row.keys() & {"subject", "subject_id"} else {}
            target = self.registry.resources.get(str(about.get("subject"))) if about.get("subject") else None
            if about.get("subject") and (target is None or not about.get("subject_id") or (mine is not None and not target.sees(int(about["subject_id"])))):
                faults[i] = {"subject": [_("There is no such record.")]}
            elif mine is not None and row.keys() & {"receivers", "copies"} and (said := wanted.unwanted({**old, **row})):
                faults[i] = {"receivers": said}
        return faults

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb == "create":
            for row in session.execute(sa.select(Mail.id, Mail.hold, Mail.send_at, Mail.box).where(Mail.id.in_(ids))).all():
                if not row.hold and row.box == Box.held:
                    outgoing.settle([row.id], row.send_at)

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        return views.dress_mail(self, row, page)


class Letters(Resource):
    """Written by filing.py alone."""

    model = Letter
    label = _("Correspondence")
    singular = _("Filed mail")
    icon = "mail-opened"
    readonly = True
    columns = "title", "direction", "sender", "receivers", "contact", "author", "written_at"
    filters = "direction", "contact", "author", "written_at", "customer"
    search = "title", "text", "sender", "receivers"
    search_names = ()
    sorts = ("-written_at",)
    verbs = "read", "export", "print"
    in_palette = False
    hidden_fields = ("text",)
    help = _("Mails to a customer and from him. Who sees the customer sees them.")

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        filing.written(verb, ids)

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        return views.dress_letter(self, row, page)


def _host(config: Config) -> str:
    from urllib.parse import urlsplit

    return (urlsplit(config.url).hostname or "localhost").strip("[]").replace(":", "-")


ALL = (MailAccounts, Mails, Letters)
