"""A page asks as much of the database with a dozen rows as with two."""

from collections.abc import Callable, Iterator
from typing import Any

from crm_core.kernel.declare import Panel
from crm_core.kernel.i18n import _
from crm_core.testing.stage import Stage
from crm_core.testing.statements import sent
from crm_core.testing.subject import Place, Subject

FEW, MORE = 2, 10


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    with Stage(subject) as stage:
        hosts = stage.host(stage.ann)
        ids = dict(hosts)
        rows = {name: [key] for name, key in hosts.items()}
        for _number in range(FEW):
            ids = {**ids, **_more(stage, hosts, rows)}
        before = _measured(stage, ids, rows)
        for _number in range(MORE):
            _more(stage, hosts, rows)
        blamed = set()
        roots = [f"/{resource.package}/{resource.path}" for resource in stage.resources]
        lists = {what for what in before for root in roots if what.partition("?")[0] in (root, f"/api/v1{root}")}
        for what, (place, number) in _measured(stage, ids, rows).items():
            # A list that is longer than a page is counted, once: rows that others point at may make it so.
            if number > before[what][1] + (what in lists) and place not in blamed:
                blamed.add(place)
                yield place, _("%(what)s asks %(few)s statements for few rows and %(many)s for many.", what=what, few=before[what][1], many=number)


def _more(stage: Stage, hosts: dict[str, int], rows: dict[str, list[int]]) -> dict[str, int]:
    """One row more that points at the same host, and one that points at another."""
    others = stage.host(stage.ann)
    for name, key in others.items():
        rows[name].append(key)
    stage.fill(stage.ann, on=others)
    return stage.fill(stage.ann, on=hosts)


def _measured(stage: Stage, ids: dict[str, int], rows: dict[str, list[int]]) -> dict[str, tuple[Place, int]]:
    """Functions first: who is to blame for a page is known by then."""
    found: dict[str, tuple[Place, int]] = {}
    for resource in stage.hosts:
        for column in stage.mine(stage.registry.columns.get(resource.name, ())):
            found[f"{resource.name}: {column.name}"] = stage.subject.of(column.load), _alone(stage, column.load, list(rows[resource.name]))
        for panel in stage.mine(stage.registry.panels.get(resource.name, ())):
            if isinstance(panel, Panel):
                found[f"{resource.name}: {panel.name}"] = stage.subject.of(panel.load), _alone(stage, panel.load, ids[resource.name])
    browser, program = stage.ann.browser(), stage.ann.api()
    for resource in stage.resources:
        place, root = stage.subject.of(type(resource)), f"/{resource.package}/{resource.path}"
        every = [*resource.all_fields, *(c.name for c in stage.registry.columns.get(resource.name, ()))]
        path = f"{root}?columns={','.join(every)}"
        found[path] = place, _counted(stage, lambda path=path: browser("GET", path))  # type: ignore[misc]
        found[f"/api/v1{root}"] = place, _counted(stage, lambda root=root: program("GET", root))  # type: ignore[misc]
    for place, path in [*stage.pages(ids), *stage.by_hand(ids)]:
        found[path] = place, _counted(stage, lambda path=path: browser("GET", path))  # type: ignore[misc]
    return found


def _alone(stage: Stage, call: Callable[[Any], Any], given: Any) -> int:
    with stage.ann.work(), sent(stage.house.site.engines.read) as statements:
        call(given)
    return len(statements)


def _counted(stage: Stage, call: Callable[[], Any]) -> int:
    """Asked twice before, so that what a process keeps is there."""
    call()
    call()
    with sent(stage.house.site.engines.read) as statements:
        call()
    return len(statements)
