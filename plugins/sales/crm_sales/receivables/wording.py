"""What reminders say: the words of the house for a level and a language, or the usual ones, which are in the catalogue."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import flask
import sqlalchemy as sa

from crm_core.sdk import CompanySettings, Refused, access, in_language, language, letters, money, system_scope, today
from crm_sales import _
from crm_sales.receivables.models import PREVIEW, Level, ReminderText, Tongue
from crm_sales.settings import OrderSettings

pages = flask.Blueprint("sales_reminders", __name__)
TITLES = _("Reminder: invoices that are due"), _("Second reminder: invoices that are due"), _("Last reminder: invoices that are due")
# What a text may name, in either language.
WORDS = {"customer": "客户", "number": "编号", "amount": "金额", "days": "逾期天数", "within": "付款天数", "until": "付款期限", "company": "公司", "date": "日期"}
NAMES = {way: name for name, chinese in WORDS.items() for way in (name, chinese)}


class Wording(NamedTuple):
    """The subject of a reminder, and what it says before it lists what is owed."""

    title: str
    text: str


def usual(level: int, days: int) -> Wording:
    """What reminders of a level (1 to 3) say where the house says nothing else, in the language that is spoken now."""
    if level == 1:
        text = _("perhaps it escaped your notice: what is listed below is due and we have not received it yet. Please pay it within %(days)s days.", days=days)
    elif level == 2:
        text = _("we have reminded you of what is listed below and have still not received it. Please pay it within %(days)s days, or tell us what stands in the way.", days=days)
    else:
        text = _("in spite of our reminders what is listed below is still not paid. Please pay it within %(days)s days; otherwise we can deliver nothing further on account and must take further steps.", days=days)
    return Wording(str(TITLES[level - 1]), str(text))


def values(customer: str, numbers: list[str], sums: Mapping[str, int], days: int, company: str, day: dt.date) -> dict:
    """What the words of a text mean. `sums`: currency → what remains, `days`: how late the latest is."""
    within = OrderSettings.now().remind_within
    return {"customer": customer, "number": ", ".join(numbers), "days": days, "within": within, "until": day + dt.timedelta(days=within), "company": company, "date": day,
            "amount": " + ".join(f"{money.shown(amount, currency)} {currency}" for currency, amount in sorted(sums.items()))}


def own(level: int) -> ReminderText | None:
    """What the house says on a level (1 to 3) in the language that is spoken now; None where nothing."""
    with system_scope("the words of a reminder") as db:
        return db.scalar(sa.select(ReminderText).where(ReminderText.level == list(Level)[level - 1], ReminderText.language == spoken(), ReminderText.deleted_at.is_(None)))


def spoken() -> Tongue:
    """The language that is spoken now, as texts are kept by it."""
    return Tongue.en if language() == "en" else Tongue.zh


def of(level: int, known: Mapping) -> Wording:
    """The words of a level with all filled in. One statement."""
    mine, said = own(level), usual(level, known["within"])
    if mine is None:
        return said
    return Wording(*(letters.filled(text, NAMES, known) if text else words for text, words in ((mine.title, said.title), (mine.text, said.text))))


def wrong(text: str):
    """What is wrong with a text, in words; nothing where nothing is."""
    return letters.problem(text, NAMES)


@pages.post(PREVIEW)
@access("sales.reminder_text.update")
def preview():
    """A text while it is written, with a customer made up; left out, the usual words."""
    form = flask.request.form
    level = list(Level).index(form["level"]) + 1 if form.get("level") in list(Level) else 1
    tongue = form.get("language") if form.get("language") in list(Tongue) else spoken()
    words = [name if language() == "en" else chinese for name, chinese in WORDS.items()]
    title, text = form.get("title", "").strip(), form.get("text", "").replace("\r\n", "\n").strip()
    for one in (title, text):
        if fault := wrong(one):
            return letters.live(words, "", "", fault)
    with in_language({"zh": "zh_Hans_CN", "en": "en"}[tongue]):
        known = values(str(_("Sample Ltd.")), ["FP-2026-00042"], {"CNY": 12_800_00}, 21, CompanySettings.now().called(), today())
        said = usual(level, known["within"])
        try:
            said = Wording(*(letters.filled(one, NAMES, known) if one else other for one, other in ((title, said.title), (text, said.text))))
        except Refused as no:
            return letters.live(words, "", "", no.message)
        greeting = str(_("Dear %(name)s,", name=known["customer"]))
    return letters.live(words, said.title, f"{greeting}\n\n{said.text}")
