"""The page of a report."""

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Empty, Tab, Words


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the answer: its label (with where its records are), its figures, the length of its bar in percent."""

    label: Words
    figures: tuple[Words, ...]
    share: float = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class ReportPage:
    """``report.html``. ``chart``: bar, line, or none."""

    label: Words = ""
    groups: tuple[tuple[Words, tuple[Tab, ...]], ...] = ()  # all reports, by what they are about
    heads: tuple[Words, ...] = ()
    bars: tuple[Bar, ...] = ()
    chart: str = ""
    more: int = 0
    failed: bool = False
    empty: Empty | None = None
    acts: tuple[Act, ...] = ()
