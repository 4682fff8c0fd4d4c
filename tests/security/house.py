"""The house that is attacked: the company of `tests.support.world`, people of every kind of role, and of everything there
is one piece in each relation to them: one's own, a team's, the department's, a stranger's, deleted, merged into another.

The texts of each piece carry a mark (`CANARYSUE`, `TASKXSUE`): who may not read the piece must never meet its mark.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import flask
import sqlalchemy as sa

from crm_core.access import tokens
from crm_core.access.models import SessionRow, User
from crm_core.app import create_app, open_site
from crm_core.data.base import Model, table_of
from crm_core.data.session import writing
from crm_core.data.wall import UNSCOPED
from crm_core.features.files import api as attachments
from crm_core.features.messages.api import notify
from crm_core.kernel import clock, files
from crm_core.kernel.config import Config
from crm_core.kernel.install import prepare
from crm_core.kernel.jobs import later
from crm_core.kernel.keys import digest
from crm_core.kernel.models import OutboxRow
from crm_core.resource.exchange import running
from tests.bare.plugin import PACKAGE
from tests.support.second import second
from tests.support.world import World, canary
from tests.support.worlds import Browser, Client, signed_in

PLUGINS = (PACKAGE, second())
NOW = dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)  # it stands still: nothing is "seen" again, no page differs by a minute
MISSING = 987_654_321
_HIS = {f"core.{name}.read": "all" for name in ("region", "industry", "position", "tag", "user.brief")}
# What the role of hal hides from him: everything of his own customers and contacts but their names and whose they are.
HIDDEN = {
    "core.customer": ("kind", "code", "standing", "customer_kind", "ownership", "business_kind", "size", "source", "industry", "region", "postcode",
                      "phone", "mobile", "fax", "email", "website", "legal_representative", "note"),
    "core.contact": ("salutation", "sex", "birth_date", "age_told", "age_told_on", "position", "main", "phone", "mobile", "fax", "email", "postcode",
                     "bio", "invalid"),
}
# Beside those of the company: (department, roles, grants of a role of his own).
PEOPLE: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "sven": ("south", ("supervisor", "seller", "bare-subtree"), {}),
    "bea": ("head", (), {"core.customer.brief.read": "all"}),
    "hal": ("head", (), {**_HIS, "core.customer.*": "own", "core.customer.brief.read": "all", "core.task.*": "own"}),
    "dora": ("north", (), {"core.customer.read": "department", "core.customer.update": "department"}),
}
BARE = {f"bare-{scope}": {"bare.*": scope, "bare.thing.brief.read": "all"} for scope in ("own", "subtree")}
HELD = ["ann", "bob", "sue", "team", "sue-gone", "ann-gone", "ann-merged", "sue-merged"]
# What the world calls a key.
OURS = {"team": "harbour", "ann-gone": "ann-deleted", "sue-gone": "sue-deleted"}


@dataclass
class House:
    """The site, its application, who is signed in, and the ids of what lies in it: kind → key → id."""

    world: World
    app: flask.Flask
    records: dict[str, dict[str, int]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # ids that are no numbers: files
    secrets: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def id(self, kind: str, key: str) -> int | str:
        return MISSING if key == "missing" else self.names.get(f"{kind}:{key}") or self.records[kind][key]

    def browser(self, name: str) -> Browser:
        """Somebody at a browser; "" is a stranger. His session was begun when the house was built."""
        secret = self.secrets.get(name, "")
        token = self.world.site.keys.sign("csrf", f"session:{digest(secret)}") if secret else ""
        return Browser(self.app, secret, token)

    def client(self, name: str) -> Client:
        """Somebody who calls the API with the token of this name; "": without one."""
        return Client(self.app, self.tokens.get(name, name))


def build(url: str, home: Path, world: World) -> House:
    """Fill a copy of the company; everybody signs in and gets a token."""
    home.mkdir(mode=0o700, exist_ok=True)
    site = open_site(config=Config(site=home, database=url, language="en"), plugins=PLUGINS)
    prepare(site, backup=False)
    with site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn, conn.begin():
        Model.metadata.create_all(conn, tables=[t for n, t in Model.metadata.tables.items() if n.startswith("bare_")])
    found = World(site, **{k: dict(v) for k, v in vars(world).items() if isinstance(v, dict)})
    house = House(found, create_app(site))
    with clock.freeze(NOW):
        with site.system("tests"):
            _people(found)
        found.changed()
        with site.system("tests"):
            _records(house)
            _bare(house)
        _doings(house)
        _ways_in(house)
        found.changed()
    if site.engines.is_sqlite:
        site.engines.dispose()
        _small(str(site.engines.url.database))
    return house


def reopened(house: House, url: str, home: Path) -> House:
    """The same house on a copy of its database and with the same keys."""
    site = open_site(config=Config(site=home, database=url, language="en"), plugins=PLUGINS)
    world = World(site, **{k: v for k, v in vars(house.world).items() if isinstance(v, dict)})
    return House(world, create_app(site), house.records, house.names, house.secrets, house.tokens)


def _people(world: World) -> None:
    roles, users = world.site.registry.resource("core.role"), world.site.registry.resource("core.user")
    made = {**{name: grants for name, (_d, _r, grants) in PEOPLE.items() if grants}, **BARE}
    for code, grants in made.items():
        (world.roles[code],) = roles.write([{"code": f"x-{code}", "name": code, "grants": [
            {"permission": p, "scope": s} for p, s in grants.items()], "rules": [
            {"resource": resource, "field": name, "rule": "hidden"} for resource, names in HIDDEN.items() for name in names if code == "hal"]}])
    for name, (department, codes, grants) in PEOPLE.items():
        held = [*codes, *([name] if grants else [])]
        (world.people[name],) = users.write([{
            "login": name, "name": name.title(), "email": f"{name}@example.com", "department": world.departments[department],
            "roles": [{"role": world.roles[code]} for code in held],
        }])
    for name in ("ann", "bob", "sue", "nora"):
        codes = ("supervisor", "seller", "bare-subtree") if name == "nora" else ("user", "seller", "bare-own")
        users.write([{"id": world.people[name], "roles": [{"role": world.roles[code]} for code in codes]}])


def grant(house: House, code: str, grants: dict[str, str], *, without: tuple[str, ...] = ()) -> None:
    """A role of the house gets further grants, past everybody's rights; those on `without` are spelled out verb by verb."""
    verbs = ("read", "create", "update", "delete", "export", "import", "print", "assign", "tag", "untag")
    with house.world.site.system("tests"):
        lines = []
        for pattern, scope in grants.items():
            covers = any(name.startswith(pattern.removesuffix("*")) for name in without)
            lines += [{"permission": pattern.replace("*", verb), "scope": scope} for verb in (verbs if covers else ("*",))]
        house.world.site.registry.resource("core.role").write([{"id": house.world.roles[code], "grants": lines}])
    house.world.changed()


def _records(house: House) -> None:
    world, of = house.world, house.world.site.registry.resource
    customers, tasks = of("core.customer"), of("core.task")
    mine = house.records["core.customer"] = {key: world.customers[OURS.get(key, key)] for key in HELD if not key.endswith("merged")}
    house.records["core.contact"] = {key: world.contacts[OURS.get(key, key)] for key in mine}
    for owner in ("ann", "sue"):
        key = f"{owner}-merged"
        (mine[key],) = customers.write([{"name": f"北京{canary(key)}食品有限公司", "owner": world.people[owner],
                                         "department": world.departments["north" if owner == "ann" else "south"]}])
        with writing() as session:
            session.execute(sa.update(customers.table).where(customers.table.c.id == mine[key]).values(
                merged_into_id=mine[owner], deleted_at=clock.now()))
    house.records["core.task"] = {}
    for owner in ("ann", "bob", "sue", "sue-gone"):
        person = owner.partition("-")[0]
        (made,) = tasks.write([{
            "title": f"Call TASKX{owner.upper()}", "text": f"text of TASKX{owner.upper()}", "due": dt.date(2026, 11, 24),
            "owner": world.people[person], "subject": "core.customer", "subject_id": mine[person]}])
        house.records["core.task"][owner] = made
    tasks.delete([house.records["core.task"]["sue-gone"]])
    for name, title in (("plan", "title"), ("journal", "text")):
        row = {"span": "month", "begins": dt.date(2026, 11, 1)} if name == "plan" else {"day": dt.date(2026, 11, 20)}
        house.records[f"core.{name}"] = {one: of(f"core.{name}").write([{**row, title: f"Plan TASKX{one.upper()}", "owner": world.people[one]}])[0] for one in ("ann", "bob", "sue")}
    house.records["core.appointment"] = {one: of("core.appointment").write([{
        "title": f"Meet TASKX{one.upper()}", "begins": dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC), "owner": world.people[one]}])[0] for one in ("ann", "bob", "sue")}
    house.records["core.room"] = {"one": of("core.room").write([{"name": "Hall"}])[0]}
    house.records["core.message"] = {one: of("core.message").write([
        {"title": f"Held by {one}", "hold": True, "owner": world.people[one], "people": [world.people["bob"]]}])[0] for one in ("ann", "sue")}
    boxes = {"ann": {"owner": world.people["ann"]}, "sue": {"owner": world.people["sue"]}, "team": {"owner": world.people["sue"], "team": world.teams["harbour"]}}
    house.records["core.mail_account"] = {one: of("core.mail_account").write([
        {"name": f"Box of {one}", "address": f"{one}@example.com", "smtp_host": "127.0.0.1", "smtp_port": 1, **whose}])[0] for one, whose in boxes.items()}
    house.records["core.mail"] = {one: of("core.mail").write([
        {"title": f"Written by {one}", "hold": True, "receivers": "them@example.com", **whose}])[0]
        for one, whose in boxes.items()}
    (mine["hal"],) = customers.write([{"name": "Fields hidden from hal", "owner": world.people["hal"], "phone": "FORMER 1", "note": "FORMER 2"}])
    customers.write([{"id": mine["hal"], "phone": "010-1", "note": "now"}])
    contacts = of("core.contact")
    (house.records["core.contact"]["hal"],) = contacts.write([{"name": "Li Hidden", "customer": mine["hal"], "mobile": "FORMER 3", "bio": "FORMER 4"}])
    contacts.write([{"id": house.records["core.contact"]["hal"], "mobile": "010-2", "bio": "now"}])
    house.records["core.user"] = {n: world.people[n] for n in ("ann", "bob", "sue", "root")}
    house.records["core.department"] = dict(world.departments)
    house.records["core.team"] = {"harbour": world.teams["harbour"]}
    house.records["core.role"] = {"auditor": world.roles["auditor"]}
    for name in ("region", "industry", "position", "tag"):
        table = of(f"core.{name}").table
        with writing() as session:
            house.records[f"core.{name}"] = {"one": session.execute(sa.select(sa.func.min(table.c.id))).scalar_one()}
    for name in ("customer", "user", "department"):
        house.records[f"core.{name}.brief"] = dict(house.records[f"core.{name}"])
    house.records["core.note"], house.records["core.feedback"] = {}, {}


def _bare(house: House) -> None:
    of, people = house.world.site.registry.resource, house.world.people
    (shelf,) = of("bare.shelf").write([{"name": "shelf", "code": "S1"}])
    house.records["bare.shelf"] = {"one": shelf}
    for name in ("thing", "piece", "crumb", "pointer"):
        house.records[f"bare.{name}"] = {}
    for owner in ("ann", "bob", "sue", "sue-gone"):
        text, home = f"THINGX{owner.upper()}", {"owner": people[owner.partition("-")[0]]}
        (thing,) = of("bare.thing").write([{"name": f"thing of {text}", "hint": f"hint {text}", "note": f"note {text}", **home,
                                            "lines": [{"text": f"line {text}"}]}])
        (piece,) = of("bare.piece").write([{"name": f"piece {text}", "thing": thing}])
        (crumb,) = of("bare.crumb").write([{"name": f"crumb {text}", "piece": piece}])
        (pointer,) = of("bare.pointer").write([{"name": f"pointer {text}", "kept": thing, **home}])
        for name, made in (("thing", thing), ("piece", piece), ("crumb", crumb), ("pointer", pointer)):
            house.records[f"bare.{name}"][owner] = made
    of("bare.pointer").delete([house.records["bare.pointer"]["sue-gone"]])
    of("bare.thing").delete([house.records["bare.thing"]["sue-gone"]])
    house.records["bare.thing.brief"] = dict(house.records["bare.thing"])


def _doings(house: House) -> None:
    """What people do: notes, drafts, imports, jobs, files, messages, changes to take back."""
    world, site, records = house.world, house.world.site, house.records
    for kind in ("job", "import", "change", "notice", "session", "core.attachment"):
        records[kind] = {}
    for name in ("ann", "sue"):
        mine = records["core.customer"][name]
        with world.as_(name) as work:
            from crm_core.features.customers.notes import add_note

            records["core.note"][name] = add_note("core.customer", mine, f"note NOTEX{name.upper()}").id
            records["core.feedback"][name] = add_note("core.customer", mine, "told us", kind="feedback").id
            records["core.attachment"][name] = attachments.put("core.customer", mine, f"NOTEX{name.upper()}.txt", io.BytesIO(f"NOTEX{name.upper()}".encode())).id
            customers = site.registry.resource("core.customer")
            customers.write([{"id": mine, "legal_representative": f"Former NOTEX{name.upper()}"}])
            customers.write([{"id": mine, "legal_representative": f"Rep {canary(name)}"}])
            records["change"][name] = work.session.execute(sa.text("SELECT max(id) FROM core_change")).scalar_one()
            path = site.home / f"{name}.csv"
            path.write_text(f"name,phone,standing\nFirm IMPORTX{name.upper()},010-1234567,key\n北京{canary(name)}食品有限公司,,\n", "utf-8")
            records["import"][name] = running.begin(customers, f"IMPORTX{name.upper()}.csv", path).id
            with writing():
                records["job"][name] = later("core.export", {"resource": "core.customer", "state": [], "format": "csv"}, label=f"Export JOBX{name.upper()}")
            with files.part(site, f"{'0' * 31}{len(name)}{name}.part") as handle:
                handle.write(f"file FILEX{name.upper()}".encode())
            with writing():
                house.names[f"file:{name}"] = files.keep(
                    f"{'0' * 31}{len(name)}{name}.part", owner_id=world.people[name], name=f"FILEX{name.upper()}.csv", kind="text/csv",
                    permission="core.customer.export")
        with site.system("tests"):
            notify([world.people[name]], f"told NOTICEX{name.upper()}", source="tests")
    with site.system("tests"), writing() as session:
        for name, text in session.execute(sa.text("SELECT receiver_id, id FROM core_notice ORDER BY id")):
            records["notice"].update({n: text for n in ("ann", "sue") if world.people[n] == name})
        records["delivery"] = {"one": session.execute(sa.insert(table_of(OutboxRow)).values(
            listener="x", event="X", number=1, data="{}", key="x", state="parked", failures=1, claims=1, run_at=NOW, made_at=NOW,
        ).returning(OutboxRow.id)).scalar_one()}
        session.execute(sa.text("UPDATE core_job SET state = 'parked' WHERE name = 'core.export'"))


def _ways_in(house: House) -> None:
    """A session for everybody, one that has ended, one of somebody who was switched off; and tokens."""
    world, app = house.world, house.app
    with world.site.system("tests"), writing() as session:
        session.execute(sa.update(User).where(User.id == world.people["gone"]).values(active=True))
    world.changed()
    for name in world.people:
        with world.site.system("tests"):
            house.tokens[name] = tokens.issue(world.people[name], "all", ["*"])[0]
        house.secrets[name] = _cookie(signed_in(app, world, name))
    house.secrets["ended"] = _cookie(signed_in(app, world, "ann"))
    with world.site.system("tests"), writing() as session:
        house.tokens["narrow"] = tokens.issue(world.people["ann"], "narrow", ["core.customer.read"])[0]
        house.tokens["over"] = tokens.issue(world.people["ann"], "over", ["*"], NOW - dt.timedelta(hours=1))[0]
        session.execute(sa.update(User).where(User.id == world.people["gone"]).values(active=False))
        rows = table_of(SessionRow)
        session.execute(sa.update(rows).where(rows.c.digest == digest(house.secrets["ended"])).values(seen_at=NOW - dt.timedelta(hours=9)))
        session.execute(sa.text("UPDATE core_token SET seen_at = :now"), {"now": NOW.replace(tzinfo=None) if world.site.engines.is_sqlite else NOW})
        for name in ("ann", "sue"):
            house.records["session"][name] = session.execute(sa.select(rows.c.id).where(rows.c.digest == digest(house.secrets[name]))).scalar_one()
    house.secrets["disabled"], house.tokens["disabled"] = house.secrets.pop("gone"), house.tokens.pop("gone")


def _cookie(browser: Browser) -> str:
    found = browser.http.get_cookie("sid")
    assert found is not None
    return found.value


def _small(path: str) -> None:
    """The thousands of regions weigh more than all the rest, and all of it is looked at after each request."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("DELETE FROM core_region WHERE id > 40")
        conn.execute("DELETE FROM core_search WHERE resource = 'core.region'")
        conn.execute("INSERT INTO core_search_fts(core_search_fts) VALUES ('rebuild')")
        conn.execute("VACUUM")
