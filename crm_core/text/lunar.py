"""Days of the lunar calendar, as they are written."""

import datetime as dt
from functools import lru_cache


@lru_cache(maxsize=1_000)
def lunar_day(day: dt.date) -> str:
    """As a calendar has it in the corner of a day: 廿四, on the first of a month its name, 正月."""
    from lunar_python import Solar  # takes its time to load, and few ask

    found = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    own: str = found.getDayInChinese()
    return f"{found.getMonthInChinese()}月" if own == "初一" else own
