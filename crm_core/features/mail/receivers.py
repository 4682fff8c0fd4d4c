"""Whom a mail to many is meant for: the list or the ticks it was made from, and the rows that are written down before anything leaves."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.mixins import new_public_ids, owners_of
from crm_core.data.session import current_work, session
from crm_core.data.upsert import upsert
from crm_core.features.customers.api import may_reach_all
from crm_core.features.mail.filling import RESOURCES, about_of
from crm_core.features.mail.mailing_models import About, Fate, Mailing, MailingReceiver
from crm_core.features.mail.rows import free
from crm_core.kernel import clock
from crm_core.kernel.errors import BadRequest, CrmError, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import site
from crm_core.resource import bulk, listing
from crm_core.resource.changes import unscoped
from crm_core.text.emails import email_key

NO_LIST = _("This is no address of a list of customers or contacts, such as /core/customer?standing.any=key.")
_receivers, _mailings = table_of(MailingReceiver), table_of(Mailing)


def about_list(wanted: str) -> About | None:
    """Whether an address is that of a list of customers or of contacts."""
    try:
        path = urlsplit(wanted.strip()).path.strip("/")
    except ValueError:  # such as “[”
        return None
    return about_of(path.replace("/", "."))


def query_of(mailing: Any) -> listing.Query:
    """What the list means, of that what the actor may change. Raises BadRequest."""
    resource = site().registry.resource(RESOURCES[mailing.about])
    try:
        parts = urlsplit((mailing.wanted or "").strip())
    except ValueError:
        raise BadRequest(NO_LIST) from None
    given = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in ("look", "view", "after", "before", "columns", "by", "at", "day", "span", "over")]
    query = listing.parse(resource, given)
    query.verb = "update"
    return query


def problem(wanted: str) -> Any:
    """Why an address does not say whom a mail is for; "" when it does."""
    about = about_list(wanted)
    if about is None:
        return NO_LIST
    try:
        query_of(_Asked(about, wanted))
    except CrmError as error:
        return error.message
    return ""


class _Asked:
    def __init__(self, about: About, wanted: str) -> None:
        self.about, self.wanted = about, wanted


def count(mailing: Any) -> tuple[int, bool]:
    """How many records are meant, and whether there are more than that."""
    if mailing.ids is not None:
        return len(_mine(mailing, mailing.ids)), False
    return listing.count(query_of(mailing))


def first(mailing: Any) -> int | None:
    """One of those who are meant, to show the mail with."""
    found = _mine(mailing, mailing.ids[:50]) if mailing.ids is not None else bulk.meant(query_of(mailing), 0, 1)
    return found[0] if found else None


def _mine(mailing: Any, ids: Sequence[int]) -> list[int]:
    resource = site().registry.resource(RESOURCES[mailing.about])
    found: list[int] = []
    for start in range(0, len(ids), 500):
        query = resource.visible("update").with_only_columns(resource.model.id).where(resource.model.id.in_(ids[start : start + 500]))
        found += session.scalars(query)
    return sorted(found)


def _some(mailing: Any, last: int, size: int) -> list[int]:
    if mailing.ids is not None:
        return sorted(one for one in mailing.ids if one > last)[:size]
    return bulk.meant(query_of(mailing), last, size)


def prepare(job: Running, mailing: Any) -> None:
    """Write down who gets a copy and who none, and why; a kill goes on where it was. Raises Refused where the actor sees no addresses."""
    resource = site().registry.resource(RESOURCES[mailing.about])
    if "email" not in resource.fields():
        raise Refused(_("The e-mail addresses are not for you to see."))
    pace = Pace(job, start=200, most=1_000)
    while ids := _some(mailing, job.position.get("last", 0), pace.size):
        with pace.write():
            _write(mailing, resource, ids)
            job.position["last"] = ids[-1]
    with job.write():
        total = free(sa.select(sa.func.count()).where(_receivers.c.mailing_id == mailing.id)).scalar()
        free(sa.update(_mailings).where(_mailings.c.id == mailing.id).values(prepared=True, total=total))


def _write(mailing: Any, resource: Any, ids: Sequence[int]) -> None:
    model = resource.model
    firm = model.customer_id if mailing.about is About.contact else model.id
    query = resource.visible("update").with_only_columns(model.id, model.name, model.email, firm.label("customer_id")).where(model.id.in_(ids))
    rows = session.execute(query.order_by(model.id)).all()
    reach = may_reach_all(resource.name, [row.id for row in rows], "email", topic=mailing.topic or "")
    keys = {row.id: email_key(row.email) for row in rows if row.email and reach[row.id].ok}
    used = set(free(sa.select(_receivers.c.address_key).where(_receivers.c.mailing_id == mailing.id, _receivers.c.address_key.in_(set(keys.values())))).scalars()) if keys else set()
    now, found = clock.now(), []
    for row, public_id in zip(rows, new_public_ids(len(rows)), strict=True):
        key, fate, said = keys.get(row.id), Fate.waiting, None
        if not row.email:
            fate = Fate.no_address
        elif key is None:
            fate, said = Fate.wish, str(reach[row.id].why)[:500]
        elif key in used:
            key, fate = None, Fate.duplicate
        elif not row.email.isascii():
            key, fate, said = None, Fate.refused, str(_("Mail servers take no such address."))
        if key is not None:
            used.add(key)
        found.append({
            "mailing_id": mailing.id, "name": str(resource.word(row.name))[:200], "address": row.email, "fate": fate, "said": said, "customer_id": row.customer_id,
            "contact_id": row.id if mailing.about is About.contact else None, "record_id": row.id, "address_key": key, "tries": 0, "public_id": public_id, "version": 1,
            "created_at": now, "updated_at": now, **owners_of(mailing),
        })
    if found:
        conn = current_work().session.connection()
        conn.execute(upsert(_receivers, conn.dialect.name).on_conflict_do_nothing(), found, execution_options=unscoped("receivers of a mail to many, written down"))
