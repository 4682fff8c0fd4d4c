"""The page of an import that runs or has run: progress, counts, and the rows it set aside, mended beside their reasons."""

from dataclasses import replace
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.kernel.errors import BadRequest, CrmError, Forbidden, Missing
from crm_core.kernel.i18n import _, in_sentence, ngettext
from crm_core.kernel.models import JobRow
from crm_core.kernel.site import actor, site
from crm_core.resource.choices import ChoiceField
from crm_core.resource.exchange import mending, results, running
from crm_core.resource.exchange.models import Import, ImportRow, State
from crm_core.resource.fields import EnumField
from crm_core.text.numbers import whole
from crm_core.web import bulk, urls
from crm_core.web.access import signed_in
from crm_core.web.files import attached
from crm_core.web.jobviews import job_view
from crm_core.web.viewmodels import Act, Choice, Crumb, ImportCounts, ImportRunPage, MendValue, Note, RefusedRow, Tab

blueprint = flask.Blueprint("imports", __name__)
PAGE = 50


def importable(name: str) -> Any:
    """The resource, if the acting person may import it. Raises Missing, Forbidden."""
    found = site().registry.resources.get(name)
    if found is None or not found.importable:
        raise Missing(_("This page was not found."))
    if not found.may("import") or not found.may("create"):
        raise Forbidden(_("You may not import here."))
    flask.g.place = urls.of_list(found)
    return found


def mine(import_id: int) -> Import:
    """An import the acting person may look at: his own, and those of others where a role says so. Raises Missing."""
    found = session.scalars(sa.select(Import).where(Import.id == import_id)).one_or_none()
    if found is None:
        raise Missing(_("This page was not found."))
    return found


def to_change(import_id: int) -> Import:
    """An import the acting person may go on with; who reads those of others does nothing to them by that. Raises Missing,
    Forbidden."""
    found = mine(import_id)
    if not actor().scope("core.import", "update").holds(found):
        raise Forbidden(_("Your roles do not include this."))
    importable(found.target)
    return found


def title_of(resource: Any) -> Any:
    """The same at every step: where one is among them stands beside it."""
    return _("Import %(what)s", what=in_sentence(resource.label))


def cell(cells: list[str], at: int) -> str:
    return cells[at][:60] if at < len(cells) else ""


# --- the page ---------------------------------------------------------------------------------------------------------


def run_page(made: Import) -> ImportRunPage:
    resource = site().registry.resource(made.target)
    flask.g.place = urls.of_list(resource)
    job = job_view(made.job_id) if made.job_id else None
    if job is None:
        raise BadRequest(_("This import has no job."))
    kind, after = _where()
    rows = results.kept_rows(made, kind, after, PAGE + 1)
    counts, here = _counts(made), f"/import/{made.id}"
    undo = None
    if made.change_id and made.state in (State.done, State.stopped) and counts.new + counts.updated:
        undo = Act(_("Undo the whole import"), f"/undo/{made.change_id}", "arrow-back-up", "post", danger=True,
                   confirm=_("Take back everything this import did? Records changed since are left and listed."))
    page = ImportRunPage(
        title=title_of(resource), file=made.file_name, job=job, counts=counts,
        crumbs=(Crumb(resource.label, urls.of_list(resource)),),
        note=Note(_("This import was undone."), icon="arrow-back-up") if made.state is State.undone else None,
        refused_count=results.waiting(made),
        refused_tabs=(Tab(_("All"), here, not kind), Tab(_("Refused"), urls.address(here, [("kind", "refused")]), kind == "refused"),
                      Tab(_("Doubtful"), urls.address(here, [("kind", "doubtful")]), kind == "doubtful")),
        refused_next_url=urls.address(here, [("kind", kind), ("after", str(rows[PAGE - 1].line))]) if len(rows) > PAGE else "",
        download_url=f"{here}/refused.csv" if rows else "", undo=undo,
        undo_text=_("For 30 days; records edited since are left and listed."),
        open_list=Act(_("Open the list"), urls.of_list(resource), resource.icon),
        again=Act(_("Another file"), urls.address("/import", [("to", made.target)]), "file-import"),
    )
    return _with_rows(page, made, resource, rows[:PAGE])


def _where() -> tuple[str, int]:
    """Which rows are looked at: of a kind, behind a line."""
    kind, after = flask.request.args.get("kind", ""), flask.request.args.get("after", "0")
    return kind if kind in ("refused", "doubtful") else "", whole(after, 2**31) or 0


def _counts(made: Import) -> ImportCounts:
    """The counts of the import; while it runs, those of its job."""
    counts: dict[str, int] | None = None
    if made.state in (State.waiting, State.running) and made.job_id:
        counts = (session.scalar(sa.select(JobRow.result).where(JobRow.id == made.job_id)) or {}).get("counts")
    if counts:
        return ImportCounts(*(counts.get(name, 0) for name in ("new", "updated", "doubtful", "refused", "same", "left")))
    return ImportCounts(made.new, made.updated, made.doubtful, made.refused, made.same, made.left)


def _with_rows(page: ImportRunPage, made: Import, resource: Any, rows: list[ImportRow]) -> ImportRunPage:
    importer = running.make(made)
    may = made.state in (State.done, State.stopped) and resource.may("import") and resource.may("create")
    asked = flask.request.query_string.decode("ascii", "ignore")
    candidates = _candidates(resource, rows)
    found = [_row(importer, made, row, may, asked, candidates) for row in rows]
    suggested = len(mending.all_suggested(importer, rows)) if may else 0
    every = None
    if suggested:
        label = ngettext("Use %(n)s suggestion", "Use all %(n)s suggestions", suggested)
        every = Act(label, _address(f"/import/{made.id}/suggestions", asked), "checks", "post")
    return replace(page, refused=tuple(found), use_all=every, words=_words(importer) if may else {})


def _address(path: str, asked: str) -> str:
    return f"{path}?{asked}" if asked else path


def _row(importer: Any, made: Import, row: ImportRow, may: bool, asked: str, candidates: dict[int, str]) -> RefusedRow:
    fixes = mending.suggestions(importer, row) if may else {}
    places = {name: at for at, name in reversed(importer.mapping.items())}
    values = []
    for label, sentence, name, *_more in row.reasons:
        at = places.get(name)
        if at is None:
            values.append(MendValue(label, "", sentence))
        else:
            name_of, fix = fixes.get(at, (name, ""))
            values.append(MendValue(label, cell(row.cells, at), sentence, f"cell-{at}" if may else "", row.cells[at] if at < len(row.cells) else "",
                                    fix, name_of if _listed(importer, name_of) else ""))
    name_at = places.get("name", 0)
    same = candidates.get(row.candidate_id or 0, "") if row.state == "doubtful" else ""
    return RefusedRow(
        row.id, row.line, cell(row.cells, name_at), tuple(values), _address(f"/import/{made.id}/rows/{row.id}", asked) if may else "",
        doubtful=row.state == "doubtful", candidate=same,
        candidate_url=urls.of_name(site().registry, made.target, row.candidate_id) if same and row.candidate_id else "")


def _candidates(resource: Any, rows: list[ImportRow]) -> dict[int, str]:
    """Names of the records that doubtful rows may mean, as far as the actor may know them."""
    found: dict[int, str] = resource.labels(row.candidate_id for row in rows if row.candidate_id is not None)
    return found


def _listed(importer: Any, name: str) -> bool:
    return isinstance(importer.targets[name].field, ChoiceField | EnumField)


def _words(importer: Any) -> dict[str, tuple[Choice, ...]]:
    """The words of lists, for the boxes in which one of them is written."""
    mapped = {name for name in importer.mapping.values() if name in importer.targets and _listed(importer, name)}
    return {name: tuple(Choice(word, word) for _code, word in importer.targets[name].field.options()) for name in mapped}


# --- what a person does about a row -----------------------------------------------------------------------------------


@blueprint.post("/import/<int:import_id>/rows/<int:row_id>")
@signed_in
def mend(import_id: int, row_id: int) -> Any:
    made, form = to_change(import_id), flask.request.form
    if form.get("_do") == "leave":
        mending.leave(made, row_id)
        bulk.remember(("done", str(_("The row is left out.")), ""))
        return _back(import_id)
    cells = {at: text for name, text in form.items() if name.startswith("cell-") and (at := whole(name[5:], 9_999)) is not None}
    means = form.get("_do", "") if form.get("_do") in (mending.NEW, mending.SAME) else ""
    _tell(mending.mend(made, {row_id: mending.Mended(cells, means)}))
    return _back(import_id)


@blueprint.post("/import/<int:import_id>/suggestions")
@signed_in
def use_all(import_id: int) -> Any:
    """Take over what is suggested on this page for every row that is mended by it."""
    made = to_change(import_id)
    kind, after = _where()
    wanted = mending.all_suggested(running.make(made), results.kept_rows(made, kind, after, PAGE))
    if wanted:
        _tell(mending.mend(made, wanted))
    return _back(import_id)


def _tell(outcome: Any) -> None:
    """What came of it, on the next page."""
    done = outcome.new + outcome.updated + outcome.same
    left = len(outcome.refused) + len(outcome.doubtful)
    if done:
        bulk.remember(("done", str(ngettext("%(n)s row was imported.", "%(n)s rows were imported.", done)), ""))
    if left:
        bulk.remember(("done", str(ngettext("%(n)s row still cannot be imported; see the reason.",
                                            "%(n)s rows still cannot be imported; see the reasons.", left)), ""))


def _back(import_id: int) -> Any:
    return flask.redirect(_address(f"/import/{import_id}", flask.request.query_string.decode("ascii", "ignore")) + "#rows", 303)


@blueprint.get("/import/<int:import_id>/refused.csv")
@signed_in
def refused_csv(import_id: int) -> Any:
    made = mine(import_id)
    if made.refused + made.doubtful > running.KEEP_ROWS:
        raise CrmError(_("Too many rows to list."))
    file = results.refused_file(made)
    return attached(flask.Response(file.data, mimetype=file.kind), file.name)
