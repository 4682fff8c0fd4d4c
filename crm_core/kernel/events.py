"""Events: what happened, in the past tense, with ids and plain values; hints about state, so listeners read the present."""

import dataclasses
import json
import re
from typing import Any, ClassVar

from crm_core.data.session import current_work, in_writing
from crm_core.kernel.site import site


class Event:
    """Base of events. Subclasses are frozen dataclasses; `number` grows when their fields change, `upgrade` reads old rows."""

    number: ClassVar[int] = 1
    label: ClassVar[Any] = ""  # what happened, for who looks after deliveries; without one, the name as words

    @classmethod
    def upgrade(cls, number: int, data: dict[str, Any]) -> dict[str, Any]:
        """Bring the stored fields of an older `number` to today's."""
        return data

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, number: int, text: str) -> "Event":
        data = json.loads(text)
        if number < cls.number:
            data = cls.upgrade(number, data)
        fields = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in fields})

    @property
    def key(self) -> str:
        """Rows of one listener with the same key are delivered in order: the first id says of which record."""
        ids = getattr(self, "ids", ())
        return f"{type(self).__name__}:{ids[0]}" if ids else type(self).__name__


def words_of(name: str) -> str:
    """`RecordsAssigned` → "Records assigned": an event nobody has given a label."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).capitalize()


def emit(event: Event) -> None:
    """Tell who listens: those inside the transaction now, the others through the outbox in the same transaction."""
    from crm_core.kernel.calling import stopped
    from crm_core.kernel.outbox import put

    if not in_writing():
        raise RuntimeError(f"emit({type(event).__name__}) outside of writing(): nothing would hold it together with the change")
    waiting = []
    for listen in site().registry.listeners.get(type(event), ()):
        if listen.inside:
            try:
                _inside(listen, event)
            except (Exception, SystemExit) as error:  # noqa: BLE001  whatever it is, the transaction ends with its name
                stopped(site().registry.package_of(listen), error)
        else:
            waiting.append(listen)
    if waiting:
        put(event, waiting)


def _inside(listen: Any, event: Event) -> None:
    from crm_core.data.session import acting_as, system_scope

    who = current_work().session.actor
    if listen.acts == "system":
        with system_scope(f"listener {listen.key}"):
            listen.call(event)
    elif getattr(who, "hidden", None):
        with acting_as(who.behind()):
            listen.call(event)
    else:
        listen.call(event)
    current_work().session.flush()
