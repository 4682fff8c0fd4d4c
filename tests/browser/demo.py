"""The product itself for the browser: the demo company, served over real HTTP, with people who have signed in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page
from werkzeug.serving import make_server

from crm_core.access.models import User
from crm_core.app import create_app, open_site
from crm_core.cli.demo import fill, with_plugins
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import outbox, runner
from crm_core.kernel.config import Config
from crm_core.kernel.install import prepare
from crm_core.web import session
from tests.support.browser import Visitor


class Demo:
    """A running site; `open(visitor, "/core/customer")` is a page of somebody who has signed in."""

    def __init__(self, home: Path, *, plugins: bool = False) -> None:
        home.mkdir(mode=0o700)
        self.site = open_site(config=Config(site=home, timezone="Asia/Shanghai", private_hosts="127.0.0.1"))  # the mail servers of tests
        prepare(self.site, backup=False)
        if plugins:
            self.site = with_plugins(self.site)
        self.passwords = fill(self.site, customers=300)
        self.app = create_app(self.site)
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join(10)
        self.site.engines.dispose()

    def open(self, visitor: Visitor, path: str, who: str = "chenxiaoyan", language: str = "en", **options: Any) -> Page:
        """A page of this person, in this language."""
        self.speak(who, language)
        context = visitor.context(language=language, **options)
        context.add_cookies([{"name": "sid", "value": self._session(who), "url": self.address}])
        page = context.new_page()
        self.go(page, path)
        return page

    def go(self, page: Page, path: str) -> None:
        """Type an address, and wait until the scripts are there."""
        page.goto(self.address + path)
        page.wait_for_selector("html[data-ready]", state="attached")

    def _session(self, who: str) -> str:
        with self.site.system("tests") as work:
            user, stored = work.session.execute(sa.select(User.id, User.password_hash).where(User.login == who)).one()
            with self.app.test_request_context():
                return session.begin(self.site, user, stored, stay=False)

    def speak(self, who: str, language: str) -> None:
        """The person's own language wins over the browser's."""
        self.sql("UPDATE core_user SET language = :l WHERE login = :w AND coalesce(language, '') <> :l", l=language, w=who)
        self.sql("UPDATE core_site SET rights = rights + 1")

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """Rows as they stand in the database, past every guard."""
        with self.site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn, conn.begin():
            found = conn.execute(sa.text(statement), values)
            return [tuple(row) for row in found] if found.returns_rows else []

    def one(self, statement: str, **values: Any) -> Any:
        """The first value of the first row."""
        return self.sql(statement, **values)[0][0]

    def settle(self) -> None:
        """Everything that is due now: deliveries and jobs, until nothing is left."""
        for _turn in range(30):
            if not outbox.drain(self.site) + runner.drain(self.site):
                return

    def work(self) -> None:
        """Run every job that waits."""
        while runner.run_one(self.site):
            pass


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, cheap_passwords: None) -> Iterator[Demo]:
    """The demo company, made once; a test leaves what others look at as it was."""
    found = Demo(tmp_path_factory.mktemp("demo") / "site")
    yield found
    found.stop()
