"""Tags on records: put, taken, asked for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.customers.models import Tag, Tagged
from crm_core.kernel import words
from crm_core.kernel.errors import Forbidden, Invalid, Missing
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import site
from crm_core.resource import timeline
from crm_core.resource.kept import Ask, kept
from crm_core.resource.references import RefField
from crm_core.text.clean import clean_line, fold

_table = table_of(Tagged)


def tag(resource: Any, ids: Sequence[int], *, tags: Iterable[int] = (), names: Iterable[str] = ()) -> int:
    """Put tags on records, by id or by name; returns how many were put that were not there.

    A name nobody has used yet becomes a new tag where the actor may create tags, else Invalid. Raises Missing for records
    he may not change.
    """
    with writing():
        wanted = {**_by_id(tags), **_by_name(names)}
        rows = _changeable(resource, ids)
        have = {(r.subject_id, r.tag_id) for part in _parts(rows) for r in session.execute(
            sa.select(_table.c.subject_id, _table.c.tag_id).where(
                _table.c.subject == resource.name, _table.c.subject_id.in_(part), _table.c.tag_id.in_(list(wanted))))}
        fresh = [
            {"tag_id": tag_id, "subject": resource.name, "subject_id": row_id}
            for row_id in rows for tag_id in wanted if (row_id, tag_id) not in have
        ]
        if fresh:
            session.execute(sa.insert(_table), fresh)
            _tell(resource, fresh, wanted, lambda put: ngettext("added the tag %(names)s", "added the tags %(names)s", len(put), names=" · ".join(put)))
        return len(fresh)


def untag(resource: Any, ids: Sequence[int], *, tags: Iterable[int]) -> int:
    """Take tags off records; returns how many were taken. Raises Missing for records the actor may not change."""
    with writing():
        wanted = _by_id(tags)
        gone: list[dict[str, Any]] = []
        for part in _parts(_changeable(resource, ids)):
            condition = sa.and_(
                _table.c.subject == resource.name, _table.c.subject_id.in_(part), _table.c.tag_id.in_(list(wanted)))
            gone += [dict(r._mapping) for r in session.execute(sa.select(_table.c.tag_id, _table.c.subject_id).where(condition))]
            session.execute(sa.delete(_table).where(condition))
        _tell(resource, gone, wanted, lambda put: ngettext("removed the tag %(names)s", "removed the tags %(names)s", len(put), names=" · ".join(put)))
        return len(gone)


def of(resource_name: str, ids: Sequence[int]) -> dict[int, list[str]]:
    """Names of the tags on each of these records, by name."""
    found: dict[int, list[str]] = {}
    query = (
        sa.select(Tagged.subject_id, Tag.name).join(Tag, Tag.id == Tagged.tag_id)
        .where(Tagged.subject == resource_name, Tagged.subject_id.in_(ids)).order_by(Tag.name_key, Tag.id)
    )
    for row in session.execute(query):
        found.setdefault(row.subject_id, []).append(row.name)
    return found


def ask_of(resource_name: str, row_id: int) -> Ask:
    """(tag id, name) of one record, for the record page's one statement."""
    return Ask(_of_one(), {"subject": resource_name, "row": row_id})


@kept
def _of_one() -> sa.Select[Any, Any]:
    return (
        sa.select(Tag.id, Tag.name).join(Tagged, Tagged.tag_id == Tag.id)
        .where(Tagged.subject == sa.bindparam("subject", type_=sa.String()), Tagged.subject_id == sa.bindparam("row", type_=sa.BigInteger()))
    )


def _by_id(tags: Iterable[int]) -> dict[int, str]:
    ids = set(tags)
    found = {r.id: r.name for r in session.execute(sa.select(Tag.id, Tag.name).where(Tag.id.in_(ids)))} if ids else {}
    if ids - set(found):
        raise Missing(_("This tag was not found."))
    return found


def _by_name(names: Iterable[str]) -> dict[int, str]:
    wanted = {fold(name): name for name in (clean_line(n) for n in names) if name}
    if not wanted:
        return {}
    known = {fold(r.name): (r.id, r.name) for r in session.execute(sa.select(Tag.id, Tag.name).where(
        sa.func.lower(Tag.name).in_({*wanted, *(n.lower() for n in wanted.values())})))}
    resource = site().registry.resource("core.tag")
    new = [name for key, name in wanted.items() if key not in known]
    if new and not current_work().session.system and not resource.may("create"):
        raise Invalid({"tags": [_("There is no tag “%(name)s”, and you may not make new ones.", name=new[0][:60])]})
    made = zip(resource.write([{"name": name[:200]} for name in new]), new, strict=True) if new else ()
    return {**{known[key][0]: known[key][1] for key in wanted if key in known}, **dict(made)}


def _changeable(resource: Any, ids: Sequence[int]) -> list[int]:
    if not resource.may("update"):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))
    wanted = list(dict.fromkeys(ids))
    query = resource.visible("update").with_only_columns(resource.model.id)
    found = {i for part in _parts(wanted) for i in session.scalars(query.where(resource.model.id.in_(part)))}
    if len(found) < len(wanted):
        raise Missing(_("This record was not found."))
    return wanted


def _tell(resource: Any, rows: list[dict[str, Any]], names: Mapping[int, str], said: Callable[[list[str]], Any]) -> None:
    """A line on each record's time line, unless they are so many that it is a bulk act."""
    by_row: dict[int, list[str]] = {}
    for row in rows:
        by_row.setdefault(row["subject_id"], []).append(names[row["tag_id"]])
    if not resource.timeline or len(by_row) > timeline.SET_LIMIT:
        return
    timeline.add_all([
        {"subject": resource.name, "subject_id": row_id, "kind": "tagged", "data": {"words": words.keep(said(put))}}
        for row_id, put in by_row.items()
    ])


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]


@dataclass(frozen=True, kw_only=True)
class TagsField(RefField):
    """The tags of a record as a filter: any of these, none of these, none at all."""

    about: str
    column: str = "id"
    operators: ClassVar[tuple[str, ...]] = ("any", "none", "empty", "filled")

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        key: sa.ColumnElement[int] = (entity.c if isinstance(entity, sa.FromClause) else entity).id
        tagged = sa.select(_table.c.subject_id).where(_table.c.subject == self.about)
        if values:
            tagged = tagged.where(_table.c.tag_id.in_(values))
        return key.in_(tagged) if operator in ("any", "filled") else key.not_in(tagged)
