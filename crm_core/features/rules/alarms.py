"""Alarms: a number of a report is looked at every few minutes in the rights of who set the alarm, and who is to be told hears once of
each crossing. Between the limit and the point of coming back nothing changes, so a number that trembles rings once."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.messages.api import notify
from crm_core.features.rules import active
from crm_core.features.rules.models import Alarm
from crm_core.kernel import clock, words
from crm_core.kernel.actors import ActorGone
from crm_core.kernel.errors import CrmError, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.outages import is_outage
from crm_core.kernel.site import actor
from crm_core.resource import reporting
from crm_core.resource.reporting import Answer, Line

NAME = "core.alarms"
SOURCE = _("Alarms")
_table = table_of(Alarm)


def reports() -> list[Any]:
    """Reports and cards the acting person may ask."""
    return [*reporting.reports(), *(one for one in reporting.cards() if not one.waits)]


def key_of(line: Line) -> str:
    """What a line is told by: the filter that shows its records, else its label."""
    return line.filter[1] if line.filter is not None else line.label


def value_of(answer: Answer, line: str | None, number: int) -> float | None:
    """The number of a line, or of all of them together; a line that is not there counts nothing. None for what is no number."""
    found = [one.numbers[number] for one in answer.lines if (line is None or key_of(one) == line) and number < len(one.numbers)]
    numbers = [float(value) for value in found if isinstance(value, int | float) or hasattr(value, "as_integer_ratio")]
    return sum(numbers) if numbers or not found else None


def kind_of(answer: Answer, number: int) -> str:
    """What the number is counted in: "money" in the smallest unit of the currency, so many places after the point, or ""."""
    field = answer.fields[number + 1] if number + 1 < len(answer.fields) else None
    if field is None:
        return ""
    return "money" if field.kind == "money" else str(getattr(field, "places", "") or "")


def unit_of(kind: str) -> int:
    """How many of what is stored are one of what is shown."""
    return 100 if kind == "money" else 10 ** int(kind or 0)


def written(value: float | None, unit: int) -> str:
    """A number as people read it."""
    return "" if value is None else f"{value / unit:,.10g}"


def side(*, above: bool, limit: float, back: float | None, value: float, crossed: bool) -> bool:
    """On which side it is now: whether the limit is crossed, as it was before where it lies between."""
    if above:
        return value >= limit or (crossed and back is not None and value > back)
    return value <= limit or (crossed and back is not None and value < back)


def run(job: Running) -> None:
    """The job: one transaction an alarm, in which it is looked at, told of and noted."""
    with job.site.engines.read.connect() as conn:
        ids = list(conn.execute(sa.select(_table.c.id).where(_table.c.active).order_by(_table.c.id)).scalars())
    for one in ids:
        job.check()
        with job.write():
            _look(one)


def _look(alarm_id: int) -> None:
    conn = current_work().session.connection()
    row = conn.execute(sa.select(_table).where(_table.c.id == alarm_id, _table.c.active).with_for_update()).first()
    if row is None:
        return
    try:
        with session.begin_nested(), active.as_owner(row.owner_id):
            value = value_of(_asked(row.report), row.line, row.number)
    except ActorGone:
        _note(row, active=False, fault=words.keep(_("Who set this alarm may not sign in any more, and it asks with his rights.")))
        return
    except Exception as error:
        if is_outage(error):
            raise
        _note(row, fault=words.keep(error.message if isinstance(error, CrmError) else f"{type(error).__name__}: {error}"[:300]))
        return
    if value is None:
        _note(row, fault=words.keep(_("This is no number.")))
        return
    now = side(above=row.above, limit=row.limit, back=row.back, value=value, crossed=row.crossed)
    _note(row, value=value, crossed=now, fault=None, **({"crossed_at": clock.now()} if now and not row.crossed else {}))
    if now and not row.crossed:
        said = _("%(name)s: %(value)s, the limit was %(limit)s", name=row.name, value=written(value, unit_of(row.kind)), limit=written(row.limit, unit_of(row.kind)))
        notify(row.receivers, said, path=f"/alarms/{row.id}", source=SOURCE)


def _asked(name: str) -> Answer:
    return reporting.answer(reporting.find(reports(), name))


def _note(row: Any, **values: Any) -> None:
    current_work().session.connection().execute(sa.update(_table).where(_table.c.id == row.id).values(looked_at=clock.now(), **values))


# --- as people handle them ---------------------------------------------------------------------------------------------


def rows() -> Sequence[Any]:
    """One's own, and those one is told of."""
    me = actor().user_id
    found = current_work().session.connection().execute(sa.select(_table).order_by(_table.c.name, _table.c.id)).all()
    return [row for row in found if me in (row.owner_id, *row.receivers)]


def get(alarm_id: int, *, own: bool = False) -> Any:
    """Raises Missing for what is not there, and not for him, alike."""
    row = next((row for row in rows() if row.id == alarm_id), None)
    if row is None or (own and row.owner_id != actor().user_id):
        raise Missing(_("This alarm was not found."))
    return row


def save(values: Mapping[str, Any], alarm_id: int | None = None) -> int:
    """Keep an alarm of the acting person; it begins on the side where its number stands now. Raises Missing."""
    with writing():
        value = value_of(_asked(values["report"]), values["line"], values["number"])
        now = value is not None and side(above=values["above"], limit=values["limit"], back=values["back"], value=value, crossed=False)
        row = {**values, "owner_id": actor().user_id, "active": True, "crossed": now, "value": value, "looked_at": clock.now(), "crossed_at": None, "fault": None}
        conn = current_work().session.connection()
        if alarm_id is None:
            return int(conn.execute(sa.insert(_table).values(**row).returning(_table.c.id)).scalar_one())
        get(alarm_id, own=True)
        conn.execute(sa.update(_table).where(_table.c.id == alarm_id).values(**row))
    return alarm_id


def remove(alarm_id: int) -> None:
    with writing():
        get(alarm_id, own=True)
        current_work().session.connection().execute(sa.delete(_table).where(_table.c.id == alarm_id))
