"""What an administrator decides about files."""

from crm_core.features.files.kinds import PROGRAMS
from crm_core.kernel.i18n import _
from crm_core.resource.settings import Setting, Settings

HARD = 2_048  # MB: more than that is never taken


class FileSettings(Settings):
    label = _("Files")
    name = "files"
    departments = False
    largest: int = Setting(50, _("Largest file (MB)"), _("Applies to every file that is put on a record."), minimum=1, maximum=HARD)  # type: ignore[assignment]
    refused: str = Setting(PROGRAMS, _("Types that are not taken"), _("Endings of names, with spaces between. Programs are refused by what they contain as well."), length=2_000)  # type: ignore[assignment]

    @property
    def most(self) -> int:
        """The largest file in bytes."""
        return self.largest * 2**20
