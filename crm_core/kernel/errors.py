"""What can go wrong in words a person reads. Raised anywhere, turned into a page or an RFC 9457 problem in two places."""

from collections.abc import Mapping, Sequence
from typing import Any


class CrmError(Exception):
    """An error with a sentence for the person who clicks. `status` is what HTTP says of it."""

    status = 400

    def __init__(self, message: Any = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class Invalid(CrmError):
    """The input cannot be taken: `fields` maps a field's name to sentences shown beside it."""

    status = 422

    def __init__(self, fields: Mapping[str, Sequence[Any]] | None = None, message: Any = "", **details: Any) -> None:
        said = [m for ms in (fields or {}).values() for m in ms]
        super().__init__(message or (said[0] if len(said) == 1 else "; ".join(map(str, said))), **details)
        self.fields: dict[str, list[Any]] = {name: list(messages) for name, messages in (fields or {}).items()}

    @property
    def first(self) -> Any:
        """One sentence, for a place that shows no fields: the first of them, else the message."""
        return next((sentence for said in self.fields.values() for sentence in said), self.message)


class NotNow(CrmError):
    """Another system takes nothing for now. A delivery that raises it waits `seconds` and is tried again without being counted as failed,
    for a day."""

    status = 503

    def __init__(self, message: Any = "", seconds: float = 60.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class BadRequest(CrmError):
    """The request itself makes no sense: an unknown filter, a broken cursor."""

    status = 400


class Refused(CrmError):
    """The business says no; the only polite veto."""

    status = 409


class OverLimit(Refused):
    """More than somebody may by himself: refused, or handed in where administrators drew a flow of approval for what goes over a limit."""


class Conflict(CrmError):
    """Somebody saved a newer version meanwhile. `details` carries `id` and `version`."""

    status = 409


class InHand(CrmError):
    """The very same is being done at this moment; `details["retry_after"]` seconds."""

    status = 409


class Forbidden(CrmError):
    """He may not do this at all, and may know that it exists."""

    status = 403


class Missing(CrmError):
    """Not there, or not for him: both answer the same."""

    status = 404


class TooMany(CrmError):
    """Asked too often; `details["retry_after"]` seconds."""

    status = 429
