"""Names of firms taken apart and compared; the figures on generated pairs are printed and held."""

from __future__ import annotations

import pytest

from crm_core.testing.pairs import measure, pairs
from crm_core.text.alike import LIKELY, SHOWN, firms, persons
from crm_core.text.firms import parse
from crm_core.text.simple import plain

ONE = [
    ("广西甘源糖业", "广西甘源糖业集团有限公司"), ("广西甘源糖业有限公司", "甘源糖业"), ("广西甘源糖业有限公司", "廣西甘源糖業股份有限公司"),
    ("广西甘源糖业有限公司", "甘源糖业（广西）有限公司"), ("ＡＢＣ贸易（上海）有限公司", "ABC贸易(上海)有限公司"), ("北京华信瑞德科技有限公司", "北京华信瑞得科技有限公司"),
    ("广西甘源糖业有限公司", "广西甘源唐业有限公司"), ("广西甘源糖业有限公司", "广西甘源糖业有限公词"), ("广西甘源糖业有限公司", "广西甘源糖业有限公司总部"),
    ("Guangxi Ganyuan Sugar Co., Ltd.", "广西甘源糖业有限公司"), ("Guangxi Gan Yuan Tangye Youxian Gongsi", "广西甘源糖业有限公司"),
    ("Blue River Foods", "Bleu River Foods Ltd."), ("崇左市甘源糖业有限公司", "广西崇左甘源糖业有限责任公司"),
]
TWO = [
    ("北京天地科技有限公司", "上海天地科技有限公司"), ("中国银行北京分行", "中国银行上海分行"), ("武汉第一机床厂", "武汉第二机床厂"), ("中铁一局集团有限公司", "中铁二局集团有限公司"),
    ("甘源糖业有限公司", "甘源糖业有限公司南宁分公司"), ("甘源糖业有限公司南宁分公司", "甘源糖业有限公司柳州分公司"), ("中国石化", "中国石油"), ("华东电力", "华北电力"),
    ("广西甘源糖业有限公司", "广西甘岭糖业有限公司"), ("北京天地科技有限公司", "北京天地商贸有限公司"), ("张三", "张三"), ("广西甘源糖业有限公司", "广西甘源糖业集团有限公司"),
    ("北京华新科技有限公司", "北京华鑫科技有限公司"),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_two_spellings_of_one_firm_are_likely_one(one: str, other: str) -> None:
    assert firms(one, other) >= LIKELY
    assert firms(one, other) == firms(other, one)


@pytest.mark.parametrize(("one", "other"), TWO)
def test_firms_that_share_much_are_not_taken_for_one(one: str, other: str) -> None:
    assert firms(one, other) < LIKELY
    assert firms(one, other) == firms(other, one)


def test_a_group_and_a_company_of_one_trade_name_are_shown_but_left_to_a_person() -> None:
    assert SHOWN <= firms("广西甘源糖业有限公司", "广西甘源糖业集团有限公司") < LIKELY


def test_persons_of_one_name_are_many() -> None:
    assert persons("张三", "张三") == 0.5 and persons("張偉", "张伟") == 0.5
    assert 0 < persons("Zhang Wei", "张伟") < LIKELY and persons("张伟", "李伟") == 0.0


@pytest.mark.parametrize("seed", range(1, 6))
def test_generated_pairs_are_told_apart(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    found = measure(pairs(seed, 4_000))
    with capsys.disabled():
        print(f" seed {seed}: precision {found.precision:.4f}, recall {found.recall:.4f}", end="")
    assert found.precision >= 0.95 and found.recall >= 0.90


def test_every_rule_of_the_pairs_is_there() -> None:
    assert len({pair.rule for pair in pairs(1, 400)}) == 21
    assert pairs(3, 50) == pairs(3, 50) != pairs(4, 50)


@pytest.mark.parametrize("name", ["", " ", "、、", "公司", "有限公司", "a", "第一", "㐂" * 200, "(((", "🀄️有限公司", "Ltd.", "İstanbul A.Ş.", "株式会社トヨタ"])
def test_odd_names_are_taken_apart_too(name: str) -> None:
    found = parse(name)
    assert isinstance(found.trade, str)
    assert 0 <= firms(name, "广西甘源糖业有限公司") < SHOWN


def test_traditional_characters_become_simplified_ones() -> None:
    assert plain("廣西甘源糖業") == "广西甘源糖业" and plain("乾隆") == "乾隆"

