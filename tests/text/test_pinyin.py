"""Spelling and sorting Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.text import tables
from crm_core.text.pinyin import initials, sort_key, spell, table
from crm_core.text.syllables import ways


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("中山电力", "zhong shan dian li"),
        ("重庆银行", "chong qing yin hang"),
        ("长沙厦门成都", "chang sha xia men cheng du"),
        ("音乐会计", "yin yue kuai ji"),
        ("重庆ABC银行", "chong qing abc yin hang"),
        ("绿地", "lv di"),
        ("3M中国", "3m zhong guo"),
        ("北京（海淀）", "bei jing hai dian"),
        ("", ""),
    ],
)
def test_words_are_spelled_as_they_are_said(text, said):
    assert " ".join(spell(text)) == said


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("单田芳", "shan tian fang"),
        ("仇英", "qiu ying"),
        ("曾国藩", "zeng guo fan"),
        ("尉迟恭", "yu chi gong"),
        ("欧阳修", "ou yang xiu"),
        ("解缙", "xie jin"),
        ("万俟卨", "mo qi xie"),
        ("重庆", "chong qing"),
        ("李娜", "li na"),
    ],
)
def test_a_surname_has_its_own_reading(person, said):
    assert " ".join(spell(person, name=True)) == said


def test_initials_of_chinese_latin_and_numbers():
    assert initials("中山电力") == "zsdl"
    assert initials("单田芳", name=True) == "stf"
    assert initials("Greg Dartmouth") == "gd"
    assert initials("1688网") == "1688w"


def test_a_mixed_list_stands_in_the_order_of_its_sounds():
    names = ["张三", "Zara", "章二", "阿里", "Apple", "重庆", "北京", "3M", "西安", "先进", "张一", "Łódź", "あべ"]
    assert sorted(names, key=sort_key) == [
        "3M", "阿里", "Apple", "北京", "重庆", "Łódź", "西安", "先进", "Zara", "章二", "张三", "张一", "あべ",
    ]  # fmt: skip


def test_people_with_the_same_surname_stand_together():
    people = ["张伟", "章伟", "张三", "章三", "张一"]
    assert sorted(people, key=lambda p: sort_key(p, name=True)) == ["章三", "章伟", "张三", "张伟", "张一"]


def test_a_surname_sorts_by_its_own_reading():
    people = ["丁一", "单田芳", "商鞅", "山涛"]
    assert sorted(people, key=lambda p: sort_key(p, name=True)) == ["丁一", "山涛", "单田芳", "商鞅"]
    assert sorted(people, key=sort_key) == ["单田芳", "丁一", "山涛", "商鞅"]


@given(st.text(max_size=200), st.booleans())
def test_a_sort_key_is_short_and_ascii_whatever_the_text(text, name):
    key = sort_key(text, name)
    assert key.isascii()
    assert len(key) <= 80


@given(st.text(st.characters(codec="gb2312", min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12))
def test_every_common_character_has_a_sound(text):
    assert len(spell(text)) == len(text)
    assert all(syllable.isascii() and syllable.islower() for syllable in spell(text))


@given(st.lists(st.sampled_from(["zhang", "wei", "xi", "an", "li", "na", "fang", "gan", "lv"]), min_size=1, max_size=5))
def test_letters_that_are_pinyin_are_read_as_such(syllables):
    assert any("".join(done) + rest == "".join(syllables) for done, last in ways("".join(syllables)) for rest in last)


def test_letters_that_are_no_pinyin_have_no_reading():
    assert ways("bjtd") == []
    assert ways("x" * 120) == []


def test_without_the_table_the_error_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    table.cache_clear()
    try:
        with pytest.raises(tables.MissingTable, match="make assets"):
            spell("北京")
    finally:
        table.cache_clear()
