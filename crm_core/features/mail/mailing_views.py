"""Pages of mails to many: how far it is, whom it reaches, what of its text stays empty; and the way there from a list."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from markupsafe import Markup

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.mail import filling, receivers
from crm_core.features.mail.mailing_models import FATES, About, Fate, Mailing, MailingReceiver, MailTemplate, Stage
from crm_core.kernel import clock
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _, language
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped
from crm_core.text.numbers import whole
from crm_core.web import urls
from crm_core.web.pressing import drawn_letter
from crm_core.web.viewmodels import LivePreview, Note, Number, PanelView, RecordPage

NAME, RECEIVER = "core.mailing", "core.mailing_receiver"
_mailings = table_of(Mailing)


def dress(resource: Any, row: Any, page: RecordPage) -> RecordPage:
    """How many of its receivers stand how, and what it will look like."""
    counts = {fate: n for fate, n in session.execute(
        sa.select(MailingReceiver.fate, sa.func.count()).where(MailingReceiver.mailing_id == row.id).group_by(MailingReceiver.fate))} if row.prepared or row.total else {}
    numbers = [Number(FATES[fate.value], f"{counts[fate]:,}", url=urls.address(f"/{RECEIVER.replace('.', '/')}", [("mailing.any", str(row.id)), ("fate.any", fate.value)]))
               for fate in Fate if counts.get(fate)]
    ended = session.scalar(sa.select(sa.func.count()).where(MailingReceiver.mailing_id == row.id, MailingReceiver.opted_out_at.is_not(None))) if counts else 0
    if ended:
        numbers.append(Number(_("Want no more"), f"{ended:,}", url=urls.address(f"/{RECEIVER.replace('.', '/')}", [("mailing.any", str(row.id)), ("opted_out_at.filled", "1")])))
    note, first = page.note, page.first
    if row.fault:
        note = Note(_("What went wrong"), row.fault, "amber" if row.stage is Stage.sending else "red", "alert-triangle")
    if row.stage is Stage.draft:
        try:
            n, more = receivers.count(row)
            numbers.append(Number(_("Meant for"), f"{n:,}+" if more else f"{n:,}", url=row.wanted if row.ids is None and (row.wanted or "").startswith("/core/") else "", remark=_("chosen by hand") if row.ids is not None else ""))
        except CrmError as error:
            note = Note(_("Receivers"), error.message, "red", "alert-triangle")
        title, text = _text(row)
        if title or text:
            shown, said = sample(row.about, title, text, receivers_first(row))
            first = (PanelView(_("As a receiver will have it"), "mail-opened", html=shown, foot=said), *first)
    if row.stage is Stage.done:  # what has gone out stays as it is
        pencil = page.primary is not None and page.primary.icon == "pencil"
        page = replace(page, primary=None if pencil else page.primary, acts=tuple(one for one in page.acts if one.icon != "pencil"), more=tuple(one for one in page.more if one.icon != "pencil"),
                       groups=tuple(replace(group, edit_url="") for group in page.groups), phone=tuple(one for one in page.phone if one.icon != "pencil"))
    if row.started_at is not None:  # it cannot be deleted any more
        page = replace(page, more=tuple(one for one in page.more if one.icon != "trash"), sheet=tuple(one for one in page.sheet if one.icon != "trash"))
    return replace(page, numbers=tuple(numbers), note=note, first=first)


def receivers_first(row: Any) -> int | None:
    try:
        return receivers.first(row)
    except CrmError:
        return None


def _text(row: Any) -> tuple[str, str]:
    template = session.scalar(sa.select(MailTemplate).where(MailTemplate.id == row.template_id)) if row.template_id and not (row.title and row.text) else None
    return row.title or (template.title if template is not None else ""), row.text or (template.text if template is not None else "")


def sample(about: About, title: str, text: str, record: int | None) -> tuple[Any, Any]:
    """A mail as it is read with one record, and a sentence on it: what stays empty, or what is wrong with the text."""
    try:
        filler = filling.Filler(about, title, text)
        made = filler.fill([record]).get(record) if record is not None else None
        subject, body = made or filler.bare()
    except CrmError as error:
        return "", error.message
    return Markup('<div class="mail-letter">{}</div>').format(drawn_letter(f"! {subject}\n\n{body}")), filling.explained(filler.hidden)


def newest(about: About) -> int | None:
    """A record to show a text with: the one that was changed last, of those one may read."""
    from crm_core.resource import listing

    resource = site().registry.resource(filling.RESOURCES[about])
    found = listing.page(listing.parse(resource, [("email.filled", "1")] if "email" in resource.filters else [], limit=1)).ids if resource.may("read") else []
    return found[0] if found else None


def live(about: About, title: str, text: str, record: int | None) -> LivePreview:
    """What comes of a text while it is written, with a real record."""
    words = filling.words_shown(about, language())
    wrong = filling.problems(about, {"title": title, "text": text})
    for name, label in (("title", _("Subject")), ("text", _("Text"))):
        if name in wrong:
            return LivePreview(words, error=f"{label}: {wrong[name][0]}" if name == "title" else wrong[name][0])
    shown, said = sample(about, title, text, record)
    return LivePreview(words, html=shown, error=said)


def make(resource: Any, state: list[tuple[str, str]], ids: Sequence[int] | None) -> str:
    """A draft to whom was ticked or whom a list means; its address."""
    about = filling.about_of(resource.name)
    assert about is not None
    name = _("%(list)s, %(day)s", list=resource.label, day=clock.today().isoformat())
    mailings = site().registry.resource(NAME)
    if ids is None:
        values: dict[str, Any] = {"wanted": urls.of_list(resource, [(k, v) for k, v in state if k not in ("sort",)])}
    else:
        values = {"wanted": urls.of_list(resource)}
    with writing():
        (made,) = mailings.write([{"name": str(name), **mailings.defaults(), **values}])
        if ids is not None:
            current_work().session.connection().execute(
                sa.update(_mailings).where(_mailings.c.id == made).values(ids=sorted(ids)), execution_options=unscoped("who was ticked for a mail just made"))
    return urls.of_act(mailings, made, "edit")




def about_of_form(referrer: str) -> About:
    """Whom the mail is written to whose form a request comes from: ticked receivers stand in no field of it."""
    try:
        parts = urlsplit(referrer).path.strip("/").split("/")
    except ValueError:
        return About.customer
    if parts[:2] == ["core", "mailing"] and len(parts) == 4 and (row_id := whole(parts[2])) is not None:
        found = session.scalar(sa.select(Mailing.about).where(Mailing.id == row_id))
        if found is not None:
            return About(found)
    return About.customer
