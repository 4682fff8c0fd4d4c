"""Notes on customers and contacts: written, told to who is mentioned, changed and taken back by who wrote them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work, session, system_scope, writing
from crm_core.features.customers import holding
from crm_core.features.customers.models import Note
from crm_core.features.messages.api import notify
from crm_core.features.tasks import api as tasks
from crm_core.kernel.errors import Conflict, Forbidden, Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import timeline
from crm_core.resource.changes import change, unscoped
from crm_core.resource.others import readers
from crm_core.text import clean

NAME = "core.note"
CUSTOMER = "core.customer"
LONGEST = 20_000
SHORT = 40  # of a note in the name of its task


@dataclass(frozen=True)
class Written:
    """What came of a note: its id, the task of its next step, and the mentioned colleagues who may not read the record
    and so were told nothing."""

    id: int
    task: int | None
    untold: tuple[str, ...]


def add_note(
    subject: str, subject_id: int, body: str, *, mentions: Sequence[int] = (), next_day: dt.date | None = None
) -> Written:
    """Write a note on a customer or contact the actor may change. A `next_day` makes him a task on it.

    Raises Invalid for an empty or far too long text, Missing for a record he may not change.
    """
    text = _checked(body)
    resource = site().registry.resource(subject)
    with writing(), change("note", resource=NAME):
        row = resource.get(subject_id, "update")
        customer = row if subject == CUSTOMER else site().registry.resource(CUSTOMER).get(row.customer_id, "update")
        title = resource.title(row)
        names = _mentioned(text, mentions)
        told = readers(resource, subject_id, names) if names else set()
        with system_scope("a note by who may change the record") as db:
            made = Note(
                customer_id=customer.id, subject=subject, subject_id=subject_id, body=text, mentions=sorted(names),
                owner_id=customer.owner_id, department_id=customer.department_id, team_id=customer.team_id,
            )
            db.add(made)
            db.flush()
            note_id = made.id
        _tell(told, title, subject, subject_id)
        task = None
        if next_day is not None:
            task = tasks.give(str(_("Follow up: %(what)s", what=_beginning(text))), text=text[:2_000], due=next_day, about=(subject, subject_id))
    return Written(note_id, task, tuple(names[i] for i in sorted(names) if i not in told))


def _beginning(text: str) -> str:
    """The first words of a note: what a task of it is called."""
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= SHORT else f"{line[:SHORT].rstrip()}…"


def edit_note(note_id: int, body: str, *, version: int | None = None, mentions: Sequence[int] = ()) -> Written:
    """Change one's own note; newly mentioned colleagues are told. Raises Forbidden for somebody else's, Conflict."""
    text = _checked(body)
    with writing(), change("save", resource=NAME):
        note = own(note_id)
        if version is not None and version != note.version:
            raise Conflict(_("Somebody saved a newer version meanwhile."), id=note_id, version=note.version)
        resource, subject, subject_id = site().registry.resource(note.subject), note.subject, note.subject_id
        before = set(note.mentions)
        names = _mentioned(text, [*before, *mentions])
        fresh = {i: n for i, n in names.items() if i not in before}
        told = readers(resource, subject_id, fresh) if fresh else set()
        with system_scope("a note by who wrote it") as db:
            row = db.get_one(Note, note_id)
            row.body, row.mentions = text, sorted(names)
            db.flush()
        _tell(told, str(resource.labels([subject_id]).get(subject_id, "")), subject, subject_id)
    return Written(note_id, None, tuple(fresh[i] for i in sorted(fresh) if i not in told))


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


# --- what follows in the same transaction, whoever wrote (a restored customer brings his notes back) --------------------


def written(verb: str, ids: Sequence[int]) -> None:
    """Keep the lines on the time lines true to the notes."""
    for start in range(0, len(ids), 500):
        rows = _rows(ids[start : start + 500])
        if verb in ("create", "restore"):
            timeline.add_all([entry for row in rows for entry in _entries(row)])
        else:
            for row in rows:
                _follow(row, verb)


def _rows(ids: Sequence[int]) -> list[Any]:
    columns = (Note.id, Note.customer_id, Note.subject, Note.subject_id, Note.body, Note.mentions, Note.created_at, Note.created_by_id)
    query = sa.select(*columns).where(Note.id.in_(ids)).order_by(Note.id)
    return list(current_work().session.execute(query, execution_options=unscoped("lines of notes")))


def _places(row: Any) -> list[tuple[str, int]]:
    """A note on a contact stands on the customer's time line too."""
    return list(dict.fromkeys([(CUSTOMER, row.customer_id), (row.subject, row.subject_id)]))


def _entries(row: Any) -> list[dict[str, Any]]:
    data = {"mentions": list(_names(row.mentions).values())} if row.mentions else None
    return [
        {"subject": subject, "subject_id": subject_id, "at": row.created_at, "kind": "note", "body": row.body, "data": data,
         "actor_id": row.created_by_id, "record": NAME, "record_id": row.id}
        for subject, subject_id in _places(row)
    ]


def _names(ids: Sequence[int]) -> dict[int, str]:
    from crm_core.access.models import User

    query = sa.select(User.id, User.name).where(User.id.in_(ids))
    return {r.id: r.name for r in current_work().session.execute(query, execution_options=unscoped("names of the mentioned"))}


def _follow(row: Any, verb: str) -> None:
    entry = timeline.Entry
    for subject, subject_id in _places(row):
        mine = sa.and_(
            entry.subject == subject, entry.subject_id == subject_id, entry.at == row.created_at, entry.record == NAME,
            entry.record_id == row.id,
        )
        if verb == "delete":
            session.execute(sa.delete(entry).where(mine))
            if subject == CUSTOMER:
                holding.taken_back(subject_id)
        else:
            data = {"mentions": list(_names(row.mentions).values())} if row.mentions else None
            session.execute(sa.update(entry).where(mine).values(body=row.body, data=data))
