"""The tasks of a stage: what the sales manager sets goes out to the owner of each opportunity that enters it."""

import datetime as dt

from sqlalchemy import func, literal, select, update

from crm_core.sdk import standing_of, system_scope, tasks, today, with_deleted, worktime
from crm_sales import _
from crm_sales.opportunities.models import Opportunity, Outcome, StageTask

NAME, KEY = "sales.opportunity", "sales.stage:"  # and of their keys: the opportunity, the task of the stage
OVER = "sales.stage.over:"  # in its place, of what was still to be done when the opportunity was lost or deleted


def entered(ids):
    """These opportunities have come to the stage they are in: its tasks go out, each once for an opportunity, however often it comes there."""
    with system_scope("tasks of stages") as db:
        columns = Opportunity.id, Opportunity.owner_id, StageTask.id, StageTask.what, StageTask.days
        rows = db.execute(select(*columns).join(StageTask, StageTask.stage_id == Opportunity.stage_id).where(
            Opportunity.id.in_(ids), Opportunity.owner_id.is_not(None), StageTask.deleted_at.is_(None)).order_by(Opportunity.id, StageTask.id)).all()
        if not rows:
            return
        keys = {f"{key}{one}/{task}" for one, _owner, task, _what, _days in rows for key in (KEY, OVER)}
        with with_deleted():  # what somebody threw away is not given out again
            there = set(db.scalars(select(tasks.Task.source_key).where(tasks.Task.source_key.in_(keys))))
    for one, owner, task, what, days in rows:
        if not {f"{KEY}{one}/{task}", f"{OVER}{one}/{task}"} & there:
            tasks.give_by_rule(_("Sales"), f"{KEY}{one}/{task}", owner, what, due=worktime.shift(today() + dt.timedelta(days=days), 0), about=(NAME, one), locked=False)


def ended(ids):
    """Of what is lost or deleted nothing is left to do."""
    with system_scope("tasks of opportunities that are over") as db:
        over = select(Opportunity.id).where(Opportunity.id.in_(ids), (Opportunity.outcome == Outcome.lost) | Opportunity.deleted_at.is_not(None))
        keys = db.scalars(select(tasks.Task.source_key).where(
            tasks.Task.subject == NAME, tasks.Task.subject_id.in_(over), tasks.Task.source_key.startswith(KEY), tasks.Task.done_at.is_(None), tasks.Task.deleted_at.is_(None))).all()
    tasks.finish_all(keys)
    _rename(keys, KEY, OVER)


def resumed(ids):
    """One that was lost by mistake, or deleted, goes on: what was still to be done of the stage it is in is to be done again, by whoever has it now.
    What somebody has done stays done, and nothing is given twice."""
    with system_scope("tasks of opportunities that go on") as db:
        there = db.execute(select(tasks.Task.source_key, Opportunity.stage_id, Opportunity.owner_id).join(Opportunity, Opportunity.id == tasks.Task.subject_id).where(
            tasks.Task.subject == NAME, tasks.Task.subject_id.in_(ids), tasks.Task.source_key.startswith(OVER), tasks.Task.deleted_at.is_(None),
            Opportunity.outcome != Outcome.lost, Opportunity.deleted_at.is_(None), Opportunity.owner_id.is_not(None))).all()
        if not there:
            return
        stages = dict(db.execute(select(StageTask.id, StageTask.stage_id).where(StageTask.id.in_({_task_of(key) for key, _stage, _owner in there}), StageTask.deleted_at.is_(None))).all())
        back = {key: owner for key, stage, owner in there if stages.get(_task_of(key)) == stage}
    for key, owner in back.items():
        tasks.again(key, owner)
    _rename(list(back), OVER, KEY)


def _task_of(key):
    return int(key.rpartition("/")[2])


def _rename(keys, old, new):
    """The keys of these tasks say from now on whether they wait for the opportunity to go on."""
    with system_scope("tasks of opportunities") as db:
        rest = func.substr(tasks.Task.source_key, len(old) + 1)
        db.execute(update(tasks.Task).where(tasks.Task.source_key.in_(keys)).values(source_key=literal(new).concat(rest)).execution_options(synchronize_session=False))


def handed_on(event):
    """What somebody still had to do for an opportunity goes with it to its new owner."""
    if event.resource != NAME:
        return
    with system_scope("tasks of opportunities that changed hands") as db:
        t, homes = tasks.Task, {}
        for one, before, after in zip(event.ids, event.before, event.after, strict=True):
            if before is not None and after is not None:
                if after not in homes:
                    homes[after] = next(iter(standing_of(after).departments), None)
                db.execute(update(t).where(
                    t.subject == NAME, t.subject_id == one, t.source_key.startswith(KEY), t.owner_id == before, t.done_at.is_(None), t.deleted_at.is_(None),
                ).values(owner_id=after, department_id=homes[after]).execution_options(synchronize_session=False))
