"""Facts: the fields of a record as label and value, in groups; its parts as tables; the old values of a field."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm_core.data.mixins import is_scoped
from crm_core.data.session import session
from crm_core.kernel.i18n import _, listed
from crm_core.resource import settled
from crm_core.resource.fields import Field
from crm_core.resource.references import RefField
from crm_core.web import cells, render, urls, ways
from crm_core.web.viewmodels import Fact, FactGroup, LinesTable

STAMPS = ("created_at", "created_by", "updated_at", "updated_by")


def his(resource: Any, row: Any, verb: str) -> bool:
    """Whether this row lies in the actor's scope of a verb; what is settled is changed by acts alone."""
    who = session.actor
    if verb in ("update", "delete") and settled.closed(resource, row, verb):
        return False
    return who is None or not is_scoped(resource.model) or bool(who.scope(resource.name, verb).holds(row))


def words(field: Field, value: Any, names: Mapping[str, Mapping[int, str]]) -> str:
    """A value as plain words."""
    if isinstance(field, RefField):
        return names.get(field.target, {}).get(value, "") if value is not None else ""
    return field.show(value)


def hidden(field: Field, value: Any, names: Mapping[str, Mapping[int, str]]) -> bool:
    """Whether it points at a record the reader may not know."""
    return isinstance(field, RefField) and value is not None and names.get(field.target, {}).get(value) is None


def drawn(field: Field, value: Any, names: Mapping[str, Mapping[int, str]]) -> Any:
    """A fact's value: linked, called, mailed where that makes sense."""
    if isinstance(field, RefField):
        if value is None:
            return ""
        if hidden(field, value, names):
            return _("hidden record")
        name = names[field.target][value]
        if field.target == "core.user":
            return cells.who(render.person(name, value))
        target = field.resource
        return cells.linked(name, urls.of_record(target, value)) if target is not None and field.target not in render.WORDS else name
    return render.renderer(field, [value])(value)


def groups(resource: Any, fields: Mapping[str, Field], row: Any, names: Any, changed: set[str]) -> tuple[FactGroup, ...]:
    """All facts by the sections of the form, then who wrote when; empty ones are left out."""
    edit = ways.to_act(resource, row.id, "edit") if resource.may("update") and his(resource, row, "update") else ""
    said = {resource.label_field, resource.status, *resource.hidden_fields}  # the head has them, or nobody
    done: set[str] = set()
    made = []
    for section in (*resource.form, None):
        if section is not None and section.left:
            done.update(section.fields)
            continue
        wanted = section.fields if section is not None else tuple(n for n in fields if n not in done)
        facts = []
        for name in wanted:
            field = fields.get(name)
            if field is None or name in done or name in said:
                continue
            done.add(name)
            value = getattr(row, field.column)
            if (value in (None, "", []) or value is False) and name not in resource.columns:
                continue
            history = urls.of_act(resource, row.id, f"history/{name}") if field.column in changed and name not in STAMPS else ""
            facts.append(Fact(field.label, drawn(field, value, names), history, wide=field.kind == "note", name=name, hidden=hidden(field, value, names)))
        if facts:
            title = section.label if section is not None else (_("Facts") if not resource.form else _("Record"))
            made.append(FactGroup(title, tuple(facts), edit if section is not None or not resource.form else ""))
    return tuple(made)


def beside(resource: Any, fields: Mapping[str, Field], groups: Sequence[FactGroup]) -> tuple[FactGroup, ...]:
    """The facts beside the time line: without what the head says already, and without who wrote when."""
    said = {str(fields[n].label) for n in (*resource.subtitle, "code", "owner", *STAMPS) if n in fields}
    few = (replace(g, facts=tuple(f for f in g.facts if str(f.label) not in said)) for g in groups)
    return tuple(g for g in few if g.facts)


def lines_table(resource: Any, declared: Any, rows: Sequence[Any], names: Any, of: Any = None) -> LinesTable:
    """Parts of the record `of`, a row each, as far as the reader may see their fields; money in its currency."""
    seen = resource.line_resource(declared.name).fields()
    fields = [seen[n].of(of) for n in declared.shown or declared.columns if n in seen]
    if declared.group in seen:
        return _gathered(declared, seen[declared.group], [f for f in fields if f.name != declared.group], rows, names)
    cells = [tuple(drawn(f, getattr(line, f.column), names) for f in fields) for line in rows]
    if declared.ahead and cells:  # what none of them has takes no room
        said = [i for i in range(len(fields)) if any(row[i] not in ("", None) for row in cells)]
        fields, cells = [fields[i] for i in said], [tuple(row[i] for i in said) for row in cells]
    return LinesTable(
        declared.label, tuple(f.label for f in fields), tuple(cells),
        right=tuple(i for i, f in enumerate(fields) if f.numeric), empty=_("None yet"), ahead=declared.ahead, names=tuple(f.name for f in fields),
    )


def _gathered(declared: Any, by: Field, others: Sequence[Field], rows: Sequence[Any], names: Any) -> LinesTable:
    """Many parts, those that differ in nothing but what they say of the same thing on one line."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for line in rows:
        what, said = by.heading(getattr(line, by.column))
        found.setdefault((what, *(drawn(f, getattr(line, f.column), names) for f in others)), []).append(said)
    order = list(dict.fromkeys(key[0] for key in found))
    return LinesTable(
        declared.label, (declared.group_label, by.label, *(f.label for f in others)),
        tuple((key[0], listed(filter(None, said)), *key[1:]) for key, said in sorted(found.items(), key=lambda item: order.index(item[0][0]))),
        empty=_("None yet"),
    )
