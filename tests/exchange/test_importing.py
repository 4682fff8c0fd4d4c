"""Imports as people do them: a file comes in, is planned, run, run again, and taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Address, Contact, Customer
from crm_core.kernel import runner
from crm_core.kernel.errors import Forbidden, Invalid
from crm_core.resource import leftover, undo
from crm_core.resource.changes import History
from crm_core.resource.exchange import results, running
from crm_core.resource.exchange.importing import Options
from crm_core.resource.exchange.models import Import, State
from crm_core.resource.exchange.reader import UnreadableFile
from tests.support.world import World

FIRMS = """客户名称,客户编号,电话,电子邮箱,地址,联系人,联系人手机,行业,备注
四川云岭春酒业有限公司,A-1,028-86001234,info@yunling.example,成都市武侯区人民南路 1 号,罗建国,13808312207,蒸馏器械,老朋友
贵州赤溪坊酒业股份有限公司,A-2,0851-22334455,hello@chixi.example,遵义市红花岗区 8 号,杨秀兰,13985204416,白酒,
=HYPERLINK(“x”),A-3,0771-5566778,ganyuan@example.com,崇左市江州区 3 号,韦国栋,13677819032,制糖,
"""


@pytest.fixture
def firms(tmp_path: Path) -> Path:
    path = tmp_path / "firms.csv"
    path.write_text(FIRMS, encoding="gb18030")
    return path


def bring(world: World, login: str, path: Path, options: Options | None = None) -> Import:
    """The whole way of a file, as a person with this sign-in name goes it."""
    with world.as_(login):
        made = running.begin(world.site.registry.resource("core.customer"), path.name, path, options=options)
        running.start(made)
        import_id = made.id
    while runner.run_one(world.site):
        pass
    with world.as_(login):
        return session.get_one(Import, import_id)


def test_a_chinese_file_is_matched_and_becomes_customers_contacts_and_addresses(world: World, firms: Path) -> None:
    done = bring(world, "root", firms)
    assert (done.state, done.new, done.refused, done.doubtful) == (State.done, 3, 0, 0)
    with world.as_("root"):
        found = session.scalars(sa.select(Customer).where(Customer.code == "A-1")).one()
        assert found.name == "四川云岭春酒业有限公司" and found.email == "info@yunling.example"
        assert "蒸馏器械" in (found.note or "")  # an industry nobody made yet is kept, not guessed
        assert session.scalars(sa.select(Contact.name).where(Contact.customer_id == found.id)).all() == ["罗建国"]
        assert session.scalars(sa.select(Address.street).where(Address.customer_id == found.id)).one().startswith("成都市")


def test_the_same_file_twice_makes_nothing_double(world: World, firms: Path) -> None:
    bring(world, "root", firms)
    again = bring(world, "root", firms)
    assert (again.new, again.updated, again.same, again.doubtful, again.refused) == (0, 0, 3, 0, 0)
    with world.as_("root"):
        assert session.scalar(sa.select(sa.func.count()).select_from(Customer).where(Customer.code.like("A-%"))) == 3
        theirs = sa.select(Customer.id).where(Customer.code.like("A-%"))
        assert session.scalar(sa.select(sa.func.count()).select_from(Contact).where(Contact.customer_id.in_(theirs))) == 3


def test_a_row_without_id_is_known_by_name_and_one_equal_number(world: World, tmp_path: Path) -> None:
    first = tmp_path / "a.csv"
    first.write_text("公司名称,电话\n四川云岭春酒业有限公司,028-86001234\n", encoding="utf-8")
    second = tmp_path / "b.csv"
    second.write_text("公司名称,电话,备注\n四川云岭春酒业 有限公司,+86 28 8600 1234,新的备注\n四川云岭春酒业有限公司,010-1234567,别人\n", encoding="utf-8")
    bring(world, "root", first)
    done = bring(world, "root", second)
    assert (done.new, done.updated, done.doubtful) == (0, 1, 1)


def test_a_number_that_is_surely_wrong_is_refused_and_those_people_really_have_are_taken(world: World, tmp_path: Path) -> None:
    rows = {"短少": "1380013800", "座机": "010-65529988-8012", "热线": "95588", "外国": "+1 919-676-9515", "澳洲": "1300 123 456", "表格": "13800138000.0",
            "两个": "13800138000 13900139000", "备注": "13800138000 (王总)"}
    path = tmp_path / "numbers.csv"
    path.write_text("公司名称,电话\n" + "".join(f"{name}公司,{number}\n" for name, number in rows.items()), encoding="utf-8")
    done = bring(world, "root", path)
    assert (done.new, done.refused) == (7, 1)
    with world.as_("root"):
        found = {name: phone for name, phone in session.execute(sa.select(Customer.name, Customer.phone).where(Customer.name.like("%公司"), Customer.phone.is_not(None)))}
    assert "短少公司" not in found
    assert found["表格公司"] == "13800138000"
    assert {f"{name}公司" for name in rows} - {"短少公司"} <= set(found)


def test_undoing_an_import_takes_back_all_but_what_was_edited_since(world: World, firms: Path) -> None:
    done = bring(world, "root", firms)
    with world.as_("root"):
        kept = session.scalars(sa.select(Customer.id).where(Customer.code == "A-2")).one()
        world.site.registry.resource("core.customer").write([{"id": kept, "note": "besucht"}])
        assert done.change_id is not None
        result = undo.ask(done.change_id)
    while runner.run_one(world.site):
        pass
    with world.as_("root"):
        left = session.scalars(sa.select(Customer.code).where(Customer.code.like("A-%"))).all()
        assert left == ["A-2"]
        assert session.get_one(Import, done.id).state is State.undone
        assert result.job is not None or ("core.customer", kept) in result.conflicts
        assert [left.columns for left in leftover.of(done.change_id) if (left.resource, left.row_id) == ("core.customer", kept)] == [("note",)]


def test_refused_rows_come_back_with_reasons_and_can_be_read_again(world: World, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("公司名称,电子邮箱,电话\n好公司,a@b.cn,021-5566\n,leer@b.cn,1\n坏邮箱公司,not a mail,2\n", encoding="utf-8")
    done = bring(world, "root", path)
    assert (done.new, done.refused) == (1, 2)
    with world.as_("root"):
        text = results.refused_file(session.get_one(Import, done.id)).data.decode("utf-8-sig")
    assert "not a mail" in text and len(text.splitlines()) == 3


def test_what_a_colleague_holds_is_refused_and_not_changed(world: World, tmp_path: Path) -> None:
    """Known by what the brief view shows of it; an equal number of others is not told, so that row is doubtful."""
    path = tmp_path / "a.csv"
    path.write_text("公司名称,电话,地区,备注\n四川云岭春酒业有限公司,028-86001234,四川,mine\n", encoding="utf-8")
    bring(world, "root", path)
    path.write_text("公司名称,电话,地区,备注\n四川云岭春酒业有限公司,,四川,theirs\n四川云岭春酒业有限公司,028-86001234,,theirs\n", encoding="utf-8")
    done = bring(world, "ann", path)
    assert (done.new, done.updated, done.refused, done.doubtful) == (0, 0, 1, 1)
    with world.as_("root"):
        assert session.scalars(sa.select(Customer.note).where(Customer.phone.is_not(None))).all()[-1] == "mine"


def test_a_file_of_another_thing_maps_nothing_by_itself(world: World, tmp_path: Path) -> None:
    path = tmp_path / "divisions.csv"
    path.write_text("code,name\n11,北京市\n12,天津市\n13,河北省\n", encoding="utf-8")
    with world.as_("root"):
        made = running.begin(world.site.registry.resource("core.customer"), path.name, path)
        assert made.options["thing"] == "divisions" and "name" not in made.mapping.values()
        with pytest.raises(Invalid):
            running.start(made)


@pytest.mark.parametrize(
    ("name", "content"),
    [("binary.csv", b"\x7fELF\x00\x01\x02" * 50), ("empty.csv", b""), ("quote.csv", b'name,phone\n"open,1\nb,2\n'),
     ("nul.csv", b"name,phone\na\x00b,1\n"), ("long.csv", b"name,phone\n" + b"x" * 10_000_000 + b",1\n")],
)
def test_a_wrong_file_gets_a_sentence_and_changes_nothing(world: World, tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with world.as_("root"), pytest.raises(UnreadableFile) as bad:
        running.begin(world.site.registry.resource("core.customer"), name, path)
    assert str(bad.value)
    with world.as_("root"):
        assert session.scalars(sa.select(Import)).all() == []


def test_who_may_not_import_is_refused(world: World, firms: Path) -> None:
    with world.as_("audrey"), pytest.raises(Forbidden):
        running.begin(world.site.registry.resource("core.customer"), firms.name, firms)


def test_an_import_is_its_owners_alone(world: World, firms: Path) -> None:
    done = bring(world, "root", firms)
    with world.as_("ann"):
        assert session.scalars(sa.select(Import).where(Import.id == done.id)).one_or_none() is None


def test_an_import_that_dies_between_batches_goes_on_where_it_was(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "many.csv"
    path.write_text("公司名称,客户编号\n" + "".join(f"第{n}号商贸有限公司,N-{n}\n" for n in range(300)), encoding="utf-8")
    monkeypatch.setattr("crm_core.resource.exchange.running.Pace", small_batches(60))
    with world.as_("root"):
        running.start(running.begin(world.site.registry.resource("core.customer"), path.name, path))
    monkeypatch.setattr("crm_core.resource.exchange.importing.Importer.write", dying(3))
    runner.run_one(world.site)
    monkeypatch.undo()
    hurry(world)
    while runner.run_one(world.site):
        pass
    with world.as_("root"):
        codes = session.scalars(sa.select(Customer.code).where(Customer.code.like("N-%"))).all()
        assert len(codes) == len(set(codes)) == 300
        done = session.scalars(sa.select(Import)).one()
        assert (done.state, done.new) == (State.done, 300)


@pytest.mark.parametrize(("refusing", "name", "tried"), [("core.contact", "恶人", 2), ("core.customer", "恶商贸", 1)])
def test_what_is_refused_half_way_leaves_nothing_and_the_other_rows_are_in(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusing: str, name: str, tried: int
) -> None:
    """A contact is refused when its customer was written already, a customer before anything was."""
    path = tmp_path / "people.csv"
    path.write_text("公司名称,客户编号,联系人\n甲甲商贸,H-1,王一\n恶商贸,H-2,恶人\n丙丙商贸,H-3,李三\n", encoding="utf-8")
    tries: list[int] = []
    write = running.Pace.write
    monkeypatch.setattr(running.Pace, "write", lambda self: tries.append(1) or write(self))
    monkeypatch.setattr(world.site.registry.resource(refusing), "check", lambda made, before: {
        i: {"name": ["no"]} for i, row in enumerate(made) if row.get("name") == name})
    done = bring(world, "root", path)
    assert (done.new, done.refused) == (2, 1)
    if world.site.engines.is_sqlite:  # without a savepoint, which is dear there, and with one when something was written
        assert len(tries) == tried
    with world.as_("root"):
        assert set(session.scalars(sa.select(Customer.code).where(Customer.code.like("H-%")))) == {"H-1", "H-3"}
        assert session.scalar(sa.select(sa.func.count()).select_from(History).where(
            History.change_id == done.change_id, History.resource == "core.customer")) == 2


def hurry(world: World) -> None:
    """What was put off until later is due now."""
    from crm_core.kernel.models import JobRow

    with world.site.engines.write.begin() as conn:
        conn.execute(sa.update(JobRow.__table__).values(run_at=sa.text("made_at")))


def small_batches(size: int) -> Callable[..., object]:
    from crm_core.kernel.pace import Pace

    return lambda job: Pace(job, start=size, least=size, most=size)


def dying(at: int) -> Callable[..., object]:
    """Importer.write that breaks down at its n-th batch, after it has written it."""
    from crm_core.resource.exchange.importing import Importer

    whole, calls = Importer.write, []

    def write(self: Importer, items: object) -> object:
        calls.append(1)
        found = whole(self, items)  # type: ignore[arg-type]
        if len(calls) == at:
            raise OSError("the lights went out")
        return found

    return write


