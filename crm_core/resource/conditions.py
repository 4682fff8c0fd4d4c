"""Conditions: which records are meant, as a tree that can be stored, sent and said in words.

    {"all": [
      {"field": "standing", "op": "any", "value": ["key", "customer"]},
      {"any": [{"field": "region", "op": "any", "value": "12"}, {"has": "core.contact:customer", "where": {…}}]},
      {"not": {"has": "timeline", "where": {"all": [{"field": "kind", "op": "any", "value": "note"},
                                                    {"field": "at", "op": "within", "value": "-60d"}]}}}]}

Fields, operators and values are those of the filters of an address (filters.py): values are the words as typed, so "today",
"60 days ago" and "-30d" mean another day tomorrow, where the reader is. `has` goes through the relations of relations.py, at
most `REACH` of them. Checked against what the reader may see: what he may not see is as unknown as what does not exist.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.resource import filters
from crm_core.resource.fields import Field
from crm_core.resource.filters import Filter
from crm_core.resource.relations import Relation, Side
from crm_core.text import strict_json

REACH = 2  # relations behind one another
NESTED = 8  # groups in groups
MOST = 50  # conditions in a tree
LONGEST = 6_000  # characters of a tree in an address
ANY = "*"  # stands for every text of a record


class Broken(BadRequest):
    """The tree names what is not there, or not for the reader: nothing is meant by it."""


@dataclass(frozen=True)
class Is:
    """One condition on a field."""

    filter: Filter


@dataclass(frozen=True)
class Has:
    """There is a related record for which `where` holds; any at all without it."""

    relation: Relation
    where: "Node | None" = None


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class Group:
    """All of the parts hold, or any of them."""

    kind: str
    parts: "tuple[Node, ...]"


Node = Is | Has | Not | Group


@dataclass(frozen=True, kw_only=True)
class TextsField(Field):
    """Every text of a record that the reader sees, as one."""

    texts: tuple[Field, ...] = ()
    operators: ClassVar[tuple[str, ...]] = ("contains", "eq", "starts", "roughly")

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        return sa.or_(*(filters.clause(Filter(one, operator, "", values), entity) for one in self.texts))


@dataclass(frozen=True, kw_only=True)
class TreeField(Field):
    """A whole tree as one filter of a list: whatever takes filters takes it."""

    kind: str = "conditions"
    tree: Node = None  # type: ignore[assignment]
    operators: ClassVar[tuple[str, ...]] = ("holds",)

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        return clause(self.tree, entity)


# --- from JSON ---------------------------------------------------------------------------------------------------------


def loads(text: str) -> Any:
    """The tree in an address. Raises BadRequest for what is no JSON or too long."""
    if len(text) > LONGEST:
        raise BadRequest(_("These conditions are too long for an address."))
    try:
        return strict_json.loads(text)
    except strict_json.InvalidJson:
        raise BadRequest(_("“%(name)s” is no condition.", name=text[:60])) from None


def dumps(tree: Any) -> str:
    """The tree as an address has it."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


def as_filter(resource: Any, tree: Any) -> Filter:
    """A tree as a filter of a list. Raises Broken, BadRequest."""
    field = TreeField(name="f", column="id", label=_("Conditions"), tree=parse(resource, tree))
    return Filter(field, "holds", dumps(tree), ())


def nothing(raw: str) -> Filter:
    """In the place of a broken tree: what no record is."""
    return Filter(TreeField(name="f", column="id", label=_("Conditions"), tree=Group("any", ())), "holds", raw, ())


def parse(resource: Any, tree: Any) -> Node:
    """The tree as the reader means it now. Raises Broken for names he does not know, BadRequest for what is no tree."""
    return parse_at(Side(resource), tree)


def parse_at(side: Side, tree: Any) -> Node:
    """The same of whatever a condition can speak of."""
    return _Reading().node(side, tree, 0, 0)


def askable(side: Side) -> dict[str, Field]:
    """The fields a condition on these records can name, every text at once included."""
    fields = side.fields()
    texts = tuple(f for f in fields.values() if type(f).condition is Field.condition and f.kind in filters.TEXTS)
    return {**fields, **({ANY: TextsField(name=ANY, column="", label=_("Any text"), texts=texts)} if len(texts) > 1 else {})}


class _Reading:
    """Reads one tree and counts what is in it."""

    def __init__(self) -> None:
        self.seen = 0

    def node(self, side: Side, tree: Any, nested: int, reach: int) -> Node:
        self.seen += 1
        if self.seen > MOST or nested > NESTED:
            raise BadRequest(_("These are too many conditions: at most %(n)s, %(m)s groups deep.", n=MOST, m=NESTED))
        keys = set(tree) if isinstance(tree, dict) else set()
        if keys in ({"all"}, {"any"}):
            (kind,) = keys
            parts = tree[kind]
            if not isinstance(parts, list) or not parts:
                raise _odd(tree)
            return Group(kind, tuple(self.node(side, part, nested + 1, reach) for part in parts))
        if keys == {"not"}:
            return Not(self.node(side, tree["not"], nested + 1, reach))
        if "has" in keys and keys <= {"has", "where"}:
            relation = side.relations().get(tree["has"]) if isinstance(tree["has"], str) and reach < REACH else None
            if relation is None:
                raise _unknown(tree["has"])
            where = tree.get("where")
            return Has(relation, self.node(relation.side, where, nested + 1, reach + 1) if where is not None else None)
        if {"field", "op"} <= keys <= {"field", "op", "value"}:
            field = askable(side).get(tree["field"]) if isinstance(tree["field"], str) else None
            if field is None or tree["op"] not in field.operators:
                raise _unknown(tree["field"])
            texts = _texts(tree.get("value"), tree)
            if tree["op"] not in filters.NO_VALUE and not any(text.strip() for text in texts):
                raise BadRequest(_("The filter “%(name)s” lacks a value.", name=field.label))
            return Is(filters.made(field, tree["op"], texts))
        raise _odd(tree)


def _texts(value: Any, tree: Any) -> list[str]:
    """The words of a value; a number and a list of them are taken too."""
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str | int) for one in values):
        raise _odd(tree)
    return [("1" if one else "0") if isinstance(one, bool) else str(one) for one in values]


def _odd(tree: Any) -> BadRequest:
    return BadRequest(_("“%(name)s” is no condition.", name=dumps(tree)[:60]))


def _unknown(name: Any) -> Broken:
    return Broken(_("A condition asks for “%(name)s”, which is not there (any more), or not for you.", name=str(name)[:60]))


# --- to SQL ------------------------------------------------------------------------------------------------------------


def clause(node: Node, entity: Any) -> sa.ColumnElement[bool]:
    """The condition on a table or an alias of it."""
    match node:
        case Is(one):
            return filters.clause(one, entity)
        case Not(part):  # what is not known does not hold, so its opposite does
            return sa.not_(sa.func.coalesce(clause(part, entity), sa.false()))
        case Group(kind, parts):
            made = [clause(part, entity) for part in sorted(parts, key=_dear)]
            return sa.and_(sa.true(), *made) if kind == "all" else sa.or_(sa.false(), *made)
        case Has(relation, where):
            there = relation.side.table()
            wanted = [relation.join(entity, there), *relation.side.within(there)]
            if where is not None:
                wanted.append(clause(where, there))
            return sa.exists(sa.select(sa.literal(1)).select_from(there).where(*wanted).correlate_except(there))
    raise TypeError(node)


def _dear(part: Node) -> bool:
    """What is asked after the rest: looking through texts and through other records, where a comparison may have said no already."""
    return not isinstance(part, Is) or part.filter.operator in ("contains", "starts", "roughly")


def spread(found: Iterable[Filter]) -> list[Filter]:
    """Filters of a list with what a tree asks of every record as filters of their own, for the plans to walk by."""
    result: list[Filter] = []
    for one in found:
        tree = one.field.tree if isinstance(one.field, TreeField) else None
        if isinstance(tree, Is):
            result.append(tree.filter)
        elif isinstance(tree, Group) and tree.kind == "all":
            rest = tuple(part for part in tree.parts if not isinstance(part, Is))
            result += [part.filter for part in tree.parts if isinstance(part, Is)]
            if rest:
                result.append(Filter(TreeField(name="f", column="id", label="", tree=Group("all", rest)), "holds", "", ()))
        else:
            result.append(one)
    return result


def fields_in(one: Filter) -> list[Field]:
    """The record's own fields that a filter asks, those in its tree included; of related records none."""
    asked = (leaf.field for leaf, _out in asked_in(one))
    return [field for found in asked for field in (found.texts if isinstance(found, TextsField) else (found,))]


def asked_in(one: Filter) -> Iterator[tuple[Filter, bool]]:
    """What a filter asks of the record's own fields, of a tree one by one; and whether a “not” stands before it."""
    return _leaves(one.field.tree, out=False) if isinstance(one.field, TreeField) else iter([(one, False)])


def _leaves(node: Node, *, out: bool) -> Iterator[tuple[Filter, bool]]:
    match node:
        case Is(one):
            yield one, out
        case Not(part):
            yield from _leaves(part, out=not out)
        case Group(_kind, parts):
            for part in parts:
                yield from _leaves(part, out=out)


# --- in words ----------------------------------------------------------------------------------------------------------


Say = Callable[[Filter], str]


def words(node: Node, say: Say, *, inner: bool = False) -> str:
    """The tree as a sentence in the reader's language; `say` gives the words of a filter's value."""
    match node:
        case Is(one):
            return " ".join(str(part) for part in (one.field.label, filters.WORDS[one.operator], say(one)) if str(part))
        case Not(Has(relation, where)):
            return _having(_("has no %(what)s where %(which)s"), _("has no %(what)s"), relation, where, say)
        case Has(relation, where):
            whole = _("has %(what)s where %(which)s") if relation.many else _("%(what)s: %(which)s")
            return _having(whole, _("has %(what)s"), relation, where, say)
        case Not(part):
            return str(_("not (%(what)s)", what=words(part, say)))
        case Group(kind, parts):
            between = str(_(" and ") if kind == "all" else _(" or "))
            text = between.join(words(part, say, inner=True) for part in parts)
            return f"({text})" if inner and len(parts) > 1 else text
    raise TypeError(node)


def _having(whole: Any, short: Any, relation: Relation, where: Node | None, say: Say) -> str:
    values = {"what": relation.label, "which": words(where, say) if where is not None else ""}
    return str(short if where is None else whole) % values


# --- as trees ----------------------------------------------------------------------------------------------------------


def leaf(one: Filter) -> dict[str, Any]:
    """A filter of an address as a condition."""
    many = one.operator in filters.MANY
    value: Any = one.raw.split(",") if many else one.raw
    return {"field": one.field.name, "op": one.operator, **({} if one.operator in filters.NO_VALUE else {"value": value})}


def together(trees: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """One tree that means all of these."""
    flat: list[Any] = []
    for tree in trees:
        flat += tree["all"] if set(tree) == {"all"} else [tree]
    return None if not flat else {"all": flat}
