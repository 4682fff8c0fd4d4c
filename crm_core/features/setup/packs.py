"""Packs: the configuration of a trade as text that can be read and reviewed. Applying one adds what a site lacks and changes
nothing that people have made or arranged.

A pack is a folder with `pack.toml`:

    [name]
    en = "Trade press"
    zh = "行业媒体"

    [[field]]                       # a custom field; everything that its form has may stand here
    resource = "core.customer"
    name = "x_chain"                # values, files and the API know it by this
    kind = "choice"
    en = "Place in the supply chain"
    zh = "产业链环节"
    choices = [["raw", "Raw material", "原料"], ["finished", "Finished goods", "成品"]]

    [[section]]                     # of a form, behind those that are there
    resource = "core.customer"
    en = "Trade press"
    zh = "行业资料"
    folded = true
    fields = ["x_chain"]

    [[choice]]                      # words of a list that is there already
    list = "core.source"
    words = [["fair", "Trade fair", "糖酒会"]]
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.setup.fields import laying
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import changes, layout
from crm_core.resource.choices import put_words
from crm_core.resource.custom import CustomField, Said

OURS = Path(__file__).parents[2] / "packs"
FILE = "pack.toml"


@dataclass(frozen=True)
class Pack:
    """A pack as its file says it."""

    code: str
    name: Said
    fields: list[dict[str, Any]] = field(default_factory=list)
    sections: list[dict[str, Any]] = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Applied:
    """What a pack added: names of fields, of sections and of lists."""

    fields: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    words: int = 0


def known() -> list[str]:
    """The packs that come with the program."""
    return sorted(path.parent.name for path in OURS.glob(f"*/{FILE}"))


def read(code: str) -> Pack:
    """A pack of ours by its name, or the one in this folder. Raises Invalid for what is none."""
    folder = OURS / code if code in known() else Path(code)
    try:
        said = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
        return Pack(folder.name, Said(said["name"]["en"], said["name"]["zh"]), said.get("field", []), said.get("section", []), said.get("choice", []))
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as bad:
        raise Invalid({"pack": [_("“%(name)s” is no pack: %(why)s", name=code, why=str(bad))]}) from None


def apply(code: str) -> Applied:
    """Add what the site lacks of a pack, as one change. Raises Invalid."""
    pack, done = read(code), Applied()
    with writing(), changes.change("pack", note=pack.code):
        for one in pack.choices:
            put_words(one["list"], [tuple(word) for word in one["words"]])
            done.words += len(one["words"])
        for at, one in enumerate(pack.fields):
            if _add(one, at):
                done.fields.append(f"{one['resource']}.{one['name']}")
        bump()
        for one in pack.sections:
            host = site().registry.resources.get(one["resource"])
            if host is not None and _place(host, one):
                done.sections.append(f"{one['resource']}: {one['en']}")
    return done


def _add(given: dict[str, Any], at: int) -> bool:
    """One field, unless the site has had one of that name."""
    table = table_of(CustomField)
    there = sa.select(table.c.id).where(table.c.resource == given["resource"], table.c.name == given["name"])
    if session.connection().execute(there).first() is not None:
        return False
    words = given.get("choices", ())
    resource = site().registry.resource("core.custom_field")
    fields = resource.all_fields
    row = {name: fields[name].load(value) for name, value in given.items() if name in fields}
    if words:
        row["options"] = "\n".join(f"{zh} | {en} | {code}" for code, en, zh in words)
    resource.write([{"position": 100 + at, **row}])
    return True


def _place(host: Any, given: dict[str, Any]) -> bool:
    """A section behind those that are there, with those of its fields that nobody has put into one yet."""
    arranged = {line["name"] for one in layout.rows().get(host.name) or () for line in one["fields"]}
    names = [name for name in given["fields"] if name in host.all_fields and name not in arranged]
    if not names:
        return False
    sections = laying.now(host)
    for one in sections:
        one["fields"] = [line for line in one["fields"] if line["name"] not in names]
    made = {"zh": given["zh"], "en": given["en"], "folded": bool(given.get("folded")), "fields": [{"name": name} for name in names]}
    sections.insert(len(sections) - 1, made)
    laying.keep(host, sections)
    return True
