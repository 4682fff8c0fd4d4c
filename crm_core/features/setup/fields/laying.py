"""Laying out a form: what there is to lay out, how it stands now, and keeping what somebody made of it."""

from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data.session import session, writing
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, in_language
from crm_core.kernel.site import site
from crm_core.resource import custom
from crm_core.resource import layout as kept
from crm_core.resource.changes import change, record, stamp
from crm_core.resource.fields import Field
from crm_core.resource.layout import Layout

STAMPS = ("created_at", "created_by", "updated_at", "updated_by")
Sections = list[dict[str, Any]]


def hosts() -> list[Any]:
    """The resources whose forms can be laid out."""
    return sorted((r for r in site().registry.resources.values() if custom.takes(r) and r.may("read")), key=lambda r: (r.order, str(r.label)))


def now(host: Any) -> Sections:
    """The sections as they are: laid out by somebody, else as declared; what has no place yet comes last."""
    found: Sections = [{**one, "fields": list(one["fields"])} for one in kept.rows().get(host.name) or ()]
    if not found:
        found = [_section(s.label, s.fields, s.folded) for s in host.form] or [_section(host.singular, (), False)]
    placed = {line["name"] for one in found for line in one["fields"]}
    rest = [n for n, f in fields_of(host).items() if n not in placed]
    if rest:
        home = next((one for one in reversed(found) if not one.get("left")), found[-1])
        home["fields"] += [{"name": n} for n in rest]
    if not any(one.get("left") for one in found):
        found.append({"zh": "", "en": "", "folded": False, "left": True, "fields": []})
    return found


def _section(label: Any, names: tuple[str, ...], folded: bool) -> dict[str, Any]:
    said = {}
    for code, language in (("zh", "zh_Hans_CN"), ("en", "en")):
        with in_language(language):
            said[code] = str(label)
    return {**said, "folded": folded, "fields": [{"name": n} for n in names]}


def fields_of(host: Any) -> dict[str, Field]:
    """Fields that have a place in the form, lines too."""
    found = {n: f for n, f in host.all_fields.items() if n not in (*STAMPS, *host.hidden_fields)}
    if host.takes_fields:  # its feature asks for what an administrator added, and what that may depend on
        return {n: f for n, f in found.items() if f.info.get("custom") or f.kind == "enum"}
    lines = {d.name: Field(name=d.name, column="", label=d.label or d.name) for d in host.lines}
    return {**found, **lines}


def moved(sections: Sections, pressed: str) -> Sections:
    """Without scripts: a row goes up or down by one, a section is added."""
    what, _colon, key = pressed.partition(":")
    if what == "section":
        sections.insert(max(0, len(sections) - 1), {"zh": "", "en": "", "folded": False, "fields": []})
        return sections
    flat = [(at, line) for at, one in enumerate(sections) for line in one["fields"]]
    place = next((i for i, (_at, line) in enumerate(flat) if line["name"] == key), None)
    if place is None:
        return sections
    at, line = flat[place]
    inside = sections[at]["fields"]
    here, step = inside.index(line), -1 if what == "up" else 1
    inside.remove(line)
    if 0 <= here + step <= len(inside):
        inside.insert(here + step, line)
    elif 0 <= at + step < len(sections):
        other = sections[at + step]["fields"]
        other.insert(len(other) if step < 0 else 0, line)
    else:
        inside.insert(here, line)
    return sections


def keep(host: Any, sections: Sections) -> None:
    """Save a layout. Raises Invalid when a field that must be given would not be in the form."""
    known = fields_of(host)
    left = {line["name"] for one in sections if one.get("left") for line in one["fields"]}
    needed = [known[n] for n in left if n in known and known[n].required and known[n].default is None]
    if needed:
        raise Invalid({needed[0].name: [_("“%(name)s” is required, so it must stay in the form.", name=needed[0].label)]})
    nameless = [one for one in sections if not one.get("left") and one["fields"] and not (one["zh"] or one["en"])]
    if nameless:
        raise Invalid({"section": [_("Give each section a name.")]})
    found = [one for one in sections if one["fields"]]
    with writing(), change("layout", resource="core.layout") as act:
        row = session.scalar(sa.select(Layout).where(Layout.resource == host.name))
        if row is None:
            session.add(stamp(Layout(resource=host.name, sections=found)))
        else:
            record("core.layout", "update", [(row.id, {"sections": row.sections})], act)
            row.sections = found
        bump()


def forget(host: Any) -> None:
    """The form is as it was declared again."""
    with writing(), change("layout", resource="core.layout"):
        row = session.scalar(sa.select(Layout).where(Layout.resource == host.name))
        if row is not None:
            row.sections = []
        bump()
