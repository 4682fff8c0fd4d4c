"""Texts of mails with fields of the record they are written to, in the language of slots that print templates have (text/slots.py).

A text names fields of the customer or contact it is written to, of the contact's customer, and of who writes. What is put in is what
its sender may see: a field that is hidden from him stays empty, and he is told which. Sensitive fields are no words at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import session
from crm_core.features.mail import filing
from crm_core.features.mail.mailing_models import About
from crm_core.kernel import clock
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import LANGUAGES, _, in_language
from crm_core.kernel.site import my_id, site
from crm_core.resource import choices
from crm_core.resource.changes import unscoped
from crm_core.resource.papers import said
from crm_core.text import slots
from crm_core.text.postal import Recipient
from crm_core.web import render

LONGEST_TITLE, LONGEST = 200, 50_000  # characters of what comes of it
RESOURCES = {About.customer: filing.CUSTOMER, About.contact: filing.CONTACT}
PREFIXES = {"customer": ("customer", "客户"), "contact": ("contact", "联系人"), "me": ("me", "我")}
ME = {"name": ("name", "姓名"), "email": ("email", "邮箱"), "phone": ("phone", "电话"), "title": ("title", "职务")}
OFTEN = {"contact": ("name", "position", "mobile", "phone", "email"), "customer": ("name", "code", "region", "phone", "mobile", "email", "website", "standing", "owner")}
PERSON = ("person", "称谓")  # a contact's name with the form of address: 张伟 女士
_users = table_of(User)


def about_of(name: str | None) -> About | None:
    """What kind of receiver a resource is."""
    return next((about for about, known in RESOURCES.items() if known == name), None)


def names_for(about: About, *, whole: bool = False) -> dict[str, str]:
    """What a text to these may name → the word it means (`customer.name`). `whole`: of every field, as whoever wrote the text may have
    seen more than who sends it."""
    found: dict[str, str] = {}
    for kind in (about.value, "customer"):
        resource = site().registry.resource(f"core.{kind}")
        fields = {n: f for n, f in {**(resource.all_fields if whole else {}), **resource.fields()}.items() if f.column and not f.sensitive}
        spelled = {n: [n] for n in fields}
        for code in LANGUAGES:  # read by colleagues of another language too
            with in_language(code):
                for n, f in fields.items():
                    spelled[n].append(str(f.label))
        for n, ways in spelled.items():
            for way in ways:
                if kind == about.value:
                    found.setdefault(way, f"{kind}.{n}")
                for prefix in PREFIXES[kind]:
                    found.setdefault(f"{prefix}.{way}", f"{kind}.{n}")
    if about is About.contact:
        found.update({way: "contact.person" for word in PERSON for way in (word, *(f"{prefix}.{word}" for prefix in PREFIXES["contact"]))})
    found.update({f"{prefix}.{way}": f"me.{n}" for n, ways in ME.items() for way in ways for prefix in PREFIXES["me"]})
    return {**found, "date": "date", "日期": "date"}


def problems(about: About, texts: Mapping[str, str | None]) -> dict[str, list[Any]]:
    """What is wrong with texts that the acting person writes, by field, with the line."""
    names, found = names_for(about), {}
    for name, text in texts.items():
        try:
            slots.read(text or "", names)
        except slots.Fault as fault:
            found[name] = [said(fault)]
    return found


@dataclass
class Filler:
    """A title and a text, read once, that are filled for many. Raises Refused for what says nothing."""

    about: About
    title: str
    text: str
    language: str = ""
    hidden: list[str] = field(default_factory=list)  # labels of fields that are named and not for the actor

    def __post_init__(self) -> None:
        names = names_for(self.about, whole=True)
        try:
            self._title, self._text = slots.read(self.title, names), slots.read(self.text, names)
        except slots.Fault as fault:
            raise Refused(said(fault)) from None
        self.words = slots.named(self._title) | slots.named(self._text)
        for kind in ("contact", "customer"):
            resource = site().registry.resource(f"core.{kind}")
            for name in self._named(kind):
                if name not in resource.fields() or not resource.may("read"):
                    label = resource.all_fields[name].label if name in resource.all_fields else name
                    self.hidden.append(f"{resource.singular}: {label}")

    def _named(self, kind: str) -> list[str]:
        found = {word.partition(".")[2] for word in self.words if word.startswith(f"{kind}.")}
        return sorted(found - {"person"} | ({"name", "salutation", "sex"} if "person" in found else set()))

    def fill(self, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Title and text for each of these records that the actor may read. Raises Refused when one grows too long."""
        code = self.language if self.language in LANGUAGES else None
        if code is None:
            return self._filled(ids)
        with in_language(code):
            return self._filled(ids)

    def _filled(self, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        values = self._values(ids)
        mine = self._mine()
        made = {}
        try:
            for row_id, words in values.items():
                all_words = {**mine, **words}
                made[row_id] = (" ".join(slots.fill(self._title, all_words, LONGEST).split())[:LONGEST_TITLE], slots.fill(self._text, all_words, LONGEST))
        except slots.Fault as fault:
            raise Refused(said(fault)) from None
        return made

    def bare(self) -> tuple[str, str]:
        """Title and text where there is no record: its words stay empty."""
        mine = self._mine()
        return " ".join(slots.fill(self._title, mine, LONGEST).split())[:LONGEST_TITLE], slots.fill(self._text, mine, LONGEST)

    def _values(self, ids: Sequence[int]) -> dict[int, dict[str, slots.Value]]:
        if not any(word.startswith(("customer.", "contact.")) for word in self.words):
            return {row_id: {} for row_id in ids}
        if self.about is About.customer:
            return self._of("customer", ids)
        links: dict[int, int] = {}
        found = self._of("contact", ids, links)
        if any(word.startswith("customer.") for word in self.words):
            firms = self._of("customer", sorted(set(links.values())))
            found = {row_id: {**firms.get(links[row_id], {}), **words} for row_id, words in found.items()}
        return found

    def _of(self, kind: str, ids: Sequence[int], links: dict[int, int] | None = None) -> dict[int, dict[str, slots.Value]]:
        """The named fields of these records, as they are read; `links`: takes each contact's customer."""
        resource = site().registry.resource(f"core.{kind}")
        shown = resource.fields()
        fields = [shown[name] for name in self._named(kind) if name in shown and not shown[name].sensitive]
        columns = [getattr(resource.model, f.column).label(f"c{i}") for i, f in enumerate(fields)]
        if links is not None:
            columns.append(resource.model.customer_id.label("firm"))
        rows = session.execute(resource.visible().with_only_columns(resource.model.id, *columns).where(resource.model.id.in_(list(ids)))).all() if ids else []
        shows = [render.renderer(f, [getattr(row, f"c{i}") for row in rows], plain=True) for i, f in enumerate(fields)]
        found: dict[int, dict[str, slots.Value]] = {}
        for row in rows:
            raw = {f.name: getattr(row, f"c{i}") for i, f in enumerate(fields)}
            words: dict[str, slots.Value] = {f"{kind}.{f.name}": str(show(raw[f.name]) or "") for f, show in zip(fields, shows, strict=True)}
            if f"{kind}.person" in self.words:
                words[f"{kind}.person"] = _person(raw)
            found[row.id] = words
            if links is not None:
                links[row.id] = row.firm
        return found

    def _mine(self) -> dict[str, slots.Value]:
        """What the text says of who writes, and the day."""
        who = my_id()
        words: dict[str, slots.Value] = {"date": clock.today().isoformat()}
        if who is not None and any(word.startswith("me.") for word in self.words):
            row = session.execute(sa.select(*(_users.c[name] for name in ME)).where(_users.c.id == who), execution_options=unscoped("who writes a mail, in his own text")).one_or_none()
            words.update({f"me.{name}": getattr(row, name, None) or "" for name in ME})
        return words


def _person(raw: Mapping[str, Any]) -> str:
    """A name with the form of address: his own, else by his sex."""
    code = raw.get("salutation") or {"male": "mr", "female": "ms"}.get(str(raw.get("sex") or ""), "")
    word = choices.words("core.salutation").get(code)
    return Recipient(name=raw.get("name") or "", title=(word.zh, word.en) if word is not None else ("", "")).person


def for_record(about: About, resource: str | None, row_id: int | None) -> int | None:
    """The record a text is filled for, where a mail is written about this one: of a contact also his customer."""
    if resource == RESOURCES[about]:
        return row_id
    if about is About.customer and resource == filing.CONTACT and row_id is not None:
        contacts = site().registry.resource(filing.CONTACT)
        found = session.execute(contacts.visible().with_only_columns(contacts.model.customer_id).where(contacts.model.id == row_id)).scalar()
        return int(found) if found is not None else None
    return None


def words_shown(about: About, code: str) -> tuple[str, ...]:
    """The words that are offered to be pressed into a text, in a language: what letters usually say. Any other field may be named too."""
    zh, found = code != "en", []
    if about is About.contact:
        found.append(PERSON[zh])
    for kind in (about.value, "customer"):
        fields = site().registry.resource(f"core.{kind}").fields()
        prefix = "" if kind == about.value else f"{PREFIXES[kind][zh]}."
        found += [f"{prefix}{fields[name].label if zh else name}" for name in OFTEN[kind] if name in fields]
    found += [f"{PREFIXES['me'][zh]}.{ways[zh]}" for ways in ME.values()]
    return tuple(dict.fromkeys((*found, "日期" if zh else "date")))


def explained(hidden: Iterable[str]) -> Any:
    """That some fields stay empty; "" when none does."""
    names = list(hidden)
    return _("These fields are not for you and stay empty: %(names)s.", names=names[:8]) if names else ""


