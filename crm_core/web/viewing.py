"""Saved views over a list: which one its address means, whether it has been changed since, and the tabs."""

from dataclasses import dataclass
from typing import Any

from crm_core.kernel.i18n import _, in_sentence
from crm_core.kernel.site import actor
from crm_core.resource import views
from crm_core.text.numbers import whole
from crm_core.web import settings, urls
from crm_core.web.viewmodels import Act, Tab, ViewBar

Pairs = list[tuple[str, str]]
SHORT = {"view", "after", "before"}  # an address of these alone means the view as it was saved
FIRST = "0"  # the list as it is without a view
PREFERENCE = "views"


@dataclass(frozen=True)
class Chosen:
    """The view of an address, if any, and the address spelled out."""

    view: Any
    pairs: Pairs

    @property
    def state(self) -> Pairs:
        return [(k, v) for k, v in self.pairs if k not in views.NOT_KEPT]

    @property
    def changed(self) -> bool:
        return self.view is not None and sorted(self.state) != sorted(_whole(self.view.pairs))


def begins(resource: Any) -> str:
    """The address a bare list leads to: that of the view the person begins with, "" for the list itself."""
    if not offered(resource):
        return ""
    found = views.begins(resource.name, settings.mine().get(PREFERENCE, {}).get(resource.name))
    return of_view(resource, found) if found is not None else ""


def offered(resource: Any) -> bool:
    """Whether people can keep views of this list."""
    return not resource.is_brief and not resource.entry


def of_view(resource: Any, view_id: int) -> str:
    """The short address of a view."""
    return urls.of_list(resource, [("view", str(view_id))])


def chosen(resource: Any, args: Pairs) -> Chosen:
    """What an address means. A view that is not there (any more), or not for the reader, is left out."""
    number = whole(dict(args).get("view", "")) if offered(resource) else None
    if not number:
        return Chosen(None, args)
    view = next((one for one in views.of(resource.name) if one.id == number), None)
    if view is None:
        return Chosen(None, [(k, v) for k, v in args if k != "view"])
    return Chosen(view, [*_whole(view.pairs), *args] if {k for k, _v in args} <= SHORT else args)


def _whole(pairs: Pairs) -> Pairs:
    """The state with its order said, so that an address that names the view and more is never empty beside it."""
    return pairs if any(k == "sort" for k, _v in pairs) else [*pairs, ("sort", "")]


def tabs(resource: Any, found: Chosen) -> tuple[Tab, ...]:
    """The list itself and the views of it."""
    if not offered(resource):
        return ()
    shown = views.of(resource.name)
    first = Tab(_("All %(what)s", what=in_sentence(resource.label)) if shown else resource.label, urls.of_list(resource, [("view", FIRST)]), found.view is None)
    return (first, *(
        Tab(one.name, of_view(resource, one.id), found.view is not None and found.view.id == one.id, icon="" if one.audience is views.Audience.mine else "users")
        for one in shown
    ))


def bar(resource: Any, found: Chosen) -> ViewBar | None:
    """What can be done with the view, at the right of the tabs."""
    if not offered(resource) or not hasattr(actor(), "user_id"):
        return None
    state = [("of", resource.name), *found.state]
    new = Act(_("Keep as a view"), urls.address("/views/new", state), "plus", dialog=True)
    view = found.view
    if view is None:
        return ViewBar(new)
    mine = views.may_change(view)
    save = Act(_("Save"), f"/views/{view.id}/save", method="post", fields=tuple(found.state)) if mine else None
    return ViewBar(
        new, Act(_("Change the view"), f"/views/{view.id}/edit", "settings", dialog=True) if mine else None,
        found.changed, save, of_view(resource, view.id),
    )
