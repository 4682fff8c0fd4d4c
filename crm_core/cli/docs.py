"""Write or check the generated pages of the documentation."""

import click

from crm_core.cli import FOUND, root
from crm_core.cli._common import examples, say
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import SOURCE, _, in_language


@click.command("docs", help=str(_(
    "For authors: write docs/reference (commands, configuration, permissions, hooks, checks, fixtures) from the program. With --check "
    "nothing is written, and the exit code is 3 when a page is not what the program says.")),
    epilog=examples("crm docs", "crm docs --check"))
@click.option("--check", is_flag=True, help=str(_("Only look.")))
def command(check: bool) -> int:
    from crm_core.app import open_site
    from crm_core.cli._reference import folder, pages

    home = folder()
    if home is None:
        raise CrmError(_("The documentation is not part of an installed package; use the source folder."))
    with in_language(SOURCE):
        texts = pages(fresh_root(), open_site(plugins=()).registry)  # whatever the site has switched on
    stale = [name for name, text in texts.items()
             if not (home / name).is_file() or (home / name).read_text(encoding="utf-8") != text]
    if check:
        for name in stale:
            say(_("docs/reference/%(name)s is not up to date: crm docs", name=name))
        return FOUND if stale else 0
    home.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (home / name).write_text(texts[name], encoding="utf-8")
        say(home / name)
    return 0


def fresh_root() -> click.Group:
    """The command with English texts, whatever language this run speaks: its modules are imported anew."""
    import importlib
    import sys

    names = [name for name in sys.modules if name.startswith("crm_core.cli.") and not name.startswith("crm_core.cli._")]
    for name in names:
        importlib.reload(sys.modules[name])
    return root()
