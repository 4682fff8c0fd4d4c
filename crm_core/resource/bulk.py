"""One act on many records: at once when few, else a job in polite batches with progress, Cancel and one change to undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_core.data.session import session, writing
from crm_core.kernel.errors import CrmError, Forbidden
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.site import site
from crm_core.resource import changes, listing
from crm_core.resource.fields import clean_values

VERBS = {"edit": "update", "assign": "assign", "delete": "delete"}


@dataclass
class Done:
    """What came of it: rows done, rows skipped because not allowed or not possible now, and the change to undo."""

    count: int = 0
    skipped: int = 0
    change: int | None = None


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
    if not resource.may(VERBS.get(act, act)):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))
    values = clean_values(job.args.get("values") or {}, resource.fields(writing=True), "load")
    if job.change_id is None:
        with job.write():
            job.change_id = changes.new_change(f"bulk {act}", resource=resource.name)
            job.position["last"] = 0
    from crm_core.kernel.pace import Pace

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


def _next(resource: Any, job: Running, size: int) -> list[int]:
    last = job.position.get("last", 0)
    if "ids" in job.args:
        return sorted(i for i in job.args["ids"] if i > last)[:size]
    query = listing.parse(resource, [(k, v) for k, v in job.args["state"]])
    if query.text:
        return sorted(i for i in listing.text_ids(query, 2**31) if i > last)[:size]
    return list(session.scalars(listing.by_key(query, last).limit(size)))


def _some(resource: Any, act: str, ids: Sequence[int], values: Mapping[str, Any]) -> Done:
    """A batch: what the actor may not change, or what refuses now, is skipped and counted."""
    verb = VERBS.get(act, act)
    model = resource.model
    query = resource.visible(verb).with_only_columns(model.id).where(model.id.in_(ids))
    allowed = list(session.scalars(query))
    done = Done(skipped=len(ids) - len(allowed))
    if not allowed:
        return done
    if act in ("edit", "assign"):
        resource.write([{"id": i, **values} for i in allowed], kind=f"bulk {act}")
        done.count = len(allowed)
        return done
    if act == "delete":
        try:
            with session.begin_nested():
                resource.delete(allowed)
            done.count = len(allowed)
            return done
        except CrmError:
            pass  # one of them is referred to: find it
    for row_id in allowed:
        try:
            with session.begin_nested():
                if act == "delete":
                    resource.delete([row_id])
                else:
                    resource.run(act, [row_id])
            done.count += 1
        except CrmError:
            done.skipped += 1
    return done

