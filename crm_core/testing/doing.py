"""What tests of a plugin do besides what it does itself: an approval drawn and answered, a file hung on a record, an act done on many, one taken back,
a setting put, a report asked, what an act is given read."""

import io
from collections.abc import Sequence
from typing import Any

from crm_core.features.approvals import api as approvals
from crm_core.features.approvals import running, stepping
from crm_core.features.files import api as files
from crm_core.kernel.runner import drain
from crm_core.resource import bulk, reporting
from crm_core.resource.acts import values
from crm_core.resource.settings import put
from crm_core.resource.undo import ask as take_back

__all__ = ["answer", "ask_report", "bring_back", "draw", "hang", "in_bulk", "put", "reporting", "take_back", "values", "waiting"]


def draw(resource: str, transition: str, people: Sequence[int]) -> int:
    """A published flow in which one of these people must agree; as the house, inside `writing()`."""
    return approvals.draw("Flow", resource, transition, [{"name": "", "who": "users", "users": list(people), "need": "any"}])


def waiting(resource: str, record: int) -> Any:
    """The approval a record waits for, or None."""
    return stepping.running(resource, record)


def answer(number: int, *, refuse: str = "") -> None:
    """Agree, or refuse with a reason; as who is asked."""
    if refuse:
        running.refuse(number, refuse)
    else:
        running.agree(number)


def hang(resource: str, record: int, name: str = "receipt.txt", content: bytes = b"paid") -> None:
    """A file on a record, as who may change it."""
    files.put(resource, record, name, io.BytesIO(content))


def in_bulk(resource: Any, act: str, ids: Sequence[int]) -> Any:
    """An act on many records at once: how many were done, handed in and skipped."""
    return bulk.at_once(resource, act, ids, {})


def bring_back(site: Any, change: int) -> None:
    """Take an act back, as who did it, with the jobs that follow."""
    take_back(change)
    drain(site)


def ask_report(name: str) -> list[Any]:
    """The lines of a report of the acting person by the end of its name; of "" all are asked, and their lines come one after the other."""
    return [line for one in reporting.reports() if one.name.endswith(name) for line in reporting.answer(one).lines]
