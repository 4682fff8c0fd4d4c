"""Notices as the pages draw them: the bell, the panel of the home page, the whole list."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm_core.features.messages import services
from crm_core.features.messages.models import Notice
from crm_core.kernel import words
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import site
from crm_core.resource.show import show_moment
from crm_core.web import render, urls
from crm_core.web.viewmodels import Act, NoticePanel
from crm_core.web.viewmodels import Notice as NoticeView

URL = "/notices"
TOLD = "/me/notices"
BELL = 8


def target(row: Notice) -> str:
    """The page a notice leads to; "" when its record's package is not active."""
    if row.subject and row.subject_id:
        return urls.of_name(site().registry, row.subject, row.subject_id)
    return row.path or ""


def title(name: str, source: Any) -> Any:
    """Who says it: a colleague, or a module of the system."""
    return name or (_("System · %(source)s", source=source) if source else _("System"))


def open_url(notice_id: int) -> str:
    return f"{URL}/{notice_id}/open"


def draw(rows: Iterable[Notice], names: Mapping[int, str] | None = None) -> tuple[NoticeView, ...]:
    """One statement for the names of all senders, where they are not known already."""
    found = list(rows)
    names = render.user_names(n.sender_id for n in found) if names is None else names
    drawn = []
    for row in found:
        name = names.get(row.sender_id, "") if row.sender_id is not None else ""
        url = target(row)
        unread = row.read_at is None
        drawn.append(NoticeView(
            title=title(name, words.read(row.source)), text=words.read(row.text), when=show_moment(row.at, short=True), moment=row.at.isoformat(),
            url=url if not unread else "", open_url=open_url(row.id) if unread else "",
            person=render.person(name, row.sender_id) if name else None, unread=unread,
        ))
    return tuple(drawn)


def panel(
    unread: int | None = None, *, limit: int = BELL, rows: list[Notice] | None = None, names: Mapping[int, str] | None = None,
) -> NoticePanel:
    """The newest, with how many are unread when somebody has counted them already; `rows` and names of senders likewise."""
    rows = services.newest(limit=limit) if rows is None else rows
    count = sum(1 for r in rows if r.read_at is None) if unread is None else unread
    return NoticePanel(
        rows=draw(rows, names), unread=count,
        unread_text=ngettext("%(n)s unread", "%(n)s unread", count) if count else "",
        read_all=read_all(rows), all_url=URL,
    )


def read_all(rows: list[Notice]) -> Act | None:
    """The act that marks all as read up to the newest shown, so that what came meanwhile stays unread."""
    if not rows:
        return None
    return Act(_("Mark all as read"), f"{URL}/read", "checks", "post", fields=(("up_to", str(max(r.id for r in rows))),))
