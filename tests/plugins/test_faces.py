"""The faces a plugin puts up beside its records: reports, cards, lines on time lines, settings, papers, panels with templates."""

from __future__ import annotations

import json

from tests.support.dist import PLUGIN, Shelf

FACES = PLUGIN + """
    import sqlalchemy as sa
    from crm_core.sdk import Card, Menu, Panel, PrintTemplate, Report, Setting, Settings, Timeline, count_by, session, translations
    _ = translations("{name}")

    class Own(Settings):
        label = "Visits"
        greeting: str = Setting("hello", "Greeting")
        days: int = Setting(3, "Days", minimum=1, maximum=9)
        loud: bool = Setting(False, "Loud")

    def boxed(row_id):
        return {"words": [thing.name for thing in session.scalars(sa.select(Thing).where(Thing.customer_id == row_id))]}

    @hookimpl
    def register_settings():
        return [Own]

    @hookimpl
    def register_reports():
        return [Report("owners", "Visits by owner", of=Things, query=count_by("owner_id")),
                Report("most", "Most", of=Things, query=lambda rows: sa.select(rows.c.owner_id, sa.func.max(rows.c.customer_id).label("n")).group_by(rows.c.owner_id)),
                Report("first", "First", of=Things, query=lambda rows: sa.select(rows.c.owner_id, sa.func.count()).where(rows.c.customer_id == 1).group_by(rows.c.owner_id)),
                Report("sly", "Sly", of=Things, query=lambda rows: sa.select(sa.table("core_customer", sa.column("name")).c.name, sa.func.count()))]

    @hookimpl
    def register_cards():
        return [Card("owners", "Visits by owner", of=Things, query=count_by("owner_id"), chart="line")]

    @hookimpl
    def register_timeline():
        return [Timeline(of=Things, via="customer", words=_("visited"))]

    @hookimpl
    def register_panels():
        return [Panel("core.customer", "words", "Words", boxed, "{name}/words.html")]

    @hookimpl
    def register_print_templates():
        return [PrintTemplate("core.customer", "letter", "A letter", "{name}/letter.html", lambda row: {"greeting": Own.now().greeting})]
"""
LOOK = """
    import json
    import sqlalchemy as sa
    from crm_core.access.models import User
    from crm_core.app import create_app
    from tests.support.world import World
    from tests.support.worlds import signed_in
    world = World(site, people={u.login: u.id for u in db.scalars(sa.select(User))})
    app = create_app(site)
    def get(who, path):
        return signed_in(app, world, who)("GET", path)
"""


def test_the_faces_of_a_plugin(shelf: Shelf) -> None:
    home = shelf.put("visits", plugin=FACES)
    (home / "templates" / "visits").mkdir(parents=True)
    (home / "templates" / "visits" / "words.html").write_text("<p>{{ _('seen') }}: {% for w in words %}{{ w }}{% endfor %}</p>")
    (home / "templates" / "visits" / "letter.html").write_text("<p>{{ greeting }}, {{ record.name }} {{ fields.name.label }}</p>")
    shelf.ready("visits")
    shelf.run("""
        (house,) = R("core.department").write([{"name": "house"}])
        roles = R("core.role").write([{"code": s, "name": s, "grants": [{"permission": p, "scope": s} for p in ("visits.*", "core.customer.*")]} for s in ("all", "own")])
        (blind,) = R("core.role").write([{"code": "blind", "name": "blind", "grants": [{"permission": "visits.*", "scope": "all"}],
                                          "rules": [{"resource": "visits.thing", "field": "customer", "rule": "hidden"}]}])
        (root,) = R("core.role").write([{"code": "root", "name": "root", "grants": [{"permission": "*", "scope": "all"}]}])
        ids = R("core.user").write([{"login": n, "name": f"{n} whole", "department": house, "roles": [{"role": r}]} for n, r in (("all", roles[0]), ("own", roles[1]), ("root", root), ("blind", blind))])
        R("core.customer").write([{"name": "甲", "owner": ids[1]}, {"name": "乙", "owner": ids[0]}])
        R("visits.thing").write([{"name": "<b>one</b>", "customer": 1, "owner": ids[0]}, {"name": "two", "customer": 1, "owner": ids[1]}, {"name": "three", "customer": 2, "owner": ids[0]}])
    """)
    found = json.loads(shelf.work(f"""{LOOK}
    report = get("all", "/reports/visits.owners").text
    print(json.dumps({{
        "numbers": [">2<" in report, ">1<" in report, "/visits/thing?owner.any=" in report, "all whole" in report],
        "narrow": [">2<" in get("own", "/reports/visits.owners").text, get("own", "/reports").status_code],
        "hidden": ["无法显示" in get(who, "/reports/visits." + name).text for who in ("blind", "blind", "blind", "blind", "all") for name in ("most", "first")],
        "sly": "无法显示" in get("all", "/reports/visits.sly").text,
        "card": [get("all", "/cards/visits.owners").status_code, "/cards/visits.owners" in get("all", "/").text],
        "line": ["visited" in get("all", "/core/customer/1").text, get("own", "/core/customer/1").text.count("visited")],
        "panel": get("all", "/core/customer/1/panel/words").text.partition("seen: ")[2][:30],
        "letter": "hello, 甲" in get("all", "/core/customer/1/print/letter").text,
        "button": "print/letter" in get("all", "/core/customer/1").text,
        "settings": [get("root", "/settings/visits").status_code, get("all", "/settings/visits").status_code],
    }}))"""))
    assert found["numbers"] == [True, True, True, True]
    assert found["narrow"] == [False, 200], "a report counts what its reader may see"
    assert found["hidden"] == [True] * 8 + [False] * 2, "nothing is summed up or chosen by a field that is hidden from its reader; others see it all the same"
    assert found["sly"], "rows it helps itself to stop at the wall"
    assert found["card"] == [200, True]
    assert found["line"] == [True, 1], "the line of a record one may not know is not there"
    assert found["panel"].startswith("&lt;b&gt;one&lt;/b&gt;two")
    assert found["letter"] and found["button"]
    assert found["settings"] == [200, 403]


def test_settings_hold_for_the_house_a_department_and_what_lies_below(shelf: Shelf) -> None:
    shelf.put("visits", plugin=FACES, table=True)
    shelf.ready("visits")
    said = shelf.work("""
    from crm_core.data.session import writing
    from crm_visits.plugin import Own
    from crm_core.resource.settings import put
    with writing():
        (top,) = R("core.department").write([{"name": "top"}])
        (mid,) = R("core.department").write([{"name": "mid", "parent": top}])
        (low,) = R("core.department").write([{"name": "low", "parent": mid}])
    def now():
        return [Own.now(one).days for one in (None, top, mid, low)]
    def told():
        made.info.clear()
        print(*now())
    told()
    put(Own, {"days": 5, "greeting": "hi", "loud": True}); told()
    put(Own, {"days": 7}, mid); told()
    print(Own.now(low).greeting, Own.now(low).loud)
    put(Own, None, mid); told()
    try:
        Own.fields()["days"].parse("99")
    except ValueError as error:
        print("refused")
    """).splitlines()
    assert said == ["3 3 3 3", "5 5 5 5", "5 5 7 7", "hi True", "5 5 5 5", "refused"]
