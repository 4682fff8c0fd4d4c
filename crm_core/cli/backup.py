"""Copy the site while it runs."""

from pathlib import Path

import click

from crm_core.cli._common import examples, say, say_json, site, step
from crm_core.kernel.i18n import _


@click.command("backup", help=str(_(
    "Copy database and files into one file while people go on working, and check the copy. Without FILE it goes to the "
    "site's folder backups/. The site's key is not in it; keep a copy of the file “key” somewhere else.")),
    epilog=examples("crm backup", "crm backup /mnt/safe/crm-monday.tar", "crm backup --json"))
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def command(file: Path | None, as_json: bool) -> None:
    from crm_core.kernel.backup import back_up

    path, kept = back_up(site(), file, tell=step)
    size = path.stat().st_size
    if as_json:
        say_json({"path": path, "bytes": size, **kept.summary})
        return
    say(_("Backed up %(rows)s rows of %(tables)s tables (%(size)s MB, checked): %(path)s",
          rows=kept.total_rows, tables=len(kept.rows), size=round(size / 1e6, 1), path=path))
