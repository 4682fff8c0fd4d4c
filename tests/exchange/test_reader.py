"""Files of every make (security M1): read rightly, or refused with a sentence, never half."""

import csv
import io
import random
import tracemalloc
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.resource.exchange.problems import UNREADABLE, UnreadableFile
from crm_core.resource.exchange.reader import open_table

HEAD = "客户名称,电话,城市"
ROWS = [
    "北京天地科技有限公司,010-65529988,北京",
    "上海博雅教育咨询,13800138000,上海",
    "重庆银行股份有限公司,023-63799999,重庆",
]
TEXT = "\r\n".join([HEAD, *ROWS, ""])
TRADITIONAL = (
    "公司名稱,電話,城市\r\n臺灣積體電路製造股份有限公司,03-5636688,新竹市\r\n鴻海精密工業,02-22683466,新北市\r\n"
)
JAPANESE = "会社名,電話,市\r\nトヨタ自動車株式会社,0565-28-2121,豊田市\r\nソニーグループ,03-6748-2111,東京\r\n"


@pytest.fixture
def write(tmp_path):
    def write(content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refused(path, **how):
    """Why a file is refused, at once or when it is read to its end."""
    with pytest.raises(UnreadableFile) as caught:
        open_table(path, **how).check()
    assert str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (TEXT, "utf-8", "utf-8"),
        (TEXT, "utf-8-sig", "utf-8-sig"),
        (TEXT, "gbk", "gb18030"),
        (TEXT, "gb18030", "gb18030"),
        (TEXT + "𠮷野家𠮷祥,1,㐂\r\n", "gb18030", "gb18030"),
        (TEXT, "utf-16", "utf-16"),
        (TEXT, "utf-16-le", "utf-16-le"),
        (TEXT, "utf-16-be", "utf-16-be"),
        (TEXT, "utf-32", "utf-32"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "gbk", "gb18030"),
        (JAPANESE, "shift_jis", "cp932"),
        ("name,city\nMüller GmbH,Köln\nCafé,Paris\nAb,Zürich\n", "latin-1", "cp1252"),
        ("name,city\nCrédito Inmobiliario,MADRID\n" + "Plain,Town\n" * 500, "latin-1", "cp1252"),
        ("имя,город\nГазпром нефть,Москва\nЯндекс технологии,Санкт-Петербург\nСбербанк,Казань\n", "cp1251", "cp1251"),
        ("name\nplain\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_found(write, text, encoding, told):
    table = open_table(write(text.encode(encoding)))
    assert table.encoding == told
    expected = [row for row in csv.reader(io.StringIO(text)) if row]
    assert [table.header, *(cells for _, cells in table.rows())] == expected


def test_four_bytes_of_gb18030_are_one_character(write):
    content = TEXT.encode("gb18030") + b"\x95\x34\xb2\x35,1,2\r\n"
    assert list(open_table(write(content)).rows())[-1][1][0] == "𠮷"


def test_a_person_may_choose_the_encoding(write):
    path = write(TEXT.encode("big5", "replace"))
    assert open_table(write(TEXT.encode("gbk")), encoding="gbk").header[0] == "客户名称"
    assert refused(write(TEXT.encode("gbk")), encoding="utf-8").code == "encoding"
    assert path.exists()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(write, delimiter):
    text = TEXT.replace(",", delimiter).replace("北京天地科技有限公司", '"北京,天地;科技|有\t限"')
    table = open_table(write(text))
    assert table.delimiter == delimiter
    assert table.header == ["客户名称", "电话", "城市"]
    assert table.sample[0] == (2, ["北京,天地;科技|有\t限", "010-65529988", "北京"])


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["bare", "quoted"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gbk", "gb18030"])
def test_any_make_of_file_is_the_same_table(write, encoding, delimiter, end, quoting):
    rows = [row for row in csv.reader(io.StringIO(TEXT)) if row]
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    table = open_table(write(stream.getvalue().encode(encoding)))
    assert [table.header, *(cells for _, cells in table.rows())] == rows
    assert [line for line, _ in table.rows()] == [2, 3, 4]


def test_excel_may_tell_the_delimiter(write):
    table = open_table(write("sep=;\na;b\n1,5;2\n"))
    assert (table.delimiter, table.header, list(table.rows())) == (";", ["a", "b"], [(3, ["1,5", "2"])])


def test_amounts_with_a_comma_do_not_part_a_row(write):
    table = open_table(write("name;amount\nA;1,50\nB;2,75\nC;3,00\n"))
    assert table.delimiter == ";"


def test_one_column_is_a_table_too(write):
    table = open_table(write("name\nA\nB\n"))
    assert (table.header, table.check()) == (["name"], 2)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end(write, end):
    assert open_table(write(end.join(["a,b", "1,2", "3,4"]))).check() == 2


def test_line_breaks_in_a_cell_and_the_lines_told(write):
    rows = list(open_table(write('a,b\n1,"two\nlines"\n\n3,4\n')).rows())
    assert rows == [(2, ["1", "two\nlines"]), (5, ["3", "4"])]


def test_ragged_rows_are_filled_and_too_long_ones_keep_what_is_too_much(write):
    rows = [cells for _, cells in open_table(write("a,b,c\n1\n1,2,3,,\n1,2,3,4\n")).rows()]
    assert rows == [["1", "", ""], ["1", "2", "3"], ["1", "2", "3", "4"]]


def test_names_of_columns_are_each_there_once(write):
    table = open_table(write(" 电话 ,电话,,电话 2,x\n1,2,3,4,5\n"))
    assert table.header == ["电话", "电话 2", "#3", "电话 2 2", "x"]


def test_a_title_above_the_header_is_passed_over(write):
    table = open_table(write("客户清单,,\n,,\n名称,电话,城市\nA,1,x\n"))
    assert (table.header, list(table.rows())) == (["名称", "电话", "城市"], [(4, ["A", "1", "x"])])


def test_first_and_last_name_are_put_together(write):
    table = open_table(write("First Name,Last Name,Phone\nGreg,Dartmouth,1\n伟,张,2\n,Prince,3,extra\n"))
    assert table.header == ["First Name", "Last Name", "Phone", "full name"]
    assert [cells[3:] for _, cells in table.rows()] == [["Greg Dartmouth"], ["张伟"], ["Prince", "extra"]]


def test_province_and_city_and_district_are_put_together(write):
    table = open_table(
        write("公司,省,市,区县\nA,北京,北京市,海淀区\nB,广东省,深圳市,\nC,北京市,市辖区,朝阳区\nD,CA,Napa,\n")
    )
    assert [cells[-1] for _, cells in table.rows()] == ["北京市海淀区", "广东省深圳市", "北京市朝阳区", "Napa"]


def test_cells_made_safe_for_spreadsheets_come_back(write):
    rows = list(open_table(write("a,b\n'=1+1,'tis\n'+86 138,''\n")).rows())
    assert [cells for _, cells in rows] == [["=1+1", "'tis"], ["+86 138", "''"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n\n , \n", "empty"),
        (b"a,b,c\n", "no_rows"),
        (b"a,b,c\n\n,,\n", "no_rows"),
        (b"%PDF-1.7\n1 0 obj", "document"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "binary"),
        (b"SQLite format 3\0" + b"\0" * 100, "binary"),
        (random.Random(1).randbytes(5000), "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
        (b"<html><table><tr><td>1</td></tr></table>", "html"),
        (b"PK\x03\x04 not a zip at all", "workbook"),
        (b"a,b\n1,\x002\n", "nul"),
        (TEXT.encode() + b"3,\0,4\n", "nul"),
        (b'a,b\n1,"open\n2,3\n', "quote"),
        (b'a,b\n1,"open\n' + b"2,3\n" * 200_000, "quote"),
        (b'a,b\n1,"open\n' + b'2,"x ""y"""\n' * 1000, "quote"),
        (b'a,b\n1,"x"y\n', "quote"),
        (b"a,b\n1," + b"x" * 10_000_000 + b"\n", "cell_long"),
        (b'a,b\n1,"' + b"x" * 10_000_000 + b'"\n', "cell_long"),
        (b"x" * 40_000_000, "line_long"),
        (b",".join([b"c"] * 1_000_000) + b"\n1\n", "columns"),
        (b"a,b\n" + b"1," * 5000 + b"1\n", "columns"),
        (TEXT.encode("utf-8") * 20 + "最后一行,是,另一种".encode("gbk"), "mixed"),
        (TEXT.encode("gbk") * 20 + "最后一行,是的,另一种编码".encode(), "mixed"),
        (TEXT.encode("utf-16")[:-1], "encoding"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_is_no_table_is_refused_with_its_reason(write, content, code):
    assert refused(write(content)).code == code


LETTER = b"Received: from a by b;\r\n\tFri, 27 Nov 2026 08:00:00 +0800\r\nFrom: =?gb2312?B?1cXI/Q==?= <zhang@firm.example>\r\nTo: a@b.example\r\nSubject: x\r\n"
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:拜访\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def ole(*names):
    """A file of the old Office programs, with these names in its folder."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names))


@pytest.mark.parametrize(
    ("content", "code", "kind"),
    [
        (CALENDAR.encode(), "calendar", None), (b"\xef\xbb\xbf\r\n" + CALENDAR.lower().encode(), "calendar", None), (CALENDAR.encode("gbk"), "calendar", None),
        (LETTER + b"\r\nHello, a table:\r\na,b\r\n1,2\r\n", "mail", "EML"), (b"From a@b.example Fri Nov 27\n" + LETTER.replace(b"\r\n", b"\n") + b"\nHello\n", "mail", "EML"),
        (ole("__properties_version1.0", "Workbook"), "mail", "MSG"), (b"\x78\x9f\x3e\x22" + b"\x01\0" * 40, "mail", "winmail.dat"),
        (ole("WordDocument"), "document", "DOC"), (ole("PowerPoint Document"), "document", "PPT"), (ole("Workbook", "WordDocument"), "old_excel", None),
        (ole("EncryptedPackage"), "workbook", None), (b"{\\rtf1 x}", "document", "RTF"), (b"<?xml version='1.0'?><a/>", "binary", "XML"),
        (b'[\n {"name": "x"}]', "binary", "JSON"), (b'{"name": "x"}\n', "binary", "JSON"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_file_of_another_kind_is_called_by_its_name(write, content, code, kind):
    for how in ({}, {"encoding": "gb18030"}):
        bad = refused(write(content, "customers.csv"), **how)
        assert (bad.code, bad.params.get("kind")) == (code, kind)


@pytest.mark.parametrize("content", ["From,To,Subject\na,b,c\n", "name: x,Date: y\n1,2\n", "Subject:\n1\n2\n", "[name],{code}\n1,2\n"])
def test_a_table_that_begins_like_one_of_them_is_a_table(write, content):
    assert open_table(write(content)).check() >= 1


def test_the_line_of_the_fault_is_told(write):
    assert refused(write('a,b\n1,2\n3,4\n5,"6\n7,8\n')).params["line"] == 4
    assert refused(write(b"a,b\n1,2\n3,\0\n")).params["line"] == 3
    assert refused(write(TEXT.encode() + b"\xc4\xe3,x,y\n")).params["line"] == 5


def test_a_file_that_is_not_there(tmp_path):
    assert refused(tmp_path / "none.csv").code == "missing"
    assert refused(tmp_path).code == "missing"


def test_a_million_rows_take_no_more_memory_than_a_thousand(write):
    path = write(HEAD + "\n" + (ROWS[0] + "\n") * 200_000)
    table = open_table(path)
    tracemalloc.start()
    try:
        count = sum(1 for _ in table.rows())
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 200_000
    assert most < 2_000_000


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n",;|'), max_size=12), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    ),
    delimiter=st.sampled_from([",", ";", "\t"]),
)  # fmt: skip
def test_what_a_program_writes_is_read_back(write, rows, delimiter):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["name", "phone", "note"])
    writer.writerows([["x" + cell for cell in row] for row in rows])
    table = open_table(write(stream.getvalue()), delimiter=delimiter)
    assert [cells for _, cells in table.rows()] == [["x" + cell for cell in row] for row in rows]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from([b"", b"a,b\n1,2\n", b"BEGIN:VCARD\n", b"PK\x03\x04"]))
def test_any_bytes_are_a_table_or_refused(write, content, start):
    try:
        table = open_table(write(start + content))
        assert table.check() > 0
    except UnreadableFile as error:
        assert error.code in UNREADABLE


# --- workbooks


def book(path, rows, **sheets):
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    for name, more in sheets.items():
        page = workbook.create_sheet(name)
        for row in more:
            page.append(row)
    workbook.save(path)
    return path


def test_a_workbook_is_read_as_it_looks(tmp_path):
    import datetime as dt

    rows = [["名称", "电话", "日期", "金额", "整", "是"], ["天地", 13800138000, dt.datetime(2026, 11, 3), 12.5, 3.0, True],
            ["博雅", None, dt.datetime(2026, 11, 3, 9, 30), None, None, None]]  # fmt: skip
    table = open_table(book(tmp_path / "x.xlsx", rows))
    assert (table.kind, table.header) == ("xlsx", rows[0])
    assert [cells for _, cells in table.rows()] == [
        ["天地", "13800138000", "2026-11-03", "12.5", "3", "true"],
        ["博雅", "", "2026-11-03 09:30:00", "", "", ""],
    ]


def test_a_workbook_is_known_by_what_is_in_it_not_by_the_name_it_was_stored_under(tmp_path):
    path = book(tmp_path / "x.xlsx", [["a"], [1]]).rename(tmp_path / "24af67600fd42221b6e4a63e934f5918")
    assert list(open_table(path).rows()) == [(2, ["1"])]


def test_the_first_sheet_with_something_in_it_is_taken(tmp_path):
    table = open_table(book(tmp_path / "x.xlsx", [], data=[["a", "b"], [1, 2]]))
    assert list(table.rows()) == [(2, ["1", "2"])]
    assert refused(book(tmp_path / "y.xlsx", [])).code == "sheet"
    assert refused(book(tmp_path / "z.xlsx", [["a"]])).code == "no_rows"


def test_archives_that_unpack_to_too_much_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    assert refused(path).code == "bomb"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1001):
            archive.writestr(f"xl/{number}.xml", "")
    assert refused(path).code == "bomb"


def test_archives_that_are_no_workbooks_are_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    for name, code in (("word/document.xml", "document"), ("ppt/presentation.xml", "document"), ("xl/workbook.bin", "binary"), ("a.txt", "binary"), ("xl/workbook.xml", "workbook")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "x")
        assert refused(path).code == code


def rewritten(tmp_path, change, **more):
    """A good workbook, each part of it passed through `change(name, content)`, which gives both; and more parts."""
    good = book(tmp_path / "good.xlsx", [["a"], [1]])
    path = tmp_path / "evil.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            target.writestr(*change(entry.filename, source.read(entry)))
        for name, content in more.items():
            target.writestr(name, content)
    return path


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.dat"])
@pytest.mark.parametrize("entity", ['<!ENTITY a "b">', '<!ENTITY a SYSTEM "file:///etc/passwd">', '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;">'])
def test_a_workbook_with_entities_of_its_own_is_refused_whatever_the_part_is_called(tmp_path, part, entity):
    def change(name, content):
        if name == "xl/worksheets/sheet1.xml":
            return part, b"<!--" + b"x" * 9000 + f"--><!DOCTYPE x [{entity}]>".encode() + content
        return name, content.replace(b"sheet1.xml", part.rpartition("/")[2].encode())

    assert refused(rewritten(tmp_path, change)).code == "workbook"


def test_what_else_lies_in_a_workbook_is_never_unpacked(tmp_path):
    """A way out of the folder, an archive within, a drawing that is no XML: nobody looks at them."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a", "b")
    more = {"../../evil": "x", "xl/inner.zip": inner.getvalue(), "xl/drawings/vml.vml": "<xml><br></xml>"}
    path = rewritten(tmp_path, lambda name, content: (name, content), **more)
    assert list(open_table(path).rows()) == [(2, ["1"])]
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["evil.xlsx", "good.xlsx"]


@pytest.mark.parametrize("cut", [30, 500, 2000])
def test_a_workbook_cut_off_is_refused(tmp_path, cut):
    content = book(tmp_path / "good.xlsx", [["a"], [1]]).read_bytes()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(content[:cut])
    assert refused(path).code == "workbook"


def test_a_workbook_with_too_many_columns_is_refused(tmp_path):
    assert refused(book(tmp_path / "wide.xlsx", [["c"] * 1001, [1] * 1001])).code == "columns"
