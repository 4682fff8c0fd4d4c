"""Acts on records: verbs beside reading and writing. Each is declared once (`kernel.declare.Action`) and is a button, a
bulk act, a route of the interface, a permission and a change with an id; what it asks is declared as fields, so that form,
JSON body and check are of one piece."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from inspect import Parameter, signature
from typing import Any

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.access.scope import EVERYTHING, Scope
from crm_core.data.mixins import is_scoped
from crm_core.data.session import current_work, session, writing
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import Forbidden, Invalid, Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.resource import asking, changes, enclosed
from crm_core.resource.fields import Field, clean_values
from crm_core.resource.references import RefField
from crm_core.resource.seen import Seen

FITTED = 200  # records whose facts a form of an act follows


def fields_of(resource: Any, action: Action, ids: Sequence[int] = ()) -> dict[str, Field]:
    """What an act asks, by name; of these records, as it fits them (`Action.fit`)."""
    asked = action.fields(resource) if callable(action.fields) else action.fields
    fields = (replace(resource.all_fields[one], required=True, readonly=False) if isinstance(one, str) else one for one in asked)
    found = {field.name: field for field in fields}
    if action.fit is not None and 0 < len(ids) <= FITTED:
        rows = session.scalars(resource.visible(action.name).where(resource.model.id.in_(ids)).order_by(resource.model.id)).all()
        for name, otherwise in (action.fit([Seen(resource, row) for row in rows]) if rows else {}).items():
            found[name] = replace(found[name], **otherwise)
    return enclosed.fitted(found, resource, ids)


def values(resource: Any, action: Action, given: Mapping[str, Any], how: str = "load", ids: Sequence[int] = ()) -> dict[str, Any]:
    """What an act on these records was given, as JSON (`load`) or as text of people (`parse`). Raises Invalid with a sentence a field."""
    return checked(fields_of(resource, action, ids), given, how)


def checked(fields: Mapping[str, Field], given: Mapping[str, Any], how: str = "parse") -> dict[str, Any]:
    """The values of a few fields by themselves, references looked up. Raises Invalid with a sentence a field."""
    found = clean_values(given, fields, how)
    faults: dict[str, list[Any]] = {}
    for name, field in fields.items():
        value = found.get(name)
        if value in (None, "", []):
            if field.required:
                faults[name] = [_("This is required.")]
        elif isinstance(field, RefField):
            wanted = value if isinstance(value, list) else [value]
            known = field.resolve(wanted)
            if not all(one in known for one in wanted):
                faults[name] = [_("There is no such record.")]
            else:
                found[name] = [known[one] for one in wanted] if isinstance(value, list) else known[value]
    if faults:
        raise Invalid(faults)
    return found


def run(resource: Any, name: str, ids: Sequence[int], given: Mapping[str, Any] | None = None) -> int:
    """Do an act on rows the actor may do it on, with values as `values` made them; returns the change that undo takes back.
    Raises Missing, Forbidden, Refused, Invalid."""
    action = resource.all_actions.get(name)
    if action is None:
        raise Missing(_("There is no such action."))
    if not resource.may(name):
        raise Forbidden(_("You may not do this: %(what)s.", what=action.label))
    asking.gate(resource, f"do:{name}", ids)
    work, asked = current_work(), {**_left_out(resource, action), **(given or {})}
    with writing(), changes.change(name, resource=resource.name) as change:
        before = work.info.get("verb")
        work.info["verb"] = name
        try:
            if action.whole:
                _whole(resource, action, list(dict.fromkeys(ids)), enclosed.hung(resource, ids[0], asked) if ids else asked)
            else:
                for row_id in ids:
                    row = resource.get(row_id, name)
                    _possible(resource, action, row)
                    action.call(row, **enclosed.hung(resource, row_id, asked))
                    work.session.flush()
        finally:
            work.info["verb"] = before
        return change


def made_in(resource: Any, change: int) -> int | None:
    """The newest record of a resource that a change made, as far as the actor sees it."""
    of = changes.History
    found = current_work().session.scalar(sa.select(of.row_id).where(of.change_id == change, of.resource == resource.name, of.verb == "create").order_by(of.id.desc()).limit(1))
    return found if found is not None and resource.sees(found) else None


def _left_out(resource: Any, action: Action) -> dict[str, None]:
    """What an act asks and its function must be given, for when nobody filled it in."""
    asked = fields_of(resource, action)
    return {name: None for name, one in signature(action.call).parameters.items() if name in asked and one.default is Parameter.empty}


def _whole(resource: Any, action: Action, ids: list[int], asked: dict[str, Any]) -> None:
    """An act on the set at once, on rows that are all the actor's to do it on."""
    model, found = resource.model, 0
    for start in range(0, len(ids), 500):
        query = resource.visible(action.name).where(model.id.in_(ids[start : start + 500]))
        if action.when is None:
            found += len(session.scalars(query.with_only_columns(model.id)).all())
            continue
        for row in session.scalars(query):
            _possible(resource, action, row)
            found += 1
    if found < len(ids):
        raise Missing(_("This record was not found."))
    action.call(resource, ids, **asked)
    current_work().session.flush()


def _possible(resource: Any, action: Action, row: Any) -> None:
    if action.when is not None and not action.when(row):
        raise Refused(_("This is not possible for “%(name)s” now.", name=resource.title(row)))


def possible(resource: Any, action: Action, ids: Sequence[int]) -> tuple[int, int]:
    """Of these records (a page of them): how many are the actor's to do it on, and on how many of them it can be done now."""
    query = resource.visible(action.name).where(resource.model.id.in_(ids))
    if action.when is None:
        mine = len(session.scalars(query.with_only_columns(resource.model.id)).all())
        return mine, mine
    rows = session.scalars(query).all()
    return len(rows), sum(1 for row in rows if action.when(row))


def reaches(resource: Any, verb: str) -> Scope:
    """The rows the actor may do this on."""
    work = current_work().session
    return EVERYTHING if work.system or not is_scoped(resource.model) else scope_for(work.actor, resource.model, verb)


def allows(resource: Any, verb: str, row: Any) -> bool:
    """Whether a row lies where the actor may do this."""
    return reaches(resource, verb).holds(row)


# --- acts of every record with an owner ---------------------------------------------------------------------------------


def _owner_fields(resource: Any) -> list[Field]:
    fields = resource.fields(writing=True)
    return [fields[name] for name in ("owner", "department") if name in fields and name not in resource.hidden_fields]


def _assign(resource: Any, ids: Sequence[int], **given: Any) -> None:
    values = {name: value for name, value in given.items() if value is not None}
    if not values:
        raise Invalid({"owner": [_("Choose who is to have them.")]})
    resource.write([{"id": row_id, **values} for row_id in ids], kind="assign")


ASSIGN = Action("assign", _("Assign"), _assign, icon="user-share", order=10, whole=True, quiet=True, fields=_owner_fields)


def standard(resource: Any) -> tuple[Action, ...]:
    """What every resource of this kind can do without saying so."""
    field = resource.all_fields.get("owner")
    owned = is_scoped(resource.model) and "assign" in resource.verbs and not (resource.part_of or resource.personal or resource.readonly)
    return (ASSIGN,) if owned and field is not None and not field.readonly and field.name not in resource.hidden_fields else ()
