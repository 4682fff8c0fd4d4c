"""What can be wrong with a text, as codes with English sentences; the layer that shows them translates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


def N_(message: str) -> str:
    """Mark a sentence for the translators' catalog and give it back unchanged."""
    return message


class Problem(NamedTuple):
    """One thing that is wrong: the code of a sentence in :data:`PROBLEMS` and the values to put into it."""

    code: str
    params: Mapping[str, object] = {}

    @property
    def message(self) -> str:
        """The English sentence with its values; for logs and tests, pages translate ``PROBLEMS[code]``."""
        return PROBLEMS[self.code] % self.params


class InvalidText(ValueError):
    """A text that cannot be taken as it is; ``code`` and ``params`` say why."""

    def __init__(self, code: str, **params: object) -> None:
        self.problem = Problem(code, params)
        super().__init__(self.problem.message)

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def params(self) -> Mapping[str, object]:
        return self.problem.params


PROBLEMS: dict[str, str] = {
    "nul": N_("The text has a NUL character in it; the file or program it comes from is damaged."),
    "surrogate": N_("The text has a broken character in it; the file or program it comes from is damaged."),
    "marks": N_("The text has too many accents on one letter."),
    "phone_letters": N_("A phone number has digits only; “%(found)s” does not belong in it."),
    "phone_missing": N_("%(expected)s digits expected, %(count)s missing."),
    "phone_extra": N_("%(expected)s digits expected, %(count)s too many."),
    "phone_short": N_("This is too short for a phone number."),
    "phone_long": N_("This is too long for a phone number."),
    "email_at": N_("An e-mail address has exactly one @."),
    "email_name": N_("The part before the @ is not a valid mailbox name."),
    "email_domain": N_("The part after the @ is not a valid domain name, such as example.com."),
    "email_long": N_("This is too long for an e-mail address."),
    "date": N_("Not a date. Examples: %(examples)s"),
    "date_range": N_("There is no such day in the calendar."),
    "date_order": N_("Is this %(first)s or %(second)s? Please write the year first."),
    "number": N_("Not a number."),
    "number_mark": N_("The marks between the digits are not clear. Write for example %(example)s."),
    "number_long": N_("This number is too long."),
    "number_decimals": N_("At most %(count)s decimal places."),
}
