"""How rows of a file are treated, as a person chose it: by which field records are known, what empty cells do, likely duplicates,
several contacts, what comes again, how it is kept for the next file."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Contact, Customer
from crm_core.features.pool.models import Pool
from crm_core.kernel import runner
from crm_core.kernel.errors import Forbidden, Invalid
from crm_core.resource.exchange import profiles, results, running
from crm_core.resource.exchange.importing import Options
from crm_core.resource.exchange.models import ForeignId, Import
from tests.exchange.test_importing import bring
from tests.support.world import World
from tests.support.worlds import Browser, one_engine

NAME = "core.customer"


def imported(world: World, folder: Path, text: str, login: str = "root", **options: Any) -> Import:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return bring(world, login, path, Options(**options))


def counts(made: Import) -> dict[str, int]:
    return {name: n for name in running.COUNTS if (n := getattr(made, name))}


def of(name: str) -> Customer:
    return session.scalars(sa.select(Customer).where(Customer.name == name)).one()


FIRST = "公司名称,客户编号,统一社会信用代码,电话,电子邮箱,网址\n云岭春酒业公司,K-1,,028-8600 1234,Info@yun.example,www.yun.example\n赤溪坊酒业公司,K-2,,0851-22334455,hi@chi.example,\n"


@pytest.mark.parametrize(("column", "key", "value"), [
    ("客户编号", "code", "K-1"), ("电话", "phone", "+86 28 86001234"), ("电子邮箱", "email", "INFO@yun.example"), ("公司名称", "name", "云岭春酒业公司")])
def test_a_record_is_known_by_the_field_that_was_chosen_and_by_no_other(world: World, tmp_path: Path, column: str, key: str, value: str) -> None:
    imported(world, tmp_path, FIRST)
    head = f"{column},备注" if key == "name" else f"{column},公司名称,备注"
    row = f"{value},新话" if key == "name" else f"{value},云岭春改名公司,新话"
    done = imported(world, tmp_path, f"{head}\n{row}\n", key=key)
    assert counts(done) == {"updated": 1}
    with world.as_("root"):
        found = session.scalars(sa.select(Customer).where(Customer.code == "K-1")).one()
        assert (found.note, found.name) == ("新话", "云岭春酒业公司" if key == "name" else "云岭春改名公司")


def test_what_becomes_of_a_row_without_a_record_or_with_several_is_chosen(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, "公司名称,电话\n甲北方公司,010-65520001\n乙南方公司,010-65520001\n")
    text = "公司名称,电话,备注\n丙西方公司,010-65520009,a\n丁东方公司,010-65520001,b\n"
    assert counts(imported(world, tmp_path, text, key="phone", none="refuse")) == {"refused": 2}
    assert counts(imported(world, tmp_path, text, key="phone", none="leave", several="oldest")) == {"left": 1, "updated": 1}
    with world.as_("root"):
        assert of("丁东方公司").note == "b" and session.scalar(sa.select(sa.func.count()).where(Customer.name == "甲北方公司")) == 0


@one_engine
def test_an_own_id_of_the_other_system_can_be_the_key(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, "客户ID,公司名称\nX9,旧名公司\n", source="erp")
    done = imported(world, tmp_path, "客户ID,公司名称\nX9,新名公司\nX10,又一公司\n", source="erp", key="foreign_id")
    assert counts(done) == {"new": 1, "updated": 1}
    with world.as_("root"):
        assert session.scalar(sa.select(ForeignId.at).where(ForeignId.ref == "X9")) is not None and of("新名公司")


@one_engine
def test_empty_cells_leave_what_stands_unless_that_is_chosen(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, FIRST)
    text = "客户编号,公司名称,网址\nK-1,云岭春酒业公司,\n"
    assert counts(imported(world, tmp_path, text, key="code")) == {"same": 1}
    assert counts(imported(world, tmp_path, text, key="code", empty="clear")) == {"updated": 1}
    with world.as_("root"):
        assert not of("云岭春酒业公司").website and of("云岭春酒业公司").phone


def test_likely_duplicates_are_set_aside_taken_made_or_left_as_the_file_and_the_row_say(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, "公司名称,电话\n成都云岭春酒业有限公司,028-86001234\n贵阳赤溪坊酒业有限公司,0851-22334455\n")
    while runner.run_one(world.site):
        pass
    text = "公司名称,电话,备注\n云岭春酒业(成都)有限公司,86001234 / 028-86001234,一\n贵阳赤溪纺酒业公司,(0851)22334455,二\n全新制造公司,020-33334444,三\n"
    path = tmp_path / "again.csv"
    path.write_text(text, encoding="utf-8")
    with world.as_("root"):
        made = running.begin(world.site.registry.resource(NAME), path.name, path, options=Options())
        plan = running.plan(made)[0]
        assert (plan.new, len(plan.doubtful)) == (1, 2) and all(candidate for _line, _cells, _why, candidate in plan.doubts)
    assert counts(bring(world, "root", path, Options(doubtful="leave"))) == {"new": 1, "left": 2}
    assert counts(bring(world, "root", path, Options(doubtful="same", rows={"3": "new"}))) == {"new": 1, "updated": 1, "same": 1}
    with world.as_("root"):
        assert session.scalar(sa.select(sa.func.count()).where(Customer.phone.like("%22334455"))) == 2
    again = "公司名称,电话\n成都云陵春酒业有限公司,028-86001234\n"
    assert counts(imported(world, tmp_path, again)) == {"doubtful": 1} and counts(imported(world, tmp_path, again, likely="no")) == {"new": 1}


def test_what_rows_may_be_is_asked_by_indexes_and_of_many_as_often_as_of_few(world: World, tmp_path: Path) -> None:
    customers, path = world.site.registry.resource(NAME), tmp_path / "rows.csv"
    path.write_text("公司名称,客户编号,电话\n" + "".join(f"云岭春{n}酒业公司,Q-{n},028-8600{n:04}\n" for n in range(40)), encoding="utf-8")
    asked: list[tuple[str, Any]] = []

    def questions() -> int:
        del asked[:]
        with world.as_("root"):
            made = running.begin(customers, path.name, path)
            sa.event.listen(world.site.engines.read, "before_cursor_execute", note)
            assert sum(running.plan(made)[0].counts().values()) == 40
            sa.event.remove(world.site.engines.read, "before_cursor_execute", note)
        return len(asked)

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "core_" in statement:
            asked.append((statement, values))

    found = []
    for words in ("茶", "糖米面油盐"):
        with world.as_("root"):
            customers.write([{"name": f"云岭春{n}{word}业公司", "phone": f"028-8600{n:04}"} for word in words for n in range(40)])
        runner.drain(world.site)
        found.append(questions())
    assert found[0] == found[1] > 5
    sqlite = world.site.engines.is_sqlite
    with world.site.engines.read.connect() as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        cursor = raw.cursor()
        if not sqlite:
            cursor.execute("SET enable_seqscan = off")  # then one is left only where no index could answer
        for statement, values in asked:
            cursor.execute(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + statement, values)
            plan = [str(row[-1]) for row in cursor.fetchall()]
            for table in ("core_customer", "core_search", "core_history", "core_foreign_id"):
                assert not [line for line in plan if line == f"SCAN {table}" or f"Seq Scan on {table}" in line], (statement, plan)


@pytest.mark.parametrize("small", [2_000, 0], ids=["by heart", "by the index"])
def test_later_batches_find_the_same_in_a_small_house_as_in_a_large_one(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    from crm_core.resource.exchange import frames, likely
    from tests.exchange.test_importing import small_batches

    imported(world, tmp_path, "公司名称,电话\n成都云岭春酒业有限公司,028-86001234\n贵阳赤溪坊酒业有限公司,0851-22334455\n")
    runner.drain(world.site)
    monkeypatch.setattr(likely, "SMALL", small)
    monkeypatch.setattr(frames, "ROWS", 2)
    monkeypatch.setattr(running, "Pace", small_batches(2))
    asked: list[bool] = []
    ask = likely._asked
    monkeypatch.setattr(likely, "_asked", lambda resource, keys: (asked.append(any("86001234" in key for key in keys)), ask(resource, keys))[1])
    text = ("公司名称,电话\n全新制造公司,020-33334444\n再新制造公司,020-33335555\n三新制造公司,020-33336666\n"
            "成都云陵春酒业有限公司,028-86001234\n贵阳赤溪纺酒业公司,(0851)22334455\n")
    done = imported(world, tmp_path, text)
    assert (done.new, done.doubtful) == (3, 2)
    assert sum(asked) == (small == 0), "of a small house the index is asked until the import has made something"


def test_likely_duplicates_tell_nothing_of_what_one_does_not_see(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, "公司名称,电话\n成都云岭春酒业有限公司,028-86001234\n")
    while runner.run_one(world.site):
        pass
    done = imported(world, tmp_path, "公司名称,电话\n某某贸易公司,028-86001234\n", login="ann")
    assert counts(done) == {"new": 1}  # an equal number of a customer of others


def test_several_contacts_stand_in_one_row_or_in_rows_below_each_other(world: World, tmp_path: Path) -> None:
    text = """公司名称,电话,联系人,联系人手机,联系人2姓名,联系人2职务,联系人2手机,联系人3,标签
云岭春酒业公司,028-86001234,罗建国,13808312207,杨秀兰,,13985204416,韦国栋,重点；白酒
赤溪坊酒业公司,0851-22334455,赵一鸣,,,,,,
赤溪坊酒业公司,,钱二喜,13677819032,,,,,
"""
    done = imported(world, tmp_path, text)
    assert counts(done) == {"new": 2, "updated": 1} or counts(done) == {"new": 2, "same": 1}
    with world.as_("root"):
        theirs = sa.select(Contact.name, Contact.mobile).order_by(Contact.id)
        assert session.execute(theirs.where(Contact.customer_id == of("云岭春酒业公司").id)).all() == [
            ("罗建国", "13808312207"), ("杨秀兰", "13985204416"), ("韦国栋", None)]
        assert session.scalars(theirs.where(Contact.customer_id == of("赤溪坊酒业公司").id)).all() == ["赵一鸣", "钱二喜"]
        from crm_core.features.customers import tags

        assert tags.of(NAME, [of("云岭春酒业公司").id]) == {of("云岭春酒业公司").id: ["白酒", "重点"]}


def test_rows_of_one_customer_are_one_wherever_a_batch_ends(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_core.resource.exchange import frames
    from tests.exchange.test_importing import small_batches

    monkeypatch.setattr(frames, "ROWS", 2)
    monkeypatch.setattr(running, "Pace", small_batches(2))
    rows = "".join(f"长名{n // 3}号酒业公司,{f'028-8600{n:04}' if n % 3 == 0 else ''},李明{n}\n" for n in range(12))
    done = imported(world, tmp_path, f"公司名称,电话,联系人\n{rows}")
    assert (done.new, done.doubtful, done.refused) == (4, 0, 0)
    with world.as_("root"):
        assert session.scalar(sa.select(sa.func.count()).where(Contact.name.like("李明%"))) == 12


def test_prospects_that_come_again_do_not_overwrite_what_we_know(world: World, tmp_path: Path) -> None:
    head = "客户ID,公司名称,电话,网址,备注\n"
    imported(world, tmp_path, head + "T1,行业一公司,010-11112222,www.one.example,\n", source="directory", existing="refresh")
    with world.as_("root"):
        world.site.registry.resource(NAME).write([{"id": of("行业一公司").id, "phone": "010-99998888"}])
    done = imported(world, tmp_path, head + "T1,行业一公司,010-33334444,www.two.example,新\n", source="directory", existing="refresh")
    assert counts(done) == {"updated": 1}
    with world.as_("root"):
        now = of("行业一公司")
        assert (now.phone, now.website, now.note) == ("010-99998888", "http://www.two.example" if now.website.startswith("http:") else now.website, "新")
        assert "two" in now.website
        world.site.registry.resource(NAME).write([{"id": now.id, "note": None}])  # emptied by hand: ours as well
    imported(world, tmp_path, head + "T1,行业一公司,010-33334444,www.two.example,新\n", source="directory", existing="refresh")
    with world.as_("root"):
        assert of("行业一公司").note is None
    imported(world, tmp_path, head + "T1,行业一公司,010-33334444,www.two.example,新\n", source="directory")  # the control
    with world.as_("root"):
        assert (of("行业一公司").note, of("行业一公司").phone) == ("新", "010-33334444")


def test_new_customers_go_into_a_pool_where_that_is_allowed(world: World, tmp_path: Path) -> None:
    with world.as_("root"):
        (pool,) = world.site.registry.resource("core.pool").write([{"name": "行业公海"}])
    done = imported(world, tmp_path, "公司名称,联系人\n公海甲公司,李一\n公海乙公司,李二\n", pool=str(pool))
    assert counts(done) == {"new": 2}
    with world.as_("root"):
        assert (of("公海甲公司").owner_id, of("公海甲公司").pool_id) == (None, pool)
        (closed,) = world.site.registry.resource("core.pool").write([{"name": "别人的", "members": [{"user": world.people["root"]}]}])
        assert session.get_one(Pool, closed)
    refused = imported(world, tmp_path, "公司名称\n公海丙公司\n", login="ann", pool=str(closed))
    assert counts(refused) == {"refused": 1}


def test_a_matching_is_kept_and_proposed_when_the_same_heading_comes_again(world: World, tmp_path: Path) -> None:
    customers = world.site.registry.resource(NAME)
    path = tmp_path / "a.csv"
    path.write_text("甲,乙,丙\n一号商贸公司,K9,三\n", encoding="utf-8")
    with world.as_("root"):
        made = running.begin(customers, path.name, path)
        with running.writing() as db:
            row = db.get_one(Import, made.id)
            row.mapping, row.options = {"0": "name", "1": "code", "2": "note"}, {**row.options, "key": "code", "doubtful": "new"}
        profiles.save(session.get_one(Import, made.id), "我的 ERP")
        with pytest.raises(Invalid):
            profiles.save(made, "  ")
    path.write_text("丙,乙,甲\n三,K9,一号商贸公司\n", encoding="gb18030")
    with world.as_("root"):
        again = running.begin(customers, path.name, path)
        assert again.mapping == {"2": "name", "1": "code", "0": "note"} and running.make(again).options.key == "code"
        assert again.options["profile"] == profiles.of(again)[0].id
    with world.as_("ann"):
        assert profiles.of(again) == [] and not running.begin(customers, path.name, path).options.get("profile")
        with pytest.raises(Forbidden):
            profiles.save(again, "alle", everyone=True)
    with world.as_("root"):
        profiles.save(again, "我的 ERP", everyone=True)
        assert len(profiles.of(again)) == 1
    with world.as_("ann"):
        assert running.begin(customers, path.name, path).mapping["2"] == "name"
        with pytest.raises(Forbidden):
            profiles.forget(profiles.of(again)[0])
    with world.as_("root"):
        profiles.forget(profiles.of(again)[0])
        assert profiles.of(again) == []


@pytest.mark.parametrize(("encoding", "delimiter"), [("gb18030", ";"), ("utf-8-sig", ","), ("big5", "\t")])
@one_engine
def test_the_file_of_refused_rows_is_mended_and_loads_as_the_first_one_did(world: World, tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "bad.csv"
    rows = [["甲", "信箱"], ["好公司", "a@b.cn"], ["=公司", "not a mail"]]
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    with world.as_("root"):
        made = running.begin(world.site.registry.resource(NAME), path.name, path, encoding=encoding.removesuffix("-sig"))
        with running.writing() as db:
            db.get_one(Import, made.id).mapping = {"0": "name", "1": "email"}
        running.start(session.get_one(Import, made.id))
        import_id = made.id
    while runner.run_one(world.site):
        pass
    with world.as_("root"):
        data = results.refused_file(session.get_one(Import, import_id)).data
        path.write_bytes(data.replace(b"not a mail", b"c@d.cn"))
        again = running.begin(world.site.registry.resource(NAME), path.name, path, encoding=encoding.removesuffix("-sig"))
        assert again.mapping == {"0": "name", "1": "email"} and len(again.header) == 4
        running.start(again)
    while runner.run_one(world.site):
        pass
    with world.as_("root"):
        assert of("=公司").email == "c@d.cn"


@one_engine
def test_the_page_offers_the_choices_says_doubtful_rows_and_keeps_the_matching(world: World, tmp_path: Path, at_browser: Callable[[str], Browser]) -> None:
    imported(world, tmp_path, "公司名称,电话\n成都云岭春酒业有限公司,028-86001234\n")
    while runner.run_one(world.site):
        pass
    root = at_browser("root")
    file = (BytesIO("甲,乙\n成都云陵春酒业有限公司,028-86001234\n另一家公司,010-65528888\n".encode()), "rows.csv")
    at = root("POST", "/import?to=core.customer", {"file": file}).headers["Location"]
    form = {"col-0": "name", "col-1": "phone", "key": "", "doubtful": "skip", "likely": "look", "_do": "plan"}
    page = root("POST", at, form).text
    assert 'name="row-2"' in page and "It may be “成都云岭春酒业有限公司”" in page and 'name="empty"' in page and 'name="none"' not in page
    assert 'name="none"' in root("POST", at, {**form, "key": "phone"}).text
    assert root("POST", at, {**form, "_do": "save", "profile_name": ""}).status_code == 422
    saved = root("POST", at, {**form, "row-2": "new", "_do": "save", "profile_name": "行业名录"}).text
    assert "行业名录" in saved
    assert root("POST", at, {**form, "row-2": "new", "profile": "1", "_do": "start"}).status_code == 303
    while runner.run_one(world.site):
        pass
    with world.as_("root"):
        assert of("成都云陵春酒业有限公司") and of("另一家公司")
    file = (BytesIO("乙,甲\n010-1234567,第三家公司\n".encode()), "rows.csv")
    again = root("GET", root("POST", "/import?to=core.customer", {"file": file}).headers["Location"]).text
    assert "saved it for files with this heading" in again and "行业名录" in again
    at = root("POST", "/import?to=core.customer", {"file": (BytesIO("乙,甲\n010-1234567,第三家公司\n".encode()), "rows.csv")}).headers["Location"]
    assert "行业名录" not in root("POST", at, {**form, "col-0": "phone", "col-1": "name", "profile": "1", "_do": "forget"}).text.replace('value="行业名录"', "")
