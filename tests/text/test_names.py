"""Names of firms and persons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.text.names import PersonName, avatar_text, company_key, person_display, split_person

SAME = [
    [
        "北京天地科技有限公司",
        "天地科技（北京）股份有限公司",
        "北京市天地科技有限责任公司",
        "天地科技",
        "天地科技 Co., Ltd.",
    ],
    ["ＡＢＣ（中国）有限公司", "ABC有限公司", "abc"],
    ["广东省深圳市华为技术有限公司", "华为技术", "深圳华为技术有限公司"],
    ["Gravity Investments", "GRAVITY INVESTMENTS, INC.", "Gravity  Investments Ltd"],
    ["The Rhombus Group", "Rhombus"],
    ["J&J Co., Ltd.", "J and J Company"],
    ["I.B.M. Corp", "IBM"],
    ["Müller GmbH & Co. KG", "MÜLLER"],
]
DIFFERENT = [
    ("北京银行股份有限公司", "上海银行股份有限公司"),
    ("北京科技有限公司", "上海科技有限公司"),
    ("北京师范大学", "南京师范大学"),
    ("南京自来水集团有限公司", "江苏自来水集团有限公司"),
    ("天地科技有限公司", "天地科技有限公司北京分公司"),
    ("公司", "有限公司"),
    ("Gravity Investments", "Gravity Media"),
]


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_spellings_of_one_firm_have_one_key(names):
    assert len({company_key(name) for name in names}) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_firms_that_only_a_place_tells_apart_keep_it(one, other):
    assert company_key(one) != company_key(other)


@given(st.text(max_size=30))
def test_any_name_has_a_key_and_a_picture(name):
    key = company_key(name)
    assert bool(key) == any(c.isalnum() for c in key)
    assert company_key(name.upper()) == company_key(name.upper().lower()) or not name.isascii()
    for company in (False, True):
        try:
            assert 1 <= len(avatar_text(name, company)) <= 6
        except ValueError:  # a text that is refused everywhere
            assert "\0" in name


@pytest.mark.parametrize(
    ("full", "family", "given"),
    [
        ("张伟", "张", "伟"),
        ("欧阳修", "欧阳", "修"),
        ("诸葛孔明", "诸葛", "孔明"),
        ("欧阳", "欧", "阳"),
        ("王先生", "王", ""),
        ("王小明先生", "王", "小明"),
        ("张伟（销售部）", "张", "伟"),
        ("张 伟", "张", "伟"),
        ("阿卜杜拉·买买提", "", "阿卜杜拉·买买提"),
        ("Greg Dartmouth", "Dartmouth", "Greg"),
        ("Dartmouth, Greg", "Dartmouth", "Greg"),
        ("Mr. John Smith Jr.", "Smith", "John"),
        ("Ludwig van Beethoven", "van Beethoven", "Ludwig"),
        ("Madonna", "", "Madonna"),
        ("", "", ""),
    ],
)
def test_a_full_name_is_taken_apart(full, family, given):
    assert split_person(full) == PersonName(family, given)


def test_a_name_is_shown_in_the_order_of_its_script_and_language():
    assert person_display("张", "伟", "en") == "张伟"
    assert person_display("Dartmouth", "Greg", "en") == "Greg Dartmouth"
    assert person_display("Dartmouth", "Greg", "zh_Hans_CN") == "Dartmouth Greg"
    assert person_display("", "Greg") == "Greg"


@pytest.mark.parametrize(
    ("name", "company", "shown"),
    [
        ("李娜", False, "娜"),
        ("欧阳修", False, "修"),
        ("Greg Dartmouth", False, "GD"),
        ("Mr. Greg Dartmouth", False, "GD"),
        ("Madonna", False, "M"),
        ("杭州云帆科技有限公司", True, "云"),
        ("北京银行", True, "北"),
        ("The Rhombus Group", True, "R"),
        ("（北京）", False, "京"),
        ("", False, "?"),
    ],
)
def test_what_stands_in_the_picture(name, company, shown):
    assert avatar_text(name, company) == shown
