"""Several records that are one: which stays, in each field whose value, and what goes along; then one act with its undo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import flask

from crm_core.data.session import writing
from crm_core.kernel.errors import BadRequest, Conflict, CrmError, Forbidden, Invalid, Missing
from crm_core.kernel.i18n import _, in_sentence
from crm_core.resource import changes, merging, places, sensitive
from crm_core.resource.fields import Bad, Field
from crm_core.resource.references import RefsField
from crm_core.resource.show import show_moment
from crm_core.text.numbers import whole
from crm_core.web import controls, edit, render, urls
from crm_core.web.bulk import say_undo
from crm_core.web.show import page_of
from crm_core.web.viewmodels import BulkFormPage, Crumb, MergeCell, MergeField, MergePage, MergeSide, Note

MOST = 5  # records beside each other
_OWN = ("created_at", "created_by", "updated_at", "updated_by")


def answer(resource: Any) -> Any:
    """GET and POST of `…/merge`: asks for the other record while only one is named, then shows the page, then merges."""
    if not resource.mergeable or not (resource.may("update") and resource.may("delete") and resource.may("merge")):
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Merge")))
    given = flask.request.values
    ids = list(dict.fromkeys(i for text in given.getlist("id") if (i := whole(text)) is not None))
    others = _others(resource)
    try:
        texts = controls.read({"others": others}, flask.request.form)
        ids = list(dict.fromkeys([*ids, *(others.parse(texts.get("others", "")) or ())]))
    except Bad as bad:
        return page_of("bulk_form.html", _ask(resource, others, ids, bad.message)), 422
    if not ids:
        raise Missing(_("This record was not found."))
    if len(ids) == 1:
        missing = _("Choose the record that is the same.") if flask.request.method == "POST" and given.get("others__sent") else ""
        return page_of("bulk_form.html", _ask(resource, others, ids, missing)), 422 if missing else 200
    if len(ids) > MOST:
        raise BadRequest(_("At most %(n)s records are merged at once.", n=MOST))
    rows = _rows(resource, ids)
    if given.get("go") and flask.request.method == "POST":
        try:
            return _merge(resource, rows)
        except Conflict:
            return page_of("merge.html", _page(resource, rows, _("Somebody changed one of them meanwhile; look once more."))), 409
        except Invalid as bad:
            return page_of("merge.html", _page(resource, rows, next((m[0] for m in bad.fields.values() if m), bad.message))), 422
        except CrmError as refused:
            return page_of("merge.html", _page(resource, rows, refused.message)), refused.status
    return page_of("merge.html", _page(resource, rows))


def _others(resource: Any) -> RefsField:
    return RefsField(name="others", column="", label=_("The same as"), target=resource.name, required=True)


def _ask(resource: Any, field: Field, ids: Sequence[int], error: Any) -> BulkFormPage:
    row = resource.get(ids[0], "update")
    return BulkFormPage(
        title=_("%(what)s: %(name)s", what=_("Merge with another"), name=resource.title(row)), action=urls.of_act(resource, None, "merge"),
        submit=_("Next"), fields=controls.of_fields({"others": field}, {}, {"others": [error]} if error else {}), hidden=(("id", str(row.id)),),
        back_url=urls.of_record(resource, row.id),
    )


def _rows(resource: Any, ids: Sequence[int]) -> list[Any]:
    """The records, oldest first; all of them must be his to change and to delete."""
    return [_his(resource, row_id) for row_id in sorted(ids)]


def _his(resource: Any, row_id: int) -> Any:
    resource.get(row_id, "delete")
    return resource.get(row_id, "update")


def fields_of(resource: Any) -> dict[str, Field]:
    """What is chosen field by field."""
    found = {n: f for n, f in edit.form_fields(resource).items() if not f.readonly and n not in _OWN and f.kind != "number_series"}
    if resource.place is not None and found.keys() >= set(resource.place.pair):  # a place is chosen as a whole
        del found[resource.place.longitude]
        found[resource.place.latitude] = replace(resource.place.field(resource.table), info={"pair": resource.place.pair})
    return found


def value_of(field: Field, row: Any) -> Any:
    """What is chosen of a record in one field; of a place its two numbers, None without one."""
    pair = tuple(getattr(row, name) for name in field.info.get("pair", (field.column,)))
    return pair[0] if len(pair) == 1 else pair if None not in pair else None


def written(name: str, field: Field, value: Any) -> dict[str, Any]:
    """A value that was chosen, as it is written."""
    pair = field.info.get("pair")
    return dict(zip(pair, value or (None, None), strict=True)) if pair else {name: value}


def drawing(field: Field, values: Sequence[Any]) -> Callable[[Any], Any]:
    """How such values are shown."""
    return _place if field.info.get("pair") else render.renderer(field, values)


def _page(resource: Any, rows: Sequence[Any], fault: Any = "") -> MergePage:
    fields = fields_of(resource)
    sensitive.read(resource, fields, rows, "form")
    form = flask.request.form
    keep = whole(form.get("keep", "")) or rows[0].id
    differ, same = [], []
    for name, field in fields.items():
        values = [value_of(field, row) for row in rows]
        draw = drawing(field, values)
        if all(value == values[0] for value in values):
            if values[0] not in (None, "", []):
                same.append((field.label, draw(values[0])))
            continue
        picked = form.getlist(f"pick-{name}") or _first(rows, values, keep, both=field.kind == "note")
        cells = tuple(MergeCell(str(row.id), draw(value), str(row.id) in picked) for row, value in zip(rows, values, strict=True))
        differ.append(MergeField(name, field.label, cells, both=field.kind == "note"))
    owners = render.user_names(getattr(row, "owner_id", None) for row in rows)
    sides = tuple(_side(resource, row, owners, keep) for row in rows)
    gone = [row.id for row in rows if row.id != keep]
    return MergePage(
        title=_("Merge %(what)s", what=in_sentence(resource.label)), action=urls.of_act(resource, None, "merge"), back_url=urls.of_list(resource),
        sides=sides, fields=tuple(differ), same=tuple(same), along=tuple(merging.goes_along(resource, gone)),
        crumbs=(Crumb(resource.label, urls.of_list(resource)),),
        hidden=tuple(pair for row in rows for pair in (("id", str(row.id)), (f"version-{row.id}", str(row.version)))),
        note=Note(fault, colour="red", icon="alert-triangle") if fault else None,
    )


def _place(value: Any) -> str:
    return places.written(value or (None, None))


def _first(rows: Sequence[Any], values: Sequence[Any], keep: int, *, both: bool) -> list[str]:
    """What is chosen to begin with: the value of the one that stays, else the first there is; of long texts all."""
    filled = [str(row.id) for row, value in zip(rows, values, strict=True) if value not in (None, "", [])]
    return filled if both else [str(keep)] if str(keep) in filled else filled[:1]


def _side(resource: Any, row: Any, owners: Mapping[int, str], keep: int) -> MergeSide:
    owner: int = getattr(row, "owner_id", None) or 0
    return MergeSide(
        str(row.id), resource.title(row), text=_("entered %(when)s", when=show_moment(row.created_at)),
        owner=render.person(owners[owner], owner) if owner in owners else None, url=urls.of_record(resource, row.id), keep=row.id == keep,
    )


def _merge(resource: Any, rows: Sequence[Any]) -> Any:
    """What was chosen into the one that stays, the others into it: one change."""
    form = flask.request.form
    by_id = {row.id: row for row in rows}
    keep = by_id.get(whole(form.get("keep", "")) or 0)
    if keep is None:
        raise Invalid(None, _("Say which one stays."))
    for row in rows:
        if (seen := whole(form.get(f"version-{row.id}", ""))) is not None and seen != row.version:
            raise Conflict(_("Somebody saved a newer version meanwhile."), id=row.id, version=row.version)
    values: dict[str, Any] = {}
    for name, field in fields_of(resource).items():
        picked = [by_id[i] for text in form.getlist(f"pick-{name}") if (i := whole(text)) in by_id]
        found = [value for row in picked if (value := value_of(field, row)) not in (None, "")]
        if found and field.kind == "note":
            found = ["\n\n".join(dict.fromkeys(found))]
        value = found[0] if found else None
        if picked and value != value_of(field, keep):
            values |= written(name, field, value)
    with writing(), changes.change("merge", resource=resource.name) as change:
        kept_id = keep.id
        gone = [row.id for row in rows if row.id != kept_id]
        merging.merge(resource, kept_id, gone)
        if values:  # after the others are gone: a number that only one may have is free now
            resource.write([{"id": kept_id, **values}], kind="merge")
    say_undo(_("Merged"), change)
    return flask.redirect(urls.of_record(resource, kept_id), 303)
