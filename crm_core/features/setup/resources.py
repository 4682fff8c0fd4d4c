"""What belongs to the house and to each person: words of choice lists, holidays, imports."""

from collections.abc import Sequence

from crm_core.access.rights import bump
from crm_core.kernel.i18n import _
from crm_core.resource.choices import Choice
from crm_core.resource.exchange.models import Import
from crm_core.resource.resource import Resource
from crm_core.resource.worktime import SpecialDay


class Imports(Resource):
    """Files on their way in; each is its owner's, its pages are hand-made (web/imports.py)."""

    model = Import
    label = _("Imports")
    singular = _("Import")
    icon = "file-import"
    columns = ("file_name",)
    sorts = ("-created_at",)
    verbs = ()
    personal = True
    in_palette = False


class Choices(Resource):
    """The words of choice lists; their pages are hand-made (features/setup/choices.py)."""

    model = Choice
    label = _("Choice lists")
    singular = _("Word")
    icon = "list"
    columns = "zh", "en"
    sorts = ()
    verbs = ()
    unique = (("list", "code"),)
    in_palette = False


class SpecialDays(Resource):
    """Holidays and the days worked in their stead."""

    model = SpecialDay
    label = _("Holidays")
    singular = _("Holiday or day worked instead")
    icon = "calendar-off"
    files = False
    importable = True
    columns = "day", "zh", "en", "worked"
    label_field = "zh"
    filters = "day", "worked"
    sorts = "-day", "day"
    unique = (("day",),)
    in_palette = False
    order = 79
    help = _("Days on which the house does not work, and those it works in their stead. Due dates, calendars and everything that counts working days go by them.")

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        bump()
