"""Dates, stretches of days, numbers and amounts as people type them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.text.dates import day_order, parse_date
from crm_core.text.numbers import parse_decimal, parse_money
from crm_core.text.periods import PERIODS, relative_range
from crm_core.text.problems import InvalidText

TODAY = date(2026, 11, 18)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "locale", "day"),
    [
        ("2026-11-03", "zh_Hans_CN", date(2026, 11, 3)),
        ("2026年11月3日", "zh_Hans_CN", date(2026, 11, 3)),
        ("２０２６／１１／３", "zh_Hans_CN", date(2026, 11, 3)),
        ("2026.11.3", "zh_Hans_CN", date(2026, 11, 3)),
        ("20261103", "en", date(2026, 11, 3)),
        ("2006-04-15T03:23:15.000Z", "en", date(2006, 4, 15)),
        ("2026-11-03 14:05", "zh_Hans_CN", date(2026, 11, 3)),
        ("3/11/2026", "en_GB", date(2026, 11, 3)),
        ("3/11/2026", "en_US", date(2026, 3, 11)),
        ("3.11.26", "de", date(2026, 11, 3)),
        ("25/11/2026", "en_US", date(2026, 11, 25)),
        ("25/11/2026", "zh_Hans_CN", date(2026, 11, 25)),
        ("5/5/2026", "zh_Hans_CN", date(2026, 5, 5)),
        ("26-11-03", "zh_Hans_CN", date(2026, 11, 3)),
        ("11月3日", "zh_Hans_CN", date(2026, 11, 3)),
        ("明年3月5日", "zh_Hans_CN", date(2027, 3, 5)),
        ("3/11", "zh_Hans_CN", date(2026, 3, 11)),
        ("3 Nov 2026", "en", date(2026, 11, 3)),
        ("November 3rd, 2026", "en", date(2026, 11, 3)),
        ("today", "en", TODAY),
        ("Tomorrow", "en", date(2026, 11, 19)),
        ("yesterday", "en", date(2026, 11, 17)),
        ("next Wed", "en", date(2026, 11, 25)),
        ("friday", "en", date(2026, 11, 20)),
        ("mon", "en", date(2026, 11, 23)),
        ("last Friday", "en", date(2026, 11, 13)),
        ("in 3 weeks", "en", date(2026, 12, 9)),
        ("two days ago", "en", date(2026, 11, 16)),
        ("in a month", "en", date(2026, 12, 18)),
        ("end of the month", "en", date(2026, 11, 30)),
        ("今天", "zh_Hans_CN", TODAY),
        ("明天", "zh_Hans_CN", date(2026, 11, 19)),
        ("后天", "zh_Hans_CN", date(2026, 11, 20)),
        ("大前天", "zh_Hans_CN", date(2026, 11, 15)),
        ("周五", "zh_Hans_CN", date(2026, 11, 20)),
        ("下周三", "zh_Hans_CN", date(2026, 11, 25)),
        ("下下周一", "zh_Hans_CN", date(2026, 11, 30)),
        ("上星期天", "zh_Hans_CN", date(2026, 11, 15)),
        ("三周后", "zh_Hans_CN", date(2026, 12, 9)),
        ("十五天以后", "zh_Hans_CN", date(2026, 12, 3)),
        ("二十天前", "zh_Hans_CN", date(2026, 10, 29)),
        ("两个月后", "zh_Hans_CN", date(2027, 1, 18)),
        ("半年后", "zh_Hans_CN", date(2027, 5, 18)),
        ("月底", "zh_Hans_CN", date(2026, 11, 30)),
        ("下月初", "zh_Hans_CN", date(2026, 12, 1)),
        ("年底", "zh_Hans_CN", date(2026, 12, 31)),
    ],
)
def test_a_day_is_understood(text, locale, day):
    assert parse_date(text, locale, TODAY) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date"),
        ("soon", "date"),
        ("2026-11", "date"),
        ("2026-02-30", "date_range"),
        ("31/04/2026", "date_range"),
        ("13/13/2026", "date_range"),
        ("3/11/2026", "date_order"),
        ("0000-01-01", "date_range"),
        ("9999 days ago ago", "date"),
        ("in 9999 years", "date_range"),
        ("x" * 10_000, "date"),
    ],
)
def test_what_is_no_day_is_told(text, code):
    with pytest.raises(InvalidText) as caught:
        parse_date(text, "zh_Hans_CN", TODAY)
    assert caught.value.code == code


def test_which_of_the_two_is_asked_or_told_by_the_column():
    with pytest.raises(InvalidText) as caught:
        parse_date("3/11/2026", "zh_Hans_CN")
    assert dict(caught.value.params) == {"first": "2026-03-11", "second": "2026-11-03"}
    assert day_order(["3/11/2026", "25/11/2026", "", "n/a"]) == "dmy"
    assert day_order(["3/25/2026"]) == "mdy"
    assert day_order(["3/25/2026", "25/3/2026"]) == ""
    assert parse_date("3/11/2026", "zh_Hans_CN", order="dmy") == date(2026, 11, 3)


def test_words_need_to_be_told_the_day():
    with pytest.raises(InvalidText):
        parse_date("today", "en")


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"]))
def test_dates_with_the_year_first_come_back(day, form):
    assert parse_date(day.strftime(form)) == day


@given(st.text(max_size=40), st.dates())
def test_any_text_is_a_day_or_refused(text, today):
    try:
        assert isinstance(parse_date(text, "en", today), date)
    except InvalidText as error:
        assert error.code.startswith("date")


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("today", date(2026, 11, 18), date(2026, 11, 18)),
        ("-7d", date(2026, 11, 12), date(2026, 11, 18)),
        ("-90d", date(2026, 8, 21), date(2026, 11, 18)),
        ("+2w", date(2026, 11, 18), date(2026, 12, 1)),
        ("-3m", date(2026, 8, 19), date(2026, 11, 18)),
        ("this-week", date(2026, 11, 16), date(2026, 11, 22)),
        ("last-month", date(2026, 10, 1), date(2026, 10, 31)),
        ("this-quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("next-year", date(2027, 1, 1), date(2027, 12, 31)),
        ("past", None, date(2026, 11, 17)),
        ("2026-01-01..", date(2026, 1, 1), None),
        ("2026-01-01..2026-03-31", date(2026, 1, 1), date(2026, 3, 31)),
    ],
)
def test_a_code_means_days(code, first, last):
    assert relative_range(code, TODAY) == (first, last)


@given(st.sampled_from(sorted(PERIODS)), st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)))
def test_every_offered_code_is_understood_on_every_day(code, today):
    period = relative_range(code, today)
    assert period.first is None or period.last is None or period.first <= period.last
    for unit in ("week", "month", "quarter", "year"):
        if code == f"this-{unit}":
            assert today in period
            assert relative_range(f"last-{unit}", today).last == period.first - timedelta(days=1)
            assert relative_range(f"next-{unit}", today).first == period.last + timedelta(days=1)


@pytest.mark.parametrize("code", ["", "this-day", "-d", "90d", "2026-13-01..", "soon-week", "-99999d", "-9999y"])
def test_a_wrong_code_is_refused(code):
    with pytest.raises(InvalidText):
        relative_range(code, TODAY)


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("12", "en", "12"),
        ("-3.50", "en", "-3.50"),
        ("1,234.5", "zh_Hans_CN", "1234.5"),
        ("１，２３４．５", "zh_Hans_CN", "1234.5"),
        ("1.234,5", "de", "1234.5"),
        ("1.234", "de", "1234"),
        ("1.234", "en", "1.234"),
        ("1234.50", "de", "1234.50"),
        ("12,3456.78", "zh_Hans_CN", "123456.78"),
        ("1 234,5", "fr", "1234.5"),
        ("3.5万", "zh_Hans_CN", "35000"),
        ("1.2亿", "zh_Hans_CN", "120000000"),
        ("(1,200)", "en", "-1200"),
        ("12%", "en", "12"),
        ("6.0E7", "en", "60000000"),
        ("+5", "en", "5"),
        ("−5", "en", "-5"),
    ],
)
def test_a_number_is_read_exactly(text, locale, value):
    assert parse_decimal(text, locale) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "number"),
        ("abc", "number"),
        (".", "number"),
        ("1.234,50", "number_mark"),
        ("1,23", "number_mark"),
        ("1.2.3", "number_mark"),
        ("1,2,3", "number_mark"),
        ("9" * 19, "number_long"),
        ("9" * 70, "number_long"),
        ("1e50", "number_long"),
        ("12e5", "number"),
        ("NaN", "number"),
        ("Infinity", "number"),
        ("٣", "number"),
    ],
)
def test_what_is_no_clear_number_is_refused(text, code):
    with pytest.raises(InvalidText) as caught:
        parse_decimal(text, "en")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("¥1,234.50", 123450),
        ("￥1,234.5", 123450),
        ("1234元", 123400),
        ("3.5万元", 3500000),
        ("RMB 12", 1200),
        ("-¥5", -500),
        ("¥-5.01", -501),
        ("500000.0", 50000000),
        ("0.10", 10),
        ("1.2亿", 12000000000),
    ],
)
def test_money_is_whole_minor_units(text, minor):
    assert parse_money(text) == minor


def test_a_part_of_the_smallest_unit_is_refused():
    with pytest.raises(InvalidText) as caught:
        parse_money("1.005")
    assert (caught.value.code, caught.value.params["count"]) == ("number_decimals", 2)
    assert parse_money("1.000") == 100
    assert parse_money("500", decimals=0) == 500
    with pytest.raises(InvalidText):
        parse_money("500.5", decimals=0)


@given(st.integers(-(10**17), 10**17), st.sampled_from(["en", "zh_Hans_CN", "de"]))
def test_an_amount_written_with_its_marks_comes_back_exactly(minor, locale):
    whole, cents = divmod(abs(minor), 100)
    written = f"{whole:,}.{cents:02}"
    if locale == "de":
        written = written.translate(str.maketrans(",.", ".,"))
    assert parse_money(("-" if minor < 0 else "") + written, locale) == minor


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_refused(text):
    try:
        parse_money(text)
    except InvalidText as error:
        assert error.code.startswith("number")
