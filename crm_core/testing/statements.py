"""What is asked of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def sent(engine: sa.Engine, values: list[Any] | None = None) -> Iterator[list[str]]:
    """The statements that go to an engine meanwhile, without BEGIN: `with sent(site.engines.read) as statements:`. `values`: gets the parameters of each."""
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)
            if values is not None:
                values.append(parameters)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
