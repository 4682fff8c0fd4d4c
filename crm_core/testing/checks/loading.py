"""It is taken in as at a start: manifest, models, what it registers, and every resource's fields."""

import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from crm_core.data.base import Model
from crm_core.kernel import plugins
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.plugins import PluginFault
from crm_core.testing.subject import Place, Subject


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    manifest = Place(subject.folder / "__init__.py")
    if subject.found.error:
        yield subject.traced(subject.found.error) or manifest, _last(subject.found.error)
        return
    try:
        package = subject.site.registry.package(subject.name)
    except PluginFault as fault:
        yield subject.traced(fault.trace) or subject.function(_last(fault.trace)) or subject.literal(*_named(fault.trace)), _said(fault.trace)
        return
    except CrmError as error:
        yield manifest, error
        return
    if package is None:
        there = plugins.discover()
        yield manifest, plugins.plan(plugins.closure(subject.name, there), there).blocked.get(subject.name, _("It is blocked: something it requires is missing or of another version."))
        return
    for mapper in Model.registry.mappers:
        table = mapper.local_table
        if mapper.class_.__module__.partition(".")[0] == subject.found.module and not str(table).startswith(f"{subject.name}_"):
            yield subject.of(mapper.class_), _("The table %(table)s is not called %(name)s_….", table=table, name=subject.name)


def _last(trace: str) -> str:
    return trace.strip().rpartition("\n")[2].rpartition("crm_core.kernel.registry.")[2]


def _said(trace: str) -> Any:
    """The last line, which of a name that is not there says what may be meant."""
    if found := re.search(r"cannot import name '(\w+)' from '([\w.]+)'", _last(trace)):
        name, module = found.groups()
        near = get_close_matches(name, dir(sys.modules.get(module)), n=3)
        if near:
            return _("%(module)s has no “%(name)s”; it has %(near)s.", module=module, name=name, near=near)
        return _("%(module)s has no “%(name)s”.", module=module, name=name)
    return _last(trace)


def _named(trace: str) -> list[str]:
    """What the sentence puts in quotes: a text, or the name that is claimed twice, whole and its last part."""
    name = _last(trace).partition("“")[2].partition("”")[0]
    return [*re.findall(r"'([^']+)'", _last(trace)), name, name.rpartition(".")[2]]
