"""Export → import → equal: every field of a customer, of every kind and an administrator's own, with the texts that break programs
(security M5, S14). The records are emptied between, so nothing is equal because it was not read."""

import datetime as dt
import io
import json
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Industry, Region
from crm_core.kernel import runner
from crm_core.resource import listing
from crm_core.resource.exchange import running
from crm_core.resource.exchange.export import plan, stream
from crm_core.resource.exchange.models import Import
from tests.support.world import World

ROWS = 60
TEXTS = [
    "=1+1", "+86 28", "-2", "@SUM(A1)", "＝1", "＋1", "－1", "＠a", "'=1", "''=1", "'+x", "\t=1", " =1", "\u00a0=1", "\ufeff=1", "\u200b=1", "=HYPERLINK(\"x\")",
    "a,b;c|d\te", 'sagt "ja"', "'", "''", "'ok", "zwei\nZeilen", "=a\n=b", "_x0041_", "_x000D_", "𠮷野家", "𰻝𰻝面", "👨‍👩‍👧‍👦", "a\u0301", "İstanbul", "ﬁ",
    "naïve", "ＡＢＣ", "0012", "1e5", "2024-01-02", "TRUE", "#REF!", "NULL", "true", "½", "<b>&amp;</b>", "{{7*7}}", "%s%n", "\\n", "￥1", "a\\", "—x",
    "−5", "﹣5", "(空)", "0", "是",
]
CUSTOM = {
    "x_line": {"kind": "text"}, "x_note": {"kind": "note"}, "x_count": {"kind": "number"}, "x_share": {"kind": "number", "places": 2}, "x_budget": {"kind": "money"},
    "x_day": {"kind": "date"}, "x_yes": {"kind": "boolean"}, "x_one": {"kind": "choice", "options": "=甲 | =A\n乙，丙 | B, C"},
    "x_many": {"kind": "choices", "options": "=甲 | =A\n乙 | B\n丁；戊 | D; E"},
}


def value(field: Any, dice: random.Random, refs: dict[str, list[int]]) -> Any:
    """Something that may stand in a field, as the write path keeps it."""
    if field.kind in ("line", "name", "note", "code"):
        text = dice.choice(TEXTS) + (f"\n{dice.choice(TEXTS)}" if field.kind == "note" and dice.random() < 0.5 else "")
        return field.parse(text)
    if field.kind == "phone":
        return dice.choice(["+86 28 8600 1234", "138 0013 8000", "028-86001234 转 12", "+1 (919) 676-9515", "95588"])
    if field.kind == "email":
        return dice.choice(["a@b.cn", "-x@example.com", "o'neil+tag@example.com", "=a@example.com"])
    if field.kind == "url":
        return field.parse(dice.choice(["www.example.com/=1", "https://例子.example/a?b=c,d"]))
    if field.kind == "hours":
        return field.parse(dice.choice(["Mon-Fri 9:00-12:00, 13:30-18:00; Sat 9-12", "每天 8点-20点；周日休息"]))
    if field.kind in ("integer", "money", "decimal"):
        return dice.choice([0, 1, -7, 1200, 123456789])
    if field.kind == "boolean":
        return dice.random() < 0.5
    if field.kind == "date":
        return dt.date(1950, 1, 1) + dt.timedelta(days=dice.randrange(27_000))
    if field.kind in ("choice", "enum"):
        return field.load(dice.choice([code for code, _word in field.options()]))
    if field.kind == "choices":
        return sorted(dice.sample([code for code, _word in field.options()], 2))
    return dice.choice(refs[field.target]) if getattr(field, "target", "") in refs else None


def define(world: World) -> None:
    fields = world.site.registry.resource("core.custom_field")
    for name, more in CUSTOM.items():
        row = {"resource": "core.customer", "zh": name, "en": name, "name": name, **more}
        writing = fields.fields(writing=True)
        fields.write([{n: writing[n].load(v) for n, v in row.items()}])


def writable(resource: Any) -> dict[str, Any]:
    """The fields a file can fill; owners, states and numbers are the house's."""
    without = {"owner", "department", "team", "code", "pool", "collected_by", "parent", "invalid_reason"}
    return {n: f for n, f in resource.fields(writing=True).items() if n not in without and f.column and not f.readonly}


def stands(resource: Any, ids: list[int]) -> dict[int, dict[str, Any]]:
    listed = listing.parse(resource, [])
    found: dict[int, dict[str, Any]] = {}
    for line in b"".join(stream_of(resource, listed, "jsonl", ids)).splitlines():
        row = json.loads(line)
        found[row["id"]] = {n: sorted(v) if isinstance(v, list) else v for n, v in row.items() if n in writable(resource)}
    return found


def stream_of(resource: Any, query: Any, format: str, ids: list[int]) -> Any:
    from crm_core.kernel.site import actor, site

    return list(stream(site(), actor(), plan(resource, query, format=format, ids=ids)))


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_is_exported_and_imported_again_is_what_it_was(world: World, tmp_path: Path, format: str) -> None:
    dice = random.Random(7 if format == "csv" else 8)
    customers = world.site.registry.resource("core.customer")
    with world.as_("root"):
        define(world)
    runner.drain(world.site)
    with world.as_("root"):
        refs = {"core.region": list(session.scalars(sa.select(Region.id).order_by(sa.func.length(Region.name), Region.id).limit(900)))[::30],
                "core.industry": list(session.scalars(sa.select(Industry.id).limit(20)))}
        fields = writable(customers)
        assert {f.kind for f in fields.values()} >= {"line", "name", "note", "phone", "email", "url", "money", "date", "boolean", "choice", "choices"}
        rows = []
        for n in range(ROWS):
            row = {name: value(field, dice, refs) for name, field in fields.items() if dice.random() < 0.7}
            row["name"] = fields["name"].parse(f"{TEXTS[n % len(TEXTS)]} {n}")
            row.pop("credit_code", None)
            row.update(latitude=None, longitude=None) if n % 3 else row.update(latitude=n * 1_000_003 - 30_659_400, longitude=-180_000_000 + n)  # both or none
            rows.append({k: v for k, v in row.items() if v is not None} | {"founded_on": dt.date(2001, 1, 1 + n % 28), "invalid": False})
        ids = customers.write(rows)
        before = stands(customers, ids)
        data = b"".join(stream_of(customers, listing.parse(customers, []), format, ids))
        empty = {n: False if f.kind == "boolean" else [] if f.kind == "choices" else None for n, f in fields.items() if not f.required and f.default is None}
        customers.write([{**empty, "id": i, "name": f"empty {i}"} for i in ids])
        assert stands(customers, ids) != before
    path = tmp_path / f"all.{format}"
    path.write_bytes(data)
    if format == "xlsx":
        assert not [c for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows() for c in row if c.data_type == "f"]
    with world.as_("root"):
        made = running.begin(customers, path.name, path, encoding="utf-8" if format == "csv" else "", propose=False)
        assert {made.mapping[str(at)] for at in range(len(made.header)) if str(at) in made.mapping} >= fields.keys()
        running.start(made)
        import_id = made.id
    runner.drain(world.site)
    with world.as_("root"):
        done = session.get_one(Import, import_id)
        from crm_core.resource.exchange import results

        assert (done.refused, done.doubtful, done.new) == (0, 0, 0), [r.reasons for r in results.kept_rows(done, "")][:5]
        after = stands(customers, ids)
        wrong = {(i, n): (was, after[i][n]) for i, row in before.items() for n, was in row.items() if (was or None) != (after[i][n] or None)}
        assert not wrong, list(wrong.items())[:12]
