"""A package has words of its own; what it lacks is looked up in core's, and core knows nothing of its words."""

from pathlib import Path

from crm_core.kernel.i18n import _, in_language, plurals, translations
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


def test_sentences_with_a_number_are_its_own_too(tmp_path: Path) -> None:
    catalog = tmp_path / "zh_Hans_CN/LC_MESSAGES/messages.po"
    catalog.parent.mkdir(parents=True)
    head = OWN.replace('UTF-8\\n"', 'UTF-8\\n"\n"Language: zh_Hans_CN\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"')
    catalog.write_text(head + '\nmsgid "%(n)s card"\nmsgid_plural "%(n)s cards"\nmsgstr[0] "%(n)s 张"\n', "utf-8")
    ngettext = plurals("mine", tmp_path)
    cards = [ngettext("%(n)s card", "%(n)s cards", n) for n in (1, 2)]
    with in_language("en"):
        assert [str(one) for one in cards] == ["1 card", "2 cards"]
    with in_language("zh_Hans_CN"):
        assert [str(one) for one in cards] == ["1 张", "2 张"]
        assert str(ngettext("%(n)s record", "%(n)s records", 3)) == "3 条记录"  # what it lacks, as core says it
