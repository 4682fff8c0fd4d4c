"""Rules every committed file keeps; what a rule tolerates stands in allowed.toml with its reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture import lints, tree
from tests.architecture.lints import Finding

PYTHON_RULES: dict[str, Callable[[ast.Module], Iterator[Finding]]] = {
    "built_sql": lints.built_sql,
    "session_merge": lints.session_merge,
    "unscoped": lints.unscoped,
    "ledger": lints.ledger,
    "broad_except": lints.broad_except,
    "plugin_imports": lints.plugin_imports,
}
WRITTEN = (".py", ".html", ".css", ".js", ".mjs", ".sh", ".md", ".toml", ".txt", ".yml", ".json", ".po", "")
LONG = 400
# Where sign-in, throttle and single-use links live.
LEDGER = ("crm_core/access/", "crm_core/web/session.py")


def in_full(found: list[str]) -> str:
    return "\n" + "\n".join(found)


def said(path: Path, findings: Iterable[Finding]) -> list[str]:
    return [f"{tree.name(path)}:{line}: {what}" for line, what in findings]


@pytest.mark.parametrize("rule", PYTHON_RULES)
def test_core_keeps_the_rule(rule: str) -> None:
    allowed, lint = tree.allowed(rule), PYTHON_RULES[rule]
    found = [
        sentence
        for path in tree.sources(".py")
        if tree.name(path) not in allowed and not (rule == "ledger" and tree.name(path).startswith(LEDGER))
        for sentence in said(path, lint(tree.parsed(path)))
    ]
    assert not found, in_full(found)


@pytest.mark.parametrize("rule", PYTHON_RULES)
def test_what_is_allowed_still_happens(rule: str) -> None:
    idle = [
        name for name in tree.allowed(rule)
        if not (path := tree.ROOT / name).exists() or not list(PYTHON_RULES[rule](tree.parsed(path)))
    ]
    assert not idle, in_full(idle)


def test_every_permission_has_a_reason() -> None:
    rules = [*PYTHON_RULES, "foreign", "template"]
    assert [(rule, name) for rule in rules for name, why in tree.allowed(rule).items() if len(why) < 6] == []


def test_plugins_see_the_sdk_only() -> None:
    places = [path for folder in ("plugins/", "tests/second_package/") for path in tree.sources(".py", within=folder)]
    found = [sentence for path in places for sentence in said(path, lints.beyond_sdk(tree.parsed(path)))]
    assert not found, in_full(found)


def test_features_use_the_api_of_each_other() -> None:
    found = [
        sentence
        for path in tree.sources(".py", within="crm_core/features/")
        if len(parts := Path(tree.name(path)).parts) > 3
        for sentence in said(path, lints.feature_inside(tree.parsed(path), parts[2]))
    ]
    assert not found, in_full(found)


def test_templates_obey_the_content_security_policy() -> None:
    found = [
        sentence
        for path in tree.sources(".html", ".svg", within="")
        if not tree.name(path).startswith("tests/") and tree.name(path) not in tree.allowed("template")
        for sentence in said(path, lints.template(path.read_text("utf-8")))
    ]
    assert not found, in_full(found)


def test_nothing_is_left_unfinished() -> None:
    found = [
        sentence
        for path in tree.sources(*WRITTEN, within="")
        if "tests/architecture/" not in tree.name(path)
        for sentence in said(path, lints.unfinished(path.read_text("utf-8")))
    ]
    assert not found, in_full(found)


def test_no_file_names_a_host_of_others_or_a_place_of_one_machine() -> None:
    found = [
        sentence
        for path in tree.sources(*WRITTEN, ".svg", ".csv", ".vcf", ".mako", within="")
        if "tests/architecture/" not in tree.name(path) and tree.name(path) not in tree.allowed("foreign")
        for sentence in said(path, lints.foreign(without_funding(path)))
    ]
    assert not found, in_full(found)


def without_funding(path: Path) -> str:
    """npm copies into its lock file where a package's authors take donations; nothing is fetched from there."""
    text = path.read_text("utf-8", errors="replace")
    return re.sub(r'"url": "[^"]*"', '""', text) if path.name == "package-lock.json" else text


def test_a_long_file_says_why() -> None:
    """Over 400 lines, the first 30 hold a sentence with "Long because" or "Longer than 400 lines because"."""
    found = []
    for path in tree.sources(".py", ".html", ".css", ".js", ".mjs", ".sh", within=""):
        lines = path.read_text("utf-8").splitlines()
        if len(lines) > LONG and not re.search(r"\blong(er than \d+ lines)? because\b", "\n".join(lines[:30]), re.IGNORECASE):
            found.append(f"{tree.name(path)}: {len(lines)} lines")
    assert not found, in_full(found)


def test_every_plugin_is_named_wherever_it_must_be() -> None:
    project = tree.pyproject()
    folders = {path.name for path in tree.ROOT.glob("plugins/*/crm_*") if path.is_dir()}
    points = set(project["project"].get("entry-points", {}).get("crm.plugins", {}).values())
    roots = set(project["tool"]["importlinter"]["root_packages"]) - {"crm_core"}
    packages = {Path(each).name for each in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]} - {"crm_core"}
    assert points == folders
    assert roots == folders
    assert packages == folders
