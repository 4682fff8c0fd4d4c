"""In which encoding a file is written: its mark, else UTF-8, else the one in which its text makes sense.

Chinese files are exact with a short ladder; GB18030 alone reads nearly any bytes, so that Big5 and Shift-JIS are told
from it by how common the characters are that come out. What is left is asked of charset-normalizer.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from crm_core.resource.exchange.problems import UnreadableFile

CHUNK = 1 << 20
SAMPLE = 256 * 1024
LONGEST_LINE = 16_000_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_EAST = ("gb18030", "big5hkscs", "cp932")
_HIGH = re.compile(rb"[\x80-\xff]+")
# Han characters in UTF-8, as they would stand in a line of another encoding.
_UTF8_HAN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
_KINDS = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"), (b"Rar!", "RAR"), (b"{\\rtf", "RTF"), (b"SQLite format 3", "SQLite"), (b"\x7fELF", "program"),
    (b"MZ", "program"), (b"PK", "ZIP"), (b"BM", "BMP"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"),
)  # fmt: skip


def find_encoding(path: Path) -> str:
    """The codec to open a text file with. Reads the whole file, in pieces.

    Raises :class:`UnreadableFile`: ``empty``, ``binary``, ``html``, ``old_excel``, ``nul``, ``line_long``, ``mixed``.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if not head:
        raise UnreadableFile("empty")
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "") or _unmarked_utf16(head)
    _refuse_other_kinds(head, bool(marked))
    if marked:
        check_encoding(path, marked)
        return marked
    _look_at_bytes(path)
    broken = _first_broken(path, "utf-8")
    if broken is None:
        return "utf-8"
    return _not_utf8(path, broken)


def check_encoding(path: Path, encoding: str) -> None:
    """Raise ``encoding`` with the line where a file is not in an encoding that was found or asked for."""
    broken = _first_broken(path, encoding)
    if broken is not None:
        raise UnreadableFile("encoding", encoding=encoding, line=broken)


def _not_utf8(path: Path, broken: int) -> str:
    sample = _high_part(path)
    if _mostly_utf8(sample):
        raise UnreadableFile("mixed", line=broken)
    name = _by_sense(sample)
    line = _first_broken(path, name)
    if line is not None:
        if name in _EAST:
            raise UnreadableFile("mixed", line=line)
        return "latin-1"
    if name in _EAST and (line := _stray_utf8(path)):
        raise UnreadableFile("mixed", line=line)
    return name


def _by_sense(sample: bytes) -> str:
    scores = {name: _common_share(sample, name) for name in _EAST}
    best = max(scores, key=lambda name: scores[name])
    if scores["gb18030"] >= scores[best] - 0.05:
        best = "gb18030"
    runs = _HIGH.findall(sample)
    single = sum(1 for run in runs if len(run) == 1) / len(runs)
    if single > 0.8 and scores[best] < 0.95:
        return "cp1252"  # one letter with an accent now and then: Müller
    if scores[best] >= 0.75:
        return best
    import charset_normalizer

    found = charset_normalizer.from_bytes(sample).best()
    return found.encoding if found else "latin-1"


def _common_share(sample: bytes, encoding: str) -> float:
    """Of the characters beyond ASCII, how many are common ones; what is not in this encoding is none."""
    text = sample.decode(encoding, "replace")
    beyond = [c for c in text if c > "\x7f"][:4000]
    return sum(map(_common, beyond)) / len(beyond) if beyond else 0.0


@cache
def _common(character: str) -> bool:
    """Level 1 of GB 2312 or Big5, kana, and the marks of Chinese text."""
    if "\u3000" <= character <= "\u30ff" or "\uff01" <= character <= "\uff5e":
        return True
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            code = character.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(code) == 2 and first <= code[0] <= last:
            return True
    return character in "《》〈〉“”‘’—…·×℃"


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
                if all(map(_common, [c for c in text if c > "\x7f"])):
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
        except UnicodeDecodeError as error:
            return line + chunk[: max(error.start, 0)].count(b"\n")
        line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
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


def _refuse_other_kinds(head: bytes, marked: bool) -> None:
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("old_excel")
    if start.startswith((b"<!doctype html", b"<html", b"<table")):
        raise UnreadableFile("html")
    kind = next((kind for magic, kind in _KINDS if head.startswith(magic)), "")
    if kind and (not head[:64].isascii() or b"\0" in head[:512] or kind in ("PDF", "RTF", "ZIP")):
        raise UnreadableFile("binary", kind=kind)
    if not marked and (head.count(b"\0") > 8 or len(_CONTROL.findall(head)) * 50 > len(head)):
        raise UnreadableFile("binary", kind="?")


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
