"""Targets of a year month by month, beside what was achieved: by person, department, product category or product, each figure with the way to its
records. Targets are figures of month plans; a year's plan that was broken down stands beside what its months come to. Nine statements at most."""

import datetime as dt
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.sdk import Product, plans, session, site
from crm_sales import _
from crm_sales.force import departments, figures
from crm_sales.force.models import Achievement
from crm_sales.months import last_of, month_of
from crm_sales.policies.services import chain_of, parents_of

BY = {"owner": _("By person"), "department": _("By department"), "category": _("By category"), "product": _("By product")}
WHOSE = {"owner": "core.user", "department": "core.department", "category": "core.product_category", "product": "core.product"}
MOST = 200  # rows of a page
LINES = 20_000  # sums it is made of


class Figure(NamedTuple):
    """A target and what was achieved, in hundredths, with the records behind it."""

    target: int | None
    fact: int
    url: str


class Row(NamedTuple):
    """A line of the page: its months, the year, what the plan of the year says, and whose plans are in it."""

    key: Any
    name: Any
    months: list[Figure]
    year: Figure
    planned: int | None
    below: list[Any] = []


class Fact(NamedTuple):
    """What somebody achieved in a month of one part."""

    part: int | None
    person: int | None
    department: int | None
    month: dt.date
    amount: int


def ways():
    """By what they may be told apart for this reader."""
    seen = site().registry.resource("sales.achievement").fields().keys()
    return {key: label for key, label in BY.items() if {"did", "day", "amount", "owner", "department", key} <= seen}


def year(first, by, did):
    """The rows of a year, and the one of all together (None by category and product, which may lie in one another)."""
    last, tree = first.replace(month=12, day=31), departments.tree()
    inner = by in ("category", "product")
    aims, whole = ([one for one in plans.planned([f"sales.{did}"], first, last, span) if (getattr(one, by) is not None if inner else one.category is None and one.product is None)]
                   for span in (plans.Span.month, plans.Span.year))
    facts = _facts(first, last, did, by if inner else None)
    above = _above(by, {one.part for one in facts} | {getattr(one, by) for one in (*aims, *whole)}) if inner else {}
    table = _Table(first, by, did, tree, aims, whole, facts, above)
    keys = {getattr(one, by) for one in (*aims, *whole)} | {one.part for one in facts} if inner else (
        {one.person for one in (*aims, *whole) if one.person is not None} | {one.person for one in facts} if by == "owner" else
        {one.department for one in (*aims, *whole)} | {one.department for one in facts})
    found = [table.row(key) for key in keys if key is not None]
    names = _names(WHOSE[by], [row.key for row in found])
    people, homes = (_names(WHOSE[name], {row.key[1] for one in found for row in one.below if row.key[0] == name}) for name in ("owner", "department"))
    named = [row._replace(name=names.get(row.key, _("hidden record")), below=[one._replace(name=(people if one.key[0] == "owner" else homes).get(one.key[1], "")) for one in row.below])
             for row in found]
    return sorted(named, key=lambda row: (-(row.year.target or 0), -row.year.fact, str(row.name)))[:MOST], None if inner or not found else table.all()


def _facts(first, last, did, part):
    column, month = getattr(Achievement, f"{part}_id") if part else sa.null(), month_of(Achievement.day)
    key = *((column,) if part else ()), Achievement.owner_id, Achievement.department_id, month
    rows = session.execute(sa.select(column, *key[-3:], sa.func.sum(Achievement.amount)).where(
        Achievement.did == did, Achievement.day >= first, Achievement.day <= last).group_by(*key).order_by(*key).limit(LINES))
    return [Fact(one, person, home, dt.date.fromisoformat(f"{text}-01"), int(amount)) for one, person, home, text, amount in rows]


def _above(by, keys):
    """Each part with those it lies in: a category in its parent, a variant in its product."""
    if by == "category":
        parents = parents_of("core.product_category")
    else:
        parents = dict(session.execute(sa.select(Product.id, Product.parent_id).where(Product.id.in_([one for one in keys if one is not None]))).all()) if keys else {}
    return {one: chain_of(one, parents) for one in keys if one is not None}


def _names(resource, ids):
    return site().registry.resource(resource).labels(ids)


class _Table:
    """The figures of a year, and how rows are made of them."""

    def __init__(self, first, by, did, tree, aims, whole, facts, above):
        self.first, self.by, self.did, self.tree, self.aims, self.whole, self.facts, self.above = first, by, did, tree, aims, whole, facts, above

    def row(self, key):
        if self.by in ("category", "product"):
            aims, whole = ([one for one in of if getattr(one, self.by) == key] for of in (self.aims, self.whole))
            facts = [one for one in self.facts if key in self.above.get(one.part, ())]
            made = self._row(key, aims, whole, facts, ((f"{self.by}.any", str(key)),), self._together)
            return made._replace(below=self._holders(key, aims, whole, facts))
        return self._of(self.by, key, self.aims, self.whole, self.facts, ())

    def all(self):
        return self._row(None, self.aims, self.whole, self.facts, (), self._together)._replace(name=_("All together"))

    def _of(self, whose, key, aims, whole, facts, more):
        """The row of a person, or of a department with those below it."""
        if whose == "owner":
            mine = lambda of: [one for one in of if one.person == key]
            return self._row(key, mine(aims), mine(whole), mine(facts), ((f"{whose}.any", str(key)), *more), self._sum)
        below = {one.department for one in (*aims, *whole, *facts) if one.department is not None and self.tree.lies_in(one.department, key)} | {key}
        mine = lambda of: [one for one in of if one.department in below]
        return self._row(key, mine(aims), mine(whole), mine(facts), ((f"{whose}.any", ",".join(map(str, sorted(below)))), *more), lambda of: self.tree.target(key, _aims(of)))

    def _holders(self, part, aims, whole, facts):
        """Whose plans name this part: people, and departments with a plan of their own."""
        more = ((f"{self.by}.any", str(part)),)
        people = sorted({one.person for one in (*aims, *whole) if one.person is not None})
        homes = sorted({one.department for one in (*aims, *whole) if one.person is None and one.department is not None})
        made = [("department", key, self._of("department", key, aims, whole, facts, more)) for key in homes]
        made += [("owner", key, self._of("owner", key, aims, whole, facts, more)) for key in people]
        return [row._replace(key=(whose, key)) for whose, key, row in made]

    def _row(self, key, aims, whole, facts, where, target):
        months = []
        for number in range(1, 13):
            begins = self.first.replace(month=number)
            wanted = target([one for one in aims if one.begins == begins])
            months.append(Figure(wanted, sum(one.amount for one in facts if one.month == begins), self._url(begins, last_of(begins), where)))
        wanted = [one.target for one in months if one.target is not None]
        year = Figure(sum(wanted) if wanted else None, sum(one.fact for one in months), self._url(self.first, self.first.replace(month=12, day=31), where))
        return Row(key, "", months, year, target(whole))

    def _url(self, first, last, where):
        return figures.records(self.did, first, last, where)

    def _sum(self, of):
        return sum(one.figure * 100 for one in of) if of else None

    def _together(self, of):
        """Of several plans: of departments with plans of their own theirs, else those of their people."""
        return self.tree.whole(_aims(of))


def _aims(of):
    """The targets by department."""
    return departments.aims_of((one.department, one.person is None, one.figure * 100) for one in of)
