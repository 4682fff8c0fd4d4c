"""Several words as one text: each language has its own mark between them."""

import json
import re
from pathlib import Path

import pytest

from crm_core.kernel import words
from crm_core.kernel.i18n import _, in_language, listed

ROOT = Path(__file__).parents[2] / "crm_core"


@pytest.mark.parametrize(("language", "text"), [("en", "red, green"), ("zh_Hans_CN", "red、green")])
def test_words_are_joined_as_the_reader_does(language: str, text: str) -> None:
    with in_language(language):
        assert listed(["red", "green"]) == text
        assert listed([]) == "" and listed(["red"]) == "red"


def test_a_sentence_joins_its_words_when_it_is_read_and_not_when_it_is_made() -> None:
    with in_language("en"):
        sentence = _("Say which column holds: %(names)s.", names=[_("Name"), _("Phone")])
        kept = json.loads(json.dumps(words.keep(sentence)))
    with in_language("zh_Hans_CN"):
        assert str(sentence).endswith("名称、电话。")
        assert str(words.read(kept)) == str(sentence)
    with in_language("en"):
        assert str(sentence) == "Say which column holds: Name, Phone."


def test_no_sentence_is_given_words_that_are_joined_already() -> None:
    """What is joined beforehand has the mark of one language in all of them. Names of tables below the kernel may."""
    joined = re.compile(r'_\([^\n]*=\s*["\'][,、] ?["\']\.join\(')
    found = [f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, hit.start()) + 1}" for path in ROOT.rglob("*.py")
             for text in [path.read_text("utf-8")] for hit in joined.finditer(text)]
    assert found == []


def test_a_line_of_an_older_row_and_a_name_of_the_program_are_themselves() -> None:
    assert [words.read_line(line) for line in (None, "", "ValueError: broken", '{"text": "a"}')] == ["", "", "ValueError: broken", '{"text": "a"}']
    assert words.keep_line("ValueError: broken") == "ValueError: broken"
