"""S10 through mail: what strangers write comes in by the door that mail comes in by, and of the page that shows it nothing is theirs but
words and the plain elements that are listed. Looked at as a browser does: by taking the page apart."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import sqlalchemy as sa

from crm_core.app import create_app
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.files import api as files
from crm_core.features.mail import parsing, receiving
from crm_core.features.mail.models import Letter, MailAccount
from crm_core.features.mail.parse_child import TAGS, safe
from crm_core.testing import clients
from tests.customers.office import Office
from tests.mail.conftest import Sink, box
from tests.mail.html_payloads import HTML, WORDS
from tests.mail.test_sending import grants

assert grants  # a fixture of these tests too
ATTRIBUTES = {"a": {"href", "title", "target", "rel"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
SOUND = ("http://", "https://", "mailto:")
FETCHING = {"img", "image", "svg", "math", "iframe", "object", "embed", "video", "audio", "source", "track", "style", "base", "frame", "frameset", "applet", "portal", "picture", "bgsound", "template", "noscript"}


class Seen(HTMLParser):
    """The elements of a page: those within what a mail said, and all."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.all: list[tuple[str, dict[str, str]]] = []
        self.theirs: list[tuple[str, dict[str, str]]] = []
        self._depth = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.all.append((tag, given))
        if self._depth:
            self.theirs.append((tag, given))
            self._depth += tag not in ("br", "hr", "img", "input", "meta", "link", "base", "embed", "source", "track", "wbr", "area", "col")
        elif given.get("class") == "mail-html":
            self._depth = 1

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag not in ("br", "hr"):
            self._depth -= 1


def strange(elements: list[tuple[str, dict[str, str]]]) -> list[Any]:
    """What no mail may bring into a page."""
    return [(tag, given) for tag, given in elements if tag not in TAGS or set(given) - ATTRIBUTES.get(tag, set()) - {"lang", "title"}
            or ("href" in given and not given["href"].startswith(SOUND)) or (tag == "a" and "href" in given and "noopener" not in given.get("rel", ""))]


def test_there_are_enough_of_them() -> None:
    assert len(HTML) >= 150


def test_of_each_of_them_nothing_stays_but_words_and_plain_elements() -> None:
    for page in HTML:
        made = safe(f"<p>before</p>{page}")
        assert strange(Seen(f'<div class="mail-html">{made}</div>').theirs) == [], page
        assert strange(Seen(f'<div class="mail-html">{safe(made)}</div>').theirs) == [], f"cleaned twice it is as clean: {page}"
        assert made.startswith("<p>before</p>"), page
    assert strange(Seen('<div class="mail-html"><img src=x><a href="javascript:x" rel=noopener>x</a><p style=x>y</p></div>').theirs), "the eye sees what is wrong"


def mail(number: int, pages: Sequence[str], word: str) -> bytes:
    """A mail of several pages, with hostile words wherever words stand."""
    made = EmailMessage()
    made["From"] = f'"{word.replace(chr(34), "")}" <luo@firm.example>'
    made["To"], made["Subject"], made["Message-ID"] = "chen@example.com", word, f"<h{number}@firm.example>"
    made.set_content(f"words {word}\n")
    for page in pages:
        made.add_attachment(page.encode("utf-8", "replace"), maintype="text", subtype="html", disposition="inline")
    made.add_attachment(b"x", maintype="application", subtype="octet-stream", filename=word)
    return made.as_bytes()


def test_by_the_door_of_mail_they_come_to_pages_as_words(office: Office, sink: Sink) -> None:
    firm = office.customer("chen", email="luo@firm.example")
    account = box(office, sink)
    open_ended = [page for page in HTML if "<p>after</p>" not in safe(f"{page}<p>after</p>")]  # swallow what follows: each ends its mail
    closed = [page for page in HTML if page not in open_ended]
    size = len(closed) // len(open_ended) + 1
    groups = [("<p>first</p>", *closed[n * size : (n + 1) * size], last) for n, last in enumerate(open_ended)]
    with office.site.system("tests") as work, writing():
        kept = work.session.execute(sa.select(table_of(MailAccount)).where(table_of(MailAccount).c.id == account)).one()
        for number, pages in enumerate(groups):
            raw = mail(number, pages, WORDS[number % len(WORDS)])
            parsed = parsing.parse(raw)
            assert not parsed.unread and parsed.html, f"taken apart: {number}"
            with files.brought([]) as (none, _refused):
                receiving._put(kept, parsed, parsed.message_id, none)
    browser = clients.signed_in(create_app(office.site), office.site, office.people["chen"])
    with office.as_("chen"):
        found = session.execute(sa.select(Letter.id).order_by(Letter.id)).scalars().all()
        mails = session.execute(sa.select(office.resource("mail").model.id)).scalars().all()
    assert len(found) == len(mails) == len(groups)
    scripts: set[str] = set()
    for path in [*(f"/core/letter/{one}" for one in found), *(f"/core/mail/{one}" for one in mails[:2]), f"/core/customer/{firm}", "/core/mail", f"/core/customer/{firm}?tab=core.letter"]:
        answer = browser("GET", path)
        assert answer.status_code == 200, path
        seen = Seen(answer.text)
        assert strange(seen.theirs) == [], path
        assert "/letter/" not in path or 'class="mail-html"' in answer.text, "the page draws the mail"
        # Around it nothing is theirs either: our pages have no handlers, no styles, no frames and the same scripts, whoever wrote.
        for tag, given in seen.all:
            assert tag not in FETCHING - {"svg", "template", "noscript", "img"}, (path, tag, given)
            assert not any(name.startswith("on") or name == "style" for name in given), (path, tag, given)
            assert not any(value.strip().casefold().startswith(("javascript:", "data:text", "vbscript:")) for name, value in given.items() if name in ("href", "src", "action", "formaction")), (path, tag, given)
            if tag == "script":
                scripts.add(hashlib.sha256(repr(sorted((name, value) for name, value in given.items() if name != "nonce")).encode()).hexdigest())
        assert "script-src" in answer.headers["Content-Security-Policy"] and "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    plain = Seen(browser("GET", "/core/task").text)
    assert scripts <= {hashlib.sha256(repr(sorted((name, value) for name, value in given.items() if name != "nonce")).encode()).hexdigest() for tag, given in plain.all if tag == "script"}, "no script that an empty list has not"
