"""Catalogs of translations: collected from a package's Python and templates, kept as .po, compiled to .mo."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from crm_core.kernel.declare import Package
from crm_core.kernel.i18n import CORE, LANGUAGES, SOURCE

KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
HEADERS = (b"Language:", b"Plural-Forms:", b"MIME-Version:", b"Content-")  # the others are dates and empty forms
TRANSLATED = tuple(code for code in LANGUAGES if code != SOURCE)


@dataclass
class State:
    """How complete the catalog of one package in one language is."""

    package: str
    language: str
    path: Path
    messages: int = 0
    missing: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # translations whose placeholders differ
    taken: dict[str, str] = field(default_factory=dict)  # new here, and said as core says it
    stale: bool = False  # the file is not what update would write

    @property
    def good(self) -> bool:
        return not (self.missing or self.broken or self.stale)


def collect(package: Package) -> Catalog:
    """Every marked text of a package. Raises SyntaxError for a file that cannot be read."""
    found = Catalog(charset="utf-8")
    for path, how in _sources(package.folder):
        with path.open("rb") as file:
            for line, ids, comments, context in extract(how, file, KEYWORDS, ("zh:",), {"encoding": "utf-8"}):
                place = (path.relative_to(package.folder).as_posix(), line)
                found.add(ids, None, [place], auto_comments=comments, context=context)
    return found


def update(package: Package, *, write: bool = True, known: Mapping[str, str] | None = None) -> Iterator[State]:
    """Bring the catalogs of a package up to date: new texts in, texts of `parts/` taken over, what nobody says any more
    out. A plugin's text that core has too is taken from there, or from `known`. With `write=False` only look."""
    wanted = collect(package)
    for language in TRANSLATED:
        path = catalog_path(package, language)
        old = _read(path, language)
        ours = _of_core(package, language)
        strings = ours | {(text, None): said for text, said in (known or {}).items()}
        strings |= {_key(m): m.string for m in _parts(package, language)} | {_key(m): m.string for m in old if _done(m)}
        before = {_key(m) for m in old}
        new = Catalog(locale=language, charset="utf-8", header_comment=f"# {package.name}, {language}", fuzzy=False)
        state = State(package.name, language, path)
        for message in wanted:
            if not message.id:
                continue
            places = sorted({(name, 0) for name, _line in message.locations})
            added = new.add(message.id, strings.get(_key(message)), places, flags=message.flags,
                            auto_comments=message.auto_comments, context=message.context)
            state.messages += 1
            if not _done(added):
                state.missing.append(str(_key(message)[0]))
            elif list(added.check(new)):
                state.broken.append(str(_key(message)[0]))
            elif _key(message) in ours and _key(message) not in before:
                state.taken[str(_key(message)[0])] = str(added.string)
        text = _text(new)
        state.stale = not path.exists() or path.read_bytes() != text
        if write and state.stale and state.messages:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
            state.stale = False
        yield state


def compile_catalog(package: Package, language: str) -> Path | None:
    """Write the .mo beside the .po; None when there is no .po."""
    path = catalog_path(package, language)
    if not path.exists():
        return None
    catalog = _read(path, language)
    for message in _parts(package, language):
        if message.id and not (message.id in catalog and catalog[message.id].string):
            catalog.add(message.id, message.string, context=message.context)
    half = path.with_suffix(".mo.new")
    with half.open("wb") as file:
        write_mo(file, catalog)
    return half.replace(path.with_suffix(".mo"))


def catalog_path(package: Package, language: str) -> Path:
    return package.folder / "translations" / language / "LC_MESSAGES" / "messages.po"


def _sources(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if "migrations" in inside or "static" in inside or "__pycache__" in inside or not path.is_file():
            continue
        if path.suffix == ".py":
            yield path, "python"
        elif "templates" in inside and path.suffix in (".html", ".txt", ".xml", ".svg"):
            yield path, "jinja2"


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def untranslated(package: Package) -> set[str]:
    """Texts that neither the package nor core has in every language."""
    lacking: set[str] = set()
    for language in TRANSLATED:
        known = {_key(m) for m in _read(catalog_path(package, language), language) if _done(m)} | set(_of_core(package, language))
        lacking |= {str(_key(m)[0]) for m in collect(package) if m.id and _key(m) not in known}
    return lacking


def _of_core(package: Package, language: str) -> dict[tuple[object, str | None], Any]:
    """What core says already."""
    if package.name == "core":
        return {}
    path = Path(CORE) / language / "LC_MESSAGES" / "messages.po"
    return {_key(m): m.string for m in _read(path, language) if _done(m)}


def _parts(package: Package, language: str) -> Iterable[Message]:
    """Translations that stand in `translations/parts/*.po` (Chinese), taken over into the one catalog."""
    if language != "zh_Hans_CN":
        return
    for path in sorted((package.folder / "translations/parts").glob("*.po")):
        yield from (message for message in _read(path, language) if message.id and _done(message))


def _key(message: Message) -> tuple[object, str | None]:
    return (message.id[0] if isinstance(message.id, list | tuple) else message.id, message.context)


def _done(message: Message) -> bool:
    text = message.string
    return bool(message.id) and (all(text) if isinstance(text, list | tuple) else bool(text))


def _text(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    kept = [line for line in out.getvalue().splitlines(keepends=True)
            if not re.match(rb'"[\w-]+: .*\\n"$', line) or line[1:].startswith(HEADERS)]
    return b"".join(kept)
