"""Months of dates, in the database."""

import sqlalchemy as sa


def month_of(column):
    """The month of a date, such as 2026-11; alike on both engines."""
    return sa.func.substr(sa.cast(column, sa.String), 1, 7)
