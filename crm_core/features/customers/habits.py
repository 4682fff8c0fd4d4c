"""A customer's habits, from his newest dealings: how often, how much, in which months, of what; and whether he is overdue."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import sqlalchemy as sa
from babel.dates import get_month_names

from crm_core.data.session import session
from crm_core.features.customers.dealings import Dealing
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, listed, locale, ngettext
from crm_core.kernel.site import site
from crm_core.resource.show import show_date
from crm_core.web import urls
from crm_core.web.viewmodels import PanelRow, PanelView

LOOKED_AT = 500  # newest dealings of a customer
ENOUGH = 3  # days of dealings that make a habit
PATIENCE = 1.5  # times the usual interval, then he is overdue
SHARE = 0.25  # of all dealings in one month of the year: a pattern
FAVOURITES = 3


class Deal(NamedTuple):
    """A dealing as habits look at it."""

    day: dt.date
    amount: int | None
    products: str | None


@dataclass(frozen=True)
class Habits:
    """What is usual; None where there is too little to say so. Money in minor units."""

    count: int
    last: dt.date | None = None
    interval: int | None = None
    overdue: int | None = None  # days beyond the usual interval, when it is well past
    amount: int | None = None
    months: tuple[int, ...] = ()
    products: tuple[str, ...] = ()
    years: dict[int, int] = field(default_factory=dict)


def of(deals: Sequence[Deal], today: dt.date) -> Habits:
    """The habits in these dealings up to today."""
    past = [deal for deal in deals if deal.day <= today]
    days = sorted({deal.day for deal in past})
    if not days:
        return Habits(0)
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    interval = round(median(gaps)) if len(days) >= ENOUGH else None
    silent = (today - days[-1]).days
    amounts = [deal.amount for deal in past if deal.amount is not None]
    per_month, years = Counter(deal.day.month for deal in past), Counter[int]()
    for deal in past:
        years[deal.day.year] += deal.amount or 0
    words = Counter(word.strip() for deal in past for word in (deal.products or "").replace("、", ",").split(",") if word.strip())
    return Habits(
        len(past), days[-1], interval, silent - interval if interval and silent > PATIENCE * interval else None,
        round(median(amounts)) if amounts else None,
        tuple(sorted(month for month, n in per_month.items() if len(past) >= 4 and n >= SHARE * len(past))),
        tuple(word for word, _n in sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))[:FAVOURITES]), dict(sorted(years.items(), reverse=True)),
    )


def panel(customer: int) -> PanelView:
    """Beside the customer, in the reader's rights."""
    resource = site().registry.resource("core.dealing")
    amount = resource.fields().get("amount")
    shown = [Dealing.day, Dealing.amount if amount is not None else sa.null(), Dealing.products if "products" in resource.fields() else sa.null()]
    rows: list[Any] = session.execute(sa.select(*shown).where(Dealing.customer_id == customer).order_by(Dealing.day.desc(), Dealing.id.desc()).limit(LOOKED_AT)).all()  # type: ignore[assignment]
    found = of([Deal(*row) for row in rows], clock.today())
    lines = []
    if found.last is not None:
        late = ngettext("%(n)s day overdue", "%(n)s days overdue", found.overdue) if found.overdue else ""
        lines.append(PanelRow(_("Last dealing"), late, show_date(found.last), sub_colour="red" if late else "", sub_icon="alarm" if late else ""))
    if found.interval:
        lines.append(PanelRow(_("Usual interval"), figure=ngettext("%(n)s day", "%(n)s days", found.interval)))
    if found.amount is not None and amount is not None:
        lines.append(PanelRow(_("Usual amount"), figure=amount.show(found.amount)))
    if found.months:
        lines.append(PanelRow(_("Months he buys in"), listed([_month(month) for month in found.months])))
    if found.products:
        lines.append(PanelRow(_("Favourite products"), listed(found.products)))
    if amount is not None:
        lines += [PanelRow(str(year), figure=amount.show(total)) for year, total in list(found.years.items())[:3]]
    url = urls.of_record(site().registry.resource("core.customer"), customer, resource.name)
    return PanelView(_("Habits"), "chart-bar", f"{LOOKED_AT}+" if len(rows) == LOOKED_AT else found.count or "", tuple(lines), url=url, empty=_("No dealings yet."))


def _month(number: int) -> str:
    return str(get_month_names("wide", "stand-alone", locale())[number])
