"""What an administrator says about phones."""

from crm_core.kernel.i18n import _
from crm_core.resource.settings import Setting, Settings

BATCH = 50  # customers of one answer


class RoadSettings(Settings):
    label = _("On the road")
    name = "road"
    order = 55
    offline: bool = Setting(True, _("Work without connection"), _("Customers one opens on the phone are kept there; visits and changes wait until they can be sent. It needs HTTPS."))  # type: ignore[assignment]
    days: int = Setting(7, _("Keep customers on a phone for so many days"), _("since it last reached the house"), minimum=1, maximum=60)  # type: ignore[assignment]
    most: int = Setting(200, _("At most so many customers on a phone"), minimum=1, maximum=2_000)  # type: ignore[assignment]
