"""What a rule can do: the core's own actions, registered as those of any package are."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from crm_core.data.session import session
from crm_core.features.approvals import api as approvals
from crm_core.features.hooks import api as hooks
from crm_core.features.messages.api import send
from crm_core.features.rules import cards
from crm_core.features.rules.cards import HELD
from crm_core.features.rules.kinds import PickField
from crm_core.features.tasks.api import TASKS, Task
from crm_core.kernel import clock, words
from crm_core.kernel.declare import RuleAction
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import acts, changes, worktime
from crm_core.resource.fields import BooleanField, Field, IntegerField, NoteField
from crm_core.resource.references import RefField, RefsField
from crm_core.text.numbers import whole

_WHO = RefField(name="receiver", column="", label=_("For whom"), target="core.user", help=_("Empty: whoever looks after the record."))


def _name(shown: Mapping[str, str], field: str = "receiver") -> Any:
    return shown.get(field) or _("whoever looks after it")


# --- tasks and messages ------------------------------------------------------------------------------------------------


def _task(step: Any, title: str, receiver: int | None, text: str | None, days: int | None, work: bool | None, must: bool | None) -> Any:
    day = None
    if days is not None:
        day = worktime.shift(clock.today(), days) if work else clock.today() + dt.timedelta(days=days)
    row = {"title": step.fill(title)[:200], "text": step.fill(text) or None, "due": day, "subject": step.about[0], "subject_id": step.about[1],
           "owner": receiver or step.keeper, "must": bool(must)}
    (made,) = site().registry.resource(TASKS).write([row])
    task = session.get(Task, made)
    if task is not None:
        task.source = words.keep(step.rule.name)
    return _("gave the task “%(title)s”", title=row["title"])


def _message(step: Any, title: str, receiver: int | None, text: str | None) -> Any:
    said = step.fill(title)[:200]
    send([receiver or step.keeper], said, step.fill(text), source=step.rule.name, about=step.about)
    return _("wrote “%(title)s”", title=said)


# --- other systems, approvals -------------------------------------------------------------------------------------------


def _hook_fields(resource: Any) -> list[Field]:
    return [PickField(name="webhook", column="", label=_("Webhook"), required=True, pairs=tuple((str(i), name) for i, name in hooks.own(resource.name)),
                      help=_("One of your own for these records. It tells what you may see.")),
            NoteField(name="text", column="", label=_("Text"), help=_("Goes along with the record. {name} stands for the record's name, and so on."))]


def _hook(step: Any, webhook: str, text: str | None) -> Any:
    with changes.change("rule", resource=step.resource.name, note=step.rule.name[:200]) as change:
        name = hooks.push(int(webhook), step.id, {"rule": step.rule.name, **({"text": step.fill(text)} if text else {})}, change)
    return _("told it by the webhook “%(name)s”", name=name)


def _named(resource: str, shown: str) -> Any:
    """What was chosen from a list of one's own is a bare number for others: its name as far as they see it."""
    number = whole(shown)
    return shown if number is None else site().registry.resource(resource).name_of(number, _("hidden record"))


def _approval_fields(resource: Any) -> list[Field]:
    return [PickField(name="flow", column="", label=_("Flow"), pairs=(("any", _("The first that is for it")), *((str(i), name) for i, name in approvals.choices(resource.name))), required=True, default="any")]


def _approval(step: Any, flow: str) -> Any:
    if approvals.waits(step.resource.name, step.id):
        return _("waits for approval already")
    approvals.submit(step.resource.name, step.id, None if flow == "any" else int(flow), why=step.rule.name)
    return _("handed it in for approval")


# --- the record --------------------------------------------------------------------------------------------------------


def _settable(one: Field) -> bool:
    return bool(one.column) and not one.readonly and one.kind not in ("owner", "internal", "several", "refs", "anyref") and one.name not in ("owner", "department", "team")


def _set_fields(resource: Any, given: Mapping[str, str]) -> list[Field]:
    fields = {name: one for name, one in resource.fields(writing=True).items() if _settable(one)}
    first = next(iter(fields), None)
    found: list[Field] = [PickField(name="field", column="", label=_("Field"), pairs=tuple((n, f.label) for n, f in fields.items()), required=True, default=first, info={"shapes": True})]
    one = fields.get(given.get("field") or first or "")
    if one is not None:
        import dataclasses

        found.append(dataclasses.replace(one, name="value", required=False, label=_("New value"), help=_("Empty: nothing stands there any more. A day can be “today” or “in 2 weeks”.")
                                         if one.kind == "date" else _("Empty: nothing stands there any more.")))
    return found


def _set(step: Any, field: str, value: Any = None) -> Any:
    one = step.resource.fields(writing=True).get(field)
    if one is None:
        raise Invalid({"field": [_("This field cannot be written.")]})
    if getattr(step.record, one.column) != value:
        step.resource.write([{"id": step.id, field: value}])
    return _("“%(field)s” became “%(value)s”", field=one.label, value=one.show(value))


def _give(step: Any, owner: int) -> Any:
    if getattr(step.record, "owner_id", None) != owner:
        step.resource.run("assign", [step.id], {"owner": owner})
    return _("gave it to %(name)s", name=site().registry.resource("core.user").name_of(owner))


def _tag(step: Any, tags: list[Any]) -> Any:
    names = site().registry.resource("core.tag").labels(one for one in tags if isinstance(one, int))
    acts.run(step.resource, "tag", [step.id], {"tags": tags})
    return _("added the tags %(names)s", names=[names.get(one, str(one)) for one in tags])


def _has_act(name: str) -> Any:
    return lambda resource: name in resource.all_actions


_TITLE = Field(name="title", column="", label=_("Title"), required=True, length=200, help=HELD)
OWN = [
    RuleAction("core.task", _("Give a task"), _task, lambda s: _("give %(who)s the task “%(title)s”", who=_name(s), title=s["title"]), (
        _TITLE, _WHO, IntegerField(name="days", column="", label=_("Due in days"), default=3, minimum=0, maximum=999),
        BooleanField(name="work", column="", label=_("Working days only"), default=False),
        BooleanField(name="must", column="", label=_("Must be dealt with"), default=False), NoteField(name="text", column="", label=_("Text"))), icon="checkbox", order=10),
    RuleAction("core.message", _("Write a message"), _message, lambda s: _("write to %(who)s: “%(title)s”", who=_name(s), title=s["title"]), (
        _TITLE, _WHO, NoteField(name="text", column="", label=_("Text"))), icon="message", order=20),
    *cards.OWN,
    RuleAction("core.set", _("Change a field"), _set, lambda s: _("set “%(field)s” to “%(value)s”", field=s.get("field", ""), value=s.get("value", "")), _set_fields, follows=True, icon="pencil", order=30),
    RuleAction("core.give", _("Give the record to somebody"), _give, lambda s: _("give it to %(who)s", who=s["owner"]), (
        RefField(name="owner", column="", label=_("To"), target="core.user", required=True),), on=_has_act("assign"), icon="user-share", order=40),
    RuleAction("core.tag", _("Add tags"), _tag, lambda s: _("add the tags %(names)s", names=s["tags"]), (
        RefsField(name="tags", column="", label=_("Tags"), target="core.tag", required=True),), on=_has_act("tag"), icon="tag", order=50),
    RuleAction("core.approval", _("Hand in for approval"), _approval, lambda s: _("hand it in for approval: %(flow)s", flow=s["flow"]), _approval_fields,
               on=lambda r: bool(approvals.choices(r.name)), icon="rubber-stamp", order=60),
    RuleAction("core.webhook", _("Tell another system"), _hook, lambda s: _("tell it by the webhook “%(name)s”", name=_named("core.webhook", s["webhook"])), _hook_fields,
               on=lambda r: "read" in r.verbs and site().registry.resource("core.webhook").may("read"), icon="webhook", order=70),
]
