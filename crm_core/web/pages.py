"""The generic pages of every resource. Data flows one way: request → view → resource → query → template."""

from typing import Any

import flask

from crm_core.kernel.calling import shown
from crm_core.kernel.declare import Panel
from crm_core.kernel.errors import BadRequest, Forbidden, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import offered, site
from crm_core.resource import asking, listing
from crm_core.resource.conditions import dumps
from crm_core.resource.fields import Bad
from crm_core.resource.seen import told
from crm_core.text.numbers import whole
from crm_core.web import (
    acting,
    bulk,
    columns,
    conditioning,
    duplicates,
    edit,
    filtering,
    histories,
    inline,
    lists,
    lookups,
    mapping,
    merging,
    panelling,
    press,
    printing,
    records,
    splitting,
    urls,
    viewing,
    ways,
)
from crm_core.web.access import body_limit, resource_access, signed_in
from crm_core.web.show import page_of
from crm_core.web.viewmodels import PanelView

blueprint = flask.Blueprint("pages", __name__)
LIST = "/<package>/<path>"
ROW = "/<package>/<path>/<int:row_id>"


def resource_at(package: str, path: str) -> Any:
    """The resource an address names, if it exists here and the actor may read it; raises Missing alike otherwise."""
    found = site().registry.resources.get(f"{package}.{path}")
    if found is None or not found.verbs or not found.may("read"):
        if found is not None and found.brief_resource is not None and found.brief_resource.may("read"):
            return found
        raise Missing(_("This page was not found."))
    return found


@blueprint.get(LIST)
@resource_access("read")
def index(package: str, path: str) -> Any:
    resource = resource_at(package, path)
    if not resource.may("read"):
        return flask.redirect(urls.of_list(resource.brief_resource))
    asked = lists.pairs()
    if not asked and (first := viewing.begins(resource)):
        return flask.redirect(first)
    whole = listing.spelled_out(resource, asked)
    if whole != asked:
        return flask.redirect(urls.of_list(resource, whole))
    return page_of("list.html", lists.page(resource, asked))


@blueprint.get(f"{LIST}/points")
@resource_access("read")
def points(package: str, path: str) -> Any:
    return mapping.points(resource_at(package, path), lists.pairs())


@blueprint.route(f"{LIST}/new", methods=["GET", "POST"])
@resource_access("create")
def new(package: str, path: str) -> Any:
    return edit.form(resource_at(package, path), None)


@blueprint.get(ROW)
@resource_access("read")
def record(package: str, path: str, row_id: int) -> Any:
    resource = resource_at(package, path)
    full = site().registry.resources[resource.rules_of]
    if resource.is_brief and full.sees(row_id):
        return flask.redirect(ways.to_record(full, row_id))  # the brief view is for what one may not read as a whole
    try:
        return page_of("record.html", records.page(resource, row_id, flask.request.args.get("tab", "")))
    except Missing:
        kept = resource.merged_into(row_id)
        if kept is None:
            raise
        return flask.redirect(urls.of_record(resource, kept), 301)


@blueprint.route(f"{ROW}/edit", methods=["GET", "POST"])
@resource_access("update")
def change(package: str, path: str, row_id: int) -> Any:
    return edit.form(resource_at(package, path), row_id)


@blueprint.route(f"{ROW}/cell", methods=["GET", "POST"])
@resource_access("update")
def cell(package: str, path: str, row_id: int) -> Any:
    return inline.answer(resource_at(package, path), row_id)


@blueprint.post(f"{ROW}/resolve")
@resource_access("update")
def resolve(package: str, path: str, row_id: int) -> Any:
    return edit.resolve(resource_at(package, path), row_id)


@blueprint.post(f"{LIST}/draft")
@resource_access("create")
def draft_new(package: str, path: str) -> Any:
    return _draft(resource_at(package, path), None)


@blueprint.post(f"{ROW}/draft")
@resource_access("update")
def draft(package: str, path: str, row_id: int) -> Any:
    resource = resource_at(package, path)
    resource.get(row_id, "update")
    return _draft(resource, row_id)


def _draft(resource: Any, row_id: int | None) -> Any:
    from crm_core.kernel import clock

    edit.save_draft(resource, row_id)
    if "application/json" in flask.request.headers.get("Accept", ""):
        return {"saved": f"{clock.local(clock.now()):%H:%M}"}
    return flask.redirect(ways.to_record(resource, row_id) if row_id else urls.of_list(resource), 303)


@blueprint.post(f"{LIST}/draft/discard")
@resource_access("create")
def discard_new(package: str, path: str) -> Any:
    resource = resource_at(package, path)
    edit.discard_draft(resource, None)
    return flask.redirect(urls.of_act(resource, None, "new"), 303)


@blueprint.post(f"{ROW}/draft/discard")
@resource_access("update")
def discard(package: str, path: str, row_id: int) -> Any:
    resource = resource_at(package, path)
    edit.discard_draft(resource, row_id)
    return flask.redirect(ways.to_act(resource, row_id, "edit"), 303)


@blueprint.post(f"{ROW}/delete")
@resource_access("delete")
def delete(package: str, path: str, row_id: int) -> Any:
    resource = resource_at(package, path)
    version = whole(flask.request.form.get("version", ""))
    versions = {row_id: version} if version is not None else None
    if asking.needed(resource, "delete", [row_id]):
        return acting.handed_in(resource, row_id, asking.submit(resource, "delete", row_id))
    made = resource.delete([row_id], versions=versions)
    bulk.say_undo(_("Deleted"), made)
    return flask.redirect(ways.to_list(resource), 303)


@blueprint.route(f"{ROW}/do/<action>", methods=["GET", "POST"])
@resource_access("read")
@body_limit(acting.limit)
def act(package: str, path: str, row_id: int, action: str) -> Any:
    return acting.answer(resource_at(package, path), action, row_id)


@blueprint.get(f"{ROW}/history/<field>")
@resource_access("read")
def history(package: str, path: str, row_id: int, field: str) -> Any:
    return page_of("field_history.html", histories.page(resource_at(package, path), row_id, field))


@blueprint.get(f"{ROW}/panel/<name>")
@resource_access("read")
def panel(package: str, path: str, row_id: int, name: str) -> Any:
    resource = resource_at(package, path)
    found = next(iter(records.boxes(resource, resource.get(row_id), [one for one in records.panels(resource) if isinstance(one, Panel) and one.name == name])), None)
    if found is None:
        raise Missing(_("This page was not found."))
    failed = PanelView(found.label, found.icon or "puzzle", failed=True, load_url=flask.request.path)
    return page_of("panel.html", shown(found, lambda: panelling.filled(found, row_id), failed))


@blueprint.get(f"{ROW}/print/<name>")
@resource_access("print")
def print_by(package: str, path: str, row_id: int, name: str) -> Any:
    resource = _may(resource_at(package, path), "print")
    row = resource.get(row_id, "print")
    found = next((t for t in told(offered(site().registry.print_templates.get(resource.name, ()))) if t.name == name), None)
    if found is None:
        raise Missing(_("This page was not found."))
    drawn = shown(found, lambda: printing.by_template(resource, row, found), None)
    return printing.answer(resource, row, drawn or printing.record(resource, row_id), name)


@blueprint.get(f"{ROW}/print")
@resource_access("print")
def print_record(package: str, path: str, row_id: int) -> Any:
    resource = _may(resource_at(package, path), "print")
    row = resource.get(row_id, "print")
    return printing.answer(resource, row, printing.record(resource, row_id))


@blueprint.get(f"{LIST}/print")
@resource_access("print")
def print_list(package: str, path: str) -> Any:
    resource = _may(resource_at(package, path), "print")
    return press.answer(resource, lists.pairs())


@blueprint.get(f"{LIST}/filter")
@resource_access("read")
def filter_form(package: str, path: str) -> Any:
    resource = resource_at(package, path)
    args = lists.pairs()
    if "op" not in flask.request.args:
        return page_of("filter_form.html", filtering.form(resource, args))
    try:
        return flask.redirect(filtering.canonical(resource, args))
    except BadRequest as bad:
        return page_of("filter_form.html", filtering.form(resource, args, bad.message)), 422


@blueprint.route(f"{LIST}/conditions", methods=["GET", "POST"])
@resource_access("read")
def build_conditions(package: str, path: str) -> Any:
    """The builder of a list's conditions; each of its steps is a post of the form as it stands."""
    resource = resource_at(package, path)
    if flask.request.method == "GET":
        return page_of("conditions.html", conditioning.page(resource, lists.pairs(), conditioning.start(lists.pairs())))
    root, rest = conditioning.read(flask.request.form)
    rest = [(name, text) for name, text in rest if listing.is_argument(resource, name)]  # the address it leads to says no more
    do = flask.request.form.get("do", "apply")
    if do != "apply":
        focus = conditioning.step(resource, root, do)
        return page_of("conditions.html", conditioning.page(resource, rest, root, focus=focus))
    try:
        made = conditioning.tree(resource, root, told=True)
    except BadRequest as bad:
        return page_of("conditions.html", conditioning.page(resource, rest, root, error=bad.message)), 422
    return flask.redirect(urls.of_list(resource, [*rest, ("f", dumps(made))] if made else rest), 303)


@blueprint.post(f"{LIST}/columns")
@resource_access("read")
def keep_columns(package: str, path: str) -> Any:
    resource = resource_at(package, path)
    columns.keep(resource, flask.request.form)
    if "application/json" in flask.request.headers.get("Accept", ""):
        return {}
    return flask.redirect(urls.safe_path(flask.request.form.get("back") or urls.of_list(resource)), 303)


@blueprint.post(f"{LIST}/check")
@resource_access("read")
def check(package: str, path: str) -> Any:
    """What is wrong with one value, for the line beneath its box while somebody still stands there."""
    field = resource_at(package, path).fields(writing=True).get(flask.request.form.get("field", ""))
    if field is None:
        raise BadRequest(_("There is no such field."))
    try:
        field.parse(flask.request.form.get("value", ""))
    except Bad as bad:
        return {"error": str(bad.message)}
    return {"error": ""}


@blueprint.post(f"{LIST}/twins")
@resource_access("create")
def similar(package: str, path: str) -> Any:
    """What looks like the record that is being entered."""
    return edit.similar(resource_at(package, path), None)


@blueprint.post(f"{ROW}/twins")
@resource_access("update")
def similar_to(package: str, path: str, row_id: int) -> Any:
    resource = resource_at(package, path)
    resource.get(row_id, "update")
    return edit.similar(resource, row_id)


@blueprint.route(f"{LIST}/merge", methods=["GET", "POST"])
@resource_access("update")
def merge(package: str, path: str) -> Any:
    """Several records that are one, field by field."""
    return merging.answer(resource_at(package, path))


@blueprint.get(f"{LIST}/duplicates")
@resource_access("update")
def twins(package: str, path: str) -> Any:
    """Likely duplicates among what is stored."""
    return duplicates.page(duplicates.checked(resource_at(package, path)))


@blueprint.post(f"{LIST}/duplicates/sweep")
@resource_access("update")
def look_for_twins(package: str, path: str) -> Any:
    return duplicates.look(duplicates.checked(resource_at(package, path)))


@blueprint.post(f"{LIST}/duplicates/certain")
@resource_access("update")
def merge_twins(package: str, path: str) -> Any:
    return duplicates.certain(duplicates.checked(resource_at(package, path)))


@blueprint.post(f"{LIST}/duplicates/<int:pair_id>/apart")
@resource_access("update")
def no_twins(package: str, path: str, pair_id: int) -> Any:
    return duplicates.apart(duplicates.checked(resource_at(package, path)), pair_id)


@blueprint.route(f"{ROW}/split", methods=["GET", "POST"])
@resource_access("update")
def split(package: str, path: str, row_id: int) -> Any:
    """Two that were kept as one."""
    return splitting.answer(resource_at(package, path), row_id)


@blueprint.post(f"{LIST}/count")
@resource_access("read")
def count(package: str, path: str) -> Any:
    resource = resource_at(package, path)
    return {"text": f"{listing.exact_count(listing.parse(resource, lists.pairs())):,}"}


@blueprint.get(f"{LIST}/export")
@resource_access("export")
def export(package: str, path: str) -> Any:
    from crm_core.web.exports import answer

    resource = _may(resource_at(package, path), "export")
    return answer(resource, lists.pairs())


@blueprint.post(f"{LIST}/bulk/<act_name>")
@resource_access("read")
def bulk_act(package: str, path: str, act_name: str) -> Any:
    return bulk.answer(resource_at(package, path), act_name)


@blueprint.get("/lookup/<name>")
@signed_in
def lookup(name: str) -> Any:
    args = flask.request.args
    beside = {key[5:]: value[:100] for key, value in args.items() if key.startswith("with.")}
    return lookups.lookup(name, args.get("q", ""), beside, [(key, value[:500]) for key, value in args.items() if "." in key and not key.startswith("with.")])


@blueprint.get("/palette")
@signed_in
def palette() -> Any:
    return lookups.palette(flask.request.args.get("q", ""))


@blueprint.get("/dates")
@signed_in
def dates() -> Any:
    return lookups.read_date(flask.request.args.get("q", ""), time="time" in flask.request.args)


def _may(resource: Any, verb: str) -> Any:
    if verb not in resource.verbs or not resource.may(verb):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))
    return resource
