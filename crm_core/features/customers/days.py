"""Days that come again: birthdays (solar or lunar), wedding days, the founding of a firm. The next one is kept in a column of
its own, so that lists ask for "this week" by an index and without the date; a job moves it on."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.customers.models import Contact, Customer
from crm_core.kernel import clock
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import BooleanField

BATCH = 500


def monday(today: dt.date) -> dt.date:
    """From here on days are kept: the birthday of this Tuesday is still "this week" on Friday."""
    return today - dt.timedelta(days=today.weekday())


def yearly(day: dt.date | None, start: dt.date) -> dt.date | None:
    """The first return of a day from `start` on; of 29 February it is 1 March in other years."""
    if day is None:
        return None
    for year in (start.year, start.year + 1):
        try:
            found = day.replace(year=year)
        except ValueError:
            found = dt.date(year, 3, 1)
        if found >= start:
            return found
    return None


@lru_cache(maxsize=4096)
def lunar(birth: dt.date, start: dt.date) -> dt.date | None:
    """The first return from `start` on of the lunar month and day of a birth. A leap month counts as its month, a 30th day that
    a year lacks is its 29th."""
    from lunar_python import Lunar, LunarMonth, Solar  # takes its time to load, and few ask

    born = Solar.fromYmd(birth.year, birth.month, birth.day).getLunar()
    month = abs(born.getMonth())
    for year in (start.year - 1, start.year, start.year + 1):
        day = min(born.getDay(), LunarMonth.fromYm(year, month).getDayCount())
        solar = Lunar.fromYmd(year, month, day).getSolar()
        found = dt.date(solar.getYear(), solar.getMonth(), solar.getDay())
        if found >= start:
            return found
    return None


def birthday(birth: dt.date | None, keeps_lunar: bool, start: dt.date) -> dt.date | None:
    if birth is None:
        return None
    return lunar(birth, start) if keeps_lunar else yearly(birth, start)


def derive_contacts(rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]], today: dt.date) -> None:
    """The next days of contacts about to be written."""
    start = monday(today)
    for row in rows:
        old = before.get(row.get("id", 0), {})
        if not row.keys().isdisjoint(("birth_date", "lunar_birthday")):
            now = {**old, **row}
            row["next_birthday"] = birthday(now.get("birth_date"), bool(now.get("lunar_birthday")), start)
        if "wedding_date" in row:
            row["next_wedding"] = yearly(row["wedding_date"], start)


def derive_customers(rows: list[dict[str, Any]], today: dt.date) -> None:
    for row in rows:
        if "founded_on" in row:
            row["next_founding"] = yearly(row["founded_on"], monday(today))


def move_on(job: Any) -> None:
    """The job: days before this week's Monday become the next ones. Nothing a person did, so no version and no history."""
    start, done = monday(clock.today()), 0
    contact, customer = table_of(Contact), table_of(Customer)
    for table, column, sources in (
        (contact, "next_birthday", ("birth_date", "lunar_birthday")), (contact, "next_wedding", ("wedding_date",)),
        (customer, "next_founding", ("founded_on",)),
    ):
        while not job.cancelled:
            with job.write():
                moved = _move(table, column, sources, start)
            done += moved
            if moved < BATCH:
                break
    job.progress(done)


def _move(table: sa.Table, column: str, sources: tuple[str, ...], start: dt.date) -> int:
    execute = current_work().session.connection().execute
    options = unscoped("days that come again")
    query = sa.select(table.c.id, *(table.c[s] for s in sources)).where(table.c[column] < start).limit(BATCH)
    rows = execute(query, execution_options=options).all()
    if rows:
        new = [
            {"b_id": r.id, "b_day": birthday(r.birth_date, r.lunar_birthday, start) if len(sources) == 2 else yearly(r[1], start)} for r in rows
        ]
        statement = sa.update(table).where(table.c.id == sa.bindparam("b_id")).values({column: sa.bindparam("b_day")})
        execute(statement, new, execution_options=options)
    return len(rows)


@dataclass(frozen=True, kw_only=True)
class ThisWeekField(BooleanField):
    """Whether a day that comes again lies in this week: a filter that tells no date, for who may not know it too."""

    kept_in: str = ""
    operators: ClassVar[tuple[str, ...]] = ("eq",)

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        start = monday(clock.today())
        columns = entity.c if isinstance(entity, sa.FromClause) else entity
        inside: sa.ColumnElement[bool] = getattr(columns, self.kept_in).between(start, start + dt.timedelta(days=6))
        return inside if values[0] else sa.or_(sa.not_(inside), getattr(columns, self.kept_in).is_(None))
