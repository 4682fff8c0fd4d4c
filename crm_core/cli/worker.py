"""Run jobs and deliveries in a process of its own."""

import signal

import click

from crm_core.cli._common import examples, ready_site, say
from crm_core.kernel.i18n import _


@click.command("worker", help=str(_(
    "Run jobs and deliveries here. crm serve has a worker already; on PostgreSQL any number may run beside it, on "
    "several machines, on SQLite only one. Ctrl-C or SIGTERM hands unfinished jobs back; another worker goes on where they "
    "stopped.")), epilog=examples("crm worker", "crm worker --once    # what is due now, then end"))
@click.option("--once", is_flag=True, help=str(_("Run what is due now, then end.")))
def command(once: bool) -> None:
    from crm_core.kernel import outbox, runner
    from crm_core.kernel.house import open_house
    from crm_core.kernel.worker import Worker

    worker = Worker(ready_site())
    with open_house(worker.site.home):
        if not once:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: worker.stop())
            worker.run()
            return
        worker.hold()
        jobs, deliveries = runner.drain(worker.site), outbox.drain(worker.site)
        while more := runner.drain(worker.site):  # what the deliveries asked for
            jobs, deliveries = jobs + more, deliveries + outbox.drain(worker.site)
    say(_("Jobs: %(jobs)s, deliveries: %(deliveries)s", jobs=jobs, deliveries=deliveries))
