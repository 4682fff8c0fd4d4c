"""Import in the browser: upload → match columns → run → result; the address holds the step, so it can be left."""

import itertools
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.delegation import require_proof
from crm_core.data.session import session, writing
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor, site
from crm_core.resource.exchange import running
from crm_core.resource.exchange.models import Import, State
from crm_core.resource.exchange.reader import UnreadableFile
from crm_core.resource.show import show_moment
from crm_core.web import importoptions, urls
from crm_core.web.access import body_limit, signed_in
from crm_core.web.importresults import blueprint, cell, importable, mine, run_page, title_of, to_change
from crm_core.web.show import page_of
from crm_core.web.viewmodels import (
    Choice,
    Crumb,
    ImportCounts,
    ImportMatchPage,
    ImportUploadPage,
    MatchColumn,
    Note,
    PastImport,
    PreviewRow,
    Status,
    ValueMap,
)

__all__ = ["blueprint"]

MEGABYTES = 200
MAPS = 12  # unknown words shown a column
ACCEPT = ".csv,.txt,.tsv,.xlsx,.vcf,text/csv,text/vcard"
STATES = {
    "new": Status(_("New"), "plus", "green"), "updated": Status(_("Update"), "refresh", "acc"),
    "doubtful": Status(_("Doubtful"), "help-circle", "amber"), "refused": Status(_("Refused"), "ban", "red"),
    "same": Status(_("Stays"), "check"), "left": Status(_("Left out"), "minus"),
}
IMPORT_STATES = {
    State.matching: Status(_("Not started"), "circle-dashed"), State.waiting: Status(_("Waiting"), "clock", "amber"),
    State.running: Status(_("Running"), "loader-2", "acc"), State.done: Status(_("Done"), "circle-check", "green"),
    State.stopped: Status(_("Stopped"), "player-stop", "amber"), State.undone: Status(_("Undone"), "arrow-back-up"),
}
THINGS = {
    "opportunities": _("opportunities"), "divisions": _("codes of provinces, cities or districts"), "orders": _("orders"),
    "contacts": _("contacts"), "customers": _("customers"), "results": _("the result list of another import"),
}


@blueprint.get("/import")
@signed_in
def upload() -> Any:
    resource = importable(flask.request.args.get("to", "core.customer"))
    return page_of("import_upload.html", _upload_page(resource))


@blueprint.post("/import")
@signed_in
@body_limit(MEGABYTES * 1_000_000)
def take() -> Any:
    resource = importable(flask.request.args.get("to", "core.customer"))
    sent = flask.request.files.get("file")
    if sent is None or not sent.filename:
        return page_of("import_upload.html", _upload_page(resource, _("Choose a file first."))), 422
    with tempfile.TemporaryDirectory(dir=site().folder("imports")) as folder:
        path = Path(folder) / f"upload{_suffix(sent.filename)}"
        sent.save(path)
        try:
            made = running.begin(resource, sent.filename, path)
        except UnreadableFile as bad:
            return page_of("import_upload.html", _upload_page(resource, _("This file cannot be read"), running.sentence(bad))), 422
    return flask.redirect(f"/import/{made.id}", 303)


def _suffix(name: str) -> str:
    suffix = Path(name.replace("\\", "/")).suffix.lower()
    return suffix if suffix in (".csv", ".txt", ".tsv", ".xlsx", ".vcf") else ""


def _upload_page(resource: Any, error: Any = "", text: Any = "") -> ImportUploadPage:
    rows = session.scalars(sa.select(Import).where(Import.target == resource.name, Import.owner_id == actor().user_id).order_by(Import.id.desc()).limit(10))
    past = tuple(
        PastImport(r.file_name, f"/import/{r.id}", show_moment(r.created_at), actor().name, IMPORT_STATES[r.state], _result(r)) for r in rows
    )
    return ImportUploadPage(
        title=title_of(resource), action=urls.address("/import", [("to", resource.name)]), accept=ACCEPT,
        formats=_("CSV and text files in any usual encoding, Excel (.xlsx) and vCards (.vcf), up to %(n)s MB", n=MEGABYTES),
        crumbs=(Crumb(resource.label, urls.of_list(resource)),), error=error, error_text=text, past=past,
    )


def _result(made: Import) -> Any:
    if made.state in (State.matching, State.waiting):
        return ""
    return _("%(new)s new, %(updated)s updated, %(doubtful)s doubtful, %(refused)s refused",
             new=f"{made.new:,}", updated=f"{made.updated:,}", doubtful=f"{made.doubtful:,}", refused=f"{made.refused:,}")


@blueprint.get("/import/<int:import_id>")
@signed_in
def show(import_id: int) -> Any:
    made = mine(import_id)
    if made.state is State.matching:
        return page_of("import_match.html", _match_page(made))
    return page_of("import_run.html", run_page(made))


@blueprint.post("/import/<int:import_id>")
@signed_in
def match(import_id: int) -> Any:
    made = to_change(import_id)
    if made.state is not State.matching:
        return flask.redirect(f"/import/{import_id}", 303)
    encoding = flask.request.form.get("encoding", "")
    if encoding != made.options.get("encoding", "") and encoding in importoptions.ENCODINGS and made.options["file"]["kind"] != "xlsx":
        try:
            running.read_again(made, encoding)
        except UnreadableFile as bad:
            refused = Note(_("This file cannot be read"), running.sentence(bad), "red", "alert-triangle")
            return page_of("import_match.html", _match_page(made, refused)), 422
        return page_of("import_match.html", _match_page(mine(import_id)))
    if importoptions.chosen(made):
        return page_of("import_match.html", _match_page(mine(import_id)))
    _keep(made)
    made = mine(import_id)
    try:
        if importoptions.keep(made):
            return page_of("import_match.html", _match_page(mine(import_id)))
    except Invalid as bad:
        return page_of("import_match.html", _match_page(made, unsaved=bad)), 422
    if flask.request.form.get("_do") != "start":
        return page_of("import_match.html", _match_page(made))
    resource = importable(made.target)
    if resource.proved:  # the job has no session that could have been left open: it is asked here
        require_proof()
    try:
        running.start(made)
    except Invalid as bad:
        return page_of("import_match.html", _match_page(made, Note(str(bad), colour="red", icon="alert-triangle"))), 422
    return flask.redirect(f"/import/{import_id}", 303)


def _keep(made: Import) -> None:
    """What the form says of columns, unknown values and options."""
    form = flask.request.form
    importer = running.make(made)
    known = set(importer.targets)
    mapping = {str(at): name for at in range(len(made.header)) if (name := form.get(f"col-{at}", "")) in known}
    values: dict[str, dict[str, str]] = {}
    for key, chosen in form.items():
        if key.startswith("value-") and chosen:
            target, _tilde, text = key[6:].partition("~")
            if target in known:
                values.setdefault(target, {})[text[:200]] = chosen[:200]
    options = importoptions.read(made, importer)
    with writing() as db:
        row = db.get_one(Import, made.id)
        row.mapping, row.values, row.options = mapping, values, options


def _match_page(made: Import, note: Note | None = None, unsaved: Invalid | None = None) -> ImportMatchPage:
    resource = importable(made.target)
    importer = running.make(made)
    try:
        table = running.open_file(made)
        outcome, looked, whole = running.plan(made)
    except UnreadableFile as bad:
        return ImportMatchPage(
            title=title_of(resource), file=made.file_name, action=f"/import/{made.id}", columns=(), counts=ImportCounts(), summary="",
            start=_("Start import"), notes=(Note(_("This file cannot be read"), running.sentence(bad), "red", "alert-triangle"),),
            fields=importoptions.fields(made, importer), can_start=False, back_url=urls.address("/import", [("to", made.target)]),
        )
    guesses = made.options.get("matches") or [["", "", "unknown"]] * len(made.header)
    samples = [cells for _line, cells in table.sample]
    columns = tuple(_column(made, importer, at, label, samples, guesses[at] if at < len(guesses) else ["", "", "unknown"], outcome.unknown) for at, label in enumerate(made.header))
    notes = [note] if note else []
    thing = made.options.get("thing", "unknown")
    if thing not in ("unknown", resource.path + "s", "customers" if resource.name == "core.contact" else "contacts"):
        notes.append(Note(_("This file seems to hold %(what)s", what=THINGS.get(thing, thing)),
                          _("Only the columns you map are imported; nothing is guessed."), "amber", "help-circle"))
    if made.options.get("profile") and flask.request.method == "GET":
        notes.append(Note(_("Matched as you or the house have saved it for files with this heading."), icon="device-floppy"))
    doubt = running.in_doubt(made)
    if doubt:
        notes.append(Note(_("In which encoding is this file written?"),
                          _("Its bytes make sense in several. Choose the one in which the words read right."), "amber", "help-circle"))
    lacking = importer.missing
    if lacking:
        notes.append(Note(_("Say which column holds: %(names)s.", names=[t.label for t in lacking]), colour="red", icon="alert-triangle"))
    counts = ImportCounts(outcome.new, outcome.updated, len(outcome.doubtful), len(outcome.refused), outcome.same, outcome.left)
    off = sum(1 for c in columns if not made.mapping.get(c.name.removeprefix("col-")))
    look = sum(1 for c in columns if c.sure == "look")
    summary = _("%(n)s columns: %(sure)s recognised, %(look)s to look at, %(off)s not imported",
                n=len(columns), sure=len(columns) - look - off, look=look, off=off)
    rows = ngettext("%(n)s row", "%(n)s rows", looked) if whole else _("reckoned from the first %(n)s rows", n=f"{looked:,}")
    total = counts.new + counts.updated
    start: Any = ngettext("Import %(n)s row", "Import %(n)s rows", total) if whole else _("Start import")
    mapped = sorted(importer.mapping.items())[:6]
    by_line = {item_line: cells for item_line, cells in itertools.islice(table.rows(), 20)}
    preview = tuple(
        PreviewRow(line, STATES[state], tuple(cell(by_line.get(line, []), at) for at, _t in mapped), extra.get("note", ""))
        for line, state, extra in outcome.preview[:8]
    )
    return ImportMatchPage(
        title=title_of(resource), file=made.file_name, action=f"/import/{made.id}", columns=columns, counts=counts, summary=summary, start=start,
        crumbs=(Crumb(resource.label, urls.of_list(resource)),),
        notes=tuple(notes), preview_columns=tuple(importer.targets[t].label for _at, t in mapped), preview=preview, fields=importoptions.fields(made, importer),
        rows_text=" · ".join((str(rows), made.encoding.upper(), str(_("nothing is written yet")))), can_start=not lacking and not doubt and bool(importer.mapping) and total > 0,
        back_url=urls.address("/import", [("to", made.target)]), doubts=importoptions.doubts(made, importer, outcome),
        saved=importoptions.saved(made, unsaved),
    )


def _column(made: Import, importer: Any, at: int, label: str, samples: list[list[str]], guess: list[str], unknown: Mapping[str, Any]) -> MatchColumn:
    chosen = made.mapping.get(str(at), "")
    filled = [row[at] for row in samples if at < len(row) and row[at].strip()]
    reasons = {"name": _("same name"), "synonym": _("another word for it"), "content": _("told by its values")}
    sure, reason = "", ""
    if chosen and chosen == guess[0]:
        sure, reason = ("sure" if guess[2] == "sure" else "look"), str(reasons.get(guess[1], ""))
        if sure == "look":
            reason = str(_("%(why)s, take a look", why=reason))
    elif chosen:
        sure, reason = "sure", str(_("your choice"))
    options = [Choice("", _("not imported"), not chosen)]
    for target in importer.targets.values():
        group = _("Record") if not target.group or target.group == "tags" else (_("Contact") if target.group.startswith("contact") else _("Lines"))
        options.append(Choice(target.name, target.label, target.name == chosen, group=group))
    return MatchColumn(f"col-{at}", label or _("Column %(n)s", n=at + 1), " · ".join(dict.fromkeys(v[:30] for v in filled[:3])), tuple(options),
                       sure, reason, f"{len(filled)} / {len(samples)}",  # type: ignore[arg-type]
                       *_value_maps(made, importer, chosen, unknown.get(chosen)))


def _value_maps(made: Import, importer: Any, target: str, words: Any) -> tuple[tuple[ValueMap, ...], Any]:
    """The words of a column that nobody knows, each with what it may mean here; what was chosen before stays."""
    swaps = dict(made.values.get(target, {}))
    shown = [(text, n) for text, n in (words or {}).items()][:MAPS]
    if not target or (not shown and not swaps):
        return (), ""
    field = importer.targets[target].field
    options = _options_of(field)
    maps = []
    for text, n in [*((t, 0) for t in swaps), *(pair for pair in shown if pair[0] not in swaps)]:
        current = swaps.get(text, "")
        choices = (Choice("", _("keep in the remark"), not current), *(Choice(c, w, c == current) for c, w in options))
        count = ngettext("%(n)s row", "%(n)s rows", n) if n else ""
        maps.append(ValueMap(text, count, f"value-{target}~{text}", choices))
    rest = len(words or {}) - len(shown)
    return tuple(maps), ngettext("and %(n)s more word", "and %(n)s more words", rest) if rest > 0 else ""


def _options_of(field: Any) -> list[tuple[str, str]]:
    """What a word may be mapped to: the words of the list, or the first records of the reference's resource."""
    if hasattr(field, "options"):
        return list(field.options())
    target = getattr(field, "resource", None)
    if target is None:
        return []
    source = target.brief_resource or target
    if not source.may("read"):
        return []
    rows = session.execute(sa.select(source.model.id, source.label_column).order_by(source.label_column).limit(500))
    return [(str(r[0]), str(source.word(r[1]))) for r in rows]
