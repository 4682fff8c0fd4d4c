"""What a file is: by its first bytes and its name together. What they do not agree on is `other`, sent as mere bytes. Names as they
are kept; what is not taken at all."""

import re
import unicodedata
from pathlib import PurePosixPath

from crm_core.features.files.models import FileKind as K
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.text import clean

LONGEST = 200
HEAD = 4096  # bytes that are looked at
BYTES = "application/octet-stream"
# Programs, and documents that carry them: what a colleague would start by opening it.
PROGRAMS = (
    "ade adp apk app appimage application appref-ms asp aspx bas bat chm cgi cmd com command cpl crt csh deb desktop dll dmg exe gadget hta inf ins iso "
    "isp jar js jse jsp ksh lnk mde msc msh msi msp mst ocx phar php php3 php4 php5 php7 phps phtml pif pl pkg ps1 ps2 psc1 psm1 py pyc reg rpm run scf scr sct "
    "sh shb shs so sys url vb vbe vbs vbscript vxd war ws wsc wsf wsh xll xpi"
)
_WORD, _SHEET, _SLIDES = "application/vnd.openxmlformats-officedocument.", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
# ending → (kind, media type, what its bytes must look like)
_KNOWN: dict[str, tuple[K, str, str]] = {
    "png": (K.picture, "image/png", "png"), "jpg": (K.picture, "image/jpeg", "jpeg"), "jpeg": (K.picture, "image/jpeg", "jpeg"),
    "jfif": (K.picture, "image/jpeg", "jpeg"), "gif": (K.picture, "image/gif", "gif"), "webp": (K.picture, "image/webp", "webp"),
    "bmp": (K.picture, "image/bmp", "bmp"), "tif": (K.picture, "image/tiff", "tiff"), "tiff": (K.picture, "image/tiff", "tiff"),
    "avif": (K.picture, "image/avif", "avif"), "pdf": (K.pdf, "application/pdf", "pdf"),
    "txt": (K.text, "text/plain", "text"), "md": (K.text, "text/plain", "text"), "log": (K.text, "text/plain", "text"),
    "csv": (K.text, "text/csv", "text"), "tsv": (K.text, "text/plain", "text"), "json": (K.text, "application/json", "text"),
    "ics": (K.text, "text/calendar", "text"), "vcf": (K.text, "text/vcard", "text"), "eml": (K.text, "message/rfc822", "text"),
    "docx": (K.document, f"{_WORD}wordprocessingml.document", "zip"), "odt": (K.document, "application/vnd.oasis.opendocument.text", "zip"),
    "doc": (K.document, "application/msword", "ole"), "wps": (K.document, BYTES, "ole"), "rtf": (K.document, "application/rtf", "rtf"),
    "xlsx": (K.sheet, f"{_WORD}spreadsheetml.sheet", "zip"), "ods": (K.sheet, "application/vnd.oasis.opendocument.spreadsheet", "zip"),
    "xls": (K.sheet, _SHEET, "ole"), "et": (K.sheet, BYTES, "ole"),
    "pptx": (K.slides, f"{_WORD}presentationml.presentation", "zip"), "odp": (K.slides, "application/vnd.oasis.opendocument.presentation", "zip"),
    "ppt": (K.slides, _SLIDES, "ole"), "dps": (K.slides, BYTES, "ole"),
    "zip": (K.archive, "application/zip", "zip"), "7z": (K.archive, "application/x-7z-compressed", "7z"), "rar": (K.archive, "application/vnd.rar", "rar"),
    "gz": (K.archive, "application/gzip", "gzip"), "tgz": (K.archive, "application/gzip", "gzip"),
    "mp3": (K.sound, "audio/mpeg", "mp3"), "wav": (K.sound, "audio/wav", "wav"), "ogg": (K.sound, "audio/ogg", "ogg"), "amr": (K.sound, "audio/amr", "amr"),
    "m4a": (K.sound, "audio/mp4", "mp4"), "mp4": (K.film, "video/mp4", "mp4"), "mov": (K.film, "video/quicktime", "mp4"),
    "webm": (K.film, "video/webm", "mkv"),
}
_PROGRAM = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf",
            b"L\x00\x00\x00\x01\x14\x02\x00", b"<?php", b"<?=")
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"), (b"BM", "bmp"), (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"), (b"%PDF-", "pdf"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"), (b"\x1f\x8b", "gzip"), (b"ID3", "mp3"), (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"), (b"OggS", "ogg"), (b"#!AMR", "amr"), (b"\x1aE\xdf\xa3", "mkv"),
)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


def clean_name(given: str) -> str:
    """A file's name as it is kept and shown: the last part of what was sent, without what turns the reading direction round or
    cannot be seen, NFC, at most 200 characters with its ending kept."""
    last = given.replace("\0", "").replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    try:
        name = clean.clean_line(_FORBIDDEN.sub("_", seen))
    except clean.InvalidText:
        name = ""
    name = name.strip(". ") if name.strip(". ") else ""
    if len(name) > LONGEST:
        end = PurePosixPath(name).suffix[:20]
        name = name[: LONGEST - len(end)] + end
    return name or str(_("File"))


def ending(name: str) -> str:
    """What a name ends in, in small letters, as Windows would understand it."""
    return PurePosixPath(unicodedata.normalize("NFKC", name).casefold().rstrip(". ")).suffix[1:]


def what(name: str, head: bytes) -> tuple[K, str]:
    """(kind, media type) of a file, by the beginning of its bytes and its name."""
    kind, media, shape = _KNOWN.get(ending(name), (K.other, BYTES, ""))
    return (kind, media) if shape and shape == _shape(head) else (K.other, BYTES)


def _shape(head: bytes) -> str:
    for start, shape in _STARTS:
        if head.startswith(start):
            return shape
    if head[4:8] == b"ftyp":
        return "avif" if head[8:12] in (b"avif", b"avis") else "mp4"
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12], "")
    return "text" if _is_text(head) else ""


def _is_text(head: bytes) -> bool:
    """Letters in UTF-8, UTF-16 with its mark, or GB 18030, and nothing that only machines read. A page for browsers is none."""
    if head.lstrip().lower().startswith((b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script")):
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the head may end within a letter
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def refuse(name: str, head: bytes, endings: str) -> None:
    """Raises Invalid for what is not taken: programs by their first bytes, whatever they are called, and by the endings that an
    administrator names."""
    found = ending(name)
    if found and found in set(endings.replace(",", " ").replace(".", " ").casefold().split()):
        raise Invalid({"file": [_("Files of this type are not taken: .%(ending)s", ending=found)]})
    if head.startswith(_PROGRAM) and _shape(head) not in ("amr",):
        raise Invalid({"file": [_("This file is a program; those are not taken.")]})
