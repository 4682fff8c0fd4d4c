"""Products, categories and units as resources."""

from crm_core.features.products.models import Product, ProductCategory, Unit
from crm_core.kernel.i18n import _
from crm_core.resource.bilingual import Bilingual
from crm_core.resource.resource import Resource, Section


class Categories(Bilingual):
    model = ProductCategory
    label = _("Product categories")
    singular = _("Product category")
    icon = "category"
    columns = "name", "english", "parent"
    filters = ("parent",)
    search = "name", "english"
    tree = "parent"
    importable = True


class Units(Bilingual):
    model = Unit
    label = _("Units")
    singular = _("Unit")
    icon = "ruler"
    columns = "name", "english", "base", "factor"
    search = "name", "english"
    verbs = "read", "create", "update", "delete"


class Products(Resource):
    model = Product
    label = _("Products")
    singular = _("Product")
    icon = "package"
    columns = "name", "code", "category", "kind", "price", "life"
    filters = "category", "kind", "life", "price", "code", "owner"
    search = "name", "english", "code"
    sorts = "name", "-updated_at"
    status = "life"
    importable = True
    unique = (("code",),)
    form = (
        Section(_("Product"), ("name", "english", "code", "category", "kind", "unit", "life")),
        Section(_("Price"), ("price", "tax", "cost")),
        Section(_("Description"), ("note",)),
    )
    help = _("What the house sells. Prices of a customer, a region or a quantity stand in price lists.")
