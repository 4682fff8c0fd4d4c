"""Text as it comes in at the edge (security D19, M5, T41)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.text.clean import InvalidText, clean_line, clean_text, fold

anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@pytest.mark.parametrize(
    ("given_", "stored"),
    [
        ("Gravity Investments", "Gravity Investments"),
        ("  北京  天地\u3000科技 ", "北京 天地 科技"),
        ("cafe\u0301", "café"),
        ("two\r\nlines\tand tab", "two lines and tab"),
        ("\ufeff王\x07秀英", "王秀英"),
        ("①号楼", "①号楼"),
        ("𠮷野家 𰻝面", "𠮷野家 𰻝面"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("", ""),
        ("\u3000", ""),
    ],
)
def test_a_line_is_stored_composed_and_without_what_nobody_sees(given_, stored):
    assert clean_line(given_) == stored


def test_a_text_keeps_its_lines():
    assert clean_text("first  \r\nsecond\rthird\n\n  fourth\x0b\n\n") == "first\nsecond\nthird\n\n  fourth"
    assert clean_text(" 一行 ") == "一行"
    assert clean_text("one line ") == "one line"


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("a\0b", "nul"),
        ("\ud83d", "surrogate"),
        ("a" + "\u0301" * 10_000, "marks"),
        ("x" + "\u0336\u0301" * 20, "marks"),
    ],
)
def test_damaged_text_is_refused_with_its_reason(broken, code):
    for clean in (clean_line, clean_text):
        with pytest.raises(InvalidText) as caught:
            clean(broken)
        assert caught.value.code == code
        assert str(caught.value)


@given(anything)
def test_a_stored_line_is_nfc_without_control_characters_and_stays_as_it_is(text):
    try:
        line = clean_line(text)
    except InvalidText:
        return
    assert unicodedata.is_normalized("NFC", line)
    assert not any(unicodedata.category(c) == "Cc" for c in line)
    assert clean_line(line) == line


@given(anything)
def test_a_stored_text_has_only_line_feeds_and_tabs_and_stays_as_it_is(text):
    try:
        stored = clean_text(text)
    except InvalidText:
        return
    assert {c for c in stored if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}
    assert clean_text(stored) == stored


@given(anything)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_folding_makes_equal_what_people_take_for_equal():
    assert fold("ＡＢＣ　公司") == fold("abc 公司")
    assert fold("STRASSE") == fold("straße")
    assert fold("①") == "1"
    assert fold("Café") == fold("CAFE\u0301")
