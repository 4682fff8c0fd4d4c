"""Mail templates, mails to many and their receivers, as resources."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work, session
from crm_core.data.wall import DELETED
from crm_core.features.files import api as files
from crm_core.features.mail import accounts, composing, filling, mailing_views, mailings, receivers
from crm_core.features.mail.api import send
from crm_core.features.mail.filing import MAIL
from crm_core.features.mail.mailing_models import About, Mailing, MailingReceiver, MailTemplate, Stage
from crm_core.kernel import clock
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource.changes import History, as_written
from crm_core.resource.resource import Resource, Section
from crm_core.resource.undo import UndoBegins

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]
Faults = dict[int, dict[str, list[Any]]]
ALWAYS = {"name", "name_key", "rate", "owner_id", "department_id", "team_id", "custom"}  # what may be changed of a mail that is on its way

HELD = _("It has begun to go out and cannot be deleted: the links in its copies are to work. “Stop” ends it.")


class MailTemplates(Resource):
    model = MailTemplate
    label = _("Mail templates")
    singular = _("Mail template")
    icon = "file-pencil"
    files = False
    in_palette = False
    order = 97
    columns = "name", "about", "language", "title", "owner", "updated_at"
    filters = "about", "language", "owner", "department"
    search = "name", "title"
    sorts = "name", "-updated_at"
    verbs = ("read", "create", "update", "delete")
    form = (Section(_("Mail template"), ("name", "about", "language", "title", "text", "owner", "department")),)
    help = _("Texts that mails begin with. Words in double braces are filled in for each receiver; lines that stay empty are left out.")

    def check(self, rows: Rows, before: Before) -> Faults:
        faults: Faults = {}
        for i, row in enumerate(rows):
            if row.keys() & {"about", "title", "text"} or not row.get("id"):
                now = as_written(row, before)
                wrong = filling.problems(About(now.get("about") or "customer"), {"title": now.get("title"), "text": now.get("text")})
                if wrong:
                    faults[i] = wrong
        return faults


def start(row: Any) -> None:
    """The act: let it go out, at once or at its hour; or go on with it. Raises Refused for what is lacking."""
    if row.stage not in (Stage.draft, Stage.stopped):
        raise Refused(_("It is on its way already."))
    if row.account_id is None or row.account_id not in {one.id for one in accounts.usable()}:
        raise Refused(_("Choose one of your mail boxes to send it from."))
    text_of(row)
    composing.attached(row.id)
    if not row.prepared and not receivers.count(row)[0]:
        raise Refused(_("It is for nobody: none of those who are meant is yours to change."))
    row.run += 1
    row.fault = None
    later = row.stage is Stage.draft and row.send_at is not None and row.send_at > clock.now()
    row.stage = Stage.scheduled if later else Stage.sending
    if not later and row.started_at is None:
        row.started_at = clock.now()
    session.flush()
    mailings.ask(row, at=row.send_at if later else None)


def stop(row: Any) -> None:
    """The act: nothing more leaves than what is being handed over at this moment."""
    if row.stage not in (Stage.scheduled, Stage.sending):
        raise Refused(_("It is not on its way."))
    row.stage = Stage.stopped if row.started_at is not None else Stage.draft
    row.run += 1


def may_again(row: Any) -> bool:
    """Whether it is over or stopped, and of some copies nobody knows whether they left."""
    return row.stage in (Stage.done, Stage.stopped) and mailings.unsure(row.id)


def again(row: Any) -> None:
    """The act: copies of which the server's answer was lost are sent once more; the same Message-ID lets programs show them once."""
    if not may_again(row):
        raise Refused(_("There is none of which it is not known whether it was sent."))
    mailings.once_more(row.id)
    row.stage, row.ended_at = Stage.stopped, None
    start(row)


def keep_course(event: UndoBegins) -> None:
    """Listener: what set a mail on its way or stopped it is never taken back, for a job goes by it; nor is a text that is going out.
    Raises Refused."""
    rows = session.execute(sa.select(History.old, Mailing.stage).join(Mailing, Mailing.id == History.row_id).where(
        History.change_id.in_(event.ids), History.resource == mailings.NAME, History.verb == "update"), execution_options={DELETED: True}).all()
    for old, stage in rows:
        if "run" in (old or {}) or (stage is not Stage.draft and (old or {}).keys() - ALWAYS):
            raise Refused(_("A mail that was sent off is not called back by Undo: “Stop” keeps what has not left yet."))


def text_of(row: Any) -> filling.Filler:
    """The text of a mail, read; what its template says goes into the mail itself. Raises Refused where there is none."""
    if (not row.title or not row.text) and row.template_id is not None:
        template = session.scalar(sa.select(MailTemplate).where(MailTemplate.id == row.template_id))
        if template is not None:
            if template.about is not row.about and template.about is About.contact:
                raise Refused(_("This template is written to contacts; this mail goes to customers."))
            row.title, row.text = row.title or template.title, row.text or template.text
    if not row.title or not row.text:
        raise Refused(_("Subject and text are lacking: write them, or choose a template."))
    return filling.Filler(row.about, row.title, row.text)


def try_out(row: Any) -> None:
    """The act: send one to myself, as one of its receivers will have it. Raises Refused without a box or an address of one's own."""
    who = actor()
    mine = accounts.own_address(who.user_id)
    if not mine:
        raise Refused(_("There is no e-mail address of yours in your account."))
    if row.account_id is None or row.account_id not in {one.id for one in accounts.usable()}:
        raise Refused(_("Choose one of your mail boxes to send it from."))
    filler, sample = text_of(row), receivers.first(row)
    found = filler.fill([sample]) if sample is not None else {}
    title, text = found.get(sample or 0) or filler.bare()
    number = send(row.account_id, mine, str(_("Test: %(title)s", title=title)), text, sender_id=who.user_id)
    composing.attached(row.id)
    files.copy(mailings.NAME, row.id, [number], to=MAIL)


class Mailings(Resource):
    model = Mailing
    label = _("Mass mails")
    singular = _("Mass mail")
    icon = "mail-fast"
    status = "stage"
    in_palette = False
    columns = "name", "stage", "about", "account", "total", "sent", "started_at", "owner"
    filters = "stage", "about", "account", "owner", "department", "created_at"
    search = "name", "title"
    sorts = ("-created_at", "name")
    verbs = ("read", "create", "update", "delete")
    hidden_fields = ("team", "about", "stage", "total", "sent", "started_at", "ended_at", "fault")
    form = (
        Section(_("Mass mail"), ("name", "wanted", "account", "topic", "owner", "department")),
        Section(_("E-mail message"), ("template", "title", "text")),
        Section(_("Sending"), ("send_at", "rate", "filed")),
    )
    actions = (
        Action("start", _("Send"), start, when=lambda row: row.stage is Stage.draft, icon="send", bulk=False, primary=True, final=True,
               confirm=_("Send this mail to everybody it is meant for?")),
        Action("go_on", _("Go on"), start, when=lambda row: row.stage is Stage.stopped, icon="player-play", bulk=False, primary=True, final=True),
        Action("stop", _("Stop"), stop, when=lambda row: row.stage in (Stage.scheduled, Stage.sending), icon="hand-stop", bulk=False, primary=True, final=True),
        Action("try_out", _("Send one to me"), try_out, when=lambda row: row.stage is Stage.draft, icon="mail", bulk=False, final=True),
        Action("again", _("Send again what was perhaps sent"), again, when=may_again, icon="refresh", bulk=False, quiet=True, final=True,
               confirm=_("The server’s answer was lost: these copies may have arrived. Send them again? Whoever had his may have it twice.")),
    )
    help = _("One mail to many, a copy for each address. Who wants no mail, is blacklisted or has a bad address gets none; every copy has a link to end it. Files on its page go along with each.")

    def defaults(self) -> dict[str, Any]:
        mine = accounts.usable()
        return {"account": mine[0].id} if mine else {}

    def derive(self, rows: Rows, before: Before) -> None:
        for row in rows:
            if row.get("wanted"):
                row["about"] = receivers.about_list(row["wanted"]) or About.customer
                if row["wanted"] != before.get(row.get("id", 0), {}).get("wanted"):
                    row["ids"] = None  # the list, not those who were ticked in another

    def check(self, rows: Rows, before: Before) -> Faults:
        faults: Faults = {}
        system = current_work().session.system
        mine = {one.id for one in accounts.usable()} if not system else set()
        for i, row in enumerate(rows):
            old, now = before.get(row.get("id", 0), {}), as_written(row, before)
            if old and old.get("stage") is not Stage.draft and (row.keys() - ALWAYS - {"id", "version"}) and any(row[n] != old.get(n) for n in row.keys() & old.keys() - ALWAYS - {"version"}):
                faults[i] = {"title": [_("It is on its way: only its name and pace can be changed.")]}
                continue
            wrong: dict[str, list[Any]] = {}
            if now.get("ids") is None and (not old or "wanted" in row) and (said := receivers.problem(now.get("wanted") or "")):
                wrong["wanted"] = [said]
            if row.keys() & {"title", "text", "about"}:
                wrong.update(filling.problems(About(now.get("about") or "customer"), {"title": now.get("title"), "text": now.get("text")}))
            if not system and row.get("account_id") is not None and row["account_id"] not in mine and row["account_id"] != old.get("account_id"):
                wrong["account"] = [_("Choose one of your mail boxes.")]
            if row.get("send_at") is not None and row["send_at"] != old.get("send_at") and row["send_at"] < clock.now():
                wrong["send_at"] = [_("This moment has passed.")]
            if wrong:
                faults[i] = wrong
        return faults

    def may_hold(self, row_id: int) -> None:
        """Files come and go while it is a draft: all copies have the same."""
        super().may_hold(row_id)
        if session.scalar(sa.select(Mailing.stage).where(Mailing.id == row_id)) is not Stage.draft:
            raise Refused(_("It is on its way: its files stay as they are."))

    def held(self, ids: Sequence[int]) -> set[int]:
        return super().held(ids) | _begun(ids)

    def delete(self, ids: Sequence[int], *, versions: Mapping[int, int] | None = None) -> int:
        if _begun(ids):
            raise Refused(HELD)
        return super().delete(ids, versions=versions)

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        return mailing_views.dress(self, row, page)


def _begun(ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start_ in range(0, len(ids), 500):
        found.update(session.scalars(sa.select(Mailing.id).where(Mailing.id.in_(ids[start_ : start_ + 500]), Mailing.started_at.is_not(None))))
    return found


class MailingReceivers(Resource):
    """Written by receivers.py and mailings.py alone."""

    model = MailingReceiver
    label = _("Receivers")
    singular = _("Receiver of a mass mail")
    icon = "users"
    readonly = True
    files = False
    in_palette = False
    columns = "name", "address", "fate", "said", "sent_at", "opted_out_at"
    filters = "mailing", "fate", "address", "opted_out_at"
    search = ()
    sorts = ("-created_at",)
    verbs = ("read",)



ALL = (MailTemplates, Mailings, MailingReceivers)
