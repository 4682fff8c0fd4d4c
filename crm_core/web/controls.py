"""From fields to the controls of a form, and back from what a browser sends to values."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict

from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import site
from crm_core.resource.choices import ChoiceField
from crm_core.resource.enclosed import FileField
from crm_core.resource.fields import Bad, Field
from crm_core.resource.layout import rules as layout_rules
from crm_core.resource.references import RefField, RefsField, SeveralField
from crm_core.resource.resource import Section
from crm_core.text.numbers import whole
from crm_core.web import render, urls
from crm_core.web.foretelling import TOLD
from crm_core.web.viewmodels import Choice, FormField, LineGroup, LineRow, LinesEditor, Picked
from crm_core.web.viewmodels import Section as SectionView

CONTROLS = {
    "note": "textarea", "phone": "phone", "email": "email", "url": "url", "integer": "number", "decimal": "number", "money": "money",
    "boolean": "tick", "date": "date", "datetime": "datetime", "choices": "choices", "ref": "reference", "refs": "references", "several": "references", "sealed": "password", "file": "file",
}
DATES_URL = "/dates"
SMALL = ("date", "money", "integer", "decimal", "currency", "minutes", "hours")  # kinds that need less than half a line
CHECKED = ("phone", "email", "url", "integer", "decimal", "money", "hours")  # kinds that are looked at when somebody leaves their box
_LINE = re.compile(r"^(?P<lines>[a-z_]+)-(?P<n>\d{1,4})-(?P<name>[a-z_]+)$")
MAX_LINES = 500
BROAD = 4  # columns of lines that fit into a form of ordinary width
FEW = 6  # rows that need no folding
COLUMNS = 7  # fields of a line that stand beside each other


def control(
    field: Field, text: str, *, error: Any = "", prefix: str = "", labels: Mapping[str, str] | None = None, currency: str = "",
    picks: tuple[str, tuple[tuple[str, str, str, bool], ...]] | None = None,
) -> FormField:
    """The control of a field holding `text` (what was typed, or the value's own text). `currency`: what money of its form is in, where that
    is not the house's; `picks`: of a field whose choices follow from its row (`Field.offered`), the free words and what can be chosen."""
    given: dict[str, Any] = {
        "name": prefix + field.name, "label": field.label, "value": text, "required": field.required and not field.readonly,
        "readonly": field.readonly, "corner": field.help, "error": error, "maxlength": field.length or 0,
        "control": CONTROLS.get(field.kind, "text"), "wide": field.kind in ("note", "choices", "addresses") or field.name == "name" or bool(field.info.get("wide")),
        "small": bool(field.info.get("small", field.kind in SMALL and not field.help)),  # a help beside the label wants its room
    }
    if field.info.get("placeholder"):
        given["placeholder"] = field.info["placeholder"]
    if field.kind in ("date", "datetime"):
        given["dates_url"] = DATES_URL if field.kind == "date" else f"{DATES_URL}?time=1"
    if field.info.get("preview"):
        given.update(preview_url=field.info["preview"], rows=10)
    if field.info.get("rows"):
        given["rows"] = field.info["rows"]
    if field.kind == "money":
        given["unit"] = currency or site().config.currency
    if field.kind == "boolean":
        given["value"] = "1" if text in ("1", "true", "True") or text == field.show(True) else ""
    if picks is not None:
        made = tuple(Choice(value, word, chosen, group=option) for option, value, word, chosen in picks[1])
        return FormField(**{**given, "control": "picks", "value": text, "shown": picks[0], "choices": made})
    if isinstance(field, SeveralField):
        field = field.refs
    if isinstance(field, RefsField):
        return _references(field, text, given, labels or {})
    if isinstance(field, FileField):
        there = tuple(Choice(str(one.id), one.name, str(one.id) == text) for one in field.offered())
        return FormField(**{**given, "choices": there, "accept": field.accept, "wide": True})
    if isinstance(field, RefField):
        return _reference(field, text, given, labels or {})
    options = getattr(field, "options", None)
    if options is not None:
        chosen = set(text.split(",")) if field.kind == "choices" else {text}
        offered = options(text) if isinstance(field, ChoiceField) and field.kind == "choice" else options()
        if text and field.kind != "choices" and all(code != text for code, _label in offered):
            offered = [*offered, (text, field.show(text))]  # one's own pattern of permissions, say: saving keeps it
        words = field.words() if isinstance(field, ChoiceField) else {}
        given["choices"] = tuple(
            Choice(code, label, code in chosen, getattr(words.get(code), "icon", None) or "", getattr(words.get(code), "colour", None) or "")
            for code, label in offered
        )
        given["placeholder"] = getattr(field, "blank", "")
        if field.kind != "choices":
            given["control"] = "choice"
    return FormField(**given)


def named(resource: Any, faults: Mapping[str, Sequence[Any]]) -> list[str]:
    """What is wrong with fields and lines that do not stand here: each sentence with its field's name before it."""
    labels = {**{n: f.label for n, f in resource.all_fields.items()}, **{one.name: one.label for one in resource.lines}}
    return [f"{labels[n]}{_(': ')}{one}" if n in labels else str(one) for n, said in faults.items() for one in said]


def of_fields(fields: Mapping[str, Field], texts: Mapping[str, str], faults: Mapping[str, Any], currency: str = "") -> tuple[FormField, ...]:
    """The controls of a few fields by themselves (an act's), with what was typed and what is wrong with it; money in a record's currency."""
    labels = reference_labels(fields.values(), texts)
    return tuple(control(f, texts.get(n, "" if f.default is None else f.text(f.default)), error=_first(faults.get(n)), labels=_of(f, labels), currency=currency) for n, f in fields.items())


def _references(field: RefsField, text: str, given: dict[str, Any], labels: Mapping[str, str]) -> FormField:
    """Several records as tokens; a name that is new stands for itself."""
    target = site().registry.resources.get(field.target)
    creates = field.creates and target is not None and target.may("create")
    picked = tuple(Picked(one, labels.get(one, one)) for one in text.split(",") if one)
    return FormField(**{**given, "value": "", "lookup_url": _lookup(field), "picked": picked, "wide": True, "creates": creates})


def _lookup(field: RefField) -> str:
    """Where a picker asks for its hits; the column may say which records it offers: `info={"offers": (("life.any", "sold"),)}`."""
    return urls.address(f"/lookup/{field.target}", field.info.get("offers", ()))


def _reference(field: RefField, text: str, given: dict[str, Any], labels: Mapping[str, str]) -> FormField:
    shown = labels.get(text, "") if text else ""
    if field.target == "core.region":
        from crm_core.web.menu import slots

        return FormField(**{**given, "control": "region", "shown": shown, "lookup_url": slots.regions_url, "wide": True})
    given["control"] = "reference"
    given["lookup_url"] = _lookup(field)
    given["beside"] = tuple(field.info.get("beside", ()))
    if text:
        row_id = whole(text)
        name = shown or (text if row_id is None else str(_("hidden record")))
        someone = render.person(name, row_id) if field.target == "core.user" and row_id is not None else None
        given["picked"] = (Picked(text, name, someone),)
    return FormField(**given)


def reference_labels(fields: Iterable[Field], texts: Mapping[str, str]) -> dict[str, str]:
    """Names of the records behind the references of a form, one query a target: {id as text: name}."""
    wanted: dict[str, set[int]] = {}
    by_target: dict[str, RefField] = {}
    for field in fields:
        if isinstance(field, SeveralField):
            field = field.refs
        if not isinstance(field, RefField):
            continue
        for text in texts.get(field.name, "").split(","):
            if (row_id := whole(text)) is not None:
                wanted.setdefault(field.target, set()).add(row_id)
                by_target[field.target] = field
    return {
        f"{target}:{i}": name for target, ids in wanted.items() for i, name in by_target[target].labels(ids).items()
    }


def sections(
    resource: Any, fields: Mapping[str, Field], texts: Mapping[str, str], faults: Mapping[str, Any],
    lines: Mapping[str, list[dict[str, str]]], line_faults: Mapping[str, Mapping[str, Any]], *, creating: bool, stays: Collection[str] = (),
) -> tuple[SectionView, ...]:
    """The form's sections: those the resource names, then one with whatever it did not name. Lines named in `stays` are only shown."""
    named = {n for s in resource.form for n in s.fields}
    line_names = [d.name for d in resource.lines]
    rest = tuple(n for n, f in fields.items() if n not in named and not f.readonly and n not in resource.hidden_fields)
    layout = list(resource.form)
    if rest:
        layout.append(Section(_("More facts") if resource.form else resource.singular, rest, folded=bool(resource.form)))
    homeless = tuple(n for n in line_names if n not in named)
    labels, rules = reference_labels(fields.values(), texts), layout_rules(resource)
    # Who enters one card after another writes at once, without looking for the first field.
    start = next((n for s in layout if not (s.left or s.folded) for n in s.fields if n in fields and not (fields[n].readonly or texts.get(n))), "")
    found = []
    for number, section in enumerate(layout):
        if section.left:
            continue
        names = [n for n in section.fields if n in fields and n not in resource.hidden_fields]
        names = [n for n in names if not (creating and fields[n].readonly)]
        check = urls.of_act(resource, None, "check")
        controls = tuple(
            replace(made := control(fields[n], texts.get(n, ""), error=_first(faults.get(n)), labels=_of(fields[n], labels), currency=texts.get("currency", "")),
                    check_url=check if fields[n].kind in CHECKED else "", required=made.required or (n in rules.required and not made.readonly),
                    when=rules.told(n), autofocus=creating and n == start and not faults) for n in names
        )
        wanted = [n for n in section.fields if n in line_names] + (list(homeless) if number == len(layout) - 1 else [])
        editors = tuple(replace(editor(resource, n, lines.get(n, []), line_faults.get(n, {}), texts.get("currency", ""), readonly=n in stays), error=_first(faults.get(n))) for n in wanted)
        errors = sum(1 for c in controls if c.error) + sum(bool(e.error) + sum(1 for r in e.rows for c in r.fields if c.error) for e in editors)
        if controls or editors:
            found.append(
                SectionView(f"s{number}", section.label, controls, editors, optional=section.folded,
                            folded=section.folded and not errors, errors=errors)
            )
    return tuple(found)


def _of(field: Field, labels: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(field, RefField | SeveralField):
        return {}
    start = f"{field.target}:"
    return {key[len(start):]: name for key, name in labels.items() if key.startswith(start)}


def _first(messages: Any) -> Any:
    return messages[0] if messages else ""


def editor(resource: Any, name: str, rows: list[dict[str, str]], faults: Mapping[str, Any], currency: str = "", *, readonly: bool = False) -> LinesEditor:
    """The lines editor of one declaration, with a blank row for the script to copy; `currency`: of the record they are lines of."""
    declared = next(d for d in resource.lines if d.name == name)
    fields = {n: replace(f, readonly=True) if readonly else f for n, f in resource.line_fields(declared).items()}
    labels: dict[str, str] = {}
    for row in rows:
        labels.update(reference_labels(fields.values(), row))

    following: dict[str, Any] = {n: f.offered for n, f in fields.items() if hasattr(f, "offered")}
    choices = {n: offered([*rows, {}]) for n, offered in following.items()}

    def line(key: str, row: Mapping[str, str], found: Mapping[str, Any], at: int = -1) -> LineRow:
        controls = tuple(
            replace(made, placeholder=row[TOLD + n]) if TOLD + n in row and not made.readonly else made for n, made in (
            (n, _figure(f, key, row.get(n, ""), _of(f, labels)) if f.readonly and (f.numeric or readonly) else
            control(f, row.get(n, ""), error=_first(found.get(n)), prefix=f"{key}-", labels=_of(f, labels), currency=currency,
                    picks=choices[n][at] if n in choices else None)) for n, f in fields.items())
        )
        return LineRow(key, controls, row.get("id", ""), removed=row.get("remove") == "1")

    made = tuple(line(f"{name}-{i}", row, faults.get(str(i), {}), i) for i, row in enumerate(rows))
    groups = _groups(fields[declared.group], made, [row.get(declared.group, "") for row in rows]) if declared.group in fields else ()
    return LinesEditor(name, declared.label, made, line(f"{name}-__n__", blank(resource, declared), {}), _("Add row"), table=len(fields) <= COLUMNS, hint=_said_above(fields), many=len(fields) > COLUMNS,
                       broad=BROAD < len(fields) <= COLUMNS, groups=groups, readonly=readonly,
                       tells=tuple(n for n, f in resource.all_fields.items() if f.column in declared.follows) if hasattr(resource.line_resource(name), "foretell") and not readonly else None)


def _said_above(fields: Mapping[str, Field]) -> str:
    """What is to be known about the columns of a table of lines, which have no room for it."""
    told = [f for f in fields.values() if f.help and not f.readonly]
    return " ".join(f"{f.label}{_(': ')}{f.help}" for f in told) if len(fields) <= COLUMNS else ""


def _figure(field: Field, key: str, text: str, labels: Mapping[str, str]) -> FormField:
    """What of a line is read, not written: a figure that is worked out, and all of a line that stays as it is."""
    shown = labels.get(text) or (field.show(field.parse(text)) if text else "")
    return FormField(name=f"{key}-{field.name}", label=field.label, control="static", shown=shown, readonly=True)


def blank(resource: Any, declared: Any) -> dict[str, str]:
    """A new line: what its fields begin with."""
    return {n: f.text(begins) if (begins := f.begins_with()) is not None else "" for n, f in resource.line_fields(declared).items()}


def _groups(by: Field, rows: tuple[LineRow, ...], texts: list[str]) -> tuple[LineGroup, ...]:
    """Many rows by what they are about, each group with its content in words; one with a fault or a new row stands open."""
    found: dict[str, list[LineRow]] = {}
    words: dict[str, dict[str, list[str]]] = {}
    for row, text in zip(rows, texts, strict=True):
        what, said = by.heading(text)
        found.setdefault(what, []).append(row)
        rest = listed(str(c.label) for f in row.fields if not f.name.endswith(f"-{by.name}") for c in f.choices if c.chosen)
        if not row.removed:
            words.setdefault(what, {}).setdefault(rest, []).append(said)
    return tuple(
        LineGroup(
            what, tuple(few), " · ".join(_said(said, rest) for rest, said in words.get(what, {}).items()),
            open=len(rows) <= FEW or any(not row.id or row.error or any(f.error for f in row.fields) for row in few),
        )
        for what, few in found.items()
    )


def _said(words: Iterable[str], rest: str) -> str:
    said = listed(filter(None, words))
    return str(_("%(what)s (%(how)s)", what=said, how=rest)) if said and rest else said or rest


def tick(field: Field, text: str) -> str:
    """Yes or no as a form has it, whatever word says it; a box that was sent with anything else is ticked."""
    try:
        return "1" if field.parse(text) else "0"
    except Bad:
        return "1"


def read(fields: Mapping[str, Field], form: MultiDict[str, str], prefix: str = "") -> dict[str, str]:
    """What the form says, as text a field: only those it names (a tick switched off names itself by `__sent`)."""
    found = {}
    for name, field in fields.items():
        key = prefix + name
        if field.readonly:
            continue
        if field.kind == "choices" and (key in form or f"{key}__sent" in form):
            found[name] = ",".join(form.getlist(key))
        elif field.kind == "configuration" and (key in form or f"{key}__text" in form):
            found[name] = "; ".join(t for t in (*form.getlist(key), *form.getlist(f"{key}__text")) if t.strip())
        elif field.kind in ("refs", "several"):  # what was typed and not picked counts too
            found[name] = ",".join(t for t in (*form.getlist(key), *form.getlist(f"{key}__text")) if t.strip())
        elif field.kind == "boolean" and (key in form or f"{key}__sent" in form):
            found[name] = tick(field, form.get(key, ""))
        elif form.get(key) or (key in form and not form.get(f"{key}__text")):
            found[name] = form[key]
        elif form.get(f"{key}__text"):
            found[name] = form[f"{key}__text"]
    return found


def read_lines(resource: Any, form: MultiDict[str, str]) -> dict[str, list[dict[str, str]]]:
    """The rows of each lines editor the form carries, in their order, removed ones marked."""
    found: dict[str, dict[int, dict[str, str]]] = {}
    for key in form:
        hit = _LINE.match(key.removesuffix("__sent").removesuffix("__text"))
        if hit and any(d.name == hit["lines"] for d in resource.lines):
            rows = found.setdefault(hit["lines"], {})
            if len(rows) < MAX_LINES:
                rows.setdefault(int(hit["n"]), {})
    result: dict[str, list[dict[str, str]]] = {}
    for declared in resource.lines:
        if declared.name not in found and f"{declared.name}__sent" not in form:
            continue
        fields = resource.line_fields(declared)
        made: list[dict[str, str]] = []
        for n in sorted(found.get(declared.name, {})):
            key = f"{declared.name}-{n}-"
            row = read(fields, form, key)
            row["id"] = form.get(f"{key}id", "")
            row["remove"] = form.get(f"{key}remove", "")
            made.append(row)
        result[declared.name] = made
    return result


def parse(
    fields: Mapping[str, Field], texts: Mapping[str, str], faults: dict[str, list[Any]], known: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Values of texts; what cannot be taken goes into `faults` and keeps its text. `known`: values that stand as they are."""
    values: dict[str, Any] = {}
    for name, text in texts.items():
        if name not in fields:
            continue
        if known and name in known:
            values[name] = known[name]
            continue
        try:
            values[name] = fields[name].parse(text)
        except Bad as bad:
            faults[name] = [bad.message]
    return values


def parse_lines(
    resource: Any, lines: Mapping[str, list[dict[str, str]]], faults: dict[str, dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Values of the lines that stay; wholly empty new rows are nothing."""
    result: dict[str, list[dict[str, Any]]] = {}
    for name, rows in lines.items():
        declared = next(d for d in resource.lines if d.name == name)
        fields = resource.line_fields(declared)
        kept, defaults = result.setdefault(name, []), blank(resource, declared)
        for i, row in enumerate(rows):
            if row.get("remove") == "1":
                continue
            texts = {n: t for n, t in row.items() if n in fields}
            if not row.get("id") and all(not t or t == "0" or t == defaults.get(n) for n, t in texts.items()):
                continue
            found: dict[str, list[Any]] = {}
            values = parse(fields, texts, found)
            if found:
                faults.setdefault(name, {})[str(i)] = found
            if row.get("id"):
                values["id"] = whole(row["id"]) or 0  # there is no row 0, and what is no number is no new row either
            values["__at__"] = i
            kept.append(values)
    return result
