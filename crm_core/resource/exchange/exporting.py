"""Large exports as a job: the file grows page by page, a kill goes on where the last page ended."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.kernel import clock, files
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.site import actor, site
from crm_core.resource import listing
from crm_core.resource.exchange.export import Export, plan, stream
from crm_core.resource.exchange.formats import TYPES

AT_ONCE = 50_000  # rows; more than this becomes a job
SAVED_EVERY = 10  # pages between two places to go on from


def file_name(resource: Any, format: str) -> str:
    """What the file is called when it is saved: the resource's name and today's date."""
    label = "".join(c if c.isalnum() else "-" for c in str(resource.label)).strip("-") or resource.path
    return f"{label} {clock.today().isoformat()}.{'vcf' if format.startswith('vcf') else format}"


def ask(resource: Any, pairs: Sequence[tuple[str, str]], *, format: str, columns: Sequence[str] = ()) -> int:
    """Have it done by a job, in the running write transaction: what the address `pairs` means when it runs."""
    args = {"resource": resource.name, "state": [list(p) for p in pairs], "format": format, "columns": list(columns)}
    return later("core.export", args, label=_("Export: %(list)s", list=resource.label))


def run(job: Running) -> None:
    """The job. Its result carries the address of the file."""
    who = actor()
    if who is None:
        raise CrmError(_("An export by a job needs somebody it is for."))
    resource, made = _planned(job.args)
    # Only a walk by key has places to go on from; a list of ids is found anew and written anew.
    place = job.position
    going_on = made.by_key and "after" in place and files.has_part(site(), place["part"], place["size"])
    if going_on:
        made.after, made.rows = place["after"], place["rows"]
    else:
        place.clear()
        place["part"] = files.fresh_name()
    pages = 0
    with files.part(site(), place["part"], place.get("size", 0)) as file:
        pieces = stream(job.site, who, made)
        if going_on:
            next(pieces)  # the head stands there already
        for piece in pieces:
            file.write(piece)
            pages += 1
            job.done = made.rows
            if made.by_key and pages % SAVED_EVERY == 0:
                file.flush()
                job.position.update(after=made.after, rows=made.rows, size=file.tell())
                job.save()
            job.progress(made.rows)
    if made.reason is not None:
        raise CrmError(made.reason)
    with job.finish():
        public = files.keep(
            job.position["part"], owner_id=who.user_id, name=file_name(resource, made.format), kind=TYPES[made.format],
            permission=f"{resource.name}.export",
        )
        job.result.update(url=f"/files/{public}", counts={"done": made.rows})


def _planned(args: Mapping[str, Any]) -> tuple[Any, Export]:
    resource = site().registry.resource(args["resource"])
    query = listing.parse(resource, [(k, v) for k, v in args["state"]])
    return resource, plan(resource, query, columns=args.get("columns") or (), format=args["format"])
