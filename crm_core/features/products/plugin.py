"""Table of contents of this feature."""

from typing import Any

from crm_core.features.products import demo, pictures, vocabulary, wishes
from crm_core.features.products.price_resources import PaymentTerms, PriceLists
from crm_core.features.products.resources import Categories, Products, Units, Wishes
from crm_core.kernel.declare import Column, Menu, Panel, Related, Report, RoleTemplate, Section
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _

FEATURE = "products"


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Products, Categories, Units, PriceLists, PaymentTerms, Wishes]


@hookimpl
def register_sections() -> list[Section]:
    return [Section("products", _("Products"), 40)]


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Products"), Products, "products", order=10, name="products"),
        Menu(_("Price lists"), PriceLists, "products", order=20, name="price-lists"),
        Menu(_("Product categories"), Categories, "words", order=65, name="product-categories", permission="core.product_category.update"),
        Menu(_("Units"), Units, "words", order=66, name="units", permission="core.unit.update"),
        Menu(_("Payment terms"), PaymentTerms, "words", order=67, name="payment-terms", permission="core.payment_term.update"),
    ]


@hookimpl
def register_panels() -> list[Any]:
    return [
        Related("core.product", Products, label=_("Variants"), via="parent", order=10),
        Panel("core.product", "pictures", _("Pictures"), pictures.panel, "parts/product_pictures.html", icon="photo", order=10),
    ]


@hookimpl
def register_columns() -> list[Column]:
    return [Column("core.product", "picture", _("Picture"), pictures.load)]


@hookimpl
def register_reports() -> list[Report]:
    return [Report("wishes", _("Frequent wishes"), of=Wishes, query=wishes.most_wished, order=70)]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Everybody reads what is sold at which price; who decides keeps it."""
    names = ("product", "product_category", "unit", "price_list", "payment_term", "product_wish", "currency", "currency_rate")
    read = {f"core.{name}.read": "all" for name in names}
    kept = {f"core.{name}.*": "all" for name in ("product", "price_list", "payment_term")}
    return [RoleTemplate("user", "", read), RoleTemplate("supervisor", "", read), RoleTemplate("decision-maker", "", {**read, **kept})]


@hookimpl
def install(first: bool) -> None:
    vocabulary.install()


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
