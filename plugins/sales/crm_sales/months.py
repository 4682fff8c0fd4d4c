"""Months, and regions of customers, as reports tell them apart in the database."""

import datetime as dt

import sqlalchemy as sa

from crm_core.sdk import language, periods


def first_of(day, months=0):
    """The first day of the month of a day, or of one so many months later."""
    return periods.shift(day.replace(day=1), months, "month")


def last_of(day):
    """The last day of the month of a day."""
    return first_of(day, 1) - dt.timedelta(days=1)


def month_of(column):
    """The month of a date, such as 2026-11; alike on both engines."""
    return sa.func.substr(sa.cast(column, sa.String), 1, 7)


def region_of(regions):
    """The whole name of a region in the language that is spoken, for several cities have a district of one name; nothing where none is known."""
    names = (regions.c.full_english, regions.c.english) if language() == "en" else ()
    return sa.func.coalesce(*(sa.func.nullif(name, "") for name in (*names, regions.c.full_name)), regions.c.name, "")
