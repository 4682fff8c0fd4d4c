"""Beginning a mail with a template: which there are, and how one reads with the customer or contact the mail is written about."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.mail import filing, filling
from crm_core.features.mail.mailing_models import MailTemplate
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _, in_sentence
from crm_core.kernel.site import actor, site
from crm_core.text.numbers import whole
from crm_core.web import urls
from crm_core.web.pressing import drawn_letter
from crm_core.web.viewmodels import Act, ChosenText, Crumb, MailTemplatesPage

URL, NEW = "/core/mail/templates", "/core/mail/new"
KEPT = ("receivers", "subject", "subject_id", "back")
MOST = 200


def offer(given: Mapping[str, str]) -> Sequence[Act]:
    """The button above a new mail."""
    who = actor()
    if who is None or not who.can("core.mail_template.read"):
        return ()
    return (Act(_("Template"), urls.address(URL, _kept(given)), "file-pencil"),)


def _kept(given: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, given[name]) for name in KEPT if given.get(name)]


def _record(given: Mapping[str, str]) -> tuple[str | None, int | None]:
    return given.get("subject"), whole(given.get("subject_id", ""))


def _usable(given: Mapping[str, str]) -> list[Any]:
    """The templates that fit: those to contacts only where a contact is written to."""
    query = sa.select(MailTemplate.id, MailTemplate.name, MailTemplate.title, MailTemplate.about).order_by(MailTemplate.name_key, MailTemplate.id).limit(MOST)
    name = given.get("subject")
    return [row for row in session.execute(query) if name not in (filing.CUSTOMER,) or row.about == filling.about_of(name)]


def filled(template_id: int, given: Mapping[str, str]) -> tuple[str, str, Any] | None:
    """Title and text of a template with the record the mail is about, and what of it stays empty; None for none that may be used."""
    row = session.scalar(sa.select(MailTemplate).where(MailTemplate.id == template_id))
    if row is None:
        return None
    try:
        filler = filling.Filler(row.about, row.title, row.text, language=row.language or "")
        record = filling.for_record(row.about, *_record(given))
        made = filler.fill([record]).get(record) if record is not None else None
        return (*(made or filler.bare()), filling.explained(filler.hidden))
    except CrmError as error:
        return row.title, row.text, error.message


def page(given: Mapping[str, str]) -> MailTemplatesPage:
    """The page to choose on."""
    rows, kept = _usable(given), _kept(given)
    wanted = whole(given.get("template", "")) or 0
    chosen = next((row for row in rows if row.id == wanted), rows[0] if rows else None)
    found = filled(chosen.id, given) if chosen is not None else None
    templates = site().registry.resource("core.mail_template")
    return MailTemplatesPage(
        title=_("Begin with a template"), crumbs=(Crumb(_("Mail"), "/core/mail"), Crumb(_("New %(what)s", what=in_sentence(site().registry.resource(filing.MAIL).singular)), urls.address(NEW, kept))),
        texts=tuple(ChosenText(row.name, row.title, urls.address(URL, [*kept, ("template", str(row.id))]), chosen is not None and row.id == chosen.id) for row in rows),
        html=drawn_letter(f"! {found[0]}\n\n{found[1]}") if found is not None else "", note=found[2] if found is not None else "",
        use=Act(_("Use this"), urls.address(NEW, [*kept, ("template", str(chosen.id))]), "check") if chosen is not None else None,
        new=Act(_("New template"), urls.of_act(templates, None, "new"), "plus") if templates.may("create") else None, back_url=urls.address(NEW, kept),
    )
