"""Files as pages draw them: those of a record, one with its versions, the pictures beneath a line of a time line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.data.bulk import among
from crm_core.data.session import session
from crm_core.features.files import preview, services
from crm_core.features.files.models import LABELS, Attachment, FileKind
from crm_core.features.files.settings import FileSettings
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.kept import Ask, kept
from crm_core.resource.show import full_moment, show_bytes, show_moment
from crm_core.web import facts, render, urls
from crm_core.web.viewmodels import Act, Crumb, FileRow, Files, FileView, Pic, Version

FILE = "/core/attachment"
ICONS = {"picture": "photo", "pdf": "file-text", "text": "file-text", "document": "file-text", "sheet": "file-spreadsheet", "slides": "chart-bar",
         "archive": "box", "sound": "headset", "film": "player-play"}
SEEN = (FileKind.picture, FileKind.pdf)


def icon(kind: Any) -> str:
    return ICONS.get(str(kind), "paperclip")


def small(file_id: int, number: int) -> str:
    return f"{FILE}/{file_id}/picture?size=small&version={number}"


class Picture(NamedTuple):
    """A picture that was put on a record: its name, the address of it in small and of its page."""

    name: str
    small: str
    page: str


def pictures_of(subject: str, ids: Sequence[int]) -> dict[int, list[Picture]]:
    """The pictures on these records of a resource that the reader may see, the first one first: one statement."""
    a = Attachment
    rows = session.execute(sa.select(a.id, a.subject_id, a.name, a.number).where(a.subject == subject, among(a.subject_id, list(ids)), a.kind == FileKind.picture).order_by(a.id).limit(1_000))
    found: dict[int, list[Picture]] = {}
    for row in rows if ids else ():
        found.setdefault(row.subject_id, []).append(Picture(row.name, small(row.id, row.number), f"{FILE}/{row.id}"))
    return found


def named(subject: str, ids: Sequence[int], only: Sequence[int] | None = None) -> list[Any]:
    """Id and name of the files on these records of a resource that the reader may see, the newest first, fifty at most; `only`: of these. One statement."""
    a = Attachment
    query = sa.select(a.id, a.name).where(a.subject == subject, among(a.subject_id, list(ids)), a.deleted_at.is_(None))
    query = query if only is None else query.where(a.id.in_(list(only)))
    return list(session.execute(query.order_by(a.id.desc()).limit(50))) if ids else []


def of_record(resource: Any, row: Any, page: Any) -> Any:
    """The tab of a record's files: those on it, then those on its parts (pictures of visits, cards of contacts) with where they are."""
    if page.body != "files":
        return replace(page, file=one(row)) if resource.of_any else page
    may = True
    try:
        resource.may_hold(row.id)
    except Missing:
        may = False
    rows, more = services.on(resource.name, [row.id]), services.beneath(resource.name, row.id)
    names = render.user_names({r.created_by_id for r in (*rows, *more) if r.created_by_id})
    now = FileSettings.now()
    shown = tuple(drawn(r, names, may=may) for r in reversed(rows))
    files = Files(shown, urls.of_act(resource, row.id, "files") if may else "", now.most, _("Up to %(n)s MB each", n=now.largest), beneath(more, names))
    return replace(page, files=files, timeline=None)


def beneath(rows: Sequence[Any], names: Mapping[int, str]) -> tuple[FileRow, ...]:
    """Files on parts of a record, each with what it is on."""
    of: dict[str, dict[int, str]] = {}
    for subject in {r.subject for r in rows}:
        resource = site().registry.resource(subject)
        labels = resource.labels(r.subject_id for r in rows if r.subject == subject)
        of[subject] = {row_id: f"{resource.singular} · {label}" for row_id, label in labels.items()}
    return tuple(
        replace(drawn(r, names, may=False), on=Crumb(of[r.subject][r.subject_id], urls.of_record(site().registry.resource(r.subject), r.subject_id)))
        for r in rows if r.subject_id in of[r.subject])


def drawn(row: Any, names: Mapping[int, str], *, may: bool) -> FileRow:
    page = f"{FILE}/{row.id}"
    sure = _("Delete “%(name)s”? It can be brought back from the recycle bin for 30 days.", name=row.name)
    more = (
        Act(_("Download"), f"{page}/get", "download", download=True), Act(_("Versions"), page, "history"),
        *((Act(_("Rename"), f"{page}/edit", "pencil"), Act(_("Delete"), f"{page}/remove", "trash", "post", danger=True, confirm=sure)) if may else ()))
    who = row.created_by_id
    return FileRow(row.name, page, f"{page}/preview", f"{page}/get", icon(row.kind), show_bytes(row.size), show_moment(row.created_at, short=True),
                   full_moment(row.created_at), small(row.id, row.number) if row.kind in SEEN else "", render.person(names[who], who) if who in names else None,
                   _("Version %(n)s", n=row.number) if row.number > 1 else "", more)


def one(row: Any, *, versions: bool = True) -> FileView:
    """A file to look at, with all its versions."""
    found = services.versions(row.id)
    here = next((v for v in found if v.id == row.content_id), None)
    may = facts.his(site().registry.resource(services.NAME), row, "update")
    names = render.user_names({v.made_by_id for v in found if v.made_by_id})
    page = f"{FILE}/{row.id}"
    shown: tuple[str, ...] = ()
    text, more = "", ""
    if here is not None and row.kind == FileKind.picture:
        shown = (f"{page}/picture?size=large&version={row.number}",)
    elif here is not None and row.kind == FileKind.pdf:
        count = preview.pages(here.path)
        shown = tuple(f"{page}/picture?page={n}&version={row.number}" for n in range(1, min(count, preview.PAGES) + 1))
        more = _("The first %(n)s of %(m)s pages are shown; download the file for the rest.", n=preview.PAGES, m=count) if count > preview.PAGES else ""
    elif here is not None and row.kind == FileKind.text:
        text = preview.text(here.path)
        more = _("The beginning is shown; download the file for the rest.") if here.size > preview.TEXT else ""
    kept = tuple(
        Version(_("Version %(n)s", n=v.number), v.name, show_bytes(v.size), show_moment(v.made_at), render.person(names[v.made_by_id], v.made_by_id) if v.made_by_id in names else None,
                f"{page}/get?version={v.number}", v.id == row.content_id,
                Act(_("Use this one again"), f"{page}/version/{v.number}/count", "arrow-back-up", "post") if may and v.id != row.content_id else None)
        for v in found) if versions else ()
    said = " · ".join(str(part) for part in (LABELS[str(row.kind)], show_bytes(row.size)))
    return FileView(row.name, icon(row.kind), said, f"{page}/get", shown, more, text, kept, f"{page}/version" if may else "", row.version)


def ask(entries: Sequence[Any]) -> Ask | None:
    """Files that lines of a time line speak of, and those on the records they speak of, as far as the reader may see them."""
    told = {(e.record, e.record_id) for e in entries if e.record and e.record_id}
    files = sorted(row_id for name, row_id in told if name == services.NAME)
    rest = {(name, row_id) for name, row_id in told if getattr(site().registry.resources.get(name), "holds_files", False)}
    if not files and not rest:
        return None
    return Ask(_pictures(), {"files": files, "names": sorted({name for name, _id in rest}), "rows": sorted({row_id for _name, row_id in rest})})


@kept
def _pictures() -> sa.Select[Any, Any]:
    a = Attachment
    told = [a.subject, sa.cast(a.subject_id, sa.String()), sa.cast(a.number, sa.String()), sa.cast(a.kind, sa.String()), a.name]
    text: Any = told[0]
    for part in told[1:]:
        text = text + "\n" + part
    on = sa.and_(a.subject.in_(sa.bindparam("names", expanding=True)), a.subject_id.in_(sa.bindparam("rows", expanding=True)))
    return sa.select(a.id, text).where(sa.or_(a.id.in_(sa.bindparam("files", expanding=True)), on)).order_by(a.id).limit(200)


def pictures(entries: Sequence[Any], rows: Sequence[tuple[int, str]]) -> dict[tuple[str, int], tuple[Pic, ...]]:
    told = {(e.record, e.record_id) for e in entries}
    found: dict[tuple[str, int], tuple[Pic, ...]] = {}
    for file_id, text in rows:
        subject, subject_id, number, kind, name = text.split("\n", 4)
        pic = Pic(name, f"{FILE}/{file_id}/preview", icon(kind), small(file_id, int(number)) if kind in SEEN else "")
        for key in ((services.NAME, file_id), (subject, int(subject_id))):
            if key in told:
                found[key] = (*found.get(key, ()), pic)
    return found
