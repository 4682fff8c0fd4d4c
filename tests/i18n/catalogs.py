"""What may be wrong with the translations of a package, as sentences for whoever mends it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Message
from babel.messages.pofile import read_po

from crm_core.kernel.catalogs import TRANSLATED, catalog_path, collect
from crm_core.kernel.declare import Package

NUMBERS = ("n", "m", "count", "minutes", "days")  # placeholders that hold figures; the others mostly hold Chinese
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
HAN = r"[㐀-鿿]"
# What does not belong in a Chinese text: the familiar 你, half-width marks or brackets beside a Chinese character, a
# Chinese character without a space before or after a Latin word or figure. (A quoted or bracketed name has its marks.)
HABITS = {
    "says 您, not 你": re.compile("[你妳]"),
    "has full-width marks after Chinese": re.compile(rf"{HAN}[,;:?!]|{HAN}\.(?!\w)|{HAN}\(|\){HAN}"),
    "has one space between Chinese and Latin": re.compile(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}"),
    "has no space beside a full-width mark": re.compile(r"[，。：；？！、（）“”] (?!–)|[^\n ] [，。：；？！、（）]"),
    "writes …… in Chinese": re.compile(rf"{HAN}…(?!…)(?<!……)"),
}


def faults(package: Package) -> list[str]:
    """Missing, empty, obsolete, with other placeholders than the source, or not as Chinese is set; sorted."""
    wanted = {_key(m): m for m in collect(package) if m.id}
    found: list[str] = []
    for language in TRANSLATED:
        path = catalog_path(package, language)
        if not path.exists():
            found += [f"{language}: no catalog"] if wanted else []
            continue
        with path.open("rb") as file:
            have = {_key(m): m for m in read_po(file, locale=language) if m.id}
        found += [f"{language}: not in the catalog: {k!r}" for k in wanted.keys() - have.keys()]
        found += [f"{language}: obsolete: {k!r}" for k in have.keys() - wanted.keys()]
        for key in have.keys() & wanted.keys():
            found += [f"{language}: {key!r} {why}" for why in _of_one(have[key], wanted[key])]
    return sorted(found)


def unmarked(package: Package) -> list[str]:
    """Calls of `_` and `ngettext` that the collection does not see, such as one inside an f-string (before Python 3.12)
    or one whose text is put together: such a text would never be translated. A name or a look-up is let pass: it gives
    a text that is marked elsewhere (`N_`)."""
    collected = {text for m in collect(package) if m.id for text in ([m.id] if isinstance(m.id, str) else m.id)}
    found = []
    for path in sorted(package.folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in ("_", "ngettext"):
                continue
            for argument in node.args[: 2 if node.func.id == "ngettext" else 1]:
                if isinstance(argument, ast.Name | ast.Subscript | ast.Attribute):
                    continue
                if not isinstance(argument, ast.Constant) or argument.value not in collected:
                    place = path.relative_to(package.folder).as_posix()
                    found.append(f"{place}:{node.lineno}: {ast.unparse(argument)[:80]}")
    return found


def _of_one(have: Message, wanted: Message) -> Iterator[str]:
    source = [wanted.id] if isinstance(wanted.id, str) else list(wanted.id)
    texts = [have.string] if isinstance(have.string, str) else list(have.string)
    if isinstance(have.id, str) != isinstance(wanted.id, str):
        yield "is plural in one of them only"
        return
    allowed = [set(PLACEHOLDER.findall(text)) for text in source]
    for text in texts:
        if not text.strip():
            yield "is empty"
        elif set(PLACEHOLDER.findall(text)) not in allowed:
            yield f"has other placeholders: {text!r}"
        else:
            shown = PLACEHOLDER.sub(lambda m: "9" if m[0][1:].strip("({})sd") in NUMBERS else "·", text)
            yield from (f"breaks the habit “{habit}”: {text!r}" for habit, wrong in HABITS.items() if wrong.search(shown))


def _key(message: Message) -> tuple[str, str | None]:
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def package_at(folder: Path, name: str) -> Package:
    """A package for tests, whose files stand in this folder."""

    class There(Package):
        folder = property(lambda self: folder)  # type: ignore[assignment]

    return There(name, name, "1.0", name)
