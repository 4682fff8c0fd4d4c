"""What the bell tells: to whom, in which language, read by whom."""

import pytest

from crm_core.data.session import writing
from crm_core.features.messages import services, views
from crm_core.kernel import words
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _, in_language, ngettext
from tests.customers.office import Office


def tell(office: Office, who: str = "chen", to: str = "wang", text: object = "hello", **more: object) -> None:
    with office.as_(who):
        services.notify([office.people[to]], text, **more)  # type: ignore[arg-type]


def test_each_reader_has_the_sentence_in_his_own_language(office: Office) -> None:
    with office.as_("chen", "en"):
        services.notify([office.people["wang"], office.people["li"]], _("Saved"))
    with office.as_("wang", "zh_Hans_CN"):
        chinese = str(words.read(services.newest()[0].text))
    with office.as_("li", "en"):
        english = str(words.read(services.newest()[0].text))
    with in_language("zh_Hans_CN"):
        assert chinese == str(_("Saved"))
    assert english == "Saved"


def test_numbers_and_nested_words_survive_the_database(office: Office) -> None:
    with office.as_("chen"):
        text = ngettext("%(n)s day late", "%(n)s days late", 3)
        services.notify([office.people["wang"]], _("%(said)s: %(title)s", said=text, title="年报"))
    with office.as_("wang"):
        assert str(words.read(services.newest()[0].text)) == "3 days late: 年报"


def test_who_acts_is_the_sender_and_hears_nothing_himself(office: Office) -> None:
    with office.as_("chen"):
        told = services.notify([office.people["chen"], office.people["wang"], None], "text")
        assert services.newest() == []
    assert told == 1
    with office.as_("wang"):
        assert [n.title for n in views.draw(services.newest())] == ["陈晓燕"]


def test_a_module_tells_even_the_person_who_acts(office: Office) -> None:
    with office.as_("chen"):
        services.notify([office.people["chen"]], "done", source=_("Import"))
        (drawn,) = views.draw(services.newest())
    assert str(drawn.title) == "System · Import"
    assert drawn.person is None


def test_nobody_reads_or_opens_the_messages_of_another(office: Office) -> None:
    tell(office)
    with office.as_("wang"):
        mine = services.newest()[0].id
    with office.as_("sun"):  # he may do everything there is
        assert services.newest() == []
        with pytest.raises(Missing):
            services.read(mine)
        services.read_all()
    with office.as_("wang"):
        assert services.newest()[0].read_at is None


def test_opening_marks_one_read_and_leads_to_its_record(office: Office) -> None:
    tell(office, about=("core.customer", 7))
    tell(office, path="/jobs/3")
    with office.as_("wang"):
        later, first = services.newest()
        assert views.target(services.read(first.id)) == "/core/customer/7"
        assert views.target(later) == "/jobs/3"
        assert [n.read_at is None for n in services.newest()] == [True, False]


def test_mark_all_leaves_what_came_after_the_list_was_shown(office: Office) -> None:
    tell(office, text="one")
    with office.as_("wang"):
        seen = services.newest()[0].id
    tell(office, text="two")
    with office.as_("wang"):
        assert services.read_all(seen) == 1
        assert [words.read(n.text) for n in services.newest(unread=True)] == ["two"]


def test_what_is_rolled_back_was_never_told(office: Office) -> None:
    with office.as_("chen"), pytest.raises(RuntimeError), writing():
        services.notify([office.people["wang"]], "text")
        raise RuntimeError
    with office.as_("wang"):
        assert services.newest() == []


def test_paging_goes_back_and_forth_without_gaps(office: Office) -> None:
    for n in range(7):
        tell(office, text=str(n))
    with office.as_("wang"):
        first = services.newest(limit=3)
        second = services.newest(limit=3, before=first[-1].id)
        back = services.newest(limit=3, after=second[0].id)
    assert [words.read(n.text) for n in first + second] == ["6", "5", "4", "3", "2", "1"]
    assert [n.id for n in back] == [n.id for n in first]
