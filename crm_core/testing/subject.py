"""What a check looks at: one plugin, its files, what it registered, and a house to try it in; and what it finds."""

import ast
import importlib.util
import inspect
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.app import open_site
from crm_core.data.base import Model
from crm_core.data.revisions import owner_of
from crm_core.kernel import plugins
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Package
from crm_core.kernel.site import Site
from crm_core.testing.house import House


class Place(NamedTuple):
    """Where in the author's files."""

    path: Path
    line: int = 1


@dataclass(frozen=True)
class Finding:
    """One fault: which check found it, where, what is wrong and how it is cured."""

    check: str
    place: Place
    text: Any
    cure: Any

    def __str__(self) -> str:
        return f"{self.place.path}:{self.place.line}: [{self.check}] {self.text} → {self.cure}"


class Subject:
    """One plugin that is being checked. `database`: the URL of an empty PostgreSQL database for its one house, else each has SQLite in its folder."""

    def __init__(self, name: str, home: Path, database: str = "") -> None:
        self.name, self._home, self._database = name, home, database
        self.found = plugins.discover()[name]
        spec = importlib.util.find_spec(self.found.module)
        assert spec is not None and spec.origin is not None, self.found.error
        self.folder = Path(spec.origin).parent

    # --- its files -----------------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> dict[Path, ast.Module]:
        """Its Python, without migrations; a file that cannot be parsed is left to the check of loading."""
        found = {}
        for path in sorted(self.folder.rglob("*.py")):
            if "migrations" not in path.relative_to(self.folder).parts:
                try:
                    found[path] = ast.parse(path.read_text(encoding="utf-8"))
                except SyntaxError:
                    continue
        return found

    def walk(self, kind: type[Any]) -> Iterator[tuple[Place, Any]]:
        """Every syntax node of a kind, with its place."""
        for path, tree in self.sources.items():
            for node in ast.walk(tree):
                if isinstance(node, kind):
                    yield Place(path, getattr(node, "lineno", 1)), node

    def literal(self, *texts: str) -> Place:
        """Where the first of these texts stands in its Python; else its table of contents."""
        for text in filter(None, texts):
            for place, node in self.walk(ast.Constant):
                if node.value == text:
                    return place
        return Place(self.folder / "plugin.py")

    def function(self, words: str) -> Place | None:
        """Where a function of its stands whose name is among these words."""
        names = set(re.findall(r"\w+", words))
        return next((place for place, node in self.walk(ast.FunctionDef) if node.name in names), None)

    def of(self, thing: Any) -> Place:
        """Where a class or function is written; else its table of contents."""
        thing = inspect.unwrap(thing) if callable(thing) else thing
        while hasattr(thing, "func"):  # functools.partial
            thing = thing.func
        try:
            path = Path(inspect.getsourcefile(thing) or "")
            line = inspect.getsourcelines(thing)[1]
        except (TypeError, OSError):
            return Place(self.folder / "plugin.py")
        return Place(path, line) if path.is_relative_to(self.folder) else Place(self.folder / "plugin.py")

    def traced(self, trace: str) -> Place | None:
        """The last place of a traceback that lies in its files."""
        found = re.findall(r'File "([^"]+)", line (\d+)', trace)
        own = [Place(Path(path), int(line)) for path, line in found if Path(path).is_relative_to(self.folder)]
        return own[-1] if own else None

    # --- what it registered --------------------------------------------------------------------------------------

    @cached_property
    def site(self) -> Site:
        """A site without a database, with the plugin and what it requires and enhances loaded. Raises what loading raises."""
        found = plugins.discover()
        manifest = self.found.manifest
        liked = [one for one in manifest.likes if one in found] if manifest is not None else []
        names = tuple(dict.fromkeys(one for each in [*liked, self.name] for one in plugins.closure(each, found)))
        return open_site(config=Config(site=Path(tempfile.mkdtemp(dir=self._home)), language="en", debug=True), also=names)  # debug: a bridge that fails is found, not noted

    @property
    def package(self) -> Package:
        found = self.site.registry.package(self.name)
        assert found is not None
        return found

    def own(self, items: Any) -> list[Any]:
        """Those of these registered things that are the plugin's."""
        return [item for item in items if self.site.registry.package_of(item) == self.name]

    @property
    def resources(self) -> list[Any]:
        """Its resources that have faces, without brief views."""
        return [r for r in self.site.registry.resources.values() if r.package == self.name and not r.is_brief and r.verbs]

    @property
    def tables(self) -> list[sa.Table]:
        """Its tables, as far as its models could be imported."""
        names = {self.name, *(p.name for p in plugins.discover().values())}
        return [table for name, table in sorted(Model.metadata.tables.items()) if owner_of(name, names) == self.name]

    def column(self, table: sa.Table, name: str = "") -> Place:
        """Where a column of a table, or the table, is written."""
        mapped = [m.class_ for m in Model.registry.mappers if m.local_table is table and "__brief_of__" not in m.class_.__dict__]
        if not mapped:
            return self.literal(table.name)
        start = self.of(mapped[0])
        lines = start.path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines[start.line - 1:] if name else (), start.line):
            if re.match(rf"\s+{re.escape(name)}\s*[:=]", line):
                return Place(start.path, number)
        return start

    # --- a house to try it in ------------------------------------------------------------------------------------

    @cached_property
    def _names(self) -> list[str]:
        return [p.name for p in self.site.registry.packages if p.name != "core"]

    @cached_property
    def _empty_house(self) -> Path:
        home = Path(tempfile.mkdtemp(dir=self._home))
        House(home, self._names).close()
        return home

    def house(self) -> House:
        """A new house with the plugin switched on. Raises what switching on raises."""
        home = Path(tempfile.mkdtemp(dir=self._home))
        return House(home, self._names, self._database) if self._database else House(home, self._names, like=self._empty_house)


Check = Callable[[Subject], Iterator[tuple[Place, Any]]]
