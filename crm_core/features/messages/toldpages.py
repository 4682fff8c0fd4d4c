"""How I am told: quiet hours, a channel, the mail that sums up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import normalize

import flask
from babel.dates import get_day_names

from crm_core.features.messages import telling, views
from crm_core.features.messages.models import Digest
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, locale
from crm_core.kernel.outbound import can_mail
from crm_core.resource import acts
from crm_core.resource.fields import Bad, Field
from crm_core.resource.listed import ListField
from crm_core.text.hours import clock as written
from crm_core.text.hours import read as read_hours
from crm_core.web import controls
from crm_core.web.access import signed_in
from crm_core.web.bulk import say_undo
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, Crumb, FormPage, Note, Section

pages = flask.Blueprint("told", __name__)
channels: list[Callable[[], list[tuple[int, str, Any]]]] = []
"""Slot: the channels one may have one's notices sent by: id, name, and why it does not reach the acting person ("" where it does)."""


def menu_entry() -> Act:
    """In the person's menu."""
    return Act(_("How I am told"), views.TOLD, "bell")


@dataclass(frozen=True, kw_only=True)
class HourField(Field):
    """An hour of the day, kept as "22:00"; 22, 10pm and 晚上十点 as far as text/hours.py reads them."""

    kind: str = "hour"

    def taken(self, line: str) -> Any:
        plain = normalize("NFKC", line).strip()
        try:
            ((begins, _ends),) = read_hours(f"Mon {plain}-24:00")[0]
        except ValueError:
            raise Bad(_("A time such as 22:30 is expected.")) from None
        return written(begins)


@dataclass(frozen=True, kw_only=True)
class WordField(ListField):
    """One of a few words."""

    kind: str = "word"
    pairs: tuple[tuple[str, Any], ...] = ()
    empty: Any = ""

    def words(self) -> dict[str, Any]:
        return dict(self.pairs)

    @property
    def blank(self) -> Any:
        return self.empty


HINTS = {"quiet_from": "22:00", "quiet_until": "07:00", "digest_at": "08:00"}
DIGESTS = ((Digest.none.value, _("Never")), (Digest.daily.value, _("Every day")), (Digest.weekly.value, _("Every week")))


def _ways() -> list[tuple[int, str, Any]]:
    return [one for load in channels for one in load()]


def _fields() -> dict[str, Field]:
    days = get_day_names("wide", "stand-alone", locale())
    found: list[Field] = [
        HourField(name="quiet_from", column="", label=_("Quiet from"), length=10),
        HourField(name="quiet_until", column="", label=_("Quiet until"), length=10),
        WordField(name="channel", column="", label=_("Also send them by"), pairs=tuple((str(i), name) for i, name, _why in _ways()), empty=_("no channel")),
        WordField(name="digest", column="", label=_("Mail with what waits for me"), pairs=DIGESTS, required=True),
        HourField(name="digest_at", column="", label=_("At"), required=True, length=10),
        WordField(name="digest_day", column="", label=_("Weekday"), pairs=tuple((str(n), days[n]) for n in range(7)), required=True),
    ]
    return {one.name: one for one in found if one.name != "channel" or _ways()}


@pages.route(views.TOLD, methods=["GET", "POST"])
@signed_in
def told() -> Any:
    """One's own choice."""
    fields, faults = _fields(), {}
    if flask.request.method == "POST":
        texts = controls.read(fields, flask.request.form)
        try:
            telling.choose(_values(fields, texts))
        except Invalid as bad:
            faults = bad.fields
        else:
            say_undo(_("Saved"), None)
            return flask.redirect(views.TOLD, 303)
    else:
        texts = _texts(telling.chosen())
    return page_of("form.html", _page(fields, texts, faults)), 422 if faults else 200


def _values(fields: dict[str, Field], texts: dict[str, str]) -> dict[str, Any]:
    """The columns of the choice. Raises Invalid."""
    found = acts.checked(fields, texts)
    if (found.get("quiet_from") is None) != (found.get("quiet_until") is None):
        raise Invalid({"quiet_until" if found.get("quiet_until") is None else "quiet_from": [_("Say both hours, or none.")]})
    which = int(found["channel"]) if found.get("channel") else None
    why = next((why for i, _name, why in _ways() if i == which), "")
    if why:
        raise Invalid({"channel": [why]})
    return {"quiet_from": found.get("quiet_from"), "quiet_until": found.get("quiet_until"), "channel_id": which, "digest": Digest(found["digest"]),
            "digest_at": found["digest_at"], "digest_day": int(found["digest_day"])}


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {"quiet_from": row["quiet_from"] or "", "quiet_until": row["quiet_until"] or "", "channel": str(row["channel_id"] or ""), "digest": row["digest"],
            "digest_at": row["digest_at"], "digest_day": str(row["digest_day"])}


def _page(fields: dict[str, Field], texts: dict[str, str], faults: dict[str, Any]) -> FormPage:
    drawn = {one.name: one for one in controls.of_fields(fields, texts, faults)}
    when = {"digest_at": ("digest", "daily,weekly"), "digest_day": ("digest", "weekly")}
    drawn = {name: replace(one, when=when.get(name), placeholder=HINTS.get(name, one.placeholder)) for name, one in drawn.items()}

    def section(code: str, title: Any, text: Any, *names: str) -> Section:
        shown = tuple(drawn[name] for name in names if name in drawn)
        return Section(code, title, shown, text=text, errors=sum(1 for name in names if name in faults))

    sections = [section("quiet", _("Quiet hours"), _("Your notices stand in their list at once, whatever the hour. Between these hours this browser, your channel and the mail stay silent; "
                                                     "when they are over you hear of what you have not read. What is urgent comes through."), "quiet_from", "quiet_until")]
    if "channel" in drawn:
        sections.append(section("channel", _("Message channel"), _("What you have not read within a minute is sent there too."), "channel"))
    sections.append(section("digest", _("Mail that sums up"), _("What you have not read and what is due, at your hour and in your language; nothing when nothing waits."), "digest", "digest_at", "digest_day"))
    note = None if can_mail() else Note(_("This house has no mail server yet: no mail is sent."), "", "amber", "alert-triangle")
    return FormPage(_("How I am told"), views.TOLD, views.URL, tuple(sections), crumbs=(Crumb(_("Notices"), views.URL),), submit=_("Save"), note=note)
