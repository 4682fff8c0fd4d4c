"""What is written about customers, as pages: the composer sends it, who wrote it changes it, who sees to feedback says how."""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

import flask
from markupsafe import Markup

from crm_core.features.customers import notes, panorama, progress, progresspages
from crm_core.features.customers.kinds import HANDLED, KINDS, Kind, NoteKind
from crm_core.features.customers.notelines import CUSTOMER, NAME
from crm_core.features.customers.pages import ROW, again, ids_of, pages, read_receiver, resource_of
from crm_core.features.tasks import api as tasks
from crm_core.kernel import clock
from crm_core.kernel.errors import BadRequest, Invalid
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import my_id, site
from crm_core.resource import drafts
from crm_core.resource.choices import words
from crm_core.resource.show import show_moment
from crm_core.text.numbers import whole
from crm_core.web import controls, lines, urls, ways
from crm_core.web.access import signed_in
from crm_core.web.bulk import say_undo
from crm_core.web.requests import wants_json
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, BulkFormPage, FormField, Status


@pages.post(f"{ROW}/note")
@signed_in
def note(kind: str, row_id: int) -> Any:
    """Write a note or log what was done, with the next step if a day was said."""
    resource, form = resource_of(kind), flask.request.form
    which = form.get("kind") or "note"
    if which not in LOGGED:
        raise BadRequest(_("There is no such kind of entry."))
    declared = KINDS[NoteKind(which)]
    contact = whole(form.get("contact", "")) if resource.name == CUSTOMER else None
    subject, subject_id = ("core.contact", contact) if contact and _is_of(contact, row_id) else (resource.name, row_id)
    asked = progress.fields(NoteKind(which))
    try:
        day, _hour = tasks.read_when(form.get("next", ""))
        done = notes.add_note(
            subject, subject_id, form.get("text", ""), kind=which, at=read_at(form.get("at", "")), mentions=ids_of("mention"), next_day=day,
            more={**_more(declared, form), **_place(form), **(progresspages.read(NoteKind(which), form) if "progress" in form else {})},
            receiver=read_receiver(form.get("receiver", ""), form.get("receiver__text", "")), key=form.get("key", "")[:64],
        )
    except Invalid as bad:
        if wants_json():
            raise
        return again(resource, row_id, bad, which)
    if wants_json():
        return {"id": done.id}
    drafts.discard(panorama.draft_key(resource, row_id))
    say_undo(declared.saved, None)
    _tell_untold(done.untold)
    return flask.redirect(f"/core/note/{done.id}/progress" if asked else ways.to_record(resource, row_id), 303)


LOGGED = frozenset(str(kind) for kind in NoteKind)


def _is_of(contact: int, customer: int) -> bool:
    """Whether it is a contact of this customer, as far as the actor may know."""
    return bool(site().registry.resource("core.contact").get(contact).customer_id == customer)


def read_at(text: str) -> dt.datetime | None:
    """When something was: words such as "yesterday 15:00"; a phone says the instant. A day alone is its noon, today is now. Raises Invalid."""
    if text.endswith("Z"):
        with suppress(ValueError):
            return dt.datetime.fromisoformat(text)
    try:
        day, hour = tasks.read_when(text)
    except Invalid as bad:
        raise Invalid({"at": bad.fields["due"]}) from None
    if day is None or (day == clock.today() and hour is None):
        return None
    time = dt.time.fromisoformat(hour) if hour else dt.time(12)
    return clock.instant(day, time)


def _more(declared: Kind, form: Mapping[str, str]) -> dict[str, Any]:
    """What a kind asks besides the text. Raises Invalid."""
    fields = site().registry.resource(NAME).all_fields
    faults: dict[str, list[Any]] = {}
    asked = {name: fields[name] for name in declared.fields}
    found = controls.parse(asked, {name: form.get(name, "") for name in asked if name in form}, faults)
    if faults:
        raise Invalid({name: [_("%(field)s: %(fault)s", field=asked[name].label, fault=said[0])] for name, said in faults.items()})
    return found


def _place(form: Mapping[str, str]) -> dict[str, Any]:
    """Where a phone was, in degrees, and how far off that may be in metres. What is no such place is none."""
    try:
        latitude, longitude = Decimal(form.get("latitude", "")), Decimal(form.get("longitude", ""))
        accuracy = round(Decimal(form.get("accuracy", "0")))
        good = abs(latitude) <= 90 and abs(longitude) <= 180 and 0 <= accuracy <= 10**7
    except (ArithmeticError, ValueError):
        return {}
    return {"latitude": round(latitude * 10**6), "longitude": round(longitude * 10**6), "accuracy": accuracy or None} if good else {}


def _tell_untold(names: tuple[str, ...]) -> None:
    if names:
        say_undo(ngettext("%(names)s may not open this record and was not told.",
                          "%(names)s may not open this record and were not told.", len(names), names=list(names)), None)


@pages.route("/core/note/<int:note_id>/change", methods=["GET", "POST"])
@signed_in
def change_note(note_id: int) -> Any:
    """One's own note in a small form."""
    row, form = notes.own(note_id), flask.request.form
    place = urls.of_name(site().registry, row.subject, row.subject_id)
    declared, fields = KINDS[row.kind], site().registry.resource(NAME).all_fields
    asked = {name: fields[name] for name in declared.fields}
    texts = {name: field.text(getattr(row, name)) if getattr(row, name) is not None else "" for name, field in asked.items()}
    text, at, error = row.body, "", ""
    if flask.request.method == "POST":
        text, at = form.get("text", ""), form.get("at", "")
        texts |= controls.read(asked, form)
        try:
            done = notes.edit_note(note_id, text, version=whole(form.get("version", "")), at=read_at(at), more=_more(declared, texts), mentions=ids_of("mention"))
            _tell_untold(done.untold)
            return flask.redirect(place, 303)
        except Invalid as bad:
            error = next((m for found in bad.fields.values() for m in found), str(bad))
    field = FormField("text", declared.label, "textarea", value=text, required=True, error=error, rows=6, wide=True, autofocus=True)
    when = (FormField("at", _("When it was"), value=at, placeholder=show_moment(row.happened_at)),) if declared.dated else ()
    page = BulkFormPage(
        _("Change the note") if row.kind is NoteKind.note else _("Change: %(what)s", what=declared.label), f"/core/note/{note_id}/change", _("Save"),
        fields=(field, *controls.of_fields(asked, texts, {}), *when), hidden=(("version", str(row.version)),), back_url=place,
    )
    return (page_of("bulk_form.html", page), 422) if error else page_of("bulk_form.html", page)


@pages.route("/core/note/<int:note_id>/handle", methods=["GET", "POST"])
@signed_in
def handle_note(note_id: int) -> Any:
    """What becomes of feedback, by whoever may change the customer."""
    row, form = notes.feedback(note_id), flask.request.form
    place = urls.of_name(site().registry, row.subject, row.subject_id)
    asked = {name: site().registry.resource(NAME).all_fields[name] for name in HANDLED}
    texts = {name: field.text(getattr(row, name)) if getattr(row, name) is not None else "" for name, field in asked.items()}
    faults: dict[str, list[Any]] = {}
    if flask.request.method == "POST":
        texts |= controls.read(asked, form)
        values = controls.parse(asked, texts, faults)
        if not faults:
            notes.handle(note_id, values, version=whole(form.get("version", "")))
            return flask.redirect(place, 303)
    page = BulkFormPage(
        _("What becomes of this feedback"), f"/core/note/{note_id}/handle", _("Save"), text=row.body[:300], fields=controls.of_fields(asked, texts, faults),
        hidden=(("version", str(row.version)),), back_url=place,
    )
    return (page_of("bulk_form.html", page), 422) if faults else page_of("bulk_form.html", page)


@pages.post("/core/note/<int:note_id>/remove")
@signed_in
def remove_note(note_id: int) -> Any:
    row = notes.own(note_id)
    place = urls.of_name(site().registry, row.subject, row.subject_id)
    say_undo(_("Note deleted"), notes.delete_note(note_id))
    return flask.redirect(place, 303)


# --- its line --------------------------------------------------------------------------------------------------------------

SAID: dict[str, tuple[Any, Any]] = {  # without and with the name of a contact
    "call": (_("%(who)s made a call"), _("%(who)s called %(whom)s")),
    "mail": (_("%(who)s wrote a mail"), _("%(who)s wrote to %(whom)s")),
    "visit": (_("%(who)s paid a visit"), _("%(who)s visited %(whom)s")),
    "meeting": (_("%(who)s held a meeting"), _("%(who)s met %(whom)s")),
    "feedback": (_("%(who)s took down feedback"), _("%(who)s took down feedback of %(whom)s")),
}


def draw_note(resource: Any, entry: Any, names: Mapping[str, Mapping[int, str]]) -> dict[str, Any]:
    """What a line says beside its text, and what may be done with it."""
    data, kind = entry.data or {}, NoteKind(entry.kind)
    found: dict[str, Any] = {"more": tuple(_facts(data)), "acts": tuple(_acts(resource, entry))}
    if kind is NoteKind.note:
        return found
    whom = names.get("core.contact", {}).get((data.get("with") or (0, 0))[1]) if resource.name == CUSTOMER else None
    sentence = SAID[kind][1] if whom else SAID[kind][0]
    bold = {"who": lines.who(entry, names), "whom": whom or ""}
    found |= {"sentence": Markup(str(sentence)) % {n: Markup("<b>{}</b>").format(v) for n, v in bold.items()}, "icon": KINDS[kind].icon, "colour": "acc"}
    if kind is NoteKind.feedback:
        found |= {"marks": tuple(_marks(data)), "colour": "amber" if data.get("weight") in ("important", "urgent") else "acc"}
    said = [_("Result: %(what)s", what=data["result"])] if data.get("result") else []
    said += [_("%(field)s: %(value)s", field=label, value=words) for label, words in progress.told(data.get("progress"))]
    if said:
        found["body"] = Markup("{}{}").format(entry.body or "", Markup("").join(Markup('<br><span class="ink3">{}</span>').format(one) for one in said))
    return found


def _facts(data: Mapping[str, Any]) -> Any:
    if data.get("minutes"):
        yield ngettext("%(n)s minute", "%(n)s minutes", data["minutes"])
    for name in ("place", "product"):
        if data.get(name):
            yield data[name]
    if data.get("latitude") is not None:
        yield _where(data)
    if data.get("edited"):
        yield _("changed later")


def _where(data: Mapping[str, Any]) -> str:
    """Where the phone was, in words."""
    north, east = data["latitude"] / 10**6, data["longitude"] / 10**6
    said = f"{abs(north):.5f}° {'N' if north >= 0 else 'S'} {abs(east):.5f}° {'E' if east >= 0 else 'W'}"
    return f"{said} ± {data['accuracy']} m" if data.get("accuracy") else said


def _marks(data: Mapping[str, Any]) -> Any:
    for name in ("topic", "weight", "handling"):
        word = words(f"core.feedback_{name}").get(data.get(name, ""))
        if word is not None and data.get(name) != "normal":
            colour: Any = word.colour or ("red" if data.get(name) == "urgent" else "")
            yield Status(str(word), word.icon or "", colour)


def _acts(resource: Any, entry: Any) -> Any:
    """Its writer changes it and takes it back; feedback is seen to by whoever may change the customer."""
    start = f"/core/note/{entry.record_id}"
    if not entry.record_id:
        return
    if entry.kind == "feedback" and resource.may("update"):
        yield Act(_("What becomes of it"), f"{start}/handle", "checkbox", dialog=True)
    if entry.actor_id == my_id():
        if progress.fields(NoteKind(entry.kind)):
            yield Act(_("Progress"), f"{start}/progress", "clipboard-check", dialog=True)
        sure = _("Delete this note? It can be brought back from the recycle bin for 30 days.")
        yield Act(_("Edit"), f"{start}/change", "pencil", dialog=True)
        yield Act(_("Delete"), f"{start}/remove", "trash", "post", danger=True, confirm=sure)


for _kind in NoteKind:
    lines.drawers[_kind] = draw_note
