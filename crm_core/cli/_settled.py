"""What a site lacks, asked by plain SQL: importing all models for that would take a second."""

from pathlib import Path

import sqlalchemy as sa

from crm_core.data import revisions
from crm_core.data.engine import Engines
from crm_core.data.wall import UNSCOPED
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Package

CORE = Package("core", "", "", "crm_core")
_PLUGINS = sa.text("select 1 from core_plugin limit 1")


def settled(config: Config) -> bool:
    """Whether the tables are there, at the newest revision, and somebody can sign in. False when there are plugins: where
    those stand only the whole program knows."""
    engines = Engines(config.database_url)
    if not (config.site / "key").exists() or (engines.is_sqlite and not Path(str(engines.url.database)).exists()):
        return False
    try:
        with engines.read.connect() as conn:
            (status,) = revisions.status(conn, [CORE])
            return not status.pending and somebody(conn) and not conn.execute(_PLUGINS).first()
    finally:
        engines.dispose()


def somebody(conn: sa.Connection) -> bool:
    """Whether anybody can sign in."""
    query = sa.text("select 1 from core_user where active and deleted_at is null limit 1")
    return conn.execute(query, execution_options={UNSCOPED: "is there anybody yet"}).first() is not None
