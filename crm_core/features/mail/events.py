"""What happens to mail."""

from dataclasses import dataclass

from crm_core.kernel.events import Event
from crm_core.kernel.i18n import _


@dataclass(frozen=True)
class MailQueued(Event):
    """A mail is to go out."""

    label = _("A mail is to go out")
    ids: tuple[int, ...]


@dataclass(frozen=True)
class MailFiled(Event):
    """Mails that had come in before were filed on a customer."""

    label = _("A mail was filed on a customer")
    ids: tuple[int, ...]


@dataclass(frozen=True)
class MailReceived(Event):
    """Mails have come in. `customers` and `natures` go along with `ids`: whose mail it is (0: nobody's we know), and whether somebody
    wrote it (`written`), it is an automatic answer (`automatic`), or the news that one of ours was not delivered (`bounce`)."""

    label = _("Mail has come in")
    ids: tuple[int, ...]
    customers: tuple[int, ...]
    natures: tuple[str, ...]
