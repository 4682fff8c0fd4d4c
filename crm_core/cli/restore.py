"""Put a backup in place."""

from pathlib import Path

import click

from crm_core.cli._common import examples, say, say_json, step
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _


@click.command("restore", help=str(_(
    "Check a backup byte by byte, then put it in place. The site must not be running. With --replace a database that "
    "is there is put aside first (SQLite: backups/replaced-…; PostgreSQL: it is overwritten).")), epilog=examples(
        "crm restore backups/crm-20260302-120000.tar", "CRM_SITE=/tmp/trial crm restore crm.tar    # try it elsewhere",
        "crm restore crm.tar --check                # only look whether it is whole"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help=str(_("Put the database that is there aside.")))
@click.option("--check", "only_check", is_flag=True, help=str(_("Only check the backup, change nothing.")))
@click.option("--yes", is_flag=True, help=str(_("Do not ask.")))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def command(file: Path, replace: bool, only_check: bool, yes: bool, as_json: bool) -> None:
    from crm_core.app import open_site
    from crm_core.data.migrate import needs_upgrade
    from crm_core.kernel import backup

    if only_check:
        kept = backup.verify(file, tell=step)
        if as_json:
            say_json(kept.summary)
            return
        say(_("Whole: %(rows)s rows of %(tables)s tables, made %(at)s by version %(version)s.",
              rows=kept.total_rows, tables=len(kept.rows), at=kept.made_at, version=kept.version))
        return
    found = open_site()
    if replace and not yes and not click.confirm(str(_("Replace the database of %(folder)s?", folder=found.home))):
        raise CrmError(_("Nothing was changed."))
    found.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept, aside = backup.restore(found, file, replace=replace, tell=step)
    found.keys.derive("site")
    if as_json:
        say_json({**kept.summary, "aside": aside, "upgrade": needs_upgrade(found)})
        return
    if aside:
        say(_("What was there is in %(path)s", path=aside))
    say(_("Restored %(rows)s rows of %(tables)s tables, made %(at)s.",
          rows=kept.total_rows, tables=len(kept.rows), at=kept.made_at))
    if needs_upgrade(found):
        say(_("It is of an older version; now: crm db upgrade"))
