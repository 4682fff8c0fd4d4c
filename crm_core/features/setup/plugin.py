"""Table of contents of this feature."""

from crm_core.kernel.declare import Job
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource import search


@hookimpl
def register_jobs() -> list[Job]:
    return [Job("core.search", search.catch_up, label=_("Search index"))]
