"""A mail to many on its way: a job claims receivers, hands their copies over, and notes what became of each.

One copy for each address, whatever is killed when: journal.py says how. What a server cannot take now is tried again, three times;
a server that is not there is asked again for an hour. A stop is heeded after at most a few seconds.
"""

import datetime as dt
import math
import re
import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.features.customers.api import mark_channel, may_reach_all
from crm_core.features.mail import accounts, addresses, composing, filing, receivers, transport
from crm_core.features.mail.filling import RESOURCES, Filler
from crm_core.features.mail.journal import Busy, Journal
from crm_core.features.mail.mailing_models import GONE_OUT, Fate, Mailing, MailingReceiver, MailTemplate, Stage
from crm_core.features.mail.rows import free, note
from crm_core.features.mail.wire import Broken, Refusal, Wire
from crm_core.features.messages.api import notify
from crm_core.kernel import clock
from crm_core.kernel.claims import QUEUED, RUNNING
from crm_core.kernel.errors import CrmError, Refused
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.jobs import Cancelled, Running, later
from crm_core.kernel.models import JobRow
from crm_core.kernel.site import site
from crm_core.resource import sealed
from crm_core.text.emails import email_key

NAME, JOB = "core.mailing", "core.mailing"
BATCH, HANDED = 100, 1_000  # copies between two marks, and in one job
PART = 4.0  # seconds after which a batch ends, however far it is: a stop is not to wait longer
SLICE = 10.0  # seconds between two batches of a mailing that goes slowly
TRIES, LATER = 3, 300  # of a copy that a server does not take now, and seconds between
OWN = 5  # copies one after another that are refused for what need not be their receivers: then it is the box, or the mail
KNOCKS, KNOCK = 8, 30  # times that a server is asked that is not there, seconds before the second; each later one waits twice as long
_mailings, _receivers = table_of(Mailing), table_of(MailingReceiver)
_FULL = re.compile(r"^[45]52\b|quota|limit|exceed|too many|配额|上限|超出|超过|频率", re.IGNORECASE)  # how servers say that one has sent enough
_OURS = re.compile(r"<m(\d{1,18})\.([0-9a-f]{20})@")


def ask(mailing: Any, *, at: dt.datetime | None = None, seconds: float = 0, turn: int = 0, knocks: int = 0, streak: Sequence[int] = ()) -> None:
    """Have a job go on with it; inside `writing()`."""
    due = at if at is not None else clock.now() + dt.timedelta(seconds=seconds) if seconds else None
    later(JOB, {"mailing": mailing.id, "run": mailing.run, "turn": turn, "knocks": knocks, "streak": list(streak)}, run_at=due,
          label=_("Mass mail: %(name)s", name=mailing.name), total=mailing.total or None)


def send(job: Running) -> None:
    """The job, as who started it. A job sends so many and hands on to the next, so that one whose worker is killed again and again is
    told from one that gets on."""
    mailing = _state(job.args["mailing"])
    if mailing is None or mailing.run != job.args["run"] or mailing.stage not in (Stage.scheduled, Stage.sending):
        return
    try:
        with Journal(site(), mailing.id) as journal:
            try:
                then = _send(job, mailing, journal)
            except Cancelled:
                with writing():
                    _settle(mailing, journal)
                    _halt(mailing, str(_("The job was cancelled.")))
                raise
            except (CrmError, sealed.Unopened) as error:
                said = str(_("The password cannot be read; type it in again.")) if isinstance(error, sealed.Unopened) else str(error)
                with job.write():
                    _settle(mailing, journal)
                    _halt(mailing, said)
                then = None
    except Busy:
        then = {"seconds": SLICE, "turn": job.args["turn"], "knocks": job.args["knocks"], "streak": job.args.get("streak", ())}
    with job.finish():  # when the journal is free for the next
        if then is not None:
            ask(mailing, **then)


def _send(job: Running, mailing: Any, journal: Journal) -> dict[str, Any] | None:
    """Send some; how the next job is to go on, None when there is nothing to go on with."""
    account = accounts.facts(mailing.account_id) if mailing.account_id else None
    if account is None or not account.active:
        raise Refused(_("The mail box is not there any more."))
    if not account.address.isascii():
        raise Refused(_("Mail servers take no such address."))
    server = transport.Server.of(account)
    with job.write():
        _settle(mailing, journal)
        if mailing.stage is Stage.scheduled:
            note(_mailings, [mailing.id], stage=Stage.sending, started_at=clock.now())
    journal.begin()
    if not mailing.prepared:
        receivers.prepare(job, mailing)
        mailing = _state(mailing.id)
    sender = addresses.Addressee(account.address, addresses.one_line(account.name))
    filler = Filler(mailing.about, mailing.title or "", mailing.text or "", language=_language(mailing))
    letter = composing.Letter(sender, account.signature, filler.language, composing.attached(mailing.id))
    allowance = HANDED if mailing.rate is None else max(1, math.ceil(mailing.rate * SLICE / 60))
    job.progress(mailing.sent, mailing.total)
    wire, turn, done, streak, knocks = Wire(server), job.args["turn"], 0, list(job.args.get("streak", ())), job.args["knocks"]
    try:
        while done < allowance:
            part = _Part(job, mailing, journal, filler, letter, wire, streak)
            with job.write():
                rows = part.claim(min(BATCH, allowance - done))
            if rows is None:  # stopped
                return None
            if not rows and part.seen:  # none of these wants it any more
                continue
            if not rows:
                said = _put_off(mailing, streak)
                if said:
                    with job.write():
                        return _knock(mailing, said, job.args["turn"], knocks + 1)
                return _end(job, mailing, journal)
            said = part.give(rows)
            with job.write():
                part.mark()
                if said and (not part.sent or len(streak) >= OWN):
                    return _knock(mailing, said, job.args["turn"], knocks + 1)
            done, knocks = done + len(rows), 0 if part.sent else knocks
    finally:
        wire.close()
    return {"turn": turn, "knocks": knocks, "streak": streak, "seconds": 0 if mailing.rate is None else SLICE if mailing.rate >= 6 else 60 / max(1, mailing.rate)}


def _put_off(mailing: Any, streak: list[int]) -> str:
    """Of a mailing too small to tell by their number: what the server said last to copies of which none was taken any more, where it
    speaks of a quota; they wait again. "" where nothing is to be put off."""
    if not streak or mailing.total >= OWN:
        return ""
    c = _receivers.c
    with writing():
        said = free(sa.select(c.said).where(c.id == streak[-1])).scalar()
        if not _FULL.search(said or ""):
            return ""
        free(sa.update(_receivers).where(c.id.in_(streak), c.fate.in_((Fate.refused, Fate.waiting))).values(fate=Fate.waiting, said=None, tries=0))
    streak.clear()
    return str(said)


def _knock(mailing: Any, said: str, turn: int, knocks: int) -> dict[str, Any] | None:
    """The server cannot be used now: ask again later, or stop with what it said; inside `writing()`."""
    if knocks >= KNOCKS:
        _halt(mailing, said)
        return None
    note(_mailings, [mailing.id], fault=said[:500])
    return {"seconds": KNOCK * 2 ** (knocks - 1), "turn": turn, "knocks": knocks}


class _Part:
    """A batch: claimed, handed over, marked."""

    def __init__(self, job: Running, mailing: Any, journal: Journal, filler: Filler, letter: composing.Letter, wire: Wire,
                 streak: list[int]) -> None:
        self.job, self.mailing, self.journal, self.filler, self.letter, self.wire = job, mailing, journal, filler, letter, wire
        self.streak = streak  # who was refused last, one after another, for what need not be theirs; goes on from part to part
        self.rows: list[Any] = []
        self.seen = 0  # rows that were looked at
        self.fates: dict[int, tuple[Fate, str]] = {}
        self.filed: list[dict[str, Any]] = []

    @property
    def sent(self) -> int:
        return sum(fate is Fate.sent for fate, _said in self.fates.values())

    def claim(self, most: int) -> list[Any] | None:
        """Those of the next receivers who still want it; None when the mailing was stopped."""
        now = free(sa.select(_mailings.c.stage, _mailings.c.run, _mailings.c.deleted_at).where(_mailings.c.id == self.mailing.id)).one()
        if now.stage is not Stage.sending or now.run != self.mailing.run or now.deleted_at is not None:
            return None
        c = _receivers.c
        rows = free(sa.select(c.id, c.address, c.name, c.record_id, c.customer_id, c.contact_id, c.tries).where(
            c.mailing_id == self.mailing.id, c.fate == Fate.waiting, c.tries <= self.job.args["turn"]).order_by(c.tries, c.id).limit(most)).all()
        reach = may_reach_all(RESOURCES[self.mailing.about], [row.record_id for row in rows], "email", topic=self.mailing.topic or "")
        self.seen, wishes = len(rows), []
        for row in rows:
            one = reach[row.record_id]
            if not one.ok or email_key(one.to) != email_key(row.address):
                wishes.append({"row": row.id, "why": str(one.why or _("The address was changed meanwhile."))[:500]})
            else:
                self.rows.append(row)
        if wishes:
            free(sa.update(_receivers).where(c.id == sa.bindparam("row")).values(fate=Fate.wish, said=sa.bindparam("why")), wishes)
        if self.rows:
            free(sa.update(_receivers).where(c.id.in_([row.id for row in self.rows])).values(fate=Fate.sending))
        return self.rows

    def give(self, rows: Sequence[Any]) -> str:
        """Hand the copies over; what the connection broke by, "" when it did not."""
        texts = self.filler.fill([row.record_id for row in rows])
        until = time.monotonic() + PART
        for row in rows:
            self.job.check()
            if time.monotonic() > until:
                return ""
            if row.record_id not in texts:
                self.fates[row.id] = Fate.wish, str(_("This record is not for you any more."))
                continue
            title, text = texts[row.record_id]
            data, message_id, text = self.letter.bytes(row, title, text)
            try:
                said = self.wire.give(data, self.letter.sender.address, row.address, lambda row_id=row.id: self.journal.handing(row_id))  # type: ignore[misc]
            except Refusal as refused:
                self.journal.answered(row.id, refused.said)
                self.fates[row.id] = Fate.refused if refused.for_good or row.tries + 1 >= TRIES else Fate.waiting, refused.said
                if not refused.own:
                    self.streak.clear()
                    continue
                self.streak.append(row.id)
                if len(self.streak) >= OWN:
                    return refused.said
                continue
            except Broken as broken:
                if broken.handed:
                    self.fates[row.id] = Fate.unsure, broken.said
                return broken.said
            self.journal.answered(row.id, said)
            self.streak.clear()
            self.fates[row.id] = Fate.sent, ""
            self.filed.append({"row": row, "title": title, "text": self.letter.kept(text), "message_id": message_id})
        return ""

    def mark(self) -> None:
        """What became of each, in few statements; inside `writing()`. Who had no turn waits on."""
        now, c = clock.now(), _receivers.c
        sent = [row_id for row_id, (fate, _said) in self.fates.items() if fate is Fate.sent]
        if sent:
            free(sa.update(_receivers).where(c.id.in_(sent)).values(fate=Fate.sent, sent_at=now, said=None))
            free(sa.update(_mailings).where(_mailings.c.id == self.mailing.id).values(sent=_mailings.c.sent + len(sent), fault=None))
        for row_id, (fate, said) in self.fates.items():
            if fate is not Fate.sent:
                note(_receivers, [row_id], fate=fate, said=said[:500], sent_at=now if fate is Fate.unsure else None, tries=c.tries + 1)
        free(sa.update(_receivers).where(c.id.in_([row.id for row in self.rows if row.id not in self.fates])).values(fate=Fate.waiting))
        if len(self.streak) >= OWN:  # it was not they
            free(sa.update(_receivers).where(c.id.in_(self.streak)).values(fate=Fate.waiting, said=None, tries=0))
        if self.mailing.filed and self.filed:
            filing.file_many([{
                "customer": one["row"].customer_id, "contact": one["row"].contact_id, "title": one["title"], "text": one["text"], "message_id": one["message_id"],
                "sender": str(self.letter.sender), "receivers": str(addresses.Addressee(one["row"].address, addresses.one_line(one["row"].name))), "written_at": now,
                "author": self.mailing.created_by_id or self.mailing.owner_id} for one in self.filed])
        self.job.progress(self.job.done + len(self.fates), self.mailing.total or None)


def unsure(mailing_id: int) -> bool:
    """Whether of some of its copies nobody knows whether they left."""
    c = _receivers.c
    return free(sa.select(c.id).where(c.mailing_id == mailing_id, c.fate == Fate.unsure).limit(1)).first() is not None


def once_more(mailing_id: int) -> None:
    """These wait again; inside `writing()`."""
    c = _receivers.c
    free(sa.update(_receivers).where(c.mailing_id == mailing_id, c.fate == Fate.unsure).values(fate=Fate.waiting, said=None, sent_at=None, tries=0))


def _settle(mailing: Any, journal: Journal) -> None:
    """What a job that was killed had claimed: the journal knows what had left."""
    c = _receivers.c
    rows = list(free(sa.select(c.id).where(c.mailing_id == mailing.id, c.fate == Fate.sending)).scalars())
    if not rows:
        return
    left, lost = journal.left(), str(_("The program ended while the server answered."))
    sent, again, unsure, refused = [], [], [], []
    for row_id in rows:
        said = left.get(row_id, "") if left is not None else None
        if said is None:
            unsure.append(row_id)
        elif said[:1] == "2":
            sent.append(row_id)
        elif said[:1] == "5":
            refused.append((row_id, said))
        else:
            again.append(row_id)
    now = clock.now()
    for ids, values in ((sent, {"fate": Fate.sent, "sent_at": now}), (again, {"fate": Fate.waiting}), (unsure, {"fate": Fate.unsure, "sent_at": now, "said": lost})):
        for start in range(0, len(ids), 500):
            free(sa.update(_receivers).where(c.id.in_(ids[start : start + 500])).values(**values))
    for row_id, said in refused:
        note(_receivers, [row_id], fate=Fate.refused, said=said[:500])
    free(sa.update(_mailings).where(_mailings.c.id == mailing.id).values(sent=_mailings.c.sent + len(sent)))
    if mailing.filed and sent:
        _file_again(mailing, sent)


def _file_again(mailing: Any, ids: Sequence[int]) -> None:
    """The copies on customers of what had left before it could be noted."""
    account = accounts.facts(mailing.account_id)
    c = _receivers.c
    rows = free(sa.select(c.id, c.address, c.name, c.record_id, c.customer_id, c.contact_id).where(c.id.in_(ids))).all()
    texts = Filler(mailing.about, mailing.title or "", mailing.text or "", language=_language(mailing)).fill([row.record_id for row in rows])
    sender = addresses.Addressee(account.address, addresses.one_line(account.name))
    letter = composing.Letter(sender, account.signature, files=composing.attached(mailing.id))
    filing.file_many([{
        "customer": row.customer_id, "contact": row.contact_id, "title": texts[row.record_id][0], "text": letter.kept(letter.signed(texts[row.record_id][1])), "message_id": composing.message_id(row.id),
        "sender": str(sender), "receivers": str(addresses.Addressee(row.address, addresses.one_line(row.name))), "written_at": clock.now(), "author": mailing.created_by_id or mailing.owner_id,
    } for row in rows if row.record_id in texts])


def _end(job: Running, mailing: Any, journal: Journal) -> dict[str, Any] | None:
    """Nobody is left for now: the mailing is done, or those are tried again whom a server did not take."""
    c = _receivers.c
    with job.write():
        if free(sa.select(c.id).where(c.mailing_id == mailing.id, c.fate == Fate.waiting).limit(1)).first() is not None:
            return {"seconds": LATER, "turn": job.args["turn"] + 1}
        note(_mailings, [mailing.id], stage=Stage.done, ended_at=clock.now(), fault=None)
        sent = free(sa.select(_mailings.c.sent).where(_mailings.c.id == mailing.id)).scalar() or 0
        _tell(mailing, ngettext("has gone out: “%(name)s”, %(n)s copy", "has gone out: “%(name)s”, %(n)s copies", sent, name=mailing.name))
    journal.close()
    return None


def stranded(job: Running) -> None:
    """The job of every minute: a mailing on its way whose own job has ended otherwise (cancelled before it ran, its person gone, given
    up after its fifth fault) is stopped, and its owner told."""
    jobs = table_of(JobRow)
    c = _mailings.c
    with job.write():
        going = free(sa.select(_mailings).where(c.stage.in_((Stage.scheduled, Stage.sending)), c.deleted_at.is_(None)).order_by(c.id).limit(500)).all()
        held = {(args["mailing"], args["run"]) for args in free(sa.select(jobs.c.args).where(jobs.c.name == JOB, jobs.c.state.in_((QUEUED, RUNNING)))).scalars()} if going else set()
        for mailing in going:
            if (mailing.id, mailing.run) not in held and free(sa.update(_mailings).where(
                    c.id == mailing.id, c.run == mailing.run, c.stage == mailing.stage).values(run=mailing.run)).rowcount:
                _halt(mailing, str(_("The job was cancelled, or could not go on.")))


def _halt(mailing: Any, said: str) -> None:
    note(_mailings, [mailing.id], stage=Stage.stopped, fault=said[:500])
    _tell(mailing, _("was stopped: “%(name)s” (%(why)s)", name=mailing.name, why=said[:200]))


def _tell(mailing: Any, words: Any) -> None:
    if mailing.owner_id is not None:
        notify([mailing.owner_id], words, about=(NAME, mailing.id), source=_("Mail"))


def _language(mailing: Any) -> str:
    """In which language words of lists stand in the text: that of its template."""
    if mailing.template_id is None:
        return ""
    table = table_of(MailTemplate)
    return str(free(sa.select(table.c.language).where(table.c.id == mailing.template_id)).scalar() or "")


def returned(account: Any, bounce: Any) -> bool:
    """The news that a copy did not arrive, which only its own Message-ID proves. Whether it was one of ours; inside `writing()`."""
    hit = _OURS.match(bounce.message_id)
    if hit is None or not composing.is_ours(int(hit[1]), hit[2]):
        return False
    c = _receivers.c
    row = free(sa.select(c.id, c.address, c.fate, _mailings.c.account_id).join(_mailings, _mailings.c.id == c.mailing_id).where(c.id == int(hit[1]))).one_or_none()
    if row is None or row.account_id != account.id or row.fate not in GONE_OUT:
        return True
    said = " ".join(part for part in (bounce.status, bounce.said) if part)
    note(_receivers, [row.id], fate=Fate.bounced, said=said[:500])
    if bounce.for_good and email_key(bounce.address) == email_key(row.address):
        for subject, row_id in filing.everybody(bounce.address):
            mark_channel(subject, row_id, "email", str(_("Mail came back: %(said)s", said=said))[:200], value=bounce.address)
    return True


def _state(mailing_id: int) -> Any:
    return free(sa.select(_mailings).where(_mailings.c.id == mailing_id, _mailings.c.deleted_at.is_(None))).one_or_none()
