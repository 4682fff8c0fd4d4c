"""Which territory a customer lies in, and why: of those that fit the one of the highest priority, then the most specific (the more conditions it
has, and the deeper its regions and industries lie), then the oldest."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.sdk import Customer, Refused, session, site, system_scope
from crm_sales import _
from crm_sales.force.figures import names_of
from crm_sales.force.models import Territory
from crm_sales.policies.services import chain_of, parents_of


class Place(NamedTuple):
    """A territory as it is compared: None asks nothing. `rank`: greater wins."""

    territory: Any
    regions: frozenset[int] | None
    industries: frozenset[int] | None
    sizes: tuple[str, ...]
    rank: tuple
    why: Any

    def fits(self, customer):
        """Whether a customer (anything with region_id, industry_id and size) lies in it."""
        return (
            (self.regions is None or customer.region_id in self.regions) and (self.industries is None or customer.industry_id in self.industries)
            and (not self.sizes or customer.size in self.sizes))


def places():
    """The territories in use, the one that wins first: three questions."""
    with system_scope("territories") as db:
        found = db.scalars(sa.select(Territory).where(Territory.deleted_at.is_(None), Territory.active).order_by(Territory.id)).all()
    regions = parents_of("core.region") if any(one.regions for one in found) else {}
    industries = parents_of("core.industry") if any(one.industries for one in found) else {}
    made = [_place(one, regions, industries) for one in found]
    return sorted(made, key=lambda one: (one.rank, -one.territory.id), reverse=True)


def _place(territory, regions, industries):
    asked = [(word, depth) for wanted, parents, word in ((territory.regions, regions, _("region")), (territory.industries, industries, _("industry")))
             if wanted and (depth := min(len(chain_of(one, parents)) for one in wanted))]
    asked += [(_("size"), 0)] if territory.sizes else []
    why = _("priority %(priority)s; by %(what)s", priority=territory.priority, what=[word for word, _depth in asked]) if asked else _(
        "priority %(priority)s; for all customers", priority=territory.priority)
    return Place(
        territory, _below(territory.regions, regions), _below(territory.industries, industries), tuple(territory.sizes or ()),
        (territory.priority, len(asked), sum(depth for _word, depth in asked)), why)


def _below(wanted, parents):
    """These words of a tree and all below them; None for none."""
    if not wanted:
        return None
    children = {}
    for one, above in parents.items():
        children.setdefault(above, []).append(one)
    found, waiting = set(), list(wanted)
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += children.get(one, ())
    return frozenset(found)


def fitting(customer):
    """Those a customer lies in, the one that wins first."""
    return [one for one in places() if one.fits(customer)]


def of_customer(customer_id):
    """The same with who sells there, for the customer's page."""
    customer = session.execute(sa.select(Customer.region_id, Customer.industry_id, Customer.size).where(Customer.id == customer_id)).one_or_none()
    return said(fitting(customer)) if customer is not None else []


class Someone(NamedTuple):
    """A customer there might be, to try the territories with."""

    region_id: int | None
    industry_id: int | None
    size: str | None


def said(found):
    """Territories in words: name, who sells there, why in this place."""
    names = names_of({one.territory.seller_id for one in found})
    return [{"id": one.territory.id, "name": one.territory.name, "seller": names.get(one.territory.seller_id, ""), "why": one.why} for one in found]


class Moves(NamedTuple):
    """What assigning all would do: (from, to, how many), how many stay where they are, how many lie in no territory."""

    moves: list[tuple[str, str, int]]
    stay: int
    nowhere: int


def moves():
    """Of the customers the acting person may assign so, counted in one statement; nothing is changed."""
    customers = site().registry.resource("core.customer").visible("by_territory").with_only_columns(
        Customer.id, Customer.owner_id, Customer.team_id, Customer.region_id, Customer.industry_id, Customer.size).subquery()
    here = places()
    winner = sa.case(*((_fits(one, customers), at) for at, one in enumerate(here)), else_=-1).label("winner") if here else sa.literal(-1).label("winner")
    inner = sa.select(customers.c.owner_id, customers.c.team_id, winner).subquery()
    rows = session.execute(sa.select(inner.c.owner_id, inner.c.team_id, inner.c.winner, sa.func.count()).group_by(inner.c.owner_id, inner.c.team_id, inner.c.winner)).all()
    found, stay, nowhere = {}, 0, 0
    for owner, team, at, number in rows:
        if at < 0:
            nowhere += number
        elif _is_there(here[at].territory, owner, team):
            stay += number
        else:
            key = owner, here[at].territory.seller_id
            found[key] = found.get(key, 0) + number
    names = names_of({one for key in found for one in key if one is not None})
    lines = [(names.get(owner, "") if owner is not None else _("Nobody"), names.get(seller, ""), number) for (owner, seller), number in found.items()]
    return Moves(sorted(lines, key=lambda line: (-line[2], str(line[0]), line[1])), stay, nowhere)


def _is_there(territory, owner, team):
    """Whether who has a customer is who sells in this territory, in its team."""
    return owner == territory.seller_id and territory.group_id in (None, team)


def _fits(place, rows):
    """`Place.fits` as a condition of the database."""
    asked = [rows.c.region_id.in_(sorted(place.regions)) if place.regions is not None else None,
             rows.c.industry_id.in_(sorted(place.industries)) if place.industries is not None else None, rows.c.size.in_(place.sizes) if place.sizes else None]
    return sa.and_(sa.true(), *(part for part in asked if part is not None))


def assign(resource, ids):
    """Give customers (or leads: whatever has region, industry and size) to who sells in their territory, by core's own assigning: with history,
    messages and undo. Raises Refused where none fits."""
    here, model, rows, fits = places(), resource.model, [], False
    for customer in session.scalars(sa.select(model).where(model.id.in_(ids)).order_by(model.id)):
        best = next((one.territory for one in here if one.fits(customer)), None)
        fits = fits or best is not None
        if best is not None and not _is_there(best, customer.owner_id, customer.team_id):
            rows.append({"id": customer.id, "owner": best.seller_id, **({"team": best.group_id} if best.group_id is not None else {})})
    if not fits:
        raise Refused(_("No territory fits. Give the customer a region, an industry or a size, or add a territory for all."))
    if rows:
        resource.write(rows, kind="assign")


def assign_by_rule(step):
    """The same as what a rule does."""
    assign(step.resource, [step.id])
    return _("assigned by territory")


def coverage(rows):
    """The report: customers by the territory they lie in, how many its salesperson holds, how many nobody does."""
    whens, holders = [], []
    for one in places():
        fits = _fits(one, rows)
        whens.append((fits, sa.literal(one.territory.name)))
        holders.append((fits, sa.literal(one.territory.seller_id)))
    name = (sa.case(*whens, else_=sa.literal("—")) if whens else sa.literal("—")).label("territory")
    holder = sa.case(*holders, else_=sa.null()) if holders else sa.null()
    number = sa.func.count()
    own = sa.func.sum(sa.case((rows.c.owner_id == holder, 1), else_=0)).label(str(_("Held by its salesperson")))
    free = sa.func.sum(sa.case((rows.c.owner_id.is_(None), 1), else_=0)).label(str(_("Held by nobody")))
    inner = sa.select(name, number.label("count"), own, free).group_by(name)
    return inner.order_by(number.desc(), name)
