"""What an administrator says about routes."""

from crm_core.kernel.i18n import _
from crm_core.resource.settings import Setting, Settings

MOST = 60  # stops of one route


class RouteSettings(Settings):
    label = _("Routes")
    name = "routes"
    order = 56
    detour: int = Setting(130, _("Roads, in percent of the straight line"), _("The distance between two places is taken as a straight line and made longer by this."), minimum=100, maximum=300)  # type: ignore[assignment]
    speed: int = Setting(40, _("Speed on the way, km/h"), minimum=3, maximum=200)  # type: ignore[assignment]
    stay: int = Setting(30, _("A visit takes so many minutes"), minimum=1, maximum=600)  # type: ignore[assignment]
    begin: int = Setting(9, _("The day begins at this hour"), minimum=0, maximum=23)  # type: ignore[assignment]
    until: int = Setting(18, _("The day ends at this hour"), minimum=1, maximum=24)  # type: ignore[assignment]
