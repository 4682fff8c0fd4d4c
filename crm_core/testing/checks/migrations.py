"""An empty database, brought up by the migrations, is what the models say."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crm_core.app import open_site
from crm_core.data import migrate, revisions
from crm_core.data.faults import Fault
from crm_core.kernel.config import Config
from crm_core.kernel.i18n import _, told
from crm_core.testing.subject import Place, Subject


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    package = subject.package
    folder = package.migrations
    try:
        known = revisions.known(folder) if folder.is_dir() else ()
    except ValueError as error:
        yield Place(folder), error
        return
    if not known and subject.tables:
        yield subject.column(subject.tables[0]), _("It has tables and no migration.")
        return
    with tempfile.TemporaryDirectory() as home:
        site = open_site(config=Config(site=Path(home)), also=tuple(p.name for p in subject.site.registry.packages if p.name != "core"))
        try:
            migrate.upgrade(site, backup=False)
            lines = migrate.check(site)[subject.name]
        except Fault as fault:
            yield Place(max(folder.glob("[0-9]*.py"))), told(fault)
            return
        finally:
            site.engines.dispose()
    for line in lines:
        yield _where(subject, line), _("The database has not what the models say: %(what)s", what=line)


def _where(subject: Subject, line: str) -> Place:
    """The table or column that the line names."""
    words = set(line.replace(":", " ").replace(".", " ").split())
    for table in sorted(subject.tables, key=lambda t: len(t.name), reverse=True):
        if any(table.name in word for word in words):
            return subject.column(table, next((c.key for c in table.columns if c.name in words), ""))
    return subject.literal("")
