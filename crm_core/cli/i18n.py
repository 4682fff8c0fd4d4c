"""Collect and compile translations."""

import click

from crm_core.cli import FOUND
from crm_core.cli._common import examples, say
from crm_core.kernel.declare import Package
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _


@click.group("i18n", help=str(_("For authors: collect and compile the translations of core and of each package.")),
             epilog=examples("crm i18n extract", "crm i18n update", "crm i18n update --check", "crm i18n compile"))
def command() -> None:
    pass


_package = click.option("--package", "name", metavar="NAME|PATH", help=str(_("Only this package; one that is not switched on too.")))


def _packages(name: str | None) -> list[Package]:
    from crm_core.app import open_site
    from crm_core.kernel import checkout, plugins

    name = checkout.name_of(name) if name else None
    also = tuple(plugins.closure(name, plugins.discover())) if name and name != "core" else ()
    found = [p for p in open_site(also=also).registry.packages if name in (None, p.name)]
    if not found:
        raise CrmError(_("There is no active package %(name)s.", name=name))
    return found


@command.command(help=str(_("Print every text that is marked for translation, with where it stands.")),
                 epilog=examples("crm i18n extract", "crm i18n extract --package core"))
@_package
def extract(name: str | None) -> None:
    from crm_core.kernel.catalogs import collect

    for package in _packages(name):
        for message in collect(package):
            if message.id:
                text = message.id if isinstance(message.id, str) else message.id[0]
                say(f"{message.locations[0][0]}:{message.locations[0][1]}: {text}")


@command.command(help=str(_(
    "Bring the .po files up to date: new texts in, unused ones out. Says what is not translated yet. With --check "
    "nothing is written, and the exit code is 3 when a text is missing or a file is not up to date.")), epilog=examples(
        "crm i18n update --missing", "crm i18n update --check"))
@_package
@click.option("--check", is_flag=True, help=str(_("Only look.")))
@click.option("--missing", is_flag=True, help=str(_("List the texts that are missing.")))
def update(name: str | None, check: bool, missing: bool) -> int:
    from crm_core.kernel.catalogs import update as bring

    good = True
    for package in _packages(name):
        for state in bring(package, write=not check):
            good = good and state.good
            say(_("%(package)s, %(language)s: %(n)s texts, %(missing)s missing, %(broken)s with wrong placeholders",
                  package=state.package, language=state.language, n=state.messages, missing=len(state.missing),
                  broken=len(state.broken)))
            for text in [*state.broken, *(state.missing if missing or check else [])]:
                say(f"  {text}")
            if state.taken:
                say(_("  as core says it, look whether you mean the same:"))
            for text, said in state.taken.items():
                say(f"    {text} → {said}")
            if state.stale:
                say(_("  not up to date: crm i18n update"))
    return FOUND if check and not good else 0


@command.command("compile", help=str(_("Write the .mo files that the program reads.")), epilog=examples("crm i18n compile"))
@_package
def compile_(name: str | None) -> None:
    from crm_core.kernel.catalogs import TRANSLATED, compile_catalog

    for package in _packages(name):
        for language in TRANSLATED:
            path = compile_catalog(package, language)
            if path is not None:
                say(path)
