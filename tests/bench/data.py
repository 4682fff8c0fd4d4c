"""The data set: customers, two contacts each, five lines of the time line each; made once for each engine and size.

Set-based SQL makes every row from its number, so both engines hold the same set. Only what a name becomes (its sort key, its
search tokens) is computed here, for a few thousand names. A sample of the search documents is compared with the product's.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from crm_core.data.wall import UNSCOPED
from crm_core.features.customers.models import Contact, Customer, Note
from crm_core.features.tasks.models import Task
from crm_core.kernel.runner import run_one
from crm_core.kernel.site import Site
from crm_core.resource import search, twinkeys
from crm_core.resource.timeline import Entry
from crm_core.text import companies, pinyin, tokens

PLACES = ["四川", "贵州", "广西", "宁夏", "浙江", "云南", "安徽", "山西", "山东", "河南", "湖南", "上海", "成都", "天津", "陕西", "新疆", "北京", "广州"]
CORES_A = ["云", "赤", "甘", "贺", "古", "红", "徽", "汾", "海", "中", "湘", "锦", "渤", "西", "秦", "天", "恒", "博", "金", "长"]
CORES_B = ["岭", "溪", "源", "兰", "越", "河", "醇", "水", "岱", "州", "江", "里", "海", "部", "川", "池", "信", "雅", "泉", "春"]
CORES_C = ["春", "坊", "脊", "泉", "谷", "清", "香", "和", "丰", "达"]
TRADES = ["酒业有限公司", "酒业股份有限公司", "糖业集团有限公司", "酒庄有限公司", "商贸有限公司", "包装制品有限公司", "葡萄酒业有限公司", "食品科技有限公司"]
LATIN = ("Quantum Robotics", "Blue River Foods", "Northern Sugar", "Golden Vine Imports")
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
DEPARTMENTS, OWNERS = 400, 400
NAMES, PERSONS = 50_000, 8_000  # different ones; of those 2 % Latin
MODELS = {"core_customer": Customer, "core_contact": Contact, "core_timeline": Entry, "core_note": Note, "core_task": Task}
CHUNK = 10_000
BEYOND = 100_000  # keys of the documents of people and departments lie below
GRADES = 1_000  # values of the field that an administrator added and made fast
DAYS = 60  # within so many days after it was entered a customer was last changed

# actor: (user, home department, scope of his grants). The first owner has 5,000 of a million rows, department 2 thirty.
ACTORS = {"all": (3, 3, "all"), "own": (1, 1, "own"), "own+3": (5, 5, "subtree"), "own+200": (6, 10, "subtree"), "tiny": (2, 2, "department")}


def dice(number: str, prime: int, sides: int) -> str:
    """SQL: a number from 0 to `sides` - 1 that looks random and is the same each time."""
    return f"({number} * {prime} % 2147483647 % {sides})"


class Words:
    """What the two engines say differently."""

    def __init__(self, sqlite: bool, began: int) -> None:
        self.sqlite, self.began = sqlite, began

    def moment(self, seconds: str) -> str:
        if self.sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', {self.began} + {seconds}, 'unixepoch')"
        return f"to_timestamp({self.began} + {seconds})"

    def day(self, days: str) -> str:
        return f"date('now', '-300 days', '+' || {days} || ' days')" if self.sqlite else f"current_date - 300 + CAST({days} AS integer)"

    def name(self, number: str, mark: str) -> str:
        """A public id of 32 hexadecimal digits."""
        return f"printf('{mark}%031x', {number})" if self.sqlite else f"md5('{mark}' || {number})"

    def padded(self, number: str, digits: int) -> str:
        return f"substr(CAST({10 ** digits} + {number} AS TEXT), 2)"

    def json(self, text: str) -> str:
        return text if self.sqlite else f"CAST({text} AS jsonb)"

    @property
    def numbers(self) -> str:
        if self.sqlite:
            return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size) SELECT i FROM n"
        return "SELECT i FROM generate_series(1, :size) i"


def phone(number: str, words: Words) -> str:
    return f"'1' || substr('3578', CAST(1 + {dice(number, 48271, 4)} AS integer), 1) || {words.padded(dice(number, 1103515245, 10**9), 9)}"


def inside(kind: str, text: str, length: int) -> str:
    """SQL: the search tokens of a number: as a whole, and each three of its digits."""
    return " || ".join([f"' {kind}' || {text}", *(f"' {kind}~' || substr({text}, {at}, 3)" for at in range(1, length - 1))])


def into(table: str, columns: str) -> str:
    """SQL: the beginning of an INSERT … SELECT of `columns`; whatever else must have a value gets the one the model says."""
    named = {name.strip() for name in columns.split(",")}
    rest = {}
    for column in MODELS[table].__table__.columns:  # type: ignore[attr-defined]
        if not column.nullable and not column.primary_key and column.name not in named:
            said = column.default.arg(None) if column.default.is_callable else getattr(column.default.arg, "value", column.default.arg)
            rest[column.name] = str(said).lower() if isinstance(said, bool | int) else f"'{said if isinstance(said, str) else json.dumps(said)}'"
    return f"INSERT INTO {table} ({', '.join([*rest, columns])}) SELECT {', '.join(rest.values())}{',' if rest else ''}"


def statements(w: Words, regions: tuple[int, int], industries: tuple[int, int], size: int) -> Iterator[str]:
    """One chunk's statements, for customers :first to :last."""
    grade = w.json(f"""'{{"x_grade": "g' || i % {GRADES} || '"}}'""")
    owner = f"CASE WHEN i % 200 = 0 THEN 1 ELSE 3 + {dice('i', 16807, OWNERS - 2)} END"
    yield f"""
        {into("core_customer", "id, public_id, version, created_at, updated_at, owner_id, department_id, kind, name, name_key, match_key, code, "
                "standing, source, size, industry_id, region_id, postcode, phone, phone_key, latitude, longitude, custom")} i, {w.name('i', 'a')}, 1, {w.moment('i * 60')}, {w.moment(f"i * 60 + {dice('i', 69621, DAYS * 86400)}")}, owner,
            CASE WHEN i <= 30 THEN 2 ELSE 3 + owner % {DEPARTMENTS - 3} END, 'company', name, name_key, match_key,
            'KH-' || {w.padded('i', 7)},
            CASE WHEN r < 60 THEN 'potential' WHEN r < 90 THEN 'customer' WHEN r < 95 THEN 'key' ELSE 'lost' END,
            CASE WHEN r % 3 = 0 THEN 'fair' WHEN r % 3 = 1 THEN 'visit' ELSE 'phone' END,
            CASE WHEN r % 2 = 0 THEN 'small' ELSE 'medium' END,
            {industries[0]} + {dice('i', 271828183, industries[1])}, {regions[0]} + {dice('i', 314159269, regions[1])},
            {w.padded(dice('i', 39373, 10**6), 6)}, phone, phone, 18000000 + {dice('i', 48271, 35_000_000)}, 73000000 + {dice('i', 16807, 61_000_000)},
            {grade}
        FROM (SELECT i, {owner} AS owner, {dice('i', 742938285, 100)} AS r, {phone('i', w)} AS phone
              FROM bench_number WHERE i BETWEEN :first AND :last) made
        JOIN bench_name ON n = {dice('i', 950706376, 'CAST(:names AS bigint)')}"""  # type: ignore[arg-type]
    yield f"""
        {into("core_contact", "id, public_id, version, created_at, updated_at, owner_id, department_id, customer_id, name, name_key, main, mobile, "
                "mobile_key, invalid")} number, {w.name('number', 'c')}, 1, created_at, updated_at, owner_id, department_id, customer_id, bench_person.name,
            bench_person.name_key, k = 0, mobile, mobile, false
        FROM (SELECT c.id * 2 - 1 + k AS number, k, c.created_at, c.updated_at, c.owner_id, c.department_id, c.id AS customer_id,
                  {phone('(c.id * 2 + k)', w)} AS mobile
              FROM core_customer c CROSS JOIN (SELECT 0 AS k UNION ALL SELECT 1) two WHERE c.id BETWEEN :first AND :last) made
        JOIN bench_person ON n = {dice('number', 1226874159, PERSONS)}"""
    yield f"""
        {into("core_timeline", "id, subject, subject_id, at, kind, source, actor_id, body, data")} i * 5 - 4 + k, 'core.customer', i, {w.moment('i * 60 + k * 86400')},
            CASE k WHEN 0 THEN 'created' WHEN 1 THEN 'change' ELSE 'note' END, 'core', 3 + {dice('i', 16807, OWNERS - 2)},
            CASE WHEN k > 1 THEN '跟进记录 ' || k END, CASE WHEN k = 1 THEN {"" if w.sqlite else "CAST("}'{{"standing": ["potential", "customer"]}}'{"" if w.sqlite else " AS json)"} END
        FROM bench_number CROSS JOIN (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) five
        WHERE i BETWEEN :first AND :last"""
    yield f"""
        {into("core_note", "id, public_id, version, created_at, created_by_id, updated_at, owner_id, department_id, customer_id, subject, "
                "subject_id, kind, happened_at, body, mentions")} id, {w.name('id', 'b')}, 1, updated_at, owner_id, updated_at, owner_id, department_id, id, 'core.customer', id, 'note', updated_at,
            '跟进记录', '[]'
        FROM core_customer WHERE id % 4 = 0 AND id BETWEEN :first AND :last"""
    yield f"""
        {into("core_task", "id, public_id, version, created_at, updated_at, owner_id, department_id, title, due, priority, subject, subject_id, "
                "locked")} id, {w.name('id', 'd')}, 1, created_at, updated_at, owner_id, department_id, '回访', {w.day('(id % 600)')}, 'normal',
            'core.customer', id, false
        FROM core_customer WHERE id % 10 = 0 AND id BETWEEN :first AND :last"""
    base = f"{BEYOND} + (:first - 1) * 4"

    def document(name: str, words: str, *more: str) -> str:
        """What `search.documents` says, from parts that are known."""
        kind = search.kind_of(name)
        said = f"'{kind}' || replace({words}, ' ', ' {kind}')"
        return " || ".join([said, *more, f"' {kind}o_' || owner_id || ' {kind}d_' || department_id"])

    full, brief, contact = "core.customer", "core.customer.brief", "core.contact"
    kind, person = search.kind_of(full), search.kind_of(contact)
    yield f"""
        INSERT INTO core_search (id, resource, record_id, owner_id, department_id, tokens)
        SELECT {base} + id - :first + 1, '{full}', id, owner_id, department_id,
            {document(full, "words || ' ' || keys", inside(kind, "phone", 11), f"' {kind}kp_' || phone", f"' {kind}kh'", inside(kind, "substr(code, 4)", 7))}
        FROM core_customer c JOIN bench_name b ON b.name = c.name WHERE id BETWEEN :first AND :last"""
    yield f"""
        INSERT INTO core_search (id, resource, record_id, owner_id, department_id, tokens)
        SELECT {base} + {CHUNK} + id - :first + 1, '{brief}', id, owner_id, department_id, {document(brief, "words")}
        FROM core_customer c JOIN bench_name b ON b.name = c.name WHERE id BETWEEN :first AND :last"""
    yield f"""
        INSERT INTO core_search (id, resource, record_id, owner_id, department_id, tokens)
        SELECT {base} + {CHUNK} * 2 + id - :first * 2 + 2, '{contact}', id, owner_id, department_id, {document(contact, "words", f"' {person}kn_' || said || '_' || customer_id || ' {person}kp_' || mobile", inside(person, "mobile", 11))}
        FROM core_contact c JOIN bench_person b ON b.name = c.name WHERE id BETWEEN :first * 2 - 1 AND :last * 2"""


TABLES = (*MODELS, "core_search")


def fill(site: Site, size: int, say: Callable[[str], None]) -> None:
    """Put the whole set into an empty site."""
    _people(site)
    with site.engines.write.connect().execution_options(**{UNSCOPED: "bench"}) as conn:
        # One customer a minute, up to sixty days ago: what is newest was changed today.
        words = Words(site.engines.is_sqlite, int(time.time()) - size * 60 - DAYS * 86400)
        if not words.sqlite:
            with conn.begin():
                conn.exec_driver_sql("SET statement_timeout = 0")
        with conn.begin():
            names = _pools(conn, words, size)
            dropped = _drop_indexes(conn, words)
            regions, industries = _span(conn, "core_region"), _span(conn, "core_industry")
        made = [sa.text(sql) for sql in statements(words, regions, industries, size)]
        for first in range(1, size + 1, CHUNK):
            values = {"first": first, "last": min(size, first + CHUNK - 1), "names": names}
            with conn.begin():
                for statement in made:
                    conn.execute(statement, {k: v for k, v in values.items() if f":{k}" in statement.text})
            if (first - 1 + CHUNK) % 100_000 == 0:
                say(f"{first - 1 + CHUNK:,} customers")
        say("indexes")
        for statement in dropped:
            with conn.begin():
                conn.exec_driver_sql(statement)
        with conn.begin():
            if words.sqlite:
                conn.exec_driver_sql("INSERT INTO core_search_fts(core_search_fts) VALUES ('rebuild')")
            else:
                for table in TABLES:
                    conn.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        with conn.begin():
            conn.exec_driver_sql("ANALYZE")
        _compare(site, conn, size)
        if words.sqlite:
            conn.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        else:
            conn.connection.driver_connection.rollback()  # type: ignore[union-attr]
            conn.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
    say("a field of an administrator's own")
    _grade(site)


def _grade(site: Site) -> None:
    """The field whose values were filled, with its index."""
    from crm_core.data.session import writing

    with site.system("bench"), writing():
        own = site.registry.resource("core.custom_field")
        fields = own.fields(writing=True)
        texts = {"resource": "core.customer", "name": "x_grade", "zh": "等级", "en": "Grade", "kind": "text"}
        own.run("promote", own.write([{name: fields[name].load(text) for name, text in texts.items()}]))
    while run_one(site):
        pass


def _pools(conn: sa.Connection, words: Words, size: int) -> int:
    """Temporary tables: the numbers, and what names become. Returns how many names there are."""
    r = random.Random(7)
    conn.exec_driver_sql("CREATE TEMPORARY TABLE bench_number (i BIGINT PRIMARY KEY)")
    conn.execute(sa.text(f"INSERT INTO bench_number {words.numbers}"), {"size": size})
    conn.exec_driver_sql("CREATE TEMPORARY TABLE bench_name (n INTEGER PRIMARY KEY, name TEXT UNIQUE, name_key TEXT, match_key TEXT, words TEXT, keys TEXT)")
    conn.exec_driver_sql("CREATE TEMPORARY TABLE bench_person (n INTEGER PRIMARY KEY, name TEXT, name_key TEXT, words TEXT, said TEXT)")
    conn.exec_driver_sql("CREATE INDEX bench_person_name ON bench_person (name)")
    wanted = min(NAMES, max(1_000, size // 10))
    firms = {f"{r.choice(LATIN)} {i}" for i in range(wanted // 50)}
    while len(firms) < wanted:
        firms.add(r.choice(PLACES) + r.choice(CORES_A) + r.choice(CORES_B) + r.choice(CORES_C) + r.choice(TRADES))
    people = [f + a + b for f in FAMILY for a in GIVEN for b in GIVEN][:PERSONS]
    r.shuffle(people)
    conn.execute(sa.text("INSERT INTO bench_name VALUES (:n, :name, :key, :match, :words, :keys)"), [
        {"n": n, "name": name, "key": pinyin.sort_key(name), "match": companies.company_key(name)[:200], "words": " ".join(tokens.document([], names=[name])),
         "keys": " ".join(twinkeys.of_firm(name))}
        for n, name in enumerate(sorted(firms))])
    conn.execute(sa.text("INSERT INTO bench_person VALUES (:n, :name, :key, :words, :said)"), [
        {"n": n, "name": name, "key": pinyin.sort_key(name, name=True), "words": " ".join(tokens.document([], names=[name])),
         "said": "".join(pinyin.spell(name, name=True))}
        for n, name in enumerate(people)])
    conn.exec_driver_sql("ANALYZE")
    return len(firms)


def _span(conn: sa.Connection, table: str) -> tuple[int, int]:
    """The first key of a table and how many there are without a gap."""
    low, high, number = conn.exec_driver_sql(f"SELECT min(id), max(id), count(*) FROM {table}").one()
    assert high - low + 1 == number, table
    return int(low), int(number)


def _drop_indexes(conn: sa.Connection, words: Words) -> list[str]:
    """Every index that can be made anew after the rows; returns how."""
    made = []
    for table in TABLES:
        if words.sqlite:
            sql = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = :t"
        else:
            sql = ("SELECT indexname, indexdef FROM pg_indexes i WHERE tablename = :t AND NOT EXISTS "
                   "(SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)")
        for name, again in conn.execute(sa.text(sql), {"t": table}).all():
            made.append(again)
            conn.exec_driver_sql(f'DROP INDEX "{name}"')
    return made


def _compare(site: Site, conn: sa.Connection, size: int) -> None:
    """The documents of a sample of records are those the product would make."""
    for name in ("core.customer", "core.customer.brief", "core.contact"):
        resource = site.registry.resource(name)
        with conn.begin():
            for row_id in {1, 17, size // 3, size}:
                row = conn.execute(sa.select(resource.table).where(resource.table.c.id == row_id)).mappings().one()
                found = conn.execute(sa.text("SELECT tokens FROM core_search WHERE resource = :r AND record_id = :i"), {"r": name, "i": row_id}).scalar_one()
                with site.system("bench"):
                    expected = search.documents(resource)(row)
                assert set(found.split()) == set(expected.split()), f"the documents of the bench are not the product's: {name} {row_id}"


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
