"""What other systems tell: a signed message becomes a record, with the rights of the owner of the address, once.

    name = company.title
    phone = company.phones.0
    standing = "new"
    foreign_id = company.id
    deleted = company.removed

A line for each field and where its value stands in the JSON. What is not there is left as it is; null empties. `foreign_id` is the
other system's own id, `deleted` puts the record into the recycle bin when it is true.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.doors import signature_access
from crm_core.access.ledgers import attempt
from crm_core.api import problems
from crm_core.api.door import the_site
from crm_core.api.problems import Unauthenticated
from crm_core.api.routes import blueprint, told
from crm_core.data.base import table_of
from crm_core.data.mixins import SCOPE_COLUMNS, new_public_id
from crm_core.data.session import acting_as, current_work, session, system_scope, writing
from crm_core.features.hooks import signing
from crm_core.features.hooks.models import Call, Incoming, IncomingCall
from crm_core.kernel import actors, clock, words
from crm_core.kernel.errors import CrmError, Forbidden, Invalid, Missing, Refused, TooMany
from crm_core.kernel.i18n import _, in_language
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped
from crm_core.resource.exchange.knowing import KEY_KINDS
from crm_core.resource.exchange.models import ForeignId
from crm_core.resource.fields import Bad, PhoneField
from crm_core.text.phones import stored_key
from crm_core.text.strict_json import InvalidJson, loads

PURPOSE = "incoming"
LARGEST = 512 * 1024
FAILURES = 60  # messages without a good signature from one address in ten minutes
FOREIGN, DELETED = "foreign_id", "deleted"
_hooks, _calls = table_of(Incoming), table_of(IncomingCall)
_LINE = re.compile(r"\s*([a-z][a-z0-9_]*)\s*=\s*(.+?)\s*")
_PATH = re.compile(r"[^\s.\"]+(\.[^\s.\"]+)*")
_NOTHING = object()


def address(public_id: str) -> str:
    """Where messages are sent."""
    return f"{site().config.url}/api/v1/incoming/{public_id}"


# --- the mapping --------------------------------------------------------------------------------------------------------


def read(mapping: str) -> dict[str, str]:
    """Field → path, or text in quotes. Raises Invalid with the line that is none."""
    found: dict[str, str] = {}
    for number, line in enumerate(mapping.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None or match[1] in found or not (_quoted(match[2]) or _PATH.fullmatch(match[2])):
            raise Invalid({"mapping": [_("Line %(n)s is none of the form: field = place in the JSON.", n=number)]})
        found[match[1]] = match[2]
    if not found:
        raise Invalid({"mapping": [_("This is required.")]})
    return found


def _quoted(text: str) -> bool:
    return len(text) >= 2 and text[0] == text[-1] == '"'


def faults(resource: Any, mapping: str, known_by: str | None) -> dict[str, list[Any]]:
    """What is wrong with a mapping, as the acting person may write these records."""
    if resource is None or not (resource.may("create") or resource.may("update")):
        return {"resource": [_("These records are not yours to write.")]}
    try:
        lines = read(mapping)
    except Invalid as bad:
        return {"mapping": bad.fields["mapping"]}
    fields = resource.fields(writing=True)
    found: dict[str, list[Any]] = {}
    if unknown := [name for name in lines if name not in fields and name not in (FOREIGN, DELETED)]:
        found["mapping"] = [_("There is no field “%(name)s” that you may write.", name=unknown[0])]
    if known_by and known_by != FOREIGN and (known_by not in fields or fields[known_by].kind not in KEY_KINDS):
        found["known_by"] = [_("By this field no record is known.")]
    elif known_by and known_by not in lines:
        found["known_by"] = [_("It must stand among the fields, too.")]
    elif DELETED in lines and not known_by:
        found["known_by"] = [_("Say by what a record is known that is to be deleted.")]
    return found


def _at(body: Any, path: str) -> Any:
    if _quoted(path):
        return path[1:-1]
    for step in path.split("."):
        if isinstance(body, dict) and step in body:
            body = body[step]
        elif isinstance(body, list) and step.isascii() and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            return _NOTHING
    return body


def _row(resource: Any, lines: Mapping[str, str], body: Any) -> dict[str, Any]:
    """Field → value of what was sent: text is read as people write it, anything else as the API takes it. Raises Invalid."""
    fields, row, wrong = resource.fields(writing=True), {}, {}
    for name, path in lines.items():
        value = _at(body, path)
        if value is _NOTHING or name in (FOREIGN, DELETED):
            continue
        if name not in fields:
            wrong[name] = [_("There is no field “%(name)s” that you may write.", name=name)]
            continue
        try:
            row[name] = fields[name].parse(value) if isinstance(value, str) else fields[name].load(value)
        except Bad as bad:
            wrong[name] = [bad.message if hasattr(bad, "message") else str(bad)]
    if wrong:
        raise Invalid(wrong)
    return row


# --- taking -------------------------------------------------------------------------------------------------------------


def take(hook: Any, body: Any) -> tuple[int | None, str]:
    """Do what a message says, in the running write transaction and with the rights of who acts: (record, what was done). Raises
    what writing raises."""
    resource = site().registry.resources.get(hook.resource)
    if resource is None:
        raise Missing(_("There is nothing at this address."))
    lines = read(hook.mapping)
    row, ref = _row(resource, lines, body), _at(body, lines.get(FOREIGN, '""'))
    ref = "" if ref in (_NOTHING, None) else str(ref)[:120]
    row_id = _known(resource, hook, row, ref)
    if _at(body, lines.get(DELETED, '""')) not in (_NOTHING, None, False, "", 0, "false", "0"):
        if row_id is not None:
            resource.delete([row_id])
        return row_id, "deleted"
    if row_id is not None:
        resource.write([{**row, "id": row_id}])
        return row_id, "changed"
    (made,) = resource.write([row])
    if hook.known_by == FOREIGN:
        session.execute(sa.insert(table_of(ForeignId)).values(source=_source(hook), ref=ref, resource=resource.name, resource_id=made, at=clock.now()))
    return made, "created"


def _source(hook: Any) -> str:
    return f"incoming {hook.public_id}"


def _known(resource: Any, hook: Any, row: Mapping[str, Any], ref: str) -> int | None:
    """The record that is meant; None for a new one. Raises Invalid where its key is missing or means several."""
    name, model = hook.known_by, resource.model
    if not name:
        return None
    if not (ref if name == FOREIGN else row.get(name)):
        raise Invalid({name: [_("By this a record is known: it is required.")]})
    if name == FOREIGN:
        query = sa.select(ForeignId.resource_id).where(ForeignId.resource == resource.name, ForeignId.source == _source(hook), ForeignId.ref == ref)
        found = session.scalar(query)
        return None if found is None else int(session.scalar(sa.select(model.id).where(model.id == found)) or _gone())
    field = resource.all_fields[name]
    if isinstance(field, PhoneField):
        which = getattr(model, field.digits) == stored_key(row[name])
    else:
        which = getattr(model, field.column) == row[name]
    ids = session.scalars(sa.select(model.id).where(which).limit(2)).all()
    if len(ids) > 1:
        raise Invalid({name: [_("Several records have this.")]})
    return ids[0] if ids else None


def _gone() -> int:
    raise Missing(_("The record that is meant is not there any more, or not for the owner of this address."))


@signature_access
def incoming(name: str) -> flask.Response:
    """A message of another system. Wrong addresses and wrong signatures are answered alike."""
    with the_site().system("a message of another system"), in_language(the_site().config.language):
        try:
            return problems.sealed(_incoming(name))
        except CrmError as error:
            return problems.answer(error)


def _incoming(name: str) -> flask.Response:
    flask.request.max_content_length = LARGEST
    data = flask.request.get_data(cache=False)
    hook = session.execute(sa.select(_hooks).where(_hooks.c.public_id == name, _hooks.c.active, _hooks.c.deleted_at.is_(None))).one_or_none()
    message = signing.verified(signing.secret(PURPOSE, name, hook.turn if hook is not None else 0), {k.lower(): v for k, v in flask.request.headers}, data)
    if hook is None or message is None:
        wait = attempt({f"incoming:{flask.request.remote_addr or ''}"[:120]: FAILURES}).wait
        if wait:
            raise TooMany(_("Too many messages without a good signature; wait a while."), retry_after=wait)
        raise Unauthenticated(_("This message is not signed as it must be, or too old."))
    before = session.execute(sa.select(_calls.c.state, _calls.c.record_id).where(_calls.c.incoming_id == hook.id, _calls.c.message == message)).one_or_none()
    if before is not None and before.state == Call.done:
        return told({"id": before.record_id, "what": "again"})
    try:
        text = data.decode()
        body = loads(data)
    except (InvalidJson, UnicodeDecodeError):
        raise Invalid({"body": [_("The body is no JSON that can be taken.")]}) from None
    try:
        owner = actors.load(site(), hook.owner_id)
        with the_site().work(owner), writing():
            _lock(hook)
            record, what = take(hook, body)
            _note(hook, message, text, state=Call.done, record_id=record, error=None)
    except CrmError as error:
        with writing():
            _note(hook, message, text, state=Call.refused, record_id=None, error=words.keep_line(_said(error)))
        raise
    return told({"id": record, "what": what})


def _said(error: CrmError) -> Any:
    """A refusal as the log keeps it."""
    if isinstance(error, Invalid) and error.fields:
        return "; ".join(f"{name}: {' '.join(map(str, said))}" for name, said in error.fields.items())[:500]
    return error.message


def _lock(hook: Any) -> None:
    """Messages to one address one after the other, so that two of one record make one record."""
    current_work().session.execute(sa.select(_hooks.c.id).where(_hooks.c.id == hook.id).with_for_update(), execution_options=unscoped("one message after the other"))


def _note(hook: Any, message: str, body: str, **values: Any) -> None:
    now, db = clock.now(), current_work().session
    which = _calls.c.incoming_id == hook.id, _calls.c.message == message
    done: Any = db.execute(sa.update(_calls).where(*which, _calls.c.state != Call.done).values(body=body, updated_at=now, **values), execution_options=unscoped("log of messages"))
    if done.rowcount:
        return
    if db.execute(sa.select(_calls.c.id).where(*which), execution_options=unscoped("log of messages")).first() is not None:
        raise Refused(_("This message was taken already."))
    db.execute(sa.insert(_calls).values(
        public_id=new_public_id(), version=1, created_at=now, updated_at=now, incoming_id=hook.id, message=message, body=body, **values,
        **{name: getattr(hook, name) for name in SCOPE_COLUMNS}), execution_options=unscoped("log of messages"))


def new_secret(row: Any) -> None:
    """Another secret from now on."""
    row.turn += 1


def again(row: Any) -> None:
    """Take a message once more that was refused, as the owner of its address. Raises Refused with what is wrong with it."""
    with system_scope("the address of a message") as db:
        hook = db.execute(sa.select(_hooks).where(_hooks.c.id == row.incoming_id)).one()
    if not hook.active or hook.deleted_at is not None:
        raise Forbidden(_("This address is switched off."))
    try:
        with acting_as(actors.load(site(), hook.owner_id)):
            record, _what = take(hook, json.loads(row.body))
    except CrmError as error:
        raise Refused(_said(error)) from None
    _note(hook, row.message, row.body, state=Call.done, record_id=record, error=None)


def sweep(_job: Any) -> None:
    """The daily job: the log keeps a month. What was taken is known longer than a message may be old."""
    with writing() as db:
        db.execute(sa.delete(_calls).where(_calls.c.created_at < clock.now() - dt.timedelta(days=30)), execution_options=unscoped("old messages"))


blueprint.add_url_rule("/incoming/<name>", "incoming", incoming, methods=["POST"], provide_automatic_options=False)
