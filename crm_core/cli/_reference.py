"""The generated pages of the documentation, each a function of the program: commands, settings, permissions, hooks."""

import ast
import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from crm_core import testing
from crm_core.cli import _sdk_page
from crm_core.kernel import hookspecs
from crm_core.kernel.config import Config
from crm_core.kernel.registry import Registry
from crm_core.testing.checks import CHECKS

NOTE = "<!-- Written by `crm docs` from the program. Change the program, then run it again. -->"


def pages(root: click.Group, registry: Registry) -> dict[str, str]:
    """Text by file name."""
    return {
        "commands.md": _page("Commands", "What `crm` can do; each page is `crm … --help`.", _commands(root, "crm")),
        "configuration.md": _page(
            "Configuration", "Settings stand in `crm.toml` in the site's folder, or in the environment, which wins.",
            _settings()),
        "permissions.md": _page(
            "Permissions", "What a grant of a role, and the scope of a token, may name. `core.customer.*` names all "
            "verbs of a resource.", _permissions(registry)),
        "hooks.md": _page(
            "Hooks", "What a package can offer in its `plugin.py`, each with `@hookimpl`.", _hooks()),
        "sdk.md": _page(
            "What crm_core.sdk has", "Everything a plugin imports: `from crm_core.sdk import …`. Each example of its use: "
            "[extension points](../extend.md).", _sdk_page.lines()),
        "testing.md": _page(
            "Fixtures", "What `pytest -p crm_core.testing` gives to the tests of a plugin. `--database=URL` runs them on an empty "
            "PostgreSQL database.", _fixtures()),
        "checks.md": _page(
            "Checks", "What `crm plugin check` and `test_contract` see to, in this order. After a check in bold that finds "
            "something, those below it wait: they need what it found missing.", _checks()),
    }


def _page(title: str, lead: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", NOTE, "", lead, "", *lines]).rstrip() + "\n"


def _commands(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
    context.help_option_names = ["-h", "--help"]
    yield from (f"## {path}", "", "```", command.get_help(context).rstrip(), "```", "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _commands(found, f"{path} {name}")


def _settings() -> Iterator[str]:
    source = inspect.getsource(Config)
    yield from ("| setting | environment | default | |", "|---|---|---|---|")
    for field in dataclasses.fields(Config):
        if field.name == "site":
            continue
        found = re.search(rf"^    {field.name}: .*?  # (.+)$", source, re.MULTILINE)
        default = f"`{field.default}`" if field.default != "" else "–"
        yield f"| `{field.name}` | `CRM_{field.name.upper()}` | {default} | {found[1] if found else ''} |"


def _permissions(registry: Registry) -> Iterator[str]:
    yield from ("| resource | verbs | |", "|---|---|---|")
    for name, resource in sorted(registry.resources.items()):
        verbs = ", ".join(f"`{verb}`" for verb in dict.fromkeys((*resource.verbs, *resource.all_actions)))
        of = f"part of `{resource.part_of}`, follows its rights" if resource.part_of else ""
        brief = "brief view" if resource.is_brief else ""
        yield f"| `{name}` | {verbs} | {of or brief or resource.label} |"
    if registry.permissions:
        yield from ("", "| permission | |", "|---|---|")
        yield from (f"| `{name}` | {found.label} |" for name, found in sorted(registry.permissions.items()))


def _hooks() -> Iterator[str]:
    for name, function in vars(hookspecs).items():
        if not hasattr(function, "crm_spec"):
            continue
        signature = re.sub(r"declare\.|flask\.|click\.|\bAny\b|'", lambda m: "" if m[0] in ("declare.", "'") else m[0],
                           str(inspect.signature(function)))
        yield from (f"## {name}", "", f"`{name}{signature}`", "", inspect.cleandoc(function.__doc__ or ""), "")


def _fixtures() -> Iterator[str]:
    """Read, not imported: the program itself does without pytest."""
    source = Path(testing.__file__).with_name("fixtures.py").read_text(encoding="utf-8")
    yield from ("| fixture | |", "|---|---|")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and any("pytest.fixture" in ast.unparse(one) for one in node.decorator_list):
            yield f"| `{node.name}` | {' '.join((ast.get_docstring(node) or '').split())} |"


def _checks() -> Iterator[str]:
    yield from ("| check | what it sees to | cure |", "|---|---|---|")
    for name, known in CHECKS.items():
        yield f"| {f'**`{name}`**' if known.gate else f'`{name}`'} | {known.says} | {known.cure} |"


def folder() -> Path | None:
    """Where the pages stand in a checkout; None in an installed package."""
    home = Path(__file__).parents[2]
    return home / "docs" / "reference" if (home / "pyproject.toml").is_file() else None
