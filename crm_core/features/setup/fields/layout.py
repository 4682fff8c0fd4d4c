"""The editor of a form's layout: a list of sections and fields in order, what is required, what shows when."""

from typing import Any

import flask

from crm_core.features.setup.fields.laying import Sections, fields_of, forget, hosts, keep, moved, now
from crm_core.kernel.errors import Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource import layout as kept
from crm_core.resource.fields import Field
from crm_core.web import bulk
from crm_core.web.access import access
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, Choice, Note, Tab
from crm_core.web.viewmodels.layout import LayoutLine, LayoutPage

pages = flask.Blueprint("layouts", __name__)
READ, CHANGE = "core.layout.read", "core.layout.update"
URL = "/forms"


def _host(name: str) -> Any:
    found = next((r for r in hosts() if r.name == name), None)
    if found is None:
        raise Missing(_("This page was not found."))
    return found


@pages.get(URL)
@access(READ)
def first() -> Any:
    return flask.redirect(f"{URL}/{hosts()[0].name}") if hosts() else flask.abort(404)


@pages.get(f"{URL}/<name>")
@access(READ)
def show(name: str) -> Any:
    host = _host(name)
    return _page(host, now(host))


@pages.post(f"{URL}/<name>")
@access(CHANGE)
def save(name: str) -> Any:
    host = _host(name)
    sections = read(host)
    pressed = flask.request.form.get("_do", "")
    if pressed:
        return _page(host, moved(sections, pressed))
    try:
        keep(host, sections)
    except Invalid as bad:
        return _page(host, sections, str(next(iter(bad.fields.values()))[0])), 422
    bulk.say_undo(_("The form is laid out anew."), None)
    return flask.redirect(f"{URL}/{host.name}", 303)


@pages.post(f"{URL}/<name>/reset")
@access(CHANGE)
def reset(name: str) -> Any:
    host = _host(name)
    forget(host)
    bulk.say_undo(_("The form is as it was made."), None)
    return flask.redirect(f"{URL}/{host.name}", 303)


def read(host: Any) -> Sections:
    """What the editor sends: rows in order, `s:<n>` a section, `f:<name>` a field."""
    form, known = flask.request.form, fields_of(host)
    found: Sections = []
    for row in form.getlist("row")[:1_000]:
        kind, _colon, key = row.partition(":")
        if kind == "s":
            found.append({"zh": form.get(f"zh-{key}", "")[:100].strip(), "en": form.get(f"en-{key}", "")[:100].strip(),
                          "folded": f"folded-{key}" in form, "left": key == "left", "fields": []})
        elif kind == "f" and key in known and found:
            line: dict[str, Any] = {"name": key}
            if f"required-{key}" in form:
                line["required"] = True
            other = form.get(f"when-{key}", "")
            if other in known and other != key:
                values = [v for v in form.getlist(f"is-{key}") if v] or ["*"]
                line["when"] = {"field": other, "values": [v.strip() for part in values for v in part.split(",") if v.strip()][:50]}
            found[-1]["fields"].append(line)
    return found


# --- the page ------------------------------------------------------------------------------------------------------------


def _page(host: Any, sections: Sections, fault: str = "") -> str:
    known, may = fields_of(host), actor().can(CHANGE)
    lines: list[LayoutLine] = []
    for n, one in enumerate(sections):
        key = "left" if one.get("left") else str(n)
        lines.append(LayoutLine(f"s:{key}", _("Not in the form") if one.get("left") else "", section=True, key=key, zh=one["zh"], en=one["en"],
                                folded=one.get("folded", False), fixed=n == 0 or bool(one.get("left"))))
        lines += [_line(known, line) for line in one["fields"] if line["name"] in known]
    view = LayoutPage(
        _("Form layout"), tuple(Tab(r.label, f"{URL}/{r.name}", r is host) for r in hosts()), tuple(lines), f"{URL}/{host.name}" if may else "",
        reset=Act(_("As it was made"), f"{URL}/{host.name}/reset", "arrow-back-up", "post",
                  confirm=_("The form gets the sections and order it came with. Fields and values stay.")) if may and kept.rows().get(host.name) else None,
        add=Act(_("New custom field"), f"/core/custom_field/new?resource={host.name}", "plus") if actor().can("core.custom_field.create") else None,
        note=Note(fault, colour="red", icon="alert-triangle") if fault else None,
    )
    return page_of("layout.html", view)


def _line(known: dict[str, Field], line: dict[str, Any]) -> LayoutLine:
    field, when = known[line["name"]], line.get("when") or {}
    others = tuple(Choice(n, f.label, n == when.get("field")) for n, f in known.items() if n != field.name and f.column and not hasattr(f, "target"))
    by = known.get(when.get("field", ""))
    options = getattr(by, "options", None)
    chosen = tuple(when.get("values", ()))
    return LayoutLine(
        f"f:{field.name}", field.label, key=field.name, required=bool(line.get("required")) or field.required, must=field.required or not field.column or field.readonly,
        own=bool(field.info.get("custom")), whens=others if field.column else (), values=",".join(v for v in chosen if v != "*"),
        options=tuple(Choice(code, label, code in chosen) for code, label in options()) if callable(options) else (),
    )

