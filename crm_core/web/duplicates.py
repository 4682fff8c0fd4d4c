"""The page of likely duplicates among stored records: the sweep, merging, "not the same"."""

from typing import Any

import flask

from crm_core.data.session import session, writing
from crm_core.kernel.errors import Forbidden, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import later
from crm_core.resource import pairs, sweep
from crm_core.text.names import avatar_text
from crm_core.text.numbers import whole
from crm_core.web import render, urls
from crm_core.web.bulk import remember
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, Crumb, Empty, Person, TwinHit, TwinPair, TwinsPage

PAGE = 50


def checked(resource: Any) -> Any:
    """The resource, if there are duplicates to look after and the acting person may; raises otherwise."""
    if not (resource.duplicates and resource.mergeable):
        raise Missing(_("This page was not found."))
    if not (resource.may("update") and resource.may("delete")):
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Duplicates")))
    return resource


def page(resource: Any) -> Any:
    """The pairs he may see both of, the likeliest first."""
    start = max(0, min(whole(flask.request.args.get("from", "")) or 0, sweep.FULL))
    rows = session.scalars(pairs.waiting(resource).offset(start).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    ids = {i for pair in shown for i in (pair.one_id, pair.other_id)}
    records = {row.id: row for row in session.scalars(resource.visible().where(resource.model.id.in_(ids)))} if ids else {}
    owners = render.user_names(getattr(row, "owner_id", None) for row in records.values())
    here = urls.of_act(resource, None, "duplicates")
    acts = [Act(_("Look through all"), f"{here}/sweep", "search", "post")]
    if resource.may("merge") and any(map(sweep.is_certain, shown)):
        sure = _("Those with the same name and the same number become one; the older record stays. It can be taken back.")
        acts.append(Act(_("Merge the certain ones"), f"{here}/certain", "git-merge", "post", confirm=sure))
    return page_of("duplicates.html", TwinsPage(
        title=_("Duplicates"), pairs=tuple(_pair(resource, pair, records, owners) for pair in shown), back_url=urls.of_list(resource),
        acts=tuple(acts), crumbs=(Crumb(resource.label, urls.of_list(resource)),),
        next_url=urls.address(here, [("from", str(start + PAGE))]) if len(rows) > PAGE else "",
        empty=Empty(_("No duplicates are waiting"), _("Have all records looked through; what looks like one is listed here.")),
    ))


def _pair(resource: Any, pair: Any, records: dict[int, Any], owners: dict[int, str]) -> TwinPair:
    hits = tuple(_hit(resource, records[i], owners) for i in (pair.one_id, pair.other_id))
    seen = resource.fields()
    why = " · ".join(str(one.words(resource)) for one in map(pairs.reason_of, pair.reasons) if one.field in seen)
    both = [("id", str(pair.one_id)), ("id", str(pair.other_id))]
    return TwinPair(
        (hits[0], hits[1]), why, Act(_("Not the same"), urls.of_act(resource, None, f"duplicates/{pair.id}/apart"), "", "post"),
        Act(_("Merge"), urls.of_act(resource, None, "merge", both)) if resource.may("merge") else None,
    )


def _hit(resource: Any, row: Any, owners: dict[int, str]) -> TwinHit:
    label, owner = resource.title(row), getattr(row, "owner_id", None) or 0
    return TwinHit(
        label, "", avatar=Person(label, avatar_text(label, company=True), row.id % 6 + 1), url=urls.of_record(resource, row.id),
        owner=render.person(owners[owner], owner) if owner in owners else None,
    )


def look(resource: Any) -> Any:
    """Ask for the sweep."""
    with writing():
        job = sweep.ask(resource)
    remember(("job", str(job)))
    return flask.redirect(urls.of_act(resource, None, "duplicates"), 303)


def certain(resource: Any) -> Any:
    if not resource.may("merge"):
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Merge")))
    with writing():
        job = later("core.twins.merge", {"resource": resource.name}, label=_("Merge certain duplicates"))
    remember(("job", str(job)))
    return flask.redirect(urls.of_act(resource, None, "duplicates"), 303)


def apart(resource: Any, pair_id: int) -> Any:
    """These two are not the same, and are not asked about again."""
    if pairs.get(resource, pair_id) is None:
        raise Missing(_("This record was not found."))
    pairs.decide(resource, pair_id)
    return flask.redirect(urls.of_act(resource, None, "duplicates"), 303)
