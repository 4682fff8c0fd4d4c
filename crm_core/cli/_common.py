"""What several commands need."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from crm_core.kernel.errors import CrmError
from crm_core.kernel.house import open_house
from crm_core.kernel.i18n import _, in_language, language

if TYPE_CHECKING:  # `crm serve` keeps its parent process small
    from crm_core.kernel.site import Site


def site() -> Site:
    """The site of this command, open; its folder must exist and be its owner's alone."""
    from crm_core.app import open_site

    found = open_site()
    if not found.home.is_dir():
        raise CrmError(_("There is no site in %(folder)s. Make one: crm init", folder=found.home))
    found.check_home()
    click.get_current_context().with_resource(open_house(found.home))  # nothing is restored under our feet
    return found


def ready_site(without: Collection[str] = ()) -> Site:
    """The same, with its database at the newest revision, but for plugins that are going to leave. Says the command that cures it
    otherwise."""
    from crm_core.data.migrate import needs_upgrade

    found = site()
    behind = [name for name in needs_upgrade(found) if name not in without]
    if behind:
        raise CrmError(_("The database needs an upgrade first: crm db upgrade (%(packages)s)",
                         packages=list(behind)))
    return found


@contextmanager
def acting(name: str) -> Iterator[Site]:
    """The house itself acts on a ready site: whoever may run this command owns the site's folder. What is said meanwhile is in the
    language of the terminal, not in the site's."""
    found, spoken = ready_site(), language()
    with found.system(name), in_language(spoken):
        yield found


def step(text: Any) -> None:
    """What is being done now, for somebody who waits at a terminal; a script's output stays as it is."""
    if sys.stderr.isatty():
        click.echo(f"{text} …", err=True)


def say(text: Any = "") -> None:
    click.echo(str(text))


def say_json(value: Any) -> None:
    """One JSON document for a script; paths and instants as text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def examples(*lines: str) -> str:
    """The end of a help text."""
    return "\n".join([str(_("Examples:")), "", "\b", *(f"  {line}" for line in lines)])
