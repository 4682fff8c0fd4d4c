"""What happens while a plugin sleeps, and what it finds when it wakes: nothing lost, nothing of its own touched."""

from __future__ import annotations

import json

from tests.support.dist import MODELS, Shelf

DUMP = """
import json
from crm_core.data.wall import UNSCOPED
sql = "select id, name, customer_id, owner_id, version, updated_at from visits_thing order by id"
print(json.dumps([[str(v) for v in row] for row in db.connection().exec_driver_sql(sql, execution_options={UNSCOPED: "test"})]))
"""
# One thing a customer: the plugin's own unique key, which a merge can break.
UNIQUE = MODELS.replace("        def __str__", '        __table_args__ = (sa.UniqueConstraint("customer_id", "name"),)\n\n        def __str__')
ENABLED = """
    from crm_core.sdk import Resource, hookimpl, site
    from {module}.models import Thing

    class Things(Resource):
        model = Thing
        label = "things"
        columns = "name", "customer"
        search = ("name",)

    @hookimpl
    def register_resources():
        return [Things]

    @hookimpl
    def on_enable(since):
        (site().home / "since").write_text(str(since is not None))

    @hookimpl
    def on_merge(resource, kept, gone, conflicts):
        (site().home / "conflicts").write_text(str([c.ids for c in conflicts]))
"""


def rows(shelf: Shelf) -> dict[str, list[str]]:
    return {row[1]: row for row in json.loads(shelf.run(DUMP))}


def test_a_sleeping_plugin_is_not_touched_and_follows_when_it_wakes(any_shelf: Shelf) -> None:
    shelf = any_shelf
    shelf.put("visits", models=UNIQUE, plugin=ENABLED)
    shelf.ready("visits")
    assert (shelf.home / "since").read_text() == "False"
    shelf.run("""
        a, b, c, d = R("core.customer").write([{"name": n} for n in ("甲酒业", "乙酒业", "丙酒业", "丁酒业")])
        R("visits.thing").write([{"name": "of a", "customer": a}, {"name": "same", "customer": b}, {"name": "same", "customer": c},
                                 {"name": "of d", "customer": d}])
        assert (a, b, c, d) == (1, 2, 3, 4)
        from crm_core.resource.merging import merge
        merge(R("core.customer"), 1, [4])     # while it is awake: its row follows at once
    """)
    assert rows(shelf)["of d"][2] == "1"
    assert shelf.crm("plugin", "disable", "visits").returncode == 0
    before = shelf.run(DUMP)
    shelf.run("""
        from crm_core.resource import undo
        from crm_core.resource.changes import Change
        from crm_core.resource.merging import merge
        import sqlalchemy as sa
        first = db.scalars(sa.select(Change.id).where(Change.kind == "merge")).one()
        merge(R("core.customer"), 2, [1])
        merge(R("core.customer"), 3, [2])
        assert "visits.thing" not in site.registry.resources
    """)
    assert shelf.run(DUMP) == before
    assert shelf.crm("plugin", "enable", "visits").returncode == 0
    assert (shelf.home / "since").read_text() == "True"
    after = rows(shelf)
    assert after["of a"][2] == after["of d"][2] == "3"
    # “same” is there already: the row stays on the tombstone, nothing is lost.
    kept = json.loads(shelf.run(DUMP))
    assert sorted(row[2] for row in kept if row[1] == "same") == ["2", "3"]
    # Undone link by link, rows that followed while waking go back as well.
    shelf.run("""
        from crm_core.resource import undo
        from crm_core.resource.changes import Change
        import sqlalchemy as sa
        for change in db.scalars(sa.select(Change.id).where(Change.kind == "merge", Change.undone_by.is_(None)).order_by(Change.id.desc())).all():
            undo.ask(change)
    """)
    assert {name: row[2] for name, row in rows(shelf).items() if name != "same"} == {"of a": "1", "of d": "4"}


def test_what_was_undone_while_it_slept_is_undone_for_it_when_it_wakes(shelf: Shelf) -> None:
    shelf.put("visits", models=UNIQUE, plugin=ENABLED)
    shelf.ready("visits")
    shelf.run("""
        a, b = R("core.customer").write([{"name": n} for n in ("甲酒业", "乙酒业")])
        R("visits.thing").write([{"name": "of a", "customer": a}, {"name": "twice", "customer": a}, {"name": "twice", "customer": b}])
        from crm_core.resource.merging import merge
        merge(R("core.customer"), b, [a])
    """)
    assert (shelf.home / "conflicts").read_text() == "[(2,)]"
    shelf.crm("plugin", "disable", "visits")
    shelf.run("""
        from crm_core.resource import undo
        from crm_core.resource.changes import Change
        import sqlalchemy as sa
        undo.ask(db.scalars(sa.select(Change.id).where(Change.kind == "merge")).one())
    """)
    assert rows(shelf)["of a"][2] == "2"
    shelf.crm("plugin", "enable", "visits")
    assert rows(shelf)["of a"][2] == "1"


REFERS = MODELS.replace("        def __str__", '        order_id: Mapped[t.Id | None] = t.Ref("orders.thing", info={{"label": "Order"}})\n\n        def __str__')
ANN = """
    from crm_core.access.actor import load_actor
    from crm_core.data.session import acting_as
    ann = load_actor(site, db, 1)
"""


def test_a_field_that_points_at_what_sleeps_is_gone_and_what_it_holds_is_not(shelf: Shelf) -> None:
    shelf.put("orders")
    shelf.put("visits", models=REFERS)
    shelf.ready("orders", "visits")
    shelf.run("""
        (root,) = R("core.role").write([{"code": "root", "name": "root", "grants": [{"permission": "*", "scope": "all"}]}])
        R("core.user").write([{"login": "ann", "name": "Ann", "language": "en", "roles": [{"role": root}]}])
        R("orders.thing").write([{"name": "SO-1"}])
        R("visits.thing").write([{"name": "of it", "order": 1, "owner": 1}])
    """)
    seen = ANN + """
    with acting_as(ann):
        print("order" in R("visits.thing").fields(), R("visits.thing").get(1).order_id)
    """
    assert shelf.run(seen) == "True 1"
    assert shelf.crm("plugin", "disable", "orders").returncode == 0
    assert shelf.run(seen) == "False 1"
    shelf.run(ANN + """
    with acting_as(ann):
        R("visits.thing").write([{"id": 1, "name": "changed meanwhile"}])
    """)
    assert shelf.crm("plugin", "enable", "orders").returncode == 0
    assert shelf.run(seen) == "True 1"
