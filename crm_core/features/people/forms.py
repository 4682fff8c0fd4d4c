"""The small forms of signing in and of one's account. WTForms takes and checks them, our templates draw them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wtforms import Field, PasswordField, StringField
from wtforms.validators import InputRequired, ValidationError

from crm_core.access.passwords import SHORTEST
from crm_core.kernel.i18n import _
from crm_core.web.csrf import FIELD, BaseForm
from crm_core.web.viewmodels import FormField

_NEEDED = InputRequired(_("This is required."))


def _short(most: int) -> Callable[[Any, Any], None]:
    def check(_form: Any, field: Any) -> None:
        if len(field.data or "") > most:
            raise ValidationError(_("This is too long."))

    return check


def _same(form: Any, field: Any) -> None:
    if field.data != form.password.data:
        raise ValidationError(_("This is not the same."))


class NewPasswordForm(BaseForm):
    """Choose a password, twice."""

    password = PasswordField(_("New password"), [_NEEDED])
    again = PasswordField(_("Once more"), [_NEEDED, _same])


class ChangePasswordForm(NewPasswordForm):
    """Change one's own."""

    old = PasswordField(_("Present password"), [_NEEDED])
    field_order = ("old", "password", "again")


class ForgottenForm(BaseForm):
    """Ask for a link."""

    name = StringField(_("Account, e-mail or mobile number"), [_NEEDED, _short(254)])


class SetupForm(BaseForm):
    """The first start: the company and its first administrator."""

    company = StringField(_("Company"), [_NEEDED, _short(200)])
    name = StringField(_("Your name"), [_NEEDED, _short(200)])
    login = StringField(_("Sign-in name"), [_NEEDED, _short(60)])
    email = StringField(_("E-mail"), [_short(254)])
    password = PasswordField(_("Password"), [_NEEDED])
    again = PasswordField(_("Once more"), [_NEEDED, _same])


_COMPLETE = {
    "old": "current-password", "password": "new-password", "again": "new-password", "name": "name", "login": "username",
    "email": "email", "company": "organization",
}


def drawn(form: Any, faults: Mapping[str, Sequence[Any]] | None = None) -> tuple[FormField, ...]:
    """The form's fields for a template; `faults`: what a service said of them."""
    named = getattr(form, "field_order", ())
    fields: list[Field] = [form[name] for name in named] or [field for field in form if field.name != FIELD]
    found = {**form.errors, **(faults or {})}
    first_bad = next((field.name for field in fields if found.get(field.name)), fields[0].name if fields else "")
    return tuple(
        FormField(
            name=field.name, label=field.label.text, value="" if isinstance(field, PasswordField) else field.data or "",
            control="password" if isinstance(field, PasswordField) else "email" if field.name == "email" else "text",
            required=any(isinstance(one, InputRequired) for one in field.validators), wide=True,
            error=next(iter(found.get(field.name) or ()), ""), autocomplete=_COMPLETE.get(field.name, "off"),
            autofocus=field.name == first_bad,
            hint=_("At least %(n)s characters; a short sentence is good.", n=SHORTEST) if field.name == "password" else "",
        )
        for field in fields
    )
