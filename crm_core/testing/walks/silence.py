"""`test_silence = silence("visits")` in a plugin's tests: Ann asks whatever can be asked, then much happens to records of Sue's, then Ann asks again: every byte must be the same.

What is drawn, counted, summed, found, exported or forecast is told by others' records nowhere, neither by their texts nor by their number.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from crm_core.data.mixins import is_scoped
from crm_core.data.session import session, writing
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import clock
from crm_core.kernel.errors import CrmError, Refused
from crm_core.kernel.outbox import drain
from crm_core.resource import acts
from crm_core.testing.stage import CANARY, Stage
from crm_core.testing.subject import Place, Subject

# What is random in a page: the key that makes a form that is sent twice one record. And how many messages wait: they are for the reader.
_NONCE = re.compile(r'name="(?:form_key|up_to)" value="[^"]+|\b\d+ unread|(?<=<span class="n hot">)\d+|(?<=<span class="dot">)\d+')
WORDS = (CANARY, "Test", "1")


def look(subject: Subject, nth: int = 1) -> Iterator[tuple[Place, str]]:
    """`nth`: of the questions each n-th."""
    with Stage(subject) as stage, clock.freeze(clock.now()):
        hosts = stage.host(stage.ann)
        mine = {**hosts, **stage.fill(stage.ann, on=hosts)}
        theirs = {**stage.host(stage.sue), **stage.fill(stage.sue, mark=CANARY)}
        drain(stage.house.site)
        asked = list(dict.fromkeys(_questions(stage, mine)))[::nth]
        browser, program = stage.ann.browser(), stage.ann.api()

        def told(path: str) -> str:
            answer = program("GET", path.removeprefix("/api/v1")) if path.startswith("/api/v1") else browser.http.get(path)
            return f"{answer.status_code}\n{_NONCE.sub('…', answer.get_data(as_text=True))}"

        for _place, path in asked:
            told(path)  # what is kept by a process, or noted when somebody comes, is there
        before = {path: told(path) for _place, path in asked}
        stage.house.make.words = {**_words(stage), **{name: key for name, key in mine.items() if not is_scoped(stage.registry.resource(name).model)}}
        _happens(stage, theirs)
        blamed: set[Place] = set()
        for place, path in asked:
            after = told(path)
            if after != before[path] and place not in blamed:
                blamed.add(place)
                yield place, f"{path} tells of a record that the reader may not see: {_first(before[path], after)}"


def _words(stage: Stage) -> dict[str, int]:
    """A record of each kind that is for everybody, such as regions: what comes to Sue brings no new ones along, which everybody would rightly see."""
    with stage.house.system():
        found = {name: session.scalar(sa.select(sa.func.min(one.model.id))) for name, one in stage.registry.resources.items() if not is_scoped(one.model)}
    return {name: key for name, key in found.items() if key is not None}


def _first(left: str, right: str) -> str:
    for a, b in zip(left.splitlines(), right.splitlines(), strict=False):
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            return f"{a[max(0, at - 40):at + 40]!r} / {b[max(0, at - 40):at + 40]!r}"
    return "…"


def _questions(stage: Stage, mine: Mapping[str, int]) -> Iterator[tuple[Place, str]]:
    yield from stage.pages(mine)
    yield from stage.by_hand(mine)
    for resource in stage.resources:
        if not is_scoped(resource.model):
            continue
        place, root = stage.subject.of(type(resource)), f"/{resource.package}/{resource.path}"
        yield from ((place, f"{root}?q={word}") for word in WORDS)
        yield from ((place, f"/lookup/{resource.name}?q={word}") for word in WORDS)
        yield place, f"{root}?{urlencode({'columns': ','.join(resource.all_fields)})}"
        yield from ((place, f"/api/v1{root}?sort={sign}{name}") for name in resource.sort_keys() for sign in ("", "-"))
        yield from ((place, f"/api/v1{root}?q={word}") for word in WORDS)
        yield place, f"/api/v1{root}?limit=1"
        if "export" in resource.verbs:
            yield from ((place, f"{root}/export?format={kind}") for kind in ("csv", "jsonl"))
        if "print" in resource.verbs:
            yield place, f"{root}/print"
        if resource.calendar:
            yield place, f"{root}?look=calendar&span=month"
        if resource.gantt:
            yield place, f"{root}?look=gantt"
        for name, field in resource.all_fields.items():
            if field.kind in ("enum", "choice", "ref") and name in resource.filters:
                yield place, f"{root}?look=board&by={name}"
        yield place, f"/api/v1{root}?{urlencode({'f': json.dumps({'field': '*', 'op': 'contains', 'value': CANARY})})}"
        if resource.name in mine:
            row = f"{root}/{mine[resource.name]}"
            yield from ((place, one) for one in (f"{row}?tab=facts", f"{row}?tab=history", f"{row}/edit", f"/api/v1{row}"))
    plain = stage.subject.literal(stage.subject.name)
    yield from ((plain, path) for path in ("/", "/notices", "/approvals", "/reports", "/recycle", "/palette", *(f"/palette?q={word}" for word in WORDS), "/core/task", "/calendar"))


def _happens(stage: Stage, theirs: Mapping[str, int]) -> None:
    """Sue's records are changed, acted on, thrown away, and more of them come; what is refused does not happen."""
    with stage.admin.work():
        for name, key in theirs.items():
            resource = stage.registry.resource(name)
            for action in resource.all_actions.values():
                asked = stage.house.make.given(acts.fields_of(resource, action), stage.sue)
                if asked is not None:
                    _try(partial(_act, stage, resource, action.name, key, asked))
    with stage.house.system():
        for name, key in theirs.items():
            resource = stage.registry.resource(name)
            label = resource.all_fields[resource.label_field]
            if label.kind in ("name", "line") and not label.readonly:
                _try(partial(resource.write, [{"id": key, label.name: f"{CANARY} changed"}]))
    for _number in range(2):
        more = stage.fill(stage.sue, mark=CANARY)
    with stage.house.system():
        for name in reversed(more):
            resource = stage.registry.resource(name)
            if "delete" in resource.verbs:
                _try(partial(resource.delete, [more[name]]))
    drain(stage.house.site)


def _act(stage: Stage, resource: Any, action: str, key: int, asked: Mapping[str, Any]) -> None:
    """Do it, unless the record would be Ann's by it (given to who it lies near): that she may know, and is told."""
    with writing():
        resource.run(action, [key], asked)
        row = session.connection().execute(sa.select(resource.table).where(resource.table.c.id == key).execution_options(**{UNSCOPED: "whose it is now"})).mappings().one_or_none()
        if row is not None and row.get("owner_id") == stage.ann.id:
            raise Refused(None)


def _try(call: Any) -> None:
    try:
        call()
    except CrmError:
        return
