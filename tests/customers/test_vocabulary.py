"""The words a site begins with: there once, in two languages, left as people made them."""

import json

import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.customers import vocabulary
from crm_core.features.customers.models import Industry, Region
from crm_core.features.customers.pages import region_tree
from crm_core.resource import choices, listing
from tests.customers.office import Office


def counts() -> tuple[int, ...]:
    tables = [Region, Industry, vocabulary.Position, choices.Choice]
    return tuple(session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables)


def region(code: str) -> Region:
    return session.scalars(sa.select(Region).where(Region.code == code)).one()


def test_regions_stand_in_their_tree_with_full_names_and_dialling_codes(office: Office) -> None:
    with office.as_("chen"):
        assert counts()[0] > 3_000
        district = region("511502")
        assert (district.name, district.full_name, district.dialling_code) == ("翠屏区", "四川省宜宾市翠屏区", "0831")
        city = session.get_one(Region, district.parent_id)
        assert (city.code, session.get_one(Region, city.parent_id).code) == ("511500", "510000")
        # The districts of a municipality hang on it; it is not there twice.
        assert region("110105").full_name == "北京市朝阳区"
        assert region("110105").parent_id == region("110000").id
        assert region("110105").dialling_code == "010"
        assert session.scalars(sa.select(Region).where(Region.code == "110100")).all() == []


def test_installing_again_brings_nothing_twice_and_changes_nothing(office: Office) -> None:
    with office.site.system("tests"):
        words = choices.words("core.standing")
        assert (words["key"].zh, words["key"].icon, words["key"].colour) == ("重点", "star-f", "amber")
        before = counts()
        with writing() as db:
            db.execute(sa.update(Industry).where(Industry.code == "A1").values(name="白酒业"))
            db.execute(sa.update(choices.Choice).where(choices.Choice.code == "key").values(zh="大客户"))
            vocabulary.install()
        assert counts() == before
        assert session.scalar(sa.select(Industry.name).where(Industry.code == "A1")) == "白酒业"
        assert session.scalar(sa.select(choices.Choice.zh).where(choices.Choice.code == "key")) == "大客户"


def test_what_somebody_threw_away_does_not_come_back(office: Office) -> None:
    with office.as_("sun"):
        position = office.resource("position").by_name(["秘书"])["秘书"]
        industry = office.resource("industry").by_name(["其他"])["其他"]
        office.resource("position").delete([position])
        office.resource("industry").delete([industry])
    with office.site.system("tests"), writing():
        vocabulary.install()
    with office.as_("sun"):
        assert office.resource("industry").by_name(["其他"]) == {}
        assert office.resource("position").by_name(["秘书"]) == {}


def test_industries_and_positions_read_in_both_languages_and_are_found_by_both(office: Office) -> None:
    for language, expected in (("zh_Hans_CN", "白酒"), ("en", "Baijiu")):
        with office.as_("chen", language):
            found = office.resource("industry").by_name(["白酒", "Baijiu"])
            assert len(set(found.values())) == 1
            assert office.resource("industry").labels(found.values()) == {found["白酒"]: expected}


def test_a_region_is_found_as_people_and_files_say_it(office: Office) -> None:
    with office.as_("chen"):
        said = ["四川宜宾", "四川省宜宾市翠屏区", "宜宾市", "Chengdu", "四川省成都市", "朝阳区", "nowhere"]
        found = office.resource("region").by_name(said)
        codes = {r.id: r.code for r in session.execute(sa.select(Region.id, Region.code).where(Region.id.in_(found.values())))}
        assert {name: codes[i] for name, i in found.items()} == {
            "四川宜宾": "511500", "四川省宜宾市翠屏区": "511502", "宜宾市": "511500", "Chengdu": "510100", "四川省成都市": "510100",
        }


def test_a_filter_for_a_province_means_its_cities_and_districts(office: Office) -> None:
    with office.as_("chen"):
        ids = {code: region(code).id for code in ("510000", "511500", "511502", "520302")}
    district = office.customer("chen", "区", region=ids["511502"])
    city = office.customer("chen", "市", region=ids["511500"])
    other = office.customer("chen", "外省", region=ids["520302"])
    none = office.customer("chen", "无")

    def found(question: str, value: str) -> list[int]:
        query = listing.parse(office.resource("customer"), [(question, value)])
        return sorted(listing.page(query).ids)

    with office.as_("chen"):
        assert found("region.any", str(ids["510000"])) == [district, city]
        assert found("region.any", f"{ids['511502']},{ids['520302']}") == [district, other]
        assert found("region.none", str(ids["510000"])) == [other, none]
        assert found("region.any", "四川省") == [district, city]


def test_a_filter_for_an_industry_means_those_below_it(office: Office) -> None:
    with office.as_("chen"):
        found = office.resource("industry").by_name(["酒类", "白酒", "制糖"])
    spirits = office.customer("chen", "酒", industry=found["白酒"])
    office.customer("chen", "糖", industry=found["制糖"])
    with office.as_("chen"):
        query = listing.parse(office.resource("customer"), [("industry.any", str(found["酒类"]))])
        assert listing.page(query).ids == [spirits]


def test_a_region_reads_in_both_languages_and_is_found_by_both(office: Office) -> None:
    regions = office.resource("region")
    for language, said, shortly in (
        ("zh_Hans_CN", "四川省宜宾市翠屏区", "四川 · 宜宾"), ("en", "Cuiping District, Yibin, Sichuan", "Yibin, Sichuan"),
    ):
        with office.as_("chen", language):
            found = regions.by_name(["四川省宜宾市翠屏区", "Cuiping District, Yibin, Sichuan", "511502", "Yibin, Sichuan"])
            district = region("511502")
            assert {name: row_id for name, row_id in found.items() if row_id != district.id} == {"Yibin, Sichuan": district.parent_id}
            assert len(found) == 4
            assert regions.labels([district.id]) == {district.id: said}
            assert (regions.brief_word(said), regions.title(district)) == (shortly, said)


def test_the_cascade_knows_sounds_and_sends_our_own_ids(office: Office) -> None:
    with office.as_("chen", "zh_Hans_CN"):
        tree = {p["name"]: p for p in json.loads(region_tree())}
        yibin = next(c for c in tree["四川省"]["children"] if c["name"] == "宜宾市")
        assert yibin["keys"] == "yibinshi ybs"
        assert yibin["dial"] == "0831"
        assert yibin["code"] == str(region("511500").id)
        assert "翠屏区" in [d["name"] for d in yibin["children"]]
        assert "朝阳区" in [d["name"] for d in tree["北京市"]["children"]]
    with office.as_("chen"):
        tree = {p["name"]: p for p in json.loads(region_tree())}
        hohhot = next(c for c in tree["Inner Mongolia"]["children"] if c["name"] == "Hohhot")
        assert hohhot["keys"] == "huhehaoteshi hhhts hohhot 呼和浩特市"


def test_a_region_put_in_by_hand_takes_its_full_name_from_what_lies_above(office: Office) -> None:
    for language, name, full in (("zh_Hans_CN", "三江新区", "四川省宜宾市三江新区"), ("en", "临港新区", "Lingang New Area, Yibin, Sichuan")):
        with office.as_("sun", language):
            city = office.resource("region").by_name(["宜宾市"])["宜宾市"]
            (made,) = office.resource("region").write([{"name": name, "parent": city}])
            assert office.resource("region").labels([made]) == {made: full}
    with office.as_("sun"):
        office.resource("region").write([{"id": made, "english": "Lingang"}])
        assert office.resource("region").labels([made]) == {made: "Lingang, Yibin, Sichuan"}
