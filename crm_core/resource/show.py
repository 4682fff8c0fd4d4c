"""How moments, days and names look to the reader."""

import datetime as dt
from decimal import Decimal
from functools import cache

from babel.dates import format_date
from babel.numbers import format_decimal

from crm_core.kernel import clock
from crm_core.kernel.i18n import _, in_sentence, language, locale

_SHORT = {"zh_Hans_CN": "M 月 d 日", "en": "d MMM"}


@cache
def _day_and_month(language: str, month: int, day: int) -> str:
    """Kept, for a list shows a hundred of these and Babel takes its time."""
    return format_date(dt.date(2024, month, day), _SHORT[language], locale=locale())


def show_date(day: dt.date, today: dt.date | None = None) -> str:
    """Today, yesterday, tomorrow in words, this year without the year, else ISO."""
    here = today or clock.today()
    away = (day - here).days
    if away == 0:
        return str(_("Today"))
    if away == -1:
        return str(_("Yesterday"))
    if away == 1:
        return str(_("Tomorrow"))
    if day.year == here.year:
        return _day_and_month(language(), day.month, day.day)
    return day.isoformat()


def say_date(day: dt.date, today: dt.date | None = None) -> str:
    """The same inside a sentence: "until tomorrow"."""
    text = show_date(day, today)
    return in_sentence(text) if abs((day - (today or clock.today())).days) <= 1 else text


def say_number(value: int, places: int) -> str:
    """A number that is kept in its smallest units, without zeros at its end: 12.5 of 1250 hundredths."""
    return format_decimal(Decimal(value).scaleb(-places), f"#,##0.{'#' * places}" if places else "#,##0", locale=locale())


_MONTH = {"zh_Hans_CN": "y年M月", "en": "MMMM y"}


def show_month(day: dt.date) -> str:
    """The month of a day: October 2026, 2026年10月."""
    return format_date(day, _MONTH[language()], locale=locale())


def show_moment(moment: dt.datetime, *, short: bool = False) -> str:
    """Today with the time, up to six days in words, this year as day and month, else ISO."""
    here = clock.local(moment)
    today = clock.today()
    away = (today - here.date()).days
    if away == 0:
        return f"{_('Today')} {here:%H:%M}"
    if away == 1:
        return str(_("Yesterday")) if short else f"{_('Yesterday')} {here:%H:%M}"
    if 1 < away <= 6:
        return str(_("%(n)s days ago", n=away))
    if here.year == today.year:
        return _day_and_month(language(), here.month, here.day)
    return here.date().isoformat()


def show_day_heading(day: dt.date) -> str:
    """The heading of a day in a time line: today, yesterday, or date and weekday."""
    today = clock.today()
    if day == today:
        return str(_("Today"))
    if (today - day).days == 1:
        return str(_("Yesterday"))
    pattern = {"zh_Hans_CN": "M 月 d 日 EEE", "en": "EEE d MMM"}[language()]
    if day.year != today.year:
        pattern = {"zh_Hans_CN": "yyyy 年 M 月 d 日 EEE", "en": "EEE d MMM yyyy"}[language()]
    return format_date(day, pattern, locale=locale())


def show_bytes(size: int | None) -> str:
    """512 B, 81 KB, 2.4 MB."""
    if size is None:
        return ""
    if size < 1_000:
        return f"{size} B"
    return f"{max(1, round(size / 2**10)):,} KB" if size < 1_000_000 else f"{size / 2**20:,.1f} MB"


def full_moment(moment: dt.datetime) -> str:
    """The whole time, for `title`."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M:%S}"
