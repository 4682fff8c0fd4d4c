"""Files that are no table: what they seem to be, so that the sentence about them says what to do instead."""

from __future__ import annotations

import mmap
import re
from contextlib import suppress
from pathlib import Path

from crm_core.resource.exchange.problems import UnreadableFile

_MAGIC = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"), (b"Rar!", "RAR"), (b"{\\rtf", "RTF"), (b"SQLite format 3", "SQLite"), (b"\x7fELF", "program"),
    (b"MZ", "program"), (b"PK", "ZIP"), (b"BM", "BMP"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"),
)  # fmt: skip
_DOCUMENTS = ("PDF", "RTF", "DOC", "DOCX", "ODT", "PPT", "PPTX")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
_OLE, _TNEF = b"\xd0\xcf\x11\xe0", b"\x78\x9f\x3e\x22"
# What stands in the folder of a file of old Office programs, a message of Outlook among them, which may hold all others.
_IN_OLE = (("__properties_version1.0", "MSG"), ("EncryptedPackage", "locked"), ("Workbook", "XLS"), ("WordDocument", "DOC"), ("PowerPoint Document", "PPT"))
_IN_ZIP = (("word/document.xml", "DOCX"), ("ppt/presentation.xml", "PPTX"), ("xl/workbook.bin", "XLSB"), ("Index/Document.iwa", "Numbers"))
_OPEN = {b"text": "ODT", b"spreadsheet": "ODS", b"presentation": "PPT"}  # by the last word of their `mimetype`
_HEAD_LINE = re.compile(rb"([!-9;-~]+):[ \t]?[^\r\n]*\Z|[ \t]+\S", re.ASCII)
_MAIL = {b"received", b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"return-path", b"content-type", b"delivered-to"}


def refuse(path: Path, head: bytes, *, marked: bool) -> None:
    """Raise UnreadableFile for what is plainly no table. `marked`: the encoding is known, so NULs may belong to it."""
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_OLE):
        _refuse_ole(path)
    if head.startswith(_TNEF):
        raise UnreadableFile("mail", kind="winmail.dat")
    if start.startswith((b"<!doctype html", b"<html", b"<table")):
        raise UnreadableFile("html")
    if start.startswith(b"begin:vcalendar"):
        raise UnreadableFile("calendar")
    if _is_mail(head):
        raise UnreadableFile("mail", kind="EML")
    if start.startswith((b"<?xml", b"{\"")) or re.match(rb"\[\s*\{", start):
        raise UnreadableFile("binary", kind="XML" if start[:1] == b"<" else "JSON")
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")
    if kind and (not head[:64].isascii() or b"\0" in head[:512] or kind in ("PDF", "RTF", "ZIP")):
        raise other(kind)
    if not marked and (head.count(b"\0") > 8 or len(_CONTROL.findall(head)) * 50 > len(head)):
        raise other("?")


def other(kind: str) -> UnreadableFile:
    """A file of this kind, which is no table."""
    return UnreadableFile("document" if kind in _DOCUMENTS else "binary", kind=kind)


def of_archive(names: set[str], mimetype: bytes) -> str:
    """What an archive is that is no workbook of ours."""
    return next((kind for name, kind in _IN_ZIP if name in names), "") or _OPEN.get(mimetype.rpartition(b".")[2], "ZIP")


def _is_mail(head: bytes) -> bool:
    """Lines of a letter's head up to an empty one, with names of which every letter has some."""
    lines = head.lstrip(b"\xef\xbb\xbf\r\n").splitlines()
    if lines and lines[0].startswith(b"From "):  # a box of letters
        lines = lines[1:]
    seen: set[bytes] = set()
    for line in lines[:200]:
        found = _HEAD_LINE.match(line)
        if not line or found is None:
            break
        seen.add((found[1] or b"").lower())
    return len(seen & _MAIL) >= 3


def _refuse_ole(path: Path) -> None:
    found = ""
    with suppress(OSError, ValueError), path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = next((kind for name, kind in _IN_OLE if content.find(name.encode("utf-16-le")) >= 0), "")
    if found == "MSG":
        raise UnreadableFile("mail", kind="MSG")
    if found == "locked":
        raise UnreadableFile("workbook")
    if found in _DOCUMENTS:
        raise other(found)
    raise UnreadableFile("old_excel")
