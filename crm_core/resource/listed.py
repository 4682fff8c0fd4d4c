"""Fields whose words are a list that code knows: languages, permissions, resources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from crm_core.kernel.i18n import _
from crm_core.resource.fields import Bad, Field
from crm_core.text.clean import fold


@dataclass(frozen=True, kw_only=True)
class ListField(Field):
    """A word of a list that code knows."""

    operators: ClassVar[tuple[str, ...]] = ("any", "none", "empty", "filled")

    def words(self) -> Mapping[str, Any]:
        """Code → shown word, in order."""
        return {}

    @property
    def blank(self) -> Any:
        """What holds while none is chosen."""
        return ""

    def options(self) -> list[tuple[str, str]]:
        return [(code, str(word)) for code, word in self.words().items()]

    def parse(self, text: str) -> Any:
        wanted = (text or "").strip()
        if not wanted:
            return None
        known = self.words()
        if wanted in known:
            return wanted
        key = fold(wanted)
        for code, word in known.items():
            if key in (fold(code), fold(str(word))):
                return code
        raise Bad(_("“%(value)s” is not one of the choices.", value=wanted[:60]))

    def show(self, value: Any) -> str:
        return "" if value is None else str(self.words().get(value, value))

    def text(self, value: Any) -> str:
        return value or ""
