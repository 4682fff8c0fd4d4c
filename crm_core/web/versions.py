"""The page of two versions, when somebody else saved a record while one worked on it: what both changed is chosen, what only one changed
is merged and told. A place is one thing: its two numbers come from one version."""

from collections.abc import Mapping, Sequence
from typing import Any

import flask
from werkzeug.datastructures import MultiDict

from crm_core.data import inside
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor
from crm_core.resource import changes, custom, places, sensitive
from crm_core.resource.fields import Field
from crm_core.text.numbers import whole
from crm_core.web import controls, render, urls, ways
from crm_core.web.viewmodels import ConflictField, ConflictPage, Crumb, MergedField

Texts = Mapping[str, str]


def page(resource: Any, row_id: int, fields: Mapping[str, Field], texts: Texts, lines: Mapping[str, Sequence[Texts]], version: int) -> ConflictPage:
    """What stands in the form (`texts`, begun at `version`) beside what stands in the record now."""
    now = resource.get(row_id, "update")
    sensitive.read(resource, fields, [now], "form")
    then = _as_of(resource, now, version)
    form, who = flask.request.form, actor()
    last = changes.history_of(resource.name, row_id, limit=1)
    author = last[0].actor_id if last else now.updated_by_id
    other = render.person(render.user_names([author]).get(author, str(_("Somebody"))), author)
    here = render.person(who.name, who.user_id)
    both, merged = [], []
    hidden = [("version", str(now.version)), *(("back", urls.safe_path(text)) for text in form.getlist("back")[:1] if text)]
    for names, label in _units(resource, [n for n, f in fields.items() if not f.readonly and n in texts], fields):
        own = [fields[name] for name in names]
        mine = [_boxed(f, texts[f.name]) for f in own]
        theirs, before = [_boxed(f, f.text(getattr(now, f.column))) for f in own], [_boxed(f, f.text(then.get(f.column))) for f in own]
        hidden += zip(names, mine if mine != before else theirs, strict=True)
        if mine == theirs:
            continue
        my_words, their_words, old_words = (_words(own, one) for one in (mine, theirs, before))
        if before not in (mine, theirs):
            both.append(ConflictField(names[0], label, my_words, their_words, old_words, both=own[0].kind == "note", pick=tuple(form.getlist(f"pick-{names[0]}") or ("mine",))))
            hidden += [(f"theirs-{name}", text) for name, text in zip(names, theirs, strict=True)]
        else:
            merged.append(MergedField(label, old_words, their_words if mine == before else my_words, other if mine == before else here))
    hidden += [(f"{name}-{at}-{key}", value) for name, rows in lines.items() for at, line in enumerate(rows) for key, value in line.items()]
    return ConflictPage(
        title=_("Two versions: %(name)s", name=resource.title(now)),
        crumbs=(Crumb(resource.label, ways.to_list(resource)), Crumb(resource.title(now), ways.to_record(resource, row_id))),
        me=here, other=other, mine_when=_("not saved yet"), theirs_when=fields["updated_at"].show(now.updated_at) if "updated_at" in fields else "",
        heading=_("%(name)s saved this record while you were working on it", name=other.name),
        text=ngettext("%(n)s field was changed by both of you; choose. Nothing was lost.",
                      "%(n)s fields were changed by both of you; choose. Nothing was lost.", len(both)),
        fields=tuple(both), merged=tuple(merged), action=ways.to_act(resource, row_id, "resolve"), hidden=tuple(hidden),
        edit_url=ways.to_act(resource, row_id, "edit"), keep_url=urls.of_act(resource, row_id, "draft"),
    )


def chosen(resource: Any, sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form that the choices of that page come to."""
    form = MultiDict(sent)
    for key in sent:
        if not key.startswith("pick-"):
            continue
        name, picked = key[5:], sent.getlist(key)
        if "both" in picked or ("theirs" in picked and "mine" in picked):
            form[name] = f"{form.get(name, '')}\n\n{form.get(f'theirs-{name}', '')}".strip()
        elif "theirs" in picked:
            pair = resource.place.pair if resource.place is not None else ()
            for one in pair if name in pair else (name,):
                form[one] = form.get(f"theirs-{one}", "")
    return form


def _units(resource: Any, names: Sequence[str], fields: Mapping[str, Field]) -> list[tuple[tuple[str, ...], Any]]:
    """(names, label) of what is chosen as one: each field for itself, the two numbers of a place together."""
    pair = resource.place.pair if resource.place is not None and set(resource.place.pair) <= set(names) else ()
    whole_ = {pair[0]: (pair, places.LABEL)} if pair else {}
    return [whole_.get(name, ((name,), fields[name].label)) for name in names if name not in pair[1:]]


def _boxed(field: Field, text: str) -> str:
    """A text as a form sends it: of yes and no, a tick."""
    return controls.tick(field, text) if field.kind == "boolean" else text


def _words(fields: Sequence[Field], texts: Sequence[str]) -> str:
    return ", ".join(word for field, text in zip(fields, texts, strict=True) if (word := _word(field, text)))


def _word(field: Field, text: str) -> str:
    target = getattr(field, "target", "")
    if target and whole(text) is not None:
        return controls.reference_labels([field], {field.name: text}).get(f"{target}:{text}", str(_("hidden record")))
    try:
        return field.show(field.parse(text)) or text
    except ValueError:
        return text


def _as_of(resource: Any, row: Any, version: int) -> dict[str, Any]:
    """The record as it stood at `version`: today's values with the old ones of each later save put back."""
    values = custom.unpacked(resource, {c.key: getattr(row, c.key) for c in resource.table.columns})
    steps = max(0, row.version - version)
    for change in changes.history_of(resource.name, row.id, limit=200):
        if steps <= 0:
            break
        old = {name: value for name, value in (change.old or {}).items() if inside.has(resource.table, name)} if change.verb == "update" else {}
        if change.verb == "update" and change.old and not old:
            continue  # tags and the like: no version of the record
        values.update({name: changes.unraw(inside.column(resource.table, name), value) for name, value in old.items()})
        steps -= 1
    return values
