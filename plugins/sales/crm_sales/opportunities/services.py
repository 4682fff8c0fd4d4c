"""The verbs of opportunities: what follows from a stage, winning, losing, the call-back that ends a sale, next steps as tasks."""

import datetime as dt

from sqlalchemy import case, func, literal, select, update

from crm_core.sdk import (
    Invalid,
    Refused,
    amounts,
    customers,
    emit,
    local,
    money,
    my_id,
    owners_of,
    session,
    site,
    system_scope,
    tasks,
    today,
    worktime,
)
from crm_sales import _
from crm_sales.api import OpportunitiesClosed, OpportunitiesReopened
from crm_sales.opportunities import process
from crm_sales.opportunities.models import Opportunity, Outcome, Pipeline, StageVisit
from crm_sales.opportunities.sharing import follow_weights, share_out
from crm_sales.opportunities.usual import usual_pipeline
from crm_sales.opportunities.ways import of_pipeline, stages
from crm_sales.settings import DealSettings

NAME = "sales.opportunity"
NEXT, CALLBACK = "sales.next:", "sales.callback:"  # keys of the tasks an opportunity gives
FEW = 10  # closed ones, below which their share says nothing


def chance_of(stage):
    """The win probability of a stage: what was typed, or what history says where the house wants that and has enough of it."""
    if stage is None:
        return 0
    by_history = DealSettings.now().probability_by_history and stage.outcome == Outcome.open
    return stage.share if by_history and stage.share is not None and stage.share_of >= FEW else stage.probability


def begin(resource, rows):
    """Rows of new opportunities that do not say where they begin: in the pipeline of who makes them, in its first stage."""
    new = [row for row in rows if row.get("id") is None and not (row.get("pipeline") and row.get("stage"))]
    if not new:
        return
    known, first = stages(), None
    fields = resource.all_fields
    named = {name: fields[name].resolve({row[name] for row in new if row.get(name)}) for name in ("pipeline", "stage")}
    for row in new:
        stage = known.get(named["stage"].get(row.get("stage")))
        if row.get("pipeline"):
            pipeline = named["pipeline"].get(row["pipeline"])
        elif stage is not None:
            pipeline = row["pipeline"] = stage.pipeline_id
        else:
            first = first or usual_pipeline()
            pipeline = row["pipeline"] = first
        if not row.get("stage"):
            row["stage"] = next((one.id for one in of_pipeline(known, pipeline)), None)


def put_on_desks(rows):
    """New opportunities in the pipeline of a team are that team's: a desk works on them together."""
    _team_of(rows, "pipeline_id", Pipeline.id, Pipeline.for_team_id)


def of_their_desk(rows):
    """New documents that come of an opportunity belong to its team: a desk sees them, and its head decides what is over a limit."""
    _team_of(rows, "opportunity_id", Opportunity.id, Opportunity.team_id)


def _team_of(rows, link, key, team):
    """New rows that say no team have that of what their column `link` points at, where it has one."""
    new = [row for row in rows if row.get("id") is None and row.get("team_id") is None and row.get(link) is not None]
    if new:
        teams = dict(session.execute(select(key, team).where(key.in_({row[link] for row in new}), team.is_not(None))).all())
        for row in new:
            row["team_id"] = teams.get(row[link])


def derive_stage(row, now, old, known):
    """What follows from the stage of one row about to be written: its state, its days, its probability. `now`: as it will be, `old`: as it was."""
    if old and row.get("pipeline_id", old["pipeline_id"]) != old["pipeline_id"] and row.get("stage_id", old["stage_id"]) == old["stage_id"]:
        first = next(iter(of_pipeline(known, row["pipeline_id"])), None)
        if first is not None:
            row["stage_id"] = first.id
    stage = known.get(row.get("stage_id", now.get("stage_id")))
    if stage is None:
        return
    if not old or old["stage_id"] != stage.id:
        row["stage_on"] = row.get("stage_on") or today() if not old else today()
        if stage.outcome != Outcome.open:
            close(row, now, stage.outcome)
        elif now.get("outcome", Outcome.open) != Outcome.open:
            row.update(OPENED)
    now = {**now, **row}
    outcome = now.get("outcome") or Outcome.open
    row["stale_on"] = stale_on(stage, now.get("stage_on")) if outcome == Outcome.open else None
    own = now["chance"] if now.get("chance") is not None else chance_of(stage)
    row["probability"] = {Outcome.won: amounts.WHOLE, Outcome.lost: 0}.get(outcome, own)


OPENED = {"outcome": Outcome.open, "closed": None, "days_open": None, "won_reason": None, "lost_reason": None, "satisfaction": None}


def close(row, now, outcome):
    """It is won or lost from today on; of what was so before, the day stays."""
    if now.get("outcome") != outcome or now.get("closed") is None:
        began = now.get("created_at")
        row.update(outcome=outcome, closed=today(), days_open=max(0, (today() - local(began).date()).days) if began is not None else 0)


def stale_on(stage, since):
    return since + dt.timedelta(days=stage.days) if stage.days and since else None


def weigh(row, now, rates):
    """The amount in the house's currency at the rate of the day it closed, of an open one today's, and what of it is to be expected. `rates`: what
    was looked up for the set so far."""
    worth = 0
    if now.get("amount"):
        key = now.get("currency") or "", now.get("closed") or today()
        if key not in rates:
            try:
                rates[key] = money.rate(*key)
            except Refused as no:
                raise Invalid({"currency": [no.message]}) from None
        worth = amounts.convert(now["amount"], rates[key], money.rounding())
    row["worth"], row["weighted"] = worth, amounts.part(worth, now.get("probability") or 0, money.rounding())


def total_up(ids):
    """Opportunities with products on them are expected to bring what these come to. In the transaction that wrote them."""
    with system_scope("amounts of opportunities follow their products") as db:
        columns = [getattr(Opportunity, name) for name in ("id", "total", "amount", "currency", "closed", "probability")]
        changed, rates = [], {}
        for row in db.execute(select(*columns).where(Opportunity.id.in_(ids), Opportunity.total != 0, func.coalesce(Opportunity.amount, 0) != Opportunity.total)).mappings():
            values = {"id": row["id"], "amount": row["total"]}
            weigh(values, {**row, **values}, rates)
            changed.append(values)
        for values in changed:
            row_id = values.pop("id")
            db.execute(update(Opportunity).where(Opportunity.id == row_id).values(values).execution_options(synchronize_session=False))


def pass_on(ids):
    """Keep the stages opportunities were in. Twice does no more than once."""
    with system_scope("stages of opportunities") as db:
        columns = (Opportunity.id, Opportunity.stage_id, Opportunity.owner_id, Opportunity.department_id, Opportunity.team_id, Opportunity.stage_on)
        rows, moved = db.execute(select(*columns).where(Opportunity.id.in_(ids))).all(), []
        there = {one.opportunity_id: one for one in db.scalars(select(StageVisit).where(StageVisit.opportunity_id.in_(ids), StageVisit.until.is_(None), StageVisit.deleted_at.is_(None)))}
        for row in rows:
            visit, day = there.get(row.id), row.stage_on or today()
            if visit is not None and visit.stage_id == row.stage_id:
                continue
            if visit is not None:
                visit.until, visit.days = day, max(0, (day - visit.entered).days)
            db.add(StageVisit(opportunity_id=row.id, stage_id=row.stage_id, entered=day, by_id=my_id(), **owners_of(row)))
            moved.append(row.id)
        db.flush()
    if moved:
        process.entered(moved)


def announce(ids):
    """Tell once of those that were won, lost or opened again, and ask for the call-back of those that were won. One that was deleted is won or
    lost no more, until it is restored."""
    with system_scope("opportunities that were closed") as db:
        outcome = case((Opportunity.deleted_at.is_(None), Opportunity.outcome), else_=literal(Outcome.open, Opportunity.outcome.type)).label("outcome")
        columns = (Opportunity.id, outcome, Opportunity.owner_id, Opportunity.stage_id, Opportunity.name)
        rows = db.execute(select(*columns).where(Opportunity.id.in_(ids), outcome != Opportunity.told)).all()
        if not rows:
            return
        db.execute(update(Opportunity).where(Opportunity.id.in_([row.id for row in rows])).values(told=outcome).execution_options(synchronize_session=False))
    known, days = stages(), DealSettings.now().callback_days
    for outcome in (Outcome.won, Outcome.lost):
        found = tuple(row.id for row in rows if row.outcome == outcome)
        if found:
            emit(OpportunitiesClosed(found, won=outcome == Outcome.won))
    if again := tuple(row.id for row in rows if row.outcome == Outcome.open):
        emit(OpportunitiesReopened(again))
    for row in rows:
        if row.outcome != Outcome.open:
            tasks.finish(f"{NEXT}{row.id}")
        if row.outcome != Outcome.won:
            tasks.finish(f"{CALLBACK}{row.id}")
        elif days and row.owner_id is not None and last_step(known, row.stage_id) is not None:
            tasks.give_by_rule(
                _("Sales"), f"{CALLBACK}{row.id}", row.owner_id, _("Call back: is the customer satisfied? %(name)s", name=row.name),
                due=worktime.shift(today() + dt.timedelta(days=days), 0), about=(NAME, row.id), locked=False)


def last_step(known, stage_id):
    """The step after the deal: the last won stage of the pipeline, where it is another one than this."""
    stage = known.get(stage_id)
    won = of_pipeline(known, stage.pipeline_id, Outcome.won) if stage is not None else []
    return won[-1] if won and won[-1].id != stage_id else None


# --- acts ------------------------------------------------------------------------------------------------------------------


def _move(row, stage):
    """To another stage, as a form would: what the stage asks for is checked."""
    session.flush()
    site().registry.resource(NAME).write([{"id": row.id, "stage": stage.id}])
    session.refresh(row)


def _still_open(row):
    if row.outcome != Outcome.open:
        raise Refused(_("“%(name)s” is closed already.", name=row.name))


def _close(row, outcome):
    """On to the first stage that means so, or, where the pipeline has none, it stays where it is: one sees how far it came."""
    found = of_pipeline(stages(), row.pipeline_id, outcome)
    if found:
        _move(row, found[0])
        return
    values = {}
    close(values, {"outcome": row.outcome, "closed": row.closed, "created_at": row.created_at}, outcome)
    _set(row, values)


def _set(row, values):
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def win(row, won_reason=None):
    """The deal is made."""
    _still_open(row)
    row.won_reason, row.outcome = won_reason, Outcome.won  # so that its stage is entered: by no other way it is
    _close(row, Outcome.won)


def lose(row, lost_reason, competitor=None, why=None):
    """The deal goes elsewhere, or nowhere."""
    _still_open(row)
    row.lost_reason = lost_reason
    if competitor is not None:
        row.competitor_id = competitor
    if why:
        row.note = f"{row.note}\n{why}" if row.note else why
    _close(row, Outcome.lost)


def reopen(row):
    """It goes on: from the stage it was lost in, or the last one before the deal."""
    known = stages()
    before, stage = of_pipeline(known, row.pipeline_id, Outcome.open), known.get(row.stage_id)
    if row.outcome == Outcome.open:
        raise Refused(_("“%(name)s” is open.", name=row.name))
    if not before:
        raise Refused(_("This pipeline has no stage for what is open."))
    back = stage if stage is not None and stage.outcome == Outcome.open else before[-1]
    if stage is not None and stage.outcome == Outcome.lost:  # a pipeline with a stage for what is lost: where it was before that
        came = session.scalars(select(StageVisit.stage_id).where(StageVisit.opportunity_id == row.id, StageVisit.stage_id.in_([one.id for one in before])).order_by(StageVisit.id.desc()).limit(1)).first()
        back = known.get(came, back)
    _set(row, {**OPENED, "stage_id": back.id, "stage_on": today()})


def advance(row):
    """On to the next stage of its pipeline."""
    _still_open(row)
    line = [one for one in of_pipeline(stages(), row.pipeline_id) if one.outcome != Outcome.lost]
    at = next((n for n, one in enumerate(line) if one.id == row.stage_id), -1)
    if at + 1 >= len(line):
        raise Refused(_("“%(name)s” has no further stage.", name=row.name))
    _move(row, line[at + 1])


def satisfied(row, satisfaction, said=None):
    """The call-back after the deal: what the customer says ends the sale."""
    _set(row, {"satisfaction": satisfaction})
    finish_sale([row.id])
    if said and site().registry.resource("core.customer").sees(row.customer_id, "update"):
        customers.add_note("core.customer", row.customer_id, said, kind="call")
    tasks.finish(f"{CALLBACK}{row.id}")


def finish_sale(ids):
    """Won opportunities whose customer was called back reach the last step."""
    with system_scope("the last step of a sale") as db:
        known = stages()
        for row in db.scalars(select(Opportunity).where(Opportunity.id.in_(ids), Opportunity.outcome == Outcome.won, Opportunity.deleted_at.is_(None))):
            last = last_step(known, row.stage_id)
            if last is not None:
                row.stage_id = last.id
        db.flush()
    share_out(ids)


# --- next steps as tasks ---------------------------------------------------------------------------------------------------


def next_steps(ids):
    """The next step of each is a task of its owner: made, changed, ended as the opportunity says."""
    with system_scope("next steps of opportunities") as db:
        columns = (Opportunity.id, Opportunity.next_step, Opportunity.next_day, Opportunity.owner_id, Opportunity.department_id, Opportunity.outcome)
        rows = db.execute(select(*columns).where(Opportunity.id.in_(ids))).all()
        keys = [f"{NEXT}{row.id}" for row in rows]
        there = {task.source_key: task for task in db.scalars(select(tasks.Task).where(tasks.Task.source_key.in_(keys), tasks.Task.done_at.is_(None), tasks.Task.deleted_at.is_(None)))}
        for row in rows:
            task, wanted = there.get(f"{NEXT}{row.id}"), row.next_step and row.next_day and row.owner_id and row.outcome == Outcome.open
            if task is not None and wanted:
                task.title, task.due, task.owner_id, task.department_id = row.next_step[:200], row.next_day, row.owner_id, row.department_id
            elif task is not None:
                tasks.finish(task.source_key)
            elif wanted:
                tasks.give_by_rule(_("Sales"), f"{NEXT}{row.id}", row.owner_id, row.next_step, due=row.next_day, about=(NAME, row.id), locked=False)
        db.flush()


def heard_of_tasks(event):
    """A task was ticked off: the next step is taken, or the customer was called back."""
    if event.resource != tasks.TASKS or event.verb != "update":
        return
    with system_scope("tasks of opportunities that are done") as db:
        keys = db.scalars(select(tasks.Task.source_key).where(
            tasks.Task.id.in_(event.ids), tasks.Task.done_at.is_not(None), tasks.Task.subject == NAME, tasks.Task.source_key.is_not(None))).all()
        taken = [int(key.removeprefix(NEXT)) for key in keys if key.startswith(NEXT)]
        for row in db.scalars(select(Opportunity).where(Opportunity.id.in_(taken), Opportunity.outcome == Outcome.open, Opportunity.deleted_at.is_(None))) if taken else ():
            row.next_step = row.next_day = None
        db.flush()
    called = [int(key.removeprefix(CALLBACK)) for key in keys if key.startswith(CALLBACK)]
    if called:
        finish_sale(called)


# --- what history says -----------------------------------------------------------------------------------------------------


def learn(job):
    """Each night: what share of the opportunities that were in a stage and closed within a year was won, and what open ones weigh by that."""
    since = today() - dt.timedelta(days=365)
    with job.finish():
        won = func.count(func.distinct(case((Opportunity.outcome == Outcome.won, Opportunity.id))))
        every = func.count(func.distinct(Opportunity.id))
        rows = session.execute(
            select(StageVisit.stage_id, won, every).join(Opportunity, Opportunity.id == StageVisit.opportunity_id)
            .where(Opportunity.closed >= since, Opportunity.outcome != Outcome.open, Opportunity.deleted_at.is_(None)).group_by(StageVisit.stage_id)).all()
        found = {stage: (amounts.divide(n * amounts.WHOLE, of), of) for stage, n, of in rows}
        for stage in stages().values():
            share, of = found.get(stage.id, (None, 0))
            if (stage.share, stage.share_of) != (share, of):
                stage.share, stage.share_of = share, of
        session.flush()
        follow_stages(list(stages()))


def follow_stages(ids):
    """Open opportunities follow their stage: its probability where they have no estimate of their own, and the day they stand still from."""
    with system_scope("opportunities follow their stages") as db:
        for stage in (one for one in stages().values() if one.id in set(ids)):
            here, chance = (Opportunity.stage_id == stage.id, Opportunity.outcome == Outcome.open), chance_of(stage)
            db.execute(update(Opportunity).where(*here, Opportunity.chance.is_(None), Opportunity.probability != chance).values(
                probability=chance, weighted=_part(Opportunity.worth, chance)).execution_options(synchronize_session=False))
            entered = db.scalars(select(Opportunity.stage_on).where(*here).distinct().limit(5_000)).all()
            for day in entered:
                db.execute(update(Opportunity).where(*here, Opportunity.stage_on == day).values(stale_on=stale_on(stage, day)).execution_options(synchronize_session=False))
            follow_weights(db, stage.id)


def _part(worth, percent):
    """The same as `amounts.part`, halves up, as an expression of both databases."""
    return (worth * percent * 2 + amounts.WHOLE) // (amounts.WHOLE * 2)


# --- what others ask -------------------------------------------------------------------------------------------------------


def open_sums(ids):
    """What the open opportunities of customers may bring: customer → amount in the house's currency."""
    rows = session.execute(select(Opportunity.customer_id, func.sum(Opportunity.worth)).where(
        Opportunity.customer_id.in_(ids), Opportunity.outcome == Outcome.open, Opportunity.deleted_at.is_(None)).group_by(Opportunity.customer_id))
    return {customer: int(total) for customer, total in rows}


def shown(amount):
    """An amount in the house's currency as people read it."""
    return site().registry.resource(NAME).all_fields["worth"].show(amount)
