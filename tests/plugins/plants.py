"""Faults planted into the plugin that `crm plugin new visits` writes, one for each way a check can find one. The faulty line
ends with `# here`, or the file is faulty as a whole. Those of one group stand in one plugin and are all found together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent


@dataclass(frozen=True)
class Plant:
    group: str
    check: str
    says: str
    file: str
    old: str = ""  # what is replaced; without it, `new` goes to the end
    new: str = ""
    head: str = ""  # goes before `new`, once a group

    def line(self, home: Path) -> int | None:
        """Where the faulty line stands; None when the file is faulty as a whole."""
        marked = [line.strip() for line in self.new.splitlines() if "# here" in line]
        lines = (home / self.file).read_text("utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if line.strip().endswith(marked[0])) if marked else None


def put(plants: Iterable[Plant], home: Path) -> None:
    heads: set[str] = set()
    own = home / "crm_visits/templates/visits"
    own.mkdir(parents=True, exist_ok=True)
    (own / "latest.html").write_text("{{ n }}", "utf-8")
    for plant in plants:
        path = home / plant.file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text("utf-8") if path.exists() else ""
        if plant.old:
            assert plant.old in text, f"{plant.old!r} stands no more in {path.name}"
            text = text.replace(plant.old, plant.new)
        else:
            text += dedent(plant.head if plant.head not in heads else "") + dedent(plant.new)
            heads.add(plant.head)
        path.write_text(text, "utf-8")


LINK = 't.Link("core.customer", _("Customer"))'
BLUEPRINT = """
    import flask
    from crm_core.sdk import public, session, signed_in, site
    from crm_visits.models import Visit
    from sqlalchemy import select
    pages = flask.Blueprint("visits_pages", __name__)
    @hookimpl
    def register_blueprints():
        return [pages]
"""
PANEL = """
    from crm_core.sdk import Panel, Report, session, site
    from sqlalchemy import func, select
    from crm_visits.models import Visit, _
    from crm_visits.resources import Visits
    @hookimpl
    def register_panels():
        return [Panel("core.customer", "latest", _("Visits"), latest, "visits/latest.html")]
"""
COLUMN = """
    from crm_core.sdk import Column, session, site
    from sqlalchemy import func, select
    from crm_visits.models import Visit, _
    @hookimpl
    def register_columns():
        return [Column("core.customer", "visits", _("Visits"), counts)]
"""
LISTEN = """
    import dataclasses
    from crm_core.sdk import Event, Listen, emit, session
    from crm_visits.models import Visit
    @dataclasses.dataclass(frozen=True)
    class VisitSeen(Event):
        ids: tuple[int, ...]
    @hookimpl
    def register_listeners():
        return [Listen(VisitSeen, note)]
"""

PLANTS = {
    "a hook without its mark": Plant("files", "hooks", "register_menu", "crm_visits/plugin.py", new="\n\ndef register_menu():  # here\n    return []\n"),
    "a hook that is misspelt": Plant("files", "hooks", "“register_panels” may be meant", "crm_visits/plugin.py", new="\n\n@hookimpl\ndef register_panles():  # here\n    return []\n"),
    "a template beside its folder": Plant("files", "templates", "visit.html", "crm_visits/templates/visit.html", new="{{ page }}"),
    "a template of others": Plant("files", "templates", "record.html", "crm_visits/plugin.py", head=BLUEPRINT, new="""
    @pages.get("/visits/x")
    @signed_in
    def x():
        return flask.render_template("record.html")  # here
    """),
    "a text that is not marked": Plant("files", "texts", "'Visits' is not marked", "crm_visits/resources.py", 'label, singular = _("Visits"), _("Visit")',
                                       'label, singular = "Visits", _("Visit")  # here'),
    "a text without Chinese": Plant("files", "texts", "“Somewhere” has no Chinese", "crm_visits/models.py", '_("Day")', '_("Somewhere")', ),
    "a word in a template": Plant("files", "texts", "'Hello'", "crm_visits/templates/visits/x.html", new="<p\n  class='{{ x }}'>{{ y }}\nHello</p>"),
    "a refusal that is not marked": Plant("files", "texts", "not yet", "crm_visits/models.py", new="""
    def refuse():
        from crm_core.sdk import Refused
        raise Refused("not yet")  # here
    """),
    "a refusal put together": Plant("files", "texts", "row.name", "crm_visits/models.py", new="""
    def refuse_by_name(row):
        raise Refused(f"{row.name} is closed")  # here
    """),
    "words of an enum that are not marked": Plant("files", "texts", "'Planned'", "crm_visits/models.py", new="""
    INFO = {"label": _("Name"), "labels": {"planned": "Planned"}}  # here
    """),
    "templates of somewhere else": Plant("files", "templates", "../elsewhere", "crm_visits/plugin.py", new="""
    other = flask.Blueprint("visits_others", __name__, template_folder="../elsewhere")  # here
    """),
    "a table with the name of others": Plant("table", "loading", "other_thing", "crm_visits/models.py", new="""
    class Thing(Owned, Model):  # here
        __tablename__ = "other_thing"
    """),
    "a name that core has": Plant("taken", "loading", "claimed twice", "crm_visits/plugin.py", new="""
    from crm_core.sdk import Job
    @hookimpl
    def register_jobs():
        return [Job("core.tidy", print)]  # here
    """),
    "an import that fails": Plant("broken", "loading", "No module named", "crm_visits/plugin.py", new="import nowhere_at_all  # here\n"),
    "an icon that is not there": Plant("names", "icons", "banana", "crm_visits/plugin.py", new="""
    from crm_core.sdk import Menu
    from crm_visits.models import _
    @hookimpl
    def register_menu():
        return [Menu(_("Later"), "/visits/visit", icon="banana", permission="visits.visit.read")]  # here
    """),
    "an event that is not there": Plant("event", "loading", "has no “RecordsChange”; it has RecordsChanged", "crm_visits/bridges/visits.py", new="""
    from crm_core.sdk import RecordsChange  # here
    """),
    "a listener of a name": Plant("heard", "loading", "'VisitSeen', which is no event", "crm_visits/plugin.py", new="""
    from crm_core.sdk import Listen
    def heard(event):  # here
        pass
    @hookimpl
    def register_listeners():
        return [Listen("VisitSeen", heard)]
    """),
    "a schedule that is none": Plant("schedule", "loading", "no schedule: 'daily at 8'", "crm_visits/plugin.py", new="""
    from crm_core.sdk import Job
    @hookimpl
    def register_jobs():
        return [Job("tidy", print, every="daily at 8")]  # here
    """),
    "a field that is not there": Plant("misspelt", "spelling", "no field “custmer”; “customer” may be meant", "crm_visits/resources.py",
                                       'columns = "name", "customer", "day", "owner"', 'columns = "name", "custmer", "day", "owner"  # here'),
    "a word that a resource does not have": Plant("misspelt", "spelling", "“importable” may be meant", "crm_visits/resources.py", "importable = True", "importble = True  # here"),
    "a section that is not there": Plant("misspelt", "spelling", "no section “custumers”", "crm_visits/resources.py", 'menu = "customers"', 'menu = "custumers"  # here'),
    "a slot that is not there": Plant("misspelt", "spelling", "no resource “core.custmer”", "crm_visits/plugin.py", new="""
    from crm_core.sdk import Related, RoleTemplate
    @hookimpl
    def register_panels():
        return [Related("core.custmer", Visits)]  # here
    """),
    "a box that tells of a field that is not there": Plant("misspelt", "spelling", "“shows” of last: there is no field “core.customer.nmae”; “name” may be meant", "crm_visits/plugin.py", new="""
    from crm_core.sdk import PrintTemplate
    @hookimpl
    def register_print_templates():
        return [PrintTemplate("core.customer", "last", "", "visits/latest.html", shows=("core.customer.nmae",))]  # here
    """),
    "a column whose fields are a text": Plant("misspelt", "spelling", "“shows” of lately is a list of names: (“core.customer.name”,)", "crm_visits/plugin.py", new="""
    from crm_core.sdk import Column
    @hookimpl
    def register_columns():
        return [Column("core.customer", "lately", "", print, shows=("core.customer.name"))]  # here
    """),
    "a field without a label": Plant("misspelt", "spelling", "“day” of visits.visit has no label", "crm_visits/models.py", 'mapped_column(info={"label": _("Day")})', "mapped_column()  # here"),
    "a right that is not there": Plant("misspelt", "spelling", "no right “visits.vist.*”", "crm_visits/plugin.py", new="""
    @hookimpl
    def register_roles():
        return [RoleTemplate("user", "", {"visits.vist.*": "own"}),  # here
                RoleTemplate("supervisor", "", {"visits.visit.*": "own"})]
    """),
    "a reach that is not there, and a right of a plugin that is not here": Plant(
        "misspelt", "spelling", "not for “subtre”; “subtree” may be meant", "crm_visits/plugin.py", '"supervisor", "", {"visits.visit.*": "own"})]',
        '"supervisor", "", {"visits.visit.*": "subtre", "sales.order.read": "own"})]  # here'),
    "a reference to nothing": Plant("misspelt", "spelling", "no resource “core.product_catgory”", "crm_visits/models.py", "    note:",
                                    '    of_id: Mapped[t.Id | None] = t.Ref("core.product_catgory", info={"label": _("Name")})  # here\n    note:'),
    "an action of others": Plant("action", "loading", "assign", "crm_visits/plugin.py", new="""
    from crm_core.sdk import Action
    from crm_visits.models import _
    @hookimpl
    def register_actions():
        return [Action("assign", _("Assign"), print, on="core.customer")]  # here
    """),
    "a column called like a field": Plant("column", "loading", "phone", "crm_visits/plugin.py", new="""
    from crm_core.sdk import Column
    from crm_visits.models import _
    @hookimpl
    def register_columns():
        return [Column("core.customer", "phone", _("Phone"), dict)]  # here
    """),
    "two events of one name": Plant("events", "loading", "Seen", "crm_visits/plugin.py", new="""
    import dataclasses
    from crm_core.sdk import Event, Listen
    def made():
        @dataclasses.dataclass(frozen=True)
        class Seen(Event):
            ids: tuple[int, ...]
        return Seen
    @hookimpl
    def register_listeners():
        return [Listen(made(), print, name="one"), Listen(made(), print, name="other")]
    """),
    "an act that every record has": Plant("names", "names", "assign", "crm_visits/resources.py", "    importable = True", """    importable = True
    actions = (__import__("crm_core.sdk", fromlist=["sdk"]).Action("assign", _("Assign"), print),)  # here"""),
    "a key that deletes": Plant("cascade", "keys", "CASCADE", "crm_visits/models.py", LINK,
                                'mapped_column(__import__("sqlalchemy").ForeignKey("core_customer.id", ondelete="CASCADE"), info={"label": _("Customer")})  # here'),
    "a key that says nothing": Plant("cascade", "keys", "NO ACTION", "crm_visits/models.py", "    note:",
                                     '    other_id: Mapped[t.Id | None] = mapped_column(__import__("sqlalchemy").ForeignKey("core_customer.id"), info={"label": _("Customer")})  # here\n    note:'),
    "money as a float": Plant("money", "money", "Float", "crm_visits/models.py", "    note:",
                              '    price: Mapped[float | None] = mapped_column(__import__("sqlalchemy").Float(), info={"label": _("Day")})  # here\n    note:'),
    "a column without a migration": Plant("migrations", "migrations", "place", "crm_visits/models.py", "    note:", '    place: Mapped[t.Line | None] = mapped_column(info={"label": _("Day")})  # here\n    note:'),
    "a route that says nothing of access": Plant("routes", "routes", "/visits/open", "crm_visits/plugin.py", head=BLUEPRINT, new="""
    @pages.get("/visits/open")  # here
    def open_to_whom():
        return "hello"
    """),
    "a route elsewhere": Plant("routes", "routes", "/elsewhere/x", "crm_visits/plugin.py", head=BLUEPRINT, new="""
    @pages.get("/elsewhere/x")  # here
    @signed_in
    def x():
        return "hello"
    """),
    "a page that breaks": Plant("faces", "faces", "ZeroDivisionError", "crm_visits/plugin.py", head=BLUEPRINT, new="""
    @pages.get("/visits/x")
    @signed_in
    def x():
        return str(1 / 0)  # here
    """),
    "a panel that fails": Plant("faces", "faces", "KeyError", "crm_visits/plugin.py", head=PANEL, new="""
    def latest(customer):
        return {"n": {}["nothing"]}  # here
    """),
    "a column that counts as the house": Plant("house", "scope", "core.customer: visits", "crm_visits/plugin.py", head=COLUMN, new="""
    def counts(ids):  # here
        with site().system("column") as work:
            query = select(Visit.customer_id, func.count()).where(Visit.customer_id.in_(ids)).group_by(Visit.customer_id)
            return dict(work.session.execute(query).all())
    """),
    "a panel that counts as the house": Plant("house", "scope", "core.customer: latest", "crm_visits/plugin.py", head=PANEL, new="""
    def latest(customer):  # here
        with site().system("panel") as work:
            return {"n": work.session.scalar(select(func.count()).select_from(Visit).where(Visit.customer_id == customer))}
    """),
    "a report of all": Plant("house", "scope", "report: visits.all", "crm_visits/plugin.py", head=PANEL, new="""
    @hookimpl
    def register_reports():
        return [Report("all", _("Visits"), of=Visits, query=everyones)]
    def everyones(rows):  # here
        with site().system("report") as work:
            n = work.session.scalar(select(func.count()).select_from(Visit))
        return select(rows.c.owner_id, func.count() + n).group_by(rows.c.owner_id)
    """),
    "a page that shows the records of others": Plant("house", "scope", "/visits/all", "crm_visits/plugin.py", head=BLUEPRINT, new="""
    @pages.get("/visits/all")  # here
    @signed_in
    def everything():
        with site().system("page") as work:
            return " ".join(v.name for v in work.session.scalars(select(Visit)))
    """),
    "a column that asks for each row": Plant("rows", "statements", "core.customer: visits", "crm_visits/plugin.py", head=COLUMN, new="""
    def counts(ids):  # here
        return {i: session.scalar(select(func.count()).select_from(Visit).where(Visit.customer_id == i)) for i in ids}
    """),
    "a page that asks for each row": Plant("rows", "statements", "/visits/names", "crm_visits/plugin.py", head=BLUEPRINT, new="""
    @pages.get("/visits/names")  # here
    @signed_in
    def names():
        return " ".join(session.scalar(select(Visit.name).where(Visit.id == i)) for i in session.scalars(select(Visit.id)).all())
    """),
    "a listener that adds": Plant("house", "listeners", "delivered twice", "crm_visits/plugin.py", head=LISTEN, new="""
    def note(event):  # here
        for visit in session.scalars(select(Visit).where(Visit.id.in_(event.ids))):
            visit.note = f"{visit.note}!"
    from sqlalchemy import select
    """),
    "a listener that fails": Plant("rows", "listeners", "KeyError", "crm_visits/plugin.py", head=LISTEN, new="""
    def note(event):  # here
        raise KeyError("x")
    """),
}
