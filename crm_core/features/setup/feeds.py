"""The pages of feeds: one's own secret links, and what a phone or a calendar program fetches by one."""

from typing import Any

import flask

from crm_core.kernel.errors import BadRequest, CrmError, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import feeds
from crm_core.resource.exchange.export import stream
from crm_core.resource.show import show_moment
from crm_core.web.access import public, signed_in
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act
from crm_core.web.viewmodels.pages import FeedRow, FeedsPage

pages = flask.Blueprint("feeds", __name__)
URL = "/feeds"
_NOT_STATE = ("kind", "to", "csrf_token")


def menu_entry() -> Act:
    """In the person's menu."""
    return Act(_("Feeds"), URL, "link")


@pages.get(URL)
@signed_in
def index() -> Any:
    return page_of("feeds.html", _page())


@pages.post(URL)
@signed_in
def make() -> Any:
    """A new link; it is shown on this answer and never again."""
    form = flask.request.form
    kind = form.get("kind", "")
    if kind == feeds.DATES:
        return page_of("feeds.html", _page(_link(feeds.make(kind, str(_("My dates"))), kind)))
    resource = site().registry.resources.get(form.get("to", ""))
    if kind != feeds.CARDS or resource is None:
        raise BadRequest(_("There is no such feed."))
    state = [(k, v) for k, v in form.items(multi=True) if k not in _NOT_STATE]
    secret = feeds.make(kind, str(_("vCards: %(list)s", list=resource.label)), resource, state)
    return page_of("feeds.html", _page(_link(secret, kind)))


@pages.post(f"{URL}/<int:feed_id>/revoke")
@signed_in
def revoke(feed_id: int) -> Any:
    feeds.revoke(feed_id)
    return flask.redirect(URL, 303)


@pages.get(f"{URL}/<secret>/feed.<kind>")
@public("a secret link of 256 bits, looked up by its digest; acts with what its owner may at that moment")
def fetch(secret: str, kind: str) -> Any:
    found = feeds.find(site(), secret, kind) if kind in feeds.TYPES else None
    if found is None:
        raise Missing(_("This page was not found."))
    feed, owner = found
    with site().work(owner):
        try:
            body: Any = feeds.calendar() if kind == feeds.DATES else stream(site(), owner, feeds.cards(feed))
        except CrmError:  # what he lost the right to is not there
            raise Missing(_("This page was not found.")) from None
    return flask.Response(body, mimetype=feeds.TYPES[kind])


def _link(secret: str, kind: str) -> str:
    return flask.url_for("feeds.fetch", secret=secret, kind=kind, _external=True)


def _page(link: str = "") -> FeedsPage:
    rows = tuple(
        FeedRow(token.name, _("made %(when)s", when=show_moment(token.made_at)),
                _("read %(when)s", when=show_moment(token.seen_at)) if token.seen_at else _("never read yet"),
                Act(_("Revoke"), f"{URL}/{feed.id}/revoke", "x", "post", confirm=_("Programs that use this link get nothing any more.")))
        for feed, token in feeds.mine()
    )
    return FeedsPage(
        title=_("Feeds"), rows=rows, link=link, make=Act(_("New calendar link"), URL, "calendar", "post", fields=(("kind", feeds.DATES),)),
    )
