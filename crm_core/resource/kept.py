"""Statements that every page asks again, one object for each shape: what SQLAlchemy and the gate find out about a statement
hangs on the object, so only parameters change and asking costs half. They pass the gate like any other."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, update_wrapper
from typing import Any, NamedTuple, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from crm_core.access.gate import KEPT
from crm_core.data.session import session
from crm_core.data.sets import Several, one_of

P = ParamSpec("P")
S = TypeVar("S", bound=sa.Executable)


def kept(build: Callable[P, S]) -> Callable[P, S]:
    """A function that builds a statement builds it once for each set of arguments. What changes from one time to the next
    are parameters of the statement, not arguments.

        @kept
        def _open_tasks(done: bool) -> sa.Select[Any]:
            return sa.select(Task.id).where(Task.owner_id == sa.bindparam("me"), Task.done_at.is_(None) if not done else sa.true())
    """
    made = lru_cache(maxsize=1_000)(lambda *args: build(*args).execution_options(**{KEPT: True}))  # type: ignore[call-arg]
    return update_wrapper(made, build)  # type: ignore[return-value]


def among_ids(column: Any) -> sa.ColumnElement[bool]:
    """`column` is one of the parameter `ids`: one statement for any number of them."""
    return one_of(column, sa.bindparam("ids", type_=Several()))


@kept
def by_ids(model: Any, *columns: str) -> sa.Select[Any]:
    """(id, columns) of the records `ids`."""
    wanted = [getattr(model, name).label(f"c{at}") for at, name in enumerate(columns)]
    return sa.select(model.id, *wanted).where(among_ids(model.id))


@kept
def by_id(model: Any) -> sa.Select[Any]:
    """The record `id`, whole."""
    return sa.select(model).where(model.id == sa.bindparam("id", type_=sa.BigInteger()))


@kept
def children(model: Any, link: str, limit: int) -> sa.Select[Any]:
    """The records whose column `link` is `id`, oldest first."""
    return sa.select(model).where(getattr(model, link) == sa.bindparam("id", type_=sa.BigInteger())).order_by(model.id).limit(limit)


class Ask(NamedTuple):
    """A small question: a kept select (of ids, or of id and text), and its parameters."""

    query: sa.Select[Any]
    values: Mapping[str, Any]


def gather(asked: Mapping[str, Ask]) -> dict[str, list[tuple[int, str]]]:
    """Several small questions in one statement: key → rows of (id, text). The gate and its marks apply to each."""
    found: dict[str, list[tuple[int, str]]] = {key: [] for key in asked}
    if not asked:
        return found
    for row in session.execute(_together(tuple((key, ask.query) for key, ask in asked.items())), together(asked.values())):
        found[row[0]].append((row[1], row[2]))
    return found


@kept
def _together(asked: tuple[tuple[str, sa.Select[Any, Any]], ...]) -> sa.CompoundSelect[Any]:
    parts = []
    for at, (key, query) in enumerate(asked):
        part = numbered(query, at).subquery()
        parts.append(sa.select(sa.literal(key), part.c[0], sa.cast(part.c[1], sa.Text())))
    return sa.union_all(*parts)


def together(asked: Iterable[Ask]) -> dict[str, Any]:
    """The parameters of several questions, each `numbered` by its place."""
    return {f"{at}_{name}": value for at, ask in enumerate(asked) for name, value in ask.values.items()}


def numbered(query: sa.Select[Any], at: int) -> sa.Select[Any]:
    """The question with its parameters named apart from those of others in one statement."""

    def rename(bind: sa.BindParameter[Any]) -> None:
        if not bind.unique:
            bind.key = f"{at}_{bind.key}"

    return visitors.cloned_traverse(query, {}, {"bindparam": rename})
