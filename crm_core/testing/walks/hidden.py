"""Ann, who may do all with the plugin, is hidden field after field of it: nothing of them stands on any page, box, paper, file or answer."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import writing
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.resource.changes import unscoped
from crm_core.testing.stage import Stage
from crm_core.testing.subject import Place, Subject

TEXTS = ("line", "note", "name")


def look(subject: Subject, nth: int = 1) -> Iterator[tuple[Place, Any]]:
    with Stage(subject) as stage, clock.freeze(clock.now()):
        hosts = stage.host(stage.ann)
        ids = {**hosts, **stage.fill(stage.ann, on=hosts)}
        marks = _mark(stage)
        _hide(stage, marks)
        browser, program, told = stage.ann.browser(), stage.ann.api(), set()
        for place, path in [*stage.pages(ids), *stage.by_hand(ids), *_more(stage, ids)][::nth]:
            answer = stage.call(program, path.removeprefix("API")) if path.startswith("API") else stage.ask(browser, path)
            if answer.status >= 500:
                yield place, _("%(path)s breaks for a reader from whom fields are hidden: %(why)s", path=path, why=answer.trace.strip().rpartition("\n")[2])
            for (name, field), words in marks.items():
                if (name, field) not in told and any(word in answer.text for word in words):
                    told.add((name, field))
                    yield place, _("%(path)s shows the field %(field)s, which is hidden from the reader.", path=path, field=f"{name}.{field}")


def _more(stage: Stage, ids: Mapping[str, int]) -> Iterator[tuple[Place, str]]:
    """The forms, and what programs are told."""
    for resource in stage.resources:
        place, root = stage.subject.of(type(resource)), f"/{resource.package}/{resource.path}"
        yield place, f"API{root}"
        if resource.name in ids:
            yield from ((place, f"{root}/{ids[resource.name]}/{door}") for door in ("edit", "history"))
            yield place, f"API{root}/{ids[resource.name]}"


def _mark(stage: Stage) -> dict[tuple[str, str], tuple[str, ...]]:
    """Texts and amounts nobody else has in each such field that can be hidden, lines included: (resource, field) → how they are recognised."""
    marks: dict[tuple[str, str], tuple[str, ...]] = {}
    every = {one.name: one for resource in stage.resources for one in (resource, *resource.line_resources.values())}
    with stage.house.system(), writing() as session:
        for resource in every.values():
            for name, field in resource.all_fields.items():
                if name in (resource.label_field, *getattr(resource, "names", ())) or field.column not in resource.table.c or field.kind not in (*TEXTS, "money"):
                    continue
                number = 710_001 + len(marks)
                value, words = (number * 100 + 13, (f"{number:,}", str(number))) if field.kind == "money" else (f"HID{number}", (f"HID{number}",))
                try:
                    with session.begin_nested():
                        session.execute(sa.update(resource.table).values({field.column: value}), execution_options=unscoped("marks of hidden fields"))
                except (sa.exc.IntegrityError, sa.exc.DataError):  # what must be unique, less than another or shorter stays as it is
                    continue
                marks[resource.name, name] = words
    return marks


def _hide(stage: Stage, marks: Mapping[tuple[str, str], Any]) -> None:
    with stage.house.system():
        roles = stage.registry.resource("core.role")
        (role,) = roles.by_name(["Ann"]).values()
        roles.write([{"id": role, "rules": [{"resource": name, "field": field, "rule": "hidden"} for name, field in marks]}])
