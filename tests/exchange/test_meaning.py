"""Which record a row means: what is there, what the rows before it made, what is somebody else's; wherever batches end."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Address, Contact, Customer
from crm_core.resource.exchange import running
from crm_core.resource.exchange.importing import Options
from crm_core.resource.exchange.models import Import, ImportRow
from tests.exchange.test_importing import bring, small_batches
from tests.support.world import World

BATCHES = pytest.mark.parametrize("size", [1, 500])


def write(folder: Path, text: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "size" in request.fixturenames:
        size = request.getfixturevalue("size")
        monkeypatch.setattr(running, "Pace", small_batches(size))
        monkeypatch.setattr("crm_core.resource.exchange.frames.ROWS", size)


def reasons(done: Import) -> list[str]:
    return [str(row.reasons[0][1]) for row in session.scalars(sa.select(ImportRow).where(ImportRow.import_id == done.id).order_by(ImportRow.line))]


@BATCHES
def test_several_persons_of_one_firm_in_a_file_are_its_contacts(world: World, tmp_path: Path, size: int) -> None:
    text = "公司名称,电话,联系人,联系人手机,备注\n" + "".join(
        f"四川云岭春酒业有限公司,028-86001234,{person},1380831220{n},{note}\n" for n, (person, note) in enumerate([("罗建国", "一"), ("杨秀兰", ""), ("韦国栋", "三")]))
    done = bring(world, "root", write(tmp_path, text))
    assert (done.new, done.updated + done.same, done.doubtful, done.refused) == (1, 2, 0, 0)
    with world.as_("root"):
        found = session.scalars(sa.select(Customer).where(Customer.name == "四川云岭春酒业有限公司")).one()
        assert found.note == "三"  # a cell that is empty says nothing
        assert set(session.scalars(sa.select(Contact.name).where(Contact.customer_id == found.id))) == {"罗建国", "杨秀兰", "韦国栋"}


@BATCHES
def test_rows_with_the_same_code_mean_one_record(world: World, tmp_path: Path, size: int) -> None:
    done = bring(world, "root", write(tmp_path, "公司名称,客户编号,备注\n甲公司,A-1,一\n乙公司,A-2,二\n甲股份公司,A-1,三\n"))
    assert (done.new, done.updated, done.doubtful, done.refused) == (2, 1, 0, 0)
    with world.as_("root"):
        found = session.execute(sa.select(Customer.name, Customer.note).where(Customer.code == "A-1")).all()
        assert found == [("甲股份公司", "三")]


@BATCHES
def test_an_equal_name_alone_is_doubtful_wherever_it_stands(world: World, tmp_path: Path, size: int) -> None:
    done = bring(world, "root", write(tmp_path, "公司名称,电话\n甲乙丙商贸有限公司,028-86001234\n甲乙丙商贸有限公司,010-65001234\n"))
    assert (done.new, done.doubtful) == (1, 1)


@BATCHES
def test_rows_that_mean_a_refused_one_stand_for_themselves(world: World, tmp_path: Path, size: int) -> None:
    long = "长" * 300
    done = bring(world, "root", write(tmp_path, f"公司名称,客户编号,用途,详细地址\n甲公司,A-1,办公,\n甲公司,A-1,办公,人民路 1 号\n{long},A-1,,\n"))
    assert (done.new, done.refused) == (1, 2)
    with world.as_("root"):
        assert session.scalar(sa.select(sa.func.count()).select_from(Customer).where(Customer.code == "A-1")) == 1


@BATCHES
def test_a_row_refused_for_its_lines_leaves_nothing_behind(world: World, tmp_path: Path, size: int) -> None:
    done = bring(world, "root", write(tmp_path, "公司名称,客户编号,用途,详细地址\n甲公司,A-1,办公,\n乙公司,A-2,办公,人民路 1 号\n丙公司,A-3,,\n"))
    assert (done.new, done.refused) == (2, 1)
    with world.as_("root"):
        assert session.scalars(sa.select(Customer.code).where(Customer.code.like("A-%")).order_by(Customer.code)).all() == ["A-2", "A-3"]
        assert session.scalars(sa.select(Address.street).where(Address.street.like("人民%"))).all() == ["人民路 1 号"]


@BATCHES
def test_a_fault_of_the_contact_refuses_its_row_and_no_other(world: World, tmp_path: Path, size: int) -> None:
    text = "公司名称,客户编号,联系人,联系人出生日期\n甲公司,A-1,罗建国,2190-01-01\n乙公司,A-2,杨秀兰,1980-01-01\n"
    done = bring(world, "root", write(tmp_path, text))
    assert (done.new, done.refused) == (1, 1)
    with world.as_("root"):
        assert session.scalars(sa.select(Customer.code).where(Customer.code.like("A-%"))).all() == ["A-2"]
        assert reasons(done) == ["This day lies in the future."]


def test_the_number_of_a_record_is_not_changed_by_an_import(world: World, tmp_path: Path) -> None:
    bring(world, "root", write(tmp_path, "公司名称,电话\n四川云岭春酒业有限公司,028-86001234\n"))
    with world.as_("root"):
        before = session.scalars(sa.select(Customer.code).where(Customer.name == "四川云岭春酒业有限公司")).one()
    done = bring(world, "root", write(tmp_path, "公司名称,电话,客户编号,备注\n四川云岭春酒业有限公司,028-86001234,OTHER-1,neu\n"))
    assert (done.new, done.updated) == (0, 1)
    with world.as_("root"):
        found = session.execute(sa.select(Customer.code, Customer.note).where(Customer.name == "四川云岭春酒业有限公司")).one()
        assert found == (before, "neu")


def test_a_record_one_may_only_read_is_refused_with_a_reason(world: World, tmp_path: Path) -> None:
    with world.as_("root"):
        code = session.scalars(sa.select(Customer.code).where(Customer.id == world.customers["sue"])).one()
    path = write(tmp_path, f"公司名称,客户编号\n别的公司,{code}\n新公司,X-1\n")
    done = bring_as_reader(world, path)
    assert (done.new, done.updated, done.refused) == (1, 0, 1)
    with world.as_("ann"):
        assert reasons(done) == ["This record is there and you may not change it."]


def bring_as_reader(world: World, path: Path) -> Import:
    """Ann reads all customers and changes only her own."""
    from crm_core.access.models import Scope

    with world.site.system("tests"):
        role = world.site.registry.resource("core.role")
        row = role.get(world.roles["seller"])
        grants = [{"permission": g, "scope": Scope.own} for g in ("core.customer.delete", "core.customer.export", "core.customer.import")]
        role.write([{"id": row.id, "grants": [*grants, {"permission": "core.customer.read", "scope": Scope.all}]}])
    world.changed()
    return bring(world, "ann", path)


def test_a_name_of_digits_is_never_taken_for_the_number_we_keep_a_record_under(world: World, tmp_path: Path) -> None:
    done = bring(world, "root", write(tmp_path, "公司名称,行业,负责人\n甲乙丙公司,1,1\n"), Options(unknown="note"))
    assert done.new == 1
    with world.as_("root"):
        found = session.scalars(sa.select(Customer).where(Customer.name == "甲乙丙公司")).one()
        assert found.industry_id is None and found.owner_id == world.people["root"] and "1" in (found.note or "")
