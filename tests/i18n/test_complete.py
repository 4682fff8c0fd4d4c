"""Every sentence of every package is there in Chinese, and nothing else is in the catalogs."""

from pathlib import Path

import pytest

from crm_core.kernel.catalogs import update
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Package
from tests.i18n.catalogs import faults, package_at, unmarked

SOURCE = '_ = str\nsaid = _("Saved")\nmany = ngettext("%(n)s row", "%(n)s rows", 2)\n'
CATALOG = 'msgid "Saved"\nmsgstr "已保存"\n\nmsgid "%(n)s row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(n)s 行"\n'


def packages(tmp_path: Path) -> list[Package]:
    from crm_core.app import open_site
    from tests.support.second import second

    return [*open_site(config=Config(site=tmp_path)).registry.packages, second()]


def test_every_text_of_every_package_has_its_chinese(tmp_path: Path) -> None:
    wrong = [f"{p.name}: {fault}" for p in packages(tmp_path) for fault in faults(p)]
    assert not wrong, "after `crm i18n update`, write what is missing:\n" + "\n".join(wrong)


def test_the_collection_sees_every_text_that_is_marked(tmp_path: Path) -> None:
    unseen = [found for p in packages(tmp_path) for found in unmarked(p)]
    assert not unseen, "\n".join(unseen)


@pytest.fixture
def small(tmp_path: Path) -> Package:
    """A package with two texts and its whole catalog."""
    catalog = tmp_path / "translations/zh_Hans_CN/LC_MESSAGES/messages.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(CATALOG, "utf-8")
    (tmp_path / "words.py").write_text(SOURCE, "utf-8")
    return package_at(tmp_path, "small")


def test_a_whole_catalog_has_no_fault(small: Package) -> None:
    assert faults(small) == []


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('msgid "Saved"\nmsgstr "已保存"\n', "", "not in the catalog: ('Saved', None)"),
        ("已保存", "", "('Saved', None) is empty"),
        ("已保存", "您的%(what)s", "('Saved', None) has other placeholders"),
        ("%(n)s 行", "行", "('%(n)s row', None) has other placeholders"),
        ("已保存", "已保存,好", "full-width marks"),
        ("已保存", "已保存CSV", "one space between"),
        ("已保存", "你已保存", "您, not 你"),
    ],
)
def test_a_fault_in_a_catalog_is_found(small: Package, old: str, new: str, said: str) -> None:
    path = small.folder / "translations/zh_Hans_CN/LC_MESSAGES/messages.po"
    path.write_text(CATALOG.replace(old, new), "utf-8")

    (found,) = faults(small)
    assert said in found


def test_a_text_that_nobody_says_any_more_is_found(small: Package) -> None:
    (small.folder / "words.py").write_text(SOURCE.replace('said = _("Saved")', ""), "utf-8")

    assert faults(small) == ["zh_Hans_CN: obsolete: ('Saved', None)"]


def test_a_text_that_the_collection_cannot_see_is_found(small: Package) -> None:
    (small.folder / "words.py").write_text(SOURCE + 'what = "Sa"\nprint(_(what + "ved"))\n', "utf-8")

    assert unmarked(small) == ["words.py:5: what + 'ved'"]


def test_updating_takes_the_obsolete_out_and_keeps_what_is_translated(small: Package) -> None:
    (small.folder / "words.py").write_text(SOURCE.replace("Saved", "Lost"), "utf-8")

    (state,) = update(small)

    assert state.missing == ["Lost"]
    assert faults(small) == ["zh_Hans_CN: ('Lost', None) is empty"]
