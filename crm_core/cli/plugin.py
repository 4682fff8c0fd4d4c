"""Switch plugins on and off."""

import click

from crm_core.cli import _purging
from crm_core.cli._common import acting, examples, ready_site, say, say_json
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _


@click.group("plugin", help=str(_("Switch plugins on and off.")), epilog=examples(
    "crm plugin list", "crm plugin enable sales", "crm plugin disable sales", "crm plugin new visits"))
def command() -> None:
    pass


@command.command("list", help=str(_("Say which plugins are installed on this machine, and how they stand on this site.")),
                 epilog=examples("crm plugin list", "crm plugin list --json"))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def list_(as_json: bool) -> None:
    from crm_core.kernel.overview import overview

    rows = overview(ready_site())
    if as_json:
        say_json([{"name": r.name, "label": str(r.label), "version": r.version, "state": r.state.value, "reason": str(r.reason)} for r in rows])
        return
    for row in rows:
        say(f"{row.name:20} {row.version:10} {row.words:12} {row.reason}".rstrip())
    if not rows:
        say(_("No plugin is installed here besides core."))


@command.command(help=str(_(
    "Switch plugins on, with those they require: makes their tables (after a copy of the database), then has crm serve start "
    "anew beside the running processes. Nothing changes when it fails.")), epilog=examples("crm plugin enable sales service"))
@click.argument("names", nargs=-1, required=True)
@click.option("--for", "department", type=int, help=str(_(
    "Id of the department that switches them on; with the level of the house it says for whom a new plugin is.")))
def enable(names: tuple[str, ...], department: int | None) -> None:
    from crm_core.cli._plugins import switch_on
    from crm_core.kernel import enabling

    serving = ready_site()
    wanted = enabling.to_enable(serving, names)
    if not wanted:
        say(_("Nothing to do: switched on already."))
        return
    if others := [one for one in wanted if one not in names]:
        say(_("Required, and switched on too: %(names)s", names=list(others)))
    _site, applied = switch_on(serving, wanted, department)
    if applied.backup:
        say(_("Copied before: %(path)s", path=applied.backup))
    for one in wanted:
        say(_("“%(name)s” is switched on.", name=one))


@command.command(help=str(_(
    "Switch plugins off. Their data stays as it is and sleeps until they are switched on again; their pages, menu, API and "
    "reports are gone.")), epilog=examples("crm plugin disable sales"))
@click.argument("names", nargs=-1, required=True)
@click.option("--with-others", is_flag=True, help=str(_("Also those that cannot do without them.")))
def disable(names: tuple[str, ...], with_others: bool) -> None:
    from crm_core.kernel import enabling

    site = ready_site(without=names)  # one whose migration breaks can be switched off
    wanted = enabling.to_disable(site, names)
    others = [one for one in wanted if one not in names]
    if others and not with_others:
        raise CrmError(_("Others cannot do without it: %(names)s. Switch them off too with --with-others.", names=list(others)))
    enabling.disable(site, wanted)
    for one in wanted:
        say(_("“%(name)s” is switched off; its data sleeps.", name=one))


@command.command("audience", help=str(_(
    "Say, or change, who sees a plugin: people of these departments and of those below. It holds from the next click on; nothing "
    "else changes.")), epilog=examples("crm plugin audience sales", "crm plugin audience sales --department 市场部", "crm plugin audience sales --everybody"))
@click.argument("name")
@click.option("--department", "departments", multiple=True, help=str(_("A department by name or code; may be given again.")))
@click.option("--everybody", is_flag=True, help=str(_("No department is left out.")))
def audience_(name: str, departments: tuple[str, ...], everybody: bool) -> None:
    from crm_core.features.setup.audience import words
    from crm_core.kernel import enabling, plugins

    with acting("audience") as site:
        if departments or everybody:
            known = site.registry.resource("core.department").by_name(departments)
            if missing := [one for one in departments if one not in known]:
                raise CrmError(_("There is no department “%(name)s”.", name=missing[0]))
            enabling.set_audience(site, name, [known[one] for one in departments])
        state = plugins.states(site.engines).get(name)
        if state is None:
            raise CrmError(_("The plugin “%(name)s” is not switched on.", name=name))
        say(words(state.audience))


@command.command(help=str(_(
    "For authors: write a new plugin that runs at once, a distribution of its own with list, page, form, import, export and API "
    "of one kind of record. Asks at a terminal for what is not said.")),
    epilog=examples("crm plugin new", "crm plugin new visits --label Visits --zh 拜访 --folder ~/work"))
@click.argument("name", required=False)
@click.option("--label", help=str(_("What people read, in English, as of many: Visits.")))
@click.option("--zh", help=str(_("The same in Chinese.")))
@click.option("--folder", type=click.Path(file_okay=False), default=".", help=str(_("Where to put it; here, if not said.")))
def new(name: str | None, label: str | None, zh: str | None, folder: str) -> None:
    import sys
    from pathlib import Path

    from crm_core.cli._new import check_name, write

    asks = sys.stdin.isatty()
    if name is None and not asks:
        raise click.UsageError(str(_("Say its name: crm plugin new visits")))
    name = check_name(name or click.prompt(str(_("Name (small letters, as of many: visits)"))))
    usual = name.capitalize()
    label = label or (click.prompt(str(_("What people read, in English")), default=usual) if asks else usual)
    zh = zh or (click.prompt(str(_("What people read, in Chinese")), default=label) if asks else label)
    home = write(name, Path(folder), label, zh)
    say(_("Made %(folder)s. Next:", folder=home))
    for line in (f"pip install -e {home}", f"crm plugin enable {name}", f"crm plugin check {name}"):
        say(f"  {line}")


@command.command(help=str(_(
    "For authors: try whether a plugin keeps what every plugin must, in houses of its own that are thrown away. Says file, line "
    "and cure of each fault; the exit code is 1 then. Without a name: the plugin of this folder.")),
    epilog=examples("crm plugin check visits", "crm plugin check ./crm-visits", "crm plugin check --only texts --only scope", "crm plugin check --json"))
@click.argument("name", metavar="[NAME|PATH]", default=".")
@click.option("--only", multiple=True, help=str(_("Only this check; the reference of the checks has their names.")))
@click.option("--json", "as_json", is_flag=True, help=str(_("For scripts.")))
def check(name: str, only: tuple[str, ...], as_json: bool) -> int:
    from crm_core.cli import REFUSED
    from crm_core.kernel import checkout
    from crm_core.testing.checks import CHECKS
    from crm_core.testing.suite import run

    if unknown := [one for one in only if one not in CHECKS]:
        raise click.UsageError(str(_("There is no check %(name)s. There are: %(names)s", name=unknown[0], names=list(CHECKS))))
    outcome = run(checkout.name_of(name), only)
    if as_json:
        say_json({"findings": [{"check": f.check, "file": f.place.path, "line": f.place.line, "text": str(f.text), "cure": str(f.cure)}
                               for f in outcome.findings], "passed": outcome.passed, "waiting": outcome.waiting})
        return REFUSED if outcome.findings else 0
    for at, one in enumerate(outcome.findings, 1):
        say(f"{one.place.path}:{one.place.line}: {one.text}")
        if at == len(outcome.findings) or outcome.findings[at].check != one.check:  # the cure once, below all it cures
            say(f"  {one.check}: {one.cure}")
    if outcome.waiting:
        say(_("Not tried before “%(name)s” passes: %(names)s", name=outcome.waits_for, names=list(outcome.waiting)))
    say(_("%(n)s checks passed, %(m)s faults.", n=len(outcome.passed), m=len(outcome.findings)))
    return REFUSED if outcome.findings else 0


@command.command(help=str(_(
    "For authors: write the next revision of a plugin's tables from its models. Read it before you commit it. Needs no site: "
    "the revisions there are run on an empty database first.")), epilog=examples(
        'crm plugin migrate sales "more stages"', "crm plugin migrate ./crm-visits"))
@click.argument("name", metavar="NAME|PATH")
@click.argument("message", default="change")
def migrate(name: str, message: str) -> None:
    import tempfile
    from pathlib import Path

    from crm_core.app import open_site
    from crm_core.data import migrate, revisions
    from crm_core.kernel import checkout, plugins
    from crm_core.kernel.config import Config

    name = checkout.name_of(name)
    with tempfile.TemporaryDirectory() as place:
        site = open_site(config=Config(site=Path(place)), also=tuple(plugins.closure(name, plugins.discover())))
        package = site.registry.package(name)
        if package is None:
            raise CrmError(_("There is no plugin “%(name)s” on this machine; install it with pip first.", name=name))
        if not package.migrations.is_dir() or not revisions.known(package.migrations):
            say(migrate.make_first(package, site.registry.packages))
            return
        migrate.upgrade(site, backup=False)
        say(migrate.make_revision(site, name, message) or _("Nothing to write: the models are what the database has."))


command.add_command(_purging.purge)
command.add_command(_purging.restore)
