"""What somebody may have meant who wrote what cannot be taken: candidates, best first. Nothing is changed by itself; who
asks shows the first that can be taken, and a person says yes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from unicodedata import normalize

from crm_core.text import phones
from crm_core.text.clean import fold

_AT = re.compile(r"\s*(?:[#＃◎]|\(at\)|\[at\]|\s艾特\s|\sat\s)\s*", re.IGNORECASE)
_DOT = re.compile(r"\s*(?:[,，。、．]|\(dot\)|\[dot\]|\sdot\s)\s*", re.IGNORECASE)
_TWO_DOTS = re.compile(r"\.{2,}")
_SCHEME = re.compile(r"^(h?t?tps?)\s*[:：;；]?\s*[/\\／]*", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+")
_DAY = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})")


def email(text: str) -> Iterator[str]:
    """``info＠firm,example`` and ``info#firm.example`` are ``info@firm.example``."""
    plain = normalize("NFKC", text).strip(" .,;，。；<>")
    fixed = plain if "@" in plain else _AT.sub("@", plain, count=1)
    yield _TWO_DOTS.sub(".", _DOT.sub(".", fixed)).replace(" ", "")
    for part in re.split(r"[\s;；,，/|、]+", plain):  # several in one cell: the first that is one
        if "@" in part:
            yield part


def url(text: str) -> Iterator[str]:
    """``http//www，firm。example`` is ``http://www.firm.example``."""
    plain = normalize("NFKC", text).strip()
    rest = _SCHEME.sub("", plain)
    fixed = _TWO_DOTS.sub(".", _DOT.sub(".", rest)).replace(" ", "").replace("\\", "/")
    if rest != plain:
        yield ("https://" if plain.lower().startswith("https") else "http://") + fixed
    yield fixed
    yield from re.split(r"[\s;；,，、]+", plain)


def phone(text: str) -> Iterator[str]:
    """``0852-86I2 3307`` is ``0852-8612 3307``."""
    if meant := phones.with_digits(text):
        yield meant


def number(text: str) -> Iterator[str]:
    """``约 50 人`` is ``50``."""
    if found := _NUMBER.search(normalize("NFKC", text).replace(",", "")):
        yield found.group()


def day(text: str) -> Iterator[str]:
    """``19800105`` and ``1980 年 1 月 5 号`` are ``1980-01-05``."""
    if found := _DAY.search(normalize("NFKC", text)):
        yield f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def short(text: str, length: int) -> Iterator[str]:
    """What fits."""
    yield text[:length].rstrip()


def word(text: str, known: Iterable[str]) -> Iterator[str]:
    """The known words that are most like it, or of which it is a part."""
    folded = {fold(one): one for one in known if one}
    wanted = fold(text)
    yield from (one for key, one in folded.items() if len(wanted) > 1 and (wanted in key or (len(key) > 1 and key in wanted)))
    yield from (folded[key] for key in get_close_matches(wanted, folded, n=2, cutoff=0.5))
