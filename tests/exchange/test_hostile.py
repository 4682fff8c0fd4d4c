"""Files that are no table, given to the page for imports (security M1, M3, M4): a sentence beside the box, nothing kept, nothing changed."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.resource.exchange import workbook
from crm_core.resource.exchange.models import Import
from crm_core.resource.exchange.problems import UNREADABLE, UnreadableFile
from crm_core.resource.exchange.reader import open_table
from tests.support.world import World
from tests.support.worlds import Browser, one_engine

EVENTS = "BEGIN:VEVENT\r\n" * 2_000 + "END:VEVENT\r\n" * 2_000
DATES = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Mars/Olympus:20260101T000000\r\nRRULE:FREQ=SECONDLY\r\n"
PARTS = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(3_000))
MAIL = "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def of_old_office(name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + name.encode("utf-16-le")


FILES = {
    "empty": b"", "no_rows": b"a,b\n", "binary": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "html": b"<html><table></table></html>", "nul": b"a,b\n1,\x002\n",
    "mixed": "公司,城市\n天地,北京\n".encode() * 20 + "另一种编码的行,是\n".encode("gbk"), "encoding": "a,b\n1,2\n".encode("utf-16")[:-1], "quote": b'a,b\n1,"open\n2,3\n',
    "cell_long": b'a,b\n1,"' + b"x" * 1_100_000 + b'"\n', "line_long": b"x" * 17_000_000, "columns": b",".join([b"c"] * 1_001) + b"\n1\n",
    "document": b"%PDF-1.7\n1 0 obj", "old_excel": of_old_office("Workbook"), "workbook": b"PK\x03\x04 not a zip at all", "sheet": b"", "vcard": b"BEGIN:VCARD\nFN:A\n",
    "bomb": packed(xl__workbook_xml=b"<x/>", xl__worksheets__sheet1_xml=b" " * 30_000_000),
    "vcard_deep": b"BEGIN:VCARD\n" + b"AGENT:\nBEGIN:VCARD\n" * 2_000, "calendar": f"BEGIN:VCALENDAR\r\n{EVENTS}END:VCALENDAR\r\n".encode(),
    "mail": f"{MAIL}{PARTS}".encode(),
}
MORE = [
    ("calendar", f"{DATES}END:VEVENT\r\nEND:VCALENDAR\r\n".encode()), ("mail", b"\x78\x9f\x3e\x22" + b"\0\1" * 500), ("mail", of_old_office("__properties_version1.0")),
    ("calendar", (DATES + "ATTENDEE:mailto:a@b.example\r\n" * 10_000).encode()), ("document", packed(word__document_xml=b"<x/>")),
    ("binary", packed(xl__workbook_bin=b"x")), ("binary", packed(a_zip=packed(b_zip=b"x"))),
]


@one_engine
def test_each_is_refused_in_a_sentence_and_nothing_is_kept(world: World, at_browser: Callable[[str], Browser]) -> None:
    import openpyxl

    blank = io.BytesIO()
    openpyxl.Workbook().save(blank)
    root = at_browser("root")
    assert FILES.keys() | {"missing", "heavy"} == UNREADABLE.keys(), "each reason has its file; `heavy` has its own test (test_apart)"
    with world.as_("root"):
        before = session.scalar(sa.select(sa.func.count()).select_from(Import))
    for code, content in [*(FILES | {"sheet": blank.getvalue()}).items(), *MORE]:
        answer = root("POST", "/import?to=core.customer", {"file": (io.BytesIO(content), "customers.csv")})
        start = UNREADABLE[code].partition("%")[0]
        assert answer.status_code == 422 and start in answer.get_data(as_text=True), (code, content[:30])
    with world.as_("root"):
        assert session.scalar(sa.select(sa.func.count()).select_from(Import)) == before
        assert not list(world.site.folder("imports").iterdir())
    file = io.BytesIO("客户名称\n一家好公司\n".encode())
    assert root("POST", "/import?to=core.customer", {"file": (file, "customers.csv")}).status_code == 303, "a good one is taken"


def test_a_row_numbered_beyond_what_excel_has_does_not_make_the_reader_count_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import openpyxl

    good, evil = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["a"])  # type: ignore[union-attr]
    book.active.append([1])  # type: ignore[union-attr]
    book.save(good)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(evil, "w") as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry).replace(b'<row r="2"', b'<row r="999999999999"').replace(b'r="A2"', b'r="A999999999999"'))
    path = tmp_path / "evil.xlsx"
    path.write_bytes(evil.getvalue())
    monkeypatch.setattr(workbook, "MOST_ROWS", 1_000)
    with pytest.raises(UnreadableFile) as bad:
        open_table(path).check()
    assert bad.value.code == "workbook"
