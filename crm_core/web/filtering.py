"""The little form behind a chip, and the columns a person keeps."""

from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.session import system_scope, writing
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource import filters, listing
from crm_core.resource.references import RefField
from crm_core.web import urls
from crm_core.web.viewmodels import Choice, FilterFormPage, FilterOp, FormField, Picked

OWN = {"f", "op", "v", "old"}
CONTROL = {"any": "choices", "none": "choices", "contains": "text", "starts": "text", "within": "choices", "between": "range",
           "gte": "number", "lte": "number", "eq": "text", "ne": "text", "empty": "none", "filled": "none", "me": "none"}


def form(resource: Any, args: list[tuple[str, str]]) -> FilterFormPage:
    """The form for one field, empty or filled from the chip it edits."""
    given = dict(args)
    field = {**resource.virtual_fields, **resource.fields()}.get(given.get("f", ""))
    if field is None or field.name not in resource.filters:
        raise BadRequest(_("There is no filter “%(name)s”.", name=given.get("f", "")[:80]))
    old = given.get("old", "")
    rest = [(k, v) for k, v in args if k not in OWN and k not in ("after", "before")]
    raw = dict(rest).get(old, "")
    values = tuple(raw.split(",")) if raw else ()
    ops = tuple(FilterOp(code, filters.WORDS[code], _control(field, code)) for code in operators(field))  # type: ignore[arg-type]
    choices = reference = None
    if field.kind == "boolean":
        choices = FormField("v", field.label, "choices", choices=tuple(
            Choice(code, label, code in values) for code, label in (("1", _("Yes")), ("0", _("No")))))
    elif isinstance(field, RefField):
        labels = {str(i): n for i, n in field.labels([int(v) for v in values if v.isdigit()]).items()}
        reference = FormField("v", field.label, "references", lookup_url=f"/lookup/{field.target}", picked=tuple(
            Picked(v, labels.get(v, v)) for v in values))
    elif hasattr(field, "options"):
        choices = FormField("v", field.label, "choices", choices=tuple(Choice(c, w, c in values) for c, w in field.options()))
    elif "within" in field.operators:
        from crm_core.web.lists import SPANS

        choices = FormField("v", field.label, "choices", choices=tuple(Choice(c, w, c in values) for c, w in SPANS.items()))
    return FilterFormPage(
        title=field.label, action=urls.of_act(resource, None, "filter"), field=field.name, ops=ops,
        op=old.partition(".")[2], values=values, choices=choices, reference=reference, hidden=tuple(rest), old=old,
        back_url=urls.of_list(resource, rest), remove_url=urls.of_list(resource, [p for p in rest if p[0] != old]) if old else "",
    )


def operators(field: Any) -> tuple[str, ...]:
    """"is me" only where persons are meant."""
    return tuple(op for op in field.operators if op != "me" or getattr(field, "target", "") == "core.user")


def _control(field: Any, op: str) -> str:
    if op in ("any", "none"):
        return "reference" if isinstance(field, RefField) else "choices"
    if field.kind in ("date", "datetime"):
        return {"between": "dates", "gte": "date", "lte": "date", "eq": "date"}.get(op, CONTROL[op])
    if op in ("eq", "ne") and field.numeric:
        return "number"
    if op == "eq" and field.kind == "boolean":
        return "choices"
    return CONTROL[op]


def canonical(resource: Any, args: list[tuple[str, str]]) -> str:
    """The list's address with the filter the form says; raises BadRequest when it makes no sense."""
    given = dict(args)
    name, op = given.get("f", ""), given.get("op", "")
    values = [v.strip() for k, v in args if k == "v" and v.strip()]
    rest = [(k, v) for k, v in args if k not in OWN and k not in ("after", "before", "csrf_token") and k != given.get("old")]
    key = f"{name}.{op}"
    rest = [p for p in rest if p[0] != key]
    if op in filters.NO_VALUE:
        rest.append((key, "1"))
    elif values:
        rest.append((key, ",".join(values) if op in filters.MANY else values[0]))
    listing.parse(resource, rest)
    return urls.of_list(resource, rest)


def keep_columns(resource: Any, names: list[str], *, reset: bool) -> None:
    """Remember which columns of this list the person wants to see."""
    known = resource.fields()
    chosen = [n for n in dict.fromkeys(names) if n in known or any(c.name == n for c in _computed(resource))]
    keep(lambda preferences: _set_columns(preferences, resource.name, [] if reset else chosen))


def _computed(resource: Any) -> Any:
    from crm_core.web.lists import computed

    return computed(resource)


def _set_columns(preferences: dict[str, Any], name: str, chosen: list[str]) -> None:
    kept = dict(preferences.get("columns") or {})
    if chosen:
        kept[name] = chosen
    else:
        kept.pop(name, None)
    preferences["columns"] = kept


def keep(change: Any) -> None:
    """Change the acting person's preferences: not a record of the house, so it leaves no history."""
    with writing(), system_scope("own preferences") as db:
        row = db.execute(sa.select(User.preferences).where(User.id == actor().user_id)).scalar_one()
        preferences = dict(row or {})
        change(preferences)
        db.execute(sa.update(User.__table__).where(User.__table__.c.id == actor().user_id).values(preferences=preferences),
                   execution_options={"crm_unscoped": "own preferences"})
    flask.g.preferences = preferences
