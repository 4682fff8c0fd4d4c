"""Everything that can happen to a record happens; then each delivery is made a second time, and must change nothing more."""

import dataclasses
import traceback
import typing
from collections.abc import Iterator
from functools import partial
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import Model, table_of
from crm_core.data.session import writing
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.models import OutboxRow
from crm_core.kernel.outbox import drain, put
from crm_core.resource import acts
from crm_core.testing.stage import Stage
from crm_core.testing.subject import Place, Subject

# What the machine itself notes of each delivery; a notice is one with the mark that it was delivered.
MACHINE = ("core_outbox", "core_job", "core_session", "core_site", "core_token", "core_throttle", "core_notice")
STAMPS = ("updated_at", "version", "seen_at")


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    mine = [one for one in subject.own(subject.site.registry.listener.values()) if not one.inside and not one.outside]
    if not mine:
        return
    with Stage(subject) as stage:
        hosts = {name: stage.house.make(name, owner=stage.ann) for name in ("core.customer",)}
        ids = {**stage.host(stage.ann), **hosts}
        ids = {**ids, **stage.fill(stage.ann, on=ids)}
        yield from _happen(stage, ids)
        for listen in mine:
            place = subject.of(listen.call)
            if not _deliveries(stage, listen.key) and (why := _invented(stage, listen, ids)):
                yield place, _("%(name)s could not be tried: nothing the suite does makes a %(event)s, and none can be made up (%(why)s).",
                               name=listen.key, event=listen.event.__name__, why=why)
        drain(stage.house.site)
        for listen in mine:
            place = subject.of(listen.call)
            if failed := _failed(stage, listen.key):
                yield place, _("%(name)s fails: %(why)s", name=listen.key, why=failed.strip().rpartition("\n")[2])
                continue
            before = _state(stage)
            _again(stage, listen.key)
            drain(stage.house.site)
            changed = [name for name, rows in _state(stage).items() if rows != before[name]]
            if changed:
                yield place, _("%(name)s, delivered twice, changes twice: %(tables)s", name=listen.key, tables=changed)


def _happen(stage: Stage, ids: dict[str, int]) -> Iterator[tuple[Place, Any]]:
    """Acts, a change, a deletion, of its own records and of the customer; what is refused does not happen."""
    with stage.admin.work():
        for name, key in ids.items():
            resource = stage.registry.resource(name)
            label = resource.all_fields[resource.label_field]
            for action in resource.all_actions.values():
                asked = stage.house.make.given(acts.fields_of(resource, action), stage.ann)
                if asked is not None:
                    yield from _try(stage, partial(resource.run, action.name, [key], asked))
            if label.kind in ("name", "line"):
                yield from _try(stage, partial(resource.write, [{"id": key, label.name: "Changed"}]))
        for name in reversed(ids):
            resource = stage.registry.resource(name)
            if not resource.readonly and "delete" in resource.verbs:
                yield from _try(stage, partial(resource.delete, [stage.house.make(name, owner=stage.ann)]))


def _try(stage: Stage, call: Any) -> Iterator[tuple[Place, Any]]:
    """Do it. A refusal is an answer; anything else is a fault of the plugin, if it is in its files."""
    try:
        call()
    except CrmError:
        return
    except Exception as error:  # whatever an author's code raises
        place = stage.subject.traced(traceback.format_exc())
        if place is None:
            raise
        yield place, _("An act fails: %(why)s", why=f"{type(error).__name__}: {error}")


def _invented(stage: Stage, listen: Any, ids: dict[str, int]) -> str:
    """Put an event made up from the names of its fields into the outbox; "" when that worked, else why not."""
    name, key = next(((n, k) for n, k in ids.items() if n.startswith(stage.subject.name)), next(iter(ids.items())))
    given: dict[str, Any] = {}
    try:
        hints = typing.get_type_hints(listen.event)
        for one in dataclasses.fields(listen.event):
            if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
                kind = str(hints[one.name])
                given[one.name] = (key,) if "tuple" in kind else key if kind == "<class 'int'>" else name if kind == "<class 'str'>" else None
        event = listen.event(**given)
        with stage.admin.work(), writing():
            put(event, [listen])
    except Exception as error:  # noqa: BLE001  said as the reason
        return f"{type(error).__name__}: {error}"
    return ""


def _deliveries(stage: Stage, key: str) -> int:
    t = table_of(OutboxRow)
    with stage.house.site.engines.read.connect() as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(t).where(t.c.listener == key)).scalar_one())


def _failed(stage: Stage, key: str) -> str:
    t = table_of(OutboxRow)
    with stage.house.site.engines.read.connect() as conn:
        return str(conn.execute(sa.select(t.c.error).where(t.c.listener == key, t.c.error.is_not(None)).limit(1)).scalar() or "")


def _again(stage: Stage, key: str) -> None:
    t = table_of(OutboxRow)
    with stage.house.site.engines.write.begin() as conn:
        conn.execute(sa.update(t).where(t.c.listener == key, t.c.state == "done").values(state="queued", claims=0))


def _state(stage: Stage) -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table, read past the wall; without stamps and without what the machine notes."""
    engine = sa.create_engine(stage.house.site.engines.url)
    with engine.connect() as conn:
        here = set(sa.inspect(conn).get_table_names())
        found = {
            name: sorted(tuple(map(repr, row)) for row in conn.execute(sa.select(*(c for c in table.c if c.name not in STAMPS))))
            for name, table in Model.metadata.tables.items() if name in here and name not in MACHINE
        }
    engine.dispose()
    return found
