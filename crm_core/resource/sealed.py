"""Passwords for elsewhere (a mail box, another system): kept encrypted by the site's key, set in forms and by the interface, shown
nowhere. A copy of the database alone gives none of them away.

    password: Mapped[str | None] = sealed.column("mail", _("Password"))

Whoever needs one opens it (`sealed.open_`), the moment it is used.
"""

import base64
from typing import Any, ClassVar

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm.properties import MappedColumn

from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.fields import Bad, Field
from crm_core.resource.inspection import register_kind

LONGEST = 500
HIDDEN = "••••••"


class Unopened(Exception):
    """It was sealed with another key: the site's key file is not the one it was when this was written."""


def _lock(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(site().keys.derive(f"sealed:{purpose}")))


def seal(purpose: str, secret: str) -> str:
    """A secret as it may stand in the database."""
    return _lock(purpose).encrypt(secret.encode()).decode("ascii")


def open_(purpose: str, kept: str | None) -> str:
    """The secret that was sealed; "" for none. Raises Unopened."""
    try:
        return _lock(purpose).decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        raise Unopened(purpose) from None


def sealed(purpose: str, given: str | None) -> str | None:
    """What a record is to keep of a secret given by code, which may be sealed already: call it in `derive`."""
    try:
        open_(purpose, given)
        return given
    except Unopened:
        return seal(purpose, given or "")


class SealedField(Field):
    """A secret: what is typed is sealed before anything else sees it; an empty box leaves it as it is."""

    kind: str = "sealed"
    operators: ClassVar[tuple[str, ...]] = ()

    def parse(self, text: str) -> Any:
        if not text:
            return None
        if len(text) > LONGEST:
            raise Bad(_("At most %(n)s characters, these are %(m)s.", n=LONGEST, m=len(text)))
        if any(not mark.isprintable() for mark in text):
            raise Bad(_("This contains characters that cannot be kept."))
        return seal(self.info["purpose"], text)

    def dump(self, value: Any) -> Any:
        return None

    def show(self, value: Any) -> str:
        return HIDDEN if value else ""

    def text(self, value: Any) -> str:
        return ""

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "null"], "writeOnly": True, "maxLength": LONGEST}


register_kind("sealed", SealedField)


def column(purpose: str, label: Any, **kwargs: Any) -> MappedColumn[Any]:
    """A column of a sealed secret; `purpose` gives it a key of its own."""
    info = {"kind": "sealed", "purpose": purpose, "label": label, **kwargs.pop("info", {})}
    return mapped_column(sa.String(1_000), info=info, **kwargs)
