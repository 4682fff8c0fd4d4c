"""What is written about customers and contacts (kinds.py): told to who is mentioned, changed and taken back by who wrote it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.mixins import owners_of
from crm_core.data.session import session, system_scope, writing
from crm_core.data.wall import DELETED
from crm_core.features.customers import progress
from crm_core.features.customers.kinds import DONE, HANDLED, KINDS, NoteKind
from crm_core.features.customers.models import Note
from crm_core.features.customers.notelines import CUSTOMER, NAME
from crm_core.features.messages.api import notify
from crm_core.features.tasks import api as tasks
from crm_core.kernel import clock
from crm_core.kernel.errors import Conflict, Forbidden, Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource.changes import change
from crm_core.resource.others import readers
from crm_core.text import clean

LONGEST = 20_000
SHORT = 40  # of a note in the name of its task
AHEAD = dt.timedelta(minutes=5)  # clocks of phones go a little fast


@dataclass(frozen=True)
class Written:
    """What came of a note: its id, the task of its next step, and the mentioned colleagues who may not read the record
    and so were told nothing."""

    id: int
    task: int | None
    untold: tuple[str, ...]


def add_note(
    subject: str, subject_id: int, body: str, *, kind: str = "note", at: dt.datetime | None = None, more: Mapping[str, Any] | None = None,
    mentions: Sequence[int] = (), next_day: dt.date | None = None, receiver: int | None = None, key: str = "",
) -> Written:
    """Write a note, or log a call, a visit and so on, on a customer or contact the actor may change. `at`: when it happened, now
    unless said. `more`: values of what its kind asks besides the text, and of the progress form (progress.py). A `next_day` makes a
    task on the record, for oneself unless a `receiver` is named; feedback always makes one. `key`: what a phone called it before it
    was sent; sent again, however late, it is the one that is there.

    Raises Invalid for an empty or far too long text, Missing for a record he may not change.
    """
    text, which = _checked(body), NoteKind(kind)
    moment = _moment(at)
    resource = site().registry.resource(subject)
    with writing(), change("note", resource=NAME):
        if key and (there := _sent(key)) is not None:
            return Written(there, None, ())
        row = resource.get(subject_id, "update")
        customer = row if subject == CUSTOMER else site().registry.resource(CUSTOMER).get(row.customer_id, "update")
        title = resource.title(row)
        names = _mentioned(text, mentions)
        told = readers(resource, subject_id, names) if names else set()
        with system_scope("a note by who may change the record") as db:
            made = Note(
                customer_id=customer.id, subject=subject, subject_id=subject_id, kind=which, happened_at=moment, body=text,
                mentions=sorted(names), **owners_of(customer),
                handling="open" if which is NoteKind.feedback else None, key=key or None, custom=progress.packed(which, more or {}),
                **_of_kind(which, more or {}),
            )
            db.add(made)
            db.flush()
            note_id = made.id
        _tell(told, title, subject, subject_id)
        task = None
        if next_day is not None or (which is NoteKind.feedback and site().registry.resource(tasks.TASKS).may("create")):
            said = _("See to feedback: %(what)s", what=_beginning(text)) if which is NoteKind.feedback else _("Follow up: %(what)s", what=_beginning(text))
            task = tasks.give(str(said), text=text[:2_000], due=next_day, receiver=receiver, about=(subject, subject_id))
    return Written(note_id, task, tuple(names[i] for i in sorted(names) if i not in told))


def _sent(key: str) -> int | None:
    """The note that was sent under a key before, be it in the recycle bin by now. Raises Conflict for somebody else's."""
    with system_scope("a note that may have been sent before") as db:
        query = sa.select(Note.id, Note.created_by_id).where(Note.key == key).execution_options(**{DELETED: True})
        found = db.execute(query).one_or_none()
    if found is not None and found.created_by_id != actor().user_id:
        raise Conflict(_("This key was used for another request already."))
    return found.id if found is not None else None


def _of_kind(kind: NoteKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that this kind has; a place of the phone goes with a visit."""
    wanted = {*KINDS[kind].fields, *(("latitude", "longitude", "accuracy") if "place" in KINDS[kind].fields else ())}
    return {name: value for name, value in values.items() if name in wanted and value is not None}


def _moment(at: dt.datetime | None) -> dt.datetime:
    """Raises Invalid for what has not happened yet."""
    if at is not None and at > clock.now() + AHEAD:
        raise Invalid({"at": [_("This day lies in the future.")]})
    return at or clock.now()


def _beginning(text: str) -> str:
    """The first words of a note: what a task of it is called."""
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= SHORT else f"{line[:SHORT].rstrip()}…"


def edit_note(
    note_id: int, body: str, *, version: int | None = None, at: dt.datetime | None = None, more: Mapping[str, Any] | None = None,
    mentions: Sequence[int] = (),
) -> Written:
    """Change one's own note; newly mentioned colleagues are told. Raises Forbidden for somebody else's, Conflict."""
    text = _checked(body)
    with writing(), change("save", resource=NAME):
        note = own(note_id)
        _same(note, version)
        resource, subject, subject_id = site().registry.resource(note.subject), note.subject, note.subject_id
        before = set(note.mentions)
        names = _mentioned(text, [*before, *mentions])
        fresh = {i: n for i, n in names.items() if i not in before}
        told = readers(resource, subject_id, fresh) if fresh else set()
        with system_scope("a note by who wrote it") as db:
            row = db.get_one(Note, note_id)
            row.body, row.mentions, row.edited = text, sorted(names), True
            if at is not None:
                row.happened_at = _moment(at)
            for name in KINDS[row.kind].fields:
                if more is not None and name in more:
                    setattr(row, name, more[name])
            db.flush()
        _tell(told, str(resource.name_of(subject_id)), subject, subject_id)
    return Written(note_id, None, tuple(fresh[i] for i in sorted(fresh) if i not in told))


def fill(note_id: int, values: Mapping[str, Any], *, version: int | None = None) -> None:
    """Fill the progress form of what one wrote. Raises Invalid, Forbidden, Missing, Conflict."""
    with writing(), change("save", resource=NAME):
        note = own(note_id)
        _same(note, version)
        asked = progress.fields(note.kind)
        with system_scope("the progress form by who wrote the note"):
            site().registry.resource(NAME).write([{"id": note_id, **{name: value for name, value in values.items() if name in asked}}])


def handle(note_id: int, values: Mapping[str, Any], *, version: int | None = None) -> None:
    """Say what becomes of feedback: by anybody who may change the customer. Who wrote it hears of its end. Raises Missing,
    Conflict."""
    with writing(), change("save", resource=NAME):
        note = feedback(note_id)
        _same(note, version)
        with system_scope("feedback by who sees to it") as db:
            row = db.get_one(Note, note_id)
            ended = row.handling not in DONE and values.get("handling") in DONE
            for name in HANDLED:
                if name in values:
                    setattr(row, name, values[name])
            db.flush()
        if ended and note.created_by_id not in (None, actor().user_id):
            name = site().registry.resource(CUSTOMER).name_of(note.customer_id)
            notify([note.created_by_id], _("settled your feedback on %(name)s", name=name), about=(CUSTOMER, note.customer_id))


def feedback(note_id: int) -> Any:
    """The feedback, if the acting person may change its customer. Raises Missing."""
    note = session.scalar(sa.select(Note).where(Note.id == note_id, Note.kind == NoteKind.feedback))
    if note is None:
        raise Missing(_("This record was not found."))
    site().registry.resource(CUSTOMER).get(note.customer_id, "update")
    return note


def delete_note(note_id: int) -> int:
    """Put one's own note into the recycle bin; returns the change that brings it back. Raises Forbidden, Missing."""
    with writing():
        own(note_id)
        with system_scope("a note by who wrote it"):
            return int(site().registry.resource(NAME).delete([note_id]))


def may_change(note: Any) -> bool:
    """Whether the acting person wrote it."""
    return bool(note.created_by_id == actor().user_id)


def own(note_id: int) -> Any:
    """The note, if the acting person wrote it and may still change the record; raises Forbidden, Missing."""
    note = session.scalar(sa.select(Note).where(Note.id == note_id))
    if note is None:
        raise Missing(_("This record was not found."))
    if not may_change(note):
        raise Forbidden(_("Only who wrote a note changes it."))
    site().registry.resource(CUSTOMER).get(note.customer_id, "update")
    return note


def _same(note: Any, version: int | None) -> None:
    if version is not None and version != note.version:
        raise Conflict(_("Somebody saved a newer version meanwhile."), id=note.id, version=note.version)


def _checked(body: str) -> str:
    try:
        text = clean.clean_text(body)
    except clean.InvalidText:
        raise Invalid({"text": [_("This contains characters that cannot be kept.")]}) from None
    if not text:
        raise Invalid({"text": [_("Write something first.")]})
    if len(text) > LONGEST:
        raise Invalid({"text": [_("At most %(n)s characters, these are %(m)s.", n=LONGEST, m=len(text))]})
    return text


def _mentioned(text: str, ids: Sequence[int]) -> dict[int, str]:
    """Colleagues who were picked and whose @name still stands in the text."""
    wanted = {i for i in ids if i != actor().user_id}
    names = site().registry.resource("core.user").labels(wanted) if wanted else {}
    return {i: name for i, name in names.items() if f"@{name}" in text}


def _tell(told: set[int], title: str, subject: str, subject_id: int) -> None:
    notify(sorted(told), _("mentioned you at %(name)s", name=title), about=(subject, subject_id))
