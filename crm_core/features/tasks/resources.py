"""Tasks as a resource."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm_core.features.tasks import asking, course, repeats, services, times, turns, views
from crm_core.features.tasks.models import State, Task, TaskItem
from crm_core.kernel import words
from crm_core.kernel.declare import Action
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import my_id, site
from crm_core.resource import acts
from crm_core.resource.fields import DateField, Field, NoteField
from crm_core.resource.kept import Ask
from crm_core.resource.others import readers
from crm_core.resource.references import RefField, label_queries
from crm_core.resource.resource import Lines, Resource, Section
from crm_core.web import facts, urls
from crm_core.web.viewmodels import Number, Status

_PAIR = "subject", "subject_id"


class Tasks(Resource):
    model = Task
    label = _("Tasks")
    singular = _("Task")
    icon = "checkbox"
    columns = "title", "state", "urgency", "about", "owner", "priority", "due"
    filters = ("owner", "giver", "state", "due", "done_at", "priority", "must", "chased", "grade", "spent", "department", "subject", "subject_id", "created_at")
    search = "title", "text"
    search_names = ()
    sorts = "due", "-updated_at"
    board, calendar, gantt = "state", "due", ("created_at", "due")
    entry = views.MINE
    beside = ((_("Tasks I gave"), views.GIVEN), (_("Time spent"), "/calendar/time"))
    given = ("read", "update", "chase", "evaluate", "withdraw", "reopen")
    told = ("state", "owner_id", "department_id", "done_at", "done_by_id", "result", "grade", "remark", "chased", "giver_id")
    timeline = True
    form = (
        Section(_("Task"), ("title", "due", "due_time", "priority", "owner", "text", "items")),
        Section(_("How it is dealt with"), ("must", "remind", "repeat", "giver", "state"), folded=True),
        Section(_("What came of it"), ("done_at", "done_by", "result", "spent", "grade", "remark", "chased"), folded=True),
    )
    lines = (Lines("items", TaskItem, ("text", "done"), label=_("Checklist")),)
    hidden_fields = (*_PAIR, "department", "team")
    help = _("What is to be done, by whom and until when. Who gave a task to somebody else sees what becomes of it.")
    actions = (
        Action("done", _("Mark as done"), services.done, when=services.may_finish, icon="check", primary=True, fields=(
            NoteField(name="result", column="", label=_("Result"), length=4_000), times.MinutesField(name="spent", column="", label=_("Time spent")))),
        Action("agree", _("Agree"), asking.agree, when=asking.is_question, icon="check", bulk=False, primary=True, fields=asking.FIELDS),
        Action("accept", _("Accept"), course.accept, when=course.may_accept, icon="user-check", order=10),
        Action("refuse", _("Decline"), course.refuse, when=course.may_refuse, icon="x", order=11, bulk=False, fields=(
            Field(name="reason", column="", label=_("Reason"), required=True, length=200),)),
        Action("chase", _("Chase"), course.chase, when=course.may_chase, icon="bell", order=12, fields=(
            Field(name="words", column="", label=_("Words"), length=200),)),
        Action("evaluate", _("Evaluate"), course.evaluate, when=course.may_evaluate, icon="star", order=13, fields=("grade", NoteField(
            name="remark", column="", label=_("Remark on it"), length=4_000))),
        Action("hand_on", _("Hand on"), course.hand_on, when=course.may_hand_on, icon="corner-down-right", quiet=True, order=20, fields=(
            RefField(name="owner", column="", label=_("Colleague"), target="core.user", required=True),
            Field(name="reason", column="", label=_("Reason"), required=True, length=200), DateField(name="due", column="", label=_("New deadline")))),
        Action("repeat", _("Repeat"), repeats.repeat, when=course.may_hand_on, icon="refresh", quiet=True, order=30, bulk=False, fields=repeats.FIELDS),
        Action("reopen", _("Reopen"), services.reopen, when=lambda t: t.done_at is not None and not t.locked, icon="arrow-back-up", bulk=False),
        Action("withdraw", _("Withdraw"), course.withdraw, when=course.may_withdraw, icon="trash", order=80, whole=True, danger=True,
               confirm=_("Withdraw this task? Its receiver need not do it any more.")),
    )

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        turns.follow(rows, before)

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        me = my_id()
        for i, row in enumerate(rows):
            old = before.get(row.get("id", 0), {})
            now = {**old, **row}
            found = self._bound(row, old, me)
            if found:
                faults[i] = found
            if now.get("due_time") and not now.get("due"):
                faults.setdefault(i, {})["due"] = [_("Say the day too.")]
            pair = (now.get("subject"), now.get("subject_id"))
            if pair == (None, None) or all(now.get(c) == old.get(c) for c in (*_PAIR, "owner_id")):
                continue
            target = site().registry.resources.get(pair[0]) if pair[0] else None
            if target is None or not pair[1] or (pair != (old.get("subject"), old.get("subject_id")) and not target.labels([pair[1]])):
                faults.setdefault(i, {})["subject"] = [_("There is no such record.")]
            elif now.get("owner_id") not in (None, me) and not readers(target, pair[1], [now["owner_id"]]):
                faults.setdefault(i, {})["owner"] = [_("This colleague may not open the record that the task is about.")]
        return faults

    def _bound(self, row: Mapping[str, Any], old: Mapping[str, Any], me: int | None) -> dict[str, list[Any]]:
        """What cannot be written over in a form: what one was bound to, and turns that ask for words or are somebody else's."""
        faults: dict[str, list[Any]] = {}
        if old.get("must") and old["owner_id"] == me and old["giver_id"] not in (None, me):
            faults = {n: [_("This must be dealt with as it was given.")] for n in ("title", "due", "must", "owner_id") if n in row and row[n] != old[n]}
            if "owner_id" in faults:
                faults["owner"] = [_("Hand it on, and say why.")]
                del faults["owner_id"]
        state = row.get("state")
        if state is None or state == old.get("state", State.open):
            return faults
        if "owner_id" in row and old and row["owner_id"] != old["owner_id"]:
            return faults  # it begins anew with its new owner
        if state == State.refused:
            faults["state"] = [_("Decline it, and say why.")]
        elif old and (old["locked"] or not acts.reaches(self, "done").holds(old)):
            faults["state"] = [_("This task ends by itself when its cause is gone.") if old["locked"] else _("Only who has the task says how far it is.")]
        elif state == State.done and row.get("must", old.get("must")) and not old.get("result"):
            faults["state"] = [_("This must be dealt with: say what came of it.")]
        return faults

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb == "create":
            services.given(ids)
        elif verb == "update":
            turns.tell(ids)
        elif verb == "delete":
            course.guard(ids)

    def page_queries(self, row: Any) -> dict[str, Ask]:
        wanted = {"core.user": {row.giver_id or row.created_by_id}}
        if row.subject:
            wanted.setdefault(row.subject, set()).add(row.subject_id)
        return {**{f"task:{key}": ask for key, ask in label_queries(wanted).items()}, "items": views.ask_items(row.id)}

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        """What it is about, who gave it, how it stands."""
        numbers, marks = [], []
        about = dict(found.get(f"task:label:{row.subject}", ()))
        if row.subject and row.subject_id in about:
            numbers.append(Number(_("About"), about[row.subject_id], url=urls.of_name(site().registry, row.subject, row.subject_id)))
        giver = dict(found.get("task:label:core.user", ())).get(row.giver_id or row.created_by_id, "")
        numbers.append(Number(_("Given by"), _("System · %(source)s", source=words.read(row.source)) if row.source else giver))
        if row.done_at is None and row.state not in (None, State.open):
            marks.append(views.state_of(row.state))
        if row.must:
            marks.append(Status(_("Must be dealt with"), "alert-triangle", "amber"))
        if row.chased and row.done_at is None:
            marks.append(Status(ngettext("Chased once", "Chased %(n)s times", row.chased), "bell", "red"))
        if row.grade:
            marks.append(Status(self.all_fields["grade"].show(row.grade), "star", ""))
        if page.body == "panorama":
            course = replace(page.timeline, filters=()) if page.timeline is not None else None
            page = replace(page, side=(*views.checklist(row.id, found.get("items", ()), facts.his(self, row.whole, "update")), *page.side), timeline=course)
        tabs = tuple(replace(tab, label=_("Overview")) if n == 0 else tab for n, tab in enumerate(page.tabs))
        page = replace(page, tabs=tabs)
        return replace(page, status=views.urgency(row.due, row.due_time, row.done_at), numbers=tuple(numbers), marks=(*marks, *page.marks))
