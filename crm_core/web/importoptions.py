"""What a person chooses beside the columns of an import: how records are known, what becomes of rows, how it is kept."""

from collections.abc import Mapping
from typing import Any

import flask

from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.exchange import profiles, running
from crm_core.resource.exchange.items import CHOICES as ALLOWED
from crm_core.resource.exchange.items import FOREIGN_ID, Outcome
from crm_core.resource.exchange.models import Import
from crm_core.resource.exchange.sense import CHOICES
from crm_core.text.numbers import whole
from crm_core.web import urls
from crm_core.web.importresults import cell
from crm_core.web.viewmodels import Choice, DoubtRow, FormField, SavedMatching

ENCODINGS = {"": _("found by itself"), **CHOICES}
ROWS = 500  # single rows about which something is said
WORDS = {
    "existing": (_("Records that are there"), {
        "update": _("update"), "refresh": _("update only what no person has changed"), "skip": _("leave as they are")}),
    "empty": (_("Empty cells"), {"keep": _("leave what stands"), "clear": _("empty the field")}),
    "none": (_("No record has the key"), {"new": _("import as new"), "refuse": _("refuse the row"), "leave": _("leave the row out")}),
    "several": (_("Several records have the key"), {"refuse": _("refuse the row"), "oldest": _("take the oldest")}),
    "likely": (_("Likely duplicates"), {"look": _("look for them by sound, numbers and mail"), "no": _("do not look for them")}),
    "doubtful": (_("Doubtful rows"), {
        "skip": _("set aside"), "same": _("take for the record they resemble"), "new": _("import as new"), "leave": _("leave out")}),
    "unknown": (_("Words no list knows"), {"note": _("keep in the remark"), "refuse": _("refuse the row")}),
}


def fields(made: Import, importer: Any) -> tuple[FormField, ...]:
    """The choices beneath the plan; those that mean nothing now are left out."""
    options = importer.options
    shown = ["existing", *(["empty"] if options.existing != "skip" else []), *(["none", "several"] if options.key else []),
             *(["likely"] if importer.resource.duplicates else []), "doubtful", *(["unknown"] if "note" in importer.targets else [])]
    found = [_select(name, *WORDS[name], getattr(options, name)) for name in shown]
    known = {t.name: t.label for t in importer.key_choices() if t.name in importer.mapping.values()}
    found.insert(0, _select("key", _("Records are known by"), {"": _("ids and codes, else name and number"), **known}, options.key))
    if FOREIGN_ID in importer.mapping.values():
        found.append(FormField("source", _("The other system is called"), value=options.source, maxlength=60))
    if pools := importer.pools():
        found.append(_select("pool", _("New records go"), {"": _("to me"), **{str(i): _("into “%(pool)s”", pool=name) for i, name in pools.items()}}, options.pool))
    if kept := profiles.of(made):
        names = {"0": _("as found in the file"), **{str(p.id): _shared(p) for p in kept}}
        found.insert(0, _select("profile", _("Saved matching"), names, str(made.options.get("profile", 0))))
    if made.options["file"]["kind"] != "xlsx":
        found.append(_encoding(made))
    return tuple(found)


def _shared(profile: Any) -> Any:
    return _("%(name)s (everybody)", name=profile.name) if profile.everyone else profile.name


def _select(name: str, label: Any, words: Mapping[str, Any], chosen: str) -> FormField:
    return FormField(name, label, "choice", required=True, choices=tuple(Choice(c, w, c == chosen) for c, w in words.items()))


def _encoding(made: Import) -> FormField:
    """The encoding, found or chosen; where there is doubt, with what the file says in each."""
    doubt = running.in_doubt(made)
    names = {"": _("please choose")} | {c: f"{CHOICES.get(c, c)} · {text}" for c, text in doubt.items()} if doubt else {}
    names |= {c: w for c, w in ENCODINGS.items() if c not in names}
    return _select("encoding", _("Encoding"), names, made.options.get("encoding", ""))


def read(made: Import, importer: Any) -> dict[str, Any]:
    """The options as the form says them."""
    form, options = flask.request.form, {**made.options}
    for name, allowed in ALLOWED.items():
        if form.get(name) in allowed:
            options[name] = form[name]
    if "key" in form:
        options["key"] = form["key"] if form["key"] in {t.name for t in importer.key_choices()} else ""
    if "pool" in form:
        options["pool"] = form["pool"] if whole(form["pool"]) in importer.pools() else ""
    if form.get("source", "").strip():
        options["source"] = form["source"].strip()[:60]
    rows = dict(options.get("rows", {}))
    for key, said in form.items():
        if key.startswith("row-") and whole(key[4:], 2**31) is not None:
            rows.pop(key[4:], None)
            if said in ("same", "new", "leave", "skip") and len(rows) < ROWS:
                rows[key[4:]] = said
    options["rows"] = rows
    return options


def chosen(made: Import) -> bool:
    """Whether the form asks for another saved matching; then it is taken."""
    wanted = whole(flask.request.form.get("profile", ""), 2**62)
    if wanted is None or wanted == made.options.get("profile", 0):
        return False
    if wanted:
        running.use(made, profiles.applied(profiles.get(wanted), made.header))
    else:
        running.read_again(made, made.options.get("encoding", ""))
    return True


def keep(made: Import) -> bool:
    """Save or forget a matching where the form says so. Raises Invalid, Forbidden."""
    form = flask.request.form
    if form.get("_do") == "save":
        running.use(made, profiles.applied(profiles.get(profiles.save(made, form.get("profile_name", ""), everyone=bool(form.get("everyone")))), made.header))
    elif form.get("_do") == "forget" and made.options.get("profile"):
        profiles.forget(profiles.get(made.options["profile"]))
    else:
        return False
    return True


def saved(made: Import, error: Invalid | None = None) -> SavedMatching:
    """The form that keeps a matching under a name."""
    now = next((p for p in profiles.of(made) if p.id == made.options.get("profile")), None)
    name = flask.request.form.get("profile_name", "") if error else now.name if now else ""
    return SavedMatching(name, now is not None and now.everyone, profiles.may_share(), now is not None and profiles.may_change(now), str(error) if error else "")


def doubts(made: Import, importer: Any, outcome: Outcome) -> tuple[DoubtRow, ...]:
    """Rows that may be there already, each with what becomes of it."""
    places = {name: at for at, name in reversed(importer.mapping.items())}
    label_at = places.get(importer.resource.label_field, 0)
    rows = importer.options.rows
    found = []
    for line, cells, why, candidate in outcome.doubts:
        said = rows.get(str(line), "")
        words = {"": _("as all of them"), **({"same": _("it is the same")} if candidate else {}), "new": _("import as new"), "leave": _("leave out")}
        url = urls.of_name(site().registry, made.target, candidate) if candidate else ""
        found.append(DoubtRow(line, cell(cells, label_at), why, f"row-{line}", tuple(Choice(c, w, c == said) for c, w in words.items()), url))
    return tuple(found)

