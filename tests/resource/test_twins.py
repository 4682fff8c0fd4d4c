"""Records that may be one, found by their keys and told as far as the asking person may know of them."""

from __future__ import annotations

import pytest

from crm_core.access import ledgers
from crm_core.resource import twins
from tests.customers.office import Office


def found(office: Office, login: str, **given: object) -> list[tuple[str, str, list[str]]]:
    with office.as_(login):
        customers = office.resource("customer")
        return [(one.sight, one.label, [str(r.words(customers)) for r in one.match.reasons]) for one in twins.find(customers, given)]


def test_a_likely_duplicate_is_found_by_name_phone_and_mail_with_its_reasons(office: Office) -> None:
    office.customer("chen", "广西甘源糖业集团有限公司", phone="0771-5551234", email="info@ganyuan.example")
    assert found(office, "chen", name="广西甘源糖业") == [("whole", "广西甘源糖业集团有限公司", ["name 98% alike"])]
    assert found(office, "chen", name="廣西甘源糖業") [0][0] == "whole"
    assert found(office, "chen", phone="(0771) 555 1234")[0][2] == ["same: Phone"]
    assert found(office, "chen", name="甘源糖业", email="INFO@ganyuan.example")[0][2] == ["name 98% alike", "same: E-mail"]
    assert found(office, "chen", name="广西甘岭糖业有限公司") == [] == found(office, "chen", name="上海甘源糖业有限公司")


def test_a_number_in_the_other_box_is_the_same_number(office: Office) -> None:
    office.customer("chen", "云岭茶业有限公司", mobile="13800138000")
    assert found(office, "chen", phone="+86 138 0013 8000")[0][1] == "云岭茶业有限公司"


def test_what_lies_in_the_recycle_bin_or_was_merged_is_no_duplicate(office: Office) -> None:
    row = office.customer("chen", "云岭茶业有限公司")
    with office.as_("sun"):
        office.resource("customer").delete([row])
    assert found(office, "chen", name="云岭茶业") == []


def test_of_others_records_only_the_brief_or_nothing_but_the_holder_is_told(office: Office) -> None:
    office.customer("li", "广西甘源糖业集团有限公司", phone="0771-5551234")
    assert found(office, "chen", name="广西甘源糖业")[0][:2] == ("brief", "广西甘源糖业集团有限公司")
    office.revoke("seller", "core.customer.brief.read")
    assert found(office, "chen", name="广西甘源糖业")[0][:2] == ("hidden", "")
    with office.as_("chen"):
        (one,) = twins.find(office.resource("customer"), {"name": "广西甘源糖业有限责任公司", "phone": "07715551234"})
        assert one.owner_id == office.people["li"]
    # What merely looks a little like it is not told of what one may not see.
    assert found(office, "chen", name="甘源") == [] and found(office, "chen", phone="5551234") == []


def test_nobody_reads_the_house_through_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.revoke("seller", "core.customer.brief.read")
    for at in range(3):
        office.customer("li", f"{'甲乙丙'[at]}云岭峰茶业有限公司")
    monkeypatch.setattr(twins, "TOLD_AN_HOUR", 2)
    told = [len(found(office, "chen", name=f"{'甲乙丙'[at]}云岭峰茶业有限公司")) for at in range(3)]
    assert told == [1, 1, 0]
    with office.site.system("tests"):
        ledgers.forgive([f"twins-hidden:{office.people['chen']}"])
    assert found(office, "chen", name="丙云岭峰茶业有限公司"), "the limit, and nothing else, kept it back"


def test_a_hidden_field_is_not_compared(office: Office) -> None:
    office.customer("li", "广西甘源糖业集团有限公司", phone="0771-5551234")
    office.hide("seller", "core.customer", "phone")
    assert found(office, "chen", phone="0771-5551234") == []


def test_persons_of_one_name_are_only_one_with_a_number_or_a_firm_in_common(office: Office) -> None:
    one, other = office.customer("chen", "云岭茶业有限公司"), office.customer("chen", "秦川机床有限公司")
    office.contact("chen", one, "罗建国", mobile="13800138000")
    with office.as_("chen"):
        contacts = office.resource("contact")
        assert not twins.find(contacts, {"name": "罗建国", "customer": other})
        assert twins.find(contacts, {"name": "罗建国", "customer": one})[0].match.likely
        assert twins.find(contacts, {"name": "罗建国", "mobile": "138-0013-8000"})[0].match.likely
        assert not twins.find(contacts, {"name": "王二", "mobile": "13800138000"})[0].match.likely


def test_a_person_of_a_firm_that_looks_like_it_tells_too(office: Office) -> None:
    """The name of a contact counts with the firm or with a number, never alone: of 王伟 there are many."""
    here = office.customer("chen", "广西甘源糖业集团有限公司")
    office.contact("chen", here, "罗建国", mobile="13800138000")
    office.contact("chen", office.customer("chen", "秦川机床有限公司"), "王伟")
    assert found(office, "chen", name="某某商行", legal_representative="王伟") == []
    assert found(office, "chen", name="广西甘源商贸", legal_representative="王伟") == []
    assert found(office, "chen", name="广西甘源糖业", general_manager="罗建国")[0][2] == ["name 98% alike", "a contact has this name"]
    assert found(office, "chen", name="罗建国", phone="138 0013 8000") == [
        ("whole", "广西甘源糖业集团有限公司", ["a contact has this name and this number or mail address"])]
    with office.as_("chen"):
        contacts, firm = office.resource("contact"), office.customer("chen", "甘源糖业有限公司")
        (one,) = twins.find(contacts, {"name": "罗建国", "customer": firm})
        assert [str(r.words(contacts)) for r in one.match.reasons][-1] == "same name, at a customer that looks like this one"
        assert not one.match.likely
        assert twins.find(contacts, {"name": "罗建军", "customer": firm}) == []
    with office.as_("li"):  # beyond his reach no more than a likely one is told of, and this is none
        assert twins.find(contacts, {"name": "罗建国", "customer": firm}) == []


def test_an_equal_credit_code_is_one_firm_another_code_is_another(office: Office) -> None:
    office.customer("chen", "云岭茶业有限公司", credit_code="91450100MA5KABCD1W")
    assert found(office, "chen", credit_code="91450100 ma5kabcd1w")[0][2] == ["same: Credit code"]
    assert found(office, "chen", name="云岭茶业有限公司", credit_code="91450100MA5KABCE21") == []
