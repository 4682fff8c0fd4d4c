"""Packs: ready-made settings for a trade."""

import click

from crm_core.cli._common import acting, examples, say
from crm_core.kernel.i18n import _


@click.group("pack", help=str(_("Ready-made settings for a trade: fields, sections of forms, lists of choices.")), epilog=examples(
    "crm pack list", "crm pack apply press", "crm pack apply ./our-pack"))
def command() -> None:
    pass


@command.command("list", help=str(_("The packs that come with the program.")), epilog=examples("crm pack list"))
def listed() -> None:
    from crm_core.features.setup import packs

    with acting("packs"):
        for code in packs.known():
            say(f"{code:16} {packs.read(code).name}")


@command.command(help=str(_(
    "Add what a pack has and this site lacks; nothing that is there is changed. NAME is one of ours or a folder with pack.toml.")),
    epilog=examples("crm pack apply press", "crm pack apply ./our-pack   # a second time: changes nothing"))
@click.argument("name")
def apply(name: str) -> None:
    from crm_core.features.setup import packs

    with acting("pack"):
        done = packs.apply(name)
    for one in done.fields:
        say(_("field %(name)s", name=one))
    for one in done.sections:
        say(_("section %(name)s", name=one))
    if not done.fields and not done.sections:
        say(_("Everything was there already."))
