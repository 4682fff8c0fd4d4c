"""Fields that point at other records. They carry no list of options: a value is looked up under the actor's rights, so a
hidden record is "not found", and the widget is a picker that asks the server."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.fields import INT64, Bad, Field


@dataclass(frozen=True, kw_only=True)
class RefField(Field):
    """The id of a record of `target`, a resource name."""

    kind: str = "ref"
    target: str = ""
    on_delete: str = "refuse"
    operators: ClassVar[tuple[str, ...]] = ("any", "none", "me", "empty", "filled")

    @property
    def resource(self) -> Any:
        return site().registry.resources.get(self.target)

    @property
    def resolves(self) -> bool:
        return True

    def parse(self, text: str) -> Any:
        """An id when it is digits, else the record's name, found by `resolve`."""
        wanted = super().parse(text)
        if wanted is None:
            return None
        if wanted.isascii() and wanted.isdigit():
            return self.check(int(wanted))
        return wanted

    def load(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise Bad(_("The id of a record is expected."))
        return self.check(value)

    def check(self, value: Any) -> Any:
        if isinstance(value, int) and not 1 <= value <= INT64:
            raise Bad(_("There is no such record."))
        return value

    def resolve(self, values: Iterable[Any]) -> dict[Any, Any]:
        target = self.resource
        wanted = [v for v in values if v is not None]
        if target is None or not wanted:
            return {}
        ids = [v for v in wanted if isinstance(v, int)]
        names = [v for v in wanted if isinstance(v, str)]
        found: dict[Any, Any] = {v: v for v in target.labels(ids)} if ids else {}
        if names:
            found.update(target.by_name(names))
        return found

    def labels(self, ids: Iterable[Any]) -> Mapping[int, str]:
        """Names of the records behind these ids, as far as the reader may know them."""
        target = self.resource
        wanted = {i for i in ids if i is not None}
        return target.labels(wanted) if target is not None and wanted else {}

    def show(self, value: Any) -> str:
        return self.labels([value]).get(value, "") if value is not None else ""

    def text(self, value: Any) -> str:
        return "" if value is None else str(value)

    def schema(self) -> dict[str, Any]:
        return self.nullable({"type": "integer", "minimum": 1, "maximum": INT64, "description": f"id of {self.target}"})
