"""Table of contents of this feature."""

from typing import Any

from crm_core.features.hooks import forwarding, receiving
from crm_core.features.hooks.forwarding import CATCH_UP, HookDue
from crm_core.features.hooks.resources import Deliveries, IncomingCalls, Incomings, Webhooks
from crm_core.kernel.declare import Job, Listen, Menu, Related
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource.after import RecordsChanged


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Webhooks, Deliveries, Incomings, IncomingCalls]


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(cls.label, cls, "settings", order=cls.order, name=name) for cls, name in ((Webhooks, "webhooks"), (Incomings, "incomings"))]


@hookimpl
def register_panels() -> list[Related]:
    return [Related("core.webhook", Deliveries), Related("core.incoming", IncomingCalls)]


@hookimpl
def register_listeners() -> list[Listen]:
    return [
        Listen(RecordsChanged, forwarding.happened, inside=True, name="core.hooks.happened"),
        Listen(HookDue, forwarding.forward, acts="system", outside=True, name="core.hooks.forward", label=_("Tell another system")),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(CATCH_UP, forwarding.catch_up, every="every minute", label=_("What is still to be told to other systems")),
        Job("core.hooks.sweep", sweep, every="every day at 03:35", label=_("Old messages to and from other systems")),
    ]


def sweep(job: Any) -> None:
    forwarding.sweep(job)
    receiving.sweep(job)
