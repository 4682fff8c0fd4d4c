"""`test_doors = doors("visits")` in a plugin's tests: every route with every resource, asked by people of every kind: who is refused learns nothing and changes nothing.

What is expected comes from nothing but who somebody is: nobody, a stranger to every record, a reader, who has thrown it away.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crm_core.data.mixins import is_scoped
from crm_core.kernel import clock
from crm_core.kernel.errors import CrmError
from crm_core.resource import acts
from crm_core.resource.references import RefField, RefsField
from crm_core.testing.asking import MISSING, Caller, Door, doors, likeness
from crm_core.testing.stage import CANARY, Stage
from crm_core.testing.subject import Place, Subject
from crm_core.testing.table import Table
from crm_core.testing.watch import Watch, watched


def look(subject: Subject, table: str = "", nth: int = 1) -> Iterator[tuple[Place, str]]:
    """`table`: what the pages made by hand answer whom (crm_core/testing/table.py); `nth`: of the doors each n-th."""
    with Stage(subject) as stage, clock.freeze(clock.now()):
        hosts = stage.host(stage.ann)
        mine = {**hosts, **stage.fill(stage.ann, on=hosts)}
        foreign = stage.fill(stage.sue, mark=CANARY)
        gone = _thrown_away(stage)
        reader = stage.house.person("reader", {f"{p.name}.*.read": "all" for p in stage.registry.packages} | {"core.customer.read": "all"})
        nobody = stage.house.person("nobody", {})
        writer = stage.house.person("writer", {f"core.{name}.*": "own" for name in ("task", "appointment", "mail", "message")})  # about whatever he may see, which is nothing
        every = [door for door in doors(stage) if stage.house.site.engines.is_sqlite or not door.own][::nth]  # what is the reader's own changes, and only SQLite is put back
        said = Table(stage, table, subject.literal(subject.name)) if table and stage.house.site.engines.is_sqlite else None
        stage.house.app.config["TESTING"] = False
        people = {"ann": Caller(stage, stage.ann), "reader": Caller(stage, reader), "nobody": Caller(stage, nobody), "writer": Caller(stage, writer), "": Caller(stage, None)}
        for caller in people.values():  # a token notes when it was last used
            caller.program("GET", "/core/customer")
        with watched(stage.house.site) as watch:
            seen: set[tuple[Place, str]] = set()
            for place, text in _walk(stage, watch, people, every, mine, foreign, gone):
                if (place, text) not in seen:
                    seen.add((place, text))
                    yield place, text
            if said is not None:
                yield from said.walk(watch)


def _thrown_away(stage: Stage) -> dict[str, int]:
    """A record of Ann's of each resource in the recycle bin, of those that let themselves be thrown away."""
    found = {}
    for resource in stage.resources:
        if "delete" not in resource.verbs or resource.part_of:
            continue
        made = stage.house.make(resource.name, owner=stage.ann)
        try:
            with stage.house.system():
                resource.delete([made])
        except CrmError:
            continue
        found[resource.name] = made
    return found


def _walk(stage: Stage, watch: Watch, people: Mapping[str, Caller], every: list[Door], mine: Mapping[str, int], foreign: Mapping[str, int],
          gone: Mapping[str, int]) -> Iterator[tuple[Place, str]]:
    for door in every:
        place = _place(stage, door)
        name = door.resource.name if door.resource is not None else ""
        scoped = door.resource is not None and is_scoped(door.resource.model)
        if not door.public:
            for who in ("", "nobody"):
                yield from _refused(watch, people[who], door, foreign.get(name, mine.get(name, MISSING)), place, who)
        if door.row and scoped:
            yield from _like_missing(watch, people["ann"], door, [one[name] for one in (foreign, gone) if name in one], place)
        elif door.safe or door.row == "":
            yield from _harmless(watch, people["ann"], door, mine.get(name, MISSING), place)
        if not door.safe and not door.own and not door.public:
            yield from _refused(watch, people["reader"], door, foreign.get(name, mine.get(name, MISSING)), place, "reader")
    yield from _names(stage, watch, people["ann"], mine, foreign)
    yield from _abouts(stage, watch, people["writer"], foreign)


def _place(stage: Stage, door: Door) -> Place:
    own = {b.name for b in stage.mine(stage.registry.blueprints)}
    if door.endpoint.partition(".")[0] in own:
        return stage.subject.of(stage.house.app.view_functions[door.endpoint])
    return stage.subject.of(type(door.resource))


def _refused(watch: Watch, who: Caller, door: Door, row: int, place: Place, name: str) -> Iterator[tuple[Place, str]]:
    answer = who(door, row)
    wrong = _left(watch)
    led_to_sign_in = answer.status_code == 303 and "/sign-in" in answer.headers.get("Location", "")
    if (answer.status_code < 400 and not led_to_sign_in) or wrong or CANARY in answer.text:
        yield place, f"{door} lets in who may not ({name or 'nobody signed in'}): {wrong or answer.status}"


def _like_missing(watch: Watch, who: Caller, door: Door, rows: list[int], place: Place) -> Iterator[tuple[Place, str]]:
    missing = likeness(who(door, MISSING), MISSING)
    _left(watch)
    for row in rows:
        answer = who(door, row)
        wrong = _left(watch)
        if wrong and answer.status_code >= 400:
            yield place, f"{door} is refused, and yet something changes: {wrong}"
        if likeness(answer, row) != missing or (answer.status_code < 400 and not door.own):
            yield place, f"{door} tells whether a record is there that one may not see: {answer.status}"


def _harmless(watch: Watch, who: Caller, door: Door, row: int, place: Place) -> Iterator[tuple[Place, str]]:
    answer = who(door, row)
    wrong = _left(watch)
    if wrong and (door.safe or answer.status_code >= 400):
        yield place, f"{door} answers {answer.status_code}, and yet something changes: {wrong}"
    if answer.status_code >= 500 or CANARY in answer.text:
        yield place, f"{door} shows what the reader may not see, or fails: {answer.status}"


def _left(watch: Watch) -> str:
    """What the last request changed; it is put back."""
    changed = watch.touched()
    if changed:
        really = watch.digest() != watch.whole
        watch.restore()
        return changed if really else ""
    return ""


# --- ids of others in what is sent -----------------------------------------------------------------------------------


def _names(stage: Stage, watch: Watch, ann: Caller, mine: Mapping[str, int], foreign: Mapping[str, int]) -> Iterator[tuple[Place, str]]:
    """A record of somebody else, named in a field, is answered like one that does not exist."""
    for resource in stage.resources:
        place = stage.subject.of(type(resource))
        fields = {n: f for n, f in resource.all_fields.items() if isinstance(f, RefField) and not f.readonly and f.target in foreign}
        base = (("package", resource.package), ("path", resource.path))
        if "create" in resource.verbs:
            yield from _named(stage, watch, ann, Door("POST", "api.create", resource, base, ""), MISSING, fields, {}, foreign, place)
        if "update" in resource.verbs and resource.name in mine:
            door = Door("PATCH", "api.change", resource, base, "row_id")
            yield from _named(stage, watch, ann, door, mine[resource.name], fields, {}, foreign, place)
        for action in resource.all_actions.values():
            with stage.house.system():
                asked = acts.fields_of(resource, action)
            refs = {n: f for n, f in asked.items() if isinstance(f, RefField) and f.target in foreign}
            if refs and resource.name in mine:
                given = {k: v for k, v in (stage.house.make.given(asked, stage.ann) or {}).items() if v is not None}
                _again(watch)
                door = Door("POST", "api.act", resource, (*base, ("action", action.name)), "row_id")
                yield from _named(stage, watch, ann, door, mine[resource.name], refs, _plain(given), foreign, place)


def _named(stage: Stage, watch: Watch, ann: Caller, door: Door, row: int, fields: Mapping[str, RefField], given: Mapping[str, Any], foreign: Mapping[str, int],
           place: Place) -> Iterator[tuple[Place, str]]:
    for name, field in fields.items():
        if not is_scoped(stage.registry.resource(field.target).model):
            continue
        told, changed = [], ""
        for number in (MISSING, foreign[field.target]):
            answer = ann(door, row, {**given, name: [number] if isinstance(field, RefsField) else number})
            told.append((answer.status_code, re.sub(rf"\b{number}\b", "#", answer.text)))
            changed = _left(watch) or changed
        if told[0] != told[1] or told[1][0] < 400 or changed:
            yield place, f"{door} takes a record of somebody else in {name}, or tells that it is there: {changed or told[1][0]}"


def _abouts(stage: Stage, watch: Watch, writer: Caller, foreign: Mapping[str, int]) -> Iterator[tuple[Place, str]]:
    """Tasks, mails and whatever else is written about any record are written about none that one may not see, nor do their forms and lists tell of it."""
    kinds = [one for one in stage.registry.resources.values() if "create" in one.verbs and one.package == "core" and getattr(one.all_fields.get("subject"), "kind", "") == "anyref"]
    hidden = [one for one in stage.resources if one.name in foreign and is_scoped(one.model)]
    for at, resource in enumerate(hidden):
        for kind in kinds if len(hidden) < len(kinds) else kinds[at % len(kinds):][:1]:  # each with some, all with all would be too many
            base = (("package", kind.package), ("path", kind.path))
            given = {kind.label_field: "x", **({"receivers": "x@example.com", "hold": True} if kind.name == "core.mail" else {})}
            for method, endpoint in (("POST", "api.create"), ("POST", "pages.new"), ("GET", "pages.new"), ("GET", "api.index")):
                door, told, changed = Door(method, endpoint, kind, base, ""), [], ""
                for number in (MISSING, foreign[resource.name]):
                    ends = (".eq", ".eq") if endpoint.endswith("index") else ("", "")
                    asked = f"?subject{ends[0]}={resource.name}&subject_id{ends[1]}={number}" if method == "GET" else ""
                    answer = writer(door, sent={**given, "subject": resource.name, "subject_id": number}, asked=asked)
                    told.append((answer.status_code, re.sub(rf"(subject_id\D{{1,40}}){number}\b", r"\1#", likeness(answer, number)[1])))
                    changed = _left(watch) or changed
                if told[0] != told[1] or changed or (method == "POST" and told[1][0] < 400):
                    yield stage.subject.of(type(resource)), f"{door} is written about a record that one may not see, or tells that it is there: {changed or told[1][0]}"


def _again(watch: Watch) -> None:
    """What the machine has made up meanwhile is there from now on."""
    if watch.touched():
        watch.begin()


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, str | int | list | bool) else str(value) for name, value in given.items()}
