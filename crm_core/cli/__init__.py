"""The command `crm`: one file a command (or group of them), imported only when it is asked for.

A file `cli/<name>.py` offers `command`, a click command, and is found by its name (`import_.py` is `crm import`); files
that begin with `_` are helpers. Active packages add theirs with `register_commands`.
"""

import importlib
import os
import pkgutil
import sys
from contextlib import suppress
from typing import Any

import click

from crm_core.cli._common import examples
from crm_core.data.faults import Fault
from crm_core.kernel.config import written
from crm_core.kernel.i18n import SOURCE, _, in_language, known_language, told

REFUSED = 1  # it was refused or failed; the sentence on standard error says why, nothing is half done
FOUND = 3  # a check has found something


def _summaries() -> dict[str, Any]:
    return {
        "backup": _("Copy the site while it runs."),
        "db": _("Upgrade and check the database."),
        "demo": _("Fill the site with a made-up company."),
        "docs": _("Write or check the generated pages of the documentation."),
        "doctor": _("Look for what is wrong, and say how to cure it."),
        "duplicates": _("Measure how duplicates are recognised."),
        "export": _("Write records to a file."),
        "i18n": _("Collect and compile translations."),
        "import": _("Read records from a file."),
        "init": _("Make a site: folder, key, database."),
        "pack": _("Apply ready-made settings for a trade."),
        "plugin": _("Switch plugins on and off."),
        "restore": _("Put a backup in place."),
        "serve": _("Start the site: web and worker."),
        "user": _("Add people, set passwords, make tokens."),
        "worker": _("Run jobs and deliveries in a process of its own."),
    }


class Root(click.Group):
    """Finds commands by file name, so that `crm --help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        found = pkgutil.iter_modules(__path__)
        return sorted(module.name.rstrip("_") for module in found if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in self.list_commands(ctx):
            suffix = "_" if name in ("import",) else ""
            found: click.Command = importlib.import_module(f"{__name__}.{name}{suffix}").command
            return found
        return self._of_packages(name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        known = _summaries()
        with formatter.section(str(_("Commands"))):
            formatter.write_dl([(name, str(known.get(name, ""))) for name in self.list_commands(ctx)])

    def _of_packages(self, name: str) -> click.Command | None:
        from crm_core.app import open_site

        for found in open_site().registry.commands:
            if found.name == name:
                command: click.Command = found
                return command
        return None


def _language() -> str:
    """The language of the terminal when its environment names one that we speak, else what `crm.toml` says."""
    named = (os.environ.get(name) for name in ("CRM_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = known_language(next(filter(None, named), ""))
    with suppress(ValueError, OSError):  # a broken crm.toml is said by whatever needs it
        wanted = wanted or known_language(written().get("language"))
    return wanted or SOURCE


def root() -> click.Group:
    """The command with its texts in the language of the moment."""
    return Root(
        "crm",
        help=str(_("Tangram CRM (七巧板).")) + "\n\n" + str(_(
            "The site is the folder in CRM_SITE, else “var”. HOST and PORT say where it listens. "
            "Exit codes: 0 done, 1 refused or failed, 2 wrong use, 3 a check found something.")),
        epilog=examples("crm init --demo", "crm serve", "crm --site /srv/crm doctor", "crm import --help"),
        callback=_settings,
        params=[
            click.Option(["--site"], type=click.Path(file_okay=False), help=str(_("The folder of the site."))),
            click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version,
                         help=str(_("Say the version."))),
        ],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def _settings(site: str | None) -> None:
    os.umask(0o077)  # whatever a command makes is the owner's alone
    if site:
        os.environ["CRM_SITE"] = site


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from crm_core import __version__

        click.echo(__version__)
        ctx.exit()


def main(arguments: list[str] | None = None) -> None:
    """Run `crm` and end the process with its exit code."""
    from crm_core.cli._click_words import speak

    speak(_language())
    with in_language(_language()):
        try:
            sys.exit(run(arguments))
        except _Again:
            os.environ["CRM_AGAIN"] = str(int(os.environ.get("CRM_AGAIN", "0")) + 1)
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def again() -> bool:
    """Whether this process goes without a plugin that the one before could not take in."""
    return int(os.environ.get("CRM_AGAIN", "0")) > 0


class _Again(Exception):
    """A plugin could not be taken in and was noted: the same command in a fresh process goes without it."""


def run(arguments: list[str] | None = None) -> int:
    """Run `crm`; what the house refuses becomes one sentence on standard error."""
    try:
        found = root().main(arguments, prog_name="crm", standalone_mode=False)
        return found if isinstance(found, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo(str(_("Stopped.")), err=True)
        return 130
    except BrokenPipeError:  # `crm export … | head`: whoever read has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except _refusals() as error:
        if getattr(error, "noted", False) and int(os.environ.get("CRM_AGAIN", "0")) < 20:
            click.echo(f"crm: {_sentence(error)}", err=True)
            raise _Again from None
        click.echo(f"crm: {_sentence(error)}", err=True)
        return REFUSED


def _refusals() -> tuple[type[BaseException], ...]:
    """What is an answer and not a bug. SQLAlchemy is only looked at when something already imported it."""
    from crm_core.kernel.errors import CrmError

    known: list[type[BaseException]] = [CrmError, Fault, ValueError, OSError]
    if "sqlalchemy.exc" in sys.modules:
        from sqlalchemy.exc import OperationalError

        known.append(OperationalError)
    return tuple(known)


def _sentence(error: BaseException) -> str:
    if isinstance(error, Fault):
        return str(told(error))
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    original = getattr(error, "orig", None)
    if original is not None:
        return str(_("The database cannot be used: %(why)s", why=original))
    return str(error)
