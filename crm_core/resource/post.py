"""Whom a record's post goes to: for labels and envelopes of anything that has an address.

    class Branches(Resource):
        addressed = Addressed(name="name", street="street", postcode="postcode", region="region")

    class Orders(Resource):
        addressed = "customer"        # the post goes where that record's does
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_core.data.session import session
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import sensitive
from crm_core.text.postal import Recipient

MAIN, ALL, FIRM = "main", "all", "firm"
TO = {MAIN: _("The main contact, else the firm"), ALL: _("All contacts"), FIRM: _("The firm itself")}
NO_ADDRESS = _("no address")


@dataclass
class Post:
    """Who gets something, in the order of the records, and who is left out: reason → names."""

    found: list[Recipient] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=dict)

    def leave(self, why: Any, name: str) -> None:
        self.left.setdefault(str(why), []).append(name)


@dataclass(frozen=True)
class Addressed:
    """Which fields of a record say where its post goes."""

    street: str
    name: str = ""
    firm: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    def collect(self, resource: Any, ids: Sequence[int], _to: str) -> Post:
        fields = {slot: f for slot, name in vars(self).items() if (f := resource.fields().get(name)) is not None}
        columns = [getattr(resource.model, f.column).label(slot) for slot, f in fields.items()]
        post, rows = Post(), {}
        for start in range(0, len(ids), 500):
            query = resource.visible("print").with_only_columns(resource.model.id, *columns).where(resource.model.id.in_(ids[start : start + 500]))
            rows.update({row.id: row for row in session.execute(query)})
        sensitive.read_columns(resource, list(fields.values()), 1, rows.values(), "print")
        labels = {slot: f.labels({getattr(r, slot) for r in rows.values()} - {None}) for slot, f in fields.items() if hasattr(f, "labels")}
        for row_id in ids:
            if (row := rows.get(row_id)) is None:
                continue
            words = {slot: str(labels[slot].get(getattr(row, slot), "") if slot in labels else f.show(getattr(row, slot))) for slot, f in fields.items()}
            if words.get("street"):
                post.found.append(Recipient(**words, row_id=row_id))  # type: ignore[arg-type]
            else:
                post.leave(NO_ADDRESS, words.get("name") or words.get("firm") or f"#{row_id}")
        return post


def offered(resource: Any) -> bool:
    """Whether there are labels and envelopes of these records."""
    return bool(resource.addressed)


def rules(resource: Any) -> dict[str, Any]:
    """To whom of a record it may be sent; none where there is only one."""
    way = resource.addressed
    if isinstance(way, str):
        target = site().registry.resource(resource.all_fields[way].target)
        return rules(target)
    return {} if isinstance(way, Addressed) else dict(way.rules)


def collect(resource: Any, ids: Sequence[int], to: str) -> Post:
    """The recipients of these records, as far as the acting person may print them."""
    way = resource.addressed
    if not isinstance(way, str):
        return way.collect(resource, ids, to)  # type: ignore[no-any-return]
    reference = resource.fields().get(way)
    if reference is None:
        return Post(left={str(NO_ADDRESS): [f"#{i}" for i in ids]})
    targets = _targets(resource, reference, ids).values()
    return collect(site().registry.resource(reference.target), [i for i in dict.fromkeys(targets) if i is not None], to)


def by_record(resource: Any, ids: Sequence[int], to: str) -> tuple[dict[int, Recipient], dict[str, list[str]]]:
    """The first recipient of each record, and who is left out."""
    way = resource.addressed
    reference = resource.fields().get(way) if isinstance(way, str) else None
    if reference is None:
        post = collect(resource, ids, to)
        return {one.row_id: one for one in reversed(post.found)}, post.left
    targets = _targets(resource, reference, ids)
    found, left = by_record(site().registry.resource(reference.target), [i for i in dict.fromkeys(targets.values()) if i is not None], to)
    if lone := [f"#{i}" for i, target in targets.items() if target is None]:
        left.setdefault(str(NO_ADDRESS), []).extend(lone)
    return {i: found[target] for i, target in targets.items() if target in found}, left


def _targets(resource: Any, reference: Any, ids: Sequence[int]) -> dict[int, int | None]:
    """What these records point at, in their order."""
    column, found = getattr(resource.model, reference.column), {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        rows = {row_id: target for row_id, target in session.execute(resource.visible("print").with_only_columns(resource.model.id, column).where(resource.model.id.in_(part)))}
        found.update({i: rows[i] for i in part if i in rows})
    return found
