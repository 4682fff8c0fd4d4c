"""Addresses on paper: what region and street both say, and where long lines break."""

import pytest

from crm_core.text.fitting import Line, fit, width, wrap
from crm_core.text.postal import joined


@pytest.mark.parametrize(("region", "street", "whole"), [
    ("贵州省遵义市仁怀市", "贵州省仁怀市茅台镇 1 号", "贵州省仁怀市茅台镇 1 号"),
    ("四川省成都市武侯区", "成都市人民南路 18 号", "四川省成都市人民南路 18 号"),
    ("四川省成都市武侯区", "武侯区人民南路 18 号", "四川省成都市武侯区人民南路 18 号"),
    ("广西壮族自治区南宁市青秀区", "青秀区滨江路 139 号", "广西壮族自治区南宁市青秀区滨江路 139 号"),
    ("上海市黄浦区", "南环路 12 号", "上海市黄浦区南环路 12 号"),
    ("", "南环路 12 号", "南环路 12 号"),
])
def test_what_region_and_street_both_say_is_said_once(region: str, street: str, whole: str) -> None:
    assert joined(region, street) == whole


def test_a_word_longer_than_its_line_is_broken_and_a_text_is_no_smaller_than_it_must_be() -> None:
    lines = wrap("W" * 200, 40, 4)
    assert "".join(lines) == "W" * 200 and all(width(line, 4) <= 40 for line in lines) and len(lines) < 25
    text = [Line("四川省宜宾市南溪区罗龙街道食品工业园区一期标准化厂房")]
    made = fit(text, 60, 12, 5, 2)
    larger = fit(text, 60, 100, made.size + 0.05, 2)
    assert not made.over and made.height <= 12 < larger.height
