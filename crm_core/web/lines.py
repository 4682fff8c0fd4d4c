"""A time line's entries as days of sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup, escape

from crm_core.data import inside
from crm_core.kernel import clock, words
from crm_core.kernel.i18n import _, in_sentence, ngettext
from crm_core.kernel.site import site
from crm_core.resource import changes
from crm_core.resource.fields import Field
from crm_core.resource.kept import Ask
from crm_core.resource.references import RefField
from crm_core.resource.show import full_moment, show_day_heading
from crm_core.web import render, urls
from crm_core.web.viewmodels import Change, Entry, Pic, TimelineDay

SENTENCES = {
    "created": (_("%(who)s entered this record"), "plus", ""),
    "change": (None, "pencil", ""),  # says how many
    "deleted": (_("%(who)s put this record into the recycle bin"), "trash", "red"),
    "split": (_("%(who)s made two of this one"), "git-compare", ""),
    "merged": (_("%(who)s merged another record into this one"), "git-merge", ""),
    "restored": (_("%(who)s brought this record back"), "arrow-back-up", ""),
    "note": (_("%(who)s wrote a note"), "note", "acc"),
    "task": (_("%(who)s gave a task"), "checkbox", "acc"),
    "dealing": (_("%(who)s recorded a dealing"), "receipt", "green"),
    "file": (_("%(who)s added a file"), "paperclip", "acc"),
    "tagged": (_("%(who)s changed the tags"), "tag", ""),
    "shared": (_("%(who)s shared this record"), "users", ""),
}
# Slot: features say how entries of their own kinds are drawn, and what may be done with them: (resource, entry, names) → members
# of the view model.
drawers: dict[str, Callable[[Any, Any, Mapping[str, Mapping[int, str]]], Mapping[str, Any]]] = {}


Pics = Mapping[tuple[str, int], tuple[Pic, ...]]
# Slot: files to show beneath lines, (question, drawing): a small question about entries (resource/kept.py), asked with those of the
# page, and what its answer shows, by the record a line speaks of.
pictured: list[tuple[Callable[[Sequence[Any]], Ask | None], Callable[[Sequence[Any], Sequence[tuple[int, str]]], Pics]]] = []


def asks(entries: Sequence[Any]) -> dict[str, Ask]:
    """The questions of `pictured`."""
    found = {f"pics:{n}": ask(entries) for n, (ask, _draw) in enumerate(pictured) if entries}
    return {key: ask for key, ask in found.items() if ask is not None}


def pics(entries: Sequence[Any], found: Mapping[str, Any]) -> dict[tuple[str, int], tuple[Pic, ...]]:
    """What their answers show."""
    return {key: shown for n, (_ask, draw) in enumerate(pictured) for key, shown in draw(entries, found.get(f"pics:{n}", ())).items()}


def days(resource: Any, entries: Sequence[Any], fields: Mapping[str, Field], names: Mapping[str, Mapping[int, str]], shown: Pics) -> tuple[TimelineDay, ...]:
    """Entries, newest first, grouped by the reader's day."""
    found: list[TimelineDay] = []
    group: list[Entry] = []
    current = None
    for one in entries:
        drawn = entry(resource, one, fields, names)
        if drawn is None:
            continue
        if (one.record, one.record_id) in shown:
            drawn = replace(drawn, pics=shown[one.record, one.record_id])
        day = clock.local(one.at).date()
        if day != current and group:
            found.append(TimelineDay(show_day_heading(current), tuple(group)))  # type: ignore[arg-type]
            group = []
        current = day
        group.append(drawn)
    if group and current is not None:
        found.append(TimelineDay(show_day_heading(current), tuple(group)))
    return tuple(found)


def entry(resource: Any, one: Any, fields: Mapping[str, Field], names: Mapping[str, Mapping[int, str]]) -> Entry | None:
    """One entry; None when nothing of it may be seen (all its fields are hidden from the reader)."""
    if one.kind == "record":
        return _record(one, names)
    text, icon, colour = SENTENCES.get(one.kind, (None, "note", ""))
    someone = who(one, names)
    made = _changes(resource, one, fields, names) if one.kind == "change" else ()
    if one.kind == "change" and not made:
        return None
    if one.data and "words" in one.data and one.kind != "change":
        said = words.read(one.data["words"])
        sentence = Markup("<b>{}</b> {}").format(someone, _("%(said)s: %(title)s", said=said, title=one.title) if one.title else said)
    elif one.kind == "change":
        name = Markup("<b>{}</b>").format(someone)
        sentence = Markup(str(ngettext("%(who)s changed %(n)s field", "%(who)s changed %(n)s fields", len(made), who=name)))  # name is escaped
    elif text is None or (one.title and one.kind not in SENTENCES):
        sentence = Markup("<b>{}</b> {}").format(someone, one.title or "")
    else:
        sentence = Markup(escape(text) if not hasattr(text, "msgid") else str(text)) % {"who": Markup("<b>{}</b>").format(someone)}
    body: Any = ""
    if one.body:
        body = render.mention(one.body, (one.data or {}).get("mentions", ()) if one.kind != "change" else ())
    here = clock.local(one.at)
    more = drawers[one.kind](resource, one, names) if one.kind in drawers else {}
    drawn = Entry(sentence=sentence, time=f"{here:%H:%M}", icon=icon, colour=colour, moment=one.at.isoformat(), full=full_moment(one.at), body=body,  # type: ignore[arg-type]
                  changes=made)
    return replace(drawn, **more)


def who(one: Any, names: Mapping[str, Mapping[int, str]]) -> Any:
    return names.get("core.user", {}).get(one.actor_id or 0) or (_("The system") if one.actor_id is None else _("Somebody"))


def _record(one: Any, names: Mapping[str, Mapping[int, str]]) -> Entry | None:
    """A record of another kind that was made for this one, or what a package did with this one itself; None for who may not know it. What was
    written is shown of this one alone: of another record its reader may know no more than its name."""
    title = names.get(one.record, {}).get(one.record_id)
    if title is None:
        return None
    someone = who(one, names)
    target = site().registry.resource(one.record)
    link = Markup('<a href="{}">{}</a>').format(urls.of_record(target, one.record_id), title)
    said = words.read((one.data or {}).get("words")) or _("added: %(what)s", what=in_sentence(target.singular))
    itself = (one.record, one.record_id) == (one.subject, one.subject_id)
    return Entry(sentence=Markup("<b>{}</b> {} {}").format(someone, said, "" if itself else link), time=f"{clock.local(one.at):%H:%M}", icon=target.icon or "puzzle",
                 colour="", moment=one.at.isoformat(), full=full_moment(one.at), body=render.mention(one.body, ()) if itself and one.body else "", changes=(), acts=())


def _changes(resource: Any, one: Any, fields: Mapping[str, Field], names: Mapping[str, Mapping[int, str]]) -> tuple[Change, ...]:
    by_column = {f.column: f for f in fields.values()}
    found = []
    for column, (old, new) in (one.data or {}).items():
        field = by_column.get(column)
        if field is None or not inside.has(resource.table, column):
            continue
        words = [_show(field, changes.unraw(inside.column(resource.table, column), v), names) for v in (old, new)]
        found.append(Change(field.label, *words))
    return tuple(found)


def _show(field: Field, value: Any, names: Mapping[str, Mapping[int, str]]) -> str:
    if isinstance(field, RefField):
        return "" if value is None else names.get(field.target, {}).get(value, str(_("hidden record")))
    return field.show(value)
