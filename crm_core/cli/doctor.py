"""Look for what is wrong, and say how to cure it."""

from dataclasses import asdict

import click

from crm_core.cli import FOUND
from crm_core.cli._common import examples, say, say_json
from crm_core.kernel.i18n import _

_SIGNS = {"ok": "✓", "note": "·", "problem": "✗"}


@click.command("doctor", help=str(_(
    "Look at the site and its database while it runs; nothing is changed. Exit code 3 when there is a problem. With "
    "--deep the whole database is read, which may take minutes.")),
    epilog=examples("crm doctor", "crm doctor --deep", "crm doctor --json"))
@click.option("--deep", is_flag=True, help=str(_("Read the whole database as well.")))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def command(deep: bool, as_json: bool) -> int:
    from crm_core.app import open_site
    from crm_core.document.fonts import findings
    from crm_core.kernel.doctor import PROBLEM, examine

    found = [*examine(open_site(), deep=deep), *findings()]
    if as_json:
        say_json([asdict(one) for one in found])
    else:
        for one in found:
            say(f"{_SIGNS[one.level]} {one.check:12} {one.text}")
    return FOUND if any(one.level == PROBLEM for one in found) else 0
