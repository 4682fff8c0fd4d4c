"""Where a page of a list ended, as text in an address. It comes back from anywhere, so it is read like any input."""

import base64
import datetime as dt
import json
from typing import Any

import sqlalchemy as sa

from crm_core.data.columns import UtcDateTime
from crm_core.data.inside import Day
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.resource.changes import raw, unraw
from crm_core.text import strict_json

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: a list's page has fifty places
Place = tuple[Any, int]
"""(value of the sort column, id) of the last row."""


def encode(order: str, last: Place) -> str:
    """The text of a place in a list that is sorted as `order` says."""
    key = last[0]
    value = key.isoformat() if isinstance(key, dt.datetime | dt.date) else raw(key)
    return base64.urlsafe_b64encode(_json([order, value, last[1]]).encode()).decode().rstrip("=")


def decode(text: str, order: str, column: sa.ColumnElement[Any]) -> Place | None:
    """The place of a cursor; None for none. Raises BadRequest for one that does not fit this list."""
    if not text:
        return None
    try:
        padded = text[:1_000] + "=" * (-len(text[:1_000]) % 4)
        found = strict_json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        name, value, row_id = found
        if name != order or not isinstance(row_id, int) or isinstance(row_id, bool) or not 0 < row_id < 2**63:
            raise ValueError
        key = unraw(column, value)
        if key is not None and not _fits(column.type, key):
            raise ValueError
        return key, row_id
    except (ValueError, TypeError, KeyError, OverflowError):
        raise BadRequest(_("This page of the list is not there any more; start from the first.")) from None


def _fits(kind: Any, key: Any) -> bool:
    """Whether the database can compare the column with this value; PostgreSQL would answer with an error."""
    if isinstance(kind, UtcDateTime):
        return isinstance(key, dt.datetime) and key.tzinfo is not None and 1 < key.year < 9999
    if isinstance(kind, sa.Date | Day):
        return type(key) is dt.date
    if isinstance(kind, sa.Enum):
        return True
    if isinstance(kind, sa.Boolean):
        return isinstance(key, bool)
    if isinstance(kind, sa.Integer):
        return isinstance(key, int) and not isinstance(key, bool)
    return isinstance(kind, sa.String) and isinstance(key, str)
