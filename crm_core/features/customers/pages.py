"""What the pages of customers send: tasks, tags, drafts (what is written: notepages.py); and the tree of regions for the cascade."""

import json
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.customers import notes, panorama, tags
from crm_core.features.customers.kinds import KINDS
from crm_core.features.customers.models import Region
from crm_core.features.tasks import api as tasks
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, language
from crm_core.kernel.site import site
from crm_core.resource import acts, changes, drafts
from crm_core.resource.fields import Bad
from crm_core.text.numbers import whole
from crm_core.text.pinyin import initials, spell
from crm_core.text.places import english_keys
from crm_core.web import controls, records, urls, ways
from crm_core.web.access import signed_in
from crm_core.web.bulk import say_undo
from crm_core.web.show import page_of
from crm_core.web.viewmodels import BulkFormPage

pages = flask.Blueprint("customers", __name__)
ROW = "/core/<any(customer, contact):kind>/<int:row_id>"
REGIONS = "/core/regions.json"


def resource_of(kind: str) -> Any:
    return site().registry.resource(f"core.{kind}")


@pages.post(f"{ROW}/task")
@signed_in
def task(kind: str, row_id: int) -> Any:
    """Give a task about the record."""
    resource, form = resource_of(kind), flask.request.form
    resource.get(row_id)
    try:
        day, hour = tasks.read_when(form.get("due", ""))
        title = form.get("title", "").strip()
        if not title:
            raise Invalid({"title": [_("Say what is to be done.")]})
        receiver = read_receiver(form.get("receiver", ""), form.get("receiver__text", ""))
        tasks.give(title, receiver=receiver, text=form.get("text") or None, due=day, due_time=hour, about=(resource.name, row_id))
    except Invalid as bad:
        return again(resource, row_id, bad, "task")
    drafts.discard(panorama.draft_key(resource, row_id))
    say_undo(_("Task saved"), None)
    return flask.redirect(ways.to_record(resource, row_id), 303)


def read_receiver(value: str, text: str) -> int | None:
    """The picked colleague, or the one whose name was typed without scripts; nobody: oneself."""
    field = site().registry.resource("core.task").all_fields["owner"]
    typed = value.strip() or text.strip()
    if not typed:
        return None
    try:
        parsed = field.parse(typed)
    except Bad as bad:
        raise Invalid({"receiver": [bad.message]}) from None
    found = field.resolve([parsed]).get(parsed)
    if found is None:
        raise Invalid({"receiver": [_("There is no colleague “%(name)s”.", name=typed[:60])]})
    return int(found)


def ids_of(name: str) -> list[int]:
    return [one for v in flask.request.form.getlist(name) if (one := whole(v)) is not None][:50]


def again(resource: Any, row_id: int, bad: Invalid, kind: str) -> Any:
    """The page once more, what was typed still there, the sentence beside it."""
    from dataclasses import replace

    page = records.page(resource, row_id)
    message = next((m for found in bad.fields.values() for m in found), str(bad))
    shown = panorama.composer(resource, row_id, error=message, kind=kind, text=flask.request.form.get("text", ""))
    return page_of("record.html", replace(page, composer=shown)), 422


@pages.post(f"{ROW}/compose")
@signed_in
def compose(kind: str, row_id: int) -> Any:
    """Keep what stands in the composer, five seconds after the last key."""
    resource = resource_of(kind)
    resource.get(row_id)
    form = flask.request.form
    text = form.get("text", "")[: notes.LONGEST]
    key = panorama.draft_key(resource, row_id)
    if text.strip():
        drafts.save(key, {"kind": form["kind"] if form.get("kind") in (*KINDS, "task") else "note", "text": text})
    else:
        drafts.discard(key)
    return {"saved": f"{clock.local(clock.now()):%H:%M}"}


@pages.route(f"{ROW}/tags", methods=["GET", "POST"])
@signed_in
def record_tags(kind: str, row_id: int) -> Any:
    """The tags of one record, in a small form: what is taken out of it is taken off."""
    resource = resource_of(kind)
    action = resource.all_actions["tag"]
    row, fields = resource.get(row_id, action.name), acts.fields_of(resource, action)
    have = [r[0] for r in session.execute(*tags.ask_of(resource.name, row_id))]
    texts, faults = {tags.NAME: ",".join(map(str, have))}, {}
    if flask.request.method == "POST":
        texts = controls.read(fields, flask.request.form)
        try:
            say_undo(_("Tags saved"), _save_tags(resource, row_id, have, fields[tags.NAME].parse(texts[tags.NAME]) or []))
            return flask.redirect(ways.to_record(resource, row_id), 303)
        except (Bad, Invalid) as bad:
            faults = bad.fields if isinstance(bad, Invalid) else {tags.NAME: [bad.message]}
    page = BulkFormPage(
        _("Tags: %(name)s", name=resource.title(row)), urls.of_act(resource, row_id, "tags"), _("Save"),
        fields=controls.of_fields(fields, texts, faults), back_url=urls.of_record(resource, row_id),
    )
    return (page_of("bulk_form.html", page), 422) if faults else page_of("bulk_form.html", page)


def _save_tags(resource: Any, row_id: int, have: list[int], wanted: list[Any]) -> int | None:
    """Two acts as one change: taken off what was taken out, put what is new."""
    gone, new = [t for t in have if t not in wanted], [t for t in wanted if t not in have]
    if not gone and not new:
        return None
    with writing(), changes.change("tag", resource=resource.name) as change:
        for act, some in (("untag", gone), ("tag", new)):
            if some:
                resource.run(act, [row_id], acts.values(resource, resource.all_actions[act], {tags.NAME: some}))
        return change


@pages.get(REGIONS)
@signed_in
def regions() -> Any:
    """The tree of regions with their sounds; kept by the browser until a region changes."""
    if not site().registry.resource("core.region").may("read"):
        return flask.jsonify([])
    state = session.execute(sa.select(sa.func.count(Region.id), sa.func.max(Region.updated_at))).one()
    etag = f"{language()}-{state[0]}-{state[1]:%Y%m%d%H%M%S%f}" if state[1] is not None else "0"
    if etag in flask.request.if_none_match:
        answer = flask.Response(status=304)
    else:
        answer = flask.Response(site().cached(("regions", etag), region_tree), mimetype="application/json")
    answer.set_etag(etag)
    answer.cache_control.private = True
    answer.cache_control.no_cache = True
    return answer


def region_tree() -> str:
    """`code` is what a form sends: the region's id."""
    english = language() == "en"
    rows = session.execute(sa.select(Region.id, Region.parent_id, Region.name, Region.english, Region.dialling_code, Region.postcode).order_by(Region.code, Region.id))
    below: dict[int | None, list[dict[str, Any]]] = {}
    for row in rows:
        syllables = spell(row.name)
        keys = ["".join(syllables), initials(row.name), *((english_keys(row.english)[0], row.name) if english else ())]
        one: dict[str, Any] = {"id": row.id, "code": str(row.id), "name": row.english if english else row.name, "keys": " ".join(keys)}
        if row.dialling_code:
            one["dial"] = row.dialling_code
        if row.postcode:
            one["post"] = row.postcode
        below.setdefault(row.parent_id, []).append(one)

    def tree(parent: int | None) -> list[dict[str, Any]]:
        found = below.get(parent, [])
        for one in found:
            children = tree(one.pop("id"))
            if children:
                one["children"] = children
        return found

    return json.dumps(tree(None), ensure_ascii=False, separators=(",", ":"))
