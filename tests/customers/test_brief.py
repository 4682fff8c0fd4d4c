"""Others' customers in brief: name, standing, trade, place and who holds them; nothing else comes out by any door."""

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers import notes, tags
from crm_core.kernel.errors import BadRequest, Missing
from crm_core.resource import listing
from tests.customers.office import Office

SECRET = "13800008888"


@pytest.fixture
def held(office: Office) -> int:
    """A customer of 陈晓燕 with secrets in all that hangs on him."""
    customer = office.customer("chen", "四川云岭春酒业有限公司", mobile=SECRET, note="secret", legal_representative="密先生")
    office.contact("chen", customer, "密联系人", mobile=SECRET)
    with office.as_("chen"):
        notes.add_note("core.customer", customer, "secret words")
    with office.as_("sun"):
        tags.put(office.resource("customer"), [customer], ["secret tag"])
    return customer


def test_the_brief_shows_who_holds_it(office: Office, held: int) -> None:
    with office.as_("li"):
        brief = office.resource("customer.brief")
        assert list(brief.fields()) == ["name", "standing", "industry", "region", "blacklist", "pool", "owner"]
        assert listing.page(listing.parse(brief, [("q", "云岭春")])).ids == [held]
        assert office.resource("customer").labels([held]) == {held: "四川云岭春酒业有限公司"}


def test_nothing_hidden_can_be_asked_of_the_brief(office: Office, held: int) -> None:
    for question in (
        ("mobile.contains", "8888"), ("note.contains", "secret"), ("tags.any", "1"), ("created_at.within", "today"), ("sort", "mobile"),
        ("legal_representative.contains", "密"), ("email.filled", "1"),
    ):
        with office.as_("li"), pytest.raises(BadRequest):
            listing.page(listing.parse(office.resource("customer.brief"), [question]))
            pytest.fail(f"{question} was answered")


def test_hidden_words_find_nothing(office: Office, held: int) -> None:
    for words in ("8888", SECRET, "密先生", "secret", "密联系人"):
        with office.as_("li"):
            for name in ("customer.brief", "customer", "contact", "note", "task"):
                assert listing.page(listing.parse(office.resource(name), [("q", words)])).ids == [], (name, words)
        with office.as_("chen"):  # the words are there, for who may know them
            assert any(listing.page(listing.parse(office.resource(n), [("q", words)])).ids for n in ("customer", "contact", "note")), words


def test_what_hangs_on_it_is_not_there(office: Office, held: int) -> None:
    with office.as_("li"):
        for name in ("customer", "contact", "note"):
            assert session.scalars(sa.select(office.resource(name).model)).all() == []
        with pytest.raises(Missing):
            office.resource("customer").get(held)
        assert not office.resource("customer").sees(held)


def test_who_lost_the_brief_sees_nothing_at_all(office: Office, held: int) -> None:
    from crm_core.access.models import Grant
    from crm_core.data.session import writing

    with office.site.system("tests"), writing() as db:
        db.execute(sa.delete(Grant).where(Grant.permission == "core.customer.brief.read"))
    office.changed()
    with office.as_("li"):
        assert office.resource("customer").labels([held]) == {}
        assert listing.page(listing.parse(office.resource("customer.brief"), [])).ids == []
