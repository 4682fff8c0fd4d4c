"""A contact who changes firm: his old post is kept with its days, the new one begins, and both firms' time lines say so. He stays
the same contact, so what was said with him goes along."""

import datetime as dt
from typing import Any

from crm_core.data.mixins import owners_of
from crm_core.data.session import session, system_scope
from crm_core.features.customers.parts import Post
from crm_core.kernel import clock, words
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import timeline
from crm_core.resource.fields import DateField, Field
from crm_core.resource.references import RefField
from crm_core.web import lines

KIND = "moved"


def move(row: Any, customer: int, position: int | None = None, day: dt.date | None = None) -> None:
    """Let a contact begin at another customer on a day (today). The acting person may change both firms. Raises Missing, Invalid."""
    day, old = day or clock.today(), row.customer_id
    if customer == old:
        raise Invalid({"customer": [_("He is there already.")]})
    if row.post_since is not None and day < row.post_since:
        raise Invalid({"day": [_("He began his present post later than that.")]})
    customers = site().registry.resource("core.customer")
    before, after = customers.get(old, "update"), customers.get(customer, "update")
    with system_scope("the old post of who changes firm") as db:
        db.add(Post(
            customer_id=old, contact_id=row.id, position_id=row.position_id, started_on=row.post_since, ended_on=day, **owners_of(before),
        ))
        db.flush()
    row.customer_id, row.position_id, row.post_since, row.main = customer, position, day, False
    session.flush()
    said = {"words": words.keep(_("%(name)s went from %(old)s to %(new)s", name=row.name, old=before.name, new=after.name))}
    timeline.add_all([
        {"subject": subject, "subject_id": row_id, "kind": KIND, "data": said, "record": "core.contact", "record_id": row.id}
        for subject, row_id in (("core.customer", old), ("core.customer", customer), ("core.contact", row.id))
    ])


def _asked(resource: Any) -> list[Field]:
    return [
        RefField(name="customer", column="", label=_("New customer"), target="core.customer", required=True),
        RefField(name="position", column="", label=_("Position"), target="core.position"),
        DateField(name="day", column="", label=_("From"), default=None, help=_("empty: today")),
    ]


MOVE = Action("move", _("Changes firm"), move, icon="user-share", order=30, bulk=False, quiet=True, fields=_asked)

lines.drawers[KIND] = lambda _resource, _entry, _names: {"icon": "user-share"}
lines.drawers["blacklist"] = lambda _resource, _entry, _names: {"icon": "ban", "colour": "red"}
