"""Making and changing a record in a form; when somebody was quicker, the page of two versions (versions.py)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import flask
from werkzeug.datastructures import MultiDict

from crm_core.data import inside
from crm_core.data.session import session, writing
from crm_core.kernel.errors import Conflict, CrmError, Forbidden, Invalid, Refused
from crm_core.kernel.i18n import _, in_sentence, listed
from crm_core.kernel.site import actor, site
from crm_core.resource import asking, drafts, layout, once, pairs, sensitive, settled, telling
from crm_core.resource.asking import OnlyAsked
from crm_core.resource.fields import Field
from crm_core.resource.figures import house_currency
from crm_core.resource.kept import children
from crm_core.resource.references import RefField
from crm_core.resource.resource import Resource
from crm_core.resource.twins import Told
from crm_core.text.alike import LIKELY
from crm_core.text.numbers import whole
from crm_core.web import bulk, controls, foretelling, twins, urls, versions, ways
from crm_core.web.show import page_of
from crm_core.web.viewmodels import (
    Act,
    Crumb,
    Draft,
    ErrorLink,
    FormPage,
    Note,
)


def form(resource: Any, row_id: int | None) -> Any:
    """GET and POST of `new` and `<id>/edit`."""
    fields = form_fields(resource)
    if not resource.may("create" if row_id is None else "update"):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.singular))
    row = resource.get(row_id, "update") if row_id is not None else None
    if row is not None and flask.request.method == "GET" and (waits := asking.locked(resource, [row.id])):
        raise Refused(waits[row.id])
    if row is not None and flask.request.method == "GET" and asking.bound(resource, [row.id]):
        return flask.redirect(urls.of_act(resource, row.id, asking.PAGE))
    if flask.request.method == "POST":
        return _post(resource, row, fields, flask.request.form)
    kept = drafts.load(_draft_key(resource, row_id))
    if kept is not None and "draft" in flask.request.args:
        return _show(resource, row, fields, {**_texts(resource, row, fields), **kept["texts"]}, {}, kept["lines"], {}, restored=True)
    texts = _texts(resource, row, fields)
    return _show(resource, row, fields, texts, {}, _line_texts(resource, row), {}, kept=kept is not None)


def form_fields(resource: Any) -> dict[str, Field]:
    return {n: f for n, f in resource.fields().items() if n not in resource.hidden_fields}


def pointing(resource: Any, given: Mapping[str, str]) -> dict[str, Field]:
    """Fields by which a new record points at another, when the link or the form says so: kept hidden in the form."""
    fields = resource.fields(writing=True)
    pairs = [(f.name, f"{f.column}_id") for f in fields.values() if f.kind == "anyref"]
    return {n: fields[n] for pair in pairs if all(n in fields and given.get(n) for n in pair) for n in pair}


def _texts(resource: Any, row: Any, fields: dict[str, Field]) -> dict[str, str]:
    if row is not None:
        return {n: f.text(getattr(row, f.column)) for n, f in fields.items()}
    start: dict[str, Any] = {n: value for n, f in fields.items() if (value := f.begins_with()) is not None}
    who = actor()
    if "owner" in fields and not _follows(resource):
        start.update(owner=who.user_id, department=who.department_id)
    start.update({n: house_currency() for n, f in fields.items() if f.kind == "currency" and not inside.is_nullable(resource.table, f.column)})
    start.update(resource.defaults())
    texts = {n: fields[n].text(v) for n, v in start.items() if n in fields}
    texts.update({k: v for k, v in flask.request.args.items() if k in fields})  # a link may fill a form in advance
    return texts


def _follows(resource: Any) -> bool:
    """Whether whose a new record is follows from what it is for, so that its form leaves that open."""
    return type(resource).whose is not Resource.whose


def _line_texts(resource: Any, row: Any) -> dict[str, list[dict[str, str]]]:
    if row is None:
        return {d.name: [controls.blank(resource, d)] if d.first else [] for d in resource.lines}
    found: dict[str, list[dict[str, str]]] = {d.name: [] for d in resource.lines}
    for declared in resource.lines:
        fields = resource.line_fields(declared)
        for line in lines_of(resource, declared, row.id):
            texts = {n: f.text(getattr(line, f.column)) for n, f in fields.items()}
            found[declared.name].append({**texts, "id": str(line.id)})
    return found


def lines_of(resource: Any, declared: Any, row_id: int) -> list[Any]:
    """The child rows of one lines declaration, oldest first, at most what a form takes."""
    return list(session.scalars(children(declared.model, resource.link_column(declared.name), controls.MAX_LINES), {"id": row_id}))


def _post(resource: Any, row: Any, fields: dict[str, Field], sent: MultiDict[str, str]) -> Any:
    # A form may name a few of the fields (a phone sends what was changed): the others stay as they are.
    untouched = fields if row is not None else {n: f for n, f in fields.items() if f.readonly}
    texts = {**_texts(resource, row, untouched), **controls.read(fields, sent)}
    if row is None:
        links = pointing(resource, sent)
        texts.update({n: sent[n] for n in links})
    lines = controls.read_lines(resource, sent)
    if sent.get("_add"):
        lines.setdefault(sent["_add"], []).append({})
        return _show(resource, row, fields, texts, {}, lines, {})
    if sent.get("_remove"):
        name, _dash, at = sent["_remove"].rpartition("-")
        place = whole(at)
        if place is not None and place < len(lines.get(name, ())):
            lines[name][place]["remove"] = "1"
        return _show(resource, row, fields, texts, {}, lines, {})
    if sent.get("_tell"):
        theirs = {one.name: lines_of(resource, one, row.id) for one in resource.lines if one.name in lines} if row is not None else {}
        return _show(resource, row, fields, texts, {}, foretelling.lines(resource, fields, texts, lines, row, theirs), {})
    if sent.get("_ask"):
        return _ask(resource, row, fields, texts, lines)
    if sent.get("_claim"):
        return _claim(resource, row, fields, texts, lines)
    faults: dict[str, list[Any]] = {}
    line_faults: dict[str, dict[str, Any]] = {}
    writable = {n: f for n, f in fields.items() if not f.readonly} | (links if row is None else {})
    values = controls.parse(writable, {n: t for n, t in texts.items() if n in writable}, faults, unchanged(row, writable, texts))
    for name, sentences in layout.lacking(resource, fields, texts).items():
        faults.setdefault(name, sentences)
    given = controls.parse_lines(resource, lines, line_faults)
    places = {name: [line.pop("__at__") for line in found] for name, found in given.items()}
    if faults or line_faults:
        return _show(resource, row, fields, texts, faults, lines, line_faults), 422
    values.update(given)
    if row is None and _follows(resource) and values.get("owner") is None and values.get("department") is None:
        values = {n: value for n, value in values.items() if n not in ("owner", "department")}  # left open: it follows from what it is for
    if row is not None:
        values["id"] = row.id
        values["version"] = _version(sent)
    alike = twins.told(resource, texts, None, lines, LIKELY) if row is None else []
    reason, draft = sent.get("_twins_reason", "").strip()[:200], _draft_key(resource, row.id if row is not None else None)
    if alike and not reason:
        return _show(resource, row, fields, texts, {}, lines, {}, alike=alike, why=_("Say why it is another one, then save again.")), 422
    try:
        with writing():
            saved = _write(resource, values, sent.get("form_key", "") if row is None else "")
            if alike:
                pairs.entered(resource, saved, alike, reason)
            drafts.discard(draft)
    except OnlyAsked:
        try:
            asked = asking.propose(resource, row.id, values)
            drafts.discard(draft)
        except Invalid as bad:
            return _show(resource, row, fields, texts, bad.fields, lines, {}, note=str(bad)), 422
        if "application/json" in flask.request.headers.get("Accept", ""):  # a phone, which draws no page that could say so
            return {"proposed": asked.number, "detail": str(asked.said)}, 202
        bulk.say_undo(asked.said, asked.change)
        saved = row.id
    except Invalid as bad:
        for name, found in bad.details.get("lines", {}).items():
            if name in places:  # else they were written again for what the form says of their record
                line_faults[name] = {str(places[name][int(i)]): f for i, f in found.items()}
        known = {n: m for n, m in bad.fields.items() if n not in line_faults}
        return _show(resource, row, fields, texts, known, lines, line_faults), 422
    except Conflict:
        if lines or not _stands(resource, row.id, writable, values):
            return page_of("conflict.html", versions.page(resource, row.id, fields, texts, lines, _version(sent))), 409
        saved = row.id  # sent a second time, its answer was lost: what was wanted is there
        drafts.discard(draft)
    except CrmError as refused:
        return _show(resource, row, fields, texts, {}, lines, {}, note=str(refused)), refused.status
    if said := telling.told():
        bulk.say_undo(said, None)
    if sent.get("_then") == "new":
        return flask.redirect(urls.of_act(resource, None, "new"), 303)
    return flask.redirect(urls.safe_path(sent.get("back", "")) if sent.get("back") else ways.to_record(resource, saved), 303)


def _alike(resource: Any, row: Any, texts: dict[str, str], lines: dict[str, Any], button: str) -> tuple[list[Told], Told | None]:
    """The records that look like the one in the form, and which of them the button speaks of; None when it is not among them."""
    found = twins.told(resource, texts, row.id if row is not None else None, lines)
    at = twins.wanted(flask.request.form[button])
    return found, found[at] if at is not None and at < len(found) else None


def _ask(resource: Any, row: Any, fields: dict[str, Field], texts: dict[str, str], lines: dict[str, Any]) -> Any:
    """Ask a colleague for the record he holds that looks like the one in the form; nothing is saved."""
    found, one = _alike(resource, row, texts, lines, "_ask")
    if one is None:
        return _show(resource, row, fields, texts, {}, lines, {}, alike=found)
    pairs.ask(resource, one, texts.get(resource.label_field, ""))
    return _show(resource, row, fields, texts, {}, lines, {}, alike=found, told=_("Your colleague has been asked; the answer comes as a message."))


def _claim(resource: Any, row: Any, fields: dict[str, Field], texts: dict[str, str], lines: dict[str, Any]) -> Any:
    """Take the record that looks like the one in the form out of its public pool instead of entering another one."""
    found, one = _alike(resource, row, texts, lines, "_claim")
    if one is None or resource.brief_resource is None:
        return _show(resource, row, fields, texts, {}, lines, {}, alike=found)
    try:
        resource.brief_resource.run("claim", [one.match.id])
    except CrmError as refused:
        return _show(resource, row, fields, texts, {}, lines, {}, alike=found, note=str(refused)), refused.status
    return flask.redirect(ways.to_record(resource, one.match.id), 303)


def similar(resource: Any, row_id: int | None) -> Any:
    """The box of records that look like what stands in a form."""
    fields = form_fields(resource)
    texts = controls.read(fields, flask.request.form)
    found = twins.told(resource, texts, row_id, controls.read_lines(resource, flask.request.form))
    box = twins.box(resource, found, texts, creating=row_id is None, reason=flask.request.form.get("_twins_reason", ""))
    return page_of("parts/twins.html", box, box=box)


def unchanged(row: Any, fields: Mapping[str, Field], texts: Mapping[str, str]) -> dict[str, Any]:
    """What nobody touched keeps its value, whatever is thought of it today (an odd number from an old file)."""
    now = {n: getattr(row, f.column) for n, f in fields.items()} if row is not None else {}
    return {n: value for n, value in now.items() if value is not None and texts.get(n) == fields[n].text(value)}


def _write(resource: Any, values: dict[str, Any], key: str) -> int:
    """Save; a form sent twice (double click, Back) makes one record, known by the key it was drawn with."""
    if not key:
        return int(resource.write([values])[0])
    answer = once.once(f"form {resource.name}", key[:255], b"", lambda: once.Answer(303, str(resource.write([values])[0])))
    return int(answer.body or 0)


def _version(sent: Any) -> int:
    return whole(sent.get("version", ""), 2**31) or 0


def _show(
    resource: Any, row: Any, fields: dict[str, Field], texts: dict[str, str], faults: dict[str, Any],
    lines: dict[str, Any], line_faults: dict[str, Any], *, note: str = "", restored: bool = False, kept: bool = False,
    alike: Sequence[Told] = (), why: Any = "", told: Any = "",
) -> Any:
    creating = row is None
    if not creating:
        sensitive.read(resource, fields, [row], "form")
    stays = settled.frozen(resource, row) if not creating else {}
    shown = {n: replace(f, readonly=True) if n in stays else f for n, f in fields.items() if n not in ("created_at", "created_by", "updated_at", "updated_by")}
    if creating and "owner" in shown and _follows(resource):
        shown["owner"] = replace(shown["owner"], help=shown["owner"].help or _("Left out: whose it is by what it is for, else yours."))
    if stays:  # shown as it stands, whatever was typed
        texts = {**texts, **_texts(resource, row, {n: f for n, f in shown.items() if n in stays})}
        lines = {**lines, **{n: found for n, found in _line_texts(resource, row).items() if n in stays}}
        line_faults = {n: found for n, found in line_faults.items() if n not in stays}
    if why:
        faults = {"_twins_reason": [why]}
    sections = controls.sections(resource, shown, texts, faults, lines, line_faults, creating=creating, stays=stays)
    known = {declared.name: declared.label for declared in resource.lines} | {n: f.label for n, f in fields.items()}
    links = [ErrorLink(n, known.get(n) or (_("This may be here already") if why else ""), m[0]) for n, m in faults.items() if m]
    for name, found in line_faults.items():
        for at, bad in found.items():
            links += [ErrorLink(f"{name}-{at}-{n}", resource.line_resource(name).all_fields[n].label, m[0]) for n, m in bad.items() if m]
    here = urls.of_act(resource, None, "new") if creating else ways.to_act(resource, row.id, "edit")
    hidden = [("version", str(row.version))] if not creating else [("form_key", flask.request.form.get("form_key") or secrets.token_urlsafe(16))]
    back = flask.request.values.get("back", "")
    if back:
        hidden.append(("back", urls.safe_path(back)))
    about = pointing(resource, flask.request.values) if creating else {}
    hidden += [(n, flask.request.values[n]) for n in about]
    crumbs = [Crumb(resource.label, ways.to_list(resource))]
    if not creating:
        crumbs.append(Crumb(resource.title(row), ways.to_record(resource, row.id)))
    message = Note(note, colour="red", icon="alert-triangle") if note else _stays(stays) if stays else _about(about)
    if kept:
        message = Note(
            _("There is a draft of this form"), _("It was not saved. You can go on with it."), "acc", "file-pencil",
            (Act(_("Go on with the draft"), urls.address(here, [("draft", "1")])),),
        )
    if told:
        message = Note(told, colour="acc", icon="send")
    again = [n for n in (*resource.duplicates, *resource.duplicate_hints) if n in fields and not fields[n].readonly and not isinstance(fields[n], RefField)]
    again += [n for n in resource.duplicate_lines if again]
    page = FormPage(
        title=_("New %(what)s", what=in_sentence(resource.singular)) if creating else _("Edit: %(name)s", name=resource.title(row)),
        action=here, cancel_url=(urls.safe_path(back) if back else urls.of_list(resource) if creating else ways.to_record(resource, row.id)),
        acts=tuple(resource.form_acts(flask.request.values)) if creating else (),
        sections=sections, crumbs=tuple(crumbs), hidden=tuple(hidden), submit=(creating and resource.submit) or _("Save"), save_new=creating, errors=tuple(links),
        note=message, twins_url=urls.of_act(resource, None if creating else row.id, "twins") if again else "", twins_fields=tuple(again),
        twins=twins.box(resource, alike, texts, creating=creating, reason=flask.request.form.get("_twins_reason", ""), error=why) if alike else None,
        draft=Draft(
            urls.of_act(resource, None if creating else row.id, "draft"), restored=restored,
            discard=Act(_("Discard"), urls.of_act(resource, None if creating else row.id, "draft/discard"), method="post") if restored else None,
        ),
    )
    return page_of("form.html", page)


def _stays(said: Mapping[str, Any]) -> Note:
    """Why some of the fields are only shown."""
    first, *others = dict.fromkeys(str(one) for one in said.values())
    return Note(first, listed(others), colour="amber", icon="lock")


def _about(fields: Mapping[str, Field]) -> Note | None:
    """What the new record will point at, in words; nothing for what the reader may not know."""
    for name, field in fields.items():
        target = site().registry.resources.get(flask.request.values[name]) if field.kind == "anyref" else None
        if target is None:
            continue
        text = flask.request.values[f"{field.column}_id"]
        label = target.name_of(whole(text))
        if label:
            return Note(_("About: %(name)s", name=label), colour="acc", icon=target.icon)
    return None


def _draft_key(resource: Any, row_id: int | None) -> str:
    return f"{resource.name}:{row_id or 'new'}"


def save_draft(resource: Any, row_id: int | None) -> None:
    """Keep what stands in a form, five seconds after the last key."""
    fields = {n: f for n, f in form_fields(resource).items() if f.kind != "sealed"}  # a secret lies in no draft
    texts = controls.read(fields, flask.request.form)
    drafts.save(_draft_key(resource, row_id), {"texts": texts, "lines": controls.read_lines(resource, flask.request.form)})


def discard_draft(resource: Any, row_id: int | None) -> None:
    drafts.discard(_draft_key(resource, row_id))


def resolve(resource: Any, row_id: int) -> Any:
    """Save what was chosen on the page of two versions; it may conflict again when a third person saves."""
    return _post(resource, resource.get(row_id, "update"), form_fields(resource), versions.chosen(resource, flask.request.form))


def _stands(resource: Any, row_id: int, fields: Mapping[str, Field], values: Mapping[str, Any]) -> bool:
    """Whether the record says already what a form wants of it."""
    now = resource.get(row_id, "update")
    return all(f.text(values[n]) == f.text(getattr(now, f.column)) for n, f in fields.items() if n in values)
