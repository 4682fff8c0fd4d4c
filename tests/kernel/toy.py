"""A made-up package: a table of effects without a unique key, so that a double would show; events, listeners, jobs."""

import dataclasses
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data.base import Model
from crm_core.data.mixins import Keyed
from crm_core.data.session import session
from crm_core.kernel import words
from crm_core.kernel.declare import Job, Listen
from crm_core.kernel.errors import Refused
from crm_core.kernel.events import Event
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import in_language
from crm_core.kernel.jobs import Running
from crm_core.kernel.site import Site, actor


class Effect(Keyed, Model):
    __tablename__ = "toy_effect"
    what: Mapped[str] = mapped_column(sa.String(80))
    who: Mapped[int | None]


@dataclasses.dataclass(frozen=True)
class Person:
    id: int
    language: str = "en"


@dataclasses.dataclass(frozen=True)
class Told(Event):
    ids: tuple[int, ...]
    text: str = ""


known: dict[int, Person] = {n: Person(n) for n in range(1, 10)}
calls: list[Any] = []
behave: dict[str, Callable[[Any], None]] = {}  # what a test wants a listener or job to do instead


def load(site: Site, number: int) -> Person | None:
    return known.get(number)


def effect(what: str) -> None:
    session.execute(sa.insert(Effect).values(what=what, who=getattr(actor(), "id", None)))


def heard(event: Told) -> None:
    calls.append(event)
    behave.get("heard", lambda e: effect(f"{e.ids[0]}:{e.text}"))(event)


def counted(event: Told) -> None:
    behave.get("counted", lambda e: None)(event)


def sent(event: Told) -> None:
    behave.get("sent", lambda e: None)(event)


def write(job: Running) -> None:
    calls.append(job.args)
    behave.get("write", _write)(job)


def _write(job: Running) -> None:
    with job.finish():
        effect(str(job.args.get("what")))


def batches(job: Running) -> None:
    behave.get("batches", _batches)(job)


def _batches(job: Running) -> None:
    todo = list(range(job.position.get("next", 0), int(job.args["count"])))
    for number in todo:
        with job.write():
            effect(f"batch {number}")
            job.position["next"] = number + 1
            job.progress(number + 1, total=job.args["count"])


def tick(job: Running) -> None:
    with job.finish():
        effect("tick")


def refuse(job: Running) -> None:
    raise Refused("not on a Sunday")


@hookimpl
def register_listeners() -> list[Listen]:
    return [
        Listen(Told, heard, name="toy.heard"),
        Listen(Told, counted, name="toy.counted", acts="system"),
        Listen(Told, sent, name="toy.sent", outside=True),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("toy.write", write), Job("toy.batches", batches), Job("toy.refuse", refuse),
        Job("toy.tick", tick, every="every 5 minutes"),
    ]


def effects(site: Site) -> list[tuple[str, int | None]]:
    with site.engines.read.connect() as conn:
        rows = conn.execute(sa.select(Effect.__table__.c.what, Effect.__table__.c.who).order_by(Effect.__table__.c.id))
        return [(what, who) for what, who in rows]


def told(line: str | None, language: str) -> str:
    """What a reader of this language makes of a kept line."""
    with in_language(language):
        return str(words.read_line(line))
