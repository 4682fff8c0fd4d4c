"""Phone numbers and mail addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.text import repairs
from crm_core.text.calling import e164
from crm_core.text.emails import clean_email, email_key
from crm_core.text.phones import check_phone, phone_key, show_phone, split_phones, sure_problem
from crm_core.text.problems import PROBLEMS, InvalidText


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("(010) 6552 9988", "01065529988"),
        ("+86 10 6552 9988", "01065529988"),
        ("+86 (0)10-65529988 转 8012", "01065529988"),
        ("010-65529988-8012", "010655299888012"),
        ("010—65529988", "01065529988"),
        ("0755-88886666 ext. 12", "075588886666"),
        ("400-123-4567", "4001234567"),
        ("+86 400 123 4567", "4001234567"),
        ("010-65529988/13800138000", "01065529988"),
        ("65529988", "65529988"),
        ("+1-919-676-9515", "0019196769515"),
        ("001 919 676 9515", "0019196769515"),
        ("no phone", ""),
        ("", ""),
    ],
)
def test_one_number_has_one_key_however_written(written, key):
    assert phone_key(written) == key


def test_an_american_number_is_never_a_chinese_mobile():
    assert phone_key("+19196769515") != phone_key("19196769515")


def test_elsewhere_the_own_country_is_another():
    assert phone_key("+1 919 676 9515", "1") == "9196769515"
    assert phone_key("+49 30 901820", "49") == phone_key("030 901820", "49") == "030901820"


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True).filter(str.isascii), st.sampled_from(["", "+86", "0086 ", "+86-"]))
def test_marks_and_the_country_change_nothing(number, country):
    spaced = f"{country}{number[:3]} {number[3:7]}-{number[7:]}"
    assert phone_key(spaced) == number
    assert show_phone(spaced) == f"{number[:3]} {number[3:7]} {number[7:]}"
    assert check_phone(spaced) is None


@given(st.text(max_size=30))
def test_any_text_gives_digits_or_nothing(text):
    assert phone_key(text).isdecimal() or phone_key(text) == ""
    check_phone(text)
    show_phone(text)


@pytest.mark.parametrize(
    ("written", "code", "params"),
    [
        ("1380013800", "phone_missing", {"expected": 11, "count": 1}),
        ("138001380000", "phone_extra", {"expected": 11, "count": 1}),
        ("+86 1380013800", "phone_missing", {"expected": 11, "count": 1}),
        ("138OO138000", "phone_letters", {"found": "OO"}),
        ("BusinessPhone", "phone_letters", {"found": "BusinessPhone"}),
        ("12", "phone_short", {}),
        ("0" * 40, "phone_long", {}),
    ],
)
def test_what_is_wrong_with_a_number_is_told(written, code, params):
    problem = check_phone(written)
    assert (problem.code, dict(problem.params)) == (code, params)
    assert problem.message


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "010-65529988",
        "(0755) 8888 6666 转 12",
        "+1 919 676 9515",
        "95588",
        "110",
        "400-123-4567",
        "65529988",
    ],
)
def test_numbers_people_have_may_stand(written):
    assert check_phone(written) is None


def test_the_sentence_about_a_missing_digit():
    assert check_phone("1380013800").message == "11 digits expected, 1 missing."


def test_numbers_are_shown_in_groups():
    assert show_phone("01065529988") == "010-6552 9988"
    assert show_phone("075588886666转12") == "0755-8888 6666 转12"
    assert show_phone("4001234567") == "400-123-4567"
    assert show_phone("+1-919-676-9515") == "+1-919-676-9515"


def test_several_numbers_in_one_cell():
    assert split_phones("010-65529988/13800138000；0755-88886666") == ["010-65529988", "13800138000", "0755-88886666"]
    assert split_phones("138 0013 8000") == ["138 0013 8000"]
    assert split_phones("13800138000 13900139000") == ["13800138000", "13900139000"]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("a@b.cn", "a@b.cn"),
        (" Frank_Dawson@Lotus.COM ", "Frank_Dawson@lotus.com"),
        ("mailto:a@b.cn", "a@b.cn"),
        ("Li Na <li.na@example.com>;", "li.na@example.com"),
        ("li＠example。com", "li@example.com"),
        ("李娜@例子.中国", "李娜@例子.中国"),
        ("o'brien+crm@example.co.uk", "o'brien+crm@example.co.uk"),
        ("", ""),
    ],
)
def test_an_address_is_stored_bare(written, stored):
    assert clean_email(written) == stored


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("nobody", "email_at"),
        ("a@b@c.cn", "email_at"),
        ("a b@c.cn", "email_name"),
        (".a@c.cn", "email_name"),
        ("a@localhost", "email_domain"),
        ("a@-x.cn", "email_domain"),
        ("a@1.2.3.4", "email_domain"),
        ("a@b..cn", "email_domain"),
        ("a" * 65 + "@b.cn", "email_name"),
        ("a@" + "b." * 200 + "cn", "email_long"),
        ("a@b.cn\r\nBcc: x@y.cn", "email_at"),
    ],
)
def test_what_is_wrong_with_an_address_is_told(written, code):
    with pytest.raises(InvalidText) as caught:
        clean_email(written)
    assert caught.value.code == code


def test_equal_addresses_have_one_key():
    assert email_key("Frank_Dawson@Lotus.com") == email_key(" frank_dawson@lotus.COM")
    assert email_key("ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ") == "li@example.com"


def test_every_problem_has_a_sentence():
    assert all(sentence.strip().endswith((".", "s")) for sentence in PROBLEMS.values())


@pytest.mark.parametrize(("written", "wrong"), [
    ("1380013800", "11 digits expected, 1 missing."), ("138001380000", "11 digits expected, 1 too many."), ("138 0013 80", "11 digits expected, 2 missing."),
    ("138-0013-80000", "11 digits expected, 1 too many."), ("+86 1380013800", "11 digits expected, 1 missing."), ("13800138000; 1390013900", "11 digits expected, 1 missing."),
    ("400820882", "10 digits expected, 1 missing."),
    ("12", "This is too short for a phone number."), ("1234567890123456", "This is too long for a phone number."),
    ("１３８００１３８００", "11 digits expected, 1 missing."),
    ("0852-86I2 3307", "A phone number has digits only; “I” does not belong in it."), ("13O88889999", "A phone number has digits only; “O” does not belong in it."),
    ("138 OO13 8000", "A phone number has digits only; “OO” does not belong in it."), ("O28-6655443l; 13900139000", "A phone number has digits only; “Ol” does not belong in it."),
])
def test_what_is_surely_wrong_is_told(written: str, wrong: str) -> None:
    problem = sure_problem(written)
    assert problem is not None and problem.message == wrong


@pytest.mark.parametrize("written", [
    "13800138000", "138 0013 8000", "+86-138-0013-8000", "8613800138000", "13800138000 (王总)", "13800138000 王总、13900139000", "010-65529988", "010-65529988-8012",
    "0831-8235566转8012", "65529988", "6552 9988", "8235566", "110", "10086", "95588", "12315", "12345678", "400-820-8820", "4008-208-820", "800-810-1234",
    "+1 919-676-9515", "(512) 757-6000", "1-800-555-0199", "+44 20 7946 0958", "020 7946 0958", "089 12345", "+852 2345 6789", "1300 123 456", "1800-123-456",
    "+81 3-1234-5678", "tel: 010-65529988", "13800138000/13900139000", "1-800-FLOWERS", "010-65529988 Oliver", "B1203", "10I", "010-65529988、65529989",
])
def test_what_people_really_have_may_stand(written: str) -> None:
    assert sure_problem(written) is None


def test_the_digits_that_letters_stand_for_are_suggested() -> None:
    assert [list(repairs.phone(text)) for text in ("0852-86I2 3307", "O28-66554431", "13800138000", "王总")] == [
        ["0852-8612 3307"], ["028-66554431"], [], []]


@pytest.mark.parametrize(("text", "country", "expected"), [
    ("138 0013 8000", "CN", "+8613800138000"), ("028-8600 1234 转 12", "CN", "+862886001234"), ("+86 (0)10 6552 9988", "CN", "+861065529988"),
    ("+1 919-676-9515", "CN", "+19196769515"), ("919-676-9515", "US", "+19196769515"), ("020 7946 0958", "GB", "+442079460958"),
    ("02 1234567", "IT", "+39021234567"), ("2345 6789", "HK", "+85223456789"), ("13800138000 13900139000", "CN", "+8613800138000"),
    ("86001234", "CN", ""), ("400-810-8888", "CN", ""), ("95588", "CN", ""), ("", "CN", ""), ("12345678", "XX", ""),
])  # fmt: skip
def test_a_number_is_dialled_from_anywhere_where_its_country_is_known(text: str, country: str, expected: str) -> None:
    assert e164(text, country) == expected
