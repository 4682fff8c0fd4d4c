"""What pages and paper say of approvals: how far one is, what each said, and the mark and acts on the record's page."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.approvals import flows, gates, running, stepping
from crm_core.features.approvals.stepping import approval, place
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import actor, site
from crm_core.resource.show import say_date, show_moment
from crm_core.web import facts, render, urls
from crm_core.web.viewmodels import Act, PanelRow, PanelView, PrintTable, RecordPage, Status

URL = "/approvals"
STATES = {
    "open": Status(_("Waits for approval"), "hourglass-low", "amber"), "returned": Status(_("Sent back to its author"), "arrow-back-up", "red"),
    "agreed": Status(_("Approved"), "circle-check", "green"), "refused": Status(_("Not approved"), "x", "red"), "withdrawn": Status(_("Withdrawn"), "arrow-back-up"),
}
PLACES = {
    "open": Status(_("asked"), "hourglass-low", "amber"), "agreed": Status(_("agreed"), "circle-check", "green"), "refused": Status(_("refused"), "x", "red"),
    "handed": Status(_("handed on"), "user-share"), "over": Status(_("not needed any more"), "circle-dashed"),
}
SHOWN = 3  # approvals of a record on its page


def label(step: Any, number: int) -> str:
    """What a step is called."""
    name = step.get("name") or flows.WHO.get(step.get("who"), _("Administrators"))
    return str(_("%(n)s. %(name)s", n=number, name=name))


def need(step: Any, added: int = 0) -> Any:
    if step.get("who") == "users" and len(step.get("users") or ()) == 1 or step.get("who") in ("head", "supervisor"):
        return ""
    if step.get("need") == "some":
        return _("%(n)s of them", n=int(step.get("k") or 1) + added)
    return flows.NEED.get(step.get("need", "any"), "")


def course(found: Any) -> PanelView:
    """Its steps, with who is asked in each, how many of them are needed and what they said."""
    asked: dict[int, list[Any]] = {}
    for one in stepping.places(found.id):
        asked.setdefault(one.step, []).append(one)
    names = render.user_names({one.user_id for every in asked.values() for one in every})
    skipped = {one.step for one in stepping.votes([found.id]).get(found.id, []) if one.verdict == "skip"}
    rows = []
    for number, step in enumerate(found.steps, 1):
        every = asked.get(number, [])
        if not every:
            rows.append(PanelRow(label(step, number), _("left out: its condition does not hold") if number in skipped else need(step)))
            continue
        rows.append(PanelRow(label(step, number), need(step, stepping.added(found) if number == found.step else 0) if len(every) > 1 else ""))
        latest = {one.user_id: one for one in every}  # of who was asked twice the last time counts
        rows += [PanelRow(names.get(one.user_id, "?"), _("until %(day)s", day=say_date(one.due)) if one.due and one.state == "open" else "", status=PLACES[one.state])
                 for one in latest.values()]
    return PanelView(_("Steps"), "checklist", "", tuple(rows))


def lines(numbers: Sequence[int], when: Callable[[dt.datetime], str] = show_moment) -> dict[int, list[tuple[str, str, str]]]:
    """(who and what, opinion, when) of everything that was said, oldest first, by approval."""
    said = stepping.votes(numbers) if numbers else {}
    names = render.user_names({i for every in said.values() for one in every for i in (one.by_id, one.for_id, one.to_id)})
    found: dict[int, list[tuple[str, str, str]]] = {}
    for number, every in said.items():
        for one in every:
            who, what = names.get(one.by_id or 0, ""), stepping.SAID.get(one.verdict, one.verdict)
            if one.for_id:
                sentence = str(_("%(who)s, standing in for %(whom)s, %(what)s", who=who, whom=names.get(one.for_id, "?"), what=what))
            elif who:
                sentence = str(_("%(who)s %(what)s", who=who, what=what))
            else:
                sentence = str(_("Step %(n)s: %(what)s", n=one.step, what=what))
            if one.to_id:
                sentence = str(_("%(sentence)s: %(whom)s", sentence=sentence, whom=names.get(one.to_id, "?")))
            found.setdefault(number, []).append((sentence, one.opinion or "", when(one.at)))
    return found


def history(found: Any) -> PanelView:
    rows = tuple(PanelRow(said, opinion, when) for said, opinion, when in lines([found.id]).get(found.id, []))
    return PanelView(_("What was said"), "history", "", rows)


def of_record(resource: Any, row_id: int, limit: int) -> list[Any]:
    """The approvals of a record, newest first; no statement where no flow was ever for such records."""
    if resource.name not in flows.subjects():
        return []
    query = sa.select(approval).where(approval.c.kind == "flow", approval.c.subject == resource.name, approval.c.subject_id == row_id)
    return list(session.connection().execute(query.order_by(approval.c.id.desc()).limit(limit)))


def dress(resource: Any, row: Any, page: RecordPage) -> RecordPage:
    """Slot of record pages: the approval under way, those that ended, and handing in."""
    if resource.name == "core.task":
        page = _task(row, page)
    if resource.is_brief or resource.name not in flows.subjects():
        return page
    found = of_record(resource, row.id, SHOWN)
    first = found[0] if found and found[0].state in ("open", "returned") else None
    marks = (STATES[found[0].state],) if found and (first is not None or found[0].transition in (flows.SUBMIT, flows.CREATE)) else ()
    panels = tuple(_panel(one, resource, row.id) for one in found) if page.body in ("panorama", "facts") else ()
    more = []
    if first is None and resource.may("update") and facts.his(resource, row, "update"):
        more = [Act(_("Hand in: %(what)s", what=one.name), urls.of_act(resource, row.id, "submit", [("flow", str(one.id))]), "send", dialog=True)
                for one in flows.of(resource.name, flows.SUBMIT) if row.id in flows.holds(resource, one.when, [row.id])]
    acts = (Act(_("Decide"), f"{URL}/{first.id}", "rubber-stamp", key="A"),) if first is not None and running.mine(first) is not None else ()
    return replace(page, marks=(*marks, *page.marks), acts=(*acts, *page.acts), more=(*more, *page.more), first=(*panels[:1], *page.first) if first is not None else page.first,
                   side=(*page.side, *(panels[1:] if first is not None else panels)) if page.body == "panorama" else page.side,
                   sheet=(*acts, *more, *page.sheet) if page.sheet else ())


def _panel(found: Any, resource: Any, row_id: int) -> PanelView:
    asked = [one for one in stepping.places(found.id, found.step) if one.state == "open"]
    names = render.user_names({one.user_id for one in asked})
    state = STATES[found.state]
    now = PanelRow(found.title or "", _("by %(who)s", who=listed(sorted(names.values()))) if asked else "", status=state, url=f"{URL}/{found.id}" if may_see(found) else "")
    return PanelView(_("Approval"), "rubber-stamp", "", (now, *history(found).rows))


def _task(row: Any, page: RecordPage) -> RecordPage:
    """The task of who is asked leads to what is to be decided."""
    url = lead(row)
    return replace(page, acts=(Act(_("Decide"), url, "rubber-stamp"), *page.acts)) if url and row.done_at is None else page


def lead(task: Any) -> str:
    """Slot of tasks: where a task of an approval is dealt with."""
    key = task.source_key or ""
    return f"{URL}/{key.split(':')[1]}" if key.startswith("approval:") else ""


def may_see(found: Any) -> bool:
    """Whether the actor has to do with an approval, or looks into every one."""
    who = actor()
    if found.asked_by_id == who.user_id or who.can(flows.DRAW) or running.mine(found) is not None:
        return True
    query = sa.select(place.c.id).where(place.c.approval_id == found.id, place.c.user_id == who.user_id).limit(1)
    said = sa.select(stepping.vote.c.id).where(stepping.vote.c.approval_id == found.id, stepping.vote.c.by_id == who.user_id).limit(1)
    return any(session.connection().execute(one).first() is not None for one in (query, said))


def printed(resource: Any, row_id: int) -> tuple[PrintTable, ...]:
    """Slot of paper: what was said of a record, under its facts."""
    found = of_record(resource, row_id, SHOWN)
    said = lines([one.id for one in found], lambda at: f"{clock.local(at):%Y-%m-%d %H:%M}")  # a sheet is read on other days too
    columns = (_("Who"), _("Opinion"), _("When"))
    return tuple(PrintTable(columns, tuple(said.get(one.id, ())), _("Approval: %(what)s (%(state)s)", what=one.title, state=STATES[one.state].label)) for one in found)


def moved(found: Any) -> tuple[PanelView, ...]:
    """What would change, field by field, as far as the reader sees the fields."""
    resource = site().registry.resource(found.subject)
    fields, pairs = resource.fields(), (found.proposal or {}).get("fields", {})
    shown = {n: pair for n, pair in pairs.items() if n in fields and not fields[n].sensitive}
    if not shown:
        return ()
    names = gates.names_of(fields, shown)
    rows = tuple(PanelRow(fields[n].label, f"{facts.words(fields[n], fields[n].load(old), names) or '—'} → {facts.words(fields[n], fields[n].load(new), names) or '—'}") for n, (old, new) in shown.items())
    return (PanelView(_("What would change"), "pencil", "", rows),)
