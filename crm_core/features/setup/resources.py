"""What belongs to the house and to each person: imports."""

from crm_core.kernel.i18n import _
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
