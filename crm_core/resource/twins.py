"""Records that may be one: found by the keys in their search documents, compared field by field, told with reasons.

    class Visits(Resource):
        duplicates = "name", "phone", "email"

is all a resource says. What is looked for is found whatever anybody's rights; who asks (`find`) learns of what he may not read
only that it is there and who looks after it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from crm_core.access import ledgers
from crm_core.data import bulk
from crm_core.data.session import current_work, session
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource import twinkeys
from crm_core.resource.changes import unscoped
from crm_core.resource.search import kind_of
from crm_core.text import alike
from crm_core.text.alike import LIKELY, SHOWN, SURE
from crm_core.text.simple import plain

MOST = 40  # documents that are looked at for one key
SHOW = 5
HOUR = dt.timedelta(hours=1)
TOLD_AN_HOUR = 60  # of records beyond his reach somebody is told as often
CHECKS_AN_HOUR = 1_200
BESIDE = {
    "contact": _("a contact has this number or mail address"), "address": _("same address"), "namesake": _("a contact has this name"),
    "both": _("a contact has this name and this number or mail address"), "firm_alike": _("same name, at a customer that looks like this one"),
}
LITTLE = {"namesake": 0.1}  # by how much it makes a record likelier, with a name that is alike; others by 0.3


Lines = Mapping[str, Sequence[Mapping[str, str]]]
"""The texts of the lines of a form."""


@dataclass(frozen=True)
class Reason:
    """Why two records may be one: what a field means (`twinkeys.role`), the field, how much alike in percent."""

    what: str
    field: str
    percent: int = 100

    def words(self, resource: Any) -> Any:
        label = resource.all_fields[self.field].label if self.field in resource.all_fields else self.field
        if self.what in BESIDE:
            return BESIDE[self.what]
        if self.what in ("firm", "person"):
            return _("name %(n)s%% alike", n=self.percent) if self.percent < 100 else _("same name")
        return _("same: %(what)s", what=label)

    def kept(self) -> list[Any]:
        return [self.what, self.field, self.percent]


@dataclass(frozen=True)
class Match:
    """A record that may be the same: how sure that is, and why."""

    id: int
    score: float
    reasons: tuple[Reason, ...]

    @property
    def likely(self) -> bool:
        return self.score >= LIKELY

    @property
    def sure(self) -> bool:
        return self.score >= SURE


def compare(resource: Any, one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[float, tuple[Reason, ...]]:
    """How much two records (field → value) look like one, and why."""
    name, number, beside = 0.0, False, 0.0
    person = False
    reasons: list[Reason] = []
    for field, what in twinkeys.roles(resource).items():
        mine, theirs = one.get(field), other.get(field)
        if mine in (None, ""):
            continue
        if what == "phone":  # often written into the other's box
            if not _numbers(resource, other).isdisjoint(twinkeys.numbers(str(mine))):
                number = True
                reasons.append(Reason(what, field))
        elif theirs in (None, ""):
            continue
        elif what in ("firm", "person"):
            person = what == "person"
            name = (alike.persons if person else alike.firms)(str(mine), str(theirs))
            if name >= 0.4:
                same = plain(str(mine)) == plain(str(theirs))
                reasons.insert(0, Reason(what, field, 100 if same else min(99, round(name * 100))))
        elif what == "code":
            if twinkeys.code_key(str(mine)) != twinkeys.code_key(str(theirs)):
                return min(name, 0.3), tuple(reasons)  # each has its own
            return 1.0, (Reason(what, field), *reasons)
        elif what == "mail" and str(mine).casefold() == str(theirs).casefold():
            number = True
            reasons.append(Reason(what, field))
        elif what == "ref" and mine == theirs:
            beside += 0.35 if person and name >= 0.5 else 0.03
            reasons.append(Reason(what, field))
    if not number:
        return round(min(1.0, name + beside), 3) if name else 0.0, tuple(reasons)
    if not _both_named(resource, one, other):
        return SHOWN + 0.05, tuple(reasons)  # a number without a name: look
    if name < 0.45:
        return SHOWN + 0.02, tuple(reasons)  # one number, two names: a switchboard, a family
    return round(min(1.0, name + beside + 0.4), 3), tuple(reasons)


def _both_named(resource: Any, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether both have a name to compare."""
    names = [field for field, what in twinkeys.roles(resource).items() if what in ("firm", "person")]
    return not names or all(one.get(field) and other.get(field) for field in names)


def _numbers(resource: Any, row: Mapping[str, Any]) -> set[str]:
    """All its numbers: one is often written into the other's box."""
    return {digits for field, what in twinkeys.roles(resource).items() if what == "phone" and row.get(field)
            for digits in twinkeys.numbers(str(row[field]))}


def candidates(resource: Any, keys: Sequence[str]) -> list[int]:
    """Ids of records with one of these keys, whatever anybody's rights; of a key that many have, some."""
    return sorted({row_id for _at, row_id in holders(resource, keys)})


def holders(resource: Any, keys: Sequence[str]) -> list[tuple[int, int]]:
    """The same, each with the number of the key that it has."""
    if not keys:
        return []
    conn = current_work().session.connection()
    kind = kind_of(resource.name)
    if conn.dialect.name == "sqlite":
        said: dict[str, Any] = {f"q{at}": f'"{kind}{key}"' for at, key in enumerate(keys)}
        statement = _looked_up(len(keys))
    else:
        said, statement = {"keys": [f"'{kind}{key}'" for key in keys]}, _LOOKED_UP
    found = conn.execute(statement, {**said, "r": resource.name}, execution_options=unscoped("duplicates"))
    return [(at, row_id) for at, row_id in found]


@lru_cache
def _looked_up(count: int) -> sa.TextClause:
    """SQLite's statement for so many keys; each is asked by itself, so that a common one does not crowd out a rare one."""
    one = "SELECT {0} AS at, rowid AS id FROM (SELECT rowid FROM core_search_fts WHERE core_search_fts MATCH :q{0} LIMIT {1})"
    parts = " UNION ALL ".join(one.format(at, MOST) for at in range(count))
    # From the few keys to their documents, whatever a planner thinks of it (CROSS JOIN is that to SQLite).
    return sa.text(f"SELECT found.at, d.record_id FROM ({parts}) found CROSS JOIN core_search d ON d.id = found.id AND d.resource = :r")


# PostgreSQL's. As a part of its own each key is looked for by the index: with the limit in sight the planner would rather read the
# table until it has met so many.
_LOOKED_UP = sa.text(f"""SELECT k.at - 1, d.record_id FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY k (q, at) CROSS JOIN LATERAL (
    WITH found AS MATERIALIZED (SELECT resource, record_id FROM core_search WHERE vector @@ CAST(k.q AS tsquery))
    SELECT resource, record_id FROM found LIMIT {MOST}) d WHERE d.resource = :r""")


def values(resource: Any, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What is compared of these records (field → value), those that are there, whatever anybody's rights."""
    table = resource.table
    columns = {name: resource.all_fields[name].column for name in resource.duplicates}
    query = sa.select(table.c.id, *(table.c[column] for column in columns.values())).where(
        bulk.among(table.c.id, list(ids)), table.c.deleted_at.is_(None), table.c.merged_into_id.is_(None))
    rows = current_work().session.connection().execute(query, execution_options=unscoped("duplicates"))
    return {row.id: {name: row._mapping[column] for name, column in columns.items()} for row in rows}


def matches(resource: Any, given: Mapping[str, Any], lines: Lines = MappingProxyType({}), *, without: int = 0, least: float = SHOWN) -> list[Match]:
    """Records that look like these values (field → value; `lines` of its form), the likeliest first, whatever anybody's rights."""
    found, near = [], candidates(resource, twinkeys.keys(resource, given))
    beside = resource.alike_beside(given, lines, near)
    for row_id, row in values(resource, {*near, *beside}).items():
        if row_id == without:
            continue
        score, reasons = compare(resource, given, row)
        if row_id in beside:
            score = score if row_id in near else min(score, LIKELY)  # by its name alone no more than that
            score, reasons = _with_beside(score, beside[row_id]), (*reasons, *beside[row_id])
        if score >= least:
            found.append(Match(row_id, score, reasons))
    return sorted(found, key=lambda one: (-one.score, one.id))


def _with_beside(score: float, others: Sequence[Reason]) -> float:
    """What lies beside a record is looked at by itself, and makes one likely whose name is alike; persons of one name are many."""
    if any(one.what == "firm_alike" for one in others):
        return score if score > LIKELY else SHOWN + 0.1
    return round(min(1.0, score + max(LITTLE.get(one.what, 0.3) for one in others)), 3) if score >= 0.45 else SHOWN + 0.01


@dataclass(frozen=True)
class Told:
    """What the acting person is told of a match: `sight` is "whole", "brief" or "hidden"."""

    match: Match
    sight: str
    label: str = ""
    owner_id: int | None = None


def find(resource: Any, given: Mapping[str, Any], lines: Lines = MappingProxyType({}), *, without: int = 0, least: float = SHOWN) -> list[Told]:
    """Likely duplicates of what somebody types, as far as he may know of them. Of those beyond his reach only likely ones, not
    by names that are merely alike, and not more than a number an hour: nobody reads the house through this."""
    known = {name: value for name, value in given.items() if name in resource.fields()}
    found = matches(resource, known, lines, without=without, least=least)
    if not found:
        return []
    who = actor()
    user_id = getattr(who, "user_id", None)
    if user_id is not None and ledgers.attempt({f"twins:{user_id}": CHECKS_AN_HOUR}, HOUR, lasting=False).wait:
        return []
    ids = [one.id for one in found]
    mine = set(session.scalars(sa.select(resource.model.id).where(resource.model.id.in_(ids)))) if resource.may("read") else set()
    brief = resource.brief_resource
    others: set[int] = set()
    if brief is not None and brief.may("read"):
        others = set(session.scalars(sa.select(brief.model.id).where(brief.model.id.in_(ids)))) - mine
    labels = resource.labels(mine | others)
    owners = _owners(resource, ids)
    said: list[Told] = []
    for one in found:
        sight = "whole" if one.id in mine else "brief" if one.id in others else "hidden"
        if sight == "hidden" and (not one.likely or not _may_tell(user_id)):
            continue
        said.append(Told(one, sight, labels.get(one.id, "") if sight != "hidden" else "", owners.get(one.id)))
        if len(said) == SHOW:
            break
    return said


def _may_tell(user_id: int | None) -> bool:
    return user_id is None or not ledgers.attempt({f"twins-hidden:{user_id}": TOLD_AN_HOUR}, HOUR, lasting=False).wait


def _owners(resource: Any, ids: Sequence[int]) -> dict[int, int]:
    if "owner_id" not in resource.table.c:
        return {}
    table = resource.table
    query = sa.select(table.c.id, table.c.owner_id).where(bulk.among(table.c.id, list(ids)))
    rows = current_work().session.connection().execute(query, execution_options=unscoped("duplicates"))
    return {row[0]: row[1] for row in rows if row[1] is not None}


