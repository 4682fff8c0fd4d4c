"""A number that is surely wrong is told in form, interface and import alike; what people really have may stand."""

import re

import pytest

from crm_core.kernel.errors import Invalid
from crm_core.resource.fields import clean_values
from tests.customers.office import Office
from tests.support.people import Client, Company

SAID = "11 digits expected, 1 missing."


@pytest.fixture
def lina(house: Company) -> Client:
    return house.client("lina")


def test_the_form_says_it_beside_the_field_and_keeps_what_was_typed(lina: Client) -> None:
    answer = lina.post("/core/customer/new", data={"name": "Firm", "mobile": "1380013800"})
    assert answer.status_code == 422
    assert SAID in answer.text and 'value="1380013800"' in answer.text


def test_it_is_said_on_leaving_the_field(lina: Client) -> None:
    def error(field: str, value: str) -> str:
        return str(lina.post("/core/customer/check", data={"field": field, "value": value}).json["error"])

    assert error("mobile", "1380013800") == SAID
    assert error("mobile", "13800138000") == error("phone", "95588") == ""
    assert "name@example.com" in error("email", "nobody")
    assert lina.post("/core/customer/check", data={"field": "match_key", "value": "x"}).status_code == 400


def test_a_number_that_stands_there_already_does_not_keep_a_form_from_being_saved(house: Company, lina: Client) -> None:
    with house.as_("lina"):
        (row_id,) = house.site.registry.resource("core.customer").write([{"name": "Firm"}])
    house.sql("UPDATE core_customer SET mobile = '1380013800' WHERE id = :i", i=row_id)
    form = lina.get(f"/core/customer/{row_id}/edit").text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    sent = {"name": "Firm renamed", "mobile": "1380013800", "version": version[1]}
    assert lina.post(f"/core/customer/{row_id}/edit", data=sent).status_code == 303
    changed = {**sent, "mobile": "1380013801", "version": str(int(version[1]) + 1)}
    assert lina.post(f"/core/customer/{row_id}/edit", data=changed).status_code == 422


def test_the_interface_refuses_it_with_the_same_sentence(office: Office) -> None:
    with office.as_("sun"):
        fields = office.resource("customer").fields(writing=True)
        with pytest.raises(Invalid) as bad:
            clean_values({"mobile": "1380013800"}, fields, "load")
        assert str(bad.value) == SAID
    with office.as_("sun", language="zh_Hans_CN"):  # whoever reads it has it in his language
        assert str(bad.value) == "应为 11 位数字，少了 1 位。"
