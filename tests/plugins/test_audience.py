"""For whom a plugin is: its faces are there for some departments and gone for all others, from one click to the next."""

from __future__ import annotations

import json

from tests.support.dist import PLUGIN, Shelf

FACES = PLUGIN + """
    import flask
    from crm_core.sdk import Action, Column, Listen, Panel, Setting, Settings, signed_in, translations
    _ = translations("{name}")

    class Own(Settings):
        label = "own"
        days: int = Setting(3, "Days", minimum=1, maximum=9)

    blueprint = flask.Blueprint("{name}", __name__)
    blueprint.add_url_rule("/{name}/hello", "hello", signed_in(lambda: f"days {Own.now().days}"))

    @hookimpl
    def register_settings():
        return [Own]

    @hookimpl
    def register_blueprints():
        return [blueprint]

    @hookimpl
    def register_actions():
        return [Action("greet", "Greet them", lambda row: None, on="core.customer")]

    @hookimpl
    def register_columns():
        return [Column("core.customer", "visits", "Visit count", lambda ids: dict.fromkeys(ids, 1))]
"""
# What somebody sees: the status of each address, and which words of the plugin stand on core's own pages.
LOOK = """
    import json, sys
    from crm_core.access.actor import load_actor
    from crm_core.access.models import User, SessionRow
    from crm_core.app import create_app
    import sqlalchemy as sa
    from tests.support.world import World
    from tests.support.worlds import Browser, Client, signed_in
    from crm_core.access import tokens
    app = create_app(site)
    token = lambda who: tokens.issue(who, "t", ["*"])[0]
    def look(login):
        who = db.scalar(sa.select(User.id).where(User.login == login))
        world = World(site, people={login: who})
        browser, api = signed_in(app, world, login), Client(app, token(who))
        pages = {path: browser("GET", path).status_code for path in ("/visits/thing", "/visits/thing/1", "/visits/hello", "/settings/visits")}
        pages |= {f"api{path}": api("GET", path).status_code for path in ("/visits/thing", "/visits/thing/1")}
        pages["act"] = api("POST", "/core/customer/1/greet").status_code
        record, index = browser("GET", "/core/customer/1").text, browser("GET", "/core/customer").text
        words = {"menu": "visits things" in index, "tab": "visits things" in record.partition("<main")[2], "button": "Greet them" in record,
                 "column": "Visit count" in index, "openapi": "visits" in api("GET", "/openapi.json").text}
        return pages, words
"""


def test_a_plugin_for_one_department_is_not_there_for_the_others(shelf: Shelf) -> None:
    shelf.put("visits", plugin=FACES)
    shelf.ready("visits")
    shelf.run("""
        dep, user, role = R("core.department"), R("core.user"), R("core.role")
        (house,) = dep.write([{"name": "house"}])
        north, south = dep.write([{"name": "north", "parent": house}, {"name": "south", "parent": house}])
        (below,) = dep.write([{"name": "below", "parent": north}])
        (able,) = role.write([{"code": "able", "name": "able", "grants": [{"permission": "*", "scope": "all"}]}])
        user.write([{"login": n, "name": n, "department": d, "roles": [{"role": able}]} for n, d in (("nan", north), ("ben", below), ("sue", south))])
        R("core.customer").write([{"name": "甲"}])
        R("visits.thing").write([{"name": "a visit", "customer": 1}])
    """)

    def seen(login: str) -> tuple[dict[str, int], dict[str, bool]]:
        pages, words = json.loads(shelf.work(f"{LOOK}\n    print(json.dumps(look({login!r})))"))
        return pages, words

    everything = seen("sue")
    assert set(everything[0].values()) == {200} and all(everything[1].values()), everything
    assert shelf.crm("plugin", "audience", "visits", "--department", "north").returncode == 0
    assert seen("nan") == everything == seen("ben")
    pages, words = seen("sue")
    assert set(pages.values()) == {404} and not any(words.values()), (pages, words)
    assert "north" in shelf.crm("plugin", "audience", "visits").stdout
    assert shelf.crm("plugin", "audience", "visits", "--everybody").returncode == 0
    assert seen("sue") == everything


def test_the_level_of_the_house_says_for_whom_a_new_plugin_is(shelf: Shelf) -> None:
    shelf.put("visits", table=False)
    home, branch, *by_level = shelf.run("""
        (house,) = R("core.department").write([{"name": "house"}])
        (branch,) = R("core.department").write([{"name": "branch", "parent": house}])
        (north,) = R("core.department").write([{"name": "north", "parent": branch}])
        from crm_core.features.setup.levels import House, Level, audience
        from crm_core.resource.settings import put
        found = [audience(north)]                      # nobody has chosen a level
        for level in ("enterprise", "collaborative", "department"):
            put(House, {"level": Level(level)})
            found.append(audience(north))
        print(north, branch, *found, audience(None), sep="|")
    """).split("|")
    assert by_level == ["[]", "[]", f"[{branch}]", f"[{home}]", "[]"]
    assert shelf.crm("plugin", "enable", "visits", "--for", home).returncode == 0
    assert "north" in shelf.crm("plugin", "audience", "visits").stdout
