"""Make a site: folder, key, database."""

import click

from crm_core.cli._common import examples, say
from crm_core.kernel.config import load
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _


@click.command("init", help=str(_(
    "Make a site: its folder (only yours), its key, its database with all tables. Without --demo it prints a set-up "
    "link that works once: whoever opens it becomes the first administrator.")), epilog=examples(
        "crm init", "crm init --demo", "crm init --if-missing --demo   # a second time: changes nothing",
        "crm init --new-link          # the first link was lost", "CRM_SITE=/srv/crm crm init"))
@click.option("--demo", is_flag=True, help=str(_("Fill it with a made-up company, with all plugins that come with it switched on.")))
@click.option("--if-missing", is_flag=True, help=str(_(
    "Be content with a site that is already there; upgrade it if needed.")))
@click.option("--level", type=click.Choice(["department", "collaborative", "enterprise"]), help=str(_(
    "Whether one department works with it, several together, or everybody: for whom a plugin is that is switched on. Can be "
    "changed under Settings.")))
@click.option("--new-link", is_flag=True, help=str(_("Only make a new set-up link, while nobody can sign in yet.")))
def command(demo: bool, if_missing: bool, new_link: bool, level: str | None) -> None:
    from crm_core.cli._settled import settled

    if if_missing and settled(load()):
        return
    from crm_core.app import open_site
    from crm_core.cli._people import anybody, say_link
    from crm_core.kernel.install import prepare

    found = open_site()
    if new_link:
        say_link(found)
        return
    found.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    found.check_home()
    found.keys.derive("site")  # the key is made now
    done = prepare(found)
    if not done.first and not if_missing:
        raise CrmError(_("There is a site in %(folder)s already.", folder=found.home))
    for package, steps in done.applied.revisions.items():
        if not done.first:
            say(f"{package}: {', '.join(steps)}")
    if level is not None:
        from crm_core.features.setup.levels import House, Level
        from crm_core.resource.settings import put

        with found.system("level"):
            put(House, {"level": Level(level)})
    if done.first:
        say(_("Made a site in %(folder)s. It is being filled with a demo company, which takes minutes.", folder=found.home) if demo
            else _("Made a site in %(folder)s. Start it: crm serve", folder=found.home))
    if not anybody(found):
        if demo:
            from crm_core.cli.demo import fill, show_passwords, with_plugins

            show_passwords(fill(with_plugins(found)))
        elif done.first:
            say_link(found)
