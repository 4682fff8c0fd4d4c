"""The pages of alarms: their list beside the rules, and the small form of one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import flask

from crm_core.features.rules import alarms
from crm_core.features.rules.kinds import PickField
from crm_core.kernel import words
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, language
from crm_core.kernel.site import actor
from crm_core.resource import acts, reporting
from crm_core.resource.fields import Bad, Field
from crm_core.resource.references import RefsField, named
from crm_core.resource.reporting import Answer
from crm_core.resource.show import show_moment
from crm_core.text import numbers
from crm_core.web import controls, urls
from crm_core.web.access import signed_in
from crm_core.web.bulk import say_undo
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, BulkFormPage, Empty, Status
from crm_core.web.viewmodels.rules import RuleCard, RulesPage

pages = flask.Blueprint("alarms", __name__)
URL = "/alarms"
SIDES = (("above", _("rises to")), ("below", _("falls to")))
ALL = "*"


@dataclass(frozen=True, kw_only=True)
class LimitField(Field):
    """A number as the report shows it."""

    kind: str = "decimal"

    def taken(self, line: str) -> float:
        try:
            return float(numbers.parse_decimal(line, language()))
        except ValueError:
            raise Bad(_("A number is expected.")) from None

    def text(self, value: Any) -> str:
        return "" if value is None else f"{Decimal(str(value)).normalize():f}"


@pages.get(URL)
@signed_in
def index() -> Any:
    rows = alarms.rows()
    people = named({"core.user": {i for row in rows for i in (row.owner_id, *row.receivers)}}).get("core.user", {})
    known = {one.name: one for one in alarms.reports()}
    return page_of("rules.html", RulesPage(
        _("Alarms"), _("A number of a report is looked at every few minutes; when it crosses the limit, you and whom you name are told, once."),
        tuple(_card(row, known.get(row.report), people) for row in rows),
        empty=Empty(_("No alarm yet"), _("Open a report and choose “Set an alarm”.")) if not rows else None))


def _card(row: Any, report: Any, people: Mapping[int, str]) -> RuleCard:
    unit = alarms.unit_of(row.kind)
    limit, now = alarms.written(row.limit, unit), alarms.written(row.value, unit)
    told = ", ".join(people.get(i, "") for i in row.receivers)
    values = {"what": report.label if report is not None else row.report, "line": row.said or _("all together"), "limit": limit, "who": told}
    said = _("When “%(what)s”, %(line)s, rises to %(limit)s: tell %(who)s.", **values) if row.above else _("When “%(what)s”, %(line)s, falls to %(limit)s: tell %(who)s.", **values)
    state = Status(_("Crossed"), "alert-triangle", "red") if row.crossed else Status(_("Within the limit"), "circle-check", "green")
    seen = _("now %(value)s, looked at %(when)s", value=now, when=show_moment(row.looked_at, short=True)) if row.looked_at else ""
    return RuleCard(row.name, f"{URL}/{row.id}", said, state, people.get(row.owner_id, ""), seen, words.read(row.fault))


@pages.route(f"{URL}/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    report = reporting.find(alarms.reports(), flask.request.values.get("report", ""))
    return _form(report, None)


@pages.route(f"{URL}/<int:alarm_id>", methods=["GET", "POST"])
@signed_in
def alarm(alarm_id: int) -> Any:
    row = alarms.get(alarm_id)
    if row.owner_id != actor().user_id:  # who is told looks at the figures
        return flask.redirect(f"/reports/{row.report}" if any(one.name == row.report for one in reporting.reports()) else URL)
    return _form(reporting.find(alarms.reports(), row.report), row)


@pages.post(f"{URL}/<int:alarm_id>/remove")
@signed_in
def remove(alarm_id: int) -> Any:
    alarms.remove(alarm_id)
    say_undo(_("Removed"), None)
    return flask.redirect(URL, 303)


def _fields(report: Any, answer: Answer) -> dict[str, Field]:
    lines = {alarms.key_of(line): line.label for line in answer.lines}
    found: list[Field] = [
        Field(name="name", column="", label=_("Name"), required=True, length=200, default=str(report.label)[:200]),
        PickField(name="line", column="", label=_("Of what"), pairs=((ALL, _("all together")), *lines.items()), required=True, default=ALL),
    ]
    if len(answer.heads) > 2:
        found.append(PickField(name="number", column="", label=_("Which number"), pairs=tuple((str(n), head) for n, head in enumerate(answer.heads[1:])), required=True, default="0"))
    found += [
        PickField(name="side", column="", label=_("When it"), pairs=SIDES, required=True, default="above"),
        LimitField(name="limit", column="", label=_("Limit"), required=True),
        LimitField(name="back", column="", label=_("Back past"), help=_("Only past this it can cross again; empty: as soon as it is past the limit.")),
        RefsField(name="receivers", column="", label=_("Tell"), target="core.user", required=True),
    ]
    return {one.name: one for one in found}


def _form(report: Any, row: Any) -> Any:
    answer = reporting.answer(report)
    fields = _fields(report, answer)
    if row is not None and row.line is not None and row.line not in dict(fields["line"].pairs):  # type: ignore[attr-defined]
        fields["line"] = replace(fields["line"], pairs=(*fields["line"].pairs, (row.line, row.said or row.line)))  # type: ignore[attr-defined, call-arg]
    faults: Mapping[str, Any] = {}
    url = f"{URL}/{row.id}" if row is not None else f"{URL}/new"
    if flask.request.method == "POST":
        texts = controls.read(fields, flask.request.form)
        try:
            values = acts.checked(fields, texts)
            kept = _kept(report, answer, fields, values)
        except Invalid as bad:
            faults = bad.fields
        else:
            alarms.save(kept, row.id if row is not None else None)
            say_undo(_("Saved"), None)
            return flask.redirect(URL, 303)
    else:
        texts = {"receivers": str(actor().user_id)} if row is None else _texts(row)
    more = Act(_("Remove"), f"{URL}/{row.id}/remove", "trash", "post", danger=True) if row is not None else None
    return page_of("alarm.html", BulkFormPage(
        _("Alarm: %(name)s", name=report.label), url, _("Save"), fields=controls.of_fields(fields, texts, faults),
        hidden=(("report", report.name),), back_url=URL if row is not None else urls.address("/reports", [])), remove=more), 422 if faults else 200


def _kept(report: Any, answer: Answer, fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the alarm; limits in the unit of its number. Raises Invalid."""
    number = int(values.get("number") or 0)
    kind = alarms.kind_of(answer, number)
    unit = alarms.unit_of(kind)
    above = values["side"] == "above"
    if values["back"] is not None and ((values["back"] > values["limit"]) if above else (values["back"] < values["limit"])):
        raise Invalid({"back": [_("This lies beyond the limit.")]})
    line = None if values["line"] == ALL else values["line"]
    return {"name": values["name"], "report": report.name, "line": line, "said": fields["line"].show(line) if line is not None else None, "number": number, "kind": kind, "above": above,
            "limit": values["limit"] * unit, "back": None if values["back"] is None else values["back"] * unit, "receivers": values["receivers"]}


def _texts(row: Any) -> dict[str, str]:
    unit, limit = alarms.unit_of(row.kind), LimitField(name="", column="", label="")
    return {"name": row.name, "line": row.line or ALL, "number": str(row.number), "side": "above" if row.above else "below", "limit": limit.text(row.limit / unit),
            "back": "" if row.back is None else limit.text(row.back / unit), "receivers": ",".join(map(str, row.receivers))}
