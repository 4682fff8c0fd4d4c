"""Tags on records: put, taken, asked for; with a history, so that they are taken back with the act that put them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.customers.models import Tag, Tagged
from crm_core.kernel import words
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import Invalid, Missing
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import site
from crm_core.resource import changes, timeline
from crm_core.resource.after import Edit, finish
from crm_core.resource.kept import Ask, kept
from crm_core.resource.references import RefField, RefsField
from crm_core.text.clean import clean_line, fold

_table = table_of(Tagged)
NAME = "tags"
Lists = dict[int, list[int]]


@dataclass(frozen=True, kw_only=True)
class TagsField(RefField):
    """The tags of a record: a filter (any of these, none of these, none at all), and what history keeps of them."""

    about: str
    column: str = "id"
    kept: ClassVar[bool] = True
    acts: ClassVar[tuple[str, ...]] = ("tag", "untag")
    operators: ClassVar[tuple[str, ...]] = ("any", "none", "empty", "filled")

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        key: sa.ColumnElement[int] = (entity.c if isinstance(entity, sa.FromClause) else entity).id
        tagged = sa.select(_table.c.subject_id).where(_table.c.subject == self.about)
        if values:
            tagged = tagged.where(_table.c.tag_id.in_(values))
        return key.in_(tagged) if operator in ("any", "filled") else key.not_in(tagged)

    def stored(self, ids: Sequence[int]) -> Lists:
        return _lists(self.about, ids)

    def store(self, values: Mapping[int, Sequence[int]]) -> None:
        _set(self.about, _lists(self.about, list(values)), values)


def acts() -> tuple[Action, ...]:
    """What can be done with the tags of a resource's records."""
    def fields(*, creates: bool) -> Callable[[Any], Sequence[Any]]:
        return lambda _resource: [RefsField(name=NAME, column="", label=_("Tags"), target="core.tag", required=True, creates=creates)]

    return (
        Action("tag", _("Add tags"), put, icon="tag", order=20, whole=True, button=False, fields=fields(creates=True)),
        Action("untag", _("Remove tags"), take, icon="tag-off", order=60, whole=True, quiet=True, button=False, fields=fields(creates=False)),
    )


def put(resource: Any, ids: Sequence[int], tags: Iterable[int | str]) -> None:
    """Put tags on records, by id or by name. A name nobody has used yet becomes a new tag where the actor may create tags,
    else Invalid."""
    names = {**_by_id(t for t in tags if isinstance(t, int)), **_by_name(t for t in tags if isinstance(t, str))}
    _change(resource, ids, lambda have: [*have, *(t for t in names if t not in have)],
            lambda n, said: ngettext("added the tag %(names)s", "added the tags %(names)s", n, names=said), names)


def take(resource: Any, ids: Sequence[int], tags: Iterable[int]) -> None:
    """Take tags off records."""
    names = _by_id(tags)
    _change(resource, ids, lambda have: [t for t in have if t not in names],
            lambda n, said: ngettext("removed the tag %(names)s", "removed the tags %(names)s", n, names=said), names)


def _change(
    resource: Any, ids: Sequence[int], then: Callable[[list[int]], list[int]], said: Callable[[int, list[str]], Any], names: Mapping[int, str],
) -> None:
    with writing(), changes.change("tag", resource=resource.name) as change:
        have = _lists(resource.name, ids)
        moved = {row_id: after for row_id in ids if (after := then(have.get(row_id, []))) != have.get(row_id, [])}
        _set(resource.name, have, moved)
        fresh = changes.created(change, resource.name, list(moved))  # a creation keeps no values: it goes as a whole
        finish(resource, [Edit(i, "update", {NAME: have.get(i, [])}, {"id": i}) for i in moved if i not in fresh], change)
        _tell(resource, {i: set(after) ^ set(have.get(i, ())) for i, after in moved.items()}, said, names)


def _lists(about: str, ids: Sequence[int]) -> Lists:
    """The tags of records now, in their order."""
    found: Lists = {}
    for part in _parts(list(ids)):
        query = sa.select(_table.c.subject_id, _table.c.tag_id).where(_table.c.subject == about, _table.c.subject_id.in_(part)).order_by(_table.c.id)
        for row in session.execute(query):
            found.setdefault(row.subject_id, []).append(row.tag_id)
    return found


def _set(about: str, have: Mapping[int, Sequence[int]], wanted: Mapping[int, Sequence[int]]) -> None:
    """Write what differs."""
    gone = [(row_id, t) for row_id, tags in wanted.items() for t in set(have.get(row_id, ())) - set(tags)]
    for part in _parts(gone):
        by_tag: dict[int, list[int]] = {}
        for row_id, tag_id in part:
            by_tag.setdefault(tag_id, []).append(row_id)
        for tag_id, rows in by_tag.items():
            session.execute(sa.delete(_table).where(_table.c.subject == about, _table.c.tag_id == tag_id, _table.c.subject_id.in_(rows)))
    fresh = [{"tag_id": t, "subject": about, "subject_id": row_id} for row_id, tags in wanted.items() for t in tags if t not in have.get(row_id, ())]
    if fresh:
        session.execute(sa.insert(_table), fresh)


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


def used(ids: Sequence[int]) -> set[int]:
    """Which of these tags stand on records."""
    return set(session.scalars(sa.select(_table.c.tag_id).where(_table.c.tag_id.in_(ids)).distinct()))


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


def _tell(resource: Any, moved: Mapping[int, Iterable[int]], said: Callable[[int, list[str]], Any], names: Mapping[int, str]) -> None:
    """A line on each record's time line, unless they are so many that it is a bulk act."""
    if not resource.timeline or len(moved) > timeline.SET_LIMIT:
        return
    timeline.add_all([
        {"subject": resource.name, "subject_id": row_id, "kind": "tagged", "data": {"words": words.keep(said(len(put), put))}}
        for row_id, tags in moved.items() if (put := [name for tag_id, name in names.items() if tag_id in tags])
    ])


def _parts(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(items), 500):
        yield items[start : start + 500]
