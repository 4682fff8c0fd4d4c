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
OUTBOUND = "crm_core/kernel/outbound/"
LEDGER = ("crm_core/access/", "crm_core/web/session.py")


def in_full(found: list[str]) -> str:
    return "\n" + "\n".join(found)


def said(path: Path, findings: Iterable[Finding]) -> list[str]:
    return [f"{tree.name(path)}:{line}: {what}" for line, what in findings]


def exceptions(rule: str, findings: dict[str, list[str]]) -> list[str]:
    """What the rule found and allowed.toml does not cover, and what it covers in vain."""
    allowed, out = tree.allowed(rule), []
    for name, found in findings.items():
        if len(found) > (allowed[name].times if name in allowed else 0):
            out += found
    return out + [f"{name}: no longer needs its line in allowed.toml" for name in allowed if name not in findings]


def over(suffixes: tuple[str, ...], within: str, lint: Callable[[Path], Iterable[Finding]]) -> dict[str, list[str]]:
    """file -> what the lint finds in it."""
    paths = [path for path in tree.sources(*suffixes, within=within) if "tests/architecture/" not in tree.name(path)]
    return {tree.name(path): found for path in paths if (found := said(path, lint(path)))}


@pytest.mark.parametrize("rule", PYTHON_RULES)
def test_core_keeps_the_rule(rule: str) -> None:
    findings = over((".py",), "crm_core/", lambda path: PYTHON_RULES[rule](tree.parsed(path)))
    if rule == "ledger":
        findings = {name: found for name, found in findings.items() if not name.startswith(LEDGER)}
    found = exceptions(rule, findings)
    assert not found, in_full(found)


def test_other_systems_are_called_in_one_place() -> None:
    findings = {name: found for place in ("crm_core/", "plugins/")
                for name, found in over((".py",), place, lambda path: lints.outgoing(tree.parsed(path))).items()}
    inside = {name for name in findings if name.startswith(OUTBOUND)}
    assert inside, "the lint does not find what it is about"
    found = [line for name, lines in findings.items() if name not in inside for line in lines]
    assert not found, in_full(found)


def test_every_permission_has_a_reason() -> None:
    rules = [*PYTHON_RULES, "foreign", "template", "long"]
    assert [(rule, name) for rule in rules for name, each in tree.allowed(rule).items() if len(each.why) < 6] == []


def test_plugins_see_the_sdk_only() -> None:
    found = [
        line
        for place in ("plugins/", "tests/postcards/")
        for name, lines in over((".py",), place, lambda path: lints.beyond_sdk(tree.parsed(path))).items()
        for line in lines
        if "/tests/" not in name or name.startswith("tests/")  # tests of our own plugins may look inside
    ]
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
    findings = over((".html", ".svg"), "", lambda path: lints.template(path.read_text("utf-8")))
    found = exceptions("template", {name: each for name, each in findings.items() if not name.startswith("tests/")})
    assert not found, in_full(found)


def test_nothing_is_left_unfinished() -> None:
    found = [
        line
        for lines in over(WRITTEN, "", lambda path: lints.unfinished(path.read_text("utf-8"))).values()
        for line in lines
    ]
    assert not found, in_full(found)


def test_no_file_names_a_host_of_others_or_a_place_of_one_machine() -> None:
    suffixes = (*WRITTEN, ".svg", ".csv", ".vcf", ".mako")
    found = exceptions("foreign", over(suffixes, "", lambda path: lints.foreign(without_funding(path))))
    assert not found, in_full(found)


def without_funding(path: Path) -> str:
    """npm copies into its lock file where a package's authors take donations; nothing is fetched from there."""
    text = path.read_text("utf-8", errors="replace")
    return re.sub(r'"url": "[^"]*"', '""', text) if path.name == "package-lock.json" else text


def test_a_long_file_says_why() -> None:
    """Over 400 lines, the first 30 hold the words "Long because …", or allowed.toml has the reason."""

    def too_long(path: Path) -> Iterator[Finding]:
        lines = path.read_text("utf-8").splitlines()
        if len(lines) > LONG and not re.search(r"\blong because\b", "\n".join(lines[:30]), re.IGNORECASE):
            yield Finding(len(lines), f"is more than {LONG} lines and does not say why")

    found = exceptions("long", over((".py", ".html", ".css", ".js", ".mjs", ".sh"), "", too_long))
    assert not found, in_full(found)


def test_every_plugin_is_named_wherever_it_must_be() -> None:
    project = tree.pyproject()
    folders = {path.name for path in tree.ROOT.glob("plugins/*/crm_*") if path.is_dir()}
    points = set(project["project"].get("entry-points", {}).get("crm.plugins", {}).values())
    roots = set(project["tool"]["importlinter"]["root_packages"]) - {"crm_core"}
    packages = {Path(each).name for each in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]} - {
        "crm_core"
    }
    assert points == folders
    assert roots == folders
    assert packages == folders
