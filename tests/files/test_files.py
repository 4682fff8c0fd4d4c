"""Files on records: put, several versions, deleted and back, along with what they hang on; for whom."""

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.features.customers import notes
from crm_core.features.files import api, services, store
from crm_core.features.files.models import Content
from crm_core.features.files.settings import FileSettings
from crm_core.kernel import backup
from crm_core.kernel.errors import Conflict, Forbidden, Invalid, Missing
from crm_core.resource import merging, recycle, settings, timeline, undo
from crm_core.resource.kept import gather
from crm_core.web import lines
from tests.customers.office import Office

CUSTOMER, FILE = "core.customer", "core.attachment"


def put(office: Office, who: str, row_id: int, name: str = "报价单.txt", body: bytes = b"hello", subject: str = CUSTOMER, key: str = "") -> Any:
    with office.as_(who):
        return api.put(subject, row_id, name, io.BytesIO(body), key=key)


def names(office: Office, who: str, row_id: int, subject: str = CUSTOMER) -> list[str]:
    """What this person finds in the list of files on a record."""
    with office.as_(who) as work:
        model = office.resource("attachment").model
        query = sa.select(model.name).where(model.subject == subject, model.subject_id == row_id).order_by(model.id)
        return list(work.session.scalars(query))


def body(office: Office, who: str, file_id: int, number: int | None = None) -> bytes:
    with office.as_(who):
        return services.bytes_of(file_id, number)[2].read_bytes()


def on_disk(office: Office) -> list[Path]:
    return [p for p in (office.site.home / store.FOLDER).rglob("*") if p.is_file()]


def missing(call: Callable[[], Any]) -> None:
    with pytest.raises(Missing):
        call()


def test_a_file_is_for_who_reads_the_record_and_changed_by_who_changes_it(office: Office) -> None:
    row_id = office.customer("chen")
    made = put(office, "chen", row_id).id
    assert names(office, "chen", row_id) == ["报价单.txt"] and body(office, "chen", made) == b"hello"
    assert names(office, "sun", row_id) == ["报价单.txt"] and body(office, "sun", made) == b"hello"
    assert names(office, "wang", row_id) == []
    missing(lambda: body(office, "wang", made))
    missing(lambda: put(office, "wang", row_id))
    with office.as_("wang"):
        missing(lambda: services.put_version(made, "x.txt", io.BytesIO(b"x")))
        missing(lambda: office.resource("attachment").write([{"id": made, "name": "mine"}]))
        missing(lambda: office.resource("attachment").delete([made]))
    assert names(office, "chen", row_id) == ["报价单.txt"] and len(on_disk(office)) == 1


def test_a_file_follows_its_record_to_a_new_owner_and_a_contact_carries_its_customers(office: Office) -> None:
    row_id = office.customer("chen")
    contact = office.contact("chen", row_id)
    put(office, "chen", row_id, "a.txt")
    put(office, "chen", contact, "card.txt", subject="core.contact")
    with office.as_("sun"):
        office.resource("customer").write([{"id": row_id, "owner": office.people["wang"]}])
    assert names(office, "chen", row_id) == [] == names(office, "chen", contact, "core.contact")
    assert names(office, "wang", row_id) == ["a.txt"] and names(office, "wang", contact, "core.contact") == ["card.txt"]


def test_the_same_sending_twice_makes_one_file_and_another_under_its_key_is_refused(office: Office) -> None:
    row_id = office.customer("chen")
    first = put(office, "chen", row_id, key="k1")
    assert put(office, "chen", row_id, key="k1") == services.Put(first.id, again=True)
    with pytest.raises(Conflict):
        put(office, "chen", row_id, body=b"other", key="k1")
    assert put(office, "sun", row_id, key="k1").again is False  # a key is of who chose it
    assert len(names(office, "chen", row_id)) == 2 == len(on_disk(office))


def test_versions_stay_and_an_older_one_counts_again_and_all_of_it_is_undone(office: Office) -> None:
    row_id = office.customer("chen")
    made = put(office, "chen", row_id).id
    with office.as_("chen"):
        number, change = services.put_version(made, "second.pdf", io.BytesIO(b"%PDF-1.4 second"))
    assert number == 2 and body(office, "chen", made) == b"%PDF-1.4 second" and body(office, "chen", made, 1) == b"hello"
    with office.as_("chen"):
        assert str(services.readable(made).kind) == "pdf" and [v.number for v in services.versions(made)] == [2, 1]
        services.go_back(made, 1)
    assert body(office, "chen", made) == b"hello"
    with office.as_("chen"):
        row = services.readable(made)
        assert (row.number, str(row.kind), row.name) == (1, "text", "报价单.txt")
        assert services.put_version(made, "third.txt", io.BytesIO(b"third"))[0] == 3
    with office.as_("chen"), pytest.raises(Conflict):
        services.put_version(made, "fourth.txt", io.BytesIO(b"fourth"), version=1)
    assert change and len(on_disk(office)) == 3


def test_a_new_version_is_taken_back(office: Office) -> None:
    row_id = office.customer("chen")
    made = put(office, "chen", row_id).id
    with office.as_("chen"):
        change = services.put_version(made, "b.txt", io.BytesIO(b"second"))[1]
        undo.ask(change)
    assert body(office, "chen", made) == b"hello"


def test_a_deleted_file_lies_in_the_bin_and_comes_back_and_goes_along_with_its_record(office: Office) -> None:
    row_id = office.customer("chen")
    made = put(office, "chen", row_id).id
    with office.as_("chen"):
        change = office.resource("attachment").delete([made])
        assert [(gone.resource, gone.label) for gone in recycle.entries()[0]] == [(FILE, "报价单.txt")]
        missing(lambda: services.bytes_of(made))
        undo.ask(change)
    assert body(office, "chen", made) == b"hello"
    with office.as_("chen"):
        change = office.resource("customer").delete([row_id])
        assert [(gone.resource, gone.parts) for gone in recycle.entries()[0]] == [(CUSTOMER, 1)]
        missing(lambda: services.bytes_of(made))
        undo.ask(change)
    assert body(office, "chen", made) == b"hello"


def test_a_part_whose_record_was_deleted_meanwhile_does_not_come_back_alone(office: Office) -> None:
    row_id = office.customer("chen")
    contact = office.contact("chen", row_id)
    made = put(office, "chen", row_id).id
    with office.as_("chen"):
        lone = [(FILE, made, office.resource("attachment").delete([made])), ("core.contact", contact, office.resource("contact").delete([contact]))]
        whole = office.resource("customer").delete([row_id])
        for name, part, change in lone:
            assert undo.ask(change).conflicts == [(name, part)]
        missing(lambda: services.readable(made))
        undo.ask(whole)
        for _name, _part, change in lone:  # the negative control: with its record there, each does
            assert undo.ask(change).conflicts == []
    assert names(office, "chen", row_id) == ["报价单.txt"]


def test_records_of_the_business_hold_files_and_those_of_setting_up_do_not(office: Office) -> None:
    holding = {name for name, resource in office.site.registry.resources.items() if resource.holds_files and resource.package == "core"}
    assert holding == {f"core.{name}" for name in ("customer", "contact", "need", "offering", "profile_entry", "relation", "dealing", "note", "task", "message", "mail", "letter", "mailing", "plan", "journal", "appointment")}
    user = office.people["chen"]
    with office.as_("sun"):
        missing(lambda: services.holder_of("core.user"))
        missing(lambda: api.put("core.user", user, "a.txt", io.BytesIO(b"x")))


def test_a_merge_takes_the_files_along_and_gives_them_back(office: Office) -> None:
    kept, gone = office.customer("chen", "甲"), office.customer("wang", "乙")
    put(office, "wang", gone)
    with office.as_("sun"):
        change = merging.merge(office.resource("customer"), kept, [gone])
    assert names(office, "chen", kept) == ["报价单.txt"] and names(office, "wang", kept) == []
    with office.as_("sun"):
        undo.ask(change)
    assert names(office, "chen", kept) == [] and names(office, "wang", gone) == ["报价单.txt"]


def test_what_is_put_on_a_customer_stands_on_its_time_line(office: Office) -> None:
    row_id = office.customer("chen")
    made = put(office, "chen", row_id).id
    with office.as_("chen"):
        (line,) = [one for one in timeline.of(CUSTOMER, row_id) if one.kind == "file"]
        assert (line.title, line.record, line.record_id) == ("报价单.txt", FILE, made)


def test_an_empty_file_a_program_and_one_that_is_too_large_are_refused_and_leave_no_bytes(office: Office) -> None:
    row_id = office.customer("chen")
    with office.site.system("tests"), writing():
        settings.put(FileSettings, {"largest": 1})
    for name, what, error in (
        ("empty.txt", b"", Invalid), ("tool.EXE", b"hello", Invalid), ("picture.jpg", b"MZ\x90\x00", Invalid), ("x.pHaR", b"hello", Invalid),
        ("film.mp4", b"x" * (2**20 + 1), store.TooLarge),
    ):
        with pytest.raises(error):
            put(office, "chen", row_id, name, what)
    assert names(office, "chen", row_id) == [] and on_disk(office) == []
    put(office, "chen", row_id, "x.bin", b"x" * 2**20)  # the negative control: what is just small enough is taken
    assert len(on_disk(office)) == 1


def test_a_version_that_no_row_knows_is_swept_and_one_that_counts_stays(office: Office) -> None:
    row_id = office.customer("chen")
    made = put(office, "chen", row_id).id
    with office.as_("chen"):
        store.keep(io.BytesIO(b"killed before its row"), 100, 10)
    sweep(office)
    assert len(on_disk(office)) == 2  # it may still be on its way
    age(office)
    sweep(office)
    assert len(on_disk(office)) == 1 and body(office, "chen", made) == b"hello"
    assert count(office) == 1


def age(office: Office) -> None:
    import os

    for path in on_disk(office):
        os.utime(path, (1, 1))


class _Job:
    def __init__(self, site: Any) -> None:
        self.site, self.result = site, {}

    def check(self) -> None:
        pass


def sweep(office: Office) -> None:
    with office.site.system("tests"):
        store.sweep(_Job(office.site))


def count(office: Office) -> int:
    with office.site.engines.read.connect() as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(table_of(Content))).scalar_one())


def test_a_picture_hangs_on_an_entry_of_its_writer_and_is_seen_beneath_its_line(office: Office) -> None:
    row_id = office.customer("chen")
    with office.as_("chen"):
        note = notes.add_note(CUSTOMER, row_id, "went there", kind="visit").id
    made = put(office, "chen", note, "shelf.txt", subject="core.note", key="p1")
    assert put(office, "chen", note, "shelf.txt", subject="core.note", key="p1").again
    with pytest.raises(Forbidden):
        put(office, "sun", note, subject="core.note")  # he sees all, but it is not his entry
    for who, seen in (("chen", ("shelf.txt",)), ("wang", ())):
        with office.as_(who):
            entries = [SimpleNamespace(record="core.note", record_id=note)]
            shown = lines.pics(entries, gather(lines.asks(entries)))
            assert tuple(pic.name for pic in shown.get(("core.note", note), ())) == seen
    with office.as_("chen"):
        change = notes.delete_note(note)
        missing(lambda: services.bytes_of(made.id))
        undo.ask(change)
        assert services.bytes_of(made.id)[0].name == "shelf.txt"


def test_a_backup_brings_a_file_back_with_its_bytes(office: Office, tmp_path: Path) -> None:
    row_id = office.customer("chen")
    made = put(office, "chen", row_id).id
    path, _kept = backup.back_up(office.site, tmp_path / "b.tar")
    with office.as_("chen"):
        services.put_version(made, "b.txt", io.BytesIO(b"later"))
    for one in on_disk(office):
        one.unlink()
    with office.as_("chen"):
        missing(lambda: services.bytes_of(made))  # the negative control
    backup.restore(office.site, path, replace=True)
    assert body(office, "chen", made) == b"hello" and len(on_disk(office)) == 1
