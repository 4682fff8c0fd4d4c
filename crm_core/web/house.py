"""Pages about the house itself: jobs, deliveries, recycle bin, undo, help."""

import json
from typing import Any
from urllib.parse import urlsplit

import flask
import sqlalchemy as sa

from crm_core.data.session import session, system_scope, writing
from crm_core.kernel import jobs
from crm_core.kernel.errors import Forbidden, Missing
from crm_core.kernel.events import Event, words_of
from crm_core.kernel.i18n import _, listed, ngettext
from crm_core.kernel.models import JobRow, OutboxRow
from crm_core.kernel.site import actor, site
from crm_core.resource import leftover, recycle, undo
from crm_core.resource.show import show_moment
from crm_core.text.numbers import whole
from crm_core.web import bulk, cells, helping, jobviews, render, urls
from crm_core.web.access import access, signed_in
from crm_core.web.show import page_of
from crm_core.web.viewmodels import (
    Act,
    Crumb,
    DeliveriesPage,
    Delivery,
    Empty,
    Fact,
    FactGroup,
    JobPage,
    JobsPage,
    LeftPage,
    LeftRow,
    RecyclePage,
    RecycleRow,
    Status,
    Tab,
)

blueprint = flask.Blueprint("house", __name__)
PAGE = 50


# --- jobs --------------------------------------------------------------------------------------------------------------


@blueprint.get("/jobs")
@signed_in
def job_list() -> Any:
    """One's own jobs; everybody's for who may see them."""
    who = actor()
    everybody = who.can("core.jobs.read") and flask.request.args.get("of") == "all"
    query = sa.select(JobRow).order_by(JobRow.id.desc()).limit(PAGE + 1)
    if not everybody:
        query = query.where(JobRow.actor_id == who.user_id)
    if (before := whole(flask.request.args.get("before", ""))) is not None:
        query = query.where(JobRow.id < before)
    rows = list(session.scalars(query))
    names = render.user_names({r.actor_id for r in rows})
    tabs: tuple[Tab, ...] = ()
    if who.can("core.jobs.read"):
        tabs = (Tab(_("Mine"), "/jobs", not everybody), Tab(_("Everybody’s"), "/jobs?of=all", everybody))
    args = [("of", "all" if everybody else "")]
    return page_of("jobs.html", JobsPage(
        _("Jobs"), jobviews.views(rows[:PAGE], names), tabs=tabs,
        next_url=urls.address("/jobs", [*args, ("before", str(rows[PAGE - 1].id))]) if len(rows) > PAGE else "",
        empty=Empty(_("No jobs yet"), _("Imports, exports and acts on many records run here, with their progress.")) if not rows else None,
        schedules=tuple((j.label or j.name, j.every) for j in site().registry.jobs.values() if j.every) if everybody else (),
    ))


def _job(job_id: int) -> Any:
    row = jobviews.job_row(job_id)
    if row is None:
        raise Missing(_("This page was not found."))
    return row


@blueprint.get("/jobs/<int:job_id>")
@signed_in
def job(job_id: int) -> Any:
    row = _job(job_id)
    facts = [Fact(_("Asked for"), show_moment(row.made_at)), Fact(_("Tries"), str(row.failures + 1 if row.failures else row.claims))]
    counts = (row.result or {}).get("counts") or {}
    words = {"new": _("New"), "updated": _("Updated"), "same": _("Unchanged"), "doubtful": _("Doubtful"), "refused": _("Refused"),
             "done": _("Done"), "asked": _("Proposed"), "handed": _("Handed in"), "skipped": _("Skipped"), "conflicts": _("Left because edited since")}
    facts += [Fact(words[k], f"{v:,}") for k, v in counts.items() if k in words]
    if row.name == "core.undo" and counts.get("conflicts"):
        facts.append(Fact(_("Left as they are"), cells.linked(_("Show them"), f"/undo/{row.args['change']}")))
    url = (row.result or {}).get("url")
    if url and row.state == "done" and row.actor_id == actor().user_id:
        facts.append(Fact(_("File"), cells.linked(_("Save the file"), url)))
    return page_of("job.html", JobPage(jobviews.views([row], render.user_names([row.actor_id]))[0], (Crumb(_("Jobs"), "/jobs"),),
                                       (FactGroup(_("Facts"), tuple(facts)),)))


@blueprint.get("/jobs/<int:job_id>.json")
@signed_in
def job_json(job_id: int) -> Any:
    return jobviews.poll(_job(job_id))


def _steer(job_id: int) -> None:
    if not jobviews.may_steer(_job(job_id)):
        raise Forbidden(_("Your roles do not include this."))


@blueprint.post("/jobs/<int:job_id>/cancel")
@signed_in
def job_cancel(job_id: int) -> Any:
    _steer(job_id)
    with writing():
        jobs.cancel(job_id)
    return _back(f"/jobs/{job_id}")


@blueprint.post("/jobs/<int:job_id>/again")
@signed_in
def job_again(job_id: int) -> Any:
    _steer(job_id)
    with writing():
        jobs.run_again(job_id)
    return _back(f"/jobs/{job_id}")


def _back(default: str) -> Any:
    if "application/json" in flask.request.headers.get("Accept", ""):
        return {}
    return flask.redirect(urls.safe_path(flask.request.form.get("back", "")) if flask.request.form.get("back") else default, 303)


# --- deliveries --------------------------------------------------------------------------------------------------------

DELIVERY = {
    "queued": Status(_("Waiting"), "clock", "amber"), "running": Status(_("Running"), "loader-2", "acc"),
    "done": Status(_("Delivered"), "check", "green"), "parked": Status(_("Parked"), "alert-triangle", "red"),
    "dormant": Status(_("Dormant"), "player-pause"), "cancelled": Status(_("Cancelled"), "x"),
}


@blueprint.get("/deliveries")
@access("core.deliveries.read")
def deliveries() -> Any:
    state = flask.request.args.get("state", "")
    query = sa.select(OutboxRow).order_by(OutboxRow.id.desc()).limit(PAGE + 1)
    if state in DELIVERY:
        query = query.where(OutboxRow.state == state)
    if (before := whole(flask.request.args.get("before", ""))) is not None:
        query = query.where(OutboxRow.id < before)
    rows = list(session.scalars(query))
    shown = tuple(
        Delivery(str(r.id), *_words(r), DELIVERY.get(r.state, Status(r.state)), show_moment(r.made_at), r.failures,
                 show_moment(r.run_at) if r.state == "queued" and r.failures else "", jobviews.last_line(r.error),
                 rerun=Act(_("Deliver again"), f"/deliveries/{r.id}/again", "refresh", "post") if r.state == "parked" else None)
        for r in rows[:PAGE]
    )
    tabs = (Tab(_("All"), "/deliveries", not state), Tab(_("Parked"), "/deliveries?state=parked", state == "parked"),
            Tab(_("Waiting"), "/deliveries?state=queued", state == "queued"))
    return page_of("deliveries.html", DeliveriesPage(
        _("Deliveries"), shown, tabs,
        next_url=urls.address("/deliveries", [("state", state), ("before", str(rows[PAGE - 1].id))]) if len(rows) > PAGE else "",
        empty=Empty(_("Nothing here"), _("Effects of changes – mails, notices, follow-ups – pass through here.")) if not rows else None,
    ))


def _words(row: OutboxRow) -> tuple[Any, Any]:
    """What a delivery does and what happened, in words; of a module that is off nobody knows more than that."""
    listen = site().registry.listener.get(row.listener)
    if listen is None:
        return _("For a module that is switched off"), words_of(row.event)
    event: type[Event] = listen.event
    happened = event.label or words_of(row.event)
    data = json.loads(row.data)
    about = site().registry.resources.get(data.get("resource", "")) if isinstance(data, dict) else None
    said = [str(happened), *([str(about.label)] if about is not None else [])]
    return listen.label or happened, " · ".join(said)


@blueprint.post("/deliveries/<int:row_id>/again")
@access("core.deliveries.update")
def deliver_again(row_id: int) -> Any:
    from crm_core.kernel import outbox

    with writing():
        outbox.run_again(row_id)
    return _back("/deliveries")


# --- recycle bin and undo ----------------------------------------------------------------------------------------------


@blueprint.get("/recycle")
@signed_in
def bin_page() -> Any:
    rows, more = recycle.entries(before=flask.request.args.get("before", ""), limit=PAGE)
    names = render.user_names({r.actor_id for r in rows})
    shown = []
    for r in rows:
        resource = site().registry.resources[r.resource]
        undo_act = Act(_("Bring back"), f"/undo/{r.change}", "arrow-back-up", "post") if r.may_restore else None
        parts = ngettext("with %(n)s part", "with %(n)s parts", r.parts) if r.parts else ""
        shown.append(RecycleRow(r.label, resource.singular, resource.icon, show_moment(r.at),
                                render.person(names[r.actor_id], r.actor_id) if r.actor_id in names else None, parts,
                                _("can be brought back until %(when)s", when=show_moment(r.until)), undo_act))
    return page_of("recycle.html", RecyclePage(
        _("Recycle bin"), tuple(shown), _("Deleted records stay here for 30 days. Bringing one back brings back what was deleted with it."),
        next_url=urls.address("/recycle", [("before", more)]) if more else "",
        empty=Empty(_("The recycle bin is empty"), _("Deleted records can be brought back from here for 30 days.")) if not rows else None,
    ))


SINCE = {"update": _("edited since"), "delete": _("deleted since"), "restore": _("brought back since"), "create": _("made anew since")}


@blueprint.post("/undo/<int:change_id>")
@signed_in
def undo_change(change_id: int) -> Any:
    """Take an act back: at once when it is small, by a job when it is large."""
    result = undo.ask(change_id)
    if result.job is not None:
        return flask.redirect(f"/jobs/{result.job}", 303)
    text = ngettext("Undone: %(n)s record", "Undone: %(n)s records", result.done)
    if result.conflicts:
        left = ngettext("%(n)s left because edited since", "%(n)s left because edited since", len(result.conflicts))
        text = f"{text} · {left}"
    bulk.say_undo(text, None)
    if "application/json" in flask.request.headers.get("Accept", ""):
        return {"done": result.done, "conflicts": len(result.conflicts)}
    if result.conflicts:
        return flask.redirect(f"/undo/{change_id}", 303)
    back = flask.request.form.get("back") or flask.request.headers.get("Referer", "")
    parts = urlsplit(back)
    if not parts.path:
        return flask.redirect("/", 303)
    return flask.redirect(_gone(parts.path) or urls.safe_path(parts.path + (f"?{parts.query}" if parts.query else "")), 303)


def _gone(path: str) -> str:
    """The list, where the record whose page one stood on is no more: what had made it was undone. Else ""."""
    package, name, row_id, *_rest = (*path.strip("/").split("/"), "", "", "")
    resource, at = site().registry.resources.get(f"{package}.{name}"), whole(row_id)
    if resource is None or at is None or not resource.verbs or not resource.may("read") or resource.sees(at):
        return ""
    return urls.of_list(resource)


@blueprint.get("/undo/<int:change_id>")
@signed_in
def left_by_undo(change_id: int) -> Any:
    """The records that an undo left as they are, each with what somebody did to it since."""
    rows = leftover.of(change_id)
    people = render.user_names({r.actor_id for r in rows})
    shown = []
    for name in dict.fromkeys(r.resource for r in rows):
        resource = undo.resource_of(name)
        mine = [r for r in rows if r.resource == name]
        names = resource.labels([r.row_id for r in mine]) if resource is not None else {}
        labels = {f.name if f.kept else f.column: f.label for f in (*resource.fields().values(), *resource.virtual)} if resource is not None else {}
        for r in mine:
            seen = r.row_id in names
            what = listed(labels[c] for c in r.columns if c in labels) if seen else ""
            told = _("edited since: %(what)s", what=what) if what else SINCE.get(r.verb, _("no longer yours to change, or in use"))
            shown.append(LeftRow(names.get(r.row_id) or _("hidden record"), resource.singular if resource is not None else name,
                                 urls.of_record(resource, r.row_id) if seen and resource.name in site().registry.resources else "",
                                 told, render.person(people[r.actor_id], r.actor_id) if r.actor_id in people else None, show_moment(r.at) if r.at else ""))
    return page_of("left.html", LeftPage(
        _("Left as they are"), _("These records were not taken back: somebody has edited them since, and that is kept."), tuple(shown), "/recycle",
        Empty(_("Everything was taken back"), "") if not shown else None,
    ))


# --- help --------------------------------------------------------------------------------------------------------------


@blueprint.get("/help")
@signed_in
def help_page() -> Any:
    return page_of("help.html", helping.page(flask.request.args.get("at", "/")))


def parked() -> int:
    """How many deliveries wait for an administrator (bounded), for the doctor."""
    with system_scope("parked deliveries") as db:
        few = sa.select(OutboxRow.id).where(OutboxRow.state == "parked").limit(1_000).subquery()
        return int(db.execute(sa.select(sa.func.count()).select_from(few)).scalar_one())
