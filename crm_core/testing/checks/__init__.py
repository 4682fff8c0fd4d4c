"""The checks of the contract, in the order they are made. Those of files import nothing; where a `gate` finds something, what
comes after it cannot be tried."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from crm_core.kernel.i18n import _
from crm_core.testing.checks import (
    faces,
    hooks,
    icons,
    listeners,
    loading,
    migrations,
    names,
    routes,
    scope,
    spelling,
    statements,
    tables,
    templates,
    texts,
)
from crm_core.testing.subject import Check, Place, Subject


@dataclass(frozen=True)
class Known:
    """One check: what it sees to, the cure, and the function that looks."""

    says: Any
    cure: Any
    look: Check
    gate: bool = False
    loads: bool = True


CHECKS: Mapping[str, Known] = MappingProxyType({
    "hooks": Known(_("Functions named like a hook have their @hookimpl."), _("Put @hookimpl above it."), hooks.look, loads=False),
    "templates": Known(_("Templates lie in templates/<plugin>/ of the plugin and are named so."), _("Move it to templates/<plugin>/."), templates.look, loads=False),
    "texts": Known(_("Every text people see goes through _() and has its Chinese."), _("Wrap it in _(), then crm i18n update, and write the Chinese."), texts.look, loads=False),
    "loading": Known(_("It loads alone with what it requires, and nobody else has its names."), _("Mend what the trace says."), loading.look, gate=True),
    "spelling": Known(_("Every field, resource, section and right that it names is there, and fields have labels."), _("Write it as it is called (customer_id is the field customer); a label is info={\"label\": _(…)}."), spelling.look, gate=True),
    "names": Known(_("What it adds to others has names of its own."), _("Give it a name that nobody has."), names.look),
    "icons": Known(_("Every icon is there."), _("Take one of those in docs/reference/sdk.md."), icons.look),
    "keys": Known(_("Foreign keys are RESTRICT, so nothing disappears by itself."), _("Write t.Link(\"core.customer\"), or ondelete=\"RESTRICT\"."), tables.keys),
    "money": Known(_("No Numeric or Float columns: they lose cents."), _("Use t.Money (integer minor units) or an integer."), tables.numbers, gate=True),
    "migrations": Known(_("The migrations make what the models say."), _("Run crm plugin migrate and read what it wrote."), migrations.look, gate=True),
    "routes": Known(_("Every route says who may enter and lies below /<plugin>/."), _("Put @access(…), @signed_in or @public(…) above the view."), routes.look, gate=True),
    "faces": Known(_("List, page, form, print and API of every resource answer."), _("Open the address and mend what the log says."), faces.look, gate=True),
    "scope": Known(_("No page, panel, column, report or card shows what the reader may not see."),
                   _("Ask through session or Resource.visible(), never as the house."), scope.look),
    "statements": Known(_("The number of statements does not grow with the rows."), _("Ask once for the whole page: where(… .in_(ids))."), statements.look),
    "listeners": Known(_("What is delivered twice changes once."), _("Look whether it was done before, or set instead of adding."), listeners.look),
})

__all__ = ["CHECKS", "Check", "Iterator", "Known", "Place", "Subject"]
