"""The own company 本公司信息: what stands at the head and foot of everything that is printed or sent. Departments may have lines of their
own (本部门信息)."""

from crm_core.kernel.i18n import _, either
from crm_core.resource.settings import Setting, Settings


class CompanySettings(Settings):
    """`CompanySettings.now(department)` are the lines for a department; an empty one is left out on paper."""

    label = _("Own company")
    name = "core.company"
    order = 5
    called_zh: str = Setting("", _("Name"), length=200)  # type: ignore[assignment]
    called_en: str = Setting("", _("English name"), length=200)  # type: ignore[assignment]
    address_zh: str = Setting("", _("Address"), length=300)  # type: ignore[assignment]
    address_en: str = Setting("", _("Address in English"), length=300)  # type: ignore[assignment]
    phone: str = Setting("", _("Phone"), length=60)  # type: ignore[assignment]
    email: str = Setting("", _("E-mail"), length=200)  # type: ignore[assignment]
    website: str = Setting("", _("Website"), length=200)  # type: ignore[assignment]
    tax_number: str = Setting("", _("Tax number"), length=60)  # type: ignore[assignment]
    bank: str = Setting("", _("Bank"), length=200)  # type: ignore[assignment]
    bank_account: str = Setting("", _("Bank account"), length=60)  # type: ignore[assignment]
    signatory: str = Setting("", _("Who signs for it"), length=100)  # type: ignore[assignment]

    def called(self) -> str:
        """Its name in the language that is spoken now, else the other one; "" while nobody has said it."""
        return either(self.called_zh or self.called_en, self.called_en or self.called_zh)

    def address(self) -> str:
        """The same of its address."""
        return either(self.address_zh or self.address_en, self.address_en or self.address_zh)
