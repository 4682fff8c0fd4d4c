"""Boxes beside leads and their forms, and what is made of mails."""

import flask

from crm_core.sdk import Action, ChoiceField, Panel, RuleAction, alike, session, site
from crm_sales import _
from crm_sales.leads import services
from crm_sales.leads.models import Lead, LeadForm


def customers_alike(lead_id):
    """Customers that may be this lead, as far as the reader may know of them."""
    lead, customers = session.get(Lead, lead_id), site().registry.resource("core.customer")
    if lead is None:
        return {"alike": []}
    given = {"name": lead.name, "phone": lead.phone, "mobile": lead.mobile, "email": lead.email, "region": lead.region_id}
    found = alike(customers, {name: value for name, value in given.items() if value})
    owners = site().registry.resource("core.user").labels([one.owner_id for one in found if one.owner_id])
    return {"alike": [{
        "label": one.label, "owner": owners.get(one.owner_id, ""), "why": "、".join(str(reason.words(customers)) for reason in one.match.reasons),
        "url": f"/core/customer/{one.match.id}" if one.sight == "whole" else f"/core/customer.brief/{one.match.id}" if one.sight == "brief" else ""} for one in found]}


def address_of_form(form_id):
    """The public address of a form, and whether it is open."""
    form = session.get(LeadForm, form_id)
    base = site().config.url.rstrip("/")
    return {"url": f"{base}{flask.url_for('sales_leads.enquiry', token=form.token)}" if base else flask.url_for("sales_leads.enquiry", token=form.token, _external=True), "active": form.active}


PANELS = [
    Panel("sales.lead", "alike", _("Customers that look like it"), customers_alike, "sales/alike.html", icon="users", order=10),
    Panel("sales.lead_form", "address", _("Its address"), address_of_form, "sales/form_address.html", icon="world", permission="sales.lead_form.read"),
]


def save_mail(mail, source=None):
    """The act: who wrote a mail becomes a lead."""
    services.of_mail(mail.sender, mail.title, mail.text, source)


def by_rule(step, source=None):
    """The same as what a rule does; what it did, in words."""
    services.of_mail(step.record.sender, step.record.title, step.record.text, source)
    return _("noted its sender down as a lead")


SOURCE = ChoiceField(name="source", label=_("Source"), list_name="core.source")
ACTIONS = [Action("lead", _("Save as lead"), save_mail, on="core.mail", icon="bulb", quiet=True, makes="sales.lead", when=lambda mail: bool(mail.sender) and mail.box == "received", fields=[SOURCE])]
RULE_ACTIONS = [RuleAction("lead", _("Note the sender of a mail down as a lead"), by_rule, lambda shown: _("note its sender down as a lead"), fields=[SOURCE], on=lambda of: of.name == "core.mail")]
