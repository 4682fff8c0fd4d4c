"""Plans and the journal as resources."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work, session
from crm_core.features.plans import diary, metrics, services, views
from crm_core.features.plans.models import Journal, Plan, PlanLine, Stage
from crm_core.kernel import clock
from crm_core.kernel.declare import Action
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id, site
from crm_core.resource.changes import as_written
from crm_core.resource.fields import NoteField
from crm_core.resource.resource import Lines, Resource, Section

_REMARK = NoteField(name="remark", column="", label=_("Supervisor's remark"), length=4_000)
_STAYS = _("A plan that has been summed up stays as it is; reopen it first.")
_NEEDED = NoteField(name="remark", column="", label=_("Supervisor's remark"), length=4_000, required=True)


class Plans(Resource):
    model = Plan
    label = _("Work plans")
    singular = _("Plan")
    icon = "target"
    columns = "title", "span", "begins", "progress", "stage", "owner", "above"
    filters = "span", "begins", "ends", "stage", "owner", "department", "above", "everybody"
    search = "title", "aim", "summary"
    search_names = ()
    sorts = "-begins", "-updated_at"
    board, calendar, gantt = "stage", "begins", ("begins", "ends")
    timeline = True
    told = ("stage", "remark", "remarked_by_id", "summary")
    form = (
        Section(_("Plan"), ("title", "span", "begins", "owner", "everybody", "above", "aim", "items")),
        Section(_("What came of it"), ("ends", "stage", "summary", "remark", "remarked_by"), folded=True),
    )
    lines = (Lines("items", PlanLine, ("metric", *services.WITHIN, "what", "target", "fact"), label=_("Figures"), first=True),)
    hidden_fields = ("department", "team")
    help = _("What somebody or a department means to do in a year, a month or a week, and how far it is.")
    actions = (
        Action("submit", _("Submit"), services.submit, when=services.may_submit, icon="send", primary=True),
        Action("agree", _("Agree"), services.agree, when=services.may_answer, icon="check", primary=True, bulk=False, fields=(_REMARK,)),
        Action("send_back", _("Send back"), services.send_back, when=services.may_answer, icon="corner-up-left", bulk=False, fields=(_NEEDED,)),
        Action("sum_up", _("Sum up"), services.sum_up, when=services.may_sum_up, icon="flag", bulk=False, fields=(
            NoteField(name="summary", column="", label=_("Summary"), length=4_000, required=True),)),
        Action("remark", _("Give a remark"), services.remark, when=services.may_remark, icon="message", order=60, bulk=False, fields=(_NEEDED,)),
        Action("divide", _("Break down"), services.divide, when=services.may_divide, icon="subtask", order=70, bulk=False, quiet=True),
        Action("divide_as_before", _("Break down like last year"), services.divide_as_before, when=services.may_divide, icon="subtask", order=71, bulk=False, quiet=True),
        Action("reopen", _("Reopen"), services.reopen, when=services.may_reopen, icon="arrow-back-up", order=80, bulk=False, quiet=True),
    )

    def bind(self, registry: Any) -> None:
        """Where nobody sells products, no line asks for one."""
        super().bind(registry)
        if "core.product" not in registry.resources:
            self.lines = tuple(replace(one, columns=tuple(name for name in one.columns if name not in services.WITHIN)) for one in self.lines)  # type: ignore[misc, assignment]

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        """A plan reaches over the whole of its year, month or week."""
        for row in rows:
            now = as_written(row, before)
            if now.get("begins") is not None:
                first, last = services.days_of(now.get("span", "month"), now["begins"])
                if (first, last) != (now.get("begins"), now.get("ends")):
                    row.update(begins=first, ends=last)

    def defaults(self) -> dict[str, Any]:
        return {"begins": clock.today()}

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        above = {row["above_id"] for row in rows if row.get("above_id") is not None}
        wider = {one.id: one for one in session.scalars(sa.select(Plan).where(Plan.id.in_(above)))} if above else {}
        for i, row in enumerate(rows):
            old = before.get(row.get("id", 0), {})
            now = {**old, **row}
            if old.get("stage") == Stage.summed_up and not current_work().session.system:
                other = any(row.get(n, old.get(n)) != old.get(n) for n in ("title", "span", "begins", "owner_id", "everybody", "aim"))
                if other or "items" in row:
                    faults[i] = {"title" if other else "items": [_STAYS]}
                    continue
            if said := _apart(row.get("items") or ()):
                faults[i] = {"items": [said]}
                continue
            one = wider.get(row.get("above_id") or 0)
            if row.get("above_id") is not None and (one is None or not (one.begins <= now["ends"] and now["begins"] <= one.ends) or one.id == row.get("id")):
                faults[i] = {"above": [_("The plan it is part of is for another time.")]}
        return faults

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        return views.dress(row.whole, page)


def _apart(items: Iterable[Mapping[str, Any]]) -> Any:
    """What is wrong with the parts that lines name; nothing where they are as they may be."""
    for line in items:
        named = [name for name in services.WITHIN if line.get(name) is not None]
        metric = site().registry.metrics.get(line.get("metric") or "")
        if len(named) > 1:
            return _("A line names a category or a product, not both: the product lies in its category.")
        if named and "metric" in line and (metric is None or named[0] not in metric.within):
            return _("“%(what)s” is not told apart by products.", what=metric.label if metric is not None else metrics.OWN_LABEL)
    return None


class Journals(Resource):
    model = Journal
    label = _("Work journal")
    singular = _("Journal entry")
    icon = "notebook"
    columns = "day", "owner", "text", "unread", "remark"
    filters = "day", "owner", "department", "read_at", "created_at"
    search = "text", "remark"
    search_names = ()
    sorts = "-day", "-updated_at"
    calendar = "day"
    verbs = "read", "create", "update", "delete", "export", "print"
    told = ("remark", "remarked_by_id", "read_at")
    form = (Section(_("Journal entry"), ("day", "text")), Section(_("What came of it"), ("remark", "remarked_by", "read_at"), folded=True))
    hidden_fields = ("owner", "department", "team")
    beside = ((_("My day"), diary.URL), (_("By customer"), f"{diary.URL}/customers"))
    help = _("What somebody did on a day: notes, visits, calls and tasks say it by themselves; own words stand beside them.")
    actions = (
        Action("remark", _("Give a remark"), diary.remark, when=diary.may_remark, icon="message", primary=True, bulk=False, fields=(_NEEDED,)),
    )

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        """Everybody writes his own."""
        me = my_id()
        for row in rows:
            if row.get("id") is None and me is not None:
                row["owner_id"] = me
            if row.get("id") is not None and "text" in row and row["text"] != before[row["id"]].get("text"):
                row["read_at"] = None

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        me = my_id()
        for i, row in enumerate(rows):
            old = before.get(row.get("id", 0), {})
            now = {**old, **row}
            if old and me not in (None, old.get("owner_id")) and "text" in row and row["text"] != old.get("text"):
                faults[i] = {"text": [_("Only who wrote it changes it; you may remark on it.")]}
            elif now.get("day") is not None and now["day"] > clock.today():
                faults[i] = {"day": [_("This day lies in the future.")]}
            elif now.get("day") != old.get("day") and diary.there(now.get("owner_id"), now.get("day")) not in (None, row.get("id")):
                faults[i] = {"day": [_("There is an entry of this day already.")]}
        return faults

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        return diary.dress(row.whole, page)
