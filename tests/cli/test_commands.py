"""What `crm` says and leaves behind."""

import contextlib
import hashlib
import importlib.util
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
import sqlalchemy as sa

from crm_core.app import open_site
from crm_core.cli import root
from crm_core.cli._common import site as working
from crm_core.cli._reference import pages
from crm_core.cli._settled import settled
from crm_core.cli.serve import greet
from crm_core.data.session import writing
from crm_core.kernel.catalogs import collect, update
from crm_core.kernel.config import Config
from crm_core.kernel.i18n import in_language
from crm_core.kernel.jobs import later
from crm_core.kernel.models import JobRow
from tests.cli.conftest import Said
from tests.support.second import second

Crm = Callable[..., Said]
LINK = re.compile(r"/setup/([\w-]{40,})")


def test_help_is_said_without_loading_the_program() -> None:
    code = ("import sys\nfrom crm_core.cli import run\nassert run(['--help']) == 0\n"
            "heavy = {'sqlalchemy', 'flask', 'alembic', 'gunicorn'} & set(sys.modules)\nassert not heavy, heavy")
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=Path(__file__).parents[2])


def test_every_command_has_a_summary_and_examples(crm: Crm) -> None:
    told = crm("--help").out.split("Commands:")[1].split("Examples:")[0]
    commands = dict(re.findall(r"^  (\w+) +(\S.*)$", told, re.MULTILINE))
    assert set(commands) >= {
        "init", "serve", "worker", "db", "user", "import", "export", "i18n", "backup", "restore", "doctor", "docs", "demo"}
    assert all(commands.values())
    texts = pages(root(), open_site().registry)["commands.md"]
    for name, text in re.findall(r"^## (crm.*?)\n(.*?)(?=^## |\Z)", texts, re.MULTILINE | re.DOTALL):
        assert f"Examples:\n\n    {name}" in text or name in text.split("Examples:")[1], name


def test_a_wrong_command_is_wrong_use(crm: Crm) -> None:
    assert crm("nonsense").code == 2 and crm("db", "nonsense").code == 2


def test_init_makes_a_site_of_its_owner_alone_and_a_link_that_is_kept_as_a_digest(crm: Crm, tmp_path: Path) -> None:
    said = crm("init")
    home = tmp_path / "site"
    secret = LINK.search(said.out)
    assert said.code == 0 and secret is not None
    assert home.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in home.rglob("*") if path.is_file())
    content = b"".join(path.read_bytes() for path in home.glob("crm.db*"))
    assert secret[1].encode() not in content
    assert hashlib.sha256(secret[1].encode()).hexdigest().encode() in content
    assert crm("db", "check").code == 0


def test_init_twice_is_refused_and_with_if_missing_changes_nothing(crm: Crm, home: Path) -> None:
    before = hashlib.sha256((home / "crm.db").read_bytes()).hexdigest()
    refused, content = crm("init"), crm("init", "--if-missing")
    assert (refused.code, content.code) == (1, 0), content.err
    assert hashlib.sha256((home / "crm.db").read_bytes()).hexdigest() == before


def test_a_command_at_work_keeps_a_backup_from_being_put_in_place(crm: Crm, home: Path, tmp_path: Path) -> None:
    crm("backup", str(tmp_path / "b.tar"))
    seen: list[int] = []
    with click.Context(click.Command("long work")).scope():
        working()
        seen.append(crm("restore", str(tmp_path / "b.tar"), "--replace", "--yes").code)
    seen.append(crm("restore", str(tmp_path / "b.tar"), "--replace", "--yes", "--json").code)
    assert seen == [1, 0]


def content(home: Path) -> str:
    with contextlib.closing(sqlite3.connect(home / "crm.db")) as conn:
        return hashlib.sha256("\n".join(conn.iterdump()).encode()).hexdigest()


def test_a_site_that_has_all_it_needs_is_left_alone_without_loading_the_program(crm: Crm, home: Path) -> None:
    crm("user", "add", "ann", "--role", "administrator", "--department", "HQ")
    before = content(home)
    code = ("import sys\nfrom crm_core.cli import run\nassert run(['init', '--if-missing', '--demo']) == 0\n"
            "print(sorted(m for m in sys.modules if m.startswith(('crm_core.features', 'crm_core.web', 'alembic', 'flask'))))")
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stdout == "[]\n"
    assert content(home) == before


def test_a_site_with_plugins_is_looked_at_whole(crm: Crm, home: Path) -> None:
    crm("user", "add", "ann", "--role", "administrator", "--department", "HQ")
    assert settled(Config(site=home))
    with sqlite3.connect(home / "crm.db") as conn:
        put(conn, "core_plugin", name="sales", state="enabled", version="1", faults=0, made_at="2026-03-01 00:00:00")
    assert not settled(Config(site=home))


def test_who_starts_an_old_site_is_not_sent_to_a_set_up_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for nobody in (True, False):
        greet(Config(site=tmp_path), nobody)
        assert ("set-up link" in capsys.readouterr().out) is nobody


@pytest.mark.parametrize(("settings", "plain"), [
    ({}, False), ({"host": "::1"}, False), ({"base_url": "http://localhost:9000"}, False),
    ({"base_url": "https://crm.example.com", "host": "0.0.0.0"}, False),
    ({"host": "0.0.0.0"}, True), ({"host": "192.0.2.7"}, True), ({"base_url": "http://crm.example.com"}, True),
])
def test_plain_http_from_outside_is_known_for_what_it_is(tmp_path: Path, settings: dict[str, str], plain: bool) -> None:
    assert Config(site=tmp_path, **settings).plain_http is plain  # type: ignore[arg-type]


def test_a_new_link_ends_the_old_one(crm: Crm, home: Path) -> None:
    first, second = (LINK.search(crm("init", "--new-link").out) for _ in range(2))
    assert first is not None and second is not None
    with sqlite3.connect(home / "crm.db") as conn:
        open_ones = conn.execute("select digest from core_one_time where used_at is null").fetchall()
    assert open_ones == [(hashlib.sha256(second[1].encode()).hexdigest(),)]


def test_a_folder_that_others_can_read_is_refused(crm: Crm, home: Path) -> None:
    home.chmod(0o755)
    said = crm("db", "status")
    assert said.code == 1 and "chmod 700" in said.err


def test_without_a_site_every_command_says_how_to_make_one(crm: Crm) -> None:
    for command in (["db", "status"], ["db", "upgrade"], ["backup"], ["worker"], ["demo"], ["serve"]):
        said = crm(*command)
        assert said.code == 1 and "crm init" in said.err


def test_a_wrong_setting_is_named(crm: Crm, home: Path) -> None:
    (home / "crm.toml").write_text('workers = "many"\n')
    said = crm("db", "status")
    assert said.code == 1 and "workers must be a number" in said.err


@pytest.mark.parametrize("url", ["mysql://crm:geheim@db/crm", "crm:geheim@db/crm", "postgres://crm:geheim@db/crm"])
def test_a_database_of_another_kind_is_refused_without_saying_its_password(
        crm: Crm, home: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CRM_DATABASE", url)
    said = crm("db", "status")
    assert said.code == 1 and "postgresql://" in said.err and "geheim" not in said.err


def test_the_missing_driver_of_postgresql_is_named_with_its_cure(
        crm: Crm, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_DATABASE", "postgresql://crm@db/crm")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    said = crm("db", "status")
    assert said.code == 1 and "pip install 'tangram-crm[pg]'" in said.err


def test_db_says_what_is_pending_and_upgrades_once(crm: Crm, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir(mode=0o700)
    assert crm("db", "status").code == 3
    assert "crm db upgrade" in crm("worker").err
    assert "core_0001" in crm("db", "upgrade").out
    assert crm("db", "status").code == 0 and "Nothing to do" in crm("db", "upgrade").out
    rows = json.loads(crm("db", "status", "--json").out)
    assert rows[0]["package"] == "core" and rows[0]["pending"] == []


def test_worker_once_does_what_is_due(crm: Crm, home: Path) -> None:
    site = open_site()
    with site.system("test"), writing():
        later("core.tidy")
    assert "Jobs: 1" in crm("worker", "--once").out
    with site.engines.read.connect() as conn:
        assert list(conn.execute(sa.select(JobRow.__table__.c.state)).scalars()) == ["done"]


def test_the_doctor_is_content_with_a_fresh_site(crm: Crm, home: Path) -> None:
    said = crm("doctor", "--deep")
    assert said.code == 0, said.out
    levels = {row["check"]: row["level"] for row in json.loads(crm("doctor", "--json").out)}
    assert levels["database"] == levels["parts"] == levels["jobs"] == "ok" and levels["pdf"] in ("ok", "note")


def put(conn: sqlite3.Connection, table: str, **values: object) -> None:
    marks = ", ".join("?" for _ in values)
    conn.execute(f"insert into {table} ({', '.join(values)}) values ({marks})", list(values.values()))


def test_the_doctor_finds_each_fault(crm: Crm, home: Path) -> None:
    at = "2026-01-01 00:00:00"
    stamps = {"version": 1, "created_at": at, "updated_at": at}
    queued = {"failures": 0, "claims": 0, "run_at": at, "made_at": at}
    with sqlite3.connect(home / "crm.db") as conn:
        put(conn, "core_job", name="x", label="", args="{}", state="parked", done=0, position="{}", result="{}",
            cancel_asked=0, **queued)
        put(conn, "core_outbox", listener="x", event="E", number=1, data="{}", key="k", state="queued", **queued)
        for login, owner in (("a", 1), ("b", 2)):
            put(conn, "core_user", login=login, login_key=login, name=login, name_key=login, active=1, preferences="{}",
                owner_id=owner, public_id=login, **stamps)
        role = conn.execute("select min(id) from core_role").fetchone()[0]
        put(conn, "core_user_role", user_id=1, role_id=role, owner_id=2, public_id="x", **stamps)
    (home / "key").chmod(0o644)
    said = crm("doctor", "--json")
    problems = {row["check"] for row in json.loads(said.out) if row["level"] == "problem"}
    assert said.code == 3 and problems == {"key", "jobs", "deliveries", "parts"}


def test_messages_of_a_package_are_collected_and_its_catalog_is_complete() -> None:
    texts = {message.id for message in collect(second()) if message.id}
    assert texts == {"Motif", "See the album", "Postcards"}
    (state,) = update(second(), write=False)
    assert state.missing == [] and state.broken == []


def test_generated_pages_do_not_depend_on_the_language_of_the_terminal() -> None:
    registry = open_site().registry
    with in_language("en"):
        english = pages(root(), registry)
    assert "| `core.customer` | `read`, `create`" in english["permissions.md"]
    assert "## register_jobs" in english["hooks.md"] and "CRM_SMTP_HOST" in english["configuration.md"]
    assert "## crm db upgrade" in english["commands.md"]


@pytest.mark.parametrize("command", [
    ["i18n", "update", "--check", "--package", "nobody"], ["db", "revision", "nobody"]])
def test_a_package_nobody_has_is_named(crm: Crm, home: Path, command: list[str]) -> None:
    said = crm(*command)
    assert said.code == 1 and "nobody" in said.err
