"""The columns of a list as one person wants them: which, in what order, how wide."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from crm_core.access.models import Rule
from crm_core.data.session import session
from crm_core.kernel.site import offered, site
from crm_core.resource.fields import Field
from crm_core.resource.seen import told
from crm_core.web import settings
from crm_core.web.viewmodels import ColumnChoice

MOST = 20
NARROWEST, WIDEST = 4, 40  # in steps of 16 pixels: a class of the style sheet each, as the policy allows no inline style


def computed(resource: Any) -> Sequence[Any]:
    """Columns other packages and the resource itself compute for its list, less those a field rule hides by their name."""
    who = session.actor
    found = told(offered(site().registry.columns.get(resource.name, ())))
    return tuple(c for c in found if who is None or not any(name and who.rule(resource.rules_of, name) is Rule.hidden for name in (c.name, c.field)))


def labels(resource: Any, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Every column a list can have, by name, with its label."""
    return {**{n: f.label for n, f in fields.items()}, **{c.name: c.label for c in computed(resource)}}


def chosen(resource: Any, fields: Mapping[str, Field], args: Sequence[tuple[str, str]]) -> list[str]:
    """Columns to show: the address, else what the person keeps, else the resource's own."""
    wanted = next((v for k, v in args if k == "columns"), "")
    names = wanted.split(",") if wanted else settings.mine().get("columns", {}).get(resource.name) or resource.columns
    known = labels(resource, fields)
    found = [n for n in dict.fromkeys(names) if n in known][:MOST]
    return found or [n for n in resource.columns if n in known]


def choices(resource: Any, fields: Mapping[str, Field], shown: Sequence[str]) -> tuple[ColumnChoice, ...]:
    """The lines of the columns dialog: those shown, in their order, then the others."""
    known, wide = labels(resource, fields), widths(resource)
    names = (*shown, *(n for n in known if n not in shown))
    return tuple(ColumnChoice(n, known[n], n in shown, n == resource.label_field, wide.get(n, 0)) for n in names)


def widths(resource: Any) -> dict[str, int]:
    """Widths the person has given to columns, in steps; the others are as wide as what stands in them."""
    found: dict[str, int] = settings.mine().get("widths", {}).get(resource.name, {})
    return found


def keep(resource: Any, form: MultiDict[str, str]) -> None:
    """Keep what the dialog says (`column` and `width` repeated, or `reset`), or one width that was dragged."""
    known = labels(resource, resource.fields())
    names = [n for n in dict.fromkeys(form.getlist("column")) if n in known][:MOST]
    wide = {name: int(steps) for name, _colon, steps in (text.partition(":") for text in form.getlist("width"))
            if name in known and steps in _STEPS}
    reset = bool(form.get("reset"))

    def change(kept: dict[str, Any]) -> None:
        if reset or names:
            _put(kept, "columns", resource.name, [] if reset else names)
        if reset or wide:
            now = {} if reset else {**kept.get("widths", {}).get(resource.name, {}), **wide}
            _put(kept, "widths", resource.name, {n: steps for n, steps in now.items() if steps})

    if reset or names or wide:
        settings.keep(change)


_STEPS = {str(steps) for steps in (0, *range(NARROWEST, WIDEST + 1))}


def _put(kept: dict[str, Any], key: str, name: str, value: Any) -> None:
    found = {k: v for k, v in (kept.get(key) or {}).items() if k != name}
    kept[key] = {**found, name: value} if value else found
