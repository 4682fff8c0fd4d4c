"""What a person keeps of his screens: no record of the house, so it leaves no history."""

from collections.abc import Callable
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import system_scope, writing
from crm_core.data.wall import UNSCOPED
from crm_core.kernel.site import actor


def mine() -> dict[str, Any]:
    """The acting person's settings, as this request found them."""
    return flask.g.get("preferences") or {}


def keep(change: Callable[[dict[str, Any]], None]) -> None:
    """Change the acting person's settings."""
    table = table_of(User)
    with writing(), system_scope("own settings") as db:
        row = db.execute(sa.select(User.preferences).where(User.id == actor().user_id)).scalar_one()
        settings = dict(row or {})
        change(settings)
        db.execute(sa.update(table).where(table.c.id == actor().user_id).values(preferences=settings), execution_options={UNSCOPED: "own settings"})
    flask.g.preferences = settings
