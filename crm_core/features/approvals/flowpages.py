"""Drawing flows of approval: the list, a flow as cards one under the other, the conditions of its steps, and trying it before it holds."""

import enum
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import flask

from crm_core.features.approvals import drawing, flows, telling
from crm_core.kernel.errors import BadRequest, Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import acts, conditions
from crm_core.resource.fields import BooleanField, EnumField, Field, IntegerField
from crm_core.resource.references import RefField, RefsField
from crm_core.resource.show import show_moment
from crm_core.text.numbers import whole
from crm_core.web import bulk, chips, conditioning, controls, render
from crm_core.web.access import access
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, Choice, Crumb, FormField, Note, Status
from crm_core.web.viewmodels.approvals import ApprovalRow, FlowPage, FlowsPage, FlowStep, TriedStep

pages = flask.Blueprint("flows", __name__)
URL = "/flows"
PARTS = ("name", "who", "users", "roles", "levels", "need", "k", "days", "late", "edit")


def _words(name: str, label: Any, words: Mapping[str, Any], **more: Any) -> Field:
    members = enum.StrEnum(name.replace("-", "_"), {f"v_{code}": code for code in words})  # type: ignore[misc]
    return EnumField(name=name, column="", label=label, members=members, labels=words, required=True, **more)


def _fields(at: int) -> dict[str, Field]:
    """What the card of a step asks, named after its place."""
    def n(part: str) -> str:
        return f"s{at}-{part}"

    made = (
        Field(name=n("name"), column="", label=_("Name of the step")),
        _words(n("who"), _("Who is asked"), flows.WHO),
        RefsField(name=n("users"), column="", label=_("People"), target="core.user"),
        RefsField(name=n("roles"), column="", label=_("Roles"), target="core.role"),
        IntegerField(name=n("levels"), column="", label=_("Superiors, one above the other"), minimum=1, maximum=flows.HIGHEST),
        _words(n("need"), _("How many must agree"), flows.NEED),
        IntegerField(name=n("k"), column="", label=_("So many"), minimum=1, maximum=50),
        IntegerField(name=n("days"), column="", label=_("Working days to answer, if any"), minimum=1, maximum=365),
        _words(n("late"), _("When it is late"), flows.LATE),
        BooleanField(name=n("edit"), column="", label=_("Who is asked may change the record")),
    )
    return {one.name: one for one in made}


def _texts(at: int, step: Mapping[str, Any]) -> dict[str, str]:
    def several(key: str) -> str:
        return ",".join(str(one) for one in step.get(key) or ())

    said = {
        "name": step.get("name", ""), "who": step.get("who", "users"), "users": several("users"), "roles": several("roles"), "levels": str(step.get("levels") or 1),
        "need": step.get("need", "any"), "k": str(step.get("k") or ""), "days": str(step.get("days") or ""), "late": step.get("late", "remind"), "edit": "1" if step.get("edit") else "0"}
    return {f"s{at}-{part}": text for part, text in said.items()}


def _cards(steps: list[dict[str, Any]], texts: Mapping[str, str] | None, faults: Mapping[str, Any], resource: Any) -> tuple[FlowStep, ...]:
    found = []
    for at, step in enumerate(steps):
        fields = _fields(at)
        drawn = controls.of_fields(fields, _texts(at, step) if texts is None else texts, faults)
        who, need, days = f"s{at}-who", f"s{at}-need", f"s{at}-days"
        shows = {"users": (who, "users"), "roles": (who, "roles"), "levels": (who, "supervisor"), "k": (need, "some"), "late": (days, "*")}
        made = tuple(replace(one, when=shows.get(one.name.partition("-")[2]), wide=False) for one in drawn)
        found.append(FlowStep(at + 1, made, _said(resource, step.get("when")), at == 0, at == len(steps) - 1))
    return tuple(found)


def _said(resource: Any, tree: Any) -> Any:
    """A condition in words."""
    if tree is None or resource is None:
        return ""
    try:
        return conditions.words(conditions.parse(resource, tree), chips.value_words)
    except BadRequest as bad:
        return bad.message


@pages.route(URL, methods=["GET", "POST"])
@access(flows.DRAW)
def index() -> Any:
    """The flows there are, and a new one."""
    name, wanted, error = "", "", ""
    if flask.request.method == "POST":
        name, wanted = flask.request.form.get("name", ""), flask.request.form.get("for", "")
        subject, _bar, transition = wanted.partition("|")
        try:
            return flask.redirect(f"{URL}/{drawing.begin(name, subject, transition)}", 303)
        except Invalid as bad:
            error = str(bad)
    options = tuple(Choice(f"{host.name}|{code}", str(_("%(what)s: %(name)s", what=host.label, name=label)), f"{host.name}|{code}" == wanted, group=host.label)
                    for host in flows.hosts() for code, label in flows.transitions(host).items())
    asked = (FormField("name", _("Name"), value=name, required=True, maxlength=200, placeholder=_("Contracts from 50,000 on")),
             FormField("for", _("What needs approval"), "choice", wanted, required=True, choices=options))
    return page_of("flows.html", FlowsPage(
        _("Approval flows"), _("A flow says what of which records others have to agree to, and whom it asks one after the other."), _rows(), URL, asked, error)), 422 if error else 200


def _rows() -> tuple[ApprovalRow, ...]:
    found = []
    for one in drawing.every():
        resource = site().registry.resources.get(one.subject)
        if resource is not None:
            found.append(ApprovalRow(one.name, f"{URL}/{one.id}", f"{resource.label} · {flows.said(resource, one.transition)}", when=show_moment(one.published_at, short=True) if one.published_at else "", status=_status(one)))
    return tuple(found)


def _status(found: Any) -> Status:
    if not found.edition:
        return Status(_("Being drawn"), "pencil", "amber")
    if not found.switched_on:
        return Status(_("Switched off"), "player-pause")
    return Status(_("In force, edition %(n)s", n=found.edition), "circle-check", "green")


@pages.get(f"{URL}/<int:number>")
@access(flows.DRAW)
def show(number: int) -> Any:
    found = drawing.get(number)
    return page_of("flow.html", _page(found, found.draft, tried=True))


def _page(found: Any, draft: drawing.Draft, texts: Mapping[str, str] | None = None, faults: Mapping[str, Any] | None = None, wrong: Any = (), *, tried: bool = False) -> FlowPage:
    resource, steps = site().registry.resources.get(found.subject), draft.get("steps") or []
    name = FormField("name", _("Name of the flow"), value=(texts or {}).get("name", found.name), required=True, maxlength=200)
    changed = found.edition and found.draft != found.live
    switch: tuple[Act, ...] = ()
    if found.edition:
        switch = (Act(_("Switch off"), f"{URL}/{found.id}/off", "player-pause", "post") if found.switched_on else Act(_("Switch on"), f"{URL}/{found.id}/on", "player-play", "post"),)
    row = whole(flask.request.args.get("record", "")) if tried else None
    author = (whole(flask.request.args.get("person", "")) or actor().user_id) if tried else None
    note, answers = _tried(draft, resource, row, author) if row is not None and author is not None and resource is not None else (None, ())
    asked = controls.of_fields(_trying(resource), {"record": str(row or ""), "person": str(author or "")}, {}) if resource is not None else ()
    return FlowPage(
        title=found.name, crumbs=(Crumb(_("Approval flows"), URL),), what=f"{resource.label if resource is not None else found.subject} · {flows.said(resource, found.transition)}",
        status=Status(_("Changed since it was published"), "pencil", "amber") if changed else _status(found), action=f"{URL}/{found.id}", name=name, when=_said(resource, draft.get("when")),
        steps=_cards(steps, texts, faults or {}, resource), acts=switch, faults=tuple(wrong), try_url=f"{URL}/{found.id}", try_fields=asked, tried=answers, tried_note=note, full=len(steps) >= flows.MOST)


def _trying(resource: Any) -> dict[str, Field]:
    return {"record": RefField(name="record", column="", label=resource.singular, target=resource.name, required=True),
            "person": RefField(name="person", column="", label=_("Handed in by"), target="core.user", required=True)}


def _tried(draft: drawing.Draft, resource: Any, row: int, author: int) -> tuple[Note, tuple[TriedStep, ...]]:
    """What the flow as it is drawn would do with a record the reader may see."""
    if not resource.labels([row]):
        return Note(_("This record was not found."), colour="red", icon="alert-triangle"), ()
    needs, planned = drawing.trial(draft, resource, row, author)
    names = render.user_names({one for step in planned for one in step.people})
    made, empty = [], False
    for number, one in enumerate(planned, 1):
        title, who = telling.label(one.step, number), tuple(render.person(names.get(i, "?"), i) for i in one.people)
        if one.skipped:
            made.append(TriedStep(title, text=one.skipped, status=Status(_("left out"), "circle-dashed")))
        elif one.fallback and not who:
            empty = True
            made.append(TriedStep(title, text=_("Nobody is found, and there is no other administrator: it cannot be handed in."), status=Status(_("nobody"), "alert-triangle", "red")))
        elif one.fallback:
            made.append(TriedStep(title, who, _("Nobody is found here, so administrators are asked."), Status(_("nobody"), "alert-triangle", "red")))
        else:
            made.append(TriedStep(title, who, telling.need(one.step) if len(who) > 1 else ""))
    if not needs:
        return Note(_("This record does not need the flow: its condition does not hold."), colour="acc", icon="info-circle"), tuple(made)
    if empty:
        return Note(_("It could not be handed in."), colour="red", icon="alert-triangle"), tuple(made)
    return Note(_("These would be asked, one step after the other:"), colour="acc", icon="info-circle"), tuple(made)


@pages.post(f"{URL}/<int:number>")
@access(flows.DRAW)
def draw(number: int) -> Any:
    """Each step of drawing posts the cards as they stand."""
    found, form = drawing.get(number), flask.request.form
    draft = {"when": found.draft.get("when"), "steps": [dict(one) for one in found.draft.get("steps") or []]}
    texts, faults = {"name": form.get("name", "")}, {}
    for at, step in enumerate(draft["steps"]):
        fields = _fields(at)
        sent = {n: one for n, one in fields.items() if any(key in form for key in (n, f"{n}__sent", f"{n}__text"))}
        said = {**_texts(at, step), **controls.read(sent, form)}
        texts.update(said)
        try:
            values = acts.checked(fields, said)
        except Invalid as bad:
            faults.update(bad.fields)
        else:
            step.update({part: _plain(values.get(f"s{at}-{part}")) for part in PARTS})
    if faults:
        return page_of("flow.html", _page(found, found.draft, texts, faults)), 422
    do, _colon, rest = form.get("do", "save").partition(":")
    at = (whole(rest) or 0) - 1
    _move(draft["steps"], do, at)
    drawing.keep(number, draft, form.get("name"))
    if do == "when":
        return flask.redirect(f"{URL}/{number}/when/{at + 1 or 'flow'}", 303)
    if do == "publish":
        try:
            drawing.publish(number)
        except Invalid as bad:
            return page_of("flow.html", _page(drawing.get(number), draft, wrong=bad.fields["steps"])), 422
        bulk.say_undo(_("Published: what is handed in from now on goes this way."), None)
    elif do == "save":
        bulk.say_undo(_("Saved; what is published stays as it is."), None)
    return flask.redirect(f"{URL}/{number}", 303)


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)


def _move(steps: list[dict[str, Any]], do: str, at: int) -> None:
    if do == "add" and len(steps) < flows.MOST:
        steps.append({"name": "", "who": "supervisor", "levels": 1, "need": "any", "late": "remind"})
    elif do == "remove" and 0 <= at < len(steps):
        del steps[at]
    elif do in ("up", "down") and 0 <= at < len(steps):
        steps.insert(max(0, at + (-1 if do == "up" else 1)), steps.pop(at))


@pages.post(f"{URL}/<int:number>/<any(on, off):switch>")
@access(flows.DRAW)
def turn(number: int, switch: str) -> Any:
    try:
        drawing.switch(number, switch == "on")
    except Invalid as bad:
        bulk.say_undo(str(bad), None)
    return flask.redirect(f"{URL}/{number}", 303)


@pages.route(f"{URL}/<int:number>/when/<which>", methods=["GET", "POST"])
@access(flows.DRAW)
def when(number: int, which: str) -> Any:
    """The condition of a step (from 1), or of the flow itself ("flow"), in the builder."""
    step = whole(which) or 0
    found = drawing.get(number)
    draft = {"when": found.draft.get("when"), "steps": [dict(one) for one in found.draft.get("steps") or []]}
    resource = site().registry.resource(found.subject)
    if step > len(draft["steps"]):
        return flask.redirect(f"{URL}/{number}", 303)
    holder = draft["steps"][step - 1] if step else draft

    def page(root: conditioning.Item, **more: Any) -> str:
        title = _("When is step %(n)s needed?", n=step) if step else _("Which records need this flow?")
        drawn = conditioning.page(resource, [], root, **more)
        return page_of("conditions.html", replace(drawn, title=title, action=f"{URL}/{number}/when/{which}", back_url=f"{URL}/{number}", hidden=(), submit=_("Take over")))

    if flask.request.method == "GET":
        tree = holder.get("when")
        return page(conditioning.start([("f", conditions.dumps(tree))] if tree is not None else []))
    root, _rest = conditioning.read(flask.request.form)
    do = flask.request.form.get("do", "apply")
    if do != "apply":
        return page(root, focus=conditioning.step(resource, root, do))
    try:
        holder["when"] = conditioning.tree(resource, root, told=True)
    except BadRequest as bad:
        return page(root, error=bad.message), 422
    drawing.keep(number, draft)
    return flask.redirect(f"{URL}/{number}", 303)
