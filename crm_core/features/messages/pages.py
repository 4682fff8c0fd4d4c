"""The bell and the list of messages."""

from typing import Any

import flask

from crm_core.features.messages import sending, services, views
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.text.numbers import whole
from crm_core.web import urls
from crm_core.web.access import signed_in
from crm_core.web.live import begin
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Empty, NoticesPage, Tab

pages = flask.Blueprint("messages", __name__)
PAGE = 50


@pages.get(views.URL)
@signed_in
def notices() -> Any:
    """All of mine, newest first, by keyset."""
    args = flask.request.args
    unread = args.get("tab") == "unread"
    before, after = whole(args.get("before", "")), whole(args.get("after", ""))
    rows = services.newest(limit=PAGE + 1, before=before, after=after, unread=unread)
    more = len(rows) > PAGE
    if after is not None:
        rows = rows[-PAGE:]
    rows = rows[:PAGE]
    newer = bool(rows) and (before is not None or (after is not None and more))
    older = bool(rows) and (more if after is None else True)
    kept = [("tab", "unread" if unread else "")]
    page = NoticesPage(
        title=_("Notices"), rows=views.draw(rows),
        tabs=(Tab(_("All"), views.URL, not unread), Tab(_("Unread"), urls.address(views.URL, [("tab", "unread")]), unread)),
        told_url=views.TOLD, read_all=views.read_all(rows) if any(r.read_at is None for r in rows) else None,
        prev_url=urls.address(views.URL, [*kept, ("after", str(rows[0].id))]) if newer else "",
        next_url=urls.address(views.URL, [*kept, ("before", str(rows[-1].id))]) if older else "",
        empty=None if rows else Empty(
            _("No unread messages") if unread else _("Messages will be listed here"),
            _("What colleagues and the system tell you: mentions, tasks, finished imports."),
        ),
    )
    return page_of("notices.html", page)


@pages.get(f"{views.URL}/bell")
@signed_in
def bell() -> Any:
    """The newest, for the bell's pop-up."""
    return page_of("bell.html", views.panel())


@pages.get(f"{views.URL}/live")
@signed_in
def live() -> Any:
    """The live connection of a browser."""
    return begin()


@pages.post(f"{views.URL}/<int:notice_id>/open")
@signed_in
def open_notice(notice_id: int) -> Any:
    """Mark as read and go where it leads. A POST, because a GET changes nothing."""
    return flask.redirect(views.target(services.read(notice_id)) or views.URL, 303)


@pages.post(f"{views.URL}/message/<int:message_id>/read")
@signed_in
def read_message(message_id: int) -> Any:
    """A message was before its reader's eyes. Raises Missing for what is not his."""
    sending.read(site().registry.resource(sending.NAME).get(message_id).id)
    return flask.jsonify({})


@pages.post(f"{views.URL}/read")
@signed_in
def read_all() -> Any:
    services.read_all(whole(flask.request.form.get("up_to", "")))
    return flask.redirect(urls.safe_path(flask.request.form.get("back", views.URL)), 303)
