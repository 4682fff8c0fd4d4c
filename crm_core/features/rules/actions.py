"""What a rule can do: the core's own actions, registered as those of any package are."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from crm_core.data.session import session
from crm_core.features.customers.api import may_reach
from crm_core.features.mail import api as mail
from crm_core.features.messages.api import send
from crm_core.features.rules.kinds import PickField
from crm_core.features.tasks.api import TASKS, Task
from crm_core.kernel import clock, words
from crm_core.kernel.declare import RuleAction
from crm_core.kernel.errors import Forbidden, Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import acts, worktime
from crm_core.resource.fields import BooleanField, Field, IntegerField, NoteField
from crm_core.resource.references import RefField, RefsField

_WHO = RefField(name="receiver", column="", label=_("For whom"), target="core.user", help=_("Empty: whoever looks after the record."))
_HELD = _("{name} stands for the record's name, {owner} for who looks after it, and so on.")


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


def _mail(step: Any, title: str, text: str) -> Any:
    """To the record's own address, as far as it may be written to; from the box of the rule's owner."""
    about, resource = step.about, site().registry.resource("core.mail")
    if not resource.may("create"):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))
    if "email" not in step.resource.fields():  # the address would stand among what the rule's owner sent
        raise Forbidden(_("You may not do this: %(what)s.", what=step.resource.all_fields["email"].label))
    name = step.resource.title(step.record)
    found = may_reach(about[0], about[1], "email")
    if not found.ok:
        return _("no mail to “%(name)s”: %(why)s", name=name, why=found.why)
    mail.send(None, found.to, step.fill(title)[:200], step.fill(text), about=about)
    return _("sent the mail “%(title)s”", title=step.fill(title)[:200])


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
    return _("gave it to %(name)s", name=site().registry.resource("core.user").labels([owner]).get(owner, ""))


def _tag(step: Any, tags: list[Any]) -> Any:
    names = site().registry.resource("core.tag").labels(one for one in tags if isinstance(one, int))
    acts.run(step.resource, "tag", [step.id], {"tags": tags})
    return _("added the tags %(names)s", names=[names.get(one, str(one)) for one in tags])


def _has_act(name: str) -> Any:
    return lambda resource: name in resource.all_actions


_TITLE = Field(name="title", column="", label=_("Title"), required=True, length=200, help=_HELD)
OWN = [
    RuleAction("core.task", _("Give a task"), _task, lambda s: _("give %(who)s the task “%(title)s”", who=_name(s), title=s["title"]), (
        _TITLE, _WHO, IntegerField(name="days", column="", label=_("Due in days"), default=3, minimum=0, maximum=999),
        BooleanField(name="work", column="", label=_("Working days only"), default=False),
        BooleanField(name="must", column="", label=_("Must be dealt with"), default=False), NoteField(name="text", column="", label=_("Text"))), icon="checkbox", order=10),
    RuleAction("core.message", _("Write a message"), _message, lambda s: _("write to %(who)s: “%(title)s”", who=_name(s), title=s["title"]), (
        _TITLE, _WHO, NoteField(name="text", column="", label=_("Text"))), icon="message", order=20),
    RuleAction("core.mail", _("Send a mail"), _mail, lambda s: _("send it the mail “%(title)s”", title=s["title"]), (
        _TITLE, NoteField(name="text", column="", label=_("Text"), required=True)), on=lambda r: r.name in ("core.customer", "core.contact"), icon="mail", order=25),
    RuleAction("core.set", _("Change a field"), _set, lambda s: _("set “%(field)s” to “%(value)s”", field=s.get("field", ""), value=s.get("value", "")), _set_fields, follows=True, icon="pencil", order=30),
    RuleAction("core.give", _("Give the record to somebody"), _give, lambda s: _("give it to %(who)s", who=s["owner"]), (
        RefField(name="owner", column="", label=_("To"), target="core.user", required=True),), on=_has_act("assign"), icon="user-share", order=40),
    RuleAction("core.tag", _("Add tags"), _tag, lambda s: _("add the tags %(names)s", names=s["tags"]), (
        RefsField(name="tags", column="", label=_("Tags"), target="core.tag", required=True),), on=_has_act("tag"), icon="tag", order=50),
]
