"""Appointments and rooms as resources."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.calendar import guests, replies, series, services, views
from crm_core.features.calendar.models import Answer, Appointment, Guest, Room
from crm_core.features.customers.api import Contact, may_reach
from crm_core.kernel.declare import Action
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.changes import as_written
from crm_core.resource.fields import Bad
from crm_core.resource.kept import Ask
from crm_core.resource.references import label_queries
from crm_core.resource.resource import Lines, Resource, Section

_PAIR = "subject", "subject_id"


class Guests(Resource):
    """Lines of an appointment, with no page of their own."""

    model = Guest
    label = _("Guests")
    columns = "user", "contact", "address", "answer"
    verbs = ()
    sorts = ()

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        """A contact is written to at his address."""
        told = "email" in site().registry.resource("core.contact").fields()
        wanted = {row["contact_id"] for row in rows if row.get("contact_id") is not None and not row.get("address")} if told else set()
        found = {row.id: row.email for row in session.execute(sa.select(Contact.id, Contact.email).where(Contact.id.in_(wanted)))} if wanted else {}
        for row in rows:
            if row.get("contact_id") in found:
                row["address"] = found[row["contact_id"]]

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        for i, row in enumerate(rows):
            now = as_written(row, before)
            if now.get("user_id") is not None:
                if now.get("contact_id") is not None or now.get("address"):
                    faults[i] = {"user": [_("Either a colleague, or a contact or an address.")]}
            elif now.get("contact_id") is not None and not now.get("address"):
                faults[i] = {"contact": [_("No mail address of this contact is known.")]}
            elif not now.get("address"):
                faults[i] = {"user": [_("Say who is invited.")]}
            elif row.get("contact_id") is not None and not (reach := may_reach("core.contact", row["contact_id"], "email")).ok:
                faults[i] = {"contact": [reach.why]}
        return faults

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        """However the list was changed: with its appointment, or by taking a change back."""
        if not series.busy():
            series.stands_alone(ids)
        guests.follow_lists(ids)


class Appointments(Resource):
    model = Appointment
    label = _("Appointments")
    singular = _("Calendar entry")
    icon = "calendar-event"
    columns = "title", "begins", "ends", "room", "place", "repeat", "answer", "state", "owner"
    filters = ("owner", "department", "begins", "ends", "room", "state", "answer", "repeat", "closed", "subject", "subject_id", "created_at")
    search = "title", "place", "text"
    search_names = ()
    sorts = "-begins", "-updated_at"
    board, calendar, gantt = "state", "begins", ("begins", "ends")
    entry = (("owner.me", "1"),)
    beside = ((_("Calendar"), views.URL), (_("Free rooms"), f"{views.URL}/rooms"))
    verbs = "read", "create", "update", "delete", "export", "print"
    timeline = True
    told = ("begins", "ends", "state", "answer", "room_id")
    form = (
        Section(_("Calendar entry"), ("title", "begins", "ends", "room", "place", "remind", "text", "items", "repeat", "reach")),
        Section(_("Visibility and answer"), ("closed", "state", "answer", "organizer"), folded=True),
    )
    shown_if = {"reach": ("repeat", "*")}
    lines = (Lines("items", Guest, ("user", "contact", "address", "answer"), label=_("Guests")),)
    hidden_fields = (*_PAIR, "owner", "department", "team")
    help = _("What is planned for an hour, with whom and in which room. Colleagues who are invited find it in their own calendar; others are invited by mail.")
    actions = (
        Action("accept", _("Accept"), guests.accept, when=guests.may_say(Answer.accepted), icon="check", primary=True, bulk=False),
        Action("perhaps", _("Perhaps"), guests.perhaps, when=guests.may_say(Answer.tentative), icon="circle-dashed", order=51, bulk=False),
        Action("decline", _("Decline"), guests.decline, when=guests.may_say(Answer.declined), icon="x", order=52, bulk=False),
        Action("answer_all", _("Answer the whole series"), replies.answer_all, when=replies.may_answer_all, icon="checks", order=53, bulk=False, fields=replies.FIELDS),
        Action("repeat", _("Repeat"), series.repeat, when=series.may_plan, icon="refresh", order=55, bulk=False, fields=series.FIELDS),
        Action("end_series", _("End the series"), series.end, when=series.may_end, icon="calendar-off", order=61, bulk=False, danger=True, fields=series.END_FIELDS),
        Action("call_off", _("Call off"), guests.call_off, when=guests.may_call_off, icon="calendar-off", order=60, bulk=False, danger=True,
               confirm=_("Call this appointment off? Everybody who is invited is told.")),
    )

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        series.asked(rows, before)
        services.follow(rows, before)

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults = services.faults(rows, before)
        for i, row in enumerate(rows):
            old = before.get(row.get("id", 0), {})
            now = {**old, **row}
            if len(row.get("items") or ()) > guests.MOST:
                faults.setdefault(i, {})["items"] = [_("At most %(n)s guests can be invited.", n=guests.MOST)]
            pair = (now.get("subject"), now.get("subject_id"))
            if pair == (None, None) or pair == (old.get("subject"), old.get("subject_id")):
                continue
            target = site().registry.resources.get(pair[0]) if pair[0] else None
            if target is None or not pair[1] or not target.labels([pair[1]]):
                faults.setdefault(i, {})["subject"] = [_("There is no such record.")]
        return faults

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb == "delete":
            guests.gone(ids)
        else:
            services.hold_rooms(ids)
        guests.follow(ids)
        for number, reach in series.wanted(ids).items():
            series.spread(number, reach)

    def page_queries(self, row: Any) -> dict[str, Ask]:
        wanted = {row.subject: {row.subject_id}} if row.subject else {}
        return {f"about:{key}": ask for key, ask in label_queries(wanted).items()}

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        return views.dress(row, page, dict(found.get(f"about:label:{row.subject}", ())))


class Rooms(Resource):
    model = Room
    label = _("Rooms")
    singular = _("Room")
    icon = "door"
    columns = "name", "seats", "place", "equipment", "active"
    filters = "active", "seats", "owner"
    search = "name", "place", "equipment"
    sorts = "name", "-updated_at"
    verbs = "read", "create", "update", "delete", "export", "import", "print"
    importable = True
    files = False
    known_by = ("name",)
    hidden_fields = ("department", "team")
    unique = (("name",),)

    def remarks_beside(self, ids: Sequence[int], beside: Mapping[str, str]) -> Mapping[int, Any]:
        """Which of them are free at the time of a form."""
        fields = site().registry.resource(services.NAME).all_fields
        try:
            begins, ends = (fields[name].parse(beside[name]) if beside.get(name) else None for name in ("begins", "ends"))
        except Bad:
            return {}
        if begins is None or (ends is not None and ends <= begins):
            return {}
        taken = services.taken(ids, begins, ends or begins + services.HOUR)
        return {one: _("taken then") if one in taken else _("free then") for one in ids}

    help = _("Rooms that can be booked with an appointment; two bookings at one time cannot both stand.")
