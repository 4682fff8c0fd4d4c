"""A package has words of its own; what it lacks is looked up in core's, and core knows nothing of its words."""

from pathlib import Path

from crm_core.kernel.i18n import _, in_language, translations
from tests import postcards

OWN = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Cancel"\nmsgstr "不寄了"\n'


def test_a_word_of_its_own_is_found_by_itself_alone() -> None:
    with in_language("zh_Hans_CN"):
        assert (str(postcards._("Motif")), str(_("Motif"))) == ("图案", "Motif")


def test_what_it_lacks_is_said_as_core_says_it() -> None:
    with in_language("zh_Hans_CN"):
        assert str(postcards._("Cancel")) == str(_("Cancel")) == "取消"


def test_its_own_word_goes_before_cores(tmp_path: Path) -> None:
    catalog = tmp_path / "zh_Hans_CN/LC_MESSAGES/messages.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(OWN, "utf-8")
    mine = translations("mine", tmp_path)
    with in_language("zh_Hans_CN"):
        assert (str(mine("Cancel")), str(_("Cancel"))) == ("不寄了", "取消")
    with in_language("en"):
        assert str(mine("Cancel")) == "Cancel"
