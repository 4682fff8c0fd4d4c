"""Tasks as a resource."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm_core.features.tasks import asking, giving, services, times, views
from crm_core.features.tasks.models import Task
from crm_core.kernel import words
from crm_core.kernel.declare import Action
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource.fields import Field
from crm_core.resource.kept import Ask
from crm_core.resource.others import readers
from crm_core.resource.references import label_queries
from crm_core.resource.resource import Resource, Section
from crm_core.web import urls
from crm_core.web.viewmodels import Number

assert times  # the kind of field for a time of day is registered by its import

_PAIR = "subject", "subject_id"


class Tasks(Resource):
    model = Task
    label = _("Tasks")
    singular = _("Task")
    icon = "checkbox"
    columns = "title", "urgency", "about", "owner", "priority", "due"
    filters = "owner", "due", "done_at", "priority", "department", "subject", "subject_id", "created_at"
    search = "title", "text"
    search_names = ()
    sorts = "due", "-updated_at"
    entry = views.MINE
    beside = ((_("Tasks I gave"), giving.URL),)
    form = (Section(_("Task"), ("title", "due", "due_time", "priority", "owner", "text")),)
    hidden_fields = (*_PAIR, "department", "team")
    help = _("What is to be done, by whom and until when.")
    actions = (
        Action("done", _("Mark as done"), services.done, when=services.may_finish, icon="check", primary=True),
        Action("agree", _("Agree"), asking.agree, when=asking.is_question, icon="check", bulk=False, primary=True, fields=asking.FIELDS),
        Action("refuse", _("Decline"), asking.refuse, when=asking.is_question, icon="x", bulk=False, fields=(
            Field(name="reason", column="", label=_("Reason"), required=True, length=200),)),
        Action("reopen", _("Reopen"), services.reopen, when=lambda t: t.done_at is not None and not t.locked, icon="arrow-back-up", bulk=False),
    )

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        me = getattr(actor(), "user_id", None)
        for i, row in enumerate(rows):
            old = before.get(row.get("id", 0), {})
            now = {**old, **row}
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

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb == "create":
            services.given(ids)

    def page_queries(self, row: Any) -> dict[str, Ask]:
        wanted = {"core.user": {row.created_by_id}}
        if row.subject:
            wanted.setdefault(row.subject, set()).add(row.subject_id)
        return {f"task:{key}": ask for key, ask in label_queries(wanted).items()}

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        """What it is about, who gave it, how it stands."""
        numbers = []
        about = dict(found.get(f"task:label:{row.subject}", ()))
        if row.subject and row.subject_id in about:
            numbers.append(Number(_("About"), about[row.subject_id], url=urls.of_name(site().registry, row.subject, row.subject_id)))
        giver = dict(found.get("task:label:core.user", ())).get(row.created_by_id, "")
        numbers.append(Number(_("Given by"), _("System · %(source)s", source=words.read(row.source)) if row.source else giver))
        return replace(page, status=views.urgency(row.due, row.due_time, row.done_at), numbers=tuple(numbers))
