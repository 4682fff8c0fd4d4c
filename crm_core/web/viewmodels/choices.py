"""The pages of choice lists."""

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Crumb, Status, Words


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """One list in the overview: what it is called, where it is used, how many words it offers."""

    label: Words
    url: str
    used: Words
    count: Words


@dataclass(frozen=True, slots=True)
class ChoiceListsPage:
    """``choices.html``: all lists."""

    title: Words
    sub: Words
    lists: tuple[ChoiceList, ...]


@dataclass(frozen=True, slots=True)
class ChoiceWord:
    """A word of a list as it is drawn where it stands on records, in both languages, and what may be done with it."""

    code: str
    look: Status
    chinese: str
    english: str
    remark: Words = ""
    retired: bool = False
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceWordsPage:
    """``choice_words.html``: the words of one list in their order."""

    title: Words
    crumbs: tuple[Crumb, ...]
    sub: Words
    words: tuple[ChoiceWord, ...]
    order_url: str
    add: Act
    retired: tuple[ChoiceWord, ...] = ()
    history: tuple[tuple[Words, Words], ...] = ()  # what was changed, and when by whom
