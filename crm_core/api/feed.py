"""What has happened since: the feed that another system pulls, at its own pace, with a place it has read to.

It is about state: each record of a page stands there once, as it is now and as the token may see it. What is gone, or gone from
his sight, comes without a record. What becomes visible, or vanishes, because rights change is not told by records; each page carries what
the reader's sight is made of as one word (`rights`): another word than before means to list anew.
"""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.doors import token_access
from crm_core.access.gate import scope_for
from crm_core.api import represent
from crm_core.api.door import by_token
from crm_core.api.routes import LIMIT, blueprint, resource_at, told
from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped
from crm_core.data.session import current_work
from crm_core.data.wall import DELETED
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import stream
from crm_core.resource.stream import Place, Seen

URL = "/changes"
CREATED, CHANGED, GONE = "created", "changed", "gone"


@dataclass(frozen=True)
class Told:
    """One record of the feed as somebody is told of it: `record` is None where it is gone."""

    seen: Seen
    what: str
    record: Mapping[str, Any] | None
    public_id: str | None = None
    merged_into: int | None = None

    def as_json(self) -> dict[str, Any]:
        found = {"resource": self.seen.resource, "id": self.seen.id, "what": self.what, "at": self.seen.at.isoformat().replace("+00:00", "Z"),
                 "change": self.seen.change, "record": self.record}
        return found | {name: value for name, value in (("public_id", self.public_id), ("merged_into", self.merged_into)) if value is not None}


def tellable(names: Sequence[str] | None = None) -> list[Any]:
    """The resources the actor can be told of, or these of them."""
    found = (r for r in site().registry.resources.values() if "read" in r.verbs and not r.is_brief and (names is None or r.name in names))
    return [resource for resource in found if resource.may("read")]


def tell(seen: Sequence[Seen]) -> list[Told]:
    """What the actor is told of these: nothing of what he neither sees now nor saw before it went."""
    found: dict[tuple[str, int], Told] = {}
    by_resource: dict[str, list[Seen]] = {}
    for one in seen:
        by_resource.setdefault(one.resource, []).append(one)
    for name, some in by_resource.items():
        resource = site().registry.resources.get(name)
        if resource is None or not resource.may("read"):
            continue
        records = {item["id"]: item for item in represent.items(resource, [one.id for one in some])}
        for one in some:
            if one.id in records:
                found[name, one.id] = Told(one, CREATED if "create" in one.verbs else CHANGED, records[one.id])
        for missing in _gone(resource, [one for one in some if one.id not in records]):
            found[name, missing.seen.id] = missing
    return [found[one.resource, one.id] for one in seen if (one.resource, one.id) in found]


def _gone(resource: Any, missing: Sequence[Seen]) -> list[Told]:
    """Of records that are not to be seen now, those that the actor sees in the recycle bin or saw where they lay before."""
    if not missing:
        return []
    model = resource.model
    query = sa.select(model.id, model.public_id).where(model.id.in_([one.id for one in missing]), model.deleted_at.is_not(None))
    names = {row.id: row.public_id for row in current_work().session.execute(query.execution_options(**{DELETED: True}))}
    return [Told(one, GONE, None, names.get(one.id), resource.merged_into(one.id) if one.id in names else None)
            for one in missing if one.id in names or _saw(resource, one)]


def _saw(resource: Any, one: Seen) -> bool:
    """Whether the actor could see a record where it lay: by its owners of then, and whatever else narrows his sight as it is now."""
    if not one.was or not is_scoped(resource.model) or current_work().session.system:
        return False
    row = resource.system_row(one.id)
    scope = scope_for(current_work().session.actor, resource.model, "read")
    now = dict(row._mapping) if row is not None else {"id": one.id}
    return any(scope.holds({**now, **dict(zip(SCOPE_COLUMNS, was[1:], strict=True))}) for was in one.was)


def rights(resources: Sequence[Any]) -> str:
    """A word for what the actor may see of these: which records by scope, which fields. The same word, the same sight; what he sees of a
    record may then change by acts on records alone, which the feed tells."""
    who = current_work().session.actor
    found = [(one.name, _plain(scope_for(who, one.model, "read")) if is_scoped(one.model) else "", sorted(one.fields())) for one in resources]
    return hashlib.sha256(repr(sorted(found, key=lambda row: row[0])).encode()).hexdigest()[:24]


def _plain(value: Any) -> Any:
    """A scope as values that are written the same in every process."""
    if isinstance(value, sa.Table):
        return value.name
    if dataclasses.is_dataclass(value):
        return (type(value).__name__, *(_plain(getattr(value, one.name)) for one in dataclasses.fields(value)))
    return tuple(map(_plain, value)) if isinstance(value, tuple) and value and not isinstance(value[0], int) else value


@token_access("read")
@by_token
def changes() -> flask.Response:
    """A page of the feed."""
    args = flask.request.args
    if unknown := set(args) - {"after", "resource", "limit"}:
        raise BadRequest(_("There is no parameter “%(name)s”.", name=min(unknown)[:60]))
    limit = args.get("limit", "100")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 5 and 1 <= int(limit) <= LIMIT):
        raise BadRequest(_("A limit is between 1 and %(n)s.", n=LIMIT))
    names = [name for text in args.getlist("resource") for name in text.split(",") if name]
    resources = [resource_at(*name.partition(".")[::2], "read") for name in names] if names else tellable()
    if args.get("after") == "now":
        return told({"items": [], "next": str(stream.newest()), "more": False, "rights": rights(resources)})
    after = Place.read(args["after"]) if args.get("after") else None
    page = stream.page(after, [resource.name for resource in resources], int(limit))
    return told({"items": [one.as_json() for one in tell(page.seen)], "next": str(page.next), "more": page.more, "rights": rights(resources)})


blueprint.add_url_rule(URL, "changes", changes, methods=["GET"], provide_automatic_options=False)
