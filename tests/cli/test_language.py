"""The command speaks the language of the terminal, else of the site; and then wholly."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import crm_core.cli.backup  # their help is said in the language of their import: English, as the other tests want it
import crm_core.cli.doctor
import crm_core.cli.restore  # noqa: F401
from crm_core import cli
from crm_core.data import revisions
from crm_core.data.faults import NewerSchema
from crm_core.kernel.i18n import in_language, told
from tests.cli.conftest import Said

Crm = Callable[..., Said]
HAN = re.compile(r"[一-鿿]")
TERMINAL = ("CRM_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(("terminal", "site", "spoken"), [
    ({"LANG": "zh_CN.UTF-8"}, "en", "zh_Hans_CN"),
    ({"LANG": "en_GB.UTF-8"}, "zh_Hans_CN", "en"),
    ({"LANG": "C.UTF-8"}, "zh_Hans_CN", "zh_Hans_CN"),
    ({}, "zh_Hans_CN", "zh_Hans_CN"),
    ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, None, "en"),
    ({"CRM_LANGUAGE": "zh_Hans_CN", "LC_ALL": "en_US.UTF-8"}, "en", "zh_Hans_CN"),
    ({}, None, "en"),
])
def test_the_terminal_decides_then_the_site(
        crm: Crm, home: Path, monkeypatch: pytest.MonkeyPatch, terminal: dict[str, str], site: str | None, spoken: str) -> None:
    for name in TERMINAL:
        monkeypatch.delenv(name, raising=False)
    for name, value in terminal.items():
        monkeypatch.setenv(name, value)
    if site:
        (home / "crm.toml").write_text(f'language = "{site}"\n')
    assert cli._language() == spoken


def test_a_broken_configuration_is_named_and_does_not_hide_the_answer(crm: Crm, home: Path) -> None:
    (home / "crm.toml").write_text("language = \n")
    assert cli._language() in ("en", "zh_Hans_CN")
    said = crm("db", "status")
    assert said.code == 1 and "crm.toml" in said.err


def test_backups_and_findings_are_told_in_chinese(crm: Crm, home: Path) -> None:
    plain = re.compile(r"Python [\d.]+|SQLite [\d.]+|FTS5|/\S+")
    with in_language("zh_Hans_CN"):
        doctor, backup = crm("doctor"), crm("backup")
        (tar,) = (home / "backups").glob("*.tar")
        check, refused = crm("restore", "--check", str(tar)), crm("restore", str(tar))
        replaced = crm("restore", str(tar), "--replace", "--yes")
    english = [line for line in doctor.out.splitlines() if not HAN.search(line) and not plain.fullmatch(line[2:].split(None, 1)[1])]
    assert english == []
    for said in (backup.out, check.out, refused.err, replaced.out):
        assert HAN.search(said), said


def test_a_fault_of_the_database_is_told_in_chinese() -> None:
    with pytest.raises(NewerSchema) as found:
        revisions.Status("core", "core_9999", ("core_0001",)).check()
    with in_language("zh_Hans_CN"):
        assert HAN.search(str(told(found.value))) and "core_9999" in str(told(found.value))
    assert "newer version" in str(found.value)


ALL_HELP = """
import click, re
from crm_core.cli import root
from crm_core.kernel.i18n import in_language

def walk(command, path):
    yield path, command.help or ""
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name not in ("help", "format_"):
            yield f"{path} {parameter.opts[0]}", parameter.help or ""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from walk(command.get_command(context, name), f"{path} {name}")

with in_language("zh_Hans_CN"):
    for path, text in walk(root(), "crm"):
        if not re.search("[一-鿿]", text):
            print(path)
"""


def test_the_help_of_every_command_and_option_is_there_in_chinese() -> None:
    done = subprocess.run([sys.executable, "-c", ALL_HELP], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stdout == ""


def test_what_the_house_itself_does_is_told_in_the_language_of_the_terminal_not_of_the_site(crm: Crm, home: Path) -> None:
    (home / "crm.toml").write_text('language = "en"\n')
    with in_language("zh_Hans_CN"):
        listed, applied = crm("pack", "list"), crm("pack", "apply", "press")
    assert listed.code == 0 and HAN.search(listed.out), listed
    lines = applied.out.splitlines()
    assert applied.code == 0 and lines and all(HAN.search(line) for line in lines), applied
    assert not HAN.search(crm("pack", "list").out)
