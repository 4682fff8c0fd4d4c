"""Tasks: give, tick off, take back, end with their cause; and the questions of home page and bell."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.session import current_work, session, system_scope, writing
from crm_core.data.wall import DELETED
from crm_core.features.messages.api import COUNTED, notify, unread_count
from crm_core.features.tasks.models import State, Task, TaskItem
from crm_core.kernel import words
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.i18n import _, in_language
from crm_core.kernel.site import actor, my_id, site
from crm_core.resource import timeline
from crm_core.resource.changes import change, unscoped
from crm_core.resource.kept import Ask, kept, numbered, together

NAME = "core.task"


def give(
    title: str, *, receiver: int | None = None, text: str | None = None, due: dt.date | None = None,
    due_time: str | None = None, about: tuple[str, int] | None = None, priority: str = "normal",
) -> int:
    """Give a task to somebody (to oneself when nobody is named); returns its id.

        give(_("Visit them again"), due=clock.today() + dt.timedelta(weeks=3), about=("core.customer", 7))

    Raises Invalid when the receiver may not read what it is about, Forbidden without the right to give tasks.
    """
    row: dict[str, Any] = {"title": str(title)[:200], "text": text, "due": due, "due_time": due_time, "priority": priority}
    if about is not None:
        row.update(subject=about[0], subject_id=about[1])
    if receiver is not None:
        row["owner"] = receiver
    return int(site().registry.resource(NAME).write([row])[0])


def give_by_rule(
    source: Any, key: str, receiver: int, title: Any, *, text: Any = None, due: dt.date | None = None,
    about: tuple[str, int] | None = None, locked: bool = True,
) -> int:
    """A task from a module (`source`: its name), in the language of its receiver, which is there once for each `key` until it is done or
    `finish(key)` ends it. A locked one cannot be ticked off: it ends when its cause does."""
    from crm_core.access.models import User

    with writing(), change("task"), system_scope("a task given by a rule") as db:
        open_one = db.scalar(sa.select(Task.id).where(Task.source_key == key, Task.done_at.is_(None)), execution_options={DELETED: True})
        if open_one is not None:
            return open_one
        home, tongue = db.execute(sa.select(User.department_id, User.language).where(User.id == receiver), execution_options={DELETED: True}).one()
        with in_language(tongue or site().config.language):  # a title is a text: in the language of who is to read it, whoever acts
            title, text = str(title)[:200], str(text) if text else None
        made = Task(
            title=title, text=text, due=due, priority="normal", subject=about[0] if about else None,
            subject_id=about[1] if about else None, locked=locked, source=words.keep(source), source_key=key,
            owner_id=receiver, department_id=home,
        )
        db.add(made)
        db.flush()
        return made.id


def finish(key: str) -> bool:
    """End the open task of a rule, because its cause is gone; whether there was one."""
    with writing(), change("done"), system_scope("a task ends with its cause") as db:
        found = db.scalar(sa.select(Task).where(Task.source_key == key, Task.done_at.is_(None)), execution_options={DELETED: True})
        if found is None:
            return False
        found.state = State.done
        db.flush()
        return True


def again(key: str, receiver: int | None = None) -> bool:
    """Open the last task of a rule again that `finish` ended, because its cause is back, and give it to whoever has to do it now; whether there was
    one. Who takes back a cause keeps in mind which tasks it ended: one that somebody ticked off looks the same."""
    from crm_core.access.models import User

    with writing(), change("reopen"), system_scope("a task begins again with its cause") as db:
        found = db.scalar(sa.select(Task).where(Task.source_key == key, Task.deleted_at.is_(None)).order_by(Task.done_at.is_not(None), Task.id.desc()).limit(1))
        if found is None or found.done_at is None:
            return False
        if receiver is not None and receiver != found.owner_id:
            found.owner_id, found.department_id = receiver, db.scalar(sa.select(User.department_id).where(User.id == receiver))
        found.state = State.open
        db.flush()
        return True


def finish_all(keys: Sequence[str]) -> int:
    """The same of a set; how many there were. A fixed number of statements a thousand."""
    ended = 0
    for start in range(0, len(keys), 1_000):
        with writing(), change("done"), system_scope("a task ends with its cause") as db:
            found = list(db.scalars(sa.select(Task).where(bulk.among(Task.source_key, keys[start : start + 1_000], sa.Text), Task.done_at.is_(None)), execution_options={DELETED: True}))
            for task in found:
                task.state = State.done
            db.flush()
            ended += len(found)
    return ended


def may_finish(task: Any) -> bool:
    """Whether a task can be ticked off by hand now."""
    return task.done_at is None and not task.locked


def done(task: Any, result: str | None = None, spent: int | None = None) -> None:
    """Tick a task off, with what came of it and how long it took; what follows is in turns.py."""
    if task.locked:
        raise Refused(_("This task ends by itself when its cause is gone."))
    if task.done_at is not None:
        return
    if task.must and not (result or task.result):
        raise Invalid({"result": [_("This must be dealt with: say what came of it.")]})
    task.state, task.result = State.done, result or task.result
    if spent:
        task.spent = (task.spent or 0) + spent
    session.flush()


def reopen(task: Any) -> None:
    """Take the tick back."""
    if task.done_at is not None:
        task.state = State.open
        session.flush()


def begin(tasks: Sequence[tuple[dict[str, Any], Sequence[str]]]) -> list[int]:
    """Tasks that follow from rules of the house, by column, each with its checklist. Returns their ids."""
    with writing(), change("task"), system_scope("tasks of a series") as db:
        made = [(Task(**row), items) for row, items in tasks]
        db.add_all([task for task, _items in made])
        db.flush()
        db.add_all([TaskItem(task_id=task.id, text=text) for task, items in made for text in items])
        db.flush()
        return [task.id for task, _items in made]


def given(ids: Sequence[int]) -> None:
    """What follows new tasks: a line on the record each is about, a message to each receiver who did not give it himself."""
    columns = (Task.id, Task.title, Task.owner_id, Task.subject, Task.subject_id, Task.source, Task.follows_id)
    rows: list[Any] = []
    for start in range(0, len(ids), 500):
        query = sa.select(*columns).where(Task.id.in_(ids[start : start + 500]))
        rows += current_work().session.execute(query, execution_options=unscoped("new tasks")).all()
    if len(rows) > timeline.SET_LIMIT:
        return
    names = site().registry.resource("core.user").labels({r.owner_id for r in rows if r.owner_id is not None})
    me = my_id()
    for row in rows:
        if row.subject and row.subject_id:
            said = _("planned a task") if row.owner_id in (None, me) else _("gave %(name)s a task", name=names.get(row.owner_id, ""))
            timeline.add(
                row.subject, row.subject_id, "task", title=row.title, data={"words": words.keep(said)}, record=(NAME, row.id)
            )
        if row.follows_id is not None:
            notify([row.owner_id] if row.owner_id != me else [], _("comes again: %(title)s", title=row.title), about=(NAME, row.id), source=_("Tasks"))
            continue
        source = words.read(row.source) if row.source else None
        notify([row.owner_id], _("gave you a task: %(title)s", title=row.title) if source is None else row.title,
               about=(NAME, row.id), source=source)


# --- questions ---------------------------------------------------------------------------------------------------------


def _open() -> tuple[sa.ColumnElement[bool], ...]:
    return (Task.owner_id == actor().user_id, Task.done_at.is_(None))


def waiting(limit: int) -> list[Task]:
    """My open tasks: late, then today, then later, those without a day last."""
    from crm_core.features.tasks.views import by_due

    if not by_due():
        return list(session.scalars(sa.select(Task).where(*_open()).order_by(Task.id).limit(limit)))
    order = (Task.due.is_(None), Task.due, Task.due_time.is_(None), Task.due_time, Task.id)
    # The first of each kind, as they lie in the index: nobody's ten thousand open tasks are sorted for ten of them.
    dated = sa.select(Task.id).where(*_open(), Task.due.is_not(None)).order_by(*order[1:]).limit(limit).subquery()
    undated = sa.select(Task.id).where(*_open(), Task.due.is_(None)).order_by(Task.id).limit(limit).subquery()
    first = sa.union_all(sa.select(dated.c.id), sa.select(undated.c.id))
    return list(session.scalars(sa.select(Task).where(Task.id.in_(first)).order_by(*order).limit(limit)))


BESIDE = 100  # at an entry of the menu


def counters(more: Mapping[Any, Ask | sa.Select[Any]] | None = None) -> tuple[int, int, dict[Any, int]]:
    """(my open tasks, my unread messages, how many ids each of these finds), each bounded, in one statement: the numbers that every
    page shows. The statement is kept where all of the questions are."""
    work = current_work()
    found = work.info.get("counters")
    if found is not None and not more:
        return (*found, {})
    asked = {key: one if isinstance(one, Ask) else Ask(one, {}) for key, one in (more or {}).items()}
    build = _counting if all(isinstance(one, Ask) for one in (more or {}).values()) else _counting.__wrapped__  # type: ignore[attr-defined]
    values = together(asked.values())
    row = session.execute(build(tuple(ask.query for ask in asked.values())), {"me": actor().user_id, **values}).one()
    work.info["counters"] = (row[0], row[1])
    return row[0], row[1], dict(zip(asked, row[2:], strict=True))


def count(asked: Mapping[str, sa.ScalarSelect[int]]) -> dict[str, int]:
    """More numbers, in the statement of the counters: for a page that shows both."""
    row = session.execute(sa.select(*_counted(), *(query.label(name) for name, query in asked.items())), {"me": actor().user_id}).one()
    current_work().info["counters"] = (row[0], row[1])
    return {name: getattr(row, name) for name in asked}


@kept
def _counting(more: tuple[sa.Select[Any], ...]) -> sa.Select[Any]:
    parts = (sa.select(sa.func.count()).select_from(numbered(ids, at).limit(BESIDE).subquery()).scalar_subquery() for at, ids in enumerate(more))
    return sa.select(*_counted(), *parts)


def _counted() -> tuple[sa.ScalarSelect[int], sa.ScalarSelect[int]]:
    me = sa.bindparam("me", type_=sa.BigInteger())
    mine = sa.select(Task.id).where(Task.owner_id == me, Task.done_at.is_(None)).limit(COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(mine).scalar_subquery(), unread_count(me)
