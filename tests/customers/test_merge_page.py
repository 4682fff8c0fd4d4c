"""Two customers become one on a page: which stays, field by field, what goes along, undo."""

from __future__ import annotations

import re

import pytest

from crm_core.resource import undo
from tests.support.people import Company


@pytest.fixture
def two(company: Company) -> tuple[int, int]:
    """The same firm twice; the second has a contact and the number."""
    customers, contacts = company.site.registry.resource("core.customer"), company.site.registry.resource("core.contact")
    with company.as_("admin"):
        kept, gone = customers.write([
            {"name": "四川云岭春酒业有限公司", "email": "a@yunling.example", "note": "First remark"},
            {"name": "云岭春酒业公司", "phone": "0831-8235566", "email": "b@yunling.example", "note": "Second remark"}])
        contacts.write([{"name": "罗建国", "customer": gone}])
    return kept, gone


def form(ids: tuple[int, ...], **more: object) -> dict[str, object]:
    return {"id": [str(i) for i in ids], "go": "1", **more}


def test_the_page_shows_what_differs_and_what_goes_along(company: Company, two: tuple[int, int]) -> None:
    page = company.client("admin").get(f"/core/customer/merge?id={two[0]}&id={two[1]}").text
    assert "四川云岭春酒业有限公司" in page and "云岭春酒业公司" in page
    assert f'name="pick-phone" value="{two[1]}" checked' in page, "the only number there is, is chosen"
    assert re.search(r"Contacts</span><span class=\"num\">1<", page)


def test_what_was_chosen_stays_all_hangs_on_one_and_undo_brings_everything_back(company: Company, two: tuple[int, int]) -> None:
    kept, gone = two
    admin = company.client("admin")
    customers, contacts = company.site.registry.resource("core.customer"), company.site.registry.resource("core.contact")

    def state() -> list[tuple[str, ...]]:
        with company.as_("admin"):
            rows = [customers.get(i) for i in two]
            return [(r.name, r.phone, r.email, r.note) for r in rows]

    before = state()
    done = admin.post("/core/customer/merge", data=form(
        two, keep=str(kept), **{"pick-name": str(kept), "pick-phone": str(gone), "pick-email": str(gone), "pick-note": [str(kept), str(gone)]}))
    assert done.status_code == 303 and done.headers["Location"].endswith(f"/core/customer/{kept}")
    with company.as_("admin"):
        row = customers.get(kept)
        assert (row.name, row.phone, row.email) == ("四川云岭春酒业有限公司", "0831-8235566", "b@yunling.example")
        assert row.note == "First remark\n\nSecond remark"
        assert [c.customer_id for c in [contacts.get(1)]] == [kept]
    assert admin.get(f"/core/customer/{gone}").status_code == 301
    change = re.search(r'action="/undo/(\d+)"', admin.get(f"/core/customer/{kept}").text)
    assert change is not None
    with company.as_("admin"):
        assert not undo.ask(int(change[1])).conflicts
        assert contacts.get(1).customer_id == gone
    assert state() == before


def test_one_record_asks_for_the_other(company: Company, two: tuple[int, int]) -> None:
    admin = company.client("admin")
    assert 'name="others__text"' in admin.get(f"/core/customer/merge?id={two[0]}").text
    page = admin.post("/core/customer/merge", data={"id": str(two[0]), "others": str(two[1])})
    assert page.status_code == 200 and "pick-phone" in page.text


def test_a_newer_version_is_met_before_anything_is_merged(company: Company, two: tuple[int, int]) -> None:
    kept, gone = two
    with company.as_("admin"):
        company.site.registry.resource("core.customer").write([{"id": gone, "phone": "010-65529988"}])
    answer = company.client("admin").post("/core/customer/merge", data=form(two, keep=str(kept), **{f"version-{gone}": "1"}))
    assert answer.status_code == 409 and "look once more" in answer.text


def test_who_may_not_delete_one_of_them_may_not_merge(company: Company, two: tuple[int, int]) -> None:
    assert company.client("sue").get(f"/core/customer/merge?id={two[0]}&id={two[1]}").status_code == 403
