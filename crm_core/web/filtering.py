"""The little form behind a chip, and the address it leads to."""

from typing import Any
from urllib.parse import parse_qsl

from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.resource import filters, listing
from crm_core.resource.references import RefField
from crm_core.text.numbers import whole
from crm_core.web import urls
from crm_core.web.chips import SPANS
from crm_core.web.viewmodels import Choice, FilterFormPage, FilterOp, FormField, Picked

OWN = {"field", "op", "old", "at", "csrf_token"}
CONTROL = {"any": "choices", "none": "choices", "contains": "text", "starts": "text", "roughly": "text", "within": "choice", "between": "range",
           "gte": "number", "lte": "number", "eq": "text", "ne": "text", "empty": "none", "filled": "none", "me": "none", "area": "text"}


def form(resource: Any, args: list[tuple[str, str]], error: Any = "") -> FilterFormPage:
    """The form for one field: empty, filled from the chip it edits, or as it was sent and refused."""
    given, field, rest = _parts(resource, args)
    old, at = given.get("old", ""), given.get("at", "")
    raw = dict(rest).get(old, "")
    values = tuple(raw.split(",") if old.partition(".")[2] in filters.MANY else [raw]) if raw else ()
    if error:
        values = tuple(_values(field, given["op"], args))
    ops = tuple(FilterOp(code, filters.WORDS[code], control_of(field, code)) for code in operators(field))  # type: ignore[arg-type]
    choices = reference = None
    if field.kind == "boolean":
        choices = FormField("v", field.label, "choices", choices=tuple(
            Choice(code, label, code in values) for code, label in (("1", _("Yes")), ("0", _("No")))))
    elif isinstance(field, RefField):
        labels = {str(i): n for i, n in field.labels(map(whole, values)).items()}
        reference = FormField("v-reference", field.label, "references", lookup_url=f"/lookup/{field.target}", picked=tuple(
            Picked(v, labels.get(v, v)) for v in values))
    elif hasattr(field, "options"):
        choices = FormField("v", field.label, "choices", choices=tuple(Choice(c, w, c in values) for c, w in field.options()))
    elif "within" in field.operators:
        choices = FormField("v", field.label, "choices", choices=tuple(Choice(c, w, c in values) for c, w in SPANS.items()))
    return FilterFormPage(
        title=field.label, action=urls.of_act(resource, None, "filter"), field=field.name, ops=ops,
        op=given.get("op") or old.partition(".")[2], values=values, error=error, choices=choices, reference=reference, hidden=(*rest, *([("at", at)] if at else [])), old=old,
        hint=_("Latitude, longitude, kilometres: 30.66,104.07,5.") if field.kind == "area" else "",
        back_url=_list(resource, at, rest), remove_url=_list(resource, at, [p for p in rest if p[0] != old]) if old else "",
    )


def operators(field: Any) -> tuple[str, ...]:
    """"is me" only where persons are meant; of words one usually knows a piece."""
    found = [op for op in field.operators if op != "me" or getattr(field, "target", "") == "core.user"]
    return tuple(sorted(found, key=lambda op: op != "contains"))


def control_of(field: Any, op: str) -> str:
    """The control in which the values of an operator are given."""
    if op in ("any", "none"):
        return "reference" if isinstance(field, RefField) else "choices"
    if field.kind in ("date", "datetime"):
        return {"between": "dates", "gte": "date", "lte": "date", "eq": "date"}.get(op, CONTROL[op])
    if op in ("eq", "ne") and field.numeric:
        return "number"
    if op == "eq" and field.kind == "boolean":
        return "choice"
    return CONTROL[op]


def canonical(resource: Any, args: list[tuple[str, str]]) -> str:
    """The list's address with the filter the form says; raises BadRequest when it makes no sense."""
    given, field, rest = _parts(resource, args)
    op = given["op"]
    key, values = f"{field.name}.{op}", _values(field, op, args)
    rest = [(k, v) for k, v in rest if k not in (key, given.get("old"))]
    if op in filters.NO_VALUE:
        rest.append((key, "1"))
    else:
        rest.append((key, ",".join(values) if op in filters.MANY else (values or [""])[0]))
    listing.parse(resource, rest)
    return _list(resource, given.get("at", ""), rest)


def _values(field: Any, op: str, args: list[tuple[str, str]]) -> list[str]:
    """What was sent in the control of this operator; in a pick without scripts, the words typed."""
    control = f"v-{control_of(field, op)}"
    return [v.strip() for k, v in args if k in (control, f"{control}__text") and v.strip()]


def _parts(resource: Any, args: list[tuple[str, str]]) -> tuple[dict[str, str], Any, list[tuple[str, str]]]:
    """What a form says, its field, and the rest of the list's address. Raises BadRequest for a field or an operator
    that no filter has."""
    given = dict(args)
    field = {**resource.virtual_fields, **resource.fields()}.get(given.get("field", ""))
    if field is None or field.name not in resource.filters:
        raise BadRequest(_("There is no filter “%(name)s”.", name=given.get("field", "")[:80]))
    if "op" in given and given["op"] not in field.operators:
        raise BadRequest(_("There is no filter “%(name)s”.", name=f"{field.name}.{given['op']}"[:80]))
    return given, field, [(k, v) for k, v in args if k not in OWN and k not in ("after", "before") and not k.startswith("v-")]


def _list(resource: Any, at: str, pairs: list[tuple[str, str]]) -> str:
    """The list with these arguments, on the page where it stands (`at`, a record's tab) or on its own."""
    path, _mark, own = urls.safe_path(at).partition("?") if at else ("", "", "")
    return urls.address(path, [*parse_qsl(own), *pairs]) if path else urls.of_list(resource, pairs)
