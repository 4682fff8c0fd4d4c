"""Acts on many records: the question first, then a job with progress, Cancel and Undo (a handful is done at once)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import flask

from crm_core.access.delegation import require_proof
from crm_core.data.session import session, writing
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import BadRequest, Forbidden, Invalid, Missing, Refused
from crm_core.kernel.i18n import _, ngettext
from crm_core.resource import acts, enclosed, listing
from crm_core.resource import bulk as work
from crm_core.resource.fields import Field
from crm_core.text.numbers import whole
from crm_core.web import controls, jobviews, urls
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, BulkFormPage, Toast

AT_ONCE = 100  # up to this many are done in the request
HANDED_IN = 20  # and so many of them handed in for approval: each tells its people
STATE = ("q", "f", "sort")


@dataclass(frozen=True)
class Leading:
    """A bulk act that leads to a page with the chosen rows, at most so many, for who reads them. `whole`: it takes what the list means
    as well, however many, as (resource, state, None); else as (resource, state, ids). `offered`: whether the actor may at all."""

    label: Any
    icon: str
    url: Callable[[Sequence[int]], str] | None = None
    most: int = 0
    whole: Callable[[Any, list[tuple[str, str]], list[int] | None], str] | None = None
    offered: Callable[[], bool] | None = None

    @property
    def shown(self) -> bool:
        return self.offered is None or self.offered()


LEADING: dict[str, dict[str, Leading]] = {}  # resource → name → act; features hang theirs here
LABELS = {"edit": _("Edit fields"), "delete": _("Delete")}  # besides the resource's own acts


def answer(resource: Any, name: str) -> Any:
    """What a bulk act's button means: a form, a file, a page, or the work itself (`go=1`)."""
    form = flask.request.form
    state = [(k, v) for k, v in form.items(multi=True) if "." in k or k in STATE]
    everything = form.get("all") == "1"
    ids = list(dict.fromkeys(one for i in form.getlist("id") if (one := whole(i)) is not None))
    if not ids and not everything:
        raise BadRequest(_("Choose at least one record."))
    if name == "print":
        _need(resource, "print")
        from crm_core.web.press import answer as press

        return press(resource, state, None if everything else ids)
    if name == "export":
        from crm_core.web.exports import answer as export

        _need(resource, "export")
        return export(resource, [*state, ("format", "csv")], None if everything else ids)
    if (leading := LEADING.get(resource.name, {}).get(name)) is not None:
        _need(resource, "read")
        if not leading.shown:
            raise Forbidden(_("You may not do this: %(what)s.", what=leading.label))
        if leading.whole is not None:
            return flask.redirect(leading.whole(resource, state, None if everything else ids), 303)
        assert leading.url is not None
        if everything:
            ids = list(listing.page(listing.parse(resource, state, limit=leading.most + 1)).ids)
        if len(ids) > leading.most:
            raise Refused(_("At most %(n)s records can be taken. Choose fewer.", n=leading.most))
        return flask.redirect(leading.url(ids), 303)
    if name not in LABELS and not (name in resource.all_actions and enclosed.many(resource, resource.all_actions[name])):
        raise Missing(_("There is no such action."))
    _need(resource, work.verb_of(name))
    from crm_core.web.bulkediting import Editing

    asked = (Editing if name == "edit" else Asked)(resource, name, ids, listing.parse(resource, state) if everything else None, state)
    return asked.go() if form.get("go") == "1" else page_of("bulk_form.html", asked.form())


def _need(resource: Any, verb: str) -> None:
    if not resource.may(verb):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))


@dataclass
class Asked:
    """An act on chosen rows, or on all that a list means."""

    resource: Any
    name: str
    ids: list[int]
    query: listing.Query | None
    state: list[tuple[str, str]]

    @property
    def action(self) -> Action | None:
        return self.resource.all_actions.get(self.name)  # type: ignore[no-any-return]

    @property
    def label(self) -> Any:
        return self.action.label if self.action is not None else LABELS[self.name]

    def fields(self) -> dict[str, Field]:
        """What is asked, as it fits the chosen rows; a file is of one record."""
        found = acts.fields_of(self.resource, self.action, self.ids if self.query is None else ()) if self.action is not None else {}
        return {name: field for name, field in found.items() if not isinstance(field, enclosed.FileField)}

    def form(self, texts: Mapping[str, str] | None = None, faults: Mapping[str, Any] | None = None) -> BulkFormPage:
        """The question, as it is first asked or with what is wrong."""
        text, skipped = self.meant()
        if self.action is not None and self.action.confirm:
            text = f"{text} {self.action.confirm}"
        return BulkFormPage(
            title=self.label, action=urls.of_act(self.resource, None, f"bulk/{self.name}"), submit=self.label, text=text, skipped=skipped,
            fields=controls.of_fields(self.fields(), texts or {}, faults or {}), hidden=(("go", "1"), *self.chosen, *self.state),
            danger=self.name == "delete" or bool(self.action and self.action.danger), back_url=urls.of_list(self.resource, self.state),
        )

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """The rows that are meant, as a form carries them."""
        return [("all", "1")] if self.query is not None else [("id", str(i)) for i in self.ids]

    def meant(self) -> tuple[Any, Any]:
        """How many records are meant, and how many of them will be skipped."""
        verb = work.verb_of(self.name)
        if self.query is not None:
            n, more = listing.count(self.query)
            mine, _more = listing.count(replace(self.query, verb=verb))
            text: Any = _("%(n)s records are meant.", n=f"{n:,}+" if more else f"{n:,}")
            if more:
                same = acts.reaches(self.resource, verb) == acts.reaches(self.resource, "read")
                return text, "" if same else _("Those that are not yours to change will be skipped.")
            return text, _left(n - mine, 0)
        n = mine = able = len(self.ids)
        if self.action is not None and n <= AT_ONCE:
            mine, able = acts.possible(self.resource, self.action, self.ids)
        else:
            mine = able = len(_allowed(self.resource, verb, self.ids))
        text = ngettext("%(n)s record is meant.", "%(n)s records are meant.", n)
        if handed := len(work.approval(self.resource, self.name, self.ids)) if n <= AT_ONCE else 0:
            text = f"{text} " + ngettext("%(n)s of them needs approval and is handed in; until then it stays as it is.",
                                         "%(n)s of them need approval and are handed in, each by itself; until then they stay as they are.", handed)
        return text, _left(n - mine, mine - able)

    def go(self) -> Any:
        """Do it now, or have it done by a job."""
        fields = self.fields()
        texts = controls.read(fields, flask.request.form)
        try:
            values = acts.checked(fields, texts) if self.action is not None else {}
        except Invalid as bad:
            return page_of("bulk_form.html", self.form(texts, bad.fields)), 422
        refused = self.do(values, {n: fields[n].dump(v) for n, v in values.items()})
        if refused:
            asked = self.form(texts, {next(iter(fields), ""): [refused]})
            return page_of("bulk_form.html", asked if fields else replace(asked, skipped=refused)), 422
        return flask.redirect(urls.of_list(self.resource, self.state), 303)

    def do(self, values: Mapping[str, Any], kept: Mapping[str, Any], since: int | None = None) -> Any:
        """Do it, or ask a job to (with the values as JSON); why nothing could be done of what was to be done at once."""
        if self.query is None and len(self.ids) <= AT_ONCE and len(work.approval(self.resource, self.name, self.ids)) <= HANDED_IN:
            done = work.at_once(self.resource, self.name, self.ids, values, since)
            if not done.count and not done.asked and not done.handed and done.why:
                return done.why
            say_undo(_said(self.label, done), done.change if not (self.action is not None and self.action.final) and (done.count or done.asked or done.handed) else None)
            return ""
        chosen: dict[str, Any] = {"ids": self.ids} if self.query is None else {"state": [list(p) for p in self.state]}
        act = {"resource": self.resource.name, "act": self.name, "values": kept, "since": since}
        if self.resource.proved:  # the job has no session that could have been left open: it is asked here
            require_proof()
        with writing():
            job = work.ask({**act, **chosen}, label=_("%(what)s: %(list)s", what=self.label, list=self.resource.label))
        remember(("job", str(job)))
        return ""


def _left(foreign: int, unable: int) -> str:
    """What will be skipped, in words."""
    said = []
    if foreign:
        said.append(str(ngettext("%(n)s of them is not yours to change and will be skipped.",
                                 "%(n)s of them are not yours to change and will be skipped.", foreign)))
    if unable:
        said.append(str(ngettext("For %(n)s of them this is not possible now; it will be skipped.",
                                 "For %(n)s of them this is not possible now; they will be skipped.", unable)))
    return " ".join(said)


def _said(label: Any, done: work.Done) -> str:
    return " · ".join([str(_("%(what)s: %(n)s done", what=label, n=done.count)), *jobviews.besides(done.asked, done.skipped, done.handed)])


def _allowed(resource: Any, verb: str, ids: list[int]) -> list[int]:
    found: list[int] = []
    for start in range(0, len(ids), 500):
        query = resource.visible(verb).with_only_columns(resource.model.id)
        found += session.scalars(query.where(resource.model.id.in_(ids[start : start + 500])))
    return found


def say_undo(text: Any, change: int | None) -> None:
    """Tell on the next page that it is done, with Undo."""
    remember(("done", str(text), str(change or "")))


def remember(note: tuple[str, ...]) -> None:
    """Keep a toast over the redirect, in a short-lived cookie of this response; the next page shows it once."""
    flask.g.setdefault("notes", []).append(note)


def toasts(notes: list[tuple[str, ...]]) -> list[Toast]:
    """The toasts of notes kept over a redirect; that of a job comes along from page to page until it has ended."""
    found = []
    for note in notes:
        if note[0] == "done" and len(note) == 3:
            undo = Act(_("Undo"), f"/undo/{note[2]}", "arrow-back-up", "post") if whole(note[2]) is not None else None
            found.append(Toast(note[1], undo=undo))
        elif note[0] == "view" and len(note) == 3 and whole(note[2]) is not None:
            found.append(Toast(note[1], undo=Act(_("Undo"), f"/views/{note[2]}/restore", "arrow-back-up", "post")))
        elif note[0] == "job" and (number := whole(note[1])) is not None and (row := jobviews.job_row(number)) is not None:
            (job,) = jobviews.views([row])
            over = job.state not in ("waiting", "running")
            found.append(Toast(jobviews.told(row), job=job, undo=job.undo if over else None))
            if not over:
                flask.g.setdefault("notes_again", []).append(note)
    return found
