"""The floor: the same work on the same data by Flask, SQLAlchemy Core and Jinja alone: no sign-in, no rights, no layout.

    BENCH_DATABASE=<url> gunicorn -w 2 -k gthread --threads 8 tests.bench.raw:app

Each page asks what the product's page must ask at least, by the best index there is, and shows the same rows and columns.
"""

import os

import flask
import sqlalchemy as sa
from sqlalchemy import bindparam, select

customer = sa.table("core_customer", *(sa.column(n) for n in (
    "id", "public_id", "version", "name", "name_key", "match_key", "kind", "code", "standing", "phone", "phone_key", "region_id", "industry_id",
    "owner_id", "department_id", "size", "source", "postcode", "completeness", "invalid", "wish_channels", "wish_never", "wish_times", "wish_topics",
    "bad_channels")), sa.column("created_at", sa.DateTime), sa.column("updated_at", sa.DateTime),
    sa.column("deleted_at", sa.DateTime))
contact = sa.table("core_contact", *(sa.column(n) for n in ("id", "name", "mobile", "main", "customer_id", "deleted_at")))
region = sa.table("core_region", sa.column("id"), sa.column("full_name"))
industry = sa.table("core_industry", sa.column("id"), sa.column("name"))
person = sa.table("core_user", sa.column("id"), sa.column("name"))
line = sa.table("core_timeline", *(sa.column(n) for n in ("id", "subject", "subject_id", "kind", "actor_id", "body")), sa.column("at", sa.DateTime))
note = sa.table("core_note", *(sa.column(n) for n in ("customer_id", "deleted_at")), sa.column("created_at", sa.DateTime))
task = sa.table("core_task", *(sa.column(n) for n in ("subject", "subject_id", "done_at", "deleted_at", "due")))
doc = sa.table("core_search", sa.column("id"), sa.column("resource"), sa.column("record_id"))
fts = sa.table("core_search_fts", sa.column("rowid"))

engine = sa.create_engine(os.environ["BENCH_DATABASE"], pool_size=16, execution_options={"isolation_level": "AUTOCOMMIT"})
SQLITE = engine.dialect.name == "sqlite"
if SQLITE:
    @sa.event.listens_for(engine, "connect")
    def connect(dbapi, _record):  # type: ignore[no-untyped-def]
        for pragma in ("journal_mode=wal", "synchronous=full", "cache_size=-8000", "mmap_size=268435456", "busy_timeout=10000"):
            dbapi.execute("pragma " + pragma)

app = flask.Flask(__name__)
app.jinja_env.trim_blocks = True
rows = (
    select(customer.c.id, customer.c.name, customer.c.standing, customer.c.phone, customer.c.updated_at,
           region.c.full_name.label("region"), industry.c.name.label("industry"), person.c.name.label("owner"))
    .select_from(customer.outerjoin(region, region.c.id == customer.c.region_id).outerjoin(industry, industry.c.id == customer.c.industry_id)
                 .outerjoin(person, person.c.id == customer.c.owner_id))
    .where(customer.c.deleted_at.is_(None))
)
newest = rows.order_by(customer.c.updated_at.desc(), customer.c.id.desc()).limit(50)
filtered = newest.where(customer.c.owner_id == bindparam("owner"), customer.c.standing == bindparam("standing"))
after = newest.where(customer.c.updated_at <= bindparam("at", type_=sa.DateTime), sa.or_(
    customer.c.updated_at < bindparam("at", type_=sa.DateTime), customer.c.id < bindparam("last")))
last_note = select(note.c.customer_id, sa.func.max(note.c.created_at)).where(note.c.customer_id.in_(bindparam("ids", expanding=True))).group_by(note.c.customer_id)
next_task = select(task.c.subject_id, sa.func.min(task.c.due)).where(
    task.c.subject == "core.customer", task.c.subject_id.in_(bindparam("ids", expanding=True)), task.c.done_at.is_(None)).group_by(task.c.subject_id)
hits_sqlite = (
    select(fts.c.rowid, doc.c.record_id).select_from(fts.join(doc, doc.c.id == sa.literal_column("+core_search_fts.rowid")))
    .where(sa.text("core_search_fts MATCH :q")).order_by(fts.c.rowid.desc()).limit(50))
hits_few = (
    select(doc.c.id, doc.c.record_id).where(sa.text("vector @@ CAST(:q AS tsquery)"), doc.c.resource == "core.customer").cte("few").prefix_with("MATERIALIZED"))
hits_pg = {
    "few": select(hits_few.c.id, hits_few.c.record_id).order_by(hits_few.c.id.desc()).limit(50),
    "many": select(doc.c.id, doc.c.record_id).where(sa.text("vector @@ CAST(:q AS tsquery)"), doc.c.resource == "core.customer").order_by(doc.c.id.desc()).limit(50),
}
LIST = app.jinja_env.from_string("""<!doctype html><title>Customers</title><table>{% for r in rows %}
<tr><td><a href="/record/{{ r.id }}">{{ r.name }}</a><td>{{ r.standing }}<td>{{ r.industry or "" }}<td>{{ r.region or "" }}<td>{{ r.owner }}
<td>{{ notes.get(r.id, "") }}<td>{{ tasks.get(r.id, "") }}<td>{{ r.updated_at }}</tr>
{% endfor %}</table>{% if rows %}<a href="/after?at={{ rows[-1].updated_at }}&amp;last={{ rows[-1].id }}">next</a>{% endif %}""")
RECORD = app.jinja_env.from_string("""<!doctype html><title>{{ r.name }}</title><h1>{{ r.name }}</h1>
<dl>{% for name, value in r._mapping.items() %}<dt>{{ name }}<dd>{{ value }}{% endfor %}</dl>
<ul>{% for c in contacts %}<li>{{ c.name }} {{ c.mobile }}{% endfor %}</ul>
<ol>{% for e in lines %}<li>{{ e.at }} {{ e.kind }} {{ e.body or "" }} {{ e.name }}{% endfor %}</ol>""")
record = select(customer, region.c.full_name.label("region"), industry.c.name.label("industry"), person.c.name.label("owner")).select_from(
    customer.outerjoin(region, region.c.id == customer.c.region_id).outerjoin(industry, industry.c.id == customer.c.industry_id)
    .outerjoin(person, person.c.id == customer.c.owner_id)).where(customer.c.id == bindparam("i"))
contacts = select(contact.c.name, contact.c.mobile).where(contact.c.customer_id == bindparam("i"), contact.c.deleted_at.is_(None)).limit(4)
lines = select(line.c.at, line.c.kind, line.c.body, person.c.name).select_from(line.outerjoin(person, person.c.id == line.c.actor_id)).where(
    line.c.subject == "core.customer", line.c.subject_id == bindparam("i")).order_by(line.c.at.desc(), line.c.id.desc()).limit(20)


def drawn(conn: sa.Connection, found: list[sa.Row]) -> str:  # type: ignore[type-arg]
    ids = [r.id for r in found]
    notes, tasks = dict(conn.execute(last_note, {"ids": ids}).all()), dict(conn.execute(next_task, {"ids": ids}).all())  # type: ignore[arg-type]
    return LIST.render(rows=found, notes=notes, tasks=tasks)


@app.get("/list")
def index() -> str:
    with engine.connect() as conn:
        return drawn(conn, list(conn.execute(newest)))


@app.get("/filter")
def narrowed() -> str:
    with engine.connect() as conn:
        return drawn(conn, list(conn.execute(filtered, {"owner": int(flask.request.args["owner"]), "standing": flask.request.args["standing"]})))


@app.get("/after")
def further() -> str:
    at = sa.DateTime().python_type.fromisoformat(flask.request.args["at"])  # type: ignore[attr-defined]
    with engine.connect() as conn:
        return drawn(conn, list(conn.execute(after, {"at": at, "last": int(flask.request.args["last"])})))


@app.get("/search")
def search() -> str:
    with engine.connect() as conn:
        found = conn.execute(hits_sqlite if SQLITE else hits_pg[flask.request.args["how"]], {"q": flask.request.args["q"]}).all()
        by_id = {r.id: r for r in conn.execute(rows.where(customer.c.id.in_([r.record_id for r in found])))}
        return drawn(conn, [by_id[r.record_id] for r in found if r.record_id in by_id])


@app.get("/record/<int:i>")
def one(i: int) -> str:
    with engine.connect() as conn:
        return RECORD.render(r=conn.execute(record, {"i": i}).one(), contacts=conn.execute(contacts, {"i": i}).all(), lines=conn.execute(lines, {"i": i}).all())


@app.post("/create")
def create() -> flask.typing.ResponseReturnValue:
    """One row with all its indexes, durable; nothing is checked and nobody is told."""
    now = sa.func.strftime("%Y-%m-%d %H:%M:%f000", "now") if SQLITE else sa.func.now()
    values = {**flask.request.form, "created_at": now, "updated_at": now, "version": 1, "kind": "company", "match_key": "bench-raw", "name_key": "",
              "completeness": 0, "invalid": sa.false(), "wish_channels": "[]", "wish_never": "[]", "wish_times": "[]", "wish_topics": "[]", "bad_channels": "{}"}
    with engine.connect() as conn:
        made = conn.execute(sa.insert(customer).values(**values).returning(customer.c.id)).scalar_one()
    return flask.redirect(f"/record/{made}", 303)
