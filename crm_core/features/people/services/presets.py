"""Putting in the roles that packages bring: once; afterwards they are data that administrators change."""

import sqlalchemy as sa

from crm_core.access.models import FieldRule, Grant, Role, Rule, Scope
from crm_core.access.rights import bump
from crm_core.data.session import current_work
from crm_core.data.session import session as db
from crm_core.kernel.declare import RoleTemplate
from crm_core.kernel.site import site
from crm_core.resource.changes import stamp


def install() -> None:
    """Make the roles that were never there, and give each what no version of it ever had.

    A grant that somebody took away stays in the recycle bin, so it is known and does not come back with the next upgrade.
    """
    for template in site().registry.roles:
        role = db.execute(sa.select(Role).where(Role.code == template.code), execution_options=_all()).scalars().first()
        if role is None:
            label = str(getattr(template.label, "msgid", template.label))
            role = stamp(Role(code=template.code, name=label, msgid=label))
            db.add(role)
            db.flush()
        if role.deleted_at is None:
            _grants(role.id, template)
            _rules(role.id, template)
    db.flush()
    bump()
    current_work().session.flush()


def _grants(role_id: int, template: RoleTemplate) -> None:
    query = sa.select(Grant.permission).where(Grant.role_id == role_id)
    known = set(db.scalars(query, execution_options=_all()))
    for permission, scope in template.grants.items():
        if permission not in known:
            db.add(stamp(Grant(role_id=role_id, permission=permission, scope=Scope(scope))))


def _rules(role_id: int, template: RoleTemplate) -> None:
    query = sa.select(FieldRule.resource, FieldRule.field).where(FieldRule.role_id == role_id)
    known = {tuple(row) for row in db.execute(query, execution_options=_all())}
    for resource, names in template.hidden.items():
        for name in names:
            if (resource, name) not in known:
                db.add(stamp(FieldRule(role_id=role_id, resource=resource, field=name, rule=Rule.hidden)))


def _all() -> dict[str, bool]:
    from crm_core.data.wall import DELETED

    return {DELETED: True}
