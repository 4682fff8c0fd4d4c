"""Mails that the house writes by itself."""

from crm_core.features.people.api import RESET_LIFE, PasswordResetAsked, by_id, link
from crm_core.kernel.i18n import _, in_language
from crm_core.kernel.outbound import send_mail
from crm_core.kernel.outbox import delivery_id
from crm_core.kernel.site import site


def reset_link(event: PasswordResetAsked) -> None:
    """Send the link with which somebody sets his password anew.

    The secret is derived from the delivery: the same at each attempt, so a mail that comes twice carries one link, and
    nothing in the database (outbox and errors included) is enough to follow it.
    """
    for user_id in event.ids:
        account = by_id(user_id)
        if not account.email or not account.active:
            continue
        secret = site().keys.sign("reset-link", f"{delivery_id()}:{user_id}:{account.password_hash}")
        address = link(user_id, life=RESET_LIFE, secret=secret)
        with in_language(account.language or site().config.language):
            text = _(
                "Hello %(name)s,\n\nsomebody (you, we hope) asked for a new password for %(site)s. Open this link to set one; "
                "it works once, for %(minutes)s minutes:\n\n%(address)s\n\nIf it was not you, do nothing: your password stays.\n",
                name=account.name, site=site().config.url, minutes=int(RESET_LIFE.total_seconds() // 60), address=address,
            )
            send_mail(account.email, account.name, _("Set a new password"), str(text))
