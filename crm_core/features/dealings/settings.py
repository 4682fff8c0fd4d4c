"""The rules by which customers are judged, as administrators set them for the house."""

from crm_core.features.dealings.histories import Rules
from crm_core.kernel.i18n import _
from crm_core.resource.settings import Setting, Settings

_PERCENT = {"minimum": 1, "maximum": 1_000}


class ValueSettings(Settings):
    """Where stages end and begin, what is unusual, who is proposed."""

    label = _("Customer value")
    name = "value"
    departments = False
    trial_deals: int = Setting(3, _("Trial: fewer days of dealings than"), minimum=1, maximum=100)  # type: ignore[assignment]
    trial_days: int = Setting(90, _("Trial: known for fewer days than"), minimum=0, maximum=3_650)  # type: ignore[assignment]
    trial_share: int = Setting(20, _("Trial: spends less each time than so many per cent of the house's usual"), minimum=0, maximum=100)  # type: ignore[assignment]
    stable_deals: int = Setting(6, _("Growing: fewer days of dealings than"), minimum=1, maximum=1_000)  # type: ignore[assignment]
    stable_days: int = Setting(365, _("Growing: known for fewer days than"), minimum=0, maximum=3_650)  # type: ignore[assignment]
    rising: int = Setting(130, _("Growing: turnover of 12 months is at least so many per cent of the 12 before"), **_PERCENT)  # type: ignore[assignment, arg-type]
    falling: int = Setting(60, _("Declining: turnover of 12 months is under so many per cent of the 12 before"), **_PERCENT)  # type: ignore[assignment, arg-type]
    rarer: int = Setting(50, _("Declining: deals on under so many per cent of the days of the 12 months before"), **_PERCENT)  # type: ignore[assignment, arg-type]
    silence: int = Setting(300, _("Declining: silent for over so many per cent of the usual interval"), minimum=100, maximum=2_000)  # type: ignore[assignment]
    least: int = Setting(60, _("But never before so many days of silence"), minimum=1, maximum=3_650)  # type: ignore[assignment]
    usual: int = Setting(90, _("Usual interval of who has none of his own yet, days"), minimum=1, maximum=3_650)  # type: ignore[assignment]
    warn: int = Setting(70, _("Warn of a growing customer after so many per cent of that silence"), minimum=1, maximum=100)  # type: ignore[assignment]
    small: int = Setting(60, _("Warn when the last three dealings are under so many per cent of what was usual"), **_PERCENT)  # type: ignore[assignment, arg-type]
    margin: int = Setting(30, _("Value to come: profit of turnover in per cent (where costs are not known)"), minimum=0, maximum=100)  # type: ignore[assignment]
    hour: int = Setting(0, _("Service time: cost of an hour (0: it is not counted)"), _("In the house's currency, for the time spent on tasks about a customer."), minimum=0, maximum=100_000)  # type: ignore[assignment]
    complaints: int = Setting(180, _("Troubled: complained within so many days"), minimum=1, maximum=3_650)  # type: ignore[assignment]
    years: int = Setting(3, _("Value to come: years looked ahead"), minimum=1, maximum=10)  # type: ignore[assignment]
    discount: int = Setting(10, _("Value to come: worth less each year by so many per cent"), minimum=0, maximum=100)  # type: ignore[assignment]
    care_rise: int = Setting(120, _("Valued: turnover of 12 months is at least so many per cent of the 12 before"), **_PERCENT)  # type: ignore[assignment, arg-type]
    care_fall: int = Setting(85, _("Changing: it is under so many per cent"), **_PERCENT)  # type: ignore[assignment, arg-type]
    key_share: int = Setting(80, _("Key customers: those who together bring so many per cent of the turnover"), minimum=1, maximum=100)  # type: ignore[assignment]
    key_least: int = Setting(365, _("Key customers: known for at least so many days"), minimum=0, maximum=3_650)  # type: ignore[assignment]
    strategic: int = Setting(10, _("Strategic account: brings at least so many per cent of the turnover of the house"), minimum=1, maximum=100)  # type: ignore[assignment]
    proposals: int = Setting(10, _("New proposals of a kind for each owner at most"), minimum=0, maximum=1_000)  # type: ignore[assignment]


def rules() -> Rules:
    """Those that stages and warnings go by."""
    now = ValueSettings.now()
    return Rules(**{name: getattr(now, name) for name in Rules.__dataclass_fields__})
