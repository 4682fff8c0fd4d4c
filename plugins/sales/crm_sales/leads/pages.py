"""The page on the open web by which leads come in. It shows nothing of anybody; who fills it in too often has to wait."""

import datetime as dt
import re

import flask
from sqlalchemy import select

from crm_core.sdk import Invalid, Missing, Refused, address, public, site, throttle
from crm_sales import _
from crm_sales.leads.models import LeadForm

pages = flask.Blueprint("sales_leads", __name__)
ASKED = ("name", "contact", "mobile", "email", "interest", "note")
HOUR, PER_ADDRESS, PER_FORM = dt.timedelta(hours=1), 10, 300
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,60}")
TRAP = "homepage"  # people do not see it; programs fill it in


@pages.get("/sales/enquiry/<token>")
@public("whoever has the address of a form on the web; it shows what the house wrote above it")
def enquiry(token):
    """The empty form."""
    form = _form(token)
    return flask.render_template("sales/enquiry.html", form=form, fields=_fields({}, {}), done=False, error="", action=flask.url_for("sales_leads.send", token=token), trap=TRAP)


@pages.post("/sales/enquiry/<token>")
@public("whoever has the address of a form on the web; counted by address and by form")
def send(token):
    """What was typed becomes a lead, unless a program filled it in."""
    form, given = _form(token), flask.request.form
    texts = {name: given.get(name, "") for name in ASKED}
    if throttle({f"sales-form:{address()}": PER_ADDRESS, f"sales-form-all:{form['id']}": PER_FORM}, HOUR).wait:
        return _again(form, texts, {}, _("Too many enquiries have come from here. Please try again later."), 429)
    if not given.get(TRAP):
        faults = _keep(form, texts, given.get("agreed") == "1")
        if faults:
            return _again(form, texts, faults, "", 422)
    return flask.render_template("sales/enquiry.html", form=form, fields=(), done=True, error="", action="", trap=TRAP)


def _form(token):
    with site().system("a form on the web") as work:
        row = work.session.scalar(select(LeadForm).where(LeadForm.token == token, LeadForm.active, LeadForm.deleted_at.is_(None))) if TOKEN.fullmatch(token) else None
        if row is None:
            raise Missing(_("This page was not found."))
        return {"id": row.id, "heading": row.heading, "words": row.words, "thanks": row.thanks, "source": row.source}


def _keep(form, texts, agreed):
    """Make a lead of what was typed; what cannot be taken, by field."""
    values, faults = {}, {}
    with site().system("somebody filled in a form on the web"):
        leads = site().registry.resource("sales.lead")
        for name, text in texts.items():
            try:
                values[name] = leads.all_fields[name].parse(text[:4_000])
            except ValueError as bad:
                faults[name] = [getattr(bad, "message", _("This cannot be taken."))]
        if not faults and not (values["mobile"] or values["email"]):
            faults["mobile"] = [_("Say a phone number or an e-mail address, so that we can answer.")]
        if not values.get("name") and not values.get("contact"):
            faults["name"] = [_("This is required.")]
        if not agreed:
            faults["agreed"] = [_("Please agree, so that we may keep this.")]
        if faults:
            return faults
        values["name"] = values["name"] or values["contact"]
        try:
            leads.write([{**values, "source": form["source"], "form": form["id"], "owner": None}])
        except (Invalid, Refused) as bad:
            return getattr(bad, "fields", None) or {"": [bad.message or _("This cannot be taken.")]}
    return {}


def _again(form, texts, faults, error, status):
    page = flask.render_template(
        "sales/enquiry.html", form=form, fields=_fields(texts, faults), done=False, error=error or " ".join(str(one) for name, said in faults.items() if name not in ASKED for one in said),
        action=flask.request.path, trap=TRAP)
    return page, status


def _fields(texts, faults):
    labels = {"name": _("Company"), "contact": _("Your name"), "mobile": _("Phone"), "email": _("E-mail"), "interest": _("What you are interested in"), "note": _("What you want to tell us")}
    kinds = {"mobile": "tel", "email": "email", "note": "textarea"}
    return [{"name": name, "label": labels[name], "kind": kinds.get(name, "text"), "value": texts.get(name, ""), "faults": faults.get(name, ())} for name in ASKED]
