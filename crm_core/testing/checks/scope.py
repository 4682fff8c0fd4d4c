"""Ann looks before and after Sue's records are there. What she is told must not differ, and no text of Sue's may come out."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import Model
from crm_core.data.mixins import is_scoped
from crm_core.kernel.declare import Panel
from crm_core.kernel.i18n import _
from crm_core.resource.reporting import answer
from crm_core.testing.stage import CANARY, Stage
from crm_core.testing.subject import Place, Subject


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    with Stage(subject) as stage:
        hosts = stage.host(stage.ann)
        ids = {**hosts, **stage.fill(stage.ann, on=hosts)}
        before = {name: _told(stage, call) for name, (_place, call) in _loads(stage, hosts).items()}
        foreign = stage.fill(stage.sue, mark=CANARY, on=hosts)
        told = set()
        for name, (place, call) in _loads(stage, hosts).items():
            if _told(stage, call) != before[name]:
                told.add(place)
                yield place, _("%(name)s tells of a record that the reader may not see.", name=name)
        browser, program = stage.ann.browser(), stage.ann.api()
        for place, path in [*stage.pages(ids), *stage.by_hand(ids), *stage.by_hand(foreign)]:
            if place not in told and CANARY in stage.ask(browser, path).text:
                told.add(place)
                yield place, _("%(path)s shows a record that the reader may not see.", path=path)
        for resource in stage.resources:
            if is_scoped(resource.model):
                root, place = f"/{resource.package}/{resource.path}", subject.of(type(resource))
                doors = [(stage.ask(browser, f"{root}?q={CANARY}"), 200), (stage.ask(browser, f"{root}/{foreign[resource.name]}"), 404),
                         (stage.call(program, root), 200), (stage.call(program, f"{root}/{foreign[resource.name]}"), 404)]
                if any(answer.status != status or _shows(answer.text) for answer, status in doors) and place not in told:
                    yield place, _("%(name)s of others can be read.", name=resource.label)


def _shows(text: str) -> bool:
    """The words of a search stand in the page that answers it; a record's own text has a number behind them."""
    return re.search(rf"{CANARY} \d", text) is not None


def _loads(stage: Stage, hosts: Mapping[str, int]) -> dict[str, tuple[Place, Callable[[], Any]]]:
    """What its functions give to a page, asked without the page."""
    found: dict[str, tuple[Place, Callable[[], Any]]] = {}
    for resource in stage.hosts:
        for panel in stage.mine(stage.registry.panels.get(resource.name, ())):
            if isinstance(panel, Panel):
                found[f"{resource.name}: {panel.name}"] = stage.subject.of(panel.load), _bound(panel.load, hosts[resource.name])
        for column in stage.mine(stage.registry.columns.get(resource.name, ())):
            found[f"{resource.name}: {column.name}"] = stage.subject.of(column.load), _bound(column.load, [hosts[resource.name]])
    for kind, items in (("report", stage.registry.reports), ("card", stage.registry.cards)):
        for one in stage.mine(items.values()):
            found[f"{kind}: {one.name}"] = stage.blame(one, one.query), _bound(answer, one)
    for entry in stage.mine(stage.registry.menu):
        if entry.badge is not None:
            found[f"menu: {entry.name}"] = stage.subject.of(entry.badge), entry.badge
    return found


def _bound(call: Callable[[Any], Any], given: Any) -> Callable[[], Any]:
    return lambda: call(given)


def _told(stage: Stage, call: Callable[[], Any]) -> str:
    with stage.ann.work():
        return _plain(call())


def _plain(value: Any) -> str:
    """A value as text that is equal for equal values."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_plain(k)}: {_plain(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Model):
        return f"{type(value).__name__}#{sa.inspect(value).identity}"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))
