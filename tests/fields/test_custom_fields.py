"""Fields of an administrator's own: every face has them, on both engines, and nothing else changes."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data import inside
from crm_core.kernel.errors import BadRequest, Invalid
from crm_core.kernel.i18n import in_language
from crm_core.kernel.runner import drain
from crm_core.resource import boards, listing, undo
from crm_core.resource.changes import unscoped
from crm_core.resource.exchange import export
from crm_core.testing.statements import sent
from tests.customers.office import Office

KINDS = {
    "x_brand": ({"kind": "text", "searched": True}, "川酒", "川酒"),
    "x_story": ({"kind": "note"}, "一\n二", "一\n二"),
    "x_copies": ({"kind": "number"}, "1,200", 1200),
    "x_share": ({"kind": "number", "places": 2}, "12.5", 1250),
    "x_budget": ({"kind": "money"}, "8,000.50", 800050),
    "x_since": ({"kind": "date"}, "2024-05-01", dt.date(2024, 5, 1)),
    "x_link": ({"kind": "choice", "options": "原料 | Raw\n成品 | Finished"}, "raw", "raw"),
    "x_ways": ({"kind": "choices", "options": "城区 | City\n商超 | Mall\n餐饮 | Catering"}, "city,mall", ["city", "mall"]),
    "x_gift": ({"kind": "boolean"}, "是", True),
}


def define(office: Office, name: str, **more: Any) -> int:
    """An administrator adds a field to customers."""
    with office.as_("sun"):
        row = {"resource": "core.customer", "zh": name[2:], "en": name[2:].title(), "name": name, **more}
        fields = office.resource("custom_field").fields(writing=True)
        clean = {n: fields[n].load(v) for n, v in row.items()}
        return int(office.resource("custom_field").write([clean])[0])


@pytest.fixture
def all_kinds(office: Office) -> Iterator[Office]:
    for name, (more, _text, _value) in KINDS.items():
        define(office, name, **more)
    drain(office.site)
    yield office


def typed(office: Office) -> dict[str, Any]:
    """The values of KINDS as a form would read them."""
    fields = office.resource("customer").fields(writing=True)
    return {name: fields[name].parse(text) for name, (_more, text, _value) in KINDS.items()}


def asked(office: Office, **question: str) -> list[int]:
    args = [(k.replace("__", "."), v) for k, v in question.items()]
    return sorted(listing.page(listing.parse(office.resource("customer"), args)).ids)


def test_every_kind_is_written_read_filtered_sorted_and_undone(all_kinds: Office) -> None:
    office = all_kinds
    plain = office.customer("wang", "甲")
    with office.as_("wang"):
        customers = office.resource("customer")
        values = typed(office)
        assert values == {name: value for name, (_m, _t, value) in KINDS.items()}
        full = customers.write([{"name": "乙", **values}])[0]
        row = customers.get(full)
        assert {name: getattr(row, customers.all_fields[name].column) for name in KINDS} == values
        filters = {
            "x_brand__contains": "川", "x_copies__gte": "1,000", "x_share__lte": "12.5", "x_budget__eq": "8000.50", "x_since__between": "2024-01-01,2024-12-31",
            "x_link__any": "raw", "x_ways__any": "mall", "x_gift__eq": "1", "x_story__filled": "1",
        }
        for question, text in filters.items():
            assert asked(office, **{question: text}) == [full], question
        assert asked(office, x_brand__empty="1") == [plain]
        assert asked(office, x_link__none="raw") == [plain]
        assert [listing.page(listing.parse(customers, [("sort", s)])).ids for s in ("x_copies", "-x_since", "x_link")] == [[full, plain]] * 3
        change = None
        customers.write([{"id": full, "x_copies": None, "x_brand": "鲁酒"}])
        now = customers.get(full)
        assert (now.custom.get("x_copies"), now.custom["x_brand"], now.custom["x_gift"]) == (None, "鲁酒", True)
        with office.site.system("test") as work:
            from crm_core.resource.changes import History

            last = work.session.execute(sa.select(History.change_id, History.old).where(History.row_id == full).order_by(History.id.desc()).limit(1)).one()
        assert last.old == {"x_brand:text": "川酒", "x_copies:int": 1200}
        change = last.change_id
        assert undo.ask(change).done == 1
        with office.as_("wang"):
            assert office.resource("customer").get(full).custom["x_copies"] == 1200


def test_a_list_shows_it_in_one_statement_however_many_there_are(all_kinds: Office) -> None:
    from crm_core.web import lists

    office = all_kinds
    with office.as_("wang"):
        customers = office.resource("customer")
        ids = customers.write([{"name": f"n{i}", **typed(office)} for i in range(5)])
        fields = customers.fields()
        with sent(office.site.engines.read) as statements:
            drawn = lists.rows(customers, fields, ["name", *KINDS], ids, lambda i: f"/{i}")
        assert len(statements) == 1
        assert [str(cell) for cell in drawn[0].cells][1] == "川酒"


def test_search_finds_the_words_of_a_searched_field_and_no_others(all_kinds: Office) -> None:
    office = all_kinds
    with office.as_("wang"):
        customers = office.resource("customer")
        full = customers.write([{"name": "乙", "x_brand": "云岭春", "x_story": "别处"}])[0]
        customers.write([{"name": "丙"}])
        assert asked(office, q="云岭") == [full]
        assert asked(office, q="别处") == []
        customers.write([{"id": full, "x_brand": "黄河"}])
        assert asked(office, q="云岭") == [] and asked(office, q="黄河") == [full]


def test_it_goes_out_and_comes_back_in_a_file(all_kinds: Office) -> None:
    office = all_kinds
    with office.as_("sun"):
        customers = office.resource("customer")
        customers.write([{"name": "乙", **typed(office)}])
        made = export.plan(customers, listing.parse(customers, []), columns=["name", *KINDS])
        actor = office.actor("sun")
    text = b"".join(export.stream(office.site, actor, made)).decode("utf-8-sig")
    head, row = list(csv.reader(io.StringIO(text)))
    assert head[-len(KINDS):] == [name[2:].title() for name in KINDS]
    with office.as_("sun"):
        fields = customers.fields(writing=True)
        assert {n: fields[n].parse(cell) for n, cell in zip(KINDS, row[-len(KINDS):], strict=True)} == {n: v for n, (_m, _t, v) in KINDS.items()}


def test_a_hidden_one_is_nowhere(all_kinds: Office) -> None:
    office = all_kinds
    full = office.customer("wang", "乙", x_brand="川酒")
    office.hide("seller", "core.customer", "x_brand")
    with office.as_("wang"):
        assert "x_brand" not in office.resource("customer").fields()
        with pytest.raises(BadRequest):
            asked(office, x_brand__contains="川")
        with pytest.raises(BadRequest):
            asked(office, sort="x_brand")
        assert asked(office, q="川酒") == []
        from crm_core.resource.seen import Seen

        assert getattr(Seen(office.resource("customer"), office.resource("customer").get(full)), "x_brand:text") is None


def test_required_binds_new_records_and_not_those_that_were_there(office: Office) -> None:
    old = office.customer("wang", "甲")
    define(office, "x_code", kind="text", required=True)
    with office.as_("wang"):
        customers = office.resource("customer")
        with pytest.raises(Invalid) as bad:
            customers.write([{"name": "乙"}])
        assert list(bad.value.fields) == ["x_code"]
        customers.write([{"id": old, "name": "甲甲"}])


def test_a_retired_field_is_gone_and_its_values_come_back_with_it(office: Office) -> None:
    field = define(office, "x_code", kind="text")
    kept = office.customer("wang", "甲", x_code="A1")
    with office.as_("sun"):
        office.resource("custom_field").write([{"id": field, "retired": True}])
    with office.as_("wang"):
        customers = office.resource("customer")
        assert "x_code" not in customers.all_fields
        customers.write([{"id": kept, "name": "甲乙"}])
    with office.as_("sun"):
        office.resource("custom_field").write([{"id": field, "retired": False}])
    with office.as_("wang"):
        assert getattr(office.resource("customer").get(kept), "x_code:text") == "A1"


@pytest.mark.parametrize("change", [{"kind": "number"}, {"name": "x_other"}, {"resource": "core.contact"}])
def test_what_values_were_made_by_cannot_be_changed(office: Office, change: dict[str, Any]) -> None:
    field = define(office, "x_code", kind="text")
    with office.as_("sun"), pytest.raises(Invalid):
        fields = office.resource("custom_field").fields(writing=True)
        office.resource("custom_field").write([{"id": field, **{n: fields[n].load(v) for n, v in change.items()}}])


def test_a_name_is_made_of_the_label_and_never_given_twice(office: Office) -> None:
    with office.as_("sun"):
        fields = office.resource("custom_field")
        ids = [fields.write([{"resource": "core.customer", "zh": "代理品牌"}])[0] for _ in range(2)]
        assert [fields.get(i).name for i in ids] == ["x_dai_li_pin_pai", "x_dai_li_pin_pai1"]
        fields.delete([ids[1]])
        third = fields.write([{"resource": "core.customer", "zh": "代理品牌"}])[0]
        assert fields.get(third).name == "x_dai_li_pin_pai2"


def test_only_who_may_adds_fields(office: Office) -> None:
    with office.as_("wang"):
        assert not office.resource("custom_field").may("create")


def test_labels_and_words_are_in_the_readers_language(office: Office) -> None:
    define(office, "x_link", kind="choice", zh="产业链环节", en="Place in the chain", options="原料 | Raw material\n成品")
    with office.as_("wang"):
        field = office.resource("customer").fields()["x_link"]
        assert str(field.label) == "Place in the chain"
        with in_language("zh_Hans_CN"):
            assert (str(field.label), field.show("raw_material")) == ("产业链环节", "原料")
            assert [label for _code, label in field.options()] == ["原料", "成品"]


def test_a_computed_field_follows_its_sources_and_old_records_get_it(office: Office) -> None:
    define(office, "x_price", kind="money")
    define(office, "x_copies", kind="number")
    old = office.customer("wang", "甲", x_price=1250, x_copies=4)
    define(office, "x_sum", kind="money", formula="x_price * x_copies")
    define(office, "x_class", kind="text", formula='if(x_price * x_copies >= 100, "large", "small") & " " & name')
    drain(office.site)
    with office.as_("wang"):
        customers = office.resource("customer")
        assert getattr(customers.get(old), "x_sum:int") == 5000
        new = customers.write([{"name": "乙", "x_price": 2500, "x_copies": 8}])[0]
        assert (customers.get(new).custom["x_sum"], customers.get(new).custom["x_class"]) == (20000, "large 乙")
        customers.write([{"id": new, "x_copies": None}])
        assert "x_sum" not in customers.get(new).custom
        assert asked(office, x_class__contains="small") == [old, new]
        with pytest.raises(Invalid):
            customers.write([{"id": new, "x_sum": 1}])


@pytest.mark.parametrize("formula", ["x_nothing + 1", "name.__class__", "open(\"f\")", "1 +", "if(1)", "x_self", "(" * 60 + "1" + ")" * 60])
def test_a_formula_that_cannot_be_is_refused_in_words(office: Office, formula: str) -> None:
    with pytest.raises(Invalid) as bad:
        define(office, "x_self", kind="number", formula=formula)
    assert list(bad.value.fields) == ["formula"]


def test_made_fast_a_filter_and_a_sort_use_its_index(office: Office) -> None:
    field = define(office, "x_code", kind="text")
    define(office, "x_day", kind="date")
    with office.as_("sun"):
        customers = office.resource("customer")
        customers.write([{"name": f"n{i}", "x_code": f"c{i % 7:02}", "x_day": dt.date(2026, 1, 1 + i % 28)} for i in range(60)])
        office.resource("custom_field").run("promote", [field])
    drain(office.site)
    with office.as_("sun"):
        assert office.resource("custom_field").get(field).promoted and customers.sorted_at_once("x_code") and not customers.sorted_at_once("x_day")
        first = listing.page(listing.parse(customers, [("sort", "x_code")], limit=25))
        rest = listing.page(listing.parse(customers, [("sort", "x_code"), ("after", first.next)], limit=50))
        codes = [customers.get(i).custom["x_code"] for i in (*first.ids, *rest.ids)]
        assert len(asked(office, x_code__eq="c03")) == 9
        customers.write([{"id": first.ids[0], "x_code": "c99"}])
        assert asked(office, x_code__eq="c99") == [first.ids[0]]
        customers.write([{"id": first.ids[0], "x_code": "c00"}])
        assert len(set(first.ids + rest.ids)) == 60 and codes == sorted(codes)
    with office.site.system("test") as work:
        sqlite = work.session.connection().dialect.name == "sqlite"
        indexes = "SELECT name FROM sqlite_master WHERE type = 'index'" if sqlite else "SELECT indexname FROM pg_indexes"
        names = set(work.session.scalars(sa.text(indexes)))
        if sqlite:
            code = inside.column(customers.table, customers.all_fields["x_code"].by)
            query = sa.select(customers.table.c.id).where(code == "c01", customers.table.c.deleted_at.is_(None))
            plan = work.session.connection().exec_driver_sql(
                "EXPLAIN QUERY PLAN " + str(query.compile(work.session.connection(), compile_kwargs={"literal_binds": True})), execution_options=unscoped("test")).all()
            assert any(f"cx_{field}" in row[3] for row in plan), plan
    assert {f"cx_{field}", f"cx_{field}_new"} <= names


def test_an_object_changed_by_hand_keeps_history_of_its_custom_fields(office: Office) -> None:
    from crm_core.data.session import writing
    from crm_core.resource.changes import history_of

    define(office, "x_code", kind="text")
    kept = office.customer("wang", "甲", x_code="A1")
    with office.as_("wang"):
        with writing():
            office.resource("customer").get(kept, "update").custom = {"x_code": "B2"}
        assert history_of("core.customer", kept)[0].old == {"x_code:text": "A1"}


def test_a_merge_takes_references_along_and_its_undo_brings_them_back(office: Office) -> None:
    define(office, "x_parent", kind="reference", target="core.customer")
    define(office, "x_code", kind="text")
    kept, gone = office.customer("sun", "甲"), office.customer("sun", "乙")
    child = office.customer("sun", "丙", x_parent=gone, x_code="A")
    with office.as_("sun"):
        customers = office.resource("customer")
        change = customers.run("merge", [kept], {"others": [gone]})
        assert customers.get(child).custom == {"x_parent": kept, "x_code": "A"}
    with office.as_("sun"):
        undo.ask(change)
    drain(office.site)
    with office.as_("sun"):
        assert office.resource("customer").get(child).custom == {"x_parent": gone, "x_code": "A"}


def test_a_computed_field_follows_an_object_changed_by_hand_too(office: Office) -> None:
    from crm_core.data.session import writing

    define(office, "x_copies", kind="number")
    define(office, "x_class", kind="text", formula='name & " " & x_copies')
    kept = office.customer("sun", "甲", x_copies=4)
    with office.as_("sun"):
        customers = office.resource("customer")
        with writing():
            customers.get(kept, "update").name = "乙"
        assert customers.get(kept).custom["x_class"] == "乙 4"
        with writing():
            customers.get(kept, "update").custom = {"x_copies": 5}
        assert customers.get(kept).custom == {"x_copies": 5, "x_class": "乙 5"}


def test_a_board_has_them_as_its_columns_and_its_sum(all_kinds: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with all_kinds.as_("wang"):
        customers = all_kinds.resource("customer")
        customers.write([{"name": "乙", **typed(all_kinds)}, {"name": "丙", **typed(all_kinds), "x_link": "finished"}, {"name": "丁"}])
        by, money = customers.fields()["x_link"], customers.fields()["x_budget"]
        assert boards.choice_of(customers, "x_link") == by
        monkeypatch.setattr(boards, "amount_of", lambda _resource: money)
        board = boards.build(listing.parse(customers, []), by)
        assert {pile.value: (pile.count, pile.totals.get("")) for pile in board.piles if pile.count} == {None: (1, None), "raw": (1, 800050), "finished": (1, 800050)}
