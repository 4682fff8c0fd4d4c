"""What plans count by themselves: each metric is a list with its filter, so a figure and the records behind it cannot differ (of one that counts each of
several records `once`, what these name)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.kernel.declare import Metric
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import boards, listing, plans
from crm_core.resource.inspection import register_kind
from crm_core.resource.listed import ListField
from crm_core.text import amounts
from crm_core.web import urls

OWN = "own"
OWN_LABEL = _("Counted by oneself")
MOST_PEOPLE = 200  # a filter holds so many
AT_ONCE = 60  # figures in one statement

CORE = (
    Metric("core.visits", _("Visits"), "core.note", at="happened_at", by="created_by", where=(("kind.any", "visit"),), order=10),
    Metric("core.calls", _("Calls"), "core.note", at="happened_at", by="created_by", where=(("kind.any", "call"),), order=20),
    Metric("core.meetings", _("Meetings"), "core.note", at="happened_at", by="created_by", where=(("kind.any", "meeting"),), order=30),
    Metric("core.customers", _("New customers"), "core.customer", at="created_at", by="owner", order=40),
    Metric("core.tasks", _("Tasks done"), "core.task", at="done_at", by="owner", order=50),
)


@dataclass(frozen=True, kw_only=True)
class MetricField(ListField):
    """What a line of a plan counts."""

    kind: str = "metric"

    def words(self) -> Mapping[str, Any]:
        return {OWN: OWN_LABEL, **{name: one.label for name, one in site().registry.metrics.items()}}


register_kind("metric", MetricField)


class Wanted(NamedTuple):
    """A figure that is asked for: the metric, whose, from which day to which, and of which part of it (field → id)."""

    metric: str
    people: tuple[int, ...]
    first: dt.date
    last: dt.date
    within: tuple[tuple[str, int], ...] = ()


def state_of(wanted: Wanted) -> list[tuple[str, str]] | None:
    """The filter of the list with the records behind a figure; None where its reader has no such list."""
    one = site().registry.metrics.get(wanted.metric)
    if one is None or not wanted.people or len(wanted.people) > MOST_PEOPLE:
        return None
    resource = site().registry.resources.get(one.of if isinstance(one.of, str) else one.of.name)
    named = {one.at, one.by, *((one.once,) if one.once else ()), *(name for name, _id in wanted.within)}
    if resource is None or not resource.may("read") or not named <= resource.fields().keys() or not named <= set(resource.filters):
        return None
    if not {name for name, _id in wanted.within} <= set(one.within):
        return None
    return [(f"{one.by}.any", ",".join(map(str, wanted.people))), (f"{one.at}.between", f"{wanted.first},{wanted.last}"), *one.where,
            *((f"{name}.any", str(which)) for name, which in wanted.within)]


def url_of(wanted: Wanted) -> str:
    """The list of the records behind a figure; "" where there is none for its reader."""
    state = state_of(wanted)
    return urls.of_list(_resource(wanted), state) if state is not None else ""


def figures(wanted: Iterable[Wanted]) -> dict[Wanted, int | None]:
    """How much there is of each, among what the acting person may see; None where he may see nothing of the kind. A statement for
    `AT_ONCE` of them."""
    found: dict[Wanted, int | None] = {}
    asked: list[tuple[Wanted, Any]] = []
    for one in dict.fromkeys(wanted):
        state = state_of(one)
        found[one] = None
        if state is not None:
            asked.append((one, _sum(one, state)))
    for at in range(0, len(asked), AT_ONCE):
        part = asked[at : at + AT_ONCE]
        row: Sequence[Any] = plans.execute(sa.select(*(query.label(f"f{n}") for n, (_one, query) in enumerate(part))), {}).one()
        found |= {one: _shown(one, int(value or 0)) for (one, _query), value in zip(part, row, strict=True)}
    return found


def _resource(wanted: Wanted) -> Any:
    one = site().registry.metrics[wanted.metric]
    return site().registry.resource(one.of if isinstance(one.of, str) else one.of.name)


def _shown(wanted: Wanted, value: int) -> int:
    """Money is planned in whole units of its currency, as people say it."""
    total = site().registry.metrics[wanted.metric].total
    field = _resource(wanted).all_fields.get(total) if total else None
    return amounts.divide(value, 100) if field is not None and field.kind == "money" else value


def _sum(wanted: Wanted, state: list[tuple[str, str]]) -> Any:
    resource, total, once = _resource(wanted), site().registry.metrics[wanted.metric].total, site().registry.metrics[wanted.metric].once
    query = boards.base(listing.parse(resource, state))
    field = resource.fields().get(total) if total else None
    what = sa.func.sum(resource.table.c[field.column]) if field is not None else sa.func.count(sa.distinct(resource.table.c[resource.fields()[once].column])) if once else sa.func.count()
    return query.with_only_columns(what).order_by(None).scalar_subquery()
