"""Small drawn things for cells, facts and heads, as ``Markup``. Views call them for values; templates have them as
globals. They are Python and not macros because a list draws hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from crm_core.text.calling import e164
from crm_core.web.assets import asset, icons
from crm_core.web.viewmodels import Person, Status, Words

DASH = Markup('<span class="nil" aria-hidden="true">—</span>')


def draw(pattern: str, *values: Words) -> Markup:
    """HTML of our own with values in its `%s`: each is escaped unless it is HTML already. Faster than `Markup.format`."""
    return Markup(pattern % tuple(map(escape, values)))


@lru_cache(maxsize=1024)
def icon(name: str, css: str = "") -> Markup:
    """An icon of the sprite; ``css``: size and colour classes ("s14 amber"). A filled one is named ``star-f``.
    A name that the sprite lacks (a plugin's, an imported choice's) is drawn as the puzzle piece."""
    if name not in icons() and icons():
        name = "puzzle"
    kind = "icon fill" if name.endswith("-f") else "icon"
    return draw('<svg class="%s" aria-hidden="true"><use href="%s#%s"></use></svg>', f"{kind} {css}" if css else kind, asset("sprite.svg"), name)


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
    paths = Markup("").join(draw('<path class="%s" d="%s"></path>', *part) for part in parts)
    return draw('<svg class="%s" viewBox="0 0 24 24" aria-hidden="true">%s</svg>', css, paths)


def status(value: Status | None) -> Markup:
    """Icon in its colour and the word in ink: for tables."""
    if value is None or not value.label:
        return DASH
    if not value.icon:
        return draw('<span class="st">%s</span>', value.label)
    return draw('<span class="st"><span class="%s">%s</span>%s</span>', value.colour or "ink3", icon(value.icon), value.label)


def pill(label: Words, icon_name: str = "", colour: str = "", css: str = "") -> Markup:
    """A status or count in a head or a sentence."""
    classes = " ".join(part for part in ("pill", colour, css) if part)
    return draw('<span class="%s">%s%s</span>', classes, icon(icon_name) if icon_name else "", label)


def status_pill(value: Status, css: str = "") -> Markup:
    """A status as a pill."""
    return pill(value.label, value.icon, value.colour, css)


def tags(labels: Iterable[Words]) -> Markup:
    """Tags in a cell or fact."""
    drawn = [pill(label, css="line") for label in labels]
    return draw('<span class="tags">%s</span>', Markup("").join(drawn)) if drawn else DASH


def pills(values: Iterable[Status]) -> Markup:
    """Several statuses as pills in a cell."""
    drawn = [status_pill(value) for value in values]
    return draw('<span class="tags">%s</span>', Markup("").join(drawn)) if drawn else DASH


def avatar(person: Person, css: str = "") -> Markup:
    """The round (or with ``sq`` square) mark; the name always stands beside it or in a label."""
    if not person.text:
        return draw('<span class="av %s" aria-hidden="true">%s</span>', css, icon("robot"))
    return draw('<span class="av c%s %s" data-t="%s" aria-hidden="true"></span>', person.colour, css, person.text)


def who(person: Person | None, css: str = "") -> Markup:
    """A person in a cell: avatar and name."""
    if person is None or not person.name:
        return DASH
    return draw('<span class="who">%s<span class="cut">%s</span></span>', avatar(person, css), person.name)


def linked(label: Words, url: str) -> Markup:
    """A link to another record."""
    return draw('<a class="ln" href="%s">%s</a>', url, label) if url else escape(label)


def shortened(words: str, full: str) -> Words:
    """Words for a narrow place, with the whole as tip where they are not all."""
    return words if words == full else draw('<span title="%s">%s</span>', full, words)


def step(title: Words, state: Status | None) -> Markup:
    """What comes next, in the colour of its urgency; when, as tip."""
    if state is None or not title:
        return draw('<span class="step">%s</span>', title)
    mark = icon(state.icon, "s14") if state.icon else ""
    return draw('<span class="step %s" title="%s">%s<span class="cut">%s</span></span>', state.colour, state.label, mark, title)


def tel(number: str) -> Markup:
    """A telephone number one can press."""
    if not number:
        return DASH
    return draw('<a class="ln num" href="%s">%s</a>', call_url(number), number)


def mail(address: str) -> Markup:
    """A mail address one can press."""
    return draw('<a class="ln" href="mailto:%s">%s</a>', address, address) if address else DASH


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
    return draw('<a class="ln" href="%s" target="_blank" rel="noopener noreferrer">%s</a>', full, address)


def moment(short: Words, iso: str, full: Words = "") -> Markup:
    """A point in time: short words, the full time as tip."""
    if not short:
        return DASH
    return draw('<time class="num" datetime="%s" title="%s">%s</time>', iso, full or iso, short)


def number(text: Words) -> Markup:
    """Money or a count, in tabular figures."""
    return draw('<span class="num">%s</span>', text) if text not in ("", None) else DASH


def text_lines(words: Words) -> Markup:
    """Text as it was typed, line breaks kept."""
    return draw('<span class="lines">%s</span>', words) if words else DASH


def call_url(number: Words) -> str:
    """``tel:`` of a number as it was typed: as it is dialled from anywhere where its country is known."""
    return "tel:" + (e164(str(number)) or "".join(mark for mark in str(number) if mark.isdigit() or mark in "+,;*#"))
