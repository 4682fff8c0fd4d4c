"""Numbers and amounts as sentences write them."""

import pytest

from crm_core.features.money import api as money
from crm_core.kernel.i18n import in_language
from crm_core.resource.show import say_number


@pytest.mark.parametrize("code", ["zh_Hans_CN", "en"])
def test_amounts_have_their_cents_and_the_currency_that_is_not_the_houses(code: str) -> None:
    with in_language(code):
        assert [money.say(one) for one in (0, 7, 150_00, -1_234_567_89)] == ["0.00", "0.07", "150.00", "-1,234,567.89"]
        assert (money.say(80_00, money.house()), money.say(80_00, "USD"), money.shown(80_00, "USD")) == ("80.00", "USD\u00a080.00", "80.00")
        assert (money.say(5_000_00, "JPY"), money.shown(-5_000_00, "JPY")) == ("JPY\u00a05,000", "-5,000")


@pytest.mark.parametrize("code", ["zh_Hans_CN", "en"])
def test_numbers_end_without_zeros(code: str) -> None:
    with in_language(code):
        assert [say_number(one, 2) for one in (0, 5, 12_50, 100_00, -1_234_56)] == ["0", "0.05", "12.5", "100", "-1,234.56"]
        assert (say_number(1_234_567, 3), say_number(1_234_567, 0)) == ("1,234.567", "1,234,567")
