"""`crm plugin purge` and `crm plugin restore`."""

from pathlib import Path
from typing import Any

import click

from crm_core.cli._common import examples, say, say_json, site, step
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _


@click.command(help=str(_(
    "Take a plugin that is switched off away for good: its tables and whatever the site has of it. Says first what that is, asks for "
    "the name, and writes an archive that crm plugin restore takes in again. Without --to it goes to the site's folder backups/.")),
    epilog=examples("crm plugin purge visits --json    # only look", "crm plugin purge visits", "crm plugin purge visits --yes visits --to /mnt/safe/visits.tar"))
@click.argument("name")
@click.option("--yes", "typed", help=str(_("The name once more, for scripts: nothing is asked then.")))
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help=str(_("Where to put the archive.")))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts; without --yes only what would go is said, and nothing is changed.")))
def purge(name: str, typed: str | None, target: Path | None, as_json: bool) -> None:
    from crm_core.kernel import purging

    place = site()
    seen = purging.look(place, name)
    if as_json and typed is None:
        say_json({**vars(seen), "rows": seen.total_rows})
        return
    if not as_json:
        _tell(seen)
    if seen.held_by:
        raise CrmError(_("Others cannot do without “%(name)s”: %(columns)s. Purge those first.", name=name, columns=list(seen.held_by)))
    if typed is None:
        typed = click.prompt(str(_("Type the name to take it away")), default="", show_default=False)
    if typed != name:
        raise CrmError(_("Nothing was changed."))
    path, kept = purging.purge(place, name, target, tell=step)
    if as_json:
        say_json({"archive": path, "rows": kept.rows})
        return
    say(_("“%(name)s” is gone. Its archive, to be taken in again with crm plugin restore: %(path)s", name=name, path=path))


def _tell(seen: Any) -> None:
    """The preview, for people."""
    parts = (
        (_("Its tables, with their rows"), seen.tables), (_("Kept by core for it; goes along, and is in the archive"), seen.rows_of_core),
        (_("Goes along and is not kept: deliveries, jobs, the index of words"), seen.passing),
        (_("Rows of others that point at its records; they will point at nothing"), seen.pointers),
        (_("Rights; they stay and mean nothing without it"), seen.rights))
    for label, found in parts:
        if found:
            say(f"{label}:")
            for table, rows in found.items():
                say(f"  {table:32} {rows}")
    if seen.required_by:
        say(_("Plugins that require it: %(names)s", names=list(seen.required_by)))


@click.command(help=str(_(
    "Take in the archive of a purged plugin. It must be installed, and have no rows here. Afterwards it is switched off, as it was "
    "before; its records, their history and what pointed at them are there again.")),
    epilog=examples("crm plugin restore backups/plugin-visits-20260302-120000.tar"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def restore(file: Path, as_json: bool) -> None:
    from crm_core.kernel import returning

    done = returning.restore(site(), file, tell=step)
    kept = done.kept
    if as_json:
        say_json({"plugin": kept.plugin, "rows": kept.rows, "emptied": done.emptied, "left_out": done.left_out})
        return
    for table, rows in done.emptied.items():
        say(_("%(table)s: %(rows)s rows pointed at something that was removed for good; they point at nothing now.", table=table, rows=rows))
    for table, rows in done.left_out.items():
        say(_("%(table)s: %(rows)s rows hung on something that was removed for good; they were left out.", table=table, rows=rows))
    say(_("“%(name)s” is back with %(rows)s rows, switched off. Now: crm plugin enable %(name)s", name=kept.plugin,
          rows=sum(kept.rows[t] for t in kept.own)))
