"""Receivers by a saved list of colleagues: whoever stands in it when the message is sent, as far as its sender sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import listing, views
from crm_core.resource.inspection import register_kind
from crm_core.resource.listed import ListField

PEOPLE = ("core.user", "core.user.brief")  # the lists of colleagues there are
MOST = 5_000  # receivers by one list


@dataclass(frozen=True, kw_only=True)
class PeopleViewField(ListField):
    """A saved view of a list of colleagues that the reader sees, by its id as text."""

    kind: str = "people_view"

    def words(self) -> Mapping[str, Any]:
        return {str(one.id): one.name for one in shown()}

    def show(self, value: Any) -> str:
        """Another's list has no name here."""
        return str(self.words().get(value, ""))


register_kind(PeopleViewField.kind, PeopleViewField)


def shown() -> list[views.Shown]:
    """The saved lists of colleagues that the acting person sees."""
    return [one for name in PEOPLE if name in site().registry.resources for one in views.of(name)]


def people(view: str) -> list[int]:
    """Who stands in a saved list, by id. Raises Refused where the view is not there any more, or more people stand in it than a message
    can go to."""
    found = next((one for one in shown() if str(one.id) == view), None)
    if found is None:
        raise Refused(_("The saved list is not there any more: say anew to whom."))
    resource = site().registry.resource(found.resource)
    ids = listing.matching_ids(listing.parse(resource, found.pairs), MOST + 1)
    if len(ids) > MOST:
        raise Refused(_("More than %(n)s people stand in this list.", n=MOST))
    return ids
