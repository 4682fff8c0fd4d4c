"""Table of contents of this feature."""

from crm_core.features.messages import mail
from crm_core.features.people.api import PasswordResetAsked
from crm_core.kernel.declare import Listen
from crm_core.kernel.hookspecs import hookimpl


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(PasswordResetAsked, mail.reset_link, acts="system", name="core.reset_mail", outside=True)]
