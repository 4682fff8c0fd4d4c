"""Table of contents of this feature."""

from typing import Any

from crm_core.features.products.resources import Categories, Products, Units
from crm_core.kernel.declare import Menu, Section
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _

FEATURE = "products"


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Products, Categories, Units]


@hookimpl
def register_sections() -> list[Section]:
    return [Section("products", _("Products"), 40)]


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Products"), Products, "products", order=10, name="products"),
        Menu(_("Product categories"), Categories, "words", order=65, name="product-categories", permission="core.product_category.update"),
        Menu(_("Units"), Units, "words", order=66, name="units", permission="core.unit.update"),
    ]
