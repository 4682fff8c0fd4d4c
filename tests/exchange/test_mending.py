"""Rows an import set aside: mended in place, taken as new or as the one they resemble, left out; all under the import's change."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Contact, Customer
from crm_core.kernel import runner
from crm_core.kernel.errors import Forbidden, Missing, Refused
from crm_core.resource import undo
from crm_core.resource.changes import Change
from crm_core.resource.exchange import mending, results, running
from crm_core.resource.exchange.importing import Options
from crm_core.resource.exchange.mending import Mended
from crm_core.resource.exchange.models import Import, ImportRow, State
from crm_core.text import repairs
from tests.exchange.test_importing import bring
from tests.support.world import World
from tests.support.worlds import Browser, one_engine

FILE = """公司名称,客户编号,电子邮箱,网址,联系人
好公司,M-1,a@b.cn,,罗建国
坏邮箱公司,M-2,info＃firm,example,,杨秀兰
两处公司,M-3,not a mail,"http//www，firm。example x",
,M-4,c@b.cn,,
"""
FILE = FILE.replace("info＃firm,example", '"info＃firm,example"')


def imported(world: World, folder: Path, text: str = FILE, login: str = "root", **options: str) -> Import:
    path = folder / "mend.csv"
    path.write_text(text, encoding="utf-8")
    return bring(world, login, path, Options(**options))


def rows(made: Import) -> dict[int, ImportRow]:
    return {row.line: row for row in results.kept_rows(made, "")}


def codes() -> list[str]:
    return list(session.scalars(sa.select(Customer.code).where(Customer.code.like("M-%")).order_by(Customer.code)))


def now(made: Import) -> tuple[int, int, int]:
    found = session.get_one(Import, made.id)
    return found.new, found.refused, found.doubtful


def test_a_row_is_mended_beside_its_reason_and_imported(world: World, tmp_path: Path) -> None:
    made = imported(world, tmp_path)
    with world.as_("root"):
        assert now(made) == (1, 3, 0)
        row = rows(made)[3]
        assert [(label, name) for label, _why, name in row.reasons] == [("E-mail", "email")]
        assert mending.suggestions(running.make(made), row) == {2: ("email", "info@firm.example")}
        outcome = mending.mend(made, {row.id: Mended({2: "info@firm.example"})})
        assert (outcome.new, outcome.refused) == (1, [])
    with world.as_("root"):
        assert now(made) == (2, 2, 0) and 3 not in rows(made)
        found = session.scalars(sa.select(Customer).where(Customer.code == "M-2")).one()
        assert found.email == "info@firm.example"
        assert session.scalars(sa.select(Contact.name).where(Contact.customer_id == found.id)).all() == ["杨秀兰"]


def test_what_is_refused_again_keeps_what_was_changed_and_its_new_reasons(world: World, tmp_path: Path) -> None:
    made = imported(world, tmp_path)
    with world.as_("root"):
        row = rows(made)[4]
        assert len(row.reasons) == 2
        assert mending.mend(made, {row.id: Mended({2: "d@b.cn"})}).new == 0
    with world.as_("root"):
        again = rows(made)[4]
        assert again.cells[2] == "d@b.cn" and [name for _l, _s, name in again.reasons] == ["website"]
        assert now(made) == (1, 3, 0) and codes() == ["M-1"]


def test_taking_the_import_back_takes_mended_rows_back_too(world: World, tmp_path: Path) -> None:
    made = imported(world, tmp_path)
    with world.as_("root"):
        mending.mend(made, {rows(made)[5].id: Mended({0: "有名公司"})})
    with world.as_("root"):
        assert codes() == ["M-1", "M-4"]
        assert session.get_one(Change, made.change_id).rows == 3  # two customers and a contact
        undo.ask(made.change_id or 0)
    while runner.run_one(world.site):
        pass
    with world.as_("root"):
        assert codes() == [] and session.get_one(Import, made.id).state is State.undone
        with pytest.raises(Refused):
            mending.mend(session.get_one(Import, made.id), {rows(made)[3].id: Mended({})})


def test_a_doubtful_row_is_taken_as_the_one_it_resembles_or_as_new(world: World, tmp_path: Path) -> None:
    imported(world, tmp_path, "公司名称,客户编号,电话\n四川云岭春酒业有限公司,M-1,028-86001234\n")
    twice = "公司名称,电话,备注\n四川云岭春酒业有限公司,010-65001111,一\n云岭春酒业,010-65002222,二\n"
    made = imported(world, tmp_path, twice)
    with world.as_("root"):
        assert now(made) == (0, 0, 2)
        first, second = rows(made).values()
        assert first.candidate_id is not None
        assert mending.mend(made, {first.id: Mended({}, mending.SAME)}).updated == 1
        assert mending.mend(made, {second.id: Mended({}, mending.NEW)}).new == 1
    with world.as_("root"):
        assert now(made) == (1, 0, 0)
        assert session.scalars(sa.select(Customer.note).where(Customer.code == "M-1")).one() == "一"
        assert session.scalars(sa.select(Customer.phone).where(Customer.name == "云岭春酒业")).one() == "010-65002222"


def test_a_row_is_dealt_with_once(world: World, tmp_path: Path) -> None:
    made = imported(world, tmp_path)
    with world.as_("root"):
        row = rows(made)[5].id
        mending.mend(made, {row: Mended({0: "有名公司"})})
        with pytest.raises(Refused):
            mending.mend(made, {row: Mended({0: "有名公司"})})
        left = rows(made)[3].id
        mending.leave(made, left)
        with pytest.raises(Refused):
            mending.mend(made, {left: Mended({2: "a@b.cn"})})
        assert 3 not in rows(made) and codes() == ["M-1", "M-4"]


def test_a_letter_among_the_digits_of_a_phone_is_refused_and_the_digit_suggested(world: World, tmp_path: Path) -> None:
    made = imported(world, tmp_path, "公司名称,客户编号,电话\n甲公司,M-1,0852-86I2 3307\n乙公司,M-2,0852-8612 3308\n")
    with world.as_("root"):
        assert now(made) == (1, 1, 0)
        assert mending.suggestions(running.make(made), rows(made)[2]) == {2: ("phone", "0852-8612 3307")}


def test_a_row_of_another_import_is_not_touched(world: World, tmp_path: Path) -> None:
    made, other = imported(world, tmp_path), imported(world, tmp_path)
    with world.as_("root"), pytest.raises(Refused):
        mending.mend(made, {rows(other)[5].id: Mended({0: "fremd"})})


def test_all_that_is_suggested_is_taken_over_at_once(world: World, tmp_path: Path) -> None:
    made = imported(world, tmp_path, "公司名称,客户编号,电子邮箱,企业规模\n甲公司,M-1,a＃b。cn,大型\n乙公司,M-2,c@d.cn,中型企业\n丙公司,M-3,x,小型\n", unknown="refuse")
    with world.as_("root"):
        wanted = mending.all_suggested(running.make(made), results.kept_rows(made, ""))
        assert sorted(line for line, row in rows(made).items() if row.id in wanted) == [2, 3]
        assert mending.mend(made, wanted).new == 2
    with world.as_("root"):
        assert codes() == ["M-1", "M-2"]
        assert session.scalars(sa.select(Customer.size).where(Customer.code == "M-2")).one() == "medium"


def test_the_file_of_refused_rows_is_taken_as_it_is(world: World, tmp_path: Path) -> None:
    made = imported(world, tmp_path)
    with world.as_("root"):
        text = results.refused_file(session.get_one(Import, made.id)).data.decode("utf-8-sig").replace("info＃firm,example", "info@firm.example")
        path = tmp_path / "refused.csv"
        path.write_text(text, encoding="utf-8")
        again = running.begin(world.site.registry.resource("core.customer"), path.name, path)
        assert again.header[-2:] == ["Row", "Reason"] and again.mapping == made.mapping
    assert bring(world, "root", path).new == 1
    with world.as_("root"):
        assert codes() == ["M-1", "M-2"]
        assert all("Reason" not in (note or "") for note in session.scalars(sa.select(Customer.note)))


@pytest.mark.parametrize(("how", "text", "meant"), [
    ("email", "info＃firm,example", "info@firm.example"), ("email", "a@b.cn；c@d.cn", "a@b.cn"), ("url", "http//www，firm。example", "http://www.firm.example"),
    ("number", "约 50 人", "50"), ("day", "1980年1月5号", "1980-01-05"), ("day", "19800105", "1980-01-05"),
])
def test_what_was_probably_meant_is_among_the_candidates(how: str, text: str, meant: str) -> None:
    assert meant in list(getattr(repairs, how)(text))


@one_engine
def test_the_page_mends_and_answers_with_the_next_rows(world: World, tmp_path: Path, at_browser: Callable[[str], Browser]) -> None:
    made = imported(world, tmp_path)
    with world.as_("root"):
        kept = {line: row.id for line, row in rows(made).items()}
    root, here = at_browser("root"), f"/import/{made.id}"
    page = root("GET", here).get_data(as_text=True)
    assert 'value="info@firm.example"' in page and f'id="mend-{kept[3]}"' in page
    answer = root("POST", f"{here}/rows/{kept[3]}?kind=refused", {"_do": "mend", "cell-2": "info@firm.example"})
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"{here}?kind=refused#rows")
    root("POST", f"{here}/rows/{kept[4]}", {"_do": "leave"})
    page = root("GET", here).get_data(as_text=True)
    assert f'id="mend-{kept[3]}"' not in page and f'id="mend-{kept[4]}"' not in page and f'id="mend-{kept[5]}"' in page
    assert root("POST", f"{here}/rows/{kept[3]}", {"_do": "mend"}).status_code == 409


@one_engine
def test_nobody_else_mends_and_nobody_without_the_right(world: World, tmp_path: Path, at_browser: Callable[[str], Browser]) -> None:
    made = imported(world, tmp_path, login="ann")
    with world.as_("ann"):
        kept = {line: row.id for line, row in rows(made).items()}
    body = {"_do": "mend", "cell-0": "有名公司"}
    assert at_browser("bob")("POST", f"/import/{made.id}/rows/{kept[5]}", body).status_code == 404
    with world.site.system("tests"):
        role = world.site.registry.resource("core.role")
        role.write([{"id": world.roles["seller"], "grants": []}])
    world.changed()
    assert at_browser("ann")("POST", f"/import/{made.id}/rows/{kept[5]}", body).status_code == 403
    page = at_browser("ann")("GET", f"/import/{made.id}").get_data(as_text=True)
    assert "mend-" not in page.split("<main", 1)[1] or 'name="_do"' not in page.split("<main", 1)[1]
    with world.as_("ann"), pytest.raises((Missing, Refused, Forbidden)):
        mending.mend(session.get_one(Import, made.id), {kept[3] + 999: Mended({})})
