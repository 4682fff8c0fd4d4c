"""Texts that people write with words to be filled in, for who has such a text of his own: what is wrong with one, what comes of it, how it looks
while it is written. The language is that of print templates and mails (text/slots.py)."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from crm_core.kernel.errors import Refused
from crm_core.resource.papers import problem, said
from crm_core.text import slots
from crm_core.web.pressing import drawn_letter
from crm_core.web.show import page_of
from crm_core.web.viewmodels import LivePreview

__all__ = ["filled", "live", "problem"]


def filled(text: str, names: Mapping[str, str], values: Mapping[str, slots.Value]) -> str:
    """The text with its words filled in. `names`: what may be written → the word it means; `values` by word. Raises Refused for what says nothing."""
    try:
        return slots.fill(slots.read(text, names), values)
    except slots.Fault as fault:
        raise Refused(said(fault)) from None


def live(words: Sequence[str], title: Any, text: str, error: Any = "") -> Any:
    """The answer of a page that a text's field names as its `preview`: what comes of it with sample words, or what is wrong; `words` are offered beside it."""
    html = "" if error else Markup('<div class="mail-letter">{}</div>').format(drawn_letter(f"! {title}\n\n{text}"))
    return page_of("parts/live.html", LivePreview(tuple(words), html=html, error=error))
