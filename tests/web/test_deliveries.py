"""The page of deliveries speaks of what happened and who is told, never in names of the program."""

import re

from crm_core.kernel.events import words_of
from tests.support.people import Company


def test_events_and_listeners_stand_in_words(house: Company) -> None:
    with house.as_("nora"):
        customers = house.site.registry.resource("core.customer")
        ids = customers.write([{"name": "Firm"}])
        customers.run("assign", ids, {"owner": house.people["lina"]})
    house.sql("INSERT INTO core_outbox (event, number, data, listener, key, state, made_at, run_at, failures, claims) "
              "SELECT 'VisitsPlanned', 1, '{}', 'visits.plan', 'x', 'parked', made_at, run_at, 5, 5 FROM core_outbox LIMIT 1")
    admin = house.client("admin")
    text = re.sub(r"<[^>]+>", " ", admin.get("/deliveries").text)
    assert "Tell who was given records" in text and "Records were given to somebody · Customers" in text
    assert "For a module that is switched off" in text and "Visits planned" in text
    for name in ("RecordsAssigned", "core.messages.assigned", "visits.plan", "VisitsPlanned"):
        assert name not in text


def test_every_event_and_listener_of_core_has_words(house: Company) -> None:
    for event, listeners in house.site.registry.listeners.items():
        assert event.label, event.__name__
        assert [listen.key for listen in listeners if not listen.inside and not listen.label] == []
    assert words_of("RecordsAssigned") == "Records assigned"
