"""One act on many records: at once when few, else a job in polite batches with progress, Cancel and one change to undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_core.data.session import session, writing
from crm_core.kernel.errors import CrmError, Forbidden
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import site
from crm_core.resource import acts, changes, listing
from crm_core.resource.fields import Field, clean_values

VERBS = {"edit": "update"}  # acts on many whose permission has another name
_NOT_IN_BULK = ("name", "phone", "email", "number_series", "stamp", "anyref", "internal")


@dataclass
class Done:
    """What came of it: rows done, rows skipped because not allowed or not possible now (and why the first was), and the
    change to undo."""

    count: int = 0
    skipped: int = 0
    change: int | None = None
    why: Any = ""


def verb_of(act: str) -> str:
    return VERBS.get(act, act)


def editable(resource: Any) -> dict[str, Field]:
    """The fields that make sense to set on many records at once: not what a record is known by, nor whose it is."""
    alone = {name for group in resource.unique for name in group} | {resource.label_field, "owner", "department", "team"}
    link = resource.parent_field
    return {
        name: field for name, field in resource.fields(writing=True).items()
        if name not in alone and name not in resource.hidden_fields and field.kind not in _NOT_IN_BULK and field is not link
        and (link is None or field.name != link.name)
    }


def at_once(resource: Any, act: str, ids: Sequence[int], values: Mapping[str, Any]) -> Done:
    """Do it now, in one transaction; rows that refuse are skipped."""
    with writing(), changes.change(f"bulk {act}", resource=resource.name) as change:
        done = _some(resource, act, ids, values)
        done.change = change
        return done


def ask(args: dict[str, Any], *, label: Any = "") -> int:
    """Have it done by a job: `resource`, `act`, `values` (as JSON), and `ids` or `state` (the list's address)."""
    total = len(args["ids"]) if "ids" in args else None
    return later("core.bulk", args, label=label, total=total)


def run(job: Running) -> None:
    """The job: works through the ids, or through what the list means, by key, so that a kill resumes exactly."""
    resource = site().registry.resource(job.args["resource"])
    act = job.args["act"]
    if not resource.may(verb_of(act)):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))
    values = _values(resource, act, job.args.get("values") or {})
    if job.change_id is None:
        with job.write():
            job.change_id = changes.new_change(f"bulk {act}", resource=resource.name)
            job.position["last"] = 0
            if job.total is None:
                job.progress(0, listing.exact_count(_query(resource, job)))
    pace = Pace(job)
    done, skipped = job.position.get("done", 0), job.position.get("skipped", 0)
    while True:
        ids = _next(resource, job, pace.size)
        if not ids:
            return
        with pace.write(), changes.within(job.change_id):
            found = _some(resource, act, ids, values)
            done, skipped = done + found.count, skipped + found.skipped
            job.position.update(last=ids[-1], done=done, skipped=skipped)
            job.result["counts"] = {"done": done, "skipped": skipped}
            job.progress(job.done + len(ids))


def _values(resource: Any, act: str, given: Mapping[str, Any]) -> dict[str, Any]:
    action = resource.all_actions.get(act)
    return acts.values(resource, action, given) if action is not None else clean_values(given, editable(resource), "load")


def _query(resource: Any, job: Running) -> listing.Query:
    return listing.parse(resource, [(k, v) for k, v in job.args["state"]])


def _next(resource: Any, job: Running, size: int) -> list[int]:
    last = job.position.get("last", 0)
    if "ids" in job.args:
        return sorted(i for i in job.args["ids"] if i > last)[:size]
    query = _query(resource, job)
    if query.text:
        return sorted(i for i in listing.text_ids(query, 2**31) if i > last)[:size]
    return list(session.scalars(listing.by_key(query, last).limit(size)))


def _some(resource: Any, act: str, ids: Sequence[int], values: Mapping[str, Any]) -> Done:
    """A batch: what the actor may not change, or what refuses now, is skipped and counted."""
    model = resource.model
    query = resource.visible(verb_of(act)).with_only_columns(model.id).where(model.id.in_(ids))
    allowed = list(session.scalars(query))
    done = Done(skipped=len(ids) - len(allowed))
    _try(resource, act, allowed, values, done)
    return done


def _try(resource: Any, act: str, ids: list[int], values: Mapping[str, Any], done: Done) -> None:
    """All of them; when that is refused, in halves, so that a few that cannot be done cost little."""
    if not ids:
        return
    try:
        with session.begin_nested():
            _do(resource, act, ids, values)
        done.count += len(ids)
    except CrmError as refused:
        if len(ids) == 1:
            done.skipped += 1
            done.why = done.why or refused.message
            return
        for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
            _try(resource, act, half, values, done)


def _do(resource: Any, act: str, ids: list[int], values: Mapping[str, Any]) -> None:
    if act == "edit":
        resource.write([{"id": i, **values} for i in ids], kind="bulk edit")
    elif act == "delete":
        resource.delete(ids)
    else:
        resource.run(act, ids, values)
