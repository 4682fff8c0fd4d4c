"""Facts that keep themselves true: days that come again, bad channels, regions, codes, how complete a customer is."""

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.customers import api, completeness, days
from crm_core.features.customers.models import Address, Contact, Customer, Region
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from crm_core.resource import listing
from crm_core.text import credit
from crm_core.text.lunar import lunar_day
from tests.customers.office import Office

D = dt.date
MONDAY = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(("birth", "start", "expected"), [
    (D(1970, 11, 23), D(2026, 11, 23), D(2026, 11, 23)), (D(1970, 11, 22), D(2026, 11, 23), D(2027, 11, 22)),
    (D(2000, 2, 29), D(2027, 2, 22), D(2027, 3, 1)), (D(2000, 2, 29), D(2028, 2, 21), D(2028, 2, 29)), (D(1990, 1, 2), D(2026, 12, 28), D(2027, 1, 2)),
    (None, D(2026, 1, 1), None),
])
def test_a_day_comes_again_every_year(birth: D | None, start: D, expected: D | None) -> None:
    assert days.yearly(birth, start) == expected


def test_a_lunar_birthday_comes_on_another_day_every_year() -> None:
    born = D(1970, 3, 1)  # 正月廿四
    assert [lunar_day(born), lunar_day(D(2026, 2, 17))] == ["廿四", "正月"]
    assert [days.lunar(born, D(year, 1, 1)) for year in (2025, 2026, 2027)] == [D(2025, 2, 21), D(2026, 3, 12), D(2027, 3, 1)]


def test_the_week_of_a_birthday_can_be_asked_for_and_moves_on_by_itself(office: Office) -> None:
    customer = office.customer("chen")
    office.grant("seller", "core.customer.sensitive", "own")
    contacts = office.resource("contact")
    with clock.freeze(MONDAY):
        tuesday, later = (office.contact("chen", customer, name, birth_date=day) for name, day in (("甲", D(1980, 11, 24)), ("乙", D(1980, 11, 30))))

    def this_week(login: str) -> list[int]:
        with office.as_(login):
            return listing.page(listing.parse(contacts, [("birthday_week.eq", "1")])).ids

    office.revoke("seller", "core.customer.sensitive")
    with clock.freeze(MONDAY + dt.timedelta(days=4)):
        assert this_week("chen") == [tuesday], "without the date, and on Friday still"
    with clock.freeze(MONDAY + dt.timedelta(days=7)):
        run(office, days.move_on)
        assert this_week("chen") == [later]
        with office.site.system("tests"):
            row = session.get_one(Contact, tuesday)
            assert (row.next_birthday, row.version) == (D(2027, 11, 24), 1), "nobody has changed it"


class _Job:
    cancelled = False

    def write(self):  # type: ignore[no-untyped-def]
        return writing()

    def progress(self, _done: int, _total: int | None = None) -> None:
        pass


def run(office: Office, job) -> None:  # type: ignore[no-untyped-def]
    with office.site.system("tests"):
        job(_Job())


def test_bad_channels_are_marked_and_a_corrected_one_is_good_again(office: Office) -> None:
    customer = office.customer("chen")
    person = office.contact("chen", customer, mobile="13800138000", email="luo@example.com")
    with office.as_("chen"):
        assert api.mark_channel("core.contact", person, "email", "mailbox unknown", value="old@example.com") is False
        assert api.mark_channel("core.contact", person, "email", "mailbox unknown", value="LUO@example.com") is True
        assert api.may_reach("core.contact", person, "email").ok is False
        assert api.may_reach("core.contact", person, "sms").to == "13800138000"
        assert office.resource("contact").get(person).invalid is False
        api.mark_channel("core.contact", person, "mobile", "number not in use")
        row = office.resource("contact").get(person)
        assert (row.invalid, row.invalid_reason, row.deleted_at) == (True, "number not in use", None)
        office.resource("contact").write([{"id": person, "mobile": "13900139000"}])
        row = office.resource("contact").get(person)
        assert (row.invalid, set(row.bad_channels)) == (False, {"email"})
        assert api.may_reach("core.contact", person, "phone").to == "13900139000"


def test_what_somebody_marked_by_hand_stays_invalid(office: Office) -> None:
    person = office.contact("chen", office.customer("chen"), mobile="13800138000", invalid=True, invalid_reason="retired")
    with office.as_("chen"):
        api.mark_channel("core.contact", person, "mobile", "number not in use")
        office.resource("contact").write([{"id": person, "mobile": "13900139000"}])
        assert office.resource("contact").get(person).invalid is True


def test_a_sender_obeys_wishes_and_a_contact_without_any_has_his_customers(office: Office) -> None:
    customer = office.customer("chen", email="a@example.com", phone="010-65529988", wish_never=["email"], wish_topics=["news"])
    person = office.contact("chen", customer, mobile="13800138000", email="b@example.com")
    with office.as_("li"):  # whoever sends: it is asked for the house
        assert api.may_reach("core.customer", customer, "email").ok is False
        assert api.may_reach("core.contact", person, "email").ok is False
        assert api.may_reach("core.contact", person, "sms", topic="offers").ok is False
        assert api.may_reach("core.contact", person, "sms", topic="news").to == "13800138000"
        assert api.may_reach("core.customer", customer, "fax").ok is False


GOOD = "91510000MA62A1BC0" + credit.check_sign("91510000MA62A1BC0")


def test_the_check_sign_of_a_credit_code() -> None:
    assert credit.problem("91350100M000100Y43") == ""  # the example of GB 32100-2015
    assert credit.problem("91350100M000100Y44") == "check"
    assert (credit.problem("9135"), credit.problem("91350100I000100Y43")) == ("length", "sign")


def test_a_wrong_credit_code_is_told_beside_the_field_and_a_right_one_is_kept_clean(office: Office) -> None:
    with pytest.raises(Invalid) as told:
        office.customer("chen", credit_code="91350100M000100Y44")
    assert "credit_code" in told.value.fields
    row = office.customer("chen", credit_code="91350100 m000100y43")
    with office.as_("chen"):
        assert office.resource("customer").get(row).credit_code == "91350100M000100Y43"


def test_an_address_gives_its_region_and_an_ambiguous_one_asks(office: Office) -> None:
    with office.as_("chen"):
        customers = office.resource("customer")
        (sure,) = customers.write([{"name": "甲", "addresses": [{"street": "四川省宜宾市翠屏区酒都路 88 号"}]}])
        line = session.scalar(sa.select(Address.region_id).where(Address.customer_id == sure))
        code = session.scalar(sa.select(Region.code).where(Region.id == line))
        assert (code, customers.get(sure).region_id) == ("511502", line)
        with pytest.raises(Invalid) as asked:
            customers.write([{"name": "乙", "addresses": [{"street": "朝阳区建国路 1 号"}]}])
        assert "北京市朝阳区" in str(asked.value.details["lines"]["addresses"][0]["region"][0])
        beijing = session.scalar(sa.select(Region.id).where(Region.code == "110000"))
        (within,) = customers.write([{"name": "丙", "region": beijing, "addresses": [{"street": "朝阳区建国路 1 号"}]}])
        assert session.scalar(sa.select(Region.code).join(Address, Address.region_id == Region.id).where(Address.customer_id == within)) == "110105"
        (imported,) = customers.write([{"name": "丁", "addresses": [{"street": "朝阳区建国路 1 号"}]}], kind="import")
        assert session.scalar(sa.select(Address.region_id).where(Address.customer_id == imported)) is None, "never guessed"


def test_completeness_follows_what_is_filled_and_the_rules_of_the_standing(office: Office) -> None:
    row = office.customer("chen", phone="010-65529988", standing="potential")

    def now() -> int:
        with office.site.system("tests"):
            return int(session.scalar(sa.select(Customer.completeness).where(Customer.id == row)) or 0)

    assert now() == round(100 * 15 / 90)
    person = office.contact("chen", row)
    assert now() == round(100 * 35 / 90)
    with office.as_("chen"):
        office.resource("customer").write([{"id": row, "standing": "key"}])
    assert now() == round(100 * 35 / 115), "of a key customer more is asked"
    with office.as_("chen"):
        office.resource("contact").delete([person])
    assert now() == round(100 * 15 / 115)
    with office.as_("sun"):
        rules = office.resource("completeness_rule")
        rules.delete(listing.page(listing.parse(rules, [])).ids)
        rules.write([{"field": "phone", "points": 3}, {"field": "fax", "points": 1}])
    run(office, completeness.run)
    assert now() == 75
