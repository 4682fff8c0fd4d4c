"""The slot through which the machine gets the person a delivery or a job acts for; the access layer fills it at
import."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _

if TYPE_CHECKING:
    from crm_core.kernel.site import Site

_slot: dict[str, Callable[["Site", int], Any]] = {}


class ActorGone(CrmError):
    """The person this was to be done for may no longer act here."""

    status = 403


def provide(loader: Callable[["Site", int], Any]) -> None:
    """Fill the slot: `loader(site, user_id)` gives the actor, or None when he may no longer sign in."""
    _slot["load"] = loader


def load(site: "Site", user_id: int) -> Any:
    """The actor with this id, with his rights of this moment. Raises ActorGone."""
    if "load" not in _slot:
        raise RuntimeError("nobody provided kernel.actors.provide(); import crm_core.access first")
    found = _slot["load"](site, user_id)
    if found is None:
        raise ActorGone(_("The person who asked for this may no longer sign in."))
    return found


def id_of(actor: Any) -> int | None:
    """The id that a row keeps of an actor; None for the house itself."""
    return getattr(actor, "id", None)
