"""Cells for spreadsheets (security S14), and the divisions of China."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.text.csv_safe import neutralise, restore
from crm_core.text.divisions import Divisions, find_region, place_words, region_path, regions
from crm_core.text.places import english_name, short_name

SIGNS = "=+-@＝＋－＠'\t\r\n \u3000\ufeff\u200b\x00\x1b\"1a张"
cells = st.one_of(st.text(max_size=20), st.text(st.sampled_from(SIGNS), max_size=6), st.builds(str, st.integers()))


@given(cells)
def test_every_cell_comes_back(cell):
    assert restore(neutralise(cell)) == cell


@given(cells)
def test_no_cell_leaves_as_a_formula(cell):
    out = neutralise(cell)
    assert out[:1] not in ("\t", "\r", "\n")
    bare = out.lstrip(
        "\ufeff\u200b\u200e\u200f\u00ad" + "".join(map(chr, range(33))) + "".join(c for c in out if c.isspace())
    )
    assert bare[:1] not in tuple("=+-@＝＋－＠")


@pytest.mark.parametrize(
    "cell", ["=1+1", " =1", "\t=1", "\ufeff=cmd|' /C calc'!A0", "＝1", "'=1", "-2", "+86 138", "@sum", "\u200b=1"]
)
def test_dangerous_cells_get_an_apostrophe(cell):
    assert neutralise(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "张三", "a=b", "1-2", "'tis", "''", "O'Brien", "（=1）"])
def test_other_cells_stay(cell):
    assert neutralise(cell) == cell
    assert restore(cell) == cell


def names(text):
    return [" ".join(part.name for part in region_path(region.code)) for region in find_region(text)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("北京", "北京市"),
        ("北京市朝阳区望京街1号", "北京市 朝阳区"),
        ("广东深圳南山", "广东省 深圳市 南山区"),
        ("中国广东省/深圳市", "广东省 深圳市"),
        ("吉林省吉林市小皇村", "吉林省 吉林市"),
        ("河北区", "天津市 河北区"),
        ("北海市重庆路其仓11号", "广西壮族自治区 北海市"),
        ("柳州地区忻城县", "广西壮族自治区 来宾市 忻城县"),
        ("成都市新津县金华镇", "四川省 成都市 新津区"),
        ("江西南昌市新建区松湖镇江西省南昌市新建区", "江西省 南昌市 新建区"),
        ("内蒙古通辽市科尔沁左翼后旗甘蓝子街98号", "内蒙古自治区 通辽市 科尔沁左翼后旗"),
        ("恩施州利川市", "湖北省 恩施土家族苗族自治州 利川市"),
        ("湖北仙桃", "湖北省 仙桃市"),
        ("海南三亚", "海南省 三亚市"),
        ("Guangdong Province", "广东省"),
        ("Shaanxi", "陕西省"),
        ("Hong Kong", "香港特别行政区"),
    ],
)
def test_an_address_means_one_place(text, meant):
    assert names(text) == [meant]


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("朝阳区", {"北京市 朝阳区", "吉林省 长春市 朝阳区"}),
        ("西湖区蒋村花园小区", {"浙江省 杭州市 西湖区", "江西省 南昌市 西湖区"}),
        ("吉林", {"吉林省", "吉林省 吉林市"}),
        ("Suzhou", {"江苏省 苏州市", "安徽省 宿州市"}),
        ("Shanxi", {"山西省", "陕西省"}),
    ],
)
def test_what_may_be_several_places_is_never_guessed(text, may_be):
    assert may_be <= set(names(text))
    assert len(names(text)) > 1


@pytest.mark.parametrize("text", ["", "南京路1号", "FORT COLLINS", "CO", "张三", "路", "12345"])
def test_what_is_no_place_is_none(text):
    assert names(text) == []


@given(st.text(max_size=30))
def test_any_text_has_an_answer(text):
    assert isinstance(find_region(text), list)


def test_every_full_path_is_found_again():
    for region in list(regions())[::7]:
        path = "".join(part.name for part in region_path(region.code))
        assert region_path(region.code)[-1] in find_region(path)


def test_regions_come_after_the_one_above():
    seen = {""}
    for region in regions():
        assert region.parent in seen
        seen.add(region.code)


def test_short_names_are_what_people_say():
    assert short_name("内蒙古自治区") == "内蒙古"
    assert short_name("延边朝鲜族自治州") == "延边"
    assert short_name("浦东新区") == "浦东"
    assert short_name("东区") == "东区"


def test_a_small_table_of_ones_own():
    table = Divisions([("110000", "北京市", "010"), ("110100", "北京市", "010"), ("110105", "朝阳区", "")])
    assert [region.code for region in table.find("北京朝阳")] == ["110105"]
    assert [region.name for region in table.path("110105")] == ["北京市", "朝阳区"]
    assert table.regions["110100"].dial == "010"
    assert table.path("999999") == []


@pytest.mark.parametrize(
    "full, words",
    [("四川省宜宾市翠屏区", "四川 · 宜宾"), ("上海市黄浦区", "上海 · 黄浦"), ("广西壮族自治区南宁市", "广西 · 南宁"), ("新疆维吾尔自治区", "新疆"),
     ("朝阳区", "朝阳区"), ("Cuiping District, Yibin, Sichuan", "Yibin, Sichuan"), ("Tibet", "Tibet"), ("West quarter", "West quarter"), ("", "")],
)
def test_a_place_is_said_shortly_and_what_is_not_one_place_stays(full, words):
    assert place_words(full) == words


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("四川省", "Sichuan"), ("陕西省", "Shaanxi"), ("山西省", "Shanxi"), ("内蒙古自治区", "Inner Mongolia"), ("西藏自治区", "Tibet"),
        ("新疆维吾尔自治区", "Xinjiang"), ("香港特别行政区", "Hong Kong"), ("西安市", "Xi'an"), ("吕梁市", "Lüliang"), ("六安市", "Lu'an"),
        ("厦门市", "Xiamen"), ("呼和浩特市", "Hohhot"), ("武侯区", "Wuhou District"), ("单县", "Shanxian County"), ("万柏林区", "Wanbailin District"),
        ("北川羌族自治县", "Beichuan Autonomous County"), ("浦东新区", "Pudong New Area"), ("阿拉善左旗", "Alxa Left Banner"),
        ("延边朝鲜族自治州", "Yanbian"), ("义乌市", "Yiwu"), ("郑州经济技术开发区", "Zhengzhou Economic and Technological Development Zone"),
        ("东区", "Dongqu District"), ("West quarter", "West quarter"), ("", ""),
    ],
)
def test_a_place_has_an_english_name(name, english):
    assert english_name(name) == english


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Cuiping District, Yibin, Sichuan", "四川省 宜宾市 翠屏区"), ("Yibin, Sichuan, China", "四川省 宜宾市"), ("Xi’an", "陕西省 西安市"),
        ("Suzhou, Jiangsu", "江苏省 苏州市"), ("Chaoyang, Beijing", "北京市 朝阳区"), ("Lüliang", "山西省 吕梁市"), ("Sichuan / Yibin", "四川省 宜宾市"),
        ("Hohhot", "内蒙古自治区 呼和浩特市"), ("Kaohsiung", "台湾省 高雄市"), ("Ordos, Inner Mongolia", "内蒙古自治区 鄂尔多斯市"),
    ],
)
def test_an_english_place_is_found(text, meant):
    assert names(text) == [meant]


def test_every_english_name_with_what_lies_above_is_found_again():
    for region in list(regions())[::5]:
        path = region_path(region.code)
        assert path[-1] in find_region(", ".join(english_name(part.name) for part in reversed(path)))
