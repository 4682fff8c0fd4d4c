"""Ages move on by themselves: from the birth date, or from an age and the day it was told."""

import datetime as dt
from typing import Any


def whole_years(start: dt.date, today: dt.date) -> int:
    """Birthdays between two days; who was born on 29 February has his on 1 March in other years."""
    return today.year - start.year - ((today.month, today.day) < (start.month, start.day))


def age(birth_date: dt.date | None, age_told: int | None, told_on: dt.date | None, today: dt.date) -> int | None:
    """Today's age; the birth date is worth more than what was told. None when nobody knows."""
    if birth_date is not None:
        return max(0, whole_years(birth_date, today))
    if age_told is not None and told_on is not None:
        return age_told + max(0, whole_years(told_on, today))
    return age_told


def derive(rows: list[dict[str, Any]], before: Any, today: dt.date) -> None:
    """An age told anew, without the day, was told today; one taken back loses its day."""
    for row in rows:
        if "age_told" not in row:
            continue
        old = before.get(row.get("id"), {})
        if row["age_told"] is None:
            if not old or old.get("age_told") is not None:  # an age that never was has no day to lose
                row["age_told_on"] = None
            continue
        told_anew = row["age_told"] != old.get("age_told") and row.get("age_told_on") in (None, old.get("age_told_on"))
        if told_anew or row.get("age_told_on", old.get("age_told_on")) is None:
            row["age_told_on"] = today
