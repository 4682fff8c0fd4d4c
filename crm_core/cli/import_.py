"""Read records from a file."""

import json
from pathlib import Path
from typing import Any

import click

from crm_core.cli._common import examples, ready_site, say, say_json
from crm_core.kernel import words
from crm_core.kernel.errors import CrmError, Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import Site
from crm_core.resource.exchange.sense import CHOICES as ENCODINGS
from crm_core.resource.exchange.treated import CHOICES

NOTHING = 4  # the file holds nothing that can be imported as it is mapped


def acting(site: Site, login: str | None) -> Any:
    """The person named by `--as`; without it the only administrator there is. Raises CrmError."""
    import sqlalchemy as sa

    from crm_core.access.actor import load_actor
    from crm_core.access.models import Role, User, UserRole
    from crm_core.text.clean import fold

    with site.system("who acts at the command line") as work:
        query = sa.select(User.id).where(User.active.is_(True))
        if login:
            query = query.where(User.login_key == fold(login))
        else:
            query = query.join(UserRole, UserRole.user_id == User.id).join(Role, Role.id == UserRole.role_id).where(Role.code == "administrator")
        found = list(work.session.scalars(query.distinct().limit(2)))
        if len(found) != 1:
            raise CrmError(_("There is nobody called “%(name)s” who may sign in.", name=login) if login else _("Say who imports: --as USER"))
        return load_actor(site, work.session, found[0])


def resource_named(site: Site, name: str) -> Any:
    """The resource meant by `customers`, `customer` or `core.customer`. Raises CrmError."""
    wanted = name.lower()
    for resource in site.registry.resources.values():
        if not resource.is_brief and wanted in (resource.name, resource.path, f"{resource.path}s"):
            return resource
    raise CrmError(_("There is nothing called “%(name)s” here.", name=name))


@click.command("import", help=str(_(
    "Read records from a file: CSV of any make and encoding, Excel (.xlsx) or vCards. Shows what it will do and asks; the same "
    "file twice makes nothing double. Exit codes: 0 done, 1 refused or failed, 3 some rows were refused or are doubtful, "
    "4 nothing in the file can be imported as it is mapped.")), epilog=examples(
    "crm import customers firms.csv --as chen", "crm import customers firms.csv --plan",
    "crm import customers firms.csv --as chen --yes --refused refused.csv",
    "crm import contacts people.vcf --as chen --map map.json --yes --json"))
@click.argument("what")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", help=str(_("Who imports; his rights hold. Without it the only administrator.")))
@click.option("--yes", is_flag=True, help=str(_("Do not ask.")))
@click.option("--plan", "only_plan", is_flag=True, help=str(_("Say what would happen and change nothing.")))
@click.option("--map", "mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help=str(_("A JSON file {\"column\": \"field\", …}; \"\" leaves a column out.")))
@click.option("--saved", help=str(_("A matching saved for files with this heading, by its name.")))
@click.option("--key", default="", help=str(_("The one field by which records are known: code, phone, foreign_id …")))
@click.option("--none", "none_", type=click.Choice(CHOICES["none"]), default="new", show_default=True, help=str(_("Rows whose key no record has.")))
@click.option("--several", type=click.Choice(CHOICES["several"]), default="refuse", show_default=True, help=str(_("Rows whose key several records have.")))
@click.option("--existing", type=click.Choice(CHOICES["existing"]), default="update", show_default=True,
              help=str(_("Records that are there; refresh: only what no person has changed.")))
@click.option("--empty", type=click.Choice(CHOICES["empty"]), default="keep", show_default=True, help=str(_("What an empty cell does to a record that is there.")))
@click.option("--likely", type=click.Choice(CHOICES["likely"]), default="look", show_default=True, help=str(_("Whether likely duplicates are looked for.")))
@click.option("--doubtful", type=click.Choice(CHOICES["doubtful"]), default="skip", show_default=True, help=str(_("Rows that may be there already.")))
@click.option("--unknown", type=click.Choice(CHOICES["unknown"]), default="note", show_default=True, help=str(_("Words no list knows.")))
@click.option("--pool", default="", help=str(_("The public pool that new customers go into, by its name.")))
@click.option("--source", default="file", show_default=True, help=str(_("Name of the other system, when the file has its ids.")))
@click.option("--encoding", type=click.Choice(list(ENCODINGS)), default=None, help=str(_("Of a text file; found by itself where it is clear.")))
@click.option("--refused", type=click.Path(dir_okay=False, path_type=Path), help=str(_("Write refused and doubtful rows with their reasons here.")))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def command(what: str, file: Path, login: str | None, yes: bool, only_plan: bool, mapping: Path | None, saved: str | None, key: str, none_: str,
            several: str, existing: str, empty: str, likely: str, doubtful: str, unknown: str, pool: str, source: str, encoding: str | None,
            refused: Path | None, as_json: bool) -> int:
    from crm_core.cli._jobs import follow
    from crm_core.data.session import session
    from crm_core.resource.exchange import results, running
    from crm_core.resource.exchange.importing import Options
    from crm_core.resource.exchange.models import Import
    from crm_core.resource.exchange.reader import UnreadableFile

    site = ready_site()
    who = acting(site, login)
    with site.work(who):
        resource = resource_named(site, what)
        if not resource.importable:
            raise CrmError(_("%(what)s cannot be imported.", what=resource.label))
        try:
            options = Options(existing, doubtful, unknown, source, key, none_, several, empty, likely)
            made = running.begin(resource, file.name, file, options=options, encoding=encoding or "", propose=False)
            doubt = running.in_doubt(made)
            if doubt and not (yes or only_plan or as_json):
                made = _choose_encoding(made, doubt)
        except UnreadableFile as bad:
            raise CrmError(running.sentence(bad)) from None
        if saved is not None:
            made = _saved(made, saved)
        if mapping is not None:
            made = _map(made, mapping)
        if pool:
            made = _into(made, pool)
        outcome, looked, whole = running.plan(made, 10**9 if only_plan else running.PLAN_ROWS)
        report = {
            "file": file.name, "encoding": made.encoding, "encodings_in_doubt": list(doubt), "seems": made.options["thing"], "rows": looked, "all_rows": whole,
            "mapping": {made.header[int(at)]: name for at, name in made.mapping.items()},
            "plan": {"new": outcome.new, "updated": outcome.updated, "doubtful": len(outcome.doubtful), "refused": len(outcome.refused)},
        }
        if not as_json:
            _say_plan(report, made.header)
        if only_plan:
            if as_json:
                say_json(report)
            return 3 if outcome.refused or outcome.doubtful else 0
        try:
            running.check_ready(made)
        except Invalid as bad:
            say(bad.message)
            if running.in_doubt(made):
                say(_("Choose one with --encoding: %(names)s", names=list(doubt)))
            return NOTHING
        if not outcome.new + outcome.updated and whole:
            if as_json:
                say_json(report)
            else:
                say(_("Nothing to import."))
            return NOTHING
        if not yes and not click.confirm(str(_("Import?")), default=True):
            return 1
        job_id = running.start(made)
        import_id = made.id
    row = follow(site, job_id, bar=not as_json)
    with site.work(who):
        done = session.get_one(Import, import_id)
        counts = {name: getattr(done, name) for name in running.COUNTS}
        report.update(import_id=import_id, state=done.state.value, counts=counts, change=done.change_id)
        if refused is not None and done.refused + done.doubtful:
            refused.write_bytes(results.refused_file(done).data)
        if as_json:
            say_json(report)
        else:
            say(_("%(new)s new, %(updated)s updated, %(same)s unchanged, %(doubtful)s doubtful, %(refused)s refused", **counts))
    if row.state != "done":
        raise CrmError(words.read_line(row.error) or _("The import did not come to its end (%(state)s).", state=row.state))
    return 3 if counts["refused"] or counts["doubtful"] else 0


def _choose_encoding(made: Any, doubt: dict[str, str]) -> Any:
    """Ask in which encoding the file is written, showing what it says in each."""
    from crm_core.data.session import session
    from crm_core.resource.exchange import running
    from crm_core.resource.exchange.models import Import

    say(_("The bytes of this file make sense in several encodings:"))
    for name, text in doubt.items():
        say(f"  {name:12} {text}")
    chosen = click.prompt(str(_("Encoding")), type=click.Choice(list(ENCODINGS)), default=made.encoding)
    running.read_again(made, chosen)
    return session.get_one(Import, made.id)


def _saved(made: Any, name: str) -> Any:
    """Treat the file as was saved under a name; what it says holds over the other options."""
    from crm_core.data.session import session
    from crm_core.resource.exchange import profiles, running
    from crm_core.resource.exchange.models import Import

    found = [one for one in profiles.of(made) if one.name == name]
    if not found:
        raise CrmError(_("No matching called “%(name)s” is saved for files with this heading.", name=name))
    running.use(made, profiles.applied(found[0], made.header))
    return session.get_one(Import, made.id)


def _into(made: Any, name: str) -> Any:
    """Send new records into a public pool."""
    from crm_core.data.session import session, writing
    from crm_core.resource.exchange import running
    from crm_core.resource.exchange.models import Import

    found = next((str(number) for number, label in running.make(made).pools().items() if label == name), "")
    if not found:
        raise CrmError(_("There is no public pool “%(name)s” that you may import into.", name=name))
    with writing() as db:
        row = db.get_one(Import, made.id)
        row.options = {**row.options, "pool": found}
    return session.get_one(Import, made.id)


def _map(made: Any, path: Path) -> Any:
    """Take the mapping of a JSON file; columns it does not name keep what was found for them."""
    from crm_core.data.session import session, writing
    from crm_core.resource.exchange import running
    from crm_core.resource.exchange.models import Import

    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        assert isinstance(given, dict) and all(isinstance(v, str) for v in given.values())
    except (ValueError, AssertionError):
        raise CrmError(_("%(file)s is not a JSON object of texts.", file=path)) from None
    known = running.make(made).targets
    wanted = dict(made.mapping)
    for column, target in given.items():
        if column not in made.header:
            raise CrmError(_("The file has no column “%(name)s”.", name=column))
        if target and target not in known:
            raise CrmError(_("There is no field “%(name)s”. Known: %(all)s", name=target, all=list(known)))
        at = str(made.header.index(column))
        if target:
            wanted[at] = target
        else:
            wanted.pop(at, None)
    with writing() as db:
        db.get_one(Import, made.id).mapping = wanted
    return session.get_one(Import, made.id)


def _say_plan(report: dict[str, Any], header: list[str]) -> None:
    from crm_core.web.imports import THINGS

    what = THINGS.get(report["seems"], report["seems"])
    if report["seems"] == "unknown":
        say(f"{report['file']}: {report['encoding'] or '-'}")
    else:
        say(_("%(file)s: %(encoding)s, seems to hold %(what)s", file=report["file"], encoding=report["encoding"] or "-", what=what))
    for column in header:
        say(f"  {column[:40]:40} → {report['mapping'].get(column, '–')}")
    plan = report["plan"]
    say(_("Plan of %(rows)s rows: %(new)s new, %(updated)s there already, %(doubtful)s doubtful, %(refused)s refused", rows=report["rows"], **plan))
