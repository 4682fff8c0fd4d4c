"""Write records to a file."""

import sys
from contextlib import AbstractContextManager
from typing import Any

import click

from crm_core.cli._common import examples, ready_site
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _


@click.command("export", help=str(_(
    "Write records to standard output or a file, page by page, whatever their number. With --as only what that person "
    "may export and with the columns he may see; without it everything. WHAT is a resource: customers, core.contact.")),
    epilog=examples("crm export customers > customers.csv", "crm export customers --as ann --filter standing.any=key -o key.csv",
                    "crm export core.contact --columns name,customer,mobile --format jsonl"))
@click.argument("what")
@click.option("--as", "login", help=str(_("Whose rights count: a sign-in name.")))
@click.option("--filter", "filters", multiple=True, metavar="FIELD.OPERATOR=VALUE", help=str(_("As in a list's address; may be given again.")))
@click.option("--q", "words", default="", help=str(_("Words to look for.")))
@click.option("--sort", default="", help=str(_("A field, or -field; for lists of up to 10,000.")))
@click.option("--columns", default="", help=str(_("Fields by name, separated by commas; all without it.")))
@click.option("--format", "format_", type=click.Choice(["csv", "jsonl", "xlsx", "vcf", "vcf21", "vcf40"]), default="csv", show_default=True)
@click.option("--no-bom", is_flag=True, help=str(_("CSV without the mark that Excel needs to see UTF-8.")))
@click.option("--output", "-o", type=click.Path(dir_okay=False, writable=True), help=str(_("The file; standard output without it.")))
def command(what: str, login: str | None, filters: tuple[str, ...], words: str, sort: str, columns: str, format_: str,
            no_bom: bool, output: str | None) -> None:
    from crm_core.resource import listing
    from crm_core.resource.exchange.export import plan, stream

    site = ready_site()
    pairs = [_pair(text) for text in filters] + [(k, v) for k, v in (("q", words), ("sort", sort)) if v]
    person = _person(site, login) if login else None
    running: AbstractContextManager[Any] = site.work(person) if person is not None else site.system("crm export")
    with running:
        resource = _resource(site, what)
        chosen = [name.strip() for name in columns.split(",") if name.strip()]
        made = plan(resource, listing.parse(resource, pairs), columns=chosen, format=format_, bom=not no_bom)
    if output:
        with open(output, "wb") as file:
            for piece in stream(site, person, made):
                file.write(piece)
                if sys.stderr.isatty():
                    click.echo("\r" + str(_("%(n)s records", n=f"{made.rows:,}")), err=True, nl=False)
        if sys.stderr.isatty():
            click.echo("\r", err=True, nl=False)
    else:
        for piece in stream(site, person, made):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    if made.reason is not None:
        raise CrmError(made.reason)
    click.echo(str(_("%(n)s records", n=f"{made.rows:,}")), err=True)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or "." not in name:
        raise click.UsageError(str(_("A filter looks like standing.any=key, not “%(text)s”.", text=text)))
    return name, value


def _resource(site: Any, what: str) -> Any:
    """By name, with or without the package, in singular or plural."""
    wanted = what if "." in what else f"core.{what}"
    for name in (wanted, wanted.removesuffix("s"), f"{wanted.removesuffix('ies')}y"):
        found = site.registry.resources.get(name)
        if found is not None:
            return found
    raise CrmError(_("There is nothing called %(what)s. There are: %(names)s.", what=what, names=list(site.registry.resources)))


def _person(site: Any, login: str) -> Any:
    import sqlalchemy as sa

    from crm_core.access.actor import load_actor
    from crm_core.access.models import User
    from crm_core.text.clean import fold

    with site.system("crm export --as") as work:
        key = work.session.scalar(sa.select(User.id).where(User.login_key == fold(login), User.deleted_at.is_(None)))
        found = load_actor(site, work.session, key) if key is not None else None
    if found is None:
        raise CrmError(_("Nobody called %(login)s may sign in here.", login=login))
    return found
