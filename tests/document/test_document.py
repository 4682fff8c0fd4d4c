"""PDFs: Chinese in a font that each carries, pages and labels where they belong to half a millimetre, nothing fetched from outside."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from crm_core import document
from crm_core.document import sheets
from crm_core.document.rolls import Roll, Table
from crm_core.document.sheets import Grid, Letter, Sender
from crm_core.kernel.errors import Refused
from crm_core.resource.papers import PAPERS
from crm_core.text.postal import Recipient
from tests.security.template_payloads import TEMPLATES

pytestmark = pytest.mark.skipif(bool(document._missing()), reason="the libraries that draw PDFs are not on this machine")
MM = 25.4 / 72


def read(data: bytes) -> Any:
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(data))


def drawn(body: str, grid: Grid) -> Any:
    """The same as the process of its own draws, here: it need not start for each."""
    return read(pdf_of(body, grid))


def pdf_of(body: str, grid: Grid) -> bytes:
    from crm_core.document.child import draw

    return draw({"body": body, "paper": [grid.width, grid.height, 0], "title": "", "lang": "zh", "css": ""})


def words(page: Any) -> list[tuple[str, float, float]]:
    """Each piece of text with its left edge and baseline in millimetres from the upper left corner."""
    found = []

    def visit(text: str, cm: Any, tm: Any, _font: Any, _size: float) -> None:
        if text.strip():
            x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((text.strip(), x * MM, (float(page.mediabox.height) - y) * MM))

    page.extract_text(visitor_text=visit)
    return found


def size(page: Any) -> tuple[float, float]:
    return round(float(page.mediabox.width) * MM, 1), round(float(page.mediabox.height) * MM, 1)


def test_chinese_stands_in_a_pdf_in_a_font_that_it_carries() -> None:
    found = read(document.pdf("<div class=paper><h1>客户列表</h1><p>四川宜宾五粮液集团有限公司，欧阳修 女士</p></div>", title="客户"))
    assert size(found.pages[0]) == (210.0, 297.0) and found.metadata.title == "客户"
    text = found.pages[0].extract_text()
    assert "四川宜宾五粮液集团有限公司，欧阳修 女士" in text and "客户列表" in text
    fonts = [one.get_object() for one in found.pages[0]["/Resources"]["/Font"].values()]
    assert fonts and all("Paper" in font["/BaseFont"] and "/FontDescriptor" in font["/DescendantFonts"][0].get_object() for font in fonts)
    assert all(any(name in font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for name in ("/FontFile", "/FontFile2", "/FontFile3")) for font in fonts)


@pytest.mark.parametrize("code", ["L7160", "L7163", "L7173"])
def test_labels_stand_where_the_sheet_has_them(code: str) -> None:
    grid = grid_of(code)
    assert grid.fits and (grid.width, grid.height) == (210, 297)
    texts = [f"n{n}" for n in range(grid.places + 2)]
    made = sheets.labels(grid, texts, start=3)
    assert not made.over and len(made.pages) == 2
    found = drawn(Markup("").join(made.pages), grid)
    placed = words(found.pages[0])
    assert len(found.pages) == 2 and len(placed) == grid.places - 2
    for n, (text, x, y) in enumerate(placed):
        left, top = grid.cell(n + 2)
        assert text == f"n{n}" and abs(x - left - sheets.PAD) < 0.5
        middle = top + grid.cell_height / 2
        assert abs(y - (middle - sheets.SIZE * 1.35 / 2 + sheets.SIZE * 1.04)) < 0.5


def test_a_chinese_envelope_has_six_digits_in_its_boxes_and_its_sender_below() -> None:
    grid = grid_of("ZL")
    who = Recipient(firm="五粮液集团", name="张伟", title=("女士", "Ms"), region="四川省宜宾市", street="宜宾市岷江西路 150 号", postcode="644007")
    letter = Letter(f"{who.place}\n{who.firm}\n# {who.receiver}", who.postcode)
    made = sheets.envelopes(grid, [letter], Sender(("成都市人民南路 18 号", "糖酒报社"), "610041"), chinese=True)
    page = drawn(made.pages[0], grid).pages[0]
    assert size(page) == (230.0, 120.0)
    placed = {text: (x, y) for text, x, y in words(page)}
    digits = [(text, x, y) for text, x, y in words(page) if len(text) == 1 and y < 26]
    assert [d for d, _x, _y in digits] == list("644007")
    for n, (_digit, x, y) in enumerate(digits):
        left, top = grid.cell(n)
        assert left < x < left + grid.cell_width and top < y < top + grid.cell_height and x < 90
    assert placed["四川省宜宾市岷江西路 150 号"][1] < placed["五粮液集团"][1] < placed["张伟 女士 收"][1] < placed["糖酒报社"][1] < placed["邮政编码 610041"][1]
    assert placed["糖酒报社"][0] > grid.width / 2 and placed["四川省宜宾市岷江西路 150 号"][0] < 30
    for text, (x, y) in placed.items():  # the place of the bar code stays free
        assert not (grid.width - 160 < x < grid.width - 55 and y > grid.height - 20), text


@pytest.mark.parametrize(("code", "wide", "high"), [("DL", 220, 110), ("C5", 229, 162), ("C6", 162, 114)])
def test_an_envelope_has_its_sender_above_and_its_recipient_below_at_the_right(code: str, wide: float, high: float) -> None:
    grid = grid_of(code)
    who = Recipient(name="Anna Fischer", title=("女士", "Ms"), firm="Zucker GmbH", street="Lindenstr. 4", region="Berlin", postcode="10969", country="德国 GERMANY")
    made = sheets.envelopes(grid, [Letter("\n".join(who.lines), abroad=True)], Sender(("Tangram Press",), "610041"))
    page = drawn(made.pages[0], grid).pages[0]
    assert size(page) == (wide, high)
    placed = words(page)
    assert [text for text, *_ in placed] == ["Tangram Press", "610041", "Ms Anna Fischer", "Zucker GmbH", "Lindenstr. 4", "10969 Berlin", "德国 GERMANY"]
    assert placed[0][1] < 15 and placed[0][2] < 20 and all(x > wide * 0.4 and y > high * 0.4 for _t, x, y in placed[2:])
    assert all(y < high for _t, _x, y in placed)


def test_what_does_not_fit_is_said_and_nothing_runs_over_its_label() -> None:
    from crm_core.text.fitting import width

    grid = grid_of("L7160")
    made = sheets.labels(grid, ["short", "很长的单位名称" * 80, "W" * 200, "长街" * 60])
    assert made.over == [1]
    for line in made.pages[0].split("<text ")[1:]:
        x, font = float(line.split('x="')[1].split('"')[0]), float(line.split('font-size="')[1].split('"')[0])
        said = line.split(">", 1)[1].split("<")[0]
        left = max(grid.cell(n)[0] for n in range(3) if grid.cell(n)[0] <= x)
        assert width(said, font) <= grid.cell_width - 2 * sheets.PAD + 0.01 and x + width(said, font) <= left + grid.cell_width


def test_markup_in_a_record_is_words_on_paper() -> None:
    grid = grid_of("L7163")
    for start in range(0, len(TEMPLATES), 40):
        drawn = "".join(sheets.labels(grid, TEMPLATES[start : start + 40]).pages)
        assert "<script" not in drawn and "<img" not in drawn and "onload=alert(1)>" not in drawn.replace("&gt;", "") and "<link" not in drawn and "<object" not in drawn


def test_a_pdf_reads_no_file_and_asks_no_host(tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("open sesame")
    body = f'<p>here</p><img src="{secret.as_uri()}"><link rel="attachment" href="{secret.as_uri()}"><img src="http://127.0.0.1:9/x.png"><object data="{secret.as_uri()}"></object>'
    found = read(document.pdf(body))
    assert "here" in found.pages[0].extract_text() and "sesame" not in found.pages[0].extract_text()
    assert not found.attachments


def test_several_pdfs_become_one_that_this_process_never_holds(tmp_path: Path) -> None:
    parts = [tmp_path / "1", tmp_path / "2"]
    for path in parts:
        path.write_bytes(pdf_of("<p>一</p>", Grid(100, 50)))
    with (tmp_path / "whole").open("w+b") as out:
        document.join(parts, out, "客户")
    found = read((tmp_path / "whole").read_bytes())
    assert len(found.pages) == 2 and found.metadata.title == "客户" and "一" in found.pages[1].extract_text()
    parts[1].write_bytes(b"%PDF-1.7 half a file")
    with (tmp_path / "whole").open("w+b") as out, pytest.raises(Refused, match="could not be made"):
        document.join(parts, out)


def test_headings_and_heads_of_tables_are_bold_and_other_words_are_not() -> None:
    label = Grid(100, 50, 1, 1, 0, 0, 100, 50, 100, 50)

    def lined(body: str) -> int:
        """How many pieces of text have a line around their letters."""
        return int(drawn(body, label).pages[0].get_contents().get_data().count(b"2 Tr"))

    table = "<div class=paper><table><thead><tr><{0}>单位</{0}></tr></thead><tr><td>五粮液</td></tr></table></div>"
    assert (lined(table.format("th")), lined(table.format("td")), lined("<h1>客户</h1>客户")) == (1, 0, 1)
    assert lined(sheets.labels(label, ["# 欧阳静\n糖酒报社"]).pages[0]) == 1
    assert lined(sheets.labels(label, ["欧阳静\n糖酒报社"]).pages[0]) == 0


def test_without_the_libraries_it_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_missing", lambda: ("weasyprint",))
    assert "weasyprint" in str(document.lacking())
    with pytest.raises(Refused, match="weasyprint"):
        document.pdf("<p>x</p>")


def grid_of(code: str) -> Grid:
    """A paper that every site begins with."""
    found = next(one for one in PAPERS if one["code"] == code)
    return Grid(*(found[name] / 100 if name not in ("columns", "rows") else found[name] for name in Grid.__dataclass_fields__))


def test_what_no_font_can_draw_is_one_mark_for_each_picture_and_copied_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_core.document import child

    family, flag, private = "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f377\ufe0f", "\U000f0001"
    found = child.unknown(f"客户 é 한 𠮷 {private}{private}", child._sheet("")[1])
    assert found == [private]  # what some font has stays
    monkeypatch.setattr(child, "unknown", lambda words, _fonts: [c for c in words if c >= "\U0001f000" and c not in "\U0001f3fb"])
    assert child.replaced(f"甲{family}乙{flag}丙\U0001f44d\U0001f3fb\U0001f44d", None) == "甲□乙□丙□□"
    monkeypatch.undo()
    grid = Grid(80, 40)
    page = drawn(sheets.page_of(grid, [sheets.written(f"甲公司{private}有限", 5, 20, 4)]), grid).pages[0]
    assert page.extract_text().strip() == "甲公司□有限"


def test_a_table_drawn_piece_by_piece_is_one_document(tmp_path: Path) -> None:
    table = Table("Firms", Markup("<tr><th>Number</th><th>Name</th></tr>"))
    roll = Roll(Markup('<header class="paper-h"><h1>Customers</h1></header>'), "Customers", tmp_path)
    tall = "很长的备注" * 700  # a row higher than a page: it goes on over the next, where there is no room for heads
    rows = [Markup("<tr><td>N{}</td><td>{}</td></tr>").format(n, tall if n == 70 else "成都公司") for n in range(130)]
    for start, end in ((0, 5), (5, 75), (75, 130)):
        roll.add(replace(table, rows=rows[start:end]), document.A4, last=end == 130)
    with (tmp_path / "whole").open("wb") as out:
        document.join(roll.parts, out, "Customers")
    pages = read((tmp_path / "whole").read_bytes()).pages
    texts = [page.extract_text() for page in pages]
    assert [int(n) for text in texts for n in re.findall(r"N(\d+)", text)] == list(range(130))
    assert ["Customers" in text for text in texts] == [True] + [False] * (len(texts) - 1) and all("Number" in text for text in texts if "成都" in text)
    assert [text.split()[-1] for text in texts] == [str(n) for n in range(1, len(texts) + 1)]
    columns = {round(x) for page in pages for word, x, _y in words(page) if word == "Name"}
    assert len(columns) == 1, "the columns keep their place"
    filled = [len(re.findall(r"N\d+", text)) for text in texts if "很长" not in text]
    assert min(filled[1:-2], default=30) > 25, "no page is left half empty where two pieces meet"
