"""Upgrade and check the database."""

import click

from crm_core.cli import FOUND, REFUSED, again
from crm_core.cli._common import examples, say, say_json, site, step
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _


@click.group("db", help=str(_("Upgrade and check the database.")), epilog=examples(
    "crm db status", "crm db upgrade", "crm db check", 'crm db revision core "more phones"'))
def command() -> None:
    pass


@command.command(help=str(_(
    "Say which revision each package has, and what is pending. Exit code 3 when something is.")), epilog=examples(
        "crm db status", "crm db status --json", "crm db status || crm db upgrade"))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def status(as_json: bool) -> int:
    from crm_core.data.migrate import pending

    found = pending(site())
    rows = [{"package": s.package, "current": s.current, "head": s.head, "pending": list(s.pending)} for s in found]
    if as_json:
        say_json(rows)
    else:
        for one in found:
            waiting = _("pending: %(names)s", names=list(one.pending)) if one.pending else _("up to date")
            say(f"{one.package:16} {one.current or '–':20} {waiting}")
    return FOUND if any(s.pending for s in found) else 0


@command.command(help=str(_(
    "Bring the database to this version of the program. A SQLite database is copied to backups/ first; PostgreSQL "
    "changes in one transaction for each package. Stops before anything is changed when the database is of a newer version.")),
    epilog=examples("crm db upgrade", "crm db upgrade --json"))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def upgrade(as_json: bool) -> int:
    from crm_core.kernel.install import prepare

    done = prepare(site()).applied
    code = REFUSED if again() else 0  # a plugin was left out; the process before said which and why
    if as_json:
        say_json({"backup": done.backup, "revisions": done.revisions})
        return code
    if not done:
        say(_("Nothing to do."))
    if done.backup:
        say(_("Copied before: %(path)s", path=done.backup))
    for package, steps in done.revisions.items():
        say(f"{package}: {', '.join(steps)}")
    return code


@command.command(help=str(_(
    "Try an upgrade on a copy: all pending migrations of core and of every plugin, those that are switched off too. Says how long it "
    "takes, which tables change, and what cannot be taken back. The site stays as it is. Exit code 1 when something failed, 3 when a "
    "step cannot be taken back.")), epilog=examples("crm db rehearse", "crm db rehearse --json", "crm db rehearse --without visits"))
@click.option("--without", "without", multiple=True, help=str(_("Leave out this plugin, which is switched off; may be given again.")))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def rehearse(without: tuple[str, ...], as_json: bool) -> int:
    from dataclasses import asdict

    from crm_core.app import open_site
    from crm_core.kernel.rehearsing import rehearse

    done = rehearse(site(), lambda config, also: open_site(config=config, also=also), without, tell=step)
    code = REFUSED if done.failed else FOUND if done.irreversible else 0
    if as_json:
        say_json(asdict(done))
        return code
    for one in done.steps:
        state = _("switched off") if one.asleep else ""
        say(f"{one.package:16} {one.current or '–':20} → {one.head or '–':20} {one.seconds:6.1f} s  {state}".rstrip())
        for table, (old, new) in one.rows.items():
            say(f"  {table}: {'–' if old is None else old} → {'–' if new is None else new}")
        for line in one.irreversible:
            say("  " + str(_("Cannot be taken back: %(what)s", what=line)))
        if one.failure:
            say("  " + str(_("Failed: %(why)s", why=one.failure)))
    for name, why in done.left_out.items():
        say(_("“%(name)s” was not tried: %(why)s", name=name, why=why))
    if done.failure:
        say(_("Switching on failed: %(why)s", why=done.failure))
    say(_("Tried on a copy (%(copied)s s to copy, %(enabled)s s to switch on what sleeps); the site is as it was.",
          copied=done.copied, enabled=done.enabled))
    return code


@command.command(help=str(_("Compare the models with the database. Exit code 3 when they differ.")),
                 epilog=examples("crm db check", "crm db check --json"))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def check(as_json: bool) -> int:
    from crm_core.data import migrate

    found = site()
    behind = migrate.needs_upgrade(found)
    if behind:
        raise CrmError(_("The database needs an upgrade first: crm db upgrade (%(packages)s)",
                         packages=list(behind)))
    differences = migrate.check(found)
    if as_json:
        say_json(differences)
    else:
        same = _("no difference")
        for package, lines in differences.items():
            say(f"{package}: {same}" if not lines else f"{package}:\n  " + "\n  ".join(lines))
    return FOUND if any(differences.values()) else 0


@command.command(help=str(_(
    "For authors: write the next revision of a package from its models. Read it before you commit it. "
    "With --first the first revision is written anew, for a package that was never released.")), epilog=examples(
        'crm db revision core "more phones"', "crm db revision core --first"))
@click.argument("package", default="core")
@click.argument("message", default="change")
@click.option("--first", is_flag=True, help=str(_("Write 0001_first.py anew; needs no database.")))
def revision(package: str, message: str, first: bool) -> int:
    from crm_core.app import open_site
    from crm_core.data import migrate

    if first:
        packages = open_site().registry.packages
        one = next((p for p in packages if p.name == package), None)
        if one is None:
            raise CrmError(_("There is no active package %(name)s.", name=package))
        say(migrate.make_first(one, packages))
        return 0
    path = migrate.make_revision(site(), package, message)
    say(path or _("Nothing to write: the models are what the database has."))
    return 0
