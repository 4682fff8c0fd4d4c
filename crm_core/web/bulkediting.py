"""Editing fields of many records: which, how and to what; then a look at what that will do; then the work."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import flask

from crm_core.data.session import session
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, listed, ngettext
from crm_core.resource import acts, changes, edits, sensitive
from crm_core.resource import bulk as work
from crm_core.resource.fields import Field
from crm_core.resource.references import RefField, named
from crm_core.text.numbers import whole
from crm_core.web import controls, urls
from crm_core.web.bulk import Asked
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Becoming, BulkField, BulkFormPage, BulkPreview, Choice, FormField

LOOK = 1_000  # rows a preview looks at
NAMES = 5  # of the rows that refuse for one reason
LEAVE = "leave"  # the way to take a field off the form again


class Editing(Asked):
    """An edit of many: it is done only from its preview, which tells what the person saw (`since`)."""

    def how(self) -> dict[str, str]:
        """The fields that are chosen, and what is to be done to each."""
        form, offered = flask.request.form, edits.editable(self.resource)
        found = {n: form.get(f"how-{n}") or edits.hows(self.resource, n)[0] for n in dict.fromkeys(form.getlist("field")) if n in offered}
        return {name: one for name, one in found.items() if one != LEAVE}

    def fields(self) -> dict[str, Field]:
        offered = edits.editable(self.resource)
        return {name: offered[name] for name in self.how()}

    def form(self, texts: Mapping[str, str] | None = None, faults: Mapping[str, Any] | None = None) -> BulkFormPage:
        how, offered, wrong = self.how(), edits.editable(self.resource), faults or {}
        fields = self.fields()
        texts = controls.read(fields, flask.request.form) if texts is None else texts
        values = {one.name: one for one in controls.of_fields(fields, texts, wrong)}
        newest = next(reversed(how), "")
        rows = tuple(BulkField(
            FormField(f"how-{n}", offered[n].label, "choice", value=one, required=True, again=True, wide=True,
                      error=wrong.get(n, [""])[0] if one == "empty" else "",
                      choices=(*(Choice(key, edits.HOWS[key], key == one) for key in edits.hows(self.resource, n)), Choice(LEAVE, _("Leave as it is")))),
            replace(values[n], wide=True, autofocus=n == newest) if one != "empty" else None,
        ) for n, one in how.items())
        pick = FormField("field", _("Another field") if how else _("Field"), "choice", again=True, wide=True, placeholder=_("Choose a field"),
                         error=wrong.get("field", [""])[0], choices=tuple(Choice(n, f.label) for n, f in offered.items() if n not in how))
        page = super().form(texts, faults)
        return replace(page, submit=_("Preview"), edits=rows, fields=(pick,) if pick.choices else (), hidden=(*(("field", n) for n in how), *page.hidden))

    def go(self) -> Any:
        form, fields, how = flask.request.form, self.fields(), self.how()
        texts = controls.read(fields, form)
        if form.get("back"):
            return page_of("bulk_form.html", self.form(texts))
        try:
            if not fields:
                raise Invalid({"field": [_("Choose the field to change.")]})
            filled = [n for n in fields if how[n] != "empty"]
            values = acts.checked({n: fields[n] for n in filled}, {n: t for n, t in texts.items() if n in filled})
            steps = edits.steps(self.resource, values, how)
        except Invalid as bad:
            return page_of("bulk_form.html", self.form(texts, bad.fields)), 422
        since = whole(form.get("since", ""))
        if since is None:
            return page_of("bulk_form.html", self.preview(steps, fields))
        refused = self.do(steps, edits.kept(self.resource, steps), since)
        if refused:
            return page_of("bulk_form.html", self.form(texts, {next(iter(fields)): [refused]})), 422
        return flask.redirect(urls.of_list(self.resource, self.state), 303)

    def preview(self, steps: edits.Steps, fields: Mapping[str, Field]) -> BulkFormPage:
        """What it would do, before anything is done."""
        since = changes.newest()  # before the rows are read: what comes between is seen twice rather than never
        ids = work.meant(self.query, 0, LOOK + 1) if self.query is not None else self.ids
        seen = edits.preview(self.resource, steps, ids[:LOOK])
        refused = sum(map(len, seen.refused.values()))
        more = len(ids) > LOOK
        view = BulkPreview(
            counts=((f"{seen.changing:,}", _("will change")), (f"{seen.same:,}", _("are so already")), (f"{refused:,}", _("cannot be changed"))),
            note=" ".join(str(one) for one in (
                _("These are the first %(n)s records; the others are looked at as they are done.", n=f"{LOOK:,}") if more else "",
                ngettext("%(n)s of them is proposed and waits for a reviewer.", "%(n)s of them are proposed and wait for a reviewer.", seen.asked) if seen.asked else "") if one),
            refused=tuple((reason, self._names(rows)) for reason, rows in seen.refused.items()),
            rows=self._rows(seen, fields),
        )
        carried = [(k, v) for k, v in flask.request.form.items(multi=True)
                   if k == "field" or k.startswith("how-") or k.removesuffix("__text").removesuffix("__sent") in fields]
        changing = ngettext("Change %(n)s record", "Change %(n)s records", seen.changing)
        return BulkFormPage(
            title=self.label, action=urls.of_act(self.resource, None, "bulk/edit"), preview=view, back_url=urls.of_list(self.resource, self.state),
            submit=_("Change all of them") if more else changing if seen.changing else "",
            hidden=(("go", "1"), ("since", str(since)), *carried, *self.chosen, *self.state),
        )

    def _names(self, ids: list[int]) -> str:
        names = self.resource.labels(ids[:NAMES])
        said = listed(names.get(one) or _("hidden record") for one in ids[:NAMES])
        return str(said if len(ids) <= NAMES else _("%(names)s and %(n)s more", names=said, n=f"{len(ids) - NAMES:,}"))

    def _rows(self, seen: edits.Preview, fields: Mapping[str, Field]) -> tuple[Becoming, ...]:
        model = self.resource.model
        rows = {row.id: row for row in session.scalars(self.resource.visible().where(model.id.in_(seen.first)))}
        sensitive.read(self.resource, fields, rows.values(), "form")
        wanted: dict[str, set[int]] = {}
        for moved in seen.first.values():
            for name, pair in moved.items():
                if isinstance(one := fields[name], RefField):
                    wanted.setdefault(one.target, set()).update(i for value in pair for i in _several(value) if isinstance(i, int))
        names = named(wanted)
        return tuple(
            Becoming(self.resource.title(rows[i]), urls.of_record(self.resource, i),
                     tuple((fields[n].label, _words(fields[n], old, names), _words(fields[n], new, names)) for n, (old, new) in moved.items()))
            for i, moved in seen.first.items() if i in rows
        )


def _several(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else () if value is None else (value,)


def _words(field: Field, value: Any, names: Mapping[str, Mapping[int, str]]) -> str:
    """A value in words; of references what the reader may know of them."""
    if not isinstance(field, RefField):
        return field.show(value)
    known = names.get(field.target, {})
    return listed(one if isinstance(one, str) else known.get(one) or str(_("hidden record")) for one in _several(value))
