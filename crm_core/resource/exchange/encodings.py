"""In which encoding a file is written: its mark, else UTF-8, else the one in which its text makes sense.

GB18030 alone reads nearly any bytes, so what is not UTF-8 is told apart by what comes out (sense.py).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from crm_core.kernel.i18n import listed
from crm_core.resource.exchange import kinds
from crm_core.resource.exchange.problems import UnreadableFile
from crm_core.resource.exchange.sense import EAST, Guess, are_common, by_sense

CHUNK = 1 << 20
SAMPLE = 256 * 1024
LONGEST_LINE = 16_000_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# Han characters in UTF-8, as they would stand in a line of another encoding.
_UTF8_HAN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")


def find_encoding(path: Path) -> Guess:
    """The codec to open a text file with, and others it may be. Reads the whole file, in pieces.

    Raises :class:`UnreadableFile`: ``empty``, ``nul``, ``line_long``, ``mixed`` and what `kinds` says.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if not head:
        raise UnreadableFile("empty")
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "") or _unmarked_utf16(head)
    kinds.refuse(path, head, marked=bool(marked))
    if marked:
        check_encoding(path, marked)
        return Guess(marked)
    _look_at_bytes(path)
    broken = _first_broken(path, "utf-8")
    if broken is None:
        return Guess("utf-8")
    return _not_utf8(path, broken)


def check_encoding(path: Path, encoding: str) -> None:
    """Raise ``encoding`` with the line where a file is not in an encoding that was found or asked for."""
    broken = _first_broken(path, encoding)
    if broken is not None:
        raise UnreadableFile("encoding", encoding=encoding, line=broken)


def readings(path: Path, encodings: Iterable[str]) -> dict[str, str]:
    """What the file says beyond ASCII, a few words of it, in each of these."""
    sample = _high_part(path)[:2_000]
    found = {}
    for name in encodings:
        words = re.findall(r"[^\x00-\x7f][^\x00-\x2f\x3a-\x3f]*", sample.decode(name, "ignore"))
        found[name] = listed(dict.fromkeys(word[:12] for word in words[:3]))
    return found


def _not_utf8(path: Path, broken: int) -> Guess:
    sample = _high_part(path)
    if _mostly_utf8(sample):
        raise UnreadableFile("mixed", line=broken)
    found = by_sense(sample)
    readable = [name for name in (found.encoding, *found.others) if _first_broken(path, name) is None]
    if not readable:
        if found.encoding in EAST:
            raise UnreadableFile("mixed", line=_first_broken(path, found.encoding))
        return Guess("latin-1")
    if readable[0] in EAST and (line := _stray_utf8(path)):
        raise UnreadableFile("mixed", line=line)
    return Guess(readable[0], tuple(readable[1:]))


def _mostly_utf8(sample: bytes) -> bool:
    """Whether nearly all that is beyond ASCII is good UTF-8: then a few lines are of another make."""
    text = sample.decode("utf-8", "replace")
    good = sum(1 for c in text if c > "\x7f" and c != "\ufffd")
    bad = text.count("\ufffd")
    return good > 4 * bad


def _stray_utf8(path: Path) -> int | None:
    """The first line that is UTF-8 in a file that is not."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if len(line) < CHUNK and _UTF8_HAN.search(line):
                try:
                    text = line.decode("utf-8")
                except UnicodeDecodeError:
                    continue
                if are_common(text):
                    return number
    return None


def _high_part(path: Path) -> bytes:
    """Up to SAMPLE bytes of the file with characters beyond ASCII in them, whole lines."""
    found = bytearray()
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                found += line[:CHUNK]
                if len(found) > SAMPLE:
                    break
    return bytes(found)


def _first_broken(path: Path, encoding: str) -> int | None:
    """The line where the file is not in this encoding; ``None`` when it is."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    for chunk in _chunks(path):
        try:
            decoder.decode(chunk)
        except UnicodeError as error:  # UTF-16 without its mark is one without a place
            return line + chunk[: max(getattr(error, "start", 0), 0)].count(b"\n")
        line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        return line
    return None


def _look_at_bytes(path: Path) -> None:
    """What no text of one byte or more a character has: NUL, a line without end."""
    line, run = 1, 0
    for chunk in _chunks(path):
        if (at := chunk.find(b"\0")) >= 0:
            raise UnreadableFile("nul", line=line + chunk[:at].count(b"\n"))
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        run = run + len(chunk) if last < 0 else len(chunk) - last
        if run > LONGEST_LINE:
            raise UnreadableFile("line_long", most=LONGEST_LINE)
        line += chunk.count(b"\n")


def _unmarked_utf16(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of Latin text is NUL."""
    sample = head[:2000]
    if len(sample) < 8 or b"\0" not in sample:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.3 and even < half * 0.02 and (b"\n\0" in head or b"\r\0" in head):
        return "utf-16-le"
    if even > half * 0.3 and odd < half * 0.02 and (b"\0\n" in head or b"\0\r" in head):
        return "utf-16-be"
    return ""


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
