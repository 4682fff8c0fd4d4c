"""Opening hours as a field: typed as people write them, kept in one form, shown in the reader's language (text/hours.py)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from crm_core.kernel.i18n import _, language
from crm_core.resource.fields import Bad, Field
from crm_core.resource.inspection import register_kind
from crm_core.text import hours


@dataclass(frozen=True, kw_only=True)
class HoursField(Field):
    kind: str = "hours"
    operators: ClassVar[tuple[str, ...]] = ("empty", "filled")

    def taken(self, line: str) -> Any:
        try:
            return self.check(hours.write(hours.read(line)))
        except ValueError:
            raise Bad(_("Opening hours look like Mon-Fri 9:00-12:00, 13:30-18:00; Sat 9:00-12:00.")) from None

    def show(self, value: Any) -> str:
        if not value:
            return ""
        return hours.write_chinese(hours.read(value)) if language() == "zh_Hans_CN" else str(value)


register_kind("hours", HoursField)
