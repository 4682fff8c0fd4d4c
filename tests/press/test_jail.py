"""S9: every template of attackers at every place where somebody may write one, by form and by token; what a render may take."""

from __future__ import annotations

import contextlib
import re
import resource
import time
from typing import Any

import pytest

from crm_core import document
from crm_core.data.session import session
from crm_core.features.mail import filling
from crm_core.features.mail.mailing_models import About
from crm_core.kernel.errors import Refused
from crm_core.resource.custom import CustomField
from crm_core.resource.papers import Template
from crm_core.testing import clients
from crm_core.text import slots
from crm_core.text.formula import BadFormula, parse
from crm_core.text.postal import WORDS
from tests.press.test_press import BULK
from tests.security.template_payloads import TEMPLATES
from tests.support.people import Company

PAGE, FIELD = "/core/print_template", "/core/custom_field"
RAN = ("<script>alert", "<img src=x", "root:x:", "<svg onload", "<link rel=attachment", "<object data", "&lt;function", "subprocess.Popen")


def refused(text: str) -> bool:
    try:
        slots.read(text, WORDS)
    except slots.Fault:
        return True
    return False


def test_templates_of_attackers_are_refused_everywhere_or_are_plain_words(house: Company) -> None:
    lina, token = house.client("lina"), clients.Client(house.app, clients.token_of(house.site, house.people["lina"]))
    with house.as_("lina"):
        (mine,) = house.site.registry.resource("core.print_template").write([{"name": "Mine", "kind": "post", "body": "{{ address }}"}])
        (firm,) = house.site.registry.resource("core.customer").write([{"name": "甲公司", "addresses": [{"purpose": "office", "street": "人民路 1 号"}]}])
    said: dict[str, set[int]] = {"refused": set(), "words": set(), "odd": set()}
    for number, text in enumerate(TEMPLATES):
        bad = refused(text)
        shown = lina.post("/paper/preview", data={"kind": "post", "body": text})
        assert shown.status_code == 200 and ('class="hint bad"' in shown.text) is bad and not any(mark in shown.text for mark in RAN), text
        answers = [
            lina.post(f"{PAGE}/new", data={"name": "x", "kind": "post", "body": text}),
            token("PATCH", f"{PAGE}/{mine}", {"body": text}, If_Match="*") if number % 2 else token("POST", PAGE, {"name": "x", "kind": "post", "body": text}),
        ]
        if number % 10 == 0:  # a cell of the list goes the way of the form
            answers.append(lina.post(f"{PAGE}/{mine}/cell", data={"field": "body", "body": text}, headers={"Accept": "application/json"}))
        said["odd" if not text.isprintable() else "refused" if bad else "words"].update(answer.status_code for answer in answers)
    assert said["refused"] == {422} and said["words"] == {200, 201, 303} and max(said["odd"]) < 500  # signs of control are taken away, or refused
    with house.as_("lina"):
        kept = session.query(Template.id, Template.body).all()
    assert len(kept) > 50 and not any(refused(body) for _id, body in kept)
    for row_id, _body in kept:
        printed = lina.post(BULK, data={"id": str(firm), "way": "labels", "template": str(row_id)})
        assert printed.status_code == 200 and not any(mark in printed.text for mark in RAN)


def test_texts_of_mails_are_of_the_same_jail(house: Company) -> None:
    """S9 through mail: what says more than a declared word is refused with the place, by form, token and while it is typed; the rest is
    words, and what is put into them is not read again."""
    lina, token = house.client("lina"), clients.Client(house.app, clients.token_of(house.site, house.people["lina"]))
    with house.as_("lina"):
        known = {about: filling.names_for(about) for about in About}
        for about, names in known.items():
            assert set(filling.words_shown(about, "en")) | set(filling.words_shown(about, "zh")) <= set(names)
        (firm,) = house.site.registry.resource("core.customer").write([{"name": "{{ code }}{% if name %}"}])
        assert filling.Filler(About.customer, "x", "{{ name }}").fill([firm])[firm][1] == "{{ code }}{% if name %}"
        bad = {text: filling.problems(About.customer, {"text": text}) for text in TEMPLATES}
    # `name` is a word of every mail; of a print template too, so that what is refused there is refused here.
    assert sum(map(bool, bad.values())) > len(TEMPLATES) - 60 and all(bad[text] for text in TEMPLATES if refused(text) and "address" not in text)
    for number, text in enumerate(TEMPLATES):
        if number % 6:
            continue
        shown = lina.post("/core/mail_template/preview", data={"about": "customer", "title": "x", "text": text})
        assert shown.status_code == 200 and not any(mark in shown.text for mark in RAN), text
        assert not text.isprintable() or ('class="hint bad"' in shown.text) is bool(bad[text]), text
        answers = [lina.post("/core/mail_template/new", data={"name": "x", "about": "customer", "title": "x", "text": text}),
                   token("POST", "/core/mail_template", {"name": "x", "title": text[:150], "text": "x"})]
        assert all(answer.status_code < 500 for answer in answers), text
        if bad[text] and text.isprintable():
            assert answers[0].status_code == 422, text
    begun = time.process_time()
    for text in WORST:
        with house.as_("lina"), contextlib.suppress(Refused):
            filling.Filler(About.customer, "x", text.replace("address", "name")).fill([firm])
    assert time.process_time() - begun < 0.2 * len(WORST)


def test_formulas_of_attackers_are_refused_by_form_and_by_token(house: Company) -> None:
    """What a template says within its braces too: no walk, call or product of it is a formula that takes anything."""
    admin, token = house.client("admin"), clients.Client(house.app, clients.token_of(house.site, house.people["admin"]))
    values: dict[str, Any] = {"name": "张伟", "self": "x", "address": None}
    tried = [*TEMPLATES, *dict.fromkeys(re.sub(r"^\{[{%]|[%}]\}$", "", text).strip() for text in TEMPLATES)]
    told = 0
    for text in tried:
        try:
            made = parse(text, values)(values)
        except BadFormula:
            told += 1
        else:
            assert made is None or (isinstance(made, str) and len(made) <= 2_000) or isinstance(made, bool | int), text
    assert told > len(tried) - 20
    for text in TEMPLATES[::9]:
        row = {"resource": "core.customer", "kind": "text", "zh": "x", "en": "x", "formula": text}
        assert admin.post(f"{FIELD}/new", data=row).status_code == 422 and token("POST", FIELD, row).status_code in (400, 422), text
    with house.as_("admin"):
        assert session.query(CustomField).count() == 0


# The most that a text of 10,000 characters can ask for, on the label of a large paper and in a letter.
WORST = [
    "{{" * 5_000, "{%" * 5_000, "{{ address }}" * 769, "{{ name }}" * 1_000, "{% if name %}" * 8 + "{{ address }}" * 500 + "{% end %}" * 8, "{" * 10_000, "{{ " + "a" * 9_990, "\n" * 10_000,
    "{{name|upper" + "|upper" * 30 + "}}", "W" * 4_900, "i" * 4_900, "长" * 4_900, "号 " * 2_400, "# " + "W" * 4_900, "\n".join("# 长街" for _ in range(800)), "&" * 10_000,
]


def test_a_render_takes_little_time_and_memory_and_says_little_or_is_refused(house: Company) -> None:
    lina = house.client("lina")
    for kind in ("post", "sheet"):  # what is loaded once is not counted
        lina.post("/paper/preview", data={"kind": kind, "subject": "core.customer", "body": "x"})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for kind in ("post", "sheet"):
        for text in WORST:
            begun = time.process_time()
            shown = lina.post("/paper/preview", data={"kind": kind, "subject": "core.customer", "body": text})
            taken = time.process_time() - begun
            assert shown.status_code == 200 and len(shown.data) < 2**20 and taken < 0.2, (text[:20], taken)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


def test_a_drawing_that_does_not_end_is_killed_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "SECONDS", 0.01)
    monkeypatch.setattr(document, "_missing", lambda: ())
    with pytest.raises(Refused, match="took too long"):
        document.pdf("<p>x</p>")
