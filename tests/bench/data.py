"""The data set: customers, two contacts each, five entries of the time line each; made once for each engine and size.

Rows are composed, not written one by one through the product: a million customers in minutes. The search documents are
those the product would make (a sample is compared with `search.document`), and every index is built after the rows.
"""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.wall import UNSCOPED
from crm_core.kernel.site import Site
from crm_core.resource import search
from crm_core.text import companies, pinyin, tokens

BEGAN = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
PLACES = ["四川", "贵州", "广西", "宁夏", "浙江", "云南", "安徽", "山西", "山东", "河南", "湖南", "上海", "成都", "天津", "陕西", "新疆", "北京", "广州"]
CORES_A = ["云", "赤", "甘", "贺", "古", "红", "徽", "汾", "海", "中", "湘", "锦", "渤", "西", "秦", "天", "恒", "博", "金", "长"]
CORES_B = ["岭", "溪", "源", "兰", "越", "河", "醇", "水", "岱", "州", "江", "里", "海", "部", "川", "池", "信", "雅", "泉", "春"]
CORES_C = ["春", "坊", "脊", "泉", "谷", "清", "香", "和", "丰", "达"]
TRADES = ["酒业有限公司", "酒业股份有限公司", "糖业集团有限公司", "酒庄有限公司", "商贸有限公司", "包装制品有限公司", "葡萄酒业有限公司", "食品科技有限公司"]
LATIN = ("Quantum Robotics", "Blue River Foods", "Northern Sugar", "Golden Vine Imports")
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
DEPARTMENTS, OWNERS = 400, 400
CHUNK = 20_000
BEYOND = 100_000  # keys of the documents of people and departments lie below


NAMES, PERSONS = 50_000, 8_000  # different ones; composing a name's keys and tokens is what takes the time


class Maker:
    """Rows of the set, the same for the same size."""

    def __init__(self, site: Site, size: int) -> None:
        self.site, self.size = site, size
        self.random = r = random.Random(size)
        self.names = [self.known(self.company(i), person=False) for i in range(min(NAMES, max(1_000, size // 10)))]
        self.persons = [self.known(r.choice(FAMILY) + r.choice(GIVEN) + r.choice(GIVEN), person=True) for _n in range(PERSONS)]
        self.tokens: dict[str, str] = {}

    def company(self, i: int) -> str:
        r = self.random
        if i % 50 == 0:
            return f"{r.choice(LATIN)} {i}"
        return r.choice(PLACES) + r.choice(CORES_A) + r.choice(CORES_B) + r.choice(CORES_C) + r.choice(TRADES)

    def known(self, name: str, *, person: bool) -> tuple[str, str, str]:
        """A name with its sort key and match key."""
        return name, pinyin.sort_key(name, name=person), "" if person else companies.company_key(name)[:200]

    def name_tokens(self, name: str) -> str:
        found = self.tokens.get(name)
        if found is None:
            found = self.tokens[name] = " ".join(tokens.document([], names=[name]))
        return found

    def document(self, resource: Any, row: dict[str, Any]) -> str:
        """What `search.document` would say, from parts that are known."""
        parts = [self.name_tokens(row["name"])]
        for name in ("phone", "mobile"):
            if row.get(name) and name in resource.search:
                parts.append(" ".join(tokens.document([], phones=[row[name]])))
        if row.get("code") and "code" in resource.search:
            parts.append(" ".join(tokens.document([row["code"]])))
        words = dict.fromkeys(" ".join(parts).split(" "))
        return " ".join([*words, search.kind_token(resource.name), f"o_{row['owner_id']}", f"d_{row['department_id']}"])

    def customers(self) -> Iterator[dict[str, Any]]:
        r = self.random
        for i in range(1, self.size + 1):
            # The first owner has 5,000 of a million, the next department thirty rows, the rest is spread.
            owner = 1 if i % 200 == 0 else 3 + r.randrange(OWNERS - 3)
            department = 2 if i <= 30 else 3 + (owner % (DEPARTMENTS - 3))
            (name, key, match), phone = r.choice(self.names), f"1{r.choice('3578')}{r.randrange(10**9):09d}"
            moment = BEGAN + dt.timedelta(seconds=i * 60)
            yield {
                "id": i, "public_id": f"{i:032x}", "version": 1, "created_at": moment, "updated_at": moment, "owner_id": owner,
                "department_id": department, "kind": "company", "name": name, "name_key": key,
                "match_key": match, "code": f"KH-{i:07d}",
                "standing": r.choices(("potential", "customer", "key", "lost"), (60, 30, 5, 5))[0], "phone": phone, "phone_key": phone,
            }

    def contacts(self, customers: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        r = self.random
        for c in customers:
            for n in range(2):
                (name, key, _match), mobile = r.choice(self.persons), f"1{r.choice('3578')}{r.randrange(10**9):09d}"
                yield {
                    "id": c["id"] * 2 - 1 + n, "public_id": f"c{c['id'] * 2 + n:031x}", "version": 1, "created_at": c["created_at"],
                    "updated_at": c["updated_at"], "owner_id": c["owner_id"], "department_id": c["department_id"],
                    "customer_id": c["id"], "name": name, "name_key": key, "main": n == 0,
                    "mobile": mobile, "mobile_key": mobile, "invalid": False,
                }

    def entries(self, customers: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for c in customers:
            for n in range(5):
                yield {
                    "id": c["id"] * 5 - 4 + n, "subject": "core.customer", "subject_id": c["id"], "kind": "note",
                    "at": c["created_at"] + dt.timedelta(hours=n), "source": "core", "actor_id": c["owner_id"], "body": f"跟进记录 {n}",
                }


def fill(site: Site, size: int, say: Any) -> None:
    """Put the whole set into an empty site."""
    _people(site)
    maker = Maker(site, size)
    registry = site.registry
    customers, contacts = registry.resource("core.customer"), registry.resource("core.contact")
    tables = [customers.table, contacts.table, search.Document.__table__, _entry_table()]
    with site.engines.write.connect().execution_options(**{UNSCOPED: "bench"}) as conn:
        with conn.begin():
            dropped = _drop_indexes(conn, tables)
        batch: list[dict[str, Any]] = []
        done = 0
        for row in maker.customers():
            batch.append(row)
            if len(batch) == CHUNK or row["id"] == size:
                with conn.begin():
                    _chunk(conn, maker, customers, contacts, batch, size)
                done += len(batch)
                batch = []
                if done % 100_000 == 0:
                    say(f"{done:,} customers")
        with conn.begin():
            say("indexes")
            for statement in dropped:
                conn.exec_driver_sql(statement)
            if conn.dialect.name == "sqlite":
                conn.exec_driver_sql("INSERT INTO core_search_fts(core_search_fts) VALUES ('rebuild')")
            else:
                for table in tables:
                    conn.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))")
        with conn.begin():
            conn.exec_driver_sql("ANALYZE")
    if site.engines.is_sqlite:
        with site.engines.write.connect() as conn:
            conn.exec_driver_sql("COMMIT")
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _entry_table() -> sa.Table:
    from crm_core.resource.timeline import Entry

    return Entry.__table__  # type: ignore[return-value]


def _chunk(conn: sa.Connection, maker: Maker, customers: Any, contacts: Any, batch: list[dict[str, Any]], size: int) -> None:
    people = list(maker.contacts(batch))
    _put(conn, customers.table, batch)
    _put(conn, contacts.table, people)
    _put(conn, _entry_table(), maker.entries(batch))
    first = batch[0]["id"] + BEYOND
    brief = customers.brief_resource
    made = [(customers, c, first + n) for n, c in enumerate(batch)]
    made += [(brief, c, size + first + n) for n, c in enumerate(batch)]
    made += [(contacts, c, BEYOND + size * 2 + c["id"]) for c in people]
    documents = [{"id": key, "resource": r.name, "record_id": row["id"], "tokens": maker.document(r, row)} for r, row, key in made]
    for (resource, row, _key), found in list(zip(made, documents, strict=True))[:: CHUNK // 2]:
        expected = search.document(resource, _Row(row))
        assert sorted(found["tokens"].split()) == sorted(expected.split()), "the documents of the bench are not the product's"
    _put(conn, search.Document.__table__, documents)


class _Row(dict):  # type: ignore[type-arg]
    def __missing__(self, key: str) -> None:
        return None


def _put(conn: sa.Connection, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    found = list(rows)
    if not found:
        return
    names = list(found[0])
    if conn.dialect.name == "sqlite":
        marks = ", ".join("?" for _n in names)
        values = [tuple(_plain(row[n]) for n in names) for row in found]
        conn.connection.driver_connection.executemany(  # type: ignore[union-attr]
            f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", values)
        return
    out = io.StringIO()
    for row in found:
        out.write("\t".join(_copy(row[n]) for n in names) + "\n")
    cursor = conn.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:  # type: ignore[attr-defined]
        copy.write(out.getvalue())


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, dt.datetime) else value


def _copy(value: Any) -> str:
    if value is None:
        return "\\N"
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _drop_indexes(conn: sa.Connection, tables: Sequence[Any]) -> list[str]:
    made = []
    for table in tables:
        if conn.dialect.name == "sqlite":
            rows = conn.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?", (table.name,)).all()
        else:
            rows = conn.exec_driver_sql(
                "SELECT indexname, indexdef FROM pg_indexes i WHERE tablename = %s AND NOT EXISTS "
                "(SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)", (table.name,)).all()
        for name, sql in rows:
            made.append(sql)
            conn.exec_driver_sql(f'DROP INDEX "{name}"')
    return made


# actor: (login number, home department, scope of his grants)
ACTORS = {"all": (3, 3, "all"), "own": (1, 1, "own"), "own+3": (5, 5, "subtree"), "own+200": (6, 10, "subtree"), "tiny": (2, 2, "department")}


def _people(site: Site) -> None:
    """Departments, owners and the five actors; how far they reach follows from where they stand in the tree."""
    from crm_core.access.models import Department, Scope
    from crm_core.data.session import writing

    with site.system("bench"), writing() as db:
        registry = site.registry
        departments = registry.resource("core.department")
        ids = departments.write([{"name": f"Department {n:03}", "code": f"D{n}"} for n in range(1, DEPARTMENTS + 1)])
        assert ids == list(range(1, DEPARTMENTS + 1)), "the bench needs an empty site"
        below = {**{n: f"/10/{n}/" for n in range(11, 211)}, **{n: f"/5/{n}/" for n in range(6, 8)}}
        for n, path in below.items():
            db.execute(sa.update(Department.__table__).where(Department.__table__.c.id == n).values(path=path), execution_options={UNSCOPED: "bench"})
        homes = {number: home for number, home, _scope in ACTORS.values()}
        roles = {
            scope: registry.resource("core.role").write([{"code": f"bench-{scope}", "name": f"Bench {scope}", "grants": [
                {"permission": "core.customer.*", "scope": Scope(scope)}, {"permission": "core.contact.*", "scope": Scope(scope)},
                {"permission": "core.*.brief.read", "scope": Scope.all}, {"permission": "core.task.*", "scope": Scope.own},
                {"permission": "core.region.read", "scope": Scope.all}, {"permission": "core.industry.read", "scope": Scope.all},
            ]}])[0] for scope in ("all", "own", "subtree", "department")
        }
        wanted = {number: roles[scope] for number, _home, scope in ACTORS.values()}
        users = [
            {"login": f"user{n}", "name": f"陈晓{n}", "department": homes.get(n, 3 + n % (DEPARTMENTS - 3)),
             "roles": [{"role": wanted[n]}] if n in wanted else []} for n in range(1, OWNERS + 1)
        ]
        assert registry.resource("core.user").write(users) == list(range(1, OWNERS + 1))
