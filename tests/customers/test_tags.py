"""Tags: put, taken, asked for, within rights."""

from typing import Any

import pytest

from crm_core.features.customers import tags
from crm_core.kernel import words
from crm_core.kernel.errors import BadRequest, Forbidden, Invalid, Missing, Refused
from crm_core.kernel.i18n import in_language
from crm_core.kernel.runner import drain
from crm_core.resource import acts, bulk, changes, listing, timeline, undo
from tests.customers.office import Office

CUSTOMER = "core.customer"


def put(resource: Any, ids: list[int], *wanted: Any) -> int:
    """Put tags on records, as anybody does: the check, then the act."""
    return int(resource.run("tag", ids, acts.values(resource, resource.all_actions["tag"], {"tags": list(wanted)})))


def found(office: Office, login: str, **question: str) -> list[int]:
    with office.as_(login):
        query = listing.parse(office.resource("customer"), [(k.replace("__", "."), v) for k, v in question.items()])
        return sorted(listing.page(query).ids)


def test_tags_are_put_by_name_once_and_taken_off(office: Office) -> None:
    customer = office.customer("sun")
    with office.as_("sun"):
        customers = office.resource("customer")
        put(customers, [customer], "春糖会", " 春糖会 ", "川酒")
        put(customers, [customer], "川酒")
        assert tags.of(CUSTOMER, [customer]) == {customer: ["川酒", "春糖会"]}
        wine = office.resource("tag").by_name(["川酒"])["川酒"]
        customers.run("untag", [customer], {"tags": [wine]})
        assert tags.of(CUSTOMER, [customer]) == {customer: ["春糖会"]}
        said = [str(words.read(e.data["words"])) for e in timeline.of(CUSTOMER, customer) if e.kind == "tagged" and e.data]
    assert said == ["removed the tag 川酒", "added the tags 春糖会, 川酒"]


def test_a_name_is_the_same_in_any_width_and_case(office: Office) -> None:
    customer = office.customer("sun")
    with office.as_("sun"):
        put(office.resource("customer"), [customer], "VIP")
        put(office.resource("customer"), [customer], "vip")
        assert tags.of(CUSTOMER, [customer]) == {customer: ["VIP"]}


def test_without_the_right_no_new_tag_comes_to_be(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("sun"):
        office.resource("tag").write([{"name": "川酒"}])
    with office.as_("chen"):
        put(office.resource("customer"), [customer], "川酒")
        with pytest.raises(Invalid):
            put(office.resource("customer"), [customer], "川酒", "my own")
        with pytest.raises(Invalid):
            put(office.resource("customer"), [customer], 10**9)


def test_the_customers_of_others_are_not_tagged(office: Office) -> None:
    mine, other = office.customer("chen"), office.customer("wang", "另一家")
    with office.as_("sun"):
        office.resource("tag").write([{"name": "川酒"}])
    with office.as_("chen"), pytest.raises(Missing):
        put(office.resource("customer"), [mine, other], "川酒")
    with office.as_("sun"):
        assert tags.of(CUSTOMER, [mine, other]) == {}


def test_a_list_can_be_asked_by_tags(office: Office) -> None:
    both, one, none = (office.customer("chen", f"客户{n}") for n in range(3))
    hers = office.customer("wang", "王的客户")
    with office.as_("sun"):
        customers = office.resource("customer")
        put(customers, [both, one, hers], "春糖会")
        put(customers, [both], "川酒")
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
        put(office.resource("contact"), [person], "决策人")
        assert tags.of(CUSTOMER, [customer]) == {}
    assert found(office, "sun", tags__filled="1") == []


# ---------- history and undo ----------
def names(office: Office, *ids: int) -> list[list[str]]:
    with office.as_("sun"):
        have = tags.of(CUSTOMER, list(ids))
    return [have.get(row_id, []) for row_id in ids]


def test_what_was_put_and_taken_is_taken_back_and_that_again(office: Office) -> None:
    one, two = office.customer("sun", "甲"), office.customer("sun", "乙")
    with office.as_("sun"):
        customers = office.resource("customer")
        put(customers, [one], "川酒")
        change = put(customers, [one, two], "川酒", "春糖会")
        back = undo.ask(change)
    assert names(office, one, two) == [["川酒"], []]
    with office.as_("sun"):
        undo.ask(back.change or 0)
    assert names(office, one, two) == [["川酒", "春糖会"], ["川酒", "春糖会"]]
    with office.as_("sun"):
        wine = office.resource("tag").by_name(["川酒"])["川酒"]
        change = customers.run("untag", [one, two], {"tags": [wine]})
    assert names(office, one, two) == [["春糖会"], ["春糖会"]]
    with office.as_("sun"):
        undo.ask(change)
    assert names(office, one, two) == [["川酒", "春糖会"], ["川酒", "春糖会"]]


def test_tags_that_somebody_changed_since_are_left_and_told(office: Office) -> None:
    one, two = office.customer("sun", "甲"), office.customer("sun", "乙")
    with office.as_("sun"):
        customers = office.resource("customer")
        change = put(customers, [one, two], "川酒")
        put(customers, [two], "春糖会")
        customers.write([{"id": one, "note": "edited since, but not its tags"}])
        result = undo.ask(change)
    assert names(office, one, two) == [[], ["川酒", "春糖会"]]
    assert (CUSTOMER, two) in result.conflicts and (CUSTOMER, one) not in result.conflicts


def test_the_history_of_tags_says_who_when(office: Office) -> None:
    customer = office.customer("sun")
    with office.as_("sun"):
        put(office.resource("customer"), [customer], "川酒")
        put(office.resource("customer"), [customer], "春糖会")
        old = [(row.old, row.actor_id) for row in changes.history_of(CUSTOMER, customer) if row.old]
        wine = office.resource("tag").by_name(["川酒"])["川酒"]
        assert old == [({"tags": [wine]}, office.people["sun"]), ({"tags": []}, office.people["sun"])]
        kinds = [entry.kind for entry in timeline.of(CUSTOMER, customer, kind="change")]
        assert kinds == ["tagged", "tagged", "created"]


def test_an_import_that_tags_is_undone_as_a_whole(office: Office) -> None:
    known = office.customer("sun", "老客户")
    with office.as_("sun"):
        customers = office.resource("customer")
        from crm_core.data.session import writing

        with writing(), changes.change("import") as change:
            fresh = customers.write([{"name": f"新客户{n}"} for n in range(150)], kind="import")
            customers.write([{"id": known, "note": "from the file"}], kind="import")
            put(customers, [known, *fresh], "春糖会")
        assert [row.verb for row in changes.history_of(CUSTOMER, fresh[0])] == ["create"], "a creation keeps no values"
        undo.ask(change)
        drain(office.site)
        assert customers.get(known).note is None
        assert listing.page(listing.parse(customers, [])).ids == [known]
    assert names(office, known) == [[]]


def test_a_sentence_of_the_time_line_lists_words_as_its_reader_does(office: Office) -> None:
    customer = office.customer("sun")
    with office.as_("sun"):
        put(office.resource("customer"), [customer], "川酒", "春糖会")
        (entry,) = [e for e in timeline.of(CUSTOMER, customer) if e.kind == "tagged" and e.data]
        for language, said in (("en", "added the tags 川酒, 春糖会"), ("zh_Hans_CN", "添加了标签 川酒、春糖会")):
            with in_language(language):
                assert str(words.read(entry.data["words"])) == said


# ---------- many at once ----------
def test_many_are_tagged_by_a_job_that_skips_what_is_not_his(office: Office) -> None:
    mine = [office.customer("chen", f"客户{n}") for n in range(3)]
    others = office.customer("wang", "王的客户")
    with office.as_("chen"):
        office.grant("seller", "core.customer.read", "all")
    with office.as_("chen"):
        from crm_core.data.session import writing

        with writing():
            bulk.ask({"resource": CUSTOMER, "act": "tag", "values": {"tags": ["川酒"]}, "state": []})
    with office.as_("sun"):
        office.resource("tag").write([{"name": "川酒"}])
    drain(office.site)
    assert names(office, *mine, others) == [["川酒"], ["川酒"], ["川酒"], []]
    with office.as_("chen"):
        counts, change = office.job("core.bulk")
        assert counts == {"done": 3, "skipped": 1}
        undo.ask(change)
    assert names(office, *mine, others) == [[], [], [], []]


def test_who_may_not_tag_does_not(office: Office) -> None:
    customer = office.customer("chen")
    office.revoke("seller", "core.customer.tag")
    with office.as_("chen"), pytest.raises(Forbidden):
        put(office.resource("customer"), [customer], "川酒")


def test_a_tag_on_a_hundred_customers_costs_few_statements(office: Office) -> None:
    ids = [office.customer("sun", f"客户{n}") for n in range(60)]

    def cost(some: list[int], word: str) -> int:
        with office.as_("sun"):
            return office.count_writes(lambda: put(office.resource("customer"), some, word))

    cost(ids[:1], "first")
    assert cost(ids, "two") <= cost(ids[:2], "three") + 2


# ---------- giving away ----------
def test_who_gives_a_record_away_may_take_it_back_until_somebody_has_touched_it(office: Office) -> None:
    office.grant("seller", "core.customer.assign", "own")
    first, second = office.customer("chen", "甲"), office.customer("chen", "乙")
    with office.as_("chen"):
        customers = office.resource("customer")
        changed = [customers.run("assign", [i], {"owner": office.people["li"]}) for i in (first, second)]
    with office.as_("li"):
        customers.write([{"id": second, "note": "mine now"}])
    with office.as_("chen"):
        with pytest.raises(Missing):
            customers.get(first)
        assert undo.ask(changed[0]).done == 1
        assert customers.get(first).department_id == office.departments["营销中心"]
        assert undo.ask(changed[1]).done == 0
    with office.as_("wang"), pytest.raises(Missing):
        undo.ask(changed[1])


def test_giving_to_nobody_or_to_whom_one_does_not_know_is_refused(office: Office) -> None:
    customer = office.customer("sun")
    with office.as_("sun"):
        customers = office.resource("customer")
        for values in ({}, {"owner": None}):
            with pytest.raises(Invalid):
                customers.run("assign", [customer], values)
        for given in ({"owner": 10**9}, {"owner": "x"}, {"nonsense": 1}):
            with pytest.raises(Invalid):
                acts.values(customers, customers.all_actions["assign"], given)
        with pytest.raises(Refused):
            office.resource("task").run("reopen", office.resource("task").write([{"title": "open"}]))
