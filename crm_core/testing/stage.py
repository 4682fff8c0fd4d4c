"""Two people in a house with the plugin, and the addresses where they may meet its records."""

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import flask
from werkzeug.routing import Rule, UnicodeConverter

from crm_core.access.doors import declared
from crm_core.data.mixins import is_scoped
from crm_core.kernel.declare import Panel, Related
from crm_core.resource.seen import Seen
from crm_core.testing.clients import Browser, Client
from crm_core.testing.house import Person
from crm_core.testing.subject import Place, Subject

CANARY = "CANARYSUE"


class Answer(NamedTuple):
    status: int
    text: str
    trace: str


@dataclass
class Stage:
    """Ann in the north and Sue in the south, each with all rights on her own records of the plugin and on her customers."""

    subject: Subject
    ids: dict[str, int] = field(default_factory=dict)  # resource → a record of Ann's

    def __post_init__(self) -> None:
        self.house = self.subject.house()
        names = [p.name for p in self.house.site.registry.packages if p.name != "core"]
        grants = {"core.customer.*": "own", "core.task.*": "own", **{f"{name}.*": "own" for name in names}}
        self.ann = self.house.person("ann", grants, department="north")
        self.sue = self.house.person("sue", grants, department="south")
        self.admin = self.house.person("root", roles=["administrator"], department="north")

    def close(self) -> None:
        self.house.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    @property
    def registry(self) -> Any:
        return self.house.site.registry

    @property
    def resources(self) -> list[Any]:
        """The plugin's, bound to this house."""
        return [self.registry.resource(r.name) for r in self.subject.resources]

    @property
    def hosts(self) -> list[Any]:
        """Resources of others on which it shows something."""
        slots = (self.registry.panels, self.registry.columns, self.registry.print_templates)
        named = {on for slot in slots for on, items in slot.items() if self.mine(items)} | set(self.timelines)
        return [self.registry.resource(name) for name in sorted(named) if not name.startswith(f"{self.subject.name}.")]

    @property
    def timelines(self) -> dict[str, Place]:
        """Resources on whose time line its records leave a line."""
        own = [line for lines in self.registry.timelines.values() for line in self.mine(lines)]
        return {self.registry.resource(one.of).all_fields[one.via].target: self.subject.of(one.of) for one in own}

    def mine(self, items: Any) -> list[Any]:
        return [item for item in items if self.registry.package_of(item) == self.subject.name]

    def fill(self, owner: Person, *, mark: str = "Test", on: Mapping[str, int] | None = None) -> dict[str, int]:
        """A record of each of its resources with everything filled in; `on`: records of hosts that they point at."""
        made = {}
        for resource in self.resources:
            if is_scoped(resource.model) or mark == "Test":
                given = {name: (on or {})[f.target] for name, f in resource.all_fields.items() if getattr(f, "target", "") in (on or {})}
                made[resource.name] = self.house.make(resource.name, owner=owner, full=True, mark=mark, **given)
        return made

    def host(self, owner: Person) -> dict[str, int]:
        """A record of each host."""
        return {resource.name: self.house.make(resource.name, owner=owner) for resource in self.hosts}

    # --- addresses -----------------------------------------------------------------------------------------------

    def pages(self, ids: Mapping[str, int]) -> Iterator[tuple[Place, str]]:
        """The pages of its resources and of the hosts, each with who answers for it; `ids`: one record of each."""
        for resource in self.resources:
            place, root = self.subject.of(type(resource)), f"/{resource.package}/{resource.path}"
            yield place, root
            yield from ((place, f"{root}/export") for _one in (1,) if "export" in resource.verbs)
            if resource.name in ids:
                yield place, f"{root}/{ids[resource.name]}"
                yield from ((place, f"{root}/{ids[resource.name]}/print") for _one in (1,) if "print" in resource.verbs)
                yield from self._boxes(resource, root, ids[resource.name])
        for kind, items in (("reports", self.registry.reports), ("cards", self.registry.cards)):
            yield from ((self.blame(one, one.query), f"/{kind}/{one.name}") for one in self.mine(items.values()))
        for resource in self.hosts:
            root = f"/{resource.package}/{resource.path}"
            for panel in self.mine(self.registry.panels.get(resource.name, ())):
                if isinstance(panel, Related):
                    target = self.registry.resource(panel.resource)
                    yield self.subject.of(type(target)), f"{root}/{ids[resource.name]}?tab={target.name}"
            for column in self.mine(self.registry.columns.get(resource.name, ())):
                yield self.subject.of(column.load), f"{root}?columns={resource.label_field},{column.name}"
            yield from self._boxes(resource, root, ids[resource.name])
            if resource.name in self.timelines:
                yield self.timelines[resource.name], f"{root}/{ids[resource.name]}"

    def _boxes(self, resource: Any, root: str, row_id: int) -> Iterator[tuple[Place, str]]:
        """Its boxes beside a record, those that fit it, and its papers."""
        for panel in self.mine(self.registry.panels.get(resource.name, ())):
            if isinstance(panel, Panel) and (panel.fits is None or self._fits(panel.fits, resource, row_id)):
                yield self.subject.of(panel.load), f"{root}/{row_id}/panel/{panel.name}"
        for paper in self.mine(self.registry.print_templates.get(resource.name, ())):
            yield self.blame(paper, paper.values), f"{root}/{row_id}/print/{paper.name}"

    def _fits(self, fits: Callable[[Any], bool], resource: Any, row_id: int) -> bool:
        with self.admin.work():
            return fits(Seen(resource, resource.get(row_id)))

    def blame(self, item: Any, call: Any) -> Place:
        """Where a registered thing is written: its function, if the author wrote one, else where its name stands."""
        place = self.subject.of(call)
        return place if place.line > 1 else self.subject.literal(item.name.rpartition(".")[2])

    def by_hand(self, ids: Mapping[str, int]) -> Iterator[tuple[Place, str]]:
        """Its hand-made pages; an id in an address is that of a record of the resource it is called after (`<int:gift>`), else of its first one.
        Public ones that a secret leads to are left out: nobody can make one up."""
        own = {b.name for b in self.mine(self.registry.blueprints)}
        rules: list[Rule] = [r for r in self.house.app.url_map.iter_rules() if r.endpoint.partition(".")[0] in own and "GET" in (r.methods or ())]
        first = next(iter(ids.values()), 1)
        for rule in rules:
            secret = any(isinstance(rule._converters[name], UnicodeConverter) for name in rule.arguments)
            if secret and (declared(self.house.app, rule.endpoint) or ("",))[0] == "public":
                continue
            values = {name: ids.get(f"{self.subject.name}.{name}", first) for name in rule.arguments if name not in (rule.defaults or {})}
            with self.house.app.test_request_context():
                address = flask.url_for(rule.endpoint, **values)  # type: ignore[arg-type]
            yield self.subject.of(self.house.app.view_functions[rule.endpoint]), address

    def ask(self, browser: Browser, path: str) -> Answer:
        """What a page answers, led on where it leads, with the trace of what went wrong."""
        return self._watched(lambda: browser.http.get(path, follow_redirects=True))

    def call(self, client: Client, path: str) -> Answer:
        return self._watched(lambda: client("GET", path))

    def _watched(self, do: Any) -> Answer:
        traces: list[str] = []

        def note(_app: Any, exception: BaseException, **_more: Any) -> None:
            traces.append("".join(traceback.format_exception(exception)))

        flask.got_request_exception.connect(note, self.house.app)
        answer = do()
        return Answer(answer.status_code, answer.text, traces[-1] if traces else "")
