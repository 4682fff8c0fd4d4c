"""How the house rounds."""

from crm_core.kernel.i18n import _
from crm_core.resource.settings import Setting, Settings
from crm_core.text import amounts


class MoneySettings(Settings):
    """Rounding of figures worked out, and whether prices have the tax in them."""

    name = "money"
    label = _("Money")
    half_even: bool = Setting(False, _("Round halves to the even neighbour"), help=_("Banker's rounding: 0.125 becomes 0.12. Otherwise halves are rounded up: 0.13."))  # type: ignore[assignment]
    tax_included: bool = Setting(True, _("Prices have the tax in them"))  # type: ignore[assignment]


def rounding() -> str:
    """How figures are rounded in the department of who acts: "half_up" or "half_even"."""
    return amounts.HALF_EVEN if MoneySettings.now().half_even else amounts.HALF_UP


def tax_included() -> bool:
    """Whether prices of the department of who acts have the tax in them."""
    return MoneySettings.now().tax_included
