"""Every face that follows from a declaration answers, for an administrator, with a record that has every field filled in."""

from collections.abc import Iterator
from typing import Any

from crm_core.kernel.i18n import _
from crm_core.testing.stage import Answer, Stage
from crm_core.testing.subject import Place, Subject


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    with Stage(subject) as stage:
        hosts = stage.host(stage.ann)
        ids = {**hosts, **stage.fill(stage.ann, on=hosts)}
        browser, program = stage.admin.browser(), stage.admin.api()
        asked = [*stage.pages(ids), *stage.by_hand(ids), *_forms(stage, ids)]
        for place, path in asked:
            yield from _fault(subject, place, path, stage.ask(browser, path))
        for resource in stage.resources:
            root, place = f"/{resource.package}/{resource.path}", subject.of(type(resource))
            for path in (root, f"{root}/{ids[resource.name]}"):
                yield from _fault(subject, place, f"/api/v1{path}", stage.call(program, path))
        yield from _fault(subject, Place(subject.folder / "plugin.py"), "/api/v1/openapi.json", stage.call(program, "/openapi.json"))


def _forms(stage: Stage, ids: dict[str, int]) -> Iterator[tuple[Place, str]]:
    for resource in stage.resources:
        root, place = f"/{resource.package}/{resource.path}", stage.subject.of(type(resource))
        if not resource.readonly:
            yield from ((place, f"{root}/{kind}") for kind in ("print",) if kind in resource.verbs)
            yield from ((place, f"{root}/new") for _one in (1,) if "create" in resource.verbs)
            yield from ((place, f"{root}/{ids[resource.name]}/edit") for _one in (1,) if "update" in resource.verbs)


def _fault(subject: Subject, place: Place, path: str, answer: Answer) -> Iterator[tuple[Place, Any]]:
    if answer.status != 200:
        why = answer.trace.strip().rpartition("\n")[2]
        yield subject.traced(answer.trace) or place, _("%(path)s answers %(status)s: %(why)s", path=path, status=answer.status, why=why or "–")
