"""The table of `doors("visits", TABLE)`: which status each kind of person is answered by each page the plugin has made by hand.

    METHOD ENDPOINT [RECORD]          stranger nobody reader user user@south own:user
    GET    visits.show                     303    403    200  404        404      200
    POST   visits.move visits.visit        401    403    403  404        404      303

One line a route and method, one column a kind of person: `stranger` has not signed in, `nobody` has no role, `reader` reads everything of the plugins and changes
nothing, and any other word is the code of a role. Addresses with a number are asked for a record of Ann's, who sits in the department north, as all do who are not said to be
elsewhere (`user@south`); `own:user` asks for a record of his own. What record it is, is told from the address (`/visits/visit/<int:row_id>`, `<int:visit_id>`), or stands
behind the endpoint, several joined by a comma: `visits.visit,visits.stop`; of a word in an address one is made up. Forms are sent empty. `#` begins a remark.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from werkzeug.routing import Rule, UnicodeConverter

from crm_core.testing.asking import Caller, Door, named
from crm_core.testing.house import Person
from crm_core.testing.stage import Stage
from crm_core.testing.subject import Place
from crm_core.testing.watch import Watch

MADE_UP = "0123456789abcdef"


@dataclass(frozen=True)
class Line:
    """What stands in a line: the records of its address, and who is answered what."""

    about: tuple[str, ...]
    answers: tuple[tuple[str, int], ...]


def read(text: str) -> tuple[list[str], dict[tuple[str, str], Line]]:
    """The kinds of people, and the line of each (method, endpoint). Raises ValueError for what is no such table."""
    rows = [words for row in text.splitlines() if (words := row.partition("#")[0].split())]
    if not rows or rows[0][:2] != ["METHOD", "ENDPOINT"]:
        raise ValueError("a table begins with METHOD ENDPOINT and the kinds of people")
    people = [word for word in rows[0][2:] if word != "[RECORD]"]
    found: dict[tuple[str, str], Line] = {}
    for row in rows[1:]:
        method, endpoint, *rest = row
        about = rest.pop(0) if rest and not rest[0].isdigit() else ""
        if len(rest) != len(people) or not all(map(str.isdigit, rest)) or (method, endpoint) in found:
            raise ValueError(f"{' '.join(row)}: a line of its own with {len(people)} statuses is expected")
        found[method, endpoint] = Line(tuple(filter(None, about.split(","))), tuple(zip(people, map(int, rest), strict=True)))
    return people, found


class Table:
    """A table with its people and records in a house; made before the watch begins."""

    def __init__(self, stage: Stage, text: str, place: Place) -> None:
        self.stage, self.place = stage, place
        self.people, self.lines = read(text)
        self.persons: dict[str, Person] = {}
        self._kept: dict[tuple[int, tuple[str, ...]], tuple[int, ...]] = {}
        self.callers = {who: Caller(stage, self._person(who)) for who in self.people}
        self.owners = {who: self.persons[who] if who.startswith("own:") else stage.ann for who in self.people}
        for (method, endpoint), rule in self.routes.items():
            if (line := self.lines.get((method, endpoint))) is not None and (about := self._about(rule, line)) is not None:
                for owner in self.owners.values():
                    self._records(owner, about)

    def _person(self, who: str) -> Person | None:
        if who == "stranger":
            return None
        house = self.stage.house
        if who in ("nobody", "reader"):
            grants = {f"{p.name}.*.read": "all" for p in self.stage.registry.packages if p.name != "core"} | {"core.customer.read": "all"} if who == "reader" else {}
            found = house.person(f"table-{who}", grants)
        else:
            role, _at, department = who.removeprefix("own:").partition("@")
            found = house.person(f"table-{len(self.persons)}", roles=[role], department=department or "north")
        self.persons[who] = found
        return found

    @cached_property
    def routes(self) -> dict[tuple[str, str], Rule]:
        own = {b.name for b in self.stage.mine(self.stage.registry.blueprints)}
        return {(method, rule.endpoint): rule for rule in self.stage.house.app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in own
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})}

    def walk(self, watch: Watch) -> Iterator[tuple[Place, str]]:
        """Every cell of the table; what is answered otherwise, and what stands there that is not served."""
        yield from ((self.place, f"{method} {endpoint} stands in the table and is not served") for method, endpoint in self.lines.keys() - self.routes.keys())
        for (method, endpoint), rule in self.routes.items():
            place = self.stage.subject.of(self.stage.house.app.view_functions[endpoint])
            if (line := self.lines.get((method, endpoint))) is None:
                yield place, f"{method} {endpoint} stands in no line of the table"
            elif (about := self._about(rule, line)) is None:
                yield place, f"{method} {endpoint}: say in the table which records its address names"
            else:
                for who, wanted in line.answers:
                    values = _values(rule, self._records(self.owners[who], about))
                    answer = self.callers[who](Door(method, endpoint, None, values, ""))
                    if answer.status_code != wanted:
                        yield place, f"{method} {endpoint}: {who} is answered {answer.status_code}, not {wanted}"
                    if watch.touched():
                        if wanted >= 400 and watch.digest() != watch.whole:
                            yield place, f"{method} {endpoint}: {who} is refused, and yet something changes"
                        watch.restore()

    def _about(self, rule: Rule, line: Line) -> tuple[str, ...] | None:
        numbers = _numbers(rule)
        about = line.about or tuple(one.name for name in numbers if (one := named(self.stage, rule, name)) is not None)
        return about if len(about) == len(numbers) else None

    def _records(self, owner: Person, about: tuple[str, ...]) -> tuple[int, ...]:
        """A record of somebody's of each of these; a later one belongs to the earlier ones where it points at them."""
        if (owner.id, about) not in self._kept:
            made: dict[str, Any] = {}
            for name in about:
                if name == "core.user":
                    made[name] = owner.id
                    continue
                fields: dict[str, Any] = self.stage.registry.resource(name).all_fields
                given = {field: made[f.target] for field, f in fields.items() if getattr(f, "target", "") in made}
                made[name] = self.stage.house.make(name, owner=owner, full=True, **given)
            self._kept[owner.id, about] = tuple(made.values())
        return self._kept[owner.id, about]


def _arguments(rule: Rule) -> list[str]:
    return re.findall(r"<(?:[^:<>]*:)?(\w+)>", rule.rule)


def _numbers(rule: Rule) -> list[str]:
    return [name for name in _arguments(rule) if not isinstance(rule._converters[name], UnicodeConverter)]


def _values(rule: Rule, records: tuple[int, ...]) -> tuple[tuple[str, Any], ...]:
    numbered = dict(zip(_numbers(rule), records, strict=True))
    return tuple((name, numbered.get(name, MADE_UP)) for name in _arguments(rule))
