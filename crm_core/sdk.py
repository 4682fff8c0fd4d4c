"""The import for authors of plugins: `from crm_core.sdk import Resource, Manifest, t, …`. Nothing else is public.

Names are loaded when they are asked for, so a plugin that needs three of them does not pay for all. Core itself imports
its modules directly.
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "Manifest": ("crm_core.kernel.manifest", "Manifest"),  # what a plugin says of itself, in its __init__.py
    # tables
    "t": ("crm_core.data", "types"),  # column types: t.Name, t.Money, t.Choice("list") …
    "Model": ("crm_core.data.base", "Model"),  # base of mapped classes
    "Owned": ("crm_core.data.mixins", "Owned"),  # a record with owner, department and team of its own
    "PartOf": ("crm_core.data.mixins", "PartOf"),  # a record that belongs to a parent
    "Reviewed": ("crm_core.features.approvals.models", "Reviewed"),  # records that may have to be reviewed before others find them
    "Vocabulary": ("crm_core.data.mixins", "Vocabulary"),  # words everybody may read
    # one declaration
    "Resource": ("crm_core.resource.resource", "Resource"),
    "Section": ("crm_core.resource.resource", "Section"),  # a group of fields of a form
    "Field": ("crm_core.resource.fields", "Field"),  # a line of text that an action asks for
    "DateField": ("crm_core.resource.fields", "DateField"),  # further kinds of what an action asks
    "MoneyField": ("crm_core.resource.fields", "MoneyField"),
    "NoteField": ("crm_core.resource.fields", "NoteField"),
    "RefField": ("crm_core.resource.references", "RefField"),
    "Lines": ("crm_core.resource.resource", "Lines"),  # child rows inside the parent's form
    "Addressed": ("crm_core.resource.post", "Addressed"),  # `addressed = Addressed(…)`: labels and envelopes of its records
    "Bilingual": ("crm_core.resource.bilingual", "Bilingual"),  # base of resources of words with a Chinese and an English name
    "Product": ("crm_core.features.products.api", "Product"),
    "PricedHead": ("crm_core.features.products.api", "PricedHead"),  # what has priced lines: quotes, orders, invoices
    "PricedLine": ("crm_core.features.products.api", "PricedLine"),
    "PricedLines": ("crm_core.features.products.api", "PricedLines"),
    "priced": ("crm_core.features.products.api", "priced"),
    "amounts": ("crm_core.text", "amounts"),  # exact arithmetic with money: rounding, tax, splitting, converting
    "money": ("crm_core.features.money", "api"),  # currencies: money.in_house(amount, currency, day), money.step(currency), money.rounding()
    "put_words": ("crm_core.resource.choices", "put_words"),  # install the words of an editable list
    "Customer": ("crm_core.features.customers.models", "Customer"),  # core's records, to refer to
    "Contact": ("crm_core.features.customers.models", "Contact"),
    "User": ("crm_core.access.models", "User"),
    "Department": ("crm_core.access.models", "Department"),
    # rights
    "Scope": ("crm_core.access.scope", "Scope"),  # what narrow_records may answer
    "Only": ("crm_core.access.scope", "Only"),
    "standing_of": ("crm_core.access.lines", "standing_of"),  # roles and departments of a person
    "rights_changed": ("crm_core.access.rights", "bump"),  # what plugins decide about rights is asked anew
    # what a package registers
    "hookimpl": ("crm_core.kernel.hookspecs", "hookimpl"),
    "Action": ("crm_core.kernel.declare", "Action"),
    "Column": ("crm_core.kernel.declare", "Column"),
    "Job": ("crm_core.kernel.declare", "Job"),
    "Card": ("crm_core.kernel.declare", "Card"),
    "Metric": ("crm_core.kernel.declare", "Metric"),
    "PrintTemplate": ("crm_core.kernel.declare", "PrintTemplate"),
    "Report": ("crm_core.kernel.declare", "Report"),
    "count_by": ("crm_core.resource.reporting", "count_by"),  # the ordinary question of a report or card
    "Timeline": ("crm_core.kernel.declare", "Timeline"),
    "Settings": ("crm_core.resource.settings", "Settings"),  # typed values administrators change
    "Setting": ("crm_core.resource.settings", "Setting"),
    "Listen": ("crm_core.kernel.declare", "Listen"),
    "Menu": ("crm_core.kernel.declare", "Menu"),
    "MenuSection": ("crm_core.kernel.declare", "Section"),
    "Offered": ("crm_core.kernel.declare", "Offered"),
    "Offers": ("crm_core.kernel.declare", "Offers"),
    "Panel": ("crm_core.kernel.declare", "Panel"),
    "Permission": ("crm_core.kernel.declare", "Permission"),
    "Related": ("crm_core.kernel.declare", "Related"),
    "RoleTemplate": ("crm_core.kernel.declare", "RoleTemplate"),
    "Channel": ("crm_core.kernel.declare", "Channel"),  # a service that takes short messages
    "ChannelAccount": ("crm_core.kernel.declare", "ChannelAccount"),
    "RuleAction": ("crm_core.kernel.declare", "RuleAction"),
    "RuleTrigger": ("crm_core.kernel.declare", "RuleTrigger"),
    # doors of hand-made pages
    "access": ("crm_core.access.doors", "access"),
    "public": ("crm_core.access.doors", "public"),
    "signed_in": ("crm_core.access.doors", "signed_in"),
    # at work
    "session": ("crm_core.data.session", "session"),  # the session of the running piece of work
    "system_scope": ("crm_core.data.session", "system_scope"),  # the house itself asks: what must be seen whatever the acting person may see. Deleted rows too
    "writing": ("crm_core.data.session", "writing"),  # the write transaction
    "actor": ("crm_core.kernel.site", "actor"),  # who acts
    "my_id": ("crm_core.kernel.site", "my_id"),  # his number; None: the house itself
    "site": ("crm_core.kernel.site", "site"),
    "Event": ("crm_core.kernel.events", "Event"),  # base of events: frozen dataclasses with ids
    "RecordsAssigned": ("crm_core.resource.after", "RecordsAssigned"),  # core's events
    "RecordsChanged": ("crm_core.resource.after", "RecordsChanged"),
    "RecordsMerged": ("crm_core.resource.merging", "RecordsMerged"),
    "emit": ("crm_core.kernel.events", "emit"),
    "files_on": ("crm_core.features.files.api", "on"),  # the files on records: files_on("visits.visit", ids)
    "later": ("crm_core.kernel.jobs", "later"),  # ask for a job
    "Deal": ("crm_core.features.customers.dealings", "Deal"),
    "record_dealings": ("crm_core.features.customers.dealings", "record_dealings"),
    "record_dealing": ("crm_core.features.customers.dealings", "record_dealing"),  # an order, a subscription: what a customer had from us
    "start_rules": ("crm_core.features.rules.engine", "start"),  # begin the rules of a trigger of one's own
    "RuleDue": ("crm_core.features.rules.triggers", "Due"),  # what a trigger that goes by days answers
    "plans": ("crm_core.features.plans", "api"),  # plans of work: plans.targets(metrics, first, last)
    "notify": ("crm_core.features.messages.api", "notify"),  # tell a person something
    "send_by_channel": ("crm_core.features.channels.api", "send"),  # a short message to a group or a phone
    "call": ("crm_core.kernel.outbound", "call"),  # another system, outside of transactions, past the guard of addresses
    "now": ("crm_core.kernel.clock", "now"),
    "today": ("crm_core.kernel.clock", "today"),
    "worktime": ("crm_core.resource", "worktime"),  # working days and hours: worktime.shift(day, 3)
    "translations": ("crm_core.kernel.i18n", "translations"),  # _ = translations("visits")
    "document": ("crm_core", "document"),  # document.pdf(html): what a plugin puts on paper
    # what can go wrong, in words for people
    "Invalid": ("crm_core.kernel.errors", "Invalid"),
    "NotTaken": ("crm_core.features.channels.api", "NotTaken"),  # a service did not take a message
    "NotNow": ("crm_core.kernel.errors", "NotNow"),  # another system takes nothing for now: tried again later
    "Refused": ("crm_core.kernel.errors", "Refused"),
    "OverLimit": ("crm_core.kernel.errors", "OverLimit"),  # more than he may by himself: refused, or handed in where a flow is for that (docs/approvals.md)
    "approved": ("crm_core.resource.asking", "approved"),  # whether what goes on now was asked for and all have agreed
    "Forbidden": ("crm_core.kernel.errors", "Forbidden"),
    "Missing": ("crm_core.kernel.errors", "Missing"),
}



def __getattr__(name: str) -> Any:
    try:
        module, attribute = _WHERE[name]
    except KeyError:
        raise AttributeError(f"crm_core.sdk has no {name!r}") from None
    home = import_module(module)
    found = getattr(home, attribute, None) or import_module(f"{module}.{attribute}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(_WHERE)
