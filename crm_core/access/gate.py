"""The gate: puts the actor's scope, with its mark, into every ORM select, update and delete of a scoped class.

Always the *read* scope; `Resource.visible("delete")` adds the branches of another verb, and a bulk update or delete meets
those of its own verb. Deleted rows are left out unless the statement asks for them (`execution_options(crm_deleted=True)`,
the recycle bin); for the house as well: it sees everybody's, but not what they have thrown away, unless the statement names
`deleted_at` of the class itself or is `session.get` of this very row, is `unscoped`, or stands in `with_deleted()` (as all does that
follows a deletion). No actor: the query raises.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import LoaderCriteriaOption, Mapper, ORMExecuteState, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.util import ClauseAdapter

from crm_core.access.actor import Actor
from crm_core.access.scope import EVERYTHING, NOTHING, Scope
from crm_core.data.base import table_of
from crm_core.data.mixins import is_record, is_scoped
from crm_core.data.session import NoActor, Session, current_work
from crm_core.data.wall import DELETED, UNSCOPED

KEPT = "crm_kept"  # execution option: this very statement object is executed again and again
SEEN = "visible_"  # how a sub-select of what one may see begins its name: reports know by it what they ask

_classes_of: WeakKeyDictionary[Any, tuple[type, ...]] = WeakKeyDictionary()
_living_of: WeakKeyDictionary[Any, tuple[type, ...]] = WeakKeyDictionary()


def permission_of(model: type) -> str | None:
    """The resource whose read grants decide about rows of this class; None: no resource declared it, so nobody sees it."""
    return model.__dict__.get("__permission__")


def scope_for(actor: Actor, model: type, verb: str = "read") -> Scope:
    """The rows of a mapped class this actor may do a verb on."""
    name = permission_of(model)
    return actor.scope(name, verb) if name else NOTHING


@event.listens_for(Session, "do_orm_execute")
def _gate(state: ORMExecuteState) -> None:
    session: Session = state.session  # type: ignore[assignment]
    if session.system:
        said = bool(state.execution_options.get(UNSCOPED))  # whoever asks, it is asked like this
        state.update_execution_options(**{UNSCOPED: session.system})
        by_key = isinstance(state.parameters, dict) and "pk_1" in state.parameters  # session.get: this very row, whatever became of it
        if not (said or by_key or state.is_column_load or state.execution_options.get(DELETED) or session.info["work"].info.get(DELETED)):
            state.statement = _living(state.statement)
        return
    actor = session.actor
    if actor is None:
        raise NoActor("this session has no actor")
    if state.execution_options.get(UNSCOPED):
        return
    if state.is_column_load:  # an attribute of an object the gate has let through
        state.update_execution_options(**{UNSCOPED: "column load"})
        return
    classes = _classes(state.statement)
    if not classes:
        return
    verb = "update" if state.is_update else "delete" if state.is_delete else ""
    read = tuple(scope_for(actor, model) if is_scoped(model) else None for model in classes)
    also = tuple(scope_for(actor, model, verb) if verb and is_scoped(model) else None for model in classes)
    narrow = _kept if state.execution_options.get(KEPT) else _narrow
    state.statement = narrow(state.statement, classes, read, also, bool(state.execution_options.get(DELETED)))


Scopes = tuple[Scope | None, ...]


class _OfEach(LoaderCriteriaOption):
    """`with_loader_criteria` says a plain criterion of the class itself where an alias of it is joined `ON` a condition written by hand,
    so that the alias's rows would come past it. Here it is said of the alias. (A lambda would be said of it, but is kept by where it is written.)"""

    __slots__ = ()
    _traverse_internals = LoaderCriteriaOption._traverse_internals  # what it is kept by

    def _resolve_where_criteria(self, ext_info: Any) -> sa.ColumnElement[bool]:
        found = super()._resolve_where_criteria(ext_info)
        return ClauseAdapter(ext_info.selectable).traverse(found) if ext_info.is_aliased_class else found


def _narrow(statement: Any, classes: tuple[Any, ...], read: Scopes, also: Scopes, with_deleted: bool) -> Any:
    """The statement with the criteria of these scopes, one a class; `also`: those of the verb of a bulk update or delete."""
    options = []
    for model, scope, further in zip(classes, read, also, strict=True):
        criteria = []
        if scope is not None:
            criteria.append(scope.marked(model, model.__table__.name))
        if further is not None:
            criteria.append(further.clause(model))
        if not with_deleted and is_record(model):
            criteria.append(model.deleted_at.is_(None))
        if criteria:
            whole = sa.and_(*criteria)
            options.append(_OfEach(model, whole, include_aliases=True))
    return statement.options(*options)


# What is asked again and again keeps its narrowed form, and with it all that SQLAlchemy finds out about a statement. A
# thousand forms take 7 MB; whoever's has gone out of it pays a tenth of a millisecond.
_kept = lru_cache(maxsize=1_000)(_narrow)


@contextmanager
def with_deleted() -> Iterator[None]:
    """Meanwhile the house sees what lies in the recycle bin as well: what looks at rows after they were thrown away."""
    info = current_work().info
    before, info[DELETED] = info.get(DELETED), True
    try:
        yield
    finally:
        info[DELETED] = before


def _living(statement: Any) -> Any:
    """The house's statement without the rows in the recycle bin, of those classes whose `deleted_at` it does not name itself."""
    classes = _living_of.get(statement)
    if classes is None:
        classes = _classes(statement)
        if classes:
            named = {element.table for element in visitors.iterate(statement) if getattr(element, "name", "") == "deleted_at" and isinstance(element, sa.Column)}
            said = {getattr(getattr(table, "element", table), "name", "") for table in named}
            classes = tuple(model for model in classes if table_of(model).name not in said)
        _living_of[statement] = classes
    return statement.options(*(_alive(model) for model in classes)) if classes else statement


@cache
def _alive(model: Any) -> Any:
    return with_loader_criteria(model, lambda one: one.deleted_at.is_(None), include_aliases=True)


def _classes(statement: Any) -> tuple[Any, ...]:
    """The mapped record classes a statement names anywhere, sub-selects included, and those it may load beside them."""
    found = _classes_of.get(statement)
    if found is None:
        names: set[Any] = set()
        for element in visitors.iterate(statement):
            mapper = getattr(element, "_annotations", {}).get("parententity")
            if mapper is not None:
                names.add(getattr(mapper, "class_", None) or mapper.mapper.class_)
        eager = bool(getattr(statement, "_with_options", ()))
        for model in tuple(names):
            names.update(_beside(model, eager))
        found = tuple(sorted(filter(is_record, names), key=lambda c: c.__name__))
        _classes_of[statement] = found
    return found


@cache
def _beside(model: type, eager: bool) -> frozenset[type]:
    """Classes a select of this one may join in: by loader options whatever it relates to, else what is always joined."""
    found: set[type] = set()
    waiting = [model]
    while waiting:
        mapper: Mapper[Any] = sa.inspect(waiting.pop())
        for relation in mapper.relationships:
            target = relation.mapper.class_
            if (eager or relation.lazy in ("joined", False)) and target not in found:
                found.add(target)
                waiting.append(target)
    return frozenset(found)


def visible(model: Any, verb: str = "read") -> sa.Subquery:
    """A Core sub-select of the rows the actor may do `verb` on, mark included, for statements outside the ORM."""
    table = model.__table__
    session = current_work().session
    query = sa.select(table).where(table.c.deleted_at.is_(None))
    if session.system:
        scope = EVERYTHING
    elif session.actor is None:
        raise NoActor("this session has no actor")
    else:
        scope = scope_for(session.actor, model, verb)
    query = query.where(scope.marked(table, table.name))
    return query.subquery(f"{SEEN}{table.name}")
