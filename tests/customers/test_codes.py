"""The number of a customer is one customer's: drawn, brought along by a file, in the recycle bin, at the same moment."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Customer
from crm_core.kernel.errors import Invalid
from crm_core.kernel.runner import drain
from crm_core.resource import undo, write
from crm_core.resource.exchange import running
from crm_core.resource.exchange.models import Import
from tests.customers.office import Office


def bring(office: Office, login: str, path: Path, *rows: str) -> tuple[int, int, int]:
    """What became of a file with these rows: new, updated, refused."""
    path.write_text("\n".join(["客户名称,客户编号", *rows, ""]), encoding="utf-8")
    with office.as_(login):
        made = running.begin(office.resource("customer"), path.name, path)
        running.start(made)
        import_id = made.id
    drain(office.site)
    with office.as_("sun"):
        done = session.get_one(Import, import_id)
        return done.new, done.updated, done.refused


def codes(office: Office) -> list[str]:
    with office.as_("sun"):
        return sorted(session.scalars(sa.select(Customer.code)))


def test_a_number_is_one_customers_until_he_is_deleted(office: Office, tmp_path: Path) -> None:
    office.grant("seller", "core.customer.import", "own")
    first = office.customer("li", "云岭茶业有限公司", code="A-1")
    with pytest.raises(Invalid) as bad:
        office.customer("chen", "秦川机床有限公司", code="A-1")
    assert bad.value.fields == {"code": ["This is taken already."]}
    # Of a colleague's customer no file is told more than that; a row beside it is taken, and one's own is known by its number.
    assert bring(office, "chen", tmp_path / "a.csv", "赤溪坊酒业,A-1", "洪湖食品,A-2") == (1, 0, 1)
    assert bring(office, "chen", tmp_path / "b.csv", "洪湖食品有限公司,A-2") == (0, 1, 0)
    with office.as_("sun"):
        gone = office.resource("customer").delete([first])
    assert bring(office, "chen", tmp_path / "c.csv", "赤溪坊酒业,A-1") == (1, 0, 0)
    with office.as_("sun"):
        assert undo.ask(gone).conflicts == [("core.customer", first)]
    assert codes(office) == ["A-1", "A-2"]


def test_numbers_drawn_and_brought_at_one_moment_are_all_different(office: Office, tmp_path: Path) -> None:
    start = threading.Barrier(3)

    def create(name: str) -> None:
        start.wait()
        for n in range(8):
            office.customer("chen", f"{name}{n}厂")

    threads = [threading.Thread(target=create, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    start.wait()
    done = bring(office, "sun", tmp_path / "a.csv", *(f"丙{n}厂,KH-{n:06}" for n in range(3, 12)))
    for thread in threads:
        thread.join()
    found = codes(office)
    assert len(found) == len(set(found)) == 16 + done[0] and done[0] + done[1] + done[2] == 9


def test_one_that_was_quicker_costs_a_file_one_row_and_no_other(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the writing another one took the number: then the database says so, of the whole batch."""
    office.customer("li", "云岭茶业有限公司", code="A-2")
    monkeypatch.setattr(write, "_unique", lambda *_all: None)
    office.grant("seller", "core.customer.import", "own")
    assert bring(office, "chen", tmp_path / "a.csv", "赤溪坊酒业,A-1", "洪湖食品,A-2", "秦川机床,A-3") == (2, 0, 1)
    assert codes(office) == ["A-1", "A-2", "A-3"]
