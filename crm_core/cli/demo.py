"""Fill the site with a made-up company."""

import click

from crm_core.cli._common import examples, ready_site, say
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.site import Site


@click.command("demo", help=str(_(
    "Fill an empty site with a made-up company: people, customers, tasks. The passwords are random, shown once and kept "
    "in the site's folder.")), epilog=examples("crm init && crm demo", "crm init --demo"))
@click.option("--core-only", is_flag=True, help=str(_("Without the plugins that come with it.")))
@click.option("--customers", type=click.IntRange(300, 100_000), default=3_000, show_default=True, help=str(_("How many customers it has.")))
def command(customers: int, core_only: bool) -> None:
    site = ready_site()
    show_passwords(fill(site if core_only else with_plugins(site), customers))


def with_plugins(site: Site) -> Site:
    """The site with the plugins that come with the program switched on; as it is where people use it already."""
    from crm_core.cli._people import anybody
    from crm_core.cli._plugins import bundled, switch_on
    from crm_core.kernel import enabling

    wanted = [] if anybody(site) else enabling.to_enable(site, bundled())
    return switch_on(site, wanted)[0] if wanted else site


def fill(site: Site, customers: int = 3_000) -> dict[str, str]:
    """Make the demo company in one transaction; the passwords by sign-in name. Refused when there are people
    already."""
    import sqlalchemy as sa

    from crm_core.cli._people import anybody
    from crm_core.data.base import table_of
    from crm_core.data.session import writing
    from crm_core.kernel.clock import now
    from crm_core.kernel.demo import Make, keep_passwords
    from crm_core.kernel.models import OutboxRow

    if anybody(site):
        raise CrmError(_("The demo needs an empty site; this one has people already."))
    make = Make(site, customers)
    with site.system("demo"), writing() as db:
        site.registry.call("demo_data", make=make)
        for reckon in make.last:
            reckon()
        db.execute(sa.update(table_of(OutboxRow)).values(run_at=now()))  # what happened in days gone by has not been late since then
        keep_passwords(site, make.passwords)
    return make.passwords


def show_passwords(passwords: dict[str, str]) -> None:
    if passwords:
        say(_("Sign in as one of these (kept in demo-passwords.txt in the site's folder):"))
        for login, password in passwords.items():
            say(f"  {login:16} {password}")
