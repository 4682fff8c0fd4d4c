"""From a JSON body to a row for the write path: only names that are offered, values loaded strictly."""

from collections.abc import Mapping
from typing import Any

import flask

from crm_core.api.problems import WrongType
from crm_core.kernel.errors import BadRequest, Invalid
from crm_core.kernel.i18n import _
from crm_core.resource.fields import clean_values
from crm_core.text.strict_json import InvalidJson, loads

LARGEST = 2 * 1024 * 1024
MOST_LINES = 1_000


def read_object() -> dict[str, Any]:
    """The request's JSON object. Raises WrongType, BadRequest; a body that is too large ends in 413."""
    request = flask.request
    request.max_content_length = LARGEST
    if request.mimetype != "application/json":
        raise WrongType(_("The body must be JSON: Content-Type: application/json."))
    try:
        found = loads(request.get_data(cache=True))
    except InvalidJson as bad:
        raise BadRequest(_("The body is no JSON that can be taken: %(why)s.", why=str(bad)), code=bad.code) from None
    if not isinstance(found, dict):
        raise BadRequest(_("A JSON object is expected."))
    return found


def no_body() -> dict[str, Any]:
    """An act that asks nothing takes nothing; a body that says something would be ignored, so it is refused."""
    request = flask.request
    request.max_content_length = LARGEST
    if request.get_data(cache=True).strip() and read_object():
        raise BadRequest(_("This takes no body."))
    return {}


def row(resource: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a record. Raises Invalid with all faults, those of nested lines too."""
    declared = {lines.name: lines for lines in resource.lines}
    plain = {name: value for name, value in given.items() if name not in declared}
    faults: dict[str, list[Any]] = {}
    nested: dict[str, dict[int, Mapping[str, list[Any]]]] = {}
    found: dict[str, Any] = {}
    try:
        found = clean_values(plain, resource.fields(), "load")
    except Invalid as bad:
        faults = bad.fields
    for name in declared.keys() & given.keys():
        try:
            found[name] = _lines(resource, declared[name], given[name], nested.setdefault(name, {}))
        except Invalid as bad:
            faults |= bad.fields
    nested = {name: rows for name, rows in nested.items() if rows}
    if faults or nested:
        raise Invalid({**faults, **{name: [] for name in nested}}, _("Some fields cannot be taken as they are."), lines=nested)
    return found


def _lines(resource: Any, declared: Any, value: Any, faults: dict[int, Mapping[str, list[Any]]]) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise Invalid({declared.name: [_("A list is expected.")]})
    if len(value) > MOST_LINES:
        raise Invalid({declared.name: [_("At most %(n)s rows.", n=MOST_LINES)]})
    child = resource.line_resource(declared.name)
    fields = {name: field for name, field in child.fields().items() if name in declared.columns}
    found, seen = [], set()
    for position, item in enumerate(value):
        if not isinstance(item, dict):
            faults[position] = {"": [_("An object is expected.")]}
            continue
        line = dict(item)
        key = line.pop("id", None)
        if key is not None and (isinstance(key, bool) or not isinstance(key, int) or key in seen):
            faults[position] = {"id": [_("The id of a record is expected.")]}
            continue
        seen.add(key)
        try:
            made = clean_values(line, fields, "load")
        except Invalid as bad:
            faults[position] = bad.fields
            continue
        found.append(made if key is None else {**made, "id": key})
    return found
