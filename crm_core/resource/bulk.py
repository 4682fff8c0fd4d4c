"""One act on many records: at once when few, else a job in polite batches with progress, Cancel and one change to undo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_core.data.session import current_work, session, writing
from crm_core.kernel.errors import CrmError, Forbidden, OverLimit
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import site
from crm_core.resource import acts, asking, changes, edits, listing

VERBS = {"edit": "update"}  # acts on many whose permission has another name
CHANGED = _("Somebody changed it since you looked.")


@dataclass
class Done:
    """What came of it: rows done, rows for which it was only proposed, rows for which it was handed in for approval, rows that were so
    already, rows skipped because not allowed or not possible now (and why the first was), and the change to undo."""

    count: int = 0
    asked: int = 0
    handed: int = 0
    same: int = 0
    skipped: int = 0
    change: int | None = None
    why: Any = ""


def verb_of(act: str) -> str:
    return VERBS.get(act, act)


def approval(resource: Any, act: str, ids: Sequence[int]) -> set[int]:
    """Those of these records on which an act is only done when others have agreed. Each is handed in by itself, so that it is decided,
    locked and told of by itself."""
    return asking.needed(resource, act if act == "delete" else f"do:{act}", ids) if act != "edit" else set()


def at_once(resource: Any, act: str, ids: Sequence[int], values: Mapping[str, Any], since: int | None = None) -> Done:
    """Do it now, in one transaction; rows that refuse are skipped, and those whose fields were changed after `since`, the
    place in the history that the actor saw."""
    with writing(), changes.change(f"bulk {act}", resource=resource.name) as change:
        done = _some(resource, act, ids, values, since)
        done.change = change
        return done


def ask(args: dict[str, Any], *, label: Any = "") -> int:
    """Have it done by a job: `resource`, `act`, `values` (as JSON), `ids` or `state` (the list's address), `since`."""
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
    counts = {key: job.position.get(key, 0) for key in ("done", "asked", "handed", "same", "skipped")}
    while True:
        ids = _next(resource, job, pace.size)
        if not ids:
            return
        with pace.write(), changes.within(job.change_id):
            found = _some(resource, act, ids, values, job.args.get("since"))
            for key, n in (("done", found.count), ("asked", found.asked), ("handed", found.handed), ("same", found.same), ("skipped", found.skipped)):
                counts[key] += n
            job.position.update(last=ids[-1], **counts)
            job.result["counts"] = {key: n for key, n in counts.items() if n or key not in ("asked", "handed", "same")}
            job.progress(job.done + len(ids))


def _values(resource: Any, act: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if act == "edit":
        return edits.unkept(resource, given)
    action = resource.all_actions.get(act)
    return acts.values(resource, action, given) if action is not None else {}


def _query(resource: Any, job: Running) -> listing.Query:
    return listing.parse(resource, [(k, v) for k, v in job.args["state"]])


def _next(resource: Any, job: Running, size: int) -> list[int]:
    last = job.position.get("last", 0)
    if "ids" in job.args:
        return sorted(i for i in job.args["ids"] if i > last)[:size]
    return meant(_query(resource, job), last, size)


def meant(query: listing.Query, last: int, size: int) -> list[int]:
    """The ids that a list means above one, in the order of the key."""
    if query.text:
        return sorted(i for i in listing.text_ids(query, 2**31) if i > last)[:size]
    return list(session.scalars(listing.by_key(query, last).limit(size)))


def _some(resource: Any, act: str, ids: Sequence[int], values: Mapping[str, Any], since: int | None = None) -> Done:
    """A batch: what the actor may not change, what was changed since he looked, or what refuses now, is skipped and counted."""
    model = resource.model
    query = resource.visible(verb_of(act)).with_only_columns(model.id).where(model.id.in_(ids))
    allowed = list(session.scalars(query))
    done = Done(skipped=len(ids) - len(allowed))
    if since is not None and act == "edit":
        allowed = _as_seen(resource, allowed, values, since, done)
    held = approval(resource, act, allowed)
    _try(resource, act, [i for i in allowed if i not in held], values, done)
    for row_id in sorted(held):
        _hand_in(resource, act, row_id, values, done)
    return done


def _hand_in(resource: Any, act: str, row_id: int, values: Mapping[str, Any], done: Done) -> None:
    """What needs approval is asked for, record by record; what cannot be asked for is skipped."""
    _ask(lambda: asking.submit(resource, act if act == "delete" else f"do:{act}", row_id, values), done)


def _ask(call: Callable[[], Any], done: Done) -> None:
    try:
        with session.begin_nested():
            call()
        done.handed += 1
    except CrmError as refused:
        done.skipped += 1
        done.why = done.why or refused.message


def _as_seen(resource: Any, ids: list[int], asked: edits.Steps, since: int, done: Done) -> list[int]:
    """Those in which nobody has changed the fields since the preview, or that came to be only then."""
    mine = current_work().info["change"]
    touched = changes.edited_since(resource.name, dict.fromkeys(ids, since), (mine,))
    fields = {"*", *edits.columns(resource, asked)}
    stays = [row_id for row_id in ids if not touched.get(row_id, set()) & fields]
    if len(stays) < len(ids):
        done.skipped, done.why = done.skipped + len(ids) - len(stays), CHANGED
    return stays


def _try(resource: Any, act: str, ids: list[int], values: Mapping[str, Any], done: Done) -> None:
    """All of them; when that is refused, in halves, so that a few that cannot be done cost little."""
    if not ids:
        return
    try:
        with session.begin_nested():
            changed, asked = _do(resource, act, ids, values)
        done.count, done.asked, done.same = done.count + changed, done.asked + asked, done.same + len(ids) - changed - asked
    except CrmError as refused:
        if len(ids) == 1 and isinstance(refused, OverLimit) and asking.needed(resource, asking.OVER, ids):
            limit = refused
            _ask(lambda: asking.over(resource, act, ids[0], values, limit), done)
            return
        if len(ids) == 1:
            done.skipped += 1
            done.why = done.why or refused.message
            return
        for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
            _try(resource, act, half, values, done)


def _do(resource: Any, act: str, ids: list[int], values: Mapping[str, Any]) -> tuple[int, int]:
    if act == "edit":
        return edits.do(resource, values, ids)
    if act == "delete":
        resource.delete(ids)
    else:
        resource.run(act, ids, values)
    return len(ids), 0
