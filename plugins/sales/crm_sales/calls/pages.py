"""The page on which one calls: somebody's numbers, the question that comes, what came of it, and on to the next. Plain forms, no script needed."""

from contextlib import suppress

import flask

from crm_core.sdk import Invalid, Missing, Panel, access, session, site, today, whole, writing
from crm_sales import _
from crm_sales.calls import services
from crm_sales.calls.models import CallList, CallScript

pages = flask.Blueprint("sales_calls", __name__)


@pages.get("/sales/calls/<int:call_list>")
@access("sales.call_list.update")
def work(call_list):
    """The page on which one calls."""
    return _page(_list(call_list), flask.request.args.get("entry", ""), {}, {})


@pages.post("/sales/calls/<int:call_list>/next")
@access("sales.call_list.update")
def following(call_list):
    """On to the next line of the list."""
    _list(call_list)
    with writing():
        entry = services.take(call_list)
    return _to(call_list, entry)


@pages.post("/sales/calls/<int:call_list>/<int:entry>/answer")
@access("sales.call_list.update")
def answer(call_list, entry):
    """What somebody said to the question that was asked."""
    found = _list(call_list)
    try:
        with writing():
            services.answer(entry, whole(flask.request.form.get("number", ""), most=9_999) or 0, flask.request.form.get("answer", ""))
    except services.Gone:
        return _to(call_list, None)
    except Invalid as bad:
        return _page(found, str(entry), {}, bad.fields), 422
    return _to(call_list, entry)


@pages.post("/sales/calls/<int:call_list>/<int:entry>/result")
@access("sales.call_list.update")
def result(call_list, entry):
    """What came of the call, and on to the next one."""
    found, form = _list(call_list), flask.request.form
    fields = site().registry.resource(services.ENTRY).all_fields
    try:
        values, faults = {}, {}
        for name in ("result", "next_day"):
            try:
                values[name] = fields[name].parse(form.get(name, ""))
            except ValueError as bad:
                faults[name] = [getattr(bad, "message", str(bad))]
        if faults:
            raise Invalid(faults)
        if values["next_day"] is not None and values["next_day"] < today():
            raise Invalid({"next_day": [_("This day has passed.")]})
        with writing():
            services.finish(entry, values["result"], form.get("note", ""), values["next_day"])
            following = services.take(call_list, but=entry) if form.get("then") != "stop" else None
    except services.Gone:  # pressed twice, or sent again after going back: the first one counts
        with writing():
            following = services.take(call_list, but=entry) if form.get("then") != "stop" else None
    except Invalid as bad:
        return _page(found, str(entry), form, bad.fields), 422
    if form.get("then") == "stop":
        return flask.redirect(f"/sales/call_list/{call_list}", 303)
    return _to(call_list, following)


def _list(call_list):
    return site().registry.resource(services.LIST).get(call_list, "update")


def _to(call_list, entry):
    address = flask.url_for("sales_calls.work", call_list=call_list)
    return flask.redirect(f"{address}?entry={entry}" if entry is not None else address, 303)


def _page(call_list, wanted, given, faults):
    """What is on the screen: a line that is one's own, else how far the list is."""
    entry = None
    if (number := whole(wanted)) is not None:
        with suppress(Missing, services.Gone):
            entry = services.mine(number)
        if entry is not None and entry.call_list_id != call_list.id:
            entry = None
    script = session.get(CallScript, call_list.script_id) if call_list.script_id is not None else None
    questions = services.questions_of(call_list.script_id) if entry is not None else []
    asked = services.question_now(questions, entry.answers or []) if entry is not None else None
    fields = site().registry.resource(services.ENTRY).all_fields
    return flask.render_template(
        "sales/calls.html", list=call_list, counts=services.counts(call_list.id), entry=entry, person=services.person(entry) if entry is not None else None,
        opening=script.opening if script is not None and entry is not None and not entry.answers else "", asked=asked, answers=services.choices(asked.answers) if asked is not None else [],
        said=(entry.answers or []) if entry is not None else [], results=fields["result"].options(), given=given, faults=faults,
        base=flask.url_for("sales_calls.work", call_list=call_list.id))


def work_panel(call_list_id):
    """The box beside a call list: how many lines wait, and the way to its calls."""
    call_list = session.get(CallList, call_list_id)
    return {"counts": services.counts(call_list_id), "url": f"/sales/calls/{call_list.id}"}


PANELS = [Panel("sales.call_list", "work", _("Calling"), work_panel, "sales/call_panel.html", icon="headset", order=5, permission="sales.call_list.update")]
