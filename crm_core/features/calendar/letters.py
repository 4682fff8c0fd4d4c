"""The invitation on the page of the mail that brought it, with its three answers."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.calendar import shared
from crm_core.features.calendar.models import ANSWER_LOOKS, ANSWERS, Answer, Appointment, State
from crm_core.features.calendar.services import NAME
from crm_core.features.calendar.views import URL, said
from crm_core.features.mail.api import MAIL
from crm_core.features.tasks.api import repeats
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id, site
from crm_core.web import urls
from crm_core.web.viewmodels import Act, PanelRow, PanelView, RecordPage, Status

_ACTS = (("accept", Answer.accepted, "check"), ("perhaps", Answer.tentative, "circle-dashed"), ("decline", Answer.declined, "x"))


def offer(resource: Any, row: Any, page: RecordPage) -> RecordPage:
    """Slot of record pages: on a mail that invites, what to, how it stands, and the answers."""
    appointments = site().registry.resource(NAME)
    if resource.name != MAIL or str(row.box) != "received" or not appointments.may("read"):
        return page
    a = Appointment
    found = session.scalar(sa.select(a).where(a.mail_id == row.id).order_by(a.ends < clock.now(), a.state != State.planned, a.begins, a.id).limit(1))
    team = shared.of_mail(row)
    if team is not None and (found is None or found.owner_id != my_id()):
        return replace(page, first=(_of_team(resource, row, team), *page.first))
    if found is None:
        return page
    off = found.state == State.cancelled
    status = Status(_("Cancelled"), "x", "red") if off else Status(ANSWERS[str(found.answer)], *ANSWER_LOOKS[str(found.answer)])
    back = (("back", urls.of_record(resource, row.id)),)
    acts = () if off else tuple(
        Act(appointments.all_actions[name].label, urls.of_act(appointments, found.id, f"do/{name}"), icon, "post", fields=back)
        for name, answer, icon in _ACTS if found.answer != answer and appointments.may(name))
    if acts and found.series_id is not None and appointments.may("answer_all"):  # to all of its days; to one it is given on its page
        acts = tuple(Act(ANSWERS[answer], urls.of_act(appointments, found.id, "do/answer_all"), icon, "post", fields=(*back, ("answer", str(answer)))) for _name, answer, icon in _ACTS)
    rows = [PanelRow(found.title, said(found.begins, found.ends), status=status, acts=acts), *([PanelRow(repeats.sentence(found.repeat), _("Repeats"))] if found.repeat else []), *([PanelRow(found.place, _("Where"))] if found.place else [])]
    day = clock.local(found.begins).date().isoformat()
    rows.append(PanelRow(_("What else you have on that day"), url=urls.address(URL, [("span", "day"), ("day", day)]), sub_icon="calendar"))
    foot = "" if off else _("Your answer goes to %(who)s by mail; what you accept stands in your calendar.", who=found.organizer or "")
    return replace(page, first=(PanelView(_("Invitation"), "calendar-event", rows=tuple(rows), foot=foot), *page.first))


def _of_team(mails: Any, row: Any, found: Any) -> PanelView:
    """To a box that a team shares: who has taken it, or that one of them should."""
    off, free = found.state == State.cancelled, shared.free(found)
    names = site().registry.resource("core.user").labels([found.owner_id]) if not free else {}
    status = Status(_("Cancelled"), "x", "red") if off else Status(_("Nobody has taken it"), "clock", "amber") if free else Status(
        _("%(who)s has it: %(answer)s", who=names.get(found.owner_id, _("somebody")), answer=ANSWERS[str(found.answer)]), *ANSWER_LOOKS[str(found.answer)])
    action = mails.all_actions["take_invitation"]
    back = (("back", urls.of_record(mails, row.id)),)
    acts = (Act(action.label, urls.of_act(mails, row.id, f"do/{action.name}"), action.icon, "post", fields=back),) if free and not off and mails.may(action.name) else ()
    rows = [PanelRow(found.title, said(found.begins, found.ends), status=status, acts=acts), *([PanelRow(repeats.sentence(found.repeat), _("Repeats"))] if found.repeat else []),
            *([PanelRow(found.place, _("Where"))] if found.place else [])]
    foot = _("Who takes it answers it, and the answer goes to %(who)s from this box.", who=found.organizer or "") if acts else ""
    return PanelView(_("Invitation"), "calendar-event", rows=tuple(rows), foot=foot)
