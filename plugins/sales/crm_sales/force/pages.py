"""Pages of the sales force: who achieved what in a month, a year against its targets, a person's work; and what its boxes on records say."""

import datetime as dt
from dataclasses import replace

import flask
import sqlalchemy as sa

from crm_core.sdk import Missing, RefField, access, form, my_id, sees, session, show_month, site, today, whole
from crm_sales import _
from crm_sales.force import checks, claims, entered, figures, forecast, territories
from crm_sales.force import targets as goals
from crm_sales.force.models import DID
from crm_sales.policies import services as policies
from crm_sales.policies.models import KINDS, Kind
from crm_sales.settings import COUNTS, Counts, ForceSettings

URL, TRY = "/sales/force", "/sales/force/territories"
WHERE = "region", "industry", "size"  # what territories go by
ONE = RefField(name="customer", target="core.customer", label=_("Or a customer there is"))
pages = flask.Blueprint("sales_force", __name__)


def money(value):
    """An amount in the house's currency as people read it."""
    return site().registry.resource("sales.achievement").all_fields["amount"].show(value)


def _achieved():
    """Raises Missing for who may not see what there is to be ranked."""
    if not sees("sales.achievement.amount", "sales.achievement.day", "sales.achievement.did", "sales.achievement.owner"):
        raise Missing(_("This page was not found."))


@pages.get(URL)
@access("sales.achievement.read")
def ranking():
    _achieved()
    first, last = figures.month_of(flask.request.args.get("month", ""))
    before, after = (first - dt.timedelta(days=1)).replace(day=1), last + dt.timedelta(days=1)
    did = _counts()
    rows = figures.ranking(first, last, f"sales.{did}")
    records = lambda what, person: figures.records(what, first, last, (("owner.any", str(person)),) if person else ())
    return flask.render_template("sales/force.html", rows=rows, every=figures.together(rows, did), records=records, aimed=COUNTS[did], month=show_month(first), before=f"{before:%Y-%m}", after=f"{after:%Y-%m}" if after <= today() else "",
                                 did=DID, money=money, url=URL)


@pages.get("/sales/forecast")
@access("sales.opportunity_share.read")
def expected():
    fields = site().registry.resource("sales.opportunity_share").fields()
    if not {"whole", "worth", "weighted", "day", "forecast", "owner"} <= fields.keys():
        raise Missing(_("This page was not found."))
    by = "department" if flask.request.args.get("by") == "department" and "department" in fields else "owner"
    did = _counts()
    months, aims = forecast.months(today(), by, did)
    tabs = [("owner", _("By person")), *([("department", _("By department"))] if "department" in fields else [])]
    return flask.render_template("sales/forecast.html", months=months, by=by, tabs=tabs, list_url=forecast.LIST, aims=aims, did=did, counts=COUNTS)


@pages.get(entered.PAGE)
@access("sales.forecast_entry.read")
def forecasts_entered():
    """What people say the months will bring, beside what is computed, and what came of it."""
    fields = site().registry.resource("sales.opportunity_share").fields()
    if not {"worth", "weighted", "day", "forecast", "owner"} <= fields.keys() or not {"month", "committed", "best", "owner"} <= site().registry.resource(entered.NAME).fields().keys():
        raise Missing(_("This page was not found."))
    ahead, over = entered.months(today())
    return flask.render_template("sales/entered.html", ahead=ahead, over=over, money=money, said_month=show_month)


def _counts():
    """What the targets that are asked for are of."""
    asked = flask.request.args.get("of", "")
    return Counts(asked) if asked in COUNTS else ForceSettings.now().targets


@pages.get(f"{URL}/targets")
@access("sales.achievement.read")
def targets_of_year():
    _achieved()
    asked = whole(flask.request.args.get("year", ""), most=2_200) or 0
    first = dt.date(asked, 1, 1) if asked >= 2_000 else today().replace(month=1, day=1)
    by, did, ways = flask.request.args.get("by", ""), _counts(), goals.ways()
    if not ways:
        raise Missing(_("This page was not found."))
    by = by if by in ways else next(iter(ways))
    rows, every = goals.year(first, by, did)
    return flask.render_template("sales/targets.html", rows=rows, every=every, year=first.year, money=money, url=URL, by=by, ways=ways, did=did, counts=COUNTS)


@pages.get(TRY)
@access("sales.territory.read")
def try_territories():
    """Which territory a customer lies in that there is, or might be; and what assigning all by territory would change. Nothing is changed here."""
    customers, found = site().registry.resource("core.customer"), None
    fields = customers.fields()
    asked = form(*(replace(fields[name], required=False, readonly=False, default=None) for name in WHERE if name in fields), ONE, given=flask.request.args or None)
    if asked.values["customer"] is not None:
        found = territories.of_customer(asked.values["customer"])
    elif any(asked.values.values()):
        found = territories.said(territories.fitting(territories.Someone(*map(asked.values.get, WHERE))))
    return flask.render_template("sales/try_territories.html", controls=asked.controls, found=found, url=TRY, moves=territories.moves() if customers.may("by_territory") else None)


@pages.get(f"{URL}/<int:person>")
@access("sales.achievement.read")
def one(person):
    """The business page of a person: what he has under way and has done, as far as its reader may see it, each with its list."""
    _achieved()
    names = figures.names_of({person})
    if person not in names:
        raise Missing(_("This record was not found."))
    first, last = figures.month_of("")
    row = next((one for one in figures.ranking(first, last, f"sales.{_counts()}") if one.person == person), None)
    records = lambda what: figures.records(what, first, last, (("owner.any", str(person)),))
    return flask.render_template("sales/person.html", name=names[person], own=person == my_id(), row=row, records=records, work=_work(person), did=DID, money=money, url=URL, month=show_month(first))


# What of a person's stands on his page: the resource, what of it is under way, and the column of whose it is.
WORK = (
    ("sales.opportunity", (("outcome.any", "open"),), "owner"), ("sales.opportunity_share", (("outcome.any", "open"),), "owner"), ("sales.quote", (("state.any", "draft,sent"),), "owner"), ("sales.order", (("state.any", "draft,confirmed"),), "owner"),
    ("sales.claim", (("state.any", "draft,claimed"),), "owner"), ("core.task", (("done_at.empty", "1"),), "owner"), ("core.customer", (), "owner"),
    ("core.note", (("kind.any", "feedback"),), "created_by"), ("core.journal", (), "owner"), ("sales.statement", (), "owner"),
)


OWN = {"core.note": _("Feedback of customers")}  # what of it is shown has a name of its own


def _work(person):
    """Label, how many (up to a hundred) and the address of each list that its reader has."""
    found = []
    for name, only, whose in WORK:
        resource = site().registry.resources.get(name)
        if resource is None or not resource.may("read"):
            continue
        model = resource.model
        query = sa.select(model.id).where(getattr(model, f"{whose}_id") == person)
        for field, value in only:
            column = getattr(model, field.partition(".")[0])
            query = query.where(column.is_(None)) if field.endswith(".empty") else query.where(column.in_(value.split(",")))
        number = len(session.scalars(query.limit(101)).all())
        asked = "&".join(f"{key}={value}" for key, value in ((f"{whose}.any", person), *only))
        found.append({"label": OWN.get(name, resource.label), "icon": resource.icon, "number": number, "url": f"/{name.replace('.', '/')}?{asked}"})
    return found


# --- boxes on records --------------------------------------------------------------------------------------------------


def territory_of(customer_id):
    return {"fits": territories.of_customer(customer_id)}


OFFERED = Kind.discount, Kind.allowance, Kind.unlisted
LIMITS = {"sales.quote": OFFERED, "sales.contract": OFFERED, "sales.order": (*OFFERED, Kind.region, Kind.channel), "sales.claim": (Kind.expense,)}  # what is asked of which documents


def is_open(document):
    """Whether limits may still stop a document: what was sent, signed, confirmed or handed in keeps what was agreed."""
    return str(document.state) in ("draft", "refused")  # a claim that was refused is handed in again


def limits(name):
    """The limits of such documents that hold for the reader today, and what of the draft is over them."""
    def beside(record_id):
        me = my_id()
        held = policies.limits_of(me, today(), LIMITS[name]) if me is not None else ()
        return {"over": [one.said for one in (checks.would_be_over(name, record_id) if name in checks.OFFERS else claims.would_be_over(record_id))],
                "limits": [{"name": one.name, "kind": KINDS[str(one.kind)], "limit": policies.said(one)} for one in held]}

    return beside
