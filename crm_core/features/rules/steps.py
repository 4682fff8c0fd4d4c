"""The steps of a rule, as they are kept and as a run goes through them.

    [{"do": "core.task", "with": {"title": "…"}},
     {"do": "wait", "with": {"days": "3", "work": "1"}},
     {"do": "until", "with": {"days": "14"}, "if": {tree}},
     {"do": "branch", "if": {tree}, "then": [ … ], "else": [ … ]},
     {"do": "end"}]

For a run they are one flat list of instructions with places to jump to, so where a run waits is a number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_core.kernel.i18n import _, ngettext
from crm_core.resource.fields import BooleanField, IntegerField

MOST, DEEPEST = 40, 3  # steps of a rule; branches in branches
_DAYS = IntegerField(name="days", column="", label=_("Days"), required=True, default=1, minimum=0, maximum=999)


def _wait(shown: Mapping[str, str]) -> Any:
    n = int(shown["days"].replace(",", "")) if shown["days"].replace(",", "").isdigit() else 0
    if shown["work"] == str(_("Yes")):
        return ngettext("wait %(n)s working day", "wait %(n)s working days", n)
    return ngettext("wait %(n)s day", "wait %(n)s days", n)


def _until(shown: Mapping[str, str]) -> Any:
    return _("wait until it holds, for at most %(n)s days:", n=shown["days"])


@dataclass(frozen=True)
class Flow:
    """A step that moves the run and does nothing to the record. `asks`: it has a condition."""

    name: str
    label: Any
    say: Any
    fields: tuple[Any, ...] = ()
    icon: str = ""
    asks: bool = False


FLOWS = {one.name: one for one in (
    Flow("wait", _("Wait"), _wait, (_DAYS, BooleanField(name="work", column="", label=_("Working days only"), default=False)), "hourglass-low"),
    Flow("until", _("Wait until something holds"), _until, (_DAYS,), "eye", asks=True),
    Flow("branch", _("If – else"), lambda _shown: "", (), "git-compare", asks=True),
    Flow("end", _("End here"), lambda _shown: _("end"), (), "target"),
)}


@dataclass(frozen=True)
class Op:
    """One instruction. `at`: where to go on (branch: where its condition does not hold)."""

    do: str
    step: Mapping[str, Any]
    at: int = 0


def flat(steps: Sequence[Mapping[str, Any]]) -> list[Op]:
    """The instructions of these steps."""
    found: list[Op] = []
    _lay(steps, found)
    return found


def _lay(steps: Sequence[Mapping[str, Any]], found: list[Op]) -> None:
    for step in steps:
        if step["do"] != "branch":
            found.append(Op(step["do"], step))
            continue
        at = len(found)
        found.append(Op("branch", step))
        _lay(step.get("then", ()), found)
        end = len(found)
        found.append(Op("jump", step))
        found[at] = Op("branch", step, end + 1)
        _lay(step.get("else", ()), found)
        found[end] = Op("jump", step, len(found))


def every(steps: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """All steps, those of branches too."""
    for step in steps:
        yield step
        yield from every(step.get("then", ()))
        yield from every(step.get("else", ()))
