"""Every door of sales, tried by people who may not (S1); and that what they may not see tells them nothing (S2)."""

from fnmatch import fnmatch

import pytest

from crm_core.testing import doors, hidden, silence

# What each page that is no list, form or record page of its own answers whom. Every route has its line here (docs/extend.md, "Tests").
PAGES = """
METHOD ENDPOINT                  [RECORD]                          stranger nobody reader user own:user supervisor supervisor@south decision-maker@south
GET    sales_calls.work                                                 303    403    403  404      200        200              404                  200
POST   sales_calls.following                                            401    403    403  404      303        303              404                  303
POST   sales_calls.answer        sales.call_list,sales.call_entry       401    403    403  404      303        303              404                  303
POST   sales_calls.result        sales.call_list,sales.call_entry       401    403    403  404      422        422              404                  422
GET    sales_force.forecasts_entered                                    303    403    200  200      200        200              200                  200
GET    sales_force.ranking                                              303    403    200  200      200        200              200                  200
GET    sales_force.expected                                             303    403    200  200      200        200              200                  200
GET    sales_force.targets_of_year                                      303    403    200  200      200        200              200                  200
GET    sales_force.try_territories                                      303    403    200  200      200        200              200                  200  # words of the house
GET    sales_force.one           core.user                              303    403    200  200      200        200              200                  200
GET    sales_leads.enquiry                                              404    404    404  404      404        404              404                  404  # no such form
POST   sales_leads.send                                                 403    404    404  404      404        404              404                  404  # without the token of its page
GET    sales_orders.parts                                               303    403    403  404      200        200              404                  200
POST   sales_orders.send                                                401    403    403  404      422        422              404                  422
POST   sales_orders.again                                               401    403    403  404      409        409              404                  409  # nothing was ordered
POST   sales_reminders.preview                                          401    403    403  403      403        403              403                  200
GET    sales_quotes.show                                                404    404    404  404      404        404              404                  404
GET    sales_quotes.as_pdf                                              404    404    404  404      404        404              404                  404
POST   sales_quotes.answer                                              403    404    404  404      404        404              404                  404
POST   sales_quotes.write                                               401    403    403  404      409        409              404                  409  # a draft is not sent
"""

test_doors = doors("sales", PAGES)
test_silence = silence("sales")
test_hidden = hidden("sales")


class TestOnPostgresql:
    """A part of both: plans, search and the order of nulls are other there."""

    test_doors = staticmethod(doors("sales", nth=61))
    test_silence = staticmethod(silence("sales", nth=29))

    @pytest.fixture
    def walk_database(self, postgres):
        return postgres.create()


def test_whoever_may_write_a_record_finds_every_act_of_it_given_to_somebody(house):
    """An act that no role of the house names is a button only the administrator ever sees."""
    given = [pattern for role in house.site.registry.roles if role.code != "administrator" for pattern in role.grants]

    def somebody(permission):
        return any(fnmatch(permission, pattern) for pattern in given)

    written = [one for name, one in house.site.registry.resources.items() if name.startswith("sales.") and one.all_actions and somebody(f"{name}.create")]
    assert len(written) > 10
    assert [f"{one.name}.{act}" for one in written for act in one.all_actions if act != "assign" and not somebody(f"{one.name}.{act}")] == []
