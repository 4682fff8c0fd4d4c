"""In which encoding a file is: found where it is clear, asked where it is not, never misread without a word."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_core.data.session import session
from crm_core.kernel.errors import Invalid
from crm_core.resource.exchange import running
from crm_core.resource.exchange.encodings import check_encoding
from crm_core.resource.exchange.models import Import
from crm_core.resource.exchange.problems import UnreadableFile
from crm_core.resource.exchange.sense import CHOICES, by_sense
from tests.exchange.test_importing import bring
from tests.support.world import World
from tests.support.worlds import Browser, one_engine

WORDS = {
    "gb18030": ("四川 贵州 北京 湖南", "云岭 赤溪 恒源 博雅", "酒业有限公司 商贸有限公司 食品科技 糖业集团"),
    "big5hkscs": ("臺灣 臺北 高雄 香港", "積體 鴻海 統一 國泰", "電路製造股份有限公司 精密工業 企業 實業"),
    "cp949": ("서울 대한 한국 부산", "태평 신라 고려 제일", "상사 무역주식회사 식품 산업"),
    "cp932": ("東京 大阪 北海 横浜", "トヨタ ソニー 日立 さくら", "商事株式会社 サービス 製作所 システム"),
    "euc_jp": ("東京 大阪 北海 横浜", "トヨタ ソニー ひので さくら", "サービス システム 製作所 グループ"),
}
HEADS = {"gb18030": "客户名称,电话", "big5hkscs": "公司名稱,電話", "cp949": "회사명,전화", "cp932": "会社名,電話", "euc_jp": "会社名,電話"}


def sample(encoding: str, rows: int, head: str = "name,phone") -> bytes:
    dice = random.Random(rows)
    lines = ["".join(dice.choice(part.split()) for part in WORDS[encoding]) + ",1" for _n in range(rows)]
    text = "\n".join([head, *lines]) + "\n"
    return text.encode(encoding)


@pytest.mark.parametrize("encoding", WORDS)
def test_the_heads_of_the_columns_tell_it(encoding: str) -> None:
    assert by_sense(sample(encoding, 1, HEADS[encoding])) == (encoding, ())


@pytest.mark.parametrize("encoding", ["gb18030", "big5hkscs", "cp949", "cp932"])
def test_many_words_tell_it(encoding: str) -> None:
    assert by_sense(sample(encoding, 40)) == (encoding, ())


@pytest.mark.parametrize("encoding", WORDS)
@pytest.mark.parametrize("rows", [1, 2, 3, 5, 10])
def test_few_words_are_read_rightly_or_asked_about(encoding: str, rows: int) -> None:
    found = by_sense(sample(encoding, rows))
    assert found == (encoding, ()) or found.others


def test_chinese_files_are_not_asked_about() -> None:
    for rows in (1, 2, 3, 5, 10):
        assert by_sense(sample("gb18030", rows)) == ("gb18030", ())


@pytest.mark.parametrize("text", ["Crédito Inmobiliario,Castellana Nº 77\n26 5º,MADRID\n", "Müller GmbH,Köln\nBäcker,Gießen\n", "Pébéo of America,x\n"])
def test_western_letters_among_plain_ones_are_not_asked_about(text: str) -> None:
    assert by_sense(text.encode("cp1252")) == ("cp1252", ())


def test_all_that_can_be_chosen_can_be_read() -> None:
    for name in CHOICES:
        "x".encode(name)


KOREAN = "name,phone\n서울상사,02-123-4567\n".encode("cp949")  # four syllables, which Big5 reads as well


@pytest.fixture
def korean(tmp_path: Path) -> Path:
    path = tmp_path / "korean.csv"
    path.write_bytes(KOREAN)
    return path


@one_engine
def test_what_is_in_doubt_does_not_start_before_a_person_has_said_it(world: World, korean: Path) -> None:
    with world.as_("root"):
        made = running.begin(world.site.registry.resource("core.customer"), korean.name, korean)
        doubt = running.in_doubt(made)
        assert doubt["cp949"] == "서울상사" and len(doubt) > 1
        with pytest.raises(Invalid):
            running.start(made)
        running.read_again(made, "cp949")
        running.start(session.get_one(Import, made.id))


@one_engine
def test_the_page_asks_shows_what_each_would_say_and_changes_with_the_choice(at_browser: Callable[[str], Browser], korean: Path) -> None:
    root = at_browser("root")
    with korean.open("rb") as file:
        where = root("POST", "/import?to=core.customer", {"file": (file, "korean.csv")}).headers["Location"]
    page = root("GET", where).get_data(as_text=True)
    assert "In which encoding is this file written?" in page and "EUC-KR · 서울상사" in page and 'value="start"' not in page
    page = root("POST", where, {"_do": "plan", "encoding": "cp949", "col-0": "name"}).get_data(as_text=True)
    assert "서울상사" in page and "In which encoding" not in page and 'value="start"' in page
    answer = root("POST", where, {"_do": "plan", "encoding": "utf-8"})
    assert answer.status_code == 422 and "line 2" in answer.get_data(as_text=True)


@one_engine
def test_a_file_that_is_clear_is_imported_as_it_is(world: World, tmp_path: Path) -> None:
    path = tmp_path / "big5.csv"
    path.write_bytes(sample("big5hkscs", 3, HEADS["big5hkscs"]))
    assert bring(world, "root", path).encoding == "big5hkscs"


@one_engine
def test_the_command_without_a_terminal_says_how_to_choose(world: World, korean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from crm_core.cli import import_

    monkeypatch.setattr(import_, "ready_site", lambda: world.site)

    def run(*more: str) -> tuple[int, str]:
        done = CliRunner().invoke(import_.command, ["customers", str(korean), "--as", "root", "--yes", *more], standalone_mode=False)
        assert done.exception is None, done.exception
        return done.return_value, done.output

    code, told = run()
    assert code == import_.NOTHING and "--encoding: " in told and "cp949" in told
    assert run("--encoding", "cp949")[0] == 0


def test_a_file_without_the_mark_of_utf16_is_not_in_it(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("名称,电话\n".encode("gb18030") * 9)
    with pytest.raises(UnreadableFile) as refused:
        check_encoding(path, "utf-16")
    assert (refused.value.code, refused.value.params["line"]) == ("encoding", 1)
