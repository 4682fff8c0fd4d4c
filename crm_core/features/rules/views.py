"""What the pages of rules show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm_core.features.rules import active, editing, history, kinds, saying, services
from crm_core.features.rules.editing import Draft, Node
from crm_core.features.rules.models import STATES
from crm_core.features.rules.steps import FLOWS
from crm_core.kernel import words
from crm_core.kernel.i18n import _, in_sentence, ngettext
from crm_core.kernel.site import actor, site
from crm_core.resource.references import named
from crm_core.resource.show import full_moment, show_moment
from crm_core.text.numbers import whole
from crm_core.web import conditioning, controls, urls
from crm_core.web.abouts import subjects
from crm_core.web.viewmodels import Act, Choice, Crumb, Empty, FormField, Note, Status, Tab
from crm_core.web.viewmodels.conditions import Offer
from crm_core.web.viewmodels.rules import LogPage, Preview, RuleCard, RulePage, RulesPage, RunRow, StepView

URL = "/rules"
ON, OFF = Status(_("Switched on"), "circle-check", "green"), Status(_("Off"), "player-pause-f", "")


def subjects_of() -> list[Any]:
    """The kinds of records the acting person can make rules about: those with a page that he reads."""
    return sorted((one for one in site().registry.resources.values() if one.holds_files and one.may("read") and not one.part_of or one.name in ("core.contact", "core.need", "core.task") and one.may("read")),
                  key=lambda one: (one.name != "core.customer", one.order, one.name))


# --- the list ----------------------------------------------------------------------------------------------------------


def index(*, playbook: bool) -> RulesPage:
    found = [row for row in services.rows(playbook=playbook) if row.resource in site().registry.resources]
    counts = services.counts([row.id for row in found])
    people = named({"core.user": {row.owner_id for row in found}}).get("core.user", {})
    news = tuple(Act(_("New %(what)s", what=in_sentence(_("Playbook") if playbook else _("Rule"))) if one.name == "core.customer" else one.label,
                     urls.address(f"{URL}/new", [("of", one.name), *([("playbook", "1")] if playbook else [])]), "plus" if one.name == "core.customer" else one.icon) for one in subjects_of())
    return RulesPage(
        _("Rules"), _("A playbook takes each customer through a series of steps, once at a time, until he leaves the stage it is for.") if playbook else
        _("A rule does something by itself when something happens. It acts with the rights of who saved it."),
        tuple(_card(row, counts.get(row.id, {}), people) for row in found),
        (Tab(_("Rules"), URL, not playbook), Tab(_("Playbooks"), f"{URL}?playbook=1", playbook)), news,
        Empty(_("No playbook yet"), _("A series of steps for everybody at a stage, such as a new customer’s first month.")) if playbook and not found else
        Empty(_("No rule yet"), _("Such as: when a customer is created, give somebody the task to call him within two days.")) if not found else None,
    )


def _card(row: Any, counted: Mapping[str, int], people: Mapping[int, str]) -> RuleCard:
    of, mine = site().registry.resource(row.resource), row.owner_id == actor().user_id
    parts = [ngettext("%(n)s run", "%(n)s runs", sum(counted.values()))]
    parts += [_("%(n)s under way", n=counted["waiting"])] if counted.get("waiting") else []
    parts += [_("%(n)s failed", n=counted["failed"])] if counted.get("failed") else []
    act = Act(_("Switch off") if row.active else _("Switch on"), f"{URL}/{row.id}/switch", "player-stop" if row.active else "player-play", "post", fields=(("on", "" if row.active else "1"),))
    return RuleCard(
        row.name, f"{URL}/{row.id}", saying.sentence(of, row.trigger, row.asked or {}, row.only, row.steps or []), ON if row.active else OFF,
        people.get(row.owner_id, ""), " · ".join(map(str, parts)), words.read(row.why_off), act if row.active or mine else None)


# --- the editor --------------------------------------------------------------------------------------------------------


def editor(draft: Draft, row: Any = None, preview: Preview | None = None) -> RulePage:
    """The page of a draft, beside what is kept of the rule."""
    of, told = draft.of, editing.told(draft)
    editing.numbered(draft)
    triggers = kinds.triggers(of)
    if draft.playbook:
        triggers = {name: one for name, one in triggers.items() if name in ("core.reached", "core.by_hand")}
        if draft.trigger not in triggers:
            draft.trigger, told["trigger"] = "core.reached" if "core.reached" in triggers else "core.by_hand", "core.reached" if "core.reached" in triggers else "core.by_hand"
    kind = triggers.get(draft.trigger)
    offers = _offers(of)
    mine = row is None or row.owner_id == actor().user_id
    what = _("Playbook") if draft.playbook else _("Rule")
    return RulePage(
        row.name if row is not None else _("New %(what)s", what=in_sentence(what)), f"{URL}/{row.id}" if row is not None else f"{URL}/new",
        FormField("name", _("Name"), "text", draft.name, required=True, error=draft.faults.get("name", ""), maxlength=200, wide=True, autofocus=row is None and not draft.name and not draft.focus),
        of.label, (("of", of.name), *((("playbook", "1"),) if draft.playbook else ())),
        FormField("trigger", _("When"), "choice", draft.trigger, required=True, choices=tuple(Choice(name, one.label, name == draft.trigger) for name, one in triggers.items()), wide=True),
        _fields(kind, of, draft.asked, "w-", draft.when_faults), conditioning.box(of, draft.only, "c", _focus(draft, "c")),
        tuple(_step(draft, node, "s0", "then", at, draft.steps, offers) for at, node in enumerate(draft.steps)), offers, saying.sentence(of, **_renamed(told)),
        draft.playbook, FormField("held_out", _("Leave out, percent"), "number", draft.held_out, hint=_("So many customers, always the same ones, go without it; the report compares. 0 to 50."), error=draft.faults.get("held_out", "")) if draft.playbook else None,
        draft.error, preview, _note(row, mine=mine), (Crumb(_("Rules"), f"{URL}?playbook=1" if draft.playbook else URL),),
        (ON if row.active else OFF) if row is not None else None, _acts(row, mine=mine), log(services.runs(services.of_rule(row.id), limit=10)) if row is not None else (),
        f"{URL}/{row.id}/log" if row is not None else "", report(row) if row is not None and row.playbook else (),
        "" if mine else _("This rule is a colleague’s. If you save it, it is yours and acts with your rights."), f"{URL}?playbook=1" if draft.playbook else URL, bool(row is not None and row.active),
        history.of(row) if row is not None else (),
    )


def _renamed(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"trigger": told["trigger"], "asked": told["asked"], "only": told["only"], "found": told["steps"]}


def _focus(draft: Draft, prefix: str) -> int | None:
    number = draft.focus.removeprefix(prefix) if draft.focus.startswith(prefix) else ""
    return whole(number)


def _note(row: Any, *, mine: bool) -> Note | None:
    if row is None or not row.why_off:
        return None
    return Note(_("This rule was switched off"), words.read(row.why_off), "amber")


def _acts(row: Any, *, mine: bool) -> tuple[Act, ...]:
    if row is None:
        return ()
    found = [Act(_("Remove"), f"{URL}/{row.id}/remove", "trash", "post", danger=True, confirm=_("Remove “%(name)s” with its log?", name=row.name))]
    if row.active:
        found.insert(0, Act(_("Switch off"), f"{URL}/{row.id}/switch", "player-stop", "post", fields=(("on", ""),)))
    elif mine:
        found.insert(0, Act(_("Switch on"), f"{URL}/{row.id}/switch", "player-play", "post", fields=(("on", "1"),)))
    return tuple(found)


def _offers(of: Any) -> tuple[Offer, ...]:
    found = {**kinds.actions(of), **FLOWS}
    return tuple(Offer(name, one.label, one.icon) for name, one in found.items())


def _fields(kind: Any, of: Any, given: Mapping[str, str], prefix: str, faults: Mapping[str, Any], focus: bool = False) -> tuple[FormField, ...]:
    """The controls of a trigger or an action, their names behind the prefix; on the choice of which others hang, the page asks anew."""
    if kind is None:
        return ()
    fields = kinds.fields_of(kind, of, given)
    labels = controls.reference_labels(fields.values(), given)
    found = []
    for at, (name, one) in enumerate(fields.items()):
        text = given[name] if name in given else kinds.text_of(one, {})
        start = f"{getattr(one, 'target', '')}:"
        shown = {key[len(start):]: label for key, label in labels.items() if key.startswith(start)} if len(start) > 1 else {}
        made = controls.control(one, text, error=next(iter(faults.get(name, ())), ""), prefix=prefix, labels=shown)
        found.append(replace(made, corner="", hint=made.hint or one.help, again=bool(one.info.get("shapes")), autofocus=focus and at == 0, wide=made.control in ("textarea", "choices") or name in ("title", "tags")))
    return tuple(found)


def _step(draft: Draft, node: Node, parent: str, arm: str, at: int, among: Sequence[Node], offers: tuple[Offer, ...]) -> StepView:
    of = draft.of
    kind = FLOWS.get(node.do) or kinds.actions(of).get(node.do)
    asks = bool(getattr(kind, "asks", False))

    def inner(nodes: list[Node], arm: str) -> tuple[StepView, ...]:
        return tuple(_step(draft, one, node.key, arm, n, nodes, offers) for n, one in enumerate(nodes))

    return StepView(
        node.key, node.do, kind.label if kind is not None else node.do, kind.icon if kind is not None else "alert-triangle", parent[1:], arm,
        _fields(kind, of, node.given, f"{node.key}-", node.faults, draft.focus == node.key), conditioning.box(of, node.only, f"{node.key}c", _focus(draft, f"{node.key}c")) if asks else None,
        node.do == "branch", inner(node.then, "then"), inner(node.other, "else"), offers if node.do == "branch" else (), at == 0, at == len(among) - 1,
        node.error if kind is not None else _("This is nothing a rule can do (any more)."), draft.focus == node.key)


# --- the log -----------------------------------------------------------------------------------------------------------


def log(rows: Sequence[Any], *, by_rule: bool = False) -> tuple[RunRow, ...]:
    """Runs as lines: of the record each is about, or of its rule."""
    names = subjects((row.subject, row.subject_id) for row in rows)
    causes = services.causes([row.cause_id for row in rows if row.cause_id is not None])
    return tuple(_run(row, names, causes, by_rule=by_rule) for row in rows)


def _run(row: Any, names: Mapping[tuple[str, int], str], causes: Mapping[int, Any], *, by_rule: bool) -> RunRow:
    cause = causes.get(row.cause_id)
    label, icon, colour = STATES[row.state]
    name = row.rule if by_rule else names.get((row.subject, row.subject_id), _("hidden record"))
    url = f"{URL}/{row.rule_id}" if by_rule else urls.of_name(site().registry, row.subject, row.subject_id) if (row.subject, row.subject_id) in names else ""
    status = Status(_("Waits until %(when)s", when=show_moment(row.due_at, short=True)), icon, "acc") if row.state == "waiting" and row.steps else Status(label, icon, colour)  # type: ignore[arg-type]
    return RunRow(name, url, status, show_moment(row.at, short=True), full_moment(row.at), tuple(words.read(one) for one in row.log or ()),
                  _("begun by the rule “%(name)s”", name=cause.name) if cause is not None else "", f"{URL}/{cause.rule_id}" if cause is not None else "")


def log_page(row: Any, before: int | None) -> LogPage:
    found = services.runs(services.of_rule(row.id), before=before, limit=51)
    return LogPage(_("What “%(name)s” did", name=row.name), log(found[:50]), (Crumb(_("Rules"), URL), Crumb(row.name, f"{URL}/{row.id}")),
                   urls.address(f"{URL}/{row.id}/log", [("before", str(found[49].id))]) if len(found) > 50 else "",
                   Empty(_("Nothing yet"), _("What a rule does is written down here.")) if not found else None)


def report(row: Any) -> tuple[tuple[Any, Any, Any], ...]:
    """Of a playbook: with it and without it, how many there were and how many of them have left its stage since."""
    return tuple((label, f"{n:,}", share) for label, n, share in _compared(active.kept(row)))


def _compared(rule: Any) -> Iterable[tuple[Any, int, str]]:
    from crm_core.features.rules.playbooks import compared

    for label, n, moved in compared(rule):
        yield label, n, f"{moved:,} ({100 * moved // n} %)" if n else "–"
