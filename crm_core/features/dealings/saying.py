"""Why, in words: what a stage, a warning and a proposal go by."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from crm_core.data.session import session
from crm_core.features.dealings.models import Churn, Stage, Why
from crm_core.kernel.declare import PARTS
from crm_core.kernel.i18n import _, listed, ngettext
from crm_core.kernel.site import site
from crm_core.resource.show import show_date

NAME = "core.customer_value"
SUMS, DAYS = {"year", "year_before", "average"}, {"last_on", "first_on", "deals", "usual"}  # what words about a customer name
NEEDED = ("why", "last_on", "first_on", "deals", "usual", "year", "year_before", "average")  # of a row, to say its stage


def money(amount: int) -> str:
    return str(site().registry.resource(NAME).all_fields["year"].show(amount))


def days(n: int) -> Any:
    return ngettext("%(n)s day", "%(n)s days", n)


def told(say: Callable[..., Any], row: Mapping[str, Any], today: dt.date, fields: Mapping[str, Any]) -> Any:
    """What `stage` or `warning` says to a reader who sees these fields: no amount where one is hidden from him, nothing where the days are."""
    return say(row, today, sums=fields.keys() >= SUMS) if fields.keys() >= DAYS else ""


def stage(row: Mapping[str, Any], today: dt.date, *, sums: bool = True) -> Any:
    """The rule by which a customer is in the stage he is in; without `sums` no amount is named."""
    silent = (today - row["last_on"]).days
    match row["why"]:
        case Why.silent:
            return _("Nothing for %(silent)s; he usually deals every %(usual)s.", silent=days(silent), usual=days(row["usual"])) if row["usual"] else _(
                "Nothing for %(silent)s.", silent=days(silent))
        case Why.less:
            return _("%(year)s in 12 months, after %(before)s in the 12 before.", year=money(row["year"]), before=money(row["year_before"])) if sums else _("Much less than in the year before.")
        case Why.rarer:
            return _("He deals much more rarely than in the year before.")
        case Why.few:
            return ngettext("%(n)s dealing so far.", "%(n)s dealings so far.", row["deals"])
        case Why.new:
            return _("Known for %(age)s.", age=days((today - row["first_on"]).days))
        case Why.small:
            return _("So far only small dealings, %(average)s on average.", average=money(row["average"])) if sums else _("So far only small dealings.")
        case Why.rising:
            return _("Turnover is rising: %(year)s in 12 months, after %(before)s.", year=money(row["year"]), before=money(row["year_before"])) if sums else _("Turnover is rising.")
    return _("He deals regularly, for about the same.")


def warning(row: Mapping[str, Any], today: dt.date, *, sums: bool = True) -> Any:
    """What is unusual; without `sums` no amount is named."""
    if row["churn"] == Churn.silent:
        return _("Silent for %(silent)s; usually a dealing every %(usual)s. The last one was on %(day)s.",
                 silent=days((today - row["last_on"]).days), usual=days(row["usual"] or 0), day=show_date(row["last_on"]))
    if not sums:
        return _("The last three dealings brought much less than was usual.")
    return _("The last three dealings brought much less than was usual. Turnover of 12 months: %(year)s, of the 12 before: %(before)s.",
             year=money(row["year"]), before=money(row["year_before"]) if row["year_before"] is not None else "–")


def fall(row: Mapping[str, Any], today: dt.date) -> Any:
    """That a growing customer is about to decline."""
    return _("Growing, but nothing for %(silent)s. Without a dealing he counts as declining from %(day)s on.",
             silent=days((today - row["last_on"]).days), day=show_date(row["falls_on"]))


def troubles(found: Mapping[str, Any], *, sums: bool = True) -> Any:
    """Signs of trouble (sign → figures) with what the reader may know of each; those of a package that sleeps are left out."""
    said = []
    for name, figures in found.items():
        sign = site().registry.troubles.get(name)
        if sign is not None:
            may = not sign.permission or session.actor is None or session.actor.can(sign.permission)
            said.append(_("%(sign)s (%(figures)s)", sign=sign.label, figures=sign.say(figures, sums)) if may else sign.label)
    return _("Signs of trouble: %(signs)s.", signs=listed(said)) if said else ""


def signs(found: Mapping[str, Any]) -> Any:
    """The same by name alone, for who may not know the figures."""
    said = [sign.label for name in found if (sign := site().registry.troubles.get(name)) is not None]
    return _("Signs of trouble: %(signs)s.", signs=listed(said)) if said else ""


def left(row: Any, fields: Mapping[str, Any]) -> Any:
    """The profit contribution, reckoned: every part of it with its figure, and which nobody tells."""
    parts = [(name, getattr(row, name)) for name in ("goods", *PARTS) if name in fields]
    taken = listed(_("%(what)s %(amount)s", what=fields[name].label, amount=money(amount)) for name, amount in parts if amount is not None)
    lacks = listed(fields[name].label for name, amount in parts if amount is None)
    said = _("Turnover after price allowances %(year)s, less %(taken)s.", year=money(row.year), taken=taken) if taken and "year" in fields else ""
    unknown = _("Not known here: %(parts)s.", parts=lacks) if lacks else ""
    return _("%(said)s %(signs)s", said=said, signs=unknown) if said and unknown else said or unknown


def stages() -> tuple[tuple[str, Any], ...]:
    from crm_core.features.dealings.models import STAGES

    return tuple((str(one), STAGES[one]) for one in Stage)
