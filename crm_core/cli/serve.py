"""Start the site: web and worker."""

import os
import socket

import click

from crm_core.cli._common import examples, say
from crm_core.kernel.config import LOOPBACK, Config, load
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _


@click.command("serve", help=str(_(
    "Start the site: web pages and the worker for jobs and deliveries. Restarts what dies; Ctrl-C or SIGTERM ends it "
    "in order, SIGHUP starts everything anew without a pause.")), epilog=examples(
        "crm serve", "PORT=8080 crm serve", "HOST=0.0.0.0 crm serve     # for others in the house; a trial, plain http"))
@click.option("--host", help=str(_("Address to listen on (HOST).")))
@click.option("--port", type=click.IntRange(1, 65535), help=str(_("Port to listen on (PORT).")))
@click.option("--no-worker", is_flag=True, help=str(_("Only the web; jobs are run by crm worker elsewhere.")))
def command(host: str | None, port: int | None, no_worker: bool) -> int:
    from crm_core.cli._supervisor import Supervisor, bind
    from crm_core.kernel.house import open_house

    for name, value in (("HOST", host), ("PORT", port)):
        if value:
            os.environ[f"CRM_{name}"] = str(value)
    config = load()
    check(config)
    try:
        listener = bind(config.host, config.port)
    except OSError as error:
        raise CrmError(_("Port %(port)s of %(host)s cannot be had (%(why)s); try PORT=%(other)s crm serve",
                         port=config.port, host=config.host, why=error.strerror, other=config.port + 1)) from None

    def lead(fd: int, tell: object) -> int:
        from crm_core.cli import _leader

        return _leader.lead(fd, tell, with_worker=not no_worker)  # type: ignore[arg-type]

    def loading() -> bool:
        return any((config.site / "loading").glob("*-*"))

    with open_house(config.site):
        refusal = Supervisor(listener, lead, loading).run(lambda nobody: greet(config, nobody))
    if refusal:
        raise CrmError(refusal)
    return 0


def check(config: Config) -> None:
    """What can be refused before anything is imported (S20)."""
    if config.debug and config.host not in LOOPBACK:
        raise CrmError(_("Debugging is on and %(host)s is not this machine alone: anybody could run code here. "
                         "Set debug = false or HOST=127.0.0.1.", host=config.host))
    if not config.site.is_dir():
        raise CrmError(_("There is no site in %(folder)s. Make one: crm init", folder=config.site))


def greet(config: Config, nobody: bool) -> None:
    """Where it is, and how one gets in."""
    say(_("Tangram CRM runs at %(address)s   (stop: Ctrl-C)", address=address(config)))
    if (config.site / "demo-passwords.txt").exists():
        say(_("Sign-in names and passwords of the demo: %(path)s", path=config.site / "demo-passwords.txt"))
    elif nobody:
        say(_("First start: open the set-up link that crm init printed; crm init --new-link makes another."))
    if config.plain_http:
        say(_("Plain http: whoever sits between can read along. Fine for a trial; for real use put https before it "
              "(docs/operate)."))


def address(config: Config) -> str:
    """The address a person can open: a name for “all addresses”."""
    if config.host in ("0.0.0.0", "::") and not config.base_url:
        return f"http://{socket.gethostname()}:{config.port}"
    return config.url
