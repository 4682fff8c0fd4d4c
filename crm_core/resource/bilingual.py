"""Words that have a Chinese and an English name."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from crm_core.data.session import session
from crm_core.kernel.i18n import language
from crm_core.resource.changes import as_written
from crm_core.resource.resource import Resource


class Bilingual(Resource):
    """A vocabulary with a Chinese and an English name: read in the reader's language, found by both."""

    sorts = "name", "-updated_at"
    files = False
    search_names: ClassVar[tuple[str, ...]] = ("name",)
    in_palette = False
    names = "name", "english"  # the columns a record is known by, in Chinese and in English

    @property
    def label_column(self) -> InstrumentedAttribute[Any]:
        return getattr(self.model, self.names[language() == "en"])  # type: ignore[no-any-return]

    def title(self, row: Any) -> str:
        return str(getattr(row, self.names[language() == "en"]))

    def english(self, name: str) -> str:
        """The English name of what nobody has given one."""
        return name

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        for row in rows:
            now = as_written(row, before)
            if not now.get("english"):
                row["english"] = self.english(now.get("name") or "")

    def by_name(self, names: Iterable[str]) -> dict[str, int]:
        wanted = list(names)
        found: dict[str, set[int]] = {}
        for column in (*self.names, *(["code"] if "code" in self.all_fields else [])):
            named = getattr(self.model, column)
            for label, row_id in session.execute(sa.select(named, self.model.id).where(named.in_(wanted)).limit(2_000)):
                found.setdefault(label, set()).add(row_id)
        return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}
