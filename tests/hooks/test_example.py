"""The worked example of docs/integrate.md keeps two systems in step, both ways, over real HTTP."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import flask
import pytest

from tests.support.world import World
from tests.support.worlds import Client, one_engine, token_of

DOCS = Path(__file__).parents[2] / "docs"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def address(api_app: flask.Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, api_app, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@one_engine
def test_two_systems_are_kept_in_step(as_: Callable[..., Client], world: World, address: str, tmp_path: Path) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", (DOCS / "integrate.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "sync.py").write_text(script, "utf-8")
    file, ann, root = tmp_path / "other.db", as_("ann"), as_("root")
    token = token_of(world, "ann", "core.customer.*")

    def sync() -> str:
        done = subprocess.run([sys.executable, str(tmp_path / "sync.py"), address, token, str(file)], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def theirs() -> dict[str, Any]:
        with sqlite3.connect(file) as db:
            return dict(db.execute("select title, remark from company").fetchall())

    def change(statement: str, *values: Any) -> None:
        with sqlite3.connect(file) as db:
            db.execute(statement, values)

    def ours() -> dict[str, Any]:
        return {item["name"]: item["note"] for item in ann("GET", "/core/customer?limit=200").json["items"]}

    assert sync() == "" and theirs() == ours() and len(ours()) == 2
    made = ann("POST", "/core/customer", {"name": "Made here", "note": "a"}).json["id"]
    change("insert into company(title, remark) values (?, ?)", "Made there", "b")
    assert sync() == "" and theirs() == ours() and {"Made here", "Made there"} <= ours().keys()
    ann("PATCH", f"/core/customer/{made}", {"note": "changed here"})
    change("update company set remark = 'changed there', dirty = 1 where title = 'Made there'")
    assert sync() == "" and theirs() == ours() and (ours()["Made here"], ours()["Made there"]) == ("changed here", "changed there")
    ann("PATCH", f"/core/customer/{made}", {"note": "ours"})
    change("update company set remark = 'theirs', dirty = 1 where title = 'Made here'")
    assert sync() == "" and theirs() == ours() and ours()["Made here"] == "ours"
    root("POST", f"/core/customer/{made}/assign", {"owner": world.people["bob"]})
    ann("DELETE", f"/core/customer/{world.customers['ann2']}")
    assert sync() == "" and theirs() == ours() and len(ours()) == 2
    change("insert into company(title) values ('')")
    assert "company" in sync() and len(theirs()) == 3  # what is refused is said, and stops nothing
    change("delete from company where title = ''")
    change("update place set cursor = '0.1.000000000000.x'")  # as after a restore
    assert sync() == "" and theirs() == ours()
