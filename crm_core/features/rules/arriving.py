"""Rules that begin when a customer has written to us by mail."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from crm_core.features.mail import api as mail
from crm_core.features.rules import active, engine
from crm_core.kernel import clock
from crm_core.kernel.declare import RuleTrigger
from crm_core.kernel.i18n import _, in_sentence
from crm_core.resource.fields import Field

NAME = "core.mail_in"
_WRITERS = ("core.customer", "core.contact")
LATELY = dt.timedelta(days=30)
_BETWEEN = re.compile(r"[,，、;；\n]")


def came(event: mail.MailReceived) -> None:
    """Inside the transaction in which mails come in: the rules that are for them. A mail that came to several of our boxes is one."""
    if not any(rule.trigger == NAME for name in _WRITERS for rule in active.active().get(name, ())):
        return
    for one in mail.arrived(event.ids):
        occasion = f"letter {one.letter}"
        engine.start(NAME, "core.customer", [one.customer], occasion)
        if one.contact is not None:
            engine.start(NAME, "core.contact", [one.contact], occasion)


def filed(event: mail.MailFiled) -> None:
    """The same when a mail that came in lately is filed by hand: until then nobody knew whose it was. Each rule hears of it once."""
    new = mail.lately(event.ids, clock.now() - LATELY)
    if new:
        came(mail.MailReceived(new, (), ()))


def _words(text: str | None) -> list[str]:
    return [one for part in _BETWEEN.split(text or "") if (one := _plain(part.strip()))]


def _plain(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _says(title: str | None, words: list[str]) -> bool:
    return title is not None and (not words or any(one in _plain(title) for one in words))


def _heard(heard: Any) -> Any:
    """Those records if the rule's owner sees the mail and its subject says one of the words."""
    kind, _space, letter = heard.occasion.partition(" ")
    return heard.ids if kind == "letter" and letter.isdigit() and _says(mail.subject_seen(int(letter)), _words(heard.values["words"])) else ()


def _past(resource: Any, values: Mapping[str, Any], since: dt.datetime, most: int) -> list[int]:
    words = _words(values["words"])
    found = [one.contact if resource.name == "core.contact" else one.customer for one in mail.arrived_since(since, most) if _says(one.title, words)]
    return [one for one in dict.fromkeys(found) if one is not None]


def _say(resource: Any, shown: Mapping[str, str]) -> Any:
    if shown.get("words"):
        return _("a mail comes in from a %(what)s whose subject says %(words)s", what=in_sentence(resource.singular), words=shown["words"])
    return _("a mail comes in from a %(what)s", what=in_sentence(resource.singular))


OWN = [RuleTrigger(NAME, _("A mail comes in"), _say, (
    Field(name="words", column="", label=_("Words in the subject"), length=200, help=_("Any of them, with commas between; empty: every mail. Automatic answers begin nothing.")),),
    heard=_heard, past=_past, on=lambda r: r.name in _WRITERS, icon="mail-opened", order=85)]
