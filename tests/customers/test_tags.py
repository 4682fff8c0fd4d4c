"""Tags: put, taken, asked for, within rights."""

import pytest

from crm_core.features.customers import tags
from crm_core.kernel import words
from crm_core.kernel.errors import BadRequest, Invalid, Missing
from crm_core.resource import listing, timeline
from tests.customers.office import Office

CUSTOMER = "core.customer"


def found(office: Office, login: str, **question: str) -> list[int]:
    with office.as_(login):
        query = listing.parse(office.resource("customer"), [(k.replace("__", "."), v) for k, v in question.items()])
        return sorted(listing.page(query).ids)


def test_tags_are_put_by_name_once_and_taken_off(office: Office) -> None:
    customer = office.customer("sun")
    with office.as_("sun"):
        customers = office.resource("customer")
        assert tags.tag(customers, [customer], names=["春糖会", " 春糖会 ", "川酒"]) == 2
        assert tags.tag(customers, [customer], names=["川酒"]) == 0
        assert tags.of(CUSTOMER, [customer]) == {customer: ["川酒", "春糖会"]}
        wine = office.resource("tag").by_name(["川酒"])["川酒"]
        assert tags.untag(customers, [customer], tags=[wine]) == 1
        assert tags.of(CUSTOMER, [customer]) == {customer: ["春糖会"]}
        said = [str(words.read(e.data["words"])) for e in timeline.of(CUSTOMER, customer) if e.kind == "tagged" and e.data]
    assert said == ["removed the tag 川酒", "added the tags 春糖会 · 川酒"]


def test_a_name_is_the_same_in_any_width_and_case(office: Office) -> None:
    customer = office.customer("sun")
    with office.as_("sun"):
        tags.tag(office.resource("customer"), [customer], names=["VIP"])
        tags.tag(office.resource("customer"), [customer], names=["vip"])
        assert tags.of(CUSTOMER, [customer]) == {customer: ["VIP"]}


def test_without_the_right_no_new_tag_comes_to_be(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("sun"):
        office.resource("tag").write([{"name": "川酒"}])
    with office.as_("chen"):
        assert tags.tag(office.resource("customer"), [customer], names=["川酒"]) == 1
        with pytest.raises(Invalid):
            tags.tag(office.resource("customer"), [customer], names=["川酒", "my own"])
        with pytest.raises(Missing):
            tags.tag(office.resource("customer"), [customer], tags=[10**9])


def test_the_customers_of_others_are_not_tagged(office: Office) -> None:
    mine, other = office.customer("chen"), office.customer("wang", "另一家")
    with office.as_("sun"):
        office.resource("tag").write([{"name": "川酒"}])
    with office.as_("chen"), pytest.raises(Missing):
        tags.tag(office.resource("customer"), [mine, other], names=["川酒"])
    with office.as_("sun"):
        assert tags.of(CUSTOMER, [mine, other]) == {}


def test_a_list_can_be_asked_by_tags(office: Office) -> None:
    both, one, none = (office.customer("chen", f"客户{n}") for n in range(3))
    hers = office.customer("wang", "王的客户")
    with office.as_("sun"):
        customers = office.resource("customer")
        tags.tag(customers, [both, one, hers], names=["春糖会"])
        tags.tag(customers, [both], names=["川酒"])
        ids = office.resource("tag").by_name(["春糖会", "川酒"])
    fair, wine = str(ids["春糖会"]), str(ids["川酒"])
    assert found(office, "chen", tags__any=fair) == [both, one]
    assert found(office, "chen", tags__any=f"{fair},{wine}") == [both, one]
    assert found(office, "chen", tags__any="川酒") == [both]
    assert found(office, "chen", tags__none=wine) == [one, none]
    assert found(office, "chen", tags__empty="1") == [none]
    assert found(office, "chen", tags__filled="1", q="客户") == [both, one]
    assert found(office, "sun", tags__any=fair) == [both, one, hers]
    with office.as_("chen"), pytest.raises(BadRequest):
        listing.parse(office.resource("customer"), [("tags.any", "no such tag")])


def test_tags_of_a_contact_are_not_those_of_a_customer_with_the_same_number(office: Office) -> None:
    customer = office.customer("sun")
    person = office.contact("sun", customer)
    assert customer == person  # the same number in two tables
    with office.as_("sun"):
        tags.tag(office.resource("contact"), [person], names=["决策人"])
        assert tags.of(CUSTOMER, [customer]) == {}
    assert found(office, "sun", tags__filled="1") == []
