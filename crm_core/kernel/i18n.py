"""Languages. `_` is lazy everywhere: the word is looked up when it is shown, in the reader's language.

Each package has its own catalog (`_ = translations("visits")`); what it lacks is looked up in core's. English is the
source text. Catalogs are `.mo` files made with the assets; a `.po` without one is read directly, so a checkout works.
"""

import gettext
import io
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from markupsafe import escape

from crm_core.data.faults import Fault

SOURCE = "en"
LANGUAGES = {"zh_Hans_CN": "简体中文", "en": "English"}
DEFAULT = "zh_Hans_CN"
CORE = str(Path(__file__).parent.parent / "translations")

_locale: ContextVar[str] = ContextVar("crm_locale", default=SOURCE)
_lock = threading.Lock()
_catalogs: dict[tuple[str, str], gettext.NullTranslations] = {}
_drawn: dict[tuple[str, str, str], str] = {}  # (language, package, msgid) -> as it stands in a page
_known: dict[tuple[str, str, str], str] = {}  # (language, catalog, msgid) -> its translation: a page asks for hundreds


class Lazy:
    """A translatable text that becomes a string in the language of whoever reads it. A value that is a list is read as its
    words, one after the other."""

    __slots__ = ("catalog", "msgid", "n", "plural", "values")

    def __init__(self, catalog: str, msgid: str, plural: str | None, n: int, values: dict[str, Any]) -> None:
        self.catalog, self.msgid, self.plural, self.n, self.values = catalog, msgid, plural, n, values

    def __str__(self) -> str:
        found = _lookup(self.catalog, self.msgid, self.plural, self.n)
        return found % {name: listed(v) if isinstance(v, list | tuple) else v for name, v in self.values.items()} if self.values else found

    def __repr__(self) -> str:
        return f"_({self.msgid!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, str | Lazy) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.msgid)

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other)

    def __add__(self, other: object) -> str:
        return str(self) + str(other)

    def __radd__(self, other: object) -> str:
        return str(other) + str(self)

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __len__(self) -> int:
        return len(str(self))


def translations(package: str, folder: Path | None = None) -> Callable[..., Any]:
    """The `_` of one package. The catalog stands in `translations/` beside the calling module's package."""
    if folder is None:
        folder = Path(sys._getframe(1).f_globals["__file__"]).parent / "translations"
    home = str(folder)

    def lazy(msgid: str, /, **values: Any) -> Any:
        return Lazy(home, msgid, None, 1, values)

    lazy.__name__ = f"translate_{package}"
    return lazy


def plurals(package: str, folder: Path | None = None) -> Callable[..., Any]:
    """The `ngettext` of one package, for sentences whose form depends on a number: `ngettext = plurals("visits")`, then
    `ngettext("%(n)s visit", "%(n)s visits", n)`. `%(n)s` is filled in. The catalog is that of `translations`."""
    home = str(folder if folder is not None else Path(sys._getframe(1).f_globals["__file__"]).parent / "translations")

    def lazy(singular: str, plural: str, n: int, /, **values: Any) -> Any:
        return Lazy(home, singular, plural, n, {"n": n, **values})

    lazy.__name__ = f"number_{package}"
    return lazy


_ = translations("core", Path(CORE))


def at_once(lazy: Callable[..., Any], package: str = "core") -> Callable[..., Any]:
    """`_` for templates, which are drawn in one language: a word without values is looked up once for all pages, and is known to
    want no escaping."""

    def say(msgid: str, /, **values: Any) -> Any:
        if values:
            return lazy(msgid, **values)
        key = (_locale.get(), package, msgid)
        found = _drawn.get(key)
        if found is None:
            text = str(lazy(msgid))
            found = _drawn[key] = safe if (safe := escape(text)) == text else text  # what stands in a script is never escaped
        return found

    return say


def told(fault: Fault) -> Any:
    """A fault of the layer below, for people."""
    return _(fault.sentence, **fault.values)


ngettext = plurals("core", Path(CORE))


def _lookup(folder: str, msgid: str, plural: str | None, n: int) -> str:
    language = _locale.get()
    if language == SOURCE or not msgid:
        return msgid if plural is None or n == 1 else plural
    key = (language, folder, msgid)
    if plural is None and key in _known:
        return _known[key]
    for home in (folder, CORE) if folder != CORE else (CORE,):
        catalog = _catalog(home, language)
        if plural is not None:
            found = catalog.ngettext(msgid, plural, n)
            if found not in (msgid, plural):
                return found
        else:
            found = catalog.gettext(msgid)
            if found != msgid:
                _known[key] = found
                return found
    return msgid if plural is None or n == 1 else plural


def _catalog(folder: str, language: str) -> gettext.NullTranslations:
    key = (folder, language)
    found = _catalogs.get(key)
    if found is None:
        with _lock:
            found = _catalogs[key] = _read(Path(folder) / language / "LC_MESSAGES")
    return found


def _read(home: Path) -> gettext.NullTranslations:
    mo, po = home / "messages.mo", home / "messages.po"
    if mo.exists() and (not po.exists() or mo.stat().st_mtime >= po.stat().st_mtime):
        return gettext.GNUTranslations(mo.open("rb"))
    if po.exists():
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        out = io.BytesIO()
        with po.open("rb") as file:
            write_mo(out, read_po(file))
        out.seek(0)
        return gettext.GNUTranslations(out)
    return gettext.NullTranslations()


def in_sentence(label: Any) -> str:
    """A label as it stands inside a sentence: English writes it small ("New customer"), except an abbreviation ("New API
    token"). Other languages know no such difference.

        _("New %(what)s", what=in_sentence(resource.singular))
    """
    text = str(label)
    return text if language() != SOURCE or text[1:2].isupper() else text[:1].lower() + text[1:]


def listed(words: Iterable[Any]) -> str:
    """Several words as one text: "A, B" in English, “A、B” in Chinese."""
    return ("、" if _locale.get().startswith("zh") else ", ").join(str(word) for word in words)


def either(zh: str, en: str) -> str:
    """Of a word that is kept in both languages, the reader's."""
    return zh if _locale.get().startswith("zh") else en


def language() -> str:
    """Code of the language in use, `en` or `zh_Hans_CN`."""
    return _locale.get()


def html_lang() -> str:
    return "zh-CN" if language().startswith("zh") else "en"


@cache
def _babel(code: str) -> Locale:
    return Locale.parse(code)


def locale() -> Locale:
    """Babel's locale of the language in use."""
    return _babel(_locale.get())


def known_language(wanted: str | None) -> str | None:
    """Our code for a language tag such as `zh-CN`, `zh`, `en-GB`; None when we do not speak it."""
    tag = (wanted or "").replace("-", "_").lower()
    if tag.startswith("zh"):
        return "zh_Hans_CN"
    return "en" if tag.startswith("en") else None


@contextmanager
def in_language(code: str | None) -> Iterator[None]:
    """Speak this language inside the block."""
    token = _locale.set(known_language(code) or SOURCE)
    try:
        yield
    finally:
        _locale.reset(token)
