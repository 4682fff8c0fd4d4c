"""Templates that people write: what they say, and that nothing but the declared words can be reached by one."""

import datetime as dt
import re
import resource
import time

import pytest

from crm_core.text import slots
from crm_core.text.postal import WORDS
from tests.security.template_payloads import TEMPLATES

VALUES = {"name": "张伟", "firm": "", "address": "610041\n四川省成都市", "date": dt.date(2026, 11, 27)}
NAMES = {"name": "name", "姓名": "name", "firm": "firm", "address": "address", "date": "date"}


def filled(text: str) -> str:
    return slots.fill(slots.read(text, NAMES), VALUES)


@pytest.mark.parametrize(("text", "said"), [
    ("Dear {{ name }},", "Dear 张伟,"),
    ("{{姓名}}，您好", "张伟，您好"),
    ("{{ ＮＡＭＥ }}", "张伟"),
    ("{{ name }}\n{{ firm }}\n{{ date }}", "张伟\n2026-11-27"),
    ("a\n\n{{ name }}", "a\n\n张伟"),
    ("{% if firm %}at {{ firm }}{% else %}alone{% end %}", "alone"),
    ("{% 如果 name %}\n{{ name }}\n{% 结束 %}\nend", "张伟\nend"),
    ("{{ address }}!", "610041\n四川省成都市!"),
    ("no slots: { } % {single}", "no slots: { } % {single}"),
])
def test_a_template_says_what_stands_in_it(text: str, said: str) -> None:
    assert filled(text) == said


@pytest.mark.parametrize(("text", "code"), [
    ("{{ nmae }}", "unknown"), ("{{ name | shout }}", "filter"), ("{{ name", "stray"), ("{% if name %}", "open"), ("{% end %}", "mark"),
    ("{% for x in name %}", "mark"), ("{% else %}", "mark"), ("x" * 10_001, "long"), ("{% if name %}" * 9, "deep"), ("{% if name %}{% else %}{% else %}{% end %}", "mark"),
])
def test_what_says_nothing_is_refused_with_the_place(text: str, code: str) -> None:
    with pytest.raises(slots.Fault) as fault:
        slots.read(text, NAMES)
    assert fault.value.code == code


def test_no_payload_reaches_anything_but_the_declared_words() -> None:
    """Each is refused when it is read, or is plain words that come out as they went in."""
    assert len(TEMPLATES) >= 150 and len(set(TEMPLATES)) == len(TEMPLATES)
    refused = 0
    for payload in TEMPLATES:
        try:
            made = slots.fill(slots.read(payload, WORDS), {name: f"<{name}>" for name in WORDS.values()})
        except slots.Fault:
            refused += 1
            continue
        assert made == re.sub(r"\{\{\s*name\s*\}\}", "<name>", payload), payload
    assert refused >= 110
    assert slots.fill(slots.read("{{ name }}", WORDS), {"name": "ok"}) == "ok"  # the control: what is declared is reached


def test_what_is_put_into_a_slot_is_never_read_again() -> None:
    for payload in TEMPLATES:
        assert slots.fill(slots.read("{{ name }}", NAMES), {"name": payload}) == payload.replace("\r", "").replace("\x00", "")[: slots.VALUE]


def test_objects_are_no_values() -> None:
    for thing in (object(), [1], {"a": 1}, print, type("Text", (str,), {})("x")):
        with pytest.raises(TypeError):
            slots.fill(slots.read("{{ name }}", NAMES), {"name": thing})  # type: ignore[dict-item]


def test_time_memory_and_output_of_a_template_are_bounded() -> None:
    worst = ["{{" * 5_000, "{%" * 5_000, "{{ name }}" * 1_000, "{% if name %}" * 8 + "{% end %}" * 8, "{" * 10_000, "{{ " + "a" * 9_990, "\n" * 10_000, "{{name|upper" + "|upper" * 30 + "}}"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for text in worst:
        start = time.process_time()
        try:
            made = slots.fill(slots.read(text, NAMES), {"name": "x" * slots.VALUE})
            assert len(made) <= slots.FILLED
        except slots.Fault as fault:
            assert fault.code in ("stray", "grown", "unknown")
        assert time.process_time() - start < 2  # a multiple of what is allowed: it is linear, and takes milliseconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024
