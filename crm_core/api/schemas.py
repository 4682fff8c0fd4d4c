"""JSON schemas of records, made from their fields: what comes out, what may be sent to create, what to change."""

from collections.abc import Mapping
from typing import Any

from crm_core.api import represent
from crm_core.resource.filters import WORDS

_TREE = {"$ref": "#/components/schemas/conditions"}
_WORD = {"type": ["string", "integer", "boolean"]}
CONDITIONS: dict[str, Any] = {  # resource/conditions.py
    "description": "Which records are meant; values as typed: \"today\", \"60 days ago\", \"-30d\"",
    "oneOf": [
        {"type": "object", "required": ["all"], "additionalProperties": False, "properties": {"all": {"type": "array", "minItems": 1, "items": _TREE}}},
        {"type": "object", "required": ["any"], "additionalProperties": False, "properties": {"any": {"type": "array", "minItems": 1, "items": _TREE}}},
        {"type": "object", "required": ["not"], "additionalProperties": False, "properties": {"not": _TREE}},
        {"type": "object", "required": ["has"], "additionalProperties": False, "properties": {
            "has": {"type": "string", "description": "a reference, lines, `timeline`, or `resource:field` of records that point here"}, "where": _TREE}},
        {"type": "object", "required": ["field", "op"], "additionalProperties": False, "properties": {
            "field": {"type": "string", "description": "the name of a field, or * for every text"}, "op": {"type": "string", "enum": sorted(WORDS)},
            "value": {"anyOf": [_WORD, {"type": "array", "items": _WORD}]}}},
    ],
    "examples": [{"all": [{"field": "updated_at", "op": "within", "value": "-30d"},
                          {"not": {"has": "timeline", "where": {"field": "kind", "op": "any", "value": "note"}}}]}],
}

LONGEST_NOTE = 100_000
PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:tangram-crm:invalid"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "a sentence for people, in the language of Accept-Language"},
        "errors": {
            "type": "array",
            "description": "one for each fault; `pointer` names the member, `#/addresses/1/street` one of a nested row",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "id": {"type": ["integer", "string"], "description": "of the record, or of the error in the server's log"},
        "version": {"type": ["integer", "null"], "description": "the version that stands there now"},
        "merged_into": {"type": "integer", "description": "id of the record this one was merged into"},
    },
}


_STAMPS: dict[str, Any] = {
    "id": {"type": "integer", "minimum": 1},
    "public_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "version": {"type": "integer", "minimum": 1},
}


def read(resource: Any) -> dict[str, Any]:
    """A record as it comes out."""
    properties: dict[str, Any] = {name: _STAMPS[name] for name in represent.always(resource)}
    for name, field in resource.fields().items():
        properties[name] = {**_loose(field.schema()), "title": str(field.label)}
    for name, beside in represent.dialled(resource.fields()).items():
        properties[beside] = {"type": ["string", "null"], "description": f"{name} in E.164, where its country and area are known"}
    for declared in resource.lines:
        properties[declared.name] = _lines(resource, declared, writing=False)
    return {"type": "object", "required": list(properties), "properties": properties}


def write(resource: Any, *, creating: bool) -> dict[str, Any]:
    """What may be sent: members that are left out stay as they are (or get their first value)."""
    fields = resource.fields(writing=True)
    properties = {name: _described(field) for name, field in fields.items()}
    for declared in resource.lines:
        properties[declared.name] = _lines(resource, declared, writing=True)
    found = {"type": "object", "additionalProperties": False, "properties": properties}
    required = [name for name, field in fields.items() if field.required] if creating else []
    return {**found, "required": required} if required else found


def act(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What an act asks."""
    found = {"type": "object", "additionalProperties": False, "properties": {name: _described(field) for name, field in fields.items()}}
    required = [name for name, field in fields.items() if field.required]
    return {**found, "required": required} if required else found


def _described(field: Any) -> dict[str, Any]:
    found = {**field.schema(), "title": str(field.label)}
    if field.kind == "note":
        found["maxLength"] = LONGEST_NOTE
    if field.help:
        found["description"] = str(field.help)
    return found


def _loose(schema: dict[str, Any]) -> dict[str, Any]:
    """Old rows may be longer, or lack what is required today: what comes out promises its type only."""
    found = {k: v for k, v in schema.items() if k not in ("maxLength", "minimum", "maximum")}
    kind = found.get("type")
    if isinstance(kind, str) and kind != "array":
        found["type"] = [kind, "null"]
    elif kind == "array":
        found["type"] = ["array", "null"]
    if "enum" in found and None not in found["enum"]:
        found["enum"] = [*found["enum"], None]
    return found


def _lines(resource: Any, declared: Any, *, writing: bool) -> dict[str, Any]:
    child = resource.line_resource(declared.name)
    fields = {n: f for n, f in child.fields(writing=writing).items() if n in declared.columns}
    shape = _described if writing else (lambda f: {**_loose(f.schema()), "title": str(f.label)})
    items: dict[str, Any] = {
        "type": "object",
        "properties": {"id": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}, **{n: shape(f) for n, f in fields.items()}},
    }
    if writing:
        items["additionalProperties"] = False
        items["required"] = [n for n, f in fields.items() if f.required]
    else:
        items["required"] = ["id", *fields]
    found: dict[str, Any] = {"type": "array", "title": str(declared.label or declared.name), "items": items}
    if writing:
        found["maxItems"] = 1_000
        found["description"] = "The whole list: a row with `id` stays, one without is new, one that is missing goes."
    return found
