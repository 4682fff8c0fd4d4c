"""The page on which somebody proposes other values of a record, in its ordinary form; what its page says of proposals; and the page
of what one proposes oneself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import flask

from crm_core.data.session import writing
from crm_core.features.approvals import flows, gates, proposals, rules, withdrawing
from crm_core.kernel.errors import Forbidden, Invalid, Refused
from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import actor, site
from crm_core.resource import asking, changes
from crm_core.resource.fields import Field
from crm_core.resource.references import RefField, named
from crm_core.resource.show import show_moment
from crm_core.text.numbers import whole
from crm_core.web import acting, bulk, controls, edit, facts, render, urls, ways
from crm_core.web.access import body_limit, resource_access, signed_in
from crm_core.web.pages import ROW, resource_at
from crm_core.web.show import page_of
from crm_core.web.viewmodels import (
    Act,
    Crumb,
    Empty,
    ErrorLink,
    FormPage,
    Note,
    PanelRow,
    PanelView,
    PhoneAct,
    RecordPage,
    RecyclePage,
    RecycleRow,
    Section,
)

pages = flask.Blueprint("proposals", __name__)
MINE = "/me/proposals"
SHOWN = 50  # of one's own, a page


@pages.route(f"{ROW}/propose", methods=["GET", "POST"])
@resource_access("read")
def propose(package: str, path: str, row_id: int) -> Any:
    resource = resource_at(package, path)
    flow = flows.wanting(resource, flows.UPDATE, [row_id]).get(row_id) if resource.may("update") else None
    reviewed = rules.changes(resource.name) or flow is not None
    if not resource.may("propose") and not (reviewed and resource.may("update")):
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Propose a change")))
    row, fields = resource.get(row_id, "propose" if resource.may("propose") and flow is None else "update"), proposals.fields_of(resource)
    texts = {n: f.text(getattr(row, f.column)) for n, f in fields.items()}
    if (before := proposals.mine(resource, row_id)) is not None:  # he goes on with what he proposed
        texts.update({n: fields[n].text(fields[n].load(new)) for n, (_old, new) in before.proposal["fields"].items() if n in fields})
    if said := asking.locked(resource, [row_id]):
        raise Refused(said[row_id])
    if flask.request.method == "GET":
        return page_of("form.html", _form(resource, row, fields, texts, {}, "", reviewed=reviewed))
    texts.update(controls.read(fields, flask.request.form))
    faults: dict[str, list[Any]] = {}
    why, note = flask.request.form.get("why", "").strip(), ""
    values = controls.parse(fields, texts, faults, edit.unchanged(row, fields, texts))
    if not why and not reviewed:
        faults["why"] = [_("This is required.")]
    if not faults:
        try:
            with writing(), changes.change("propose", resource=resource.name) as change:
                if flow is not None:
                    gates.change(resource, row_id, flow, values, why[:2_000])
                else:
                    proposals.propose(resource, row_id, values, why[:2_000], whole=True)
        except Invalid as bad:
            faults.update({n: list(said) for n, said in bad.fields.items() if n in fields})
            note = "" if faults else str(bad.message)
        else:
            bulk.say_undo(asking.HANDED_IN if flow is not None else asking.DONE if reviewed else _("Proposed; who may change it decides."), change)
            return flask.redirect(ways.to_record(resource, row_id), 303)
    return page_of("form.html", _form(resource, row, fields, texts, faults, why, note, reviewed=reviewed)), 422


@pages.route(f"{ROW}/proposals/<int:number>/<any(accept, decline):verb>", methods=["GET", "POST"])
@resource_access("read")
@body_limit(acting.limit)
def decide(package: str, path: str, row_id: int, number: int, verb: str) -> Any:
    """Accept or decline one proposal: the one that was read, none that came in its place."""
    return acting.answer(resource_at(package, path), verb, row_id, at=f"proposals/{number}/{verb}", proposal=number)


@pages.get(MINE)
@signed_in
def mine() -> Any:
    """What one has proposed oneself, of any kind of record, and nobody has decided on."""
    found = withdrawing.own(whole(flask.request.args.get("before", "")), SHOWN + 1)
    known = {name: resource for name in {one.subject for one in found} if (resource := site().registry.resources.get(name)) is not None}
    names = {name: resource.labels([one.subject_id for one in found if one.subject == name]) for name, resource in known.items()}
    rows = tuple(_mine(known[one.subject], one, names[one.subject].get(one.subject_id, "")) for one in found[:SHOWN] if one.subject in known)
    return page_of("recycle.html", RecyclePage(
        _("What I propose"), rows, _("A reviewer, or who may change the record, decides on it. Until then you can withdraw it."),
        next_url=urls.address(MINE, [("before", str(found[SHOWN - 1].id))]) if len(found) > SHOWN else "",
        empty=Empty(_("You propose nothing"), _("What you propose on a record's page waits here until it is decided.")) if not rows else None,
    ))


def _mine(resource: Any, one: Any, name: str) -> RecycleRow:
    fields = resource.fields()
    what = proposals.LABELS["delete"] if one.kind == "delete" else listed(fields[n].label for n in one.proposal["fields"] if n in fields)
    return RecycleRow(name or _("hidden record"), resource.singular, resource.icon, show_moment(one.asked_at), None, what, undo=_withdraw(one, MINE),
                      url=urls.of_record(resource, one.subject_id) if name else "")


def _withdraw(one: Any, back: str) -> Act:
    return Act(_("Withdraw"), f"{MINE}/{one.id}/withdraw", "arrow-back-up", "post", fields=(("back", back),))


@pages.post(f"{MINE}/<int:number>/withdraw")
@signed_in
def withdraw(number: int) -> Any:
    """Take back what one has proposed oneself."""
    bulk.say_undo(_("Withdrawn"), withdrawing.withdraw(number))
    return flask.redirect(urls.safe_path(flask.request.form.get("back", MINE)), 303)


def _form(resource: Any, row: Any, fields: dict[str, Field], texts: dict[str, str], faults: dict[str, list[Any]], why: str, note: str = "", *, reviewed: bool) -> FormPage:
    asked = controls.of_fields({"why": replace(proposals.WHY, required=not reviewed)}, {"why": why}, faults)
    said = (_("Changes of these records are reviewed: nothing changes until a reviewer has accepted it.") if reviewed
            else _("Nothing changes until who may change the record accepts it."))
    sections = (replace(one, lines=()) for one in controls.sections(resource, fields, texts, faults, {}, {}, creating=False) if one.fields)
    back = ways.to_record(resource, row.id)
    return FormPage(
        title=_("Propose a change: %(name)s", name=resource.title(row)), action=urls.of_act(resource, row.id, "propose"), cancel_url=back,
        sections=(*sections, Section("why", _("Reason"), asked)) if reviewed else (Section("why", _("Reason"), asked), *sections), submit=_("Propose"), crumbs=(Crumb(resource.label, urls.of_list(resource)), Crumb(resource.title(row), back)),
        errors=tuple(ErrorLink(n, fields[n].label if n in fields else proposals.WHY.label, m[0]) for n, m in faults.items()),
        note=Note(note, colour="red", icon="alert-triangle") if note else Note(said, colour="acc", icon="info-circle"),
    )


def dress(resource: Any, row: Any, page: RecordPage) -> RecordPage:
    """The record page: proposing for who may not do it himself, and what waits for who may accept it or has proposed it."""
    if resource.is_brief or "propose" not in resource.all_actions:
        return page
    mine = {verb: resource.may(verb) and facts.his(resource, row, verb) for verb in ("propose", "update", "delete", "accept", "decline")}
    more, reviewed = [], rules.changes(resource.name)
    if reviewed:
        bound = bool(asking.bound(resource, [row.id]))
        mine.update(accept=mine["accept"] and not bound, reviewed=not bound)
        mine["delete"], mine["decline"] = mine["delete"] and not bound, mine["decline"] and not bound
    if mine["propose"] and not mine["update"]:
        more.append(Act(_("Propose a change"), urls.of_act(resource, row.id, "propose"), "bulb"))
    if mine["propose"] and not mine["delete"]:
        more.append(Act(_("Propose deletion"), urls.of_act(resource, row.id, "do/propose_deletion"), "trash", dialog=True))
    found = proposals.waiting(resource.name, [row.id]) if page.body == "panorama" or (page.body == "facts" and not resource.timeline) else []
    rows = [line for one in found if mine["accept"] or one.asked_by_id == actor().user_id for line in _lines(resource, row, one, mine)]
    panels = (PanelView(_("Proposed"), "bulb", "", tuple(rows)),) if rows else ()
    page = on_phone(page, more)
    return replace(page, more=(*page.more, *more), first=(*panels, *page.first))


def on_phone(page: RecordPage, acts: Sequence[Act]) -> RecordPage:
    """A phone has the acts behind the last button of its bar: these come first there."""
    if not acts:
        return page
    more = () if any(one.opens for one in page.phone) else (PhoneAct(_("More"), "dots", opens="sheet-more"),)
    return replace(page, phone=(*page.phone, *more), sheet=(*acts, *(page.sheet or page.more)))


def _lines(resource: Any, row: Any, one: Any, mine: dict[str, bool]) -> list[PanelRow]:
    """What one person proposes: who and why, then field by field."""
    who = render.user_names([one.asked_by_id]).get(one.asked_by_id or 0, "")
    acts = [] if one.asked_by_id != actor().user_id else [_withdraw(one, urls.of_record(resource, row.id))]
    if mine["accept"] and (mine.get("reviewed") or mine["delete" if one.kind == "delete" else "update"]):
        acts.append(_accept(resource, row, one, mine["update"]))
    if mine["decline"]:
        acts.append(Act(_("Decline"), urls.of_act(resource, row.id, f"proposals/{one.id}/decline"), "x", dialog=True))
    if one.kind == "delete":
        return [PanelRow(_("%(name)s proposes to delete this", name=who), one.reason or "", acts=tuple(acts))]
    fields = resource.fields()
    pairs = {n: pair for n, pair in one.proposal["fields"].items() if n in fields}
    wanted: dict[str, set[int]] = {}
    for name, pair in pairs.items():
        target = getattr(fields[name], "target", "")
        if isinstance(fields[name], RefField) and target:
            wanted.setdefault(target, set()).update(value for value in pair if isinstance(value, int))
    names = named(wanted)

    def said(field: Field, value: Any) -> str:
        return facts.words(field, field.load(value), names) or "—"

    return [PanelRow(_("%(name)s proposes to change this", name=who), one.reason or "", acts=tuple(acts)),
            *(PanelRow(fields[n].label, f"{said(fields[n], old)} → {said(fields[n], new)}") for n, (old, new) in pairs.items())]


def _accept(resource: Any, row: Any, one: Any, himself: bool) -> Act:
    """The ordinary form with these fields alone, at the version they were proposed for: what moved meanwhile is shown beside it."""
    if one.kind == "delete":
        return Act(_("Accept: delete it"), urls.of_act(resource, row.id, f"proposals/{one.id}/accept"), "check", "post", danger=True, fields=(("back", urls.of_list(resource)),),
                   confirm=_("Delete “%(name)s”? It can be brought back from the recycle bin for 30 days.", name=resource.title(row)))
    if not himself:
        return Act(_("Accept"), urls.of_act(resource, row.id, f"proposals/{one.id}/accept"), "check", "post", fields=(("back", urls.of_record(resource, row.id)),))
    fields = resource.fields(writing=True)
    sent = [pair for n, (_old, new) in one.proposal["fields"].items() if n in fields for pair in _sent(fields[n], new)]
    return Act(_("Accept"), urls.of_act(resource, row.id, "edit"), "check", "post", fields=(("version", str(one.proposal["version"])), *sent))


def _sent(field: Field, new: Any) -> list[tuple[str, str]]:
    """A value as a form sends it."""
    text = field.text(field.load(new))
    if field.kind == "boolean":
        return [(f"{field.name}__sent", "1"), *([(field.name, "1")] if new else [])]
    if field.kind == "choices":
        return [(f"{field.name}__sent", "1"), *((field.name, one) for one in text.split(",") if one)]
    return [(field.name, text)]
