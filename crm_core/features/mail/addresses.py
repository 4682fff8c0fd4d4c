"""Lists of mail addresses as people type them: `罗建国 <luo@example.com>, wang@example.com`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import getaddresses, parseaddr
from typing import Any, ClassVar

from crm_core.kernel.i18n import _
from crm_core.resource.fields import Bad, Field, IntegerField
from crm_core.resource.inspection import register_kind
from crm_core.text import clean, emails

MOST = 100
_BETWEEN = re.compile(r"[\n;；，、]+")
WRONG = _("E-mail addresses look like name@example.com, with commas between several.")
_ODD = re.compile(r'[\x00-\x1f\x7f"<>,;\\]')


@dataclass(frozen=True)
class Addressee:
    """Who is written to."""

    address: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address

    @property
    def header(self) -> Address:
        """As it stands in a mail's head."""
        return Address(self.name, addr_spec=self.address)


def read(text: str) -> list[Addressee]:
    """The addresses of a list, each once. Raises clean.InvalidText for what is none."""
    found: dict[str, Addressee] = {}
    for name, address in getaddresses([_BETWEEN.sub(",", clean.clean_text(text or ""))]):
        if not address and not name:
            continue
        cleaned = emails.clean_email(address)
        if not cleaned:
            raise clean.InvalidText("email_at")
        found.setdefault(emails.email_key(cleaned), Addressee(cleaned, one_line(name)))
    return list(found.values())


def good(text: str) -> bool:
    """Whether it is a list of addresses, and there is one in it."""
    try:
        return bool(read(text))
    except clean.InvalidText:
        return False


def kept(text: str | None) -> list[Addressee]:
    """Those of a stored list; what cannot be read any more is left out."""
    try:
        return read(text or "")
    except clean.InvalidText:
        return []


def first(text: str | None) -> Addressee | None:
    """The address of a head that names one."""
    name, address = parseaddr(text or "")
    return Addressee(address, one_line(name)) if "@" in address else None


def joined(found: Sequence[Addressee]) -> str:
    return ", ".join(map(str, found))


def one_line(text: str) -> str:
    return " ".join(_ODD.sub(" ", text).split())[:120]


class AddressesField(Field):
    """Mail addresses, several with commas between them."""

    kind: str = "addresses"
    operators: ClassVar[tuple[str, ...]] = ("contains", "empty", "filled")

    def parse(self, text: str) -> Any:
        try:
            found = read(text)
        except clean.InvalidText:
            raise Bad(WRONG) from None
        if len(found) > MOST:
            raise Bad(_("At most %(n)s addresses.", n=MOST))
        return joined(found) or None


@dataclass(frozen=True, kw_only=True)
class PortField(IntegerField):
    """A port: a name in digits, no amount."""

    kind: str = "port"
    minimum: int = 1
    maximum: int = 65_535

    def show(self, value: Any) -> str:
        return "" if value is None else str(value)


register_kind("addresses", AddressesField)
register_kind("port", PortField)
