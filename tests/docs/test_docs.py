"""What the pages for people and administrators say is what the program does."""

import re
from pathlib import Path

import click
import pytest

from crm_core.app import open_site
from crm_core.cli import root
from crm_core.kernel.config import Config
from crm_core.kernel.i18n import in_language

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("start.md", "operate.md", "permissions.md", "import.md", "author.md", "extend.md", "promise.md")


def presets(site_folder: Path) -> str:
    """The table of what the first roles may do, by permission; a dash where a role may not."""
    registry = open_site(config=Config(site=site_folder)).registry
    grants: dict[str, dict[str, str]] = {}
    for role in registry.roles:
        grants.setdefault(role.code, {}).update(role.grants)
    codes = [code for code in grants if code != "administrator"]
    lines = ["| permission | " + " | ".join(f"`{code}`" for code in codes) + " |", "|---" * (len(codes) + 1) + "|"]
    for name in sorted({name for code in codes for name in grants[code]}):
        lines.append(f"| `{name}` | " + " | ".join(grants[code].get(name, "–") for code in codes) + " |")
    return "\n".join(lines)


def test_the_table_of_presets_is_what_the_roles_are_made_with(tmp_path: Path) -> None:
    with in_language("en"):
        table = presets(tmp_path)
    assert table in (DOCS / "permissions.md").read_text("utf-8"), f"docs/permissions.md wants this table:\n{table}"


def unknown_words(line: str) -> list[str]:
    """What of `user add chen --role x` is neither a command nor an option of it."""
    command: click.Command = root()
    words = line.split()
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            return words[:1]
        command = found
        words.pop(0)
    known = {option for parameter in command.params for option in parameter.opts}
    return [word for word in words if word.startswith("--") and word not in known]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_is_there_with_its_options(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    lines = re.findall(r"(?:^    (?:CRM_SITE=\S+ |HOST=\S+ )?|`)crm ([a-z][^`\n#]*)", text, re.MULTILINE)
    assert lines
    assert {line: unknown for line in lines if (unknown := unknown_words(line))} == {}


@pytest.mark.parametrize("line, said", [("serve --nowhere", ["--nowhere"]), ("fly", ["fly"]), ("db downgrade", ["downgrade"])])
def test_a_command_that_is_not_there_is_found(line: str, said: list[str]) -> None:
    assert unknown_words(line) == said


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in links if link and not (DOCS / link).exists()] == []


def test_every_setting_that_the_operating_page_names_is_there() -> None:
    text = (DOCS / "operate.md").read_text("utf-8")
    named = set(re.findall(r"^([a-z_]+) = ", text, re.MULTILINE))
    assert named and named <= set(Config.__dataclass_fields__)


def test_the_readme_of_sales_names_every_event_and_leads_where_it_says() -> None:
    home = DOCS.parent / "plugins/sales"
    text = (home / "README.md").read_text("utf-8")
    events = re.findall(r"^class (\w+)\(Event\)", (home / "crm_sales/api.py").read_text("utf-8"), re.MULTILINE)
    assert events and [name for name in events if f"`{name}`" not in text] == []
    package = home / "crm_sales"
    assert [path for path in re.findall(r"`([a-z_]+/(?:\w+\.py)?)`", text) if not path.startswith("bridges/") and not (package / path).exists()] == []
    for names, file in re.findall(r"((?:`\w+`(?:, and | and |, )?)+) in `(\w+/\w+\.py)`", text):
        source = (package / file).read_text("utf-8")
        assert [name for name in re.findall(r"`(\w+)`", names) if not re.search(rf"\b{name}\b", source)] == [], file
