"""What waits for approval: the list with its bulk answer, the page of one approval, and the answers."""

import enum
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access import lines
from crm_core.data import bulk as ids
from crm_core.data.session import session, system_scope, writing
from crm_core.features.approvals import flows, gates, running, stepping, telling
from crm_core.features.approvals.stepping import approval, place
from crm_core.features.approvals.telling import STATES, URL
from crm_core.kernel import clock
from crm_core.kernel.errors import CrmError, Forbidden, Invalid, Missing
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor, site
from crm_core.resource import acts
from crm_core.resource.fields import EnumField, Field, NoteField
from crm_core.resource.kept import Ask, among_ids, kept
from crm_core.resource.references import RefField, named
from crm_core.resource.show import show_date, show_moment
from crm_core.text.numbers import whole
from crm_core.web import bulk, controls, facts, render, urls, ways
from crm_core.web.access import resource_access, signed_in
from crm_core.web.edit import lines_of
from crm_core.web.pages import ROW, resource_at
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, BulkFormPage, Crumb, Empty, PhoneAct, RecordPage, Status, SubFact, Tab
from crm_core.web.viewmodels.approvals import ApprovalRow, ApprovalsPage

pages = flask.Blueprint("approvals", __name__)
SHOWN = 50
OPINION = NoteField(name="opinion", column="", label=_("Opinion"))
NEEDED = replace(OPINION, required=True)
WHY = NoteField(name="why", column="", label=_("Reason"), required=True)
USER = RefField(name="user", column="", label=_("Who"), target="core.user", required=True)


@kept
def _waiting(subjects: tuple[str, ...]) -> sa.Select[Any]:
    """The approvals about these that wait for one of `ids` and were not asked by `me`."""
    waits = sa.select(place.c.approval_id).where(among_ids(place.c.user_id), place.c.state == "open")
    return sa.select(approval.c.id).where(
        approval.c.id.in_(waits), approval.c.state == "open", approval.c.kind == "flow", approval.c.subject.in_(subjects),
        approval.c.asked_by_id != sa.bindparam("me", type_=sa.BigInteger()))


def badge() -> Ask:
    """The approvals that wait for the actor, or for whom he stands in; those of a plugin that sleeps wait until it wakes."""
    me = actor().user_id
    return Ask(_waiting(tuple(sorted(flows.subjects() & site().registry.resources.keys()))), {"me": me, "ids": [me, *lines.stood_for(me, clock.today())]})


def mine() -> sa.Select[Any]:
    """The same, whole."""
    ask = badge()
    return sa.select(approval).where(approval.c.id.in_(ask.query.params(**ask.values)))


@pages.get(URL)
@signed_in
def index() -> Any:
    """What waits for the actor, what he handed in, and for who draws flows everything."""
    looks = {"": _("For me"), "asked": _("Handed in by me"), **({"every": _("All")} if actor().can(flows.DRAW) else {})}
    look = flask.request.args.get("look", "")
    look = look if look in looks else ""
    asked = sa.select(approval).where(approval.c.kind == "flow", *([approval.c.asked_by_id == actor().user_id] if look == "asked" else []))
    query, before = asked if look else mine(), whole(flask.request.args.get("before", ""))
    if before is not None:
        query = query.where(approval.c.id < before)
    found = list(session.connection().execute(query.order_by(approval.c.id.desc()).limit(SHOWN + 1)))
    more, found = len(found) > SHOWN, found[:SHOWN]
    tabs = tuple(Tab(label, urls.address(URL, [("look", code)] if code else []), code == look) for code, label in looks.items())
    return page_of("approvals.html", ApprovalsPage(
        _("Approvals"), tabs, _rows(found, choose=not look), f"{URL}/agree" if found and not look else "",
        urls.address(URL, [*([("look", look)] if look else []), ("before", str(found[-1].id))]) if more else "",
        None if found else Empty(_("Nothing waits for your answer") if not look else _("Nothing was handed in"), _("What others hand in for you to decide on stands here, and among your tasks.")),
    ))


def _rows(found: list[Any], *, choose: bool) -> tuple[ApprovalRow, ...]:
    names = render.user_names({one.asked_by_id for one in found})
    found = [one for one in found if one.subject in site().registry.resources]
    titles, seen = stepping.titles(found), running.seen_of(found) if choose else {}
    days = {row.approval_id: row.due for row in session.connection().execute(
        sa.select(place.c.approval_id, sa.func.min(place.c.due).label("due")).where(ids.among(place.c.approval_id, list(titles)), place.c.state == "open").group_by(place.c.approval_id))} if titles else {}
    rows = []
    for one in found:
        resource, day = site().registry.resource(one.subject), days.get(one.id)
        late = Status(show_date(day), "alarm", "red" if day < clock.today() else "") if choose and day else None
        rows.append(ApprovalRow(
            titles[one.id], f"{URL}/{one.id}", " · ".join(str(part) for part in (resource.singular, one.title) if part), f"{one.id}.{seen[one.id]}" if choose else "",
            render.person(names.get(one.asked_by_id, ""), one.asked_by_id), show_moment(one.asked_at, short=True), late if choose else STATES[one.state]))
    return tuple(rows)


@pages.post(f"{URL}/agree")
@signed_in
def agree_all() -> Any:
    """Agree to several at once; each is an act of its own, and what cannot be agreed to is said."""
    done, refused = 0, []
    for text in dict.fromkeys(flask.request.form.getlist("id")[:SHOWN]):
        first, _dot, looked = text.partition(".")
        number = whole(first)
        if number is None:
            continue
        try:
            _seen(number)
            _do(number, "agree", {"opinion": flask.request.form.get("opinion", "").strip()}, looked)
            done += 1
        except CrmError as bad:
            refused.append(str(bad))
    said = [str(ngettext("%(n)s agreed to", "%(n)s agreed to", done))] if done else []
    bulk.say_undo(" · ".join([*said, *dict.fromkeys(refused)]) or _("Choose at least one record."), None)
    return flask.redirect(URL, 303)


def _seen(number: int) -> Any:
    """An approval that the actor has to do with. Raises Missing."""
    found = stepping.one(number)
    if found.subject not in site().registry.resources or not telling.may_see(found):
        raise Missing(_("This approval was not found."))
    return found


@pages.get(f"{URL}/<int:number>")
@signed_in
def show(number: int) -> Any:
    found = _seen(number)
    resource = site().registry.resource(found.subject)
    with system_scope("a record that somebody is asked about"):
        row = session.get(resource.model, found.subject_id)
        parts = {declared: lines_of(resource, declared, found.subject_id) for declared in resource.lines}
    sees = resource.sees(found.subject_id)
    shown = row is not None and row.deleted_at is None and (sees or found.state in ("open", "returned"))  # what became of it since is for who sees it
    fields = {n: f for n, f in resource.fields().items() if not f.sensitive}
    wanted: dict[str, set[int]] = {"core.user": {found.asked_by_id}}
    for f in fields.values():
        if row is not None and isinstance(f, RefField) and f.target and isinstance(value := getattr(row, f.column), int):
            wanted.setdefault(f.target, set()).add(value)
    parts = _parts(resource, parts, wanted) if shown else {}
    names = named(wanted)
    answers, looked = _answers(found), [("seen", running.seen(found))]
    to = {verb: urls.address(f"{URL}/{number}/{verb}", looked) for verb in answers}
    buttons = tuple(
        Act(label, f"{URL}/{number}/agree", icon, "post", key=key, fields=tuple(looked)) if verb == "agree" else Act(label, to[verb], icon, key=key, dialog=True, danger=verb == "refuse")
        for verb, (label, icon, key, main) in answers.items() if main)
    with_words = (Act(_("Agree and say something"), to["agree"], "message", dialog=True),) if "agree" in answers else ()
    rest = with_words + tuple(Act(label, to[verb], icon, dialog=True) for verb, (label, icon, _key, main) in answers.items() if not main)
    sub = (SubFact(found.title or "", "rubber-stamp"), SubFact(flows.said(resource, found.transition), "arrow-right"),
           SubFact(_("handed in by %(who)s, %(when)s", who=names.get("core.user", {}).get(found.asked_by_id, ""), when=show_moment(found.asked_at)), "user"))
    return page_of("record.html", RecordPage(
        title=stepping.title_of(found), crumbs=(Crumb(_("Approvals"), URL),), icon="rubber-stamp", status=STATES[found.state], sub=sub, acts=buttons, more=rest,
        groups=tuple(replace(g, edit_url="", facts=tuple(replace(f, history_url="") for f in g.facts)) for g in facts.groups(resource, fields, row, names, set())) if shown else (),
        lines=tuple(facts.lines_table(resource, declared, rows, names, row) for declared, rows in parts.items()),
        primary=Act(_("Open the record"), urls.of_record(resource, found.subject_id), resource.icon) if sees else None,
        first=(*telling.moved(found), telling.course(found), telling.history(found)),
        phone=_on_phone(answers, to), sheet=(*buttons, *rest),
    ))


def _parts(resource: Any, parts: Mapping[Any, list[Any]], wanted: dict[str, set[int]]) -> dict[Any, list[Any]]:
    """The parts of what is asked about, as far as who is asked may see such parts at all; what they point at is `wanted` too."""
    found = {}
    for declared, rows in parts.items():
        seen = resource.line_resource(declared.name).fields()
        columns = [seen[name] for name in declared.shown or declared.columns if name in seen]
        if not columns or any(f.sensitive for f in columns):
            continue
        for f in columns:
            if isinstance(f, RefField) and f.target:
                wanted.setdefault(f.target, set()).update(value for one in rows if isinstance(value := getattr(one, f.column), int))
        found[declared] = rows
    return found


def _answers(found: Any) -> dict[str, tuple[Any, str, str, bool]]:
    """What the actor can do now: verb → words, icon, key, whether it is a button."""
    if running.mine(found) is not None:
        return {
            "agree": (_("Agree"), "circle-check", "A", True), "refuse": (_("Refuse"), "x", "", True), "send_back": (_("Send back"), "arrow-back-up", "B", True),
            "hand_on": (_("Hand on"), "user-share", "", False), "add": (_("Ask somebody besides"), "user-plus", "", False)}
    if found.asked_by_id == actor().user_id and found.state in ("open", "returned"):
        return {**({"again": (_("Hand in again"), "send", "A", True)} if found.state == "returned" else {}), "withdraw": (_("Withdraw"), "arrow-back-up", "", True)}
    return {}


def _on_phone(answers: Mapping[str, tuple[Any, str, str, bool]], to: Mapping[str, str]) -> tuple[PhoneAct, ...]:
    """The answers in the bar under the thumb: each opens what it asks, so that nothing is agreed to by a slip."""
    if not answers:
        return ()
    first = next(iter(answers))
    ends = [PhoneAct(label, icon, to[verb]) for verb, (label, icon, _key, main) in answers.items() if main and verb != first]
    label, icon, _key, _main = answers[first]
    return (*ends[:1], PhoneAct(label, icon, to[first], main=True), *ends[1:], PhoneAct(_("More"), "dots", opens="sheet-more"))


def _fields(found: Any, verb: str) -> dict[str, Field]:
    """What an answer asks."""
    if verb == "send_back":
        earlier = sorted({one.step for one in stepping.places(found.id) if one.step < found.step})
        names = {"author": _("Its author"), **{str(n): telling.label(found.steps[n - 1], n) for n in earlier}}
        members = enum.StrEnum("To", {f"to_{code}": code for code in names})  # type: ignore[misc]
        to = EnumField(name="to", column="", label=_("To"), members=members, labels=names, required=True, default=members("author"))
        return {"to": to, "opinion": NEEDED} if earlier else {"opinion": NEEDED}
    return {one.name: one for one in {
        "agree": (OPINION,), "refuse": (NEEDED,), "hand_on": (USER, WHY), "add": (USER, replace(WHY, required=False)), "again": (replace(WHY, required=False),), "withdraw": (replace(WHY, required=False),),
    }[verb]}


@pages.route(f"{URL}/<int:number>/<any(agree, refuse, send_back, hand_on, add, again, withdraw):answer>", methods=["GET", "POST"])
@signed_in
def answer(number: int, answer: str) -> Any:
    """An answer: what it asks in a small form, then the answer."""
    found = _seen(number)
    known = _answers(found)
    fields = _fields(found, answer)
    looked = flask.request.values.get("seen", "")
    if flask.request.method == "GET":
        if answer not in known:
            raise Missing(_("This page was not found."))
        return page_of("bulk_form.html", _ask(found, answer, known[answer][0], fields, {}, {}, looked or running.seen(found)))
    texts = controls.read(fields, flask.request.form)
    label = known[answer][0] if answer in known else _("Answer")
    try:
        _do(number, answer, acts.checked(fields, texts), looked)
    except Invalid as bad:
        return page_of("bulk_form.html", _ask(found, answer, label, fields, texts, bad.fields, looked)), 422
    bulk.say_undo(_("Done: %(what)s", what=label), None)
    return flask.redirect(f"{URL}/{number}" if telling.may_see(stepping.one(number)) else URL, 303)


def _do(number: int, verb: str, values: Mapping[str, Any], looked: str) -> None:
    """An answer to what was looked at (`running.seen`)."""
    with writing():
        if verb not in ("again", "withdraw"):
            running.expect(number, looked)
        _said(number, verb, values)


def _said(number: int, verb: str, values: Mapping[str, Any]) -> None:
    opinion, why = (values.get("opinion") or "")[:2_000], (values.get("why") or "")[:2_000]
    if verb in ("agree", "refuse"):
        getattr(running, verb)(number, opinion)
    elif verb == "send_back":
        to = values.get("to")
        running.send_back(number, opinion, whole(str(getattr(to, "value", to) or "")))
    elif verb in ("hand_on", "add"):
        getattr(running, verb)(number, values["user"], why)
    else:
        getattr(running, verb)(number, why)


def _ask(found: Any, verb: str, label: Any, fields: dict[str, Field], texts: Mapping[str, str], faults: Mapping[str, Any], looked: str) -> BulkFormPage:
    text = _("The record goes into the recycle bin.") if found.transition == flows.CREATE and verb in ("refuse", "withdraw") else ""
    return BulkFormPage(title=_("%(what)s: %(name)s", what=label, name=stepping.title_of(found)), action=f"{URL}/{found.id}/{verb}", submit=label, text=text, hidden=(("seen", looked),),
                        fields=controls.of_fields(fields, texts, faults), danger=verb == "refuse", back_url=f"{URL}/{found.id}")


@pages.route(f"{ROW}/submit", methods=["GET", "POST"])
@resource_access("read")
def submit(package: str, path: str, row_id: int) -> Any:
    """Hand a record in as it stands."""
    resource = resource_at(package, path)
    if not resource.may("update"):
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Hand in")))
    row, flow = resource.get(row_id, "update"), whole(flask.request.values.get("flow", ""))
    why = replace(WHY, required=False)
    if flask.request.method == "GET":
        return page_of("bulk_form.html", BulkFormPage(
            title=_("Hand in: %(what)s", what=resource.title(row)), action=urls.of_act(resource, row_id, "submit"), submit=_("Hand in"), hidden=(("flow", str(flow or "")),),
            text=_("Until it is decided, nobody changes the record."), fields=controls.of_fields({"why": why}, {}, {}), back_url=urls.of_record(resource, row_id)))
    gates.by_hand(resource, row_id, flow, flask.request.form.get("why", "").strip()[:2_000])
    bulk.say_undo(_("Handed in for approval. Until then everything stays as it is."), None)
    return flask.redirect(ways.to_record(resource, row_id), 303)
