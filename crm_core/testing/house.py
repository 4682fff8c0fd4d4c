"""A small house to try a plugin in: a site in a folder of its own, departments and people made when they are asked for."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_core.access.actor import Actor, load_actor
from crm_core.app import create_app, open_site
from crm_core.data.session import Work
from crm_core.features.people.roles import EVERYBODY
from crm_core.features.people.services import accounts
from crm_core.kernel import enabling, plugins
from crm_core.kernel.config import Config
from crm_core.kernel.errors import CrmError
from crm_core.kernel.install import prepare
from crm_core.kernel.site import Site
from crm_core.testing.clients import Browser, Client, signed_in, token_of
from crm_core.testing.make import Make

if TYPE_CHECKING:
    import flask


@dataclass(frozen=True)
class Person:
    """Somebody of the house."""

    house: "House"
    id: int
    login: str
    department: int

    @property
    def actor(self) -> Actor:
        """He with his rights of this moment."""
        with self.house.site.system("tests") as work:
            found = load_actor(self.house.site, work.session, self.id)
        assert found is not None
        return found

    def work(self) -> AbstractContextManager[Work]:
        """`with ann.work():` a piece of work of hers."""
        return self.house.site.work(self.actor)

    def browser(self) -> Browser:
        """`ann.browser()("GET", "/visits/visit")`."""
        return signed_in(self.house.app, self.house.site, self.id)

    def api(self, *scopes: str) -> Client:
        """`ann.api()("GET", "/visits/visit")`, with a token of hers."""
        return Client(self.house.app, token_of(self.house.site, self.id, *scopes))


class House:
    """A site with these plugins switched on. `database`: the URL of an empty one, else SQLite in the folder. `like`: the
    folder of another house with the same plugins and nobody in it yet, to begin with a copy of its database."""

    def __init__(self, home: Path, names: Sequence[str], database: str = "", like: Path | None = None) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.chmod(0o700)
        config = Config(site=home, database=database, language="en", debug=True)  # a part that fails says so
        found = plugins.discover()
        if unknown := [name for name in names if name not in found]:
            raise CrmError(f"There is no plugin {', '.join(unknown)} here; there are {', '.join(sorted(found))}.")
        every = tuple(dict.fromkeys(one for name in names for one in plugins.closure(name, found)))
        if like is not None:
            with closing(sqlite3.connect(like / "crm.db")) as old, closing(sqlite3.connect(home / "crm.db")) as new:
                old.backup(new)
        else:
            core = open_site(config=config, plugins=())
            prepare(core, backup=False)
            core.engines.dispose()
        self.site: Site = open_site(config=config, also=every)
        if every and like is None:
            enabling.enable(self.site, every)
        self._places: dict[str, int] = {}
        self.make = Make(self)

    @cached_property
    def app(self) -> "flask.Flask":
        return create_app(self.site)

    def resource(self, name: str) -> Any:
        return self.site.registry.resource(name)

    def system(self) -> AbstractContextManager[Work]:
        """A piece of work of the house itself."""
        return self.site.system("tests")

    def department(self, name: str) -> int:
        """The department of this name, made when first asked for."""
        if name not in self._places:
            with self.system():
                self._places[name] = accounts.add_department(name.capitalize())
        return self._places[name]

    def person(self, login: str, grants: Mapping[str, str] | None = None, *, roles: Sequence[str] = (), department: str = "north") -> Person:
        """Somebody with roles of the house, or with these grants (permission pattern → scope) and the words everybody reads."""
        home = self.department(department)
        with self.system():
            if grants is not None:
                lines = [{"permission": p, "scope": s} for p, s in {**EVERYBODY, **grants}.items()]
                self.resource("core.role").write([{"code": login, "name": login.capitalize(), "grants": lines}])
            codes = [*roles, *([login] if grants is not None else [])]
            made = accounts.add(login, login.capitalize(), codes, home, email=f"{login}@example.com")
        return Person(self, made, login, home)

    def run_job(self, name: str, **arguments: Any) -> None:
        """`house.run_job("visits.remind")`: the job runs now, as the house; its arguments by name. Raises what it raises."""
        import sqlalchemy as sa

        from crm_core.data.session import writing
        from crm_core.kernel.jobs import later
        from crm_core.kernel.models import JobRow
        from crm_core.kernel.runner import drain

        with self.system(), writing():
            later(name, arguments)
        drain(self.site)
        with self.site.engines.read.connect() as conn:
            query = sa.select(JobRow.state, JobRow.error).where(JobRow.name == name).order_by(JobRow.id.desc()).limit(1)
            state, error = conn.execute(query).one()
        assert state == "done", error

    def close(self) -> None:
        self.site.engines.dispose()
