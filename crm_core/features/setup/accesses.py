"""The access log: who has read sensitive facts of whom, when, in which way. For who may audit; nothing in it can be changed."""

import datetime as dt
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.reads import Access
from crm_core.data.base import table_of
from crm_core.data.session import session
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.fields import Bad, DateField, Field
from crm_core.resource.references import RefField, named
from crm_core.text.numbers import whole
from crm_core.web import cells, controls, render, urls
from crm_core.web.access import access
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Crumb, Empty
from crm_core.web.viewmodels.accesses import AccessPage, AccessRow

pages = flask.Blueprint("accesses", __name__)
READ = "core.access.read"
URL = "/accesses"
ROWS = 50
HOW = {
    "page": _("on its page"), "form": _("in a form"), "list": _("in a list"), "history": _("in its history"), "print": _("printed"), "export": _("exported"),
    "api": _("by the interface"), "mail": _("in a mail"), "feed": _("by a feed"),
}
_table = table_of(Access)


@pages.get(URL)
@access(READ)
def index() -> Any:
    """Newest first; of one person, of some days, of one record when an address says so."""
    args = flask.request.args
    who = RefField(name="who", column="", label=_("Who"), target="core.user")
    fields: dict[str, Field] = {
        "who": who, "from": DateField(name="from", column="", label=_("From")),
        "until": DateField(name="until", column="", label=_("Until")),
    }
    texts = controls.read(fields, args)
    faults: dict[str, list[Any]] = {}
    values = controls.parse(fields, texts, faults)
    about, row = args.get("resource", ""), whole(args.get("row", ""))
    query = sa.select(_table).order_by(_table.c.id.desc()).limit(ROWS + 1)
    if about in site().registry.resources and row is not None:
        query = query.where(_table.c.resource == about, _table.c.row_id == row)
    if values.get("who") is not None:
        query = query.where(_table.c.actor_id == _person(who, values["who"]))
    if values.get("from") is not None:
        query = query.where(_table.c.at >= clock.instant(values["from"]))
    if values.get("until") is not None:
        query = query.where(_table.c.at < clock.instant(values["until"] + dt.timedelta(days=1)))
    if (before := whole(args.get("before", ""))) is not None:
        query = query.where(_table.c.id < before)
    found = session.execute(query).all()
    kept = [(k, v) for k, v in args.items(multi=True) if k != "before"]
    page = AccessPage(
        _("Access log"), _("Who has read sensitive facts of whom, when and in which way. Nothing in it can be changed."),
        controls.of_fields(fields, texts, faults), (("resource", about), ("row", str(row))) if row is not None else (), _rows(found[:ROWS]),
        crumbs=_crumbs(about, row), next_url=urls.address(URL, [*kept, ("before", str(found[ROWS - 1].id))]) if len(found) > ROWS else "",
        empty=Empty(_("Nobody has read any"), _("Reading a sensitive fact leaves a line here.")),
    )
    return page_of("accesses.html", page)


def _person(field: RefField, value: Any) -> int:
    try:
        return int(field.resolve([value]).get(value, 0))
    except Bad:
        return 0


def _rows(found: Any) -> tuple[AccessRow, ...]:
    wanted: dict[str, set[Any]] = {"core.user": {r.actor_id for r in found}}
    for r in found:
        wanted.setdefault(r.resource, set()).add(r.row_id)
    names, resources = named(wanted), site().registry.resources
    drawn = []
    for r in found:
        resource, label = resources.get(r.resource), names.get(r.resource, {}).get(r.row_id)
        who = names.get("core.user", {}).get(r.actor_id or 0)
        drawn.append(AccessRow(
            render.moment(r.at), cells.who(render.person(who, r.actor_id)) if who else _("The house itself"), label or _("hidden record"),
            urls.of_name(site().registry, r.resource, r.row_id) if label else "", resource.singular if resource is not None else r.resource,
            HOW.get(r.how, r.how)))
    return tuple(drawn)


def _crumbs(about: str, row: int | None) -> tuple[Crumb, ...]:
    resource = site().registry.resources.get(about)
    if resource is None or row is None:
        return ()
    label = resource.name_of(row)
    return (Crumb(_("Access log"), URL), Crumb(label, urls.of_record(resource, row))) if label else (Crumb(_("Access log"), URL),)
