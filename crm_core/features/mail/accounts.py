"""Boxes: which of them one may send through, whether their servers answer."""

from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, system_scope, writing
from crm_core.features.mail import imap, transport
from crm_core.features.mail.models import MailAccount
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import sealed
from crm_core.resource.changes import unscoped

NAME = "core.mail_account"
_accounts = table = table_of(MailAccount)


def usable() -> list[Any]:
    """The boxes the acting person may send through: his own first, then those of his teams."""
    who = actor()
    query = sa.select(MailAccount).where(
        MailAccount.active, sa.or_(MailAccount.owner_id == who.user_id, MailAccount.team_id.in_(who.teams))).order_by(MailAccount.team_id.is_not(None), MailAccount.id)
    return list(session.scalars(query))


def of_person(user_id: int) -> Any:
    """Somebody's own box, for what is sent in his name; None when he has none."""
    with system_scope("the box of who a mail is sent for") as db:
        return db.execute(sa.select(_accounts).where(
            _accounts.c.owner_id == user_id, _accounts.c.team_id.is_(None), _accounts.c.active, _accounts.c.deleted_at.is_(None)).order_by(_accounts.c.id).limit(1)).one_or_none()


def own_address(user_id: int) -> str:
    """The e-mail address in somebody's own account, "" for none."""
    users = table_of(User)
    with system_scope("the address of who asks") as db:
        return db.execute(sa.select(users.c.email).where(users.c.id == user_id)).scalar() or ""


def facts(account_id: int) -> Any:
    """What a mail needs of its box, whatever anybody's rights; None when it is not there."""
    with system_scope("the box a mail goes through") as db:
        return db.execute(sa.select(_accounts).where(_accounts.c.id == account_id, _accounts.c.deleted_at.is_(None))).one_or_none()


def house() -> str:
    """The address of the house's own mail, "" where it has none (crm.toml)."""
    config = site().config
    return config.mail_from if config.smtp_host else ""


def test(account_id: int) -> bool:
    """Try the servers of a box that the acting person may change, and keep what they said. Whether all is well. Raises Missing."""
    row = site().registry.resource(NAME).get(account_id, "update")
    try:
        said = transport.test(transport.Server.of(row), row.address)
    except sealed.Unopened:
        said = str(_("The password cannot be read; type it in again."))
    came = imap.test(row) if row.imap_host else ""
    with writing():
        current_work().session.connection().execute(
            sa.update(_accounts).where(_accounts.c.id == account_id).values(
                tested_at=clock.now(), sending=(said or str(_("Works")))[:500], receiving=came[:500] or None),
            execution_options=unscoped("how the servers of a box answered"))
    return not (said or came)
