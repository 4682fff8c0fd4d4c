"""What the home page asks of what people do with customers, and how the record page answers beside its time line."""

import datetime as dt

from crm_core.features.customers import activity, notes
from crm_core.features.tasks import services as tasks
from crm_core.kernel import clock
from tests.customers.office import Office
from tests.support.people import Company

MONDAY = dt.datetime(2026, 11, 23, 1, 12, tzinfo=dt.UTC)
CUSTOMER = "core.customer"


def write(office: Office, who: str, customer: int, days_ago: int, words: str = "hello") -> None:
    with office.as_(who), clock.freeze(MONDAY - dt.timedelta(days=days_ago)):
        notes.add_note(CUSTOMER, customer, words)


def test_my_weeks_count_notes_and_the_customers_they_are_about(office: Office) -> None:
    one, two = office.customer("chen"), office.customer("chen", "宁夏贺兰脊酒庄")
    for customer, ago in ((one, 0), (one, 6), (two, 3), (two, 7), (one, 60)):
        write(office, "chen", customer, ago)
    with office.as_("chen"), clock.freeze(MONDAY):
        assert activity.weeks()[-2:] == [(1, 1), (3, 2)]
    with office.as_("wang"), clock.freeze(MONDAY):
        assert activity.weeks() == [(0, 0)] * activity.WEEKS


def test_who_has_heard_nothing_for_long_and_has_nothing_planned_is_named_longest_first(office: Office) -> None:
    with clock.freeze(MONDAY - dt.timedelta(days=200)):
        ids = [office.customer("chen", name, standing="customer") for name in ("Never", "Planned", "Long ago", "Lately", "Lost")]
        never, planned, long_ago, lately, lost = ids
        with office.as_("chen"):
            office.resource("customer").write([{"id": lost, "standing": "lost"}, {"id": never, "standing": "key"}])
            tasks.give("call", about=(CUSTOMER, planned))
    write(office, "chen", long_ago, 90)
    write(office, "chen", lately, 5)
    with office.as_("chen"), clock.freeze(MONDAY):
        found = activity.silent(5)
        assert [(one.id, one.days, one.last) for one in found] == [(never, 200, None), (long_ago, 90, dt.date(2026, 8, 25))]
        assert [one.id for one in activity.silent(1)] == [never]
    with office.as_("wang"), clock.freeze(MONDAY):
        assert activity.silent(5) == []


def test_what_was_written_lately_is_shown_to_who_may_read_it(office: Office) -> None:
    customer = office.customer("chen")
    for ago, words in ((3, "first"), (1, "second")):
        write(office, "chen", customer, ago, words)
    with office.as_("chen"):
        assert [(row.body, row.customer_id) for row in activity.lately(5)] == [("second", customer), ("first", customer)]
        assert len(activity.lately(1)) == 1
    with office.as_("li"):
        assert activity.lately(5) == []


def test_the_head_is_the_same_on_every_tab_and_the_time_line_has_what_is_open_beside_it(company: Company) -> None:
    with company.as_("lina"):
        customer = int(company.site.registry.resource("core.customer").write([{
            "name": "Riverside Wines", "phone": "0831-8235566", "website": "riverside.example", "email": "office@riverside.example",
            "addresses": [{"purpose": "office", "street": "Wine Road 88"}],
        }])[0])
        tasks.give("Send the contract", about=(CUSTOMER, customer))
    lina = company.client("lina")
    pages = {tab: lina.get(f"/core/customer/{customer}?tab={tab}").text for tab in ("", "facts", "core.contact", "history")}
    heads = {text[text.index("data-record"):text.index('class="tabs rtabs')].replace(' data-focus="write-note"', "").replace(' data-focus="write-task"', "") for text in pages.values()}
    assert len({head.replace(f'href="/core/customer/{customer}#', 'href="#') for head in heads}) == 1
    first = pages[""]
    beside = first[first.index('class="facts"'):first.index('class="feed"')]
    assert "office@riverside.example" in beside and "8235566" not in beside, "what the head says is not said twice"
    side = first[first.index('class="side"'):]
    assert "Send the contract" in side and "Wine Road 88" in side
