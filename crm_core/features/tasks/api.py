"""What other features and plugins may use of tasks."""

from crm_core.features.tasks import asking, repeats
from crm_core.features.tasks.models import Task
from crm_core.features.tasks.repeats import DaysField
from crm_core.features.tasks.services import NAME as TASKS
from crm_core.features.tasks.services import (
    again,
    begin,
    count,
    counters,
    finish,
    finish_all,
    give,
    give_by_rule,
    waiting,
)
from crm_core.features.tasks.times import TimeField, read_when, say_minutes
from crm_core.features.tasks.views import (
    GIVEN,
    MINE,
    URL,
    WaitingTask,
    by_due,
    draw_waiting,
    leads,
    told,
    urgency,
    wanted,
)

__all__ = [
    "GIVEN",
    "MINE",
    "TASKS",
    "URL",
    "DaysField",
    "Task",
    "TimeField",
    "WaitingTask",
    "again",
    "asking",
    "begin",
    "by_due",
    "count",
    "counters",
    "draw_waiting",
    "finish",
    "finish_all",
    "give",
    "give_by_rule",
    "leads",
    "read_when",
    "repeats",
    "say_minutes",
    "told",
    "urgency",
    "waiting",
    "wanted",
]
