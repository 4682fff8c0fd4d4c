"""Small drawn things for cells, facts and heads, as ``Markup``. Views call them for values; templates have them as
globals. They are Python and not macros because a list draws hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup, escape

from crm_core.web.assets import asset, icons
from crm_core.web.viewmodels import Person, Status, Words

DASH = Markup('<span class="nil" aria-hidden="true">—</span>')


@lru_cache(maxsize=1024)
def icon(name: str, css: str = "") -> Markup:
    """An icon of the sprite; ``css``: size and colour classes ("s14 amber"). A filled one is named ``star-f``.
    A name that the sprite lacks (a plugin's, an imported choice's) is drawn as the puzzle piece."""
    if name not in icons() and icons():
        name = "puzzle"
    kind = "icon fill" if name.endswith("-f") else "icon"
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        f"{kind} {css}" if css else kind, asset("sprite.svg"), name
    )


@lru_cache(maxsize=8)
def logo(css: str = "logo") -> Markup:
    """The seven boards."""
    parts = (
        ("a1", "M1 1h22L12 12z"),
        ("a2", "M1 1v22l11-11z"),
        ("a3", "M23 1v11l-5.5-5.5z"),
        ("a4", "M12 12l5.5-5.5L23 12l-5.5 5.5z"),
        ("a5", "M12 12l5.5 5.5h-11z"),
        ("a6", "M1 23l5.5-5.5h11L12 23z"),
        ("a7", "M12 23h11V12z"),
    )
    paths = Markup("").join(Markup('<path class="{}" d="{}"></path>').format(*part) for part in parts)
    return Markup('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>').format(css, paths)


def status(value: Status | None) -> Markup:
    """Icon in its colour and the word in ink: for tables."""
    if value is None or not value.label:
        return DASH
    if not value.icon:
        return Markup('<span class="st">{}</span>').format(value.label)
    return Markup('<span class="st"><span class="{}">{}</span>{}</span>').format(
        value.colour or "ink3", icon(value.icon), value.label
    )


def pill(label: Words, icon_name: str = "", colour: str = "", css: str = "") -> Markup:
    """A status or count in a head or a sentence."""
    classes = " ".join(part for part in ("pill", colour, css) if part)
    return Markup('<span class="{}">{}{}</span>').format(classes, icon(icon_name) if icon_name else "", label)


def status_pill(value: Status, css: str = "") -> Markup:
    """A status as a pill."""
    return pill(value.label, value.icon, value.colour, css)


def tags(labels: Iterable[Words]) -> Markup:
    """Tags in a cell or fact."""
    drawn = [pill(label, css="line") for label in labels]
    return Markup('<span class="tags">{}</span>').format(Markup("").join(drawn)) if drawn else DASH


def avatar(person: Person, css: str = "") -> Markup:
    """The round (or with ``sq`` square) mark; the name always stands beside it or in a label."""
    if not person.text:
        return Markup('<span class="av {}" aria-hidden="true">{}</span>').format(css, icon("robot"))
    return Markup('<span class="av c{} {}" data-t="{}" aria-hidden="true"></span>').format(
        person.colour, css, person.text
    )


def who(person: Person | None, css: str = "") -> Markup:
    """A person in a cell: avatar and name."""
    if person is None or not person.name:
        return DASH
    return Markup('<span class="who">{}<span class="cut">{}</span></span>').format(avatar(person, css), person.name)


def linked(label: Words, url: str) -> Markup:
    """A link to another record."""
    return Markup('<a class="ln" href="{}">{}</a>').format(url, label) if url else escape(label)


def shortened(words: str, full: str) -> Words:
    """Words for a narrow place, with the whole as tip where they are not all."""
    return words if words == full else Markup('<span title="{}">{}</span>').format(full, words)


def step(title: Words, state: Status | None) -> Markup:
    """What comes next, in the colour of its urgency; when, as tip."""
    if state is None or not title:
        return Markup('<span class="step">{}</span>').format(title)
    mark = icon(state.icon, "s14") if state.icon else ""
    return Markup('<span class="step {}" title="{}">{}<span class="cut">{}</span></span>').format(state.colour, state.label, mark, title)


def tel(number: str) -> Markup:
    """A telephone number one can press."""
    if not number:
        return DASH
    digits = "".join(mark for mark in number if mark.isdigit() or mark in "+,;*#")
    return Markup('<a class="ln num" href="tel:{}">{}</a>').format(digits, number)


def mail(address: str) -> Markup:
    """A mail address one can press."""
    return Markup('<a class="ln" href="mailto:{}">{}</a>').format(address, address) if address else DASH


def site(address: str) -> Markup:
    """A web site: a link for http(s) alone, whatever else was typed stays text."""
    if not address:
        return DASH
    full = address if "://" in address else f"https://{address}"
    try:
        parts = urlsplit(full)
    except ValueError:
        return escape(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return escape(address)
    return Markup('<a class="ln" href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(full, address)


def moment(short: Words, iso: str, full: Words = "") -> Markup:
    """A point in time: short words, the full time as tip."""
    if not short:
        return DASH
    return Markup('<time class="num" datetime="{}" title="{}">{}</time>').format(iso, full or iso, short)


def number(text: Words) -> Markup:
    """Money or a count, in tabular figures."""
    return Markup('<span class="num">{}</span>').format(text) if text not in ("", None) else DASH


def text_lines(words: Words) -> Markup:
    """Text as it was typed, line breaks kept."""
    return Markup('<span class="lines">{}</span>').format(words) if words else DASH


def call_url(number: Words) -> str:
    """``tel:`` of a number shown with blanks and dashes."""
    return "tel:" + "".join(mark for mark in str(number) if mark.isdigit() or mark in "+,;*#")


def dress(env: Environment) -> None:
    """Give the templates what they are drawn with. Call it once, when the application is made."""
    env.globals.update(
        asset=asset,
        icon=icon,
        logo=logo,
        status=status,
        pill=pill,
        status_pill=status_pill,
        tags=tags,
        avatar=avatar,
        who=who,
        call_url=call_url,
        DASH=DASH,
    )
