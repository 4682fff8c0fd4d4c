"""The course of a plan: submitted, agreed or sent back, broken down, summed up; and how far it is."""

import datetime as dt
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access import lines
from crm_core.access.models import Department, User, departments_of
from crm_core.data.session import session, system_scope
from crm_core.features.messages.api import notify
from crm_core.features.plans import metrics
from crm_core.features.plans.metrics import OWN, Wanted
from crm_core.features.plans.models import Plan, PlanLine, Span, Stage
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id, site
from crm_core.resource import timeline
from crm_core.text import amounts
from crm_core.text.periods import shift

NAME = "core.plan"
WITHIN = ("category", "product")  # references of a line: the part of what is counted that it is about


def days_of(span: Any, day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the year, month or week in which a day lies; weeks begin on Monday."""
    if span == Span.year:
        return day.replace(month=1, day=1), day.replace(month=12, day=31)
    if span == Span.month:
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=6)


def parts_of(span: Any, first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The months of a year; the weeks of a month, that is those whose Monday lies in it."""
    found: list[tuple[dt.date, dt.date]] = []
    day = first if span == Span.year else first + dt.timedelta(days=-first.weekday() % 7)
    while day <= last:
        found.append(days_of(Span.month if span == Span.year else Span.week, day))
        day = found[-1][1] + dt.timedelta(days=1)
    return found


def shares(target: int, count: int) -> list[int]:
    """A figure in so many parts that differ by one at most and are together what it was."""
    return [target * (n + 1) // count - target * n // count for n in range(count)]


# --- the course --------------------------------------------------------------------------------------------------------


def mine(plan: Any) -> bool:
    return bool(plan.owner_id == my_id())


def may_submit(plan: Any) -> bool:
    return bool(plan.stage == Stage.draft)


def submit(plan: Plan) -> None:
    """To the superior; who has none agrees with himself. Raises Refused for a plan without figures."""
    if not may_submit(plan):
        raise Refused(_("This plan has been submitted already."))
    if not lines_of([plan.id]).get(plan.id):
        raise Refused(_("Say first what is planned: a plan needs a figure."))
    above = lines.supervisor_of(plan.owner_id) if plan.owner_id is not None else None
    plan.stage = Stage.submitted if above is not None else Stage.agreed
    session.flush()
    _say(plan, _("submitted this plan"))
    notify([above], _("submitted a plan: %(title)s", title=plan.title), about=(NAME, plan.id))


def may_answer(plan: Any) -> bool:
    return bool(plan.stage == Stage.submitted and not mine(plan))


def agree(plan: Plan, remark: str | None = None) -> None:
    if not may_answer(plan):
        raise Refused(_("This plan does not wait for an answer."))
    plan.stage = Stage.agreed
    _remarked(plan, remark, _("agreed to this plan"), _("agreed to your plan: %(title)s", title=plan.title))


def send_back(plan: Plan, remark: str) -> None:
    if not may_answer(plan):
        raise Refused(_("This plan does not wait for an answer."))
    plan.stage = Stage.draft
    _remarked(plan, remark, _("sent this plan back"), _("sent your plan back: %(title)s", title=plan.title))


def may_remark(plan: Any) -> bool:
    return not mine(plan)


def remark(plan: Plan, remark: str) -> None:
    """A supervisor's words on how it goes or went."""
    if not may_remark(plan):
        raise Refused(_("Remarks are for your supervisor to make."))
    _remarked(plan, remark, _("remarked on this plan"), _("remarked on your plan: %(title)s", title=plan.title))


def may_sum_up(plan: Any) -> bool:
    return bool(plan.stage in (Stage.submitted, Stage.agreed) and plan.begins <= clock.today())


def sum_up(plan: Plan, summary: str) -> None:
    """What came of it; the figures stay from now on as they are."""
    if not may_sum_up(plan):
        raise Refused(_("A plan is summed up once it has begun and been submitted."))
    found = lines_of([plan.id]).get(plan.id, [])
    counted = facts([plan], {plan.id: found})
    for line in found:
        line.fact = counted[line.id]
    plan.stage, plan.summary = Stage.summed_up, summary
    session.flush()
    _say(plan, _("summed this plan up"), summary)
    if plan.owner_id is not None:
        notify([lines.supervisor_of(plan.owner_id)], _("summed up a plan: %(title)s", title=plan.title), about=(NAME, plan.id))


def may_reopen(plan: Any) -> bool:
    return bool(plan.stage == Stage.summed_up)


def reopen(plan: Plan) -> None:
    if not may_reopen(plan):
        raise Refused(_("This plan has not been summed up."))
    plan.stage = Stage.agreed
    session.flush()
    _say(plan, _("opened this plan again"))


def may_divide(plan: Any) -> bool:
    return bool(plan.span in (Span.year, Span.month) and plan.stage != Stage.summed_up)


def divide(plan: Plan) -> None:
    """Plans of its months or weeks, each with its share of every figure. Raises Refused where there are some already."""
    _divide(plan, lambda found, parts: [shares(line.target, len(parts)) for line in found])


def divide_as_before(plan: Plan) -> None:
    """The same in the shape of the year before: each part gets of a figure what it had of it then. Of what was nothing then, and of what one
    counts by oneself, the parts are alike."""
    _divide(plan, lambda found, parts: _as_before(plan, found, parts))


def _as_before(plan: Plan, found: Sequence[PlanLine], parts: Sequence[tuple[dt.date, dt.date]]) -> list[list[int]]:
    people = people_of([plan])[plan.id]
    asked = {(line.id, n): Wanted(line.metric, people, shift(first, -1, "year"), shift(last, -1, "year"), within(line))
             for line in found if line.metric != OWN for n, (first, last) in enumerate(parts)}
    counted = metrics.figures(asked.values())
    return [amounts.share(line.target, [max(0, counted[asked[line.id, n]] or 0) if line.metric != OWN else 1 for n in range(len(parts))]) for line in found]


def _divide(plan: Plan, how: Callable[[Sequence[PlanLine], Sequence[tuple[dt.date, dt.date]]], list[list[int]]]) -> None:
    if not may_divide(plan) or session.scalar(sa.select(Plan.id).where(Plan.above_id == plan.id).limit(1)) is not None:
        raise Refused(_("This plan has been broken down already."))
    found = lines_of([plan.id]).get(plan.id, [])
    parts = parts_of(plan.span, plan.begins, plan.ends)
    each = how(found, parts)
    span = Span.month if plan.span == Span.year else Span.week
    site().registry.resource(NAME).write([{
        "title": f"{plan.title} · {first:%Y-%m}" if span == Span.month else f"{plan.title} · {first:%m-%d}–{last:%m-%d}", "span": span, "begins": first,
        "owner": plan.owner_id, "everybody": plan.everybody, "above": plan.id,
        "items": [{"metric": line.metric, "category": line.category_id, "product": line.product_id, "what": line.what, "target": share[n]}
                  for line, share in zip(found, each, strict=True) if share[n]],
    } for n, (first, last) in enumerate(parts)])


def _remarked(plan: Plan, said: str | None, act: Any, told: Any) -> None:
    if said:
        plan.remark, plan.remarked_by_id = said, my_id()
    session.flush()
    _say(plan, act, said)
    notify([plan.owner_id], told, about=(NAME, plan.id))


def _say(plan: Plan, said: Any, body: str | None = None) -> None:
    timeline.add_all([{"subject": NAME, "subject_id": plan.id, "kind": "plan", "body": body, "data": {"words": words.keep(said)}}])


# --- how far it is -----------------------------------------------------------------------------------------------------


def lines_of(ids: Sequence[int]) -> dict[int, list[PlanLine]]:
    """The figures of plans, by plan, in one statement."""
    found: dict[int, list[PlanLine]] = {}
    for line in session.scalars(sa.select(PlanLine).where(PlanLine.plan_id.in_(ids)).order_by(PlanLine.id)):
        found.setdefault(line.plan_id, []).append(line)
    return found


def facts(plans: Sequence[Any], items: Mapping[int, Sequence[PlanLine]]) -> dict[int, int | None]:
    """What has been done of each line (by its id) until now, by four statements for any number of plans."""
    people = people_of(plans)
    asked: dict[int, Wanted] = {}
    done: dict[int, int | None] = {}
    for plan in plans:
        for line in items.get(plan.id, ()):
            if plan.stage == Stage.summed_up or line.metric == OWN:
                done[line.id] = line.fact if plan.stage == Stage.summed_up else line.fact or 0
            else:
                asked[line.id] = wanted(plan, line, people)
    counted = metrics.figures(asked.values())
    return done | {line: counted[one] for line, one in asked.items()}


def wanted(plan: Any, line: Any, people: Mapping[int, tuple[int, ...]] | None = None) -> Wanted:
    """The figure a line asks for."""
    return Wanted(line.metric, (people or people_of([plan]))[plan.id], plan.begins, plan.ends, within(line))


def within(line: Any) -> tuple[tuple[str, int], ...]:
    """Which part of what its metric counts a line is about: ("category", 7)."""
    return tuple((name, which) for name in WITHIN if (which := getattr(line, f"{name}_id")) is not None)


def in_parts(plan_id: int) -> dict[tuple[Any, ...], dict[str, int]]:
    """What the plans that are part of this one plan together, as far as one may see them: (metric, part, own words) → span → figure."""
    columns = PlanLine.metric, PlanLine.category_id, PlanLine.product_id, PlanLine.what
    query = sa.select(*columns, Plan.span, sa.func.sum(PlanLine.target)).join(Plan, Plan.id == PlanLine.plan_id).where(Plan.above_id == plan_id)
    found: dict[tuple[Any, ...], dict[str, int]] = {}
    for metric, category, product, what, span, target in session.execute(query.group_by(*columns, Plan.span)):
        same = found.setdefault(_same(metric, category, product, what), {})
        same[str(span)] = same.get(str(span), 0) + int(target)
    return found


def same(line: Any) -> tuple[Any, ...]:
    """By what a line is found again in the plans that are part of its own."""
    return _same(line.metric, line.category_id, line.product_id, line.what)


def _same(metric: str, category: int | None, product: int | None, what: str | None) -> tuple[Any, ...]:
    return metric, category, product, what if metric == OWN else None


def people_of(plans: Sequence[Any]) -> dict[int, tuple[int, ...]]:
    """Whose records each plan counts: its owner's, or those of everybody in its department and below."""
    departments = {plan.department_id for plan in plans if plan.everybody and plan.department_id is not None}
    members: dict[int, list[int]] = {}
    if departments:
        with system_scope("people of the departments that plan") as db:
            paths = {row.id: set(departments_of(row.path)) | {row.id} for row in db.execute(sa.select(Department.id, Department.path))}
            below = [i for i, above in paths.items() if above & departments]
            query = sa.select(User.id, User.department_id).where(User.department_id.in_(below), User.active.is_(True), User.deleted_at.is_(None))
            for row in db.execute(query.order_by(User.id)):
                for department in paths[row.department_id] & departments:
                    members.setdefault(department, []).append(row.id)
    return {
        plan.id: tuple(members.get(plan.department_id, ())) if plan.everybody and plan.department_id is not None
        else (plan.owner_id,) if plan.owner_id is not None else () for plan in plans}


def progress(items: Sequence[Any], done: Mapping[int, int | None]) -> int | None:
    """Per cent: each figure as far as it was reached, all alike; None without figures its reader may see."""
    known = [min(value / line.target, 1) for line in items if (value := done.get(line.id)) is not None]
    return round(100 * sum(known) / len(known)) if known else None
