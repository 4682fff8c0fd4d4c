"""Two that were kept as one record: what the new one is called, whose each value is, what hangs on which; one act with its undo."""

from typing import Any

import flask

from crm_core.kernel.errors import CrmError, Forbidden, Invalid
from crm_core.kernel.i18n import _
from crm_core.resource import sensitive, splitting
from crm_core.resource.fields import Bad
from crm_core.text.numbers import whole
from crm_core.web import controls, merging, urls
from crm_core.web.bulk import say_undo
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Crumb, Note, SplitField, SplitGroup, SplitPage

WAYS = (("stays", _("The old one")), ("goes", _("The new one")), ("both", _("Both")))


def answer(resource: Any, row_id: int) -> Any:
    """GET and POST of `…/7/split`."""
    if not resource.mergeable or not (resource.may("update") and resource.may("create") and resource.may("merge")):
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Split")))
    row = resource.get(row_id, "update")
    if flask.request.method == "GET":
        return page_of("split.html", _page(resource, row))
    try:
        return _split(resource, row)
    except Bad as bad:
        return page_of("split.html", _page(resource, row, bad.message)), 422
    except Invalid as bad:
        return page_of("split.html", _page(resource, row, next((m[0] for m in bad.fields.values() if m), bad.message))), 422
    except CrmError as refused:
        return page_of("split.html", _page(resource, row, refused.message)), refused.status


def _page(resource: Any, row: Any, fault: Any = "") -> SplitPage:
    form = flask.request.form
    label = resource.all_fields[resource.label_field]
    fields = {n: f for n, f in merging.fields_of(resource).items() if n != resource.label_field}
    sensitive.read(resource, fields, [row], "form")
    values = {n: (f, merging.value_of(f, row)) for n, f in fields.items()}
    shown = tuple(
        SplitField(n, f.label, merging.drawing(f, [value])(value), form.get(f"goes-{n}", "both" if f.required else "stays"))
        for n, (f, value) in values.items() if value not in (None, "", [])
    )
    groups = tuple(
        SplitGroup(one.key, one.resource.label, tuple((str(i), text, str(i) in form.getlist(f"link-{one.key}")) for i, text in one.rows.items()))
        for one in splitting.linked(resource, row.id)
    )
    return SplitPage(
        title=_("Split: %(name)s", name=resource.title(row)), action=urls.of_act(resource, row.id, "split"), back_url=urls.of_record(resource, row.id),
        name=controls.control(label, form.get(label.name, ""), error=fault if fault and not form.get(label.name) else ""),
        fields=shown, groups=groups, ways=WAYS, crumbs=(Crumb(resource.label, urls.of_list(resource)), Crumb(resource.title(row), urls.of_record(resource, row.id))),
        note=Note(fault, colour="red", icon="alert-triangle") if fault else None,
    )


def _split(resource: Any, row: Any) -> Any:
    form, label = flask.request.form, resource.all_fields[resource.label_field]
    name = label.parse(form.get(label.name, ""))
    if not name:
        raise Bad(_("Say what the new one is called."))
    values: dict[str, Any] = {label.name: name}
    remaining: dict[str, Any] = {}
    for one, field in merging.fields_of(resource).items():
        value, way = merging.value_of(field, row), form.get(f"goes-{one}", "stays")
        if one == label.name or value in (None, ""):
            continue
        if way in ("goes", "both"):
            values |= merging.written(one, field, value)
        if way == "goes" and not field.required:
            remaining |= merging.written(one, field, None)
    chosen = {key.removeprefix("link-"): [i for text in form.getlist(key) if (i := whole(text)) is not None] for key in form if key.startswith("link-")}
    made, change = splitting.split(resource, row.id, values, remaining, chosen)
    say_undo(_("Split"), change)
    return flask.redirect(urls.of_record(resource, made), 303)
