"""Months of dates and regions of customers, as reports tell them apart in the database."""

import sqlalchemy as sa

from crm_core.sdk import language


def month_of(column):
    """The month of a date, such as 2026-11; alike on both engines."""
    return sa.func.substr(sa.cast(column, sa.String), 1, 7)


def region_of(regions):
    """The whole name of a region in the language that is spoken, for several cities have a district of one name; nothing where none is known."""
    names = (regions.c.full_english, regions.c.english) if language() == "en" else ()
    return sa.func.coalesce(*(sa.func.nullif(name, "") for name in (*names, regions.c.full_name)), regions.c.name, "")
