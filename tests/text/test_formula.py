"""Formulas: what they say, what cannot be said, and that they always end."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.text.formula import FUNCTIONS, BadFormula, parse

VALUES: dict[str, Any] = {"a": 3, "b": Decimal("2.5"), "t": "Hi", "d": dt.date(2026, 1, 31), "n": None, "f": False}


@pytest.mark.parametrize(("text", "result"), [
    ("a * b + 1", Decimal("8.5")), ("-a - -1", Decimal(-2)), ("(a + 1) * 2", Decimal(8)), ("a / 0", None), ("a / 4", Decimal("0.75")),
    ('t & " " & a', "Hi 3"), ("d + 1", dt.date(2026, 2, 1)), ("d - d", Decimal(0)), ("days(d, d + 3)", Decimal(3)), ("year(d)", Decimal(2026)),
    ("n + 1", None), ("empty(n)", True), ("n = n", True), ("n <> 3", True), ("not f and a > 2", True), ("sum(a, n, b)", Decimal("5.5")),
    ('if(a >= 3, "large", "small")', "large"), ("if(f, 1)", None), ("first(n, a)", Decimal(3)), ("round(a / 7, 2)", Decimal("0.43")),
    ("round(2.5)", Decimal(3)), ('contains(t, "i")', True), ("if（a ＞ 1，1，2）".replace("＞", ">"), Decimal(1)), ("a < t", None), ("d + 999999999", None),
])
def test_a_formula_says(text: str, result: Any) -> None:
    assert parse(text, VALUES)(VALUES) == result


@pytest.mark.parametrize("text", [
    "", "a.b", "a[0]", "a ** 2", "__import__('os')", "lambda: 1", "zz", "if(a)", "a +", "(a", "a)", '"open', "a; b", "a if f else b", "{a}", "`a`",
    "(" * 40 + "a" + ")" * 40, "-" * 50 + "a", "not " * 40 + "f", "+".join(["a"] * 100), "a" * 1_001, "a b", "3 4", "round()", "f'{a}'",
])
def test_what_cannot_be_said(text: str) -> None:
    with pytest.raises(BadFormula):
        parse(text, VALUES)


@given(st.text(alphabet='abtdnf0123456789.+-*/&()<>=," ' + "".join(FUNCTIONS), max_size=60))
def test_whatever_is_typed_ends_in_a_value_or_a_sentence(text: str) -> None:
    try:
        found = parse(text, VALUES)
    except BadFormula:
        return
    assert isinstance(found(VALUES), Decimal | str | bool | dt.date | None)


def test_a_result_cannot_be_made_long() -> None:
    long = {"t": "x" * 1_900}
    assert parse("t & t", long)(long) is None
