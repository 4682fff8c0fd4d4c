"""The stages of pipelines in their order: which comes next, and by which act one is entered."""

from itertools import pairwise

from sqlalchemy import select

from crm_core.sdk import kept, session
from crm_sales.opportunities.models import Outcome, Stage


def stages():
    """All stages by id, in the order they are passed."""
    rows = session.scalars(select(Stage).where(Stage.deleted_at.is_(None)).order_by(Stage.pipeline_id, Stage.position, Stage.id).limit(1_000))
    return {one.id: one for one in rows}


def of_pipeline(known, pipeline, outcome=None):
    """The stages of a pipeline, in their order."""
    return [one for one in known.values() if one.pipeline_id == pipeline and outcome in (None, one.outcome)]


def ways():
    """The stages after which another open one comes, and those that an opportunity enters by an act. Kept until a stage changes."""
    def load():
        known = stages()
        line = [one for one in known.values() if one.outcome != Outcome.lost]
        on = frozenset(one.id for one, after in pairwise(line) if one.pipeline_id == after.pipeline_id and after.outcome == Outcome.open)
        first = {one.pipeline_id: one.id for one in reversed(line) if one.outcome == Outcome.won}  # what comes after the deal is no deal
        return on, {**dict.fromkeys(first.values(), "win"), **{one.id: "lose" for one in known.values() if one.outcome == Outcome.lost}}

    return kept("sales stages", load)


def goes_on(row):
    """Whether it is open and a stage comes next that is not the deal: that one is entered by “Won”, which asks why."""
    return row.outcome == Outcome.open and row.stage_id in ways()[0]


def act_to(stage):
    """The act by which an opportunity enters a stage, where that closes it."""
    return ways()[1].get(stage, "")
