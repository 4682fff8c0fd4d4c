"""Choice lists on their screen: words come, change, move and go, and no record loses what it has."""

import pytest
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.customers.models import Customer
from crm_core.resource.choices import Choice, put_words, words
from tests.support.people import Company

SIZE = "/choices/core.size"


def size(company: Company) -> list[tuple[str, str, bool]]:
    with company.site.system("tests"):
        return [(w.code, w.en, w.retired) for w in words("core.size").values()]


def word(company: Company, code: str) -> int:
    with company.site.system("tests"):
        return int(session.scalar(sa.select(Choice.id).where(Choice.list == "core.size", Choice.code == code)) or 0)


def test_a_word_is_added_renamed_and_coloured_in_both_languages(company: Company) -> None:
    admin = company.client("admin")
    assert admin.post(f"{SIZE}/new", data={"zh": "微型", "en": "Micro", "colour": "amber"}).status_code == 303
    assert size(company)[-1] == ("micro", "Micro", False)
    assert admin.post(f"{SIZE}/{word(company, 'micro')}", data={"zh": "微型企业", "en": "Micro firm", "colour": ""}).status_code == 303
    page = admin.get(SIZE).text
    assert "微型企业" in page and "Micro firm" in page
    assert "Chinese word: 微型" in page, "the history says what it was called"


@pytest.mark.parametrize("given", [{"zh": "", "en": "Tiny"}, {"zh": "大型", "en": "Very large"}, {"zh": "特大", "en": "large"}])
def test_a_word_needs_both_languages_and_is_not_there_twice(company: Company, given: dict[str, str]) -> None:
    before = size(company)
    assert company.client("admin").post(f"{SIZE}/new", data={**given, "colour": ""}).status_code == 422
    assert size(company) == before


def test_words_move_by_their_buttons_and_as_a_whole_list(company: Company) -> None:
    admin = company.client("admin")
    assert admin.post(f"{SIZE}/order", data={"down": "large"}).status_code == 303
    assert [code for code, _en, _gone in size(company)] == ["medium", "large", "small"]
    admin.post(f"{SIZE}/order", data={"code": ["small", "medium", "nonsense"]}, headers={"Accept": "application/json"})
    assert [code for code, _en, _gone in size(company)] == ["small", "medium", "large"], "what a list lacks stays at its end"


def test_a_retired_word_is_kept_shown_and_filtered_and_offered_no_more(company: Company) -> None:
    lina, admin = company.client("lina"), company.client("admin")
    with company.as_("lina"):
        row = company.site.registry.resource("core.customer").write([{"name": "云岭", "size": "small"}])[0]
    assert 'value="small"' in lina.get("/core/customer/new").text
    assert admin.post(f"{SIZE}/{word(company, 'small')}/retire").status_code == 303
    assert 'value="small"' not in lina.get("/core/customer/new").text
    assert 'value="small"' in lina.get(f"/core/customer/{row}/edit").text, "who has it keeps it"
    assert "云岭" in lina.get("/core/customer?size.any=small&columns=name,size").text
    assert ">Small<" in lina.get(f"/core/customer/{row}?tab=facts").text
    admin.post(f"{SIZE}/{word(company, 'small')}/retire")
    assert 'value="small"' in lina.get("/core/customer/new").text
    with company.site.system("tests"):
        assert session.scalar(sa.select(Customer.size).where(Customer.id == row)) == "small"


def test_nobody_else_enters(company: Company) -> None:
    for login in ("boss", "sam", "lina"):
        client, before = company.client(login), size(company)
        assert client.get("/choices").status_code == 403
        assert client.post(f"{SIZE}/new", data={"zh": "微型", "en": "Micro"}).status_code == 403
        assert size(company) == before


def test_all_lists_are_named_with_where_they_are_used(company: Company) -> None:
    page = company.client("admin").get("/choices").text
    assert "Form of address" in page and "Contacts" in page
    assert company.client("admin").get("/choices/core.nothing").status_code == 404


def test_words_of_a_plugin_that_is_off_sleep_with_it(company: Company) -> None:
    admin = company.client("admin")
    with company.site.system("tests"), writing():
        put_words("asleep.result", (("reached", "Reached", "接通"),))
    assert "asleep.result" not in admin.get("/choices").text
    assert admin.get("/choices/asleep.result").status_code == 404
    with company.site.system("tests"):
        assert set(words("asleep.result")) == {"reached"}, "and are there when it is on again"
