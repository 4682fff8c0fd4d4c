"""Where an opportunity begins of which nobody says it: the pipeline of the team or department of who makes it, its first stage."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select

from crm_core.sdk import BooleanField, Department, actor, may, my_id, session, system_scope


def pipelines_of(who):
    """Ids of pipelines, those that are meant for who acts first: of a team of his, of the nearest department above him, of the whole house."""
    return [one for _place, one in _placed(who)]


def own_pipelines():
    """Ids of the pipelines of who acts: those of his teams, else of the nearest department above him that has some, else of the whole house."""
    placed = _placed(actor())
    if my_id() is None or may("sales.pipeline.update"):
        return [one for _place, one in placed]
    return [one for place, one in placed if place == placed[0][0] != OTHERS]


OTHERS = (3, 0)


def _placed(who):
    """(how near it is to who acts, id) of each pipeline, the nearest first."""
    from crm_sales.opportunities.models import Pipeline

    above, teams = _departments(getattr(who, "department_id", None)), getattr(who, "teams", ())

    def place(one):
        if one.for_team_id is not None:
            return (0, 0) if one.for_team_id in teams else OTHERS
        if one.for_department_id is not None:
            return (1, above.index(one.for_department_id)) if one.for_department_id in above else OTHERS
        return 2, 0

    rows = session.execute(select(Pipeline.id, Pipeline.for_team_id, Pipeline.for_department_id).where(Pipeline.deleted_at.is_(None)).order_by(Pipeline.position, Pipeline.id).limit(1_000)).all()
    return [(place(one), one.id) for one in sorted(rows, key=place)]


def _departments(department):
    """This department and those above it, the nearest first."""
    if department is None:
        return []
    with system_scope("the departments above one's own") as db:
        path = db.scalar(select(Department.path).where(Department.id == department))
    return [int(step) for step in reversed((path or "").split("/")) if step]


def usual_pipeline():
    """The pipeline that is nearest to who acts; None where there is none."""
    return next(iter(pipelines_of(actor())), None)


def usual_stage():
    """The stage in which his new opportunities begin."""
    return first_stage(usual_pipeline())


def first_stage(pipeline):
    """Where a pipeline begins."""
    from crm_sales.opportunities.models import Stage

    return session.scalar(select(Stage.id).where(Stage.pipeline_id == pipeline, Stage.deleted_at.is_(None)).order_by(Stage.position, Stage.id).limit(1))


@dataclass(frozen=True, kw_only=True)
class MineField(BooleanField):
    """A filter: whether a pipeline, or the one of a stage, is for who asks: of his team or of the nearest department that has its own, else of the whole
    house. For who sets pipelines, all are."""

    kept = False
    operators = ("eq",)

    def condition(self, operator, values, entity):
        column = getattr(entity.c if isinstance(entity, sa.FromClause) else entity, self.column)
        mine = column.in_(own_pipelines())
        return mine if values[0] else sa.not_(mine)
