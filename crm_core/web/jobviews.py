"""A job as its owner sees it, and the answers its progress bar polls."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.kernel import words
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.models import JobRow
from crm_core.kernel.site import actor, site
from crm_core.resource.changes import Change
from crm_core.resource.show import show_moment
from crm_core.resource.undo import PERMISSION
from crm_core.web import render
from crm_core.web.viewmodels import Act, JobView

STATES = {"queued": "waiting", "running": "running", "done": "done", "failed": "failed", "cancelled": "cancelled", "parked": "parked"}


def job_row(job_id: int) -> Any:
    """The job, if it is the acting person's or he may see all jobs; None otherwise."""
    row = session.execute(sa.select(JobRow).where(JobRow.id == job_id)).scalar_one_or_none()
    who = actor()
    if row is None or (who is not None and row.actor_id != who.user_id and not who.can("core.jobs.read")):
        return None
    return row


def may_steer(row: Any) -> bool:
    """Whether the acting person may stop a job or run it again: his own, or everybody's with the right to that."""
    who = actor()
    return bool(who is None or row.actor_id == who.user_id or who.can("core.jobs.update"))


def _may_undo(row: Any) -> bool:
    who = actor()
    return bool(row.change_id and (who is None or row.actor_id == who.user_id or who.can(PERMISSION)))


def job_view(job_id: int) -> JobView | None:
    row = job_row(job_id)
    return views([row])[0] if row is not None else None


def views(rows: Sequence[Any], names: dict[int, str] | None = None) -> tuple[JobView, ...]:
    """The rows of jobs as they are drawn; what has been undone already offers no Undo."""
    made = {r.change_id for r in rows if r.change_id and r.done}
    query = sa.select(Change.id).where(Change.id.in_(made), Change.undone_by.is_(None))
    standing = set(session.scalars(query)) if made else set()
    return tuple(_view(row, names, row.change_id in standing) for row in rows)


def _view(row: Any, names: dict[int, str] | None, undoable: bool) -> JobView:
    state = STATES.get(row.state, "waiting")
    known = site().registry.jobs.get(row.name)
    over = state in ("done", "failed", "cancelled", "parked")
    mine = may_steer(row)
    return JobView(
        id=str(row.id), title=row.label or (known.label if known else row.name), state=state,  # type: ignore[arg-type]
        done=row.done or 0, total=row.total or 0, text=progress_text(row), url=f"/jobs/{row.id}", poll_url=f"/jobs/{row.id}.json",
        person=render.person(names[row.actor_id], row.actor_id) if names and row.actor_id in names else None,
        started=show_moment(row.started_at) if row.started_at else "", ended=show_moment(row.ended_at) if row.ended_at else "",
        error=last_line(row.error),
        cancel=Act(_("Stop"), f"/jobs/{row.id}/cancel", "player-stop", "post") if mine and not over else None,
        rerun=Act(_("Run again"), f"/jobs/{row.id}/again", "refresh", "post") if mine and state in ("parked", "failed", "cancelled") else None,
        undo=Act(_("Undo"), f"/undo/{row.change_id}", "arrow-back-up", "post") if over and undoable and _may_undo(row) else None,
    )


def last_line(error: str | None) -> str:
    """What went wrong, in the reader's language where it is a sentence of ours; of a longer report its end."""
    lines = str(words.read_line(error)).splitlines()
    return lines[-1][:300] if lines else ""


def progress_text(row: Any) -> str:
    if row.state == "queued":
        return str(_("Waiting to start"))
    if row.total:
        return str(_("%(done)s of %(total)s", done=f"{row.done:,}", total=f"{row.total:,}"))
    return str(_("%(done)s done", done=f"{row.done or 0:,}"))


def besides(asked: int, skipped: int, handed: int = 0) -> list[str]:
    """What became of the other rows of an act on many, in words."""
    return [*([str(ngettext("%(n)s proposed, waits for a reviewer", "%(n)s proposed, wait for a reviewer", asked))] if asked else []),
            *([str(ngettext("%(n)s handed in for approval", "%(n)s handed in for approval", handed))] if handed else []),
            *([str(_("%(n)s skipped", n=f"{skipped:,}"))] if skipped else [])]


def told(row: Any) -> str:
    """What a toast says: the job's name and how far it is, or what came of it."""
    counts = (row.result or {}).get("counts") or {}
    said = progress_text(row)
    if row.state == "done" and "done" in counts:
        said = " · ".join([str(_("%(n)s done", n=f"{counts['done']:,}")), *besides(counts.get("asked", 0), counts.get("skipped", 0), counts.get("handed", 0))])
    elif row.state in ("failed", "cancelled", "parked"):
        said = str({"failed": _("Failed"), "cancelled": _("Cancelled"), "parked": _("Parked")}[row.state])
    known = site().registry.jobs.get(row.name)
    return f"{row.label or (known.label if known else row.name)} · {said}"


def poll(row: Any) -> dict[str, Any]:
    """What the progress bar reads."""
    found: dict[str, Any] = {"state": STATES.get(row.state, "waiting"), "done": row.done or 0, "total": row.total or 0, "text": progress_text(row), "told": told(row)}
    counts = (row.result or {}).get("counts")
    if counts:
        found["counts"] = {k: counts.get(k, 0) for k in ("new", "updated", "doubtful", "refused")}
    if row.result and row.result.get("url"):
        found["url"] = row.result["url"]
    if row.state in ("done", "cancelled") and row.done and _may_undo(row):
        found["undo"] = {"url": f"/undo/{row.change_id}", "label": str(_("Undo"))}
    return found
