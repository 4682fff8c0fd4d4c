"""What belongs to the house and to each person: words of choice lists, imports."""

from crm_core.kernel.i18n import _
from crm_core.resource.choices import Choice
from crm_core.resource.exchange.models import Import
from crm_core.resource.resource import Resource


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
