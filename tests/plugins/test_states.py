"""The states of a plugin, by the command: available → active → switched off; failed and blocked with the reason."""

from __future__ import annotations

from tests.support.dist import Shelf

HOOK = "from crm_core.sdk import Permission, hookimpl\n@hookimpl\n"
# How a plugin that was switched on can break, and what is said of it.
FAULTS = {
    "raises": ("raise RuntimeError('boom')", "boom"),
    "leaves": ("import sys; sys.exit(3)", "SystemExit"),
    "misspells": (HOOK + "def register_menus(): return []", "register_menus"),
    "argues": (HOOK + "def register_menu(wrong): return []", "wrong"),
    "lies": (HOOK + "def register_menu(): return 7", "must return a list"),
    "kills": ("import os; os._exit(9)", "while this plugin was being loaded"),
}


def test_a_plugin_is_switched_on_off_and_on_again(any_shelf: Shelf) -> None:
    shelf = any_shelf
    shelf.put("visits")
    refused = shelf.crm("plugin", "enable", "visits")
    assert refused.returncode == 1 and "crm plugin migrate visits" in refused.stderr
    assert shelf.standing() == {"visits": ("available", "")}
    shelf.ready("visits")
    assert shelf.standing()["visits"][0] == "active"
    assert shelf.crm("plugin", "disable", "visits").returncode == 0
    assert shelf.standing()["visits"][0] == "disabled"
    assert shelf.crm("plugin", "disable", "visits").returncode == 1
    assert shelf.crm("plugin", "enable", "visits").returncode == 0
    assert shelf.crm("db", "check").returncode == 0


def test_what_is_required_comes_along_and_goes_along(shelf: Shelf) -> None:
    shelf.put("low", table=False)
    shelf.put("top", requires=("low>=1",), table=False)
    assert "low" in shelf.crm("plugin", "enable", "top").stdout
    refused = shelf.crm("plugin", "disable", "low")
    assert refused.returncode == 1 and "top" in refused.stderr
    assert {n: s for n, (s, _r) in shelf.standing().items()} == {"low": "active", "top": "active"}
    assert shelf.crm("plugin", "disable", "low", "--with-others").returncode == 0
    assert {n: s for n, (s, _r) in shelf.standing().items()} == {"low": "disabled", "top": "disabled"}


def test_those_that_broke_are_named_and_the_others_serve(shelf: Shelf) -> None:
    shelf.put("good", table=False)
    homes = {name: shelf.put(name, table=False) for name in FAULTS}
    shelf.put("worse", requires=("raises",), table=False)
    assert shelf.crm("plugin", "enable", "good", "worse", *FAULTS).returncode == 0
    for name, (code, _said) in FAULTS.items():
        (homes[name] / "plugin.py").write_text(code, encoding="utf-8")
    assert shelf.crm("db", "status").returncode == 9  # one takes the process along, and is known by that afterwards
    found = shelf.standing()
    assert found["good"][0] == "active"
    assert found["worse"][0] == "blocked" and "raises" in found["worse"][1]
    for name, (_code, said) in FAULTS.items():
        assert found[name][0] == "failed" and said in found[name][1], name
        (homes[name] / "plugin.py").write_text("", encoding="utf-8")
    assert shelf.crm("plugin", "enable", *FAULTS).returncode == 0
    assert {s for s, _r in shelf.standing().values()} == {"active"}


def test_what_is_only_being_tried_changes_nothing_when_it_fails(shelf: Shelf) -> None:
    shelf.put("first", table=False, plugin=HOOK + "def register_permissions(): return [Permission('see', 'See')]")
    tries = {
        "boom": ("raise RuntimeError('boom')", "boom"),
        "taker": (HOOK + "def register_permissions(): return [Permission('first.see', 'See')]", "claimed twice"),
        "stray": (HOOK + "def register_blueprints(): return [b]\nimport flask\nfrom crm_core.sdk import signed_in\nb = flask.Blueprint('o', __name__)\n"
                  "b.add_url_rule('/customers/x', 'x', signed_in(lambda: ''))", "/stray/"),
        "open": (HOOK + "def register_blueprints(): return [b]\nimport flask\nb = flask.Blueprint('o', __name__, url_prefix='/open')\n"
                 "b.add_url_rule('/x', 'x', lambda: '')", "without @access"),
    }
    assert shelf.crm("plugin", "enable", "first").returncode == 0
    for name, (code, said) in tries.items():
        shelf.put(name, table=False, plugin=code)
        done = shelf.crm("plugin", "enable", name)
        assert done.returncode == 1 and said in done.stderr and name in done.stderr, done.stderr
    assert {n: s for n, (s, _r) in shelf.standing().items()} == {"first": "active", **dict.fromkeys(tries, "available")}


def test_two_distributions_with_one_name_are_both_named(shelf: Shelf) -> None:
    shelf.put("visits", table=False)
    shelf.declare("visits", "crm_other", "another-visits")
    state, reason = shelf.standing()["visits"]
    assert state == "failed" and "crm-visits" in reason and "another-visits" in reason
    assert shelf.crm("plugin", "enable", "visits").returncode == 1


def test_a_class_of_others_is_not_patched(shelf: Shelf) -> None:
    shelf.put("visits", models="""
        import sqlalchemy as sa
        from sqlalchemy.orm import Mapped, mapped_column, relationship
        from crm_core.sdk import Customer, Model, Owned, t

        class Thing(Owned, Model):
            __tablename__ = "{name}_thing"
            name: Mapped[t.Name]
            customer_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_customer.id", ondelete="RESTRICT"))
            customer: Mapped[Customer] = relationship(backref="things")
    """)
    done = shelf.crm("plugin", "migrate", "visits")
    assert done.returncode == 1 and "things onto Customer" in done.stderr


def test_a_bridge_is_loaded_while_both_are_there_and_its_fault_is_its_own(shelf: Shelf) -> None:
    shelf.put("sales", table=False)
    home = shelf.put("service", enhances=("sales",), table=False, bridges__sales="")
    assert shelf.crm("plugin", "enable", "service", "sales").returncode == 0
    (home / "bridges" / "sales.py").write_text("raise RuntimeError('bridge down')", encoding="utf-8")
    found = shelf.standing()
    assert found["service"][0] == found["sales"][0] == "active"
    assert found["service+sales"][0] == "failed" and "bridge down" in found["service+sales"][1]
