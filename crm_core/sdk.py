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
    "Settled": ("crm_core.resource.settled", "Settled"),  # when records stay as they are: `settled = (Settled("state", (State.draft,), _("…")),)`
    "Section": ("crm_core.resource.resource", "Section"),  # a group of fields of a form
    "Field": ("crm_core.resource.fields", "Field"),  # a line of text that an action asks for
    "Bad": ("crm_core.resource.fields", "Bad"),  # what a field of one’s own raises
    "BooleanField": ("crm_core.resource.fields", "BooleanField"),  # and other things it asks for
    "DateField": ("crm_core.resource.fields", "DateField"),  # further kinds of what an action asks
    "IntegerField": ("crm_core.resource.fields", "IntegerField"),
    "MoneyField": ("crm_core.resource.fields", "MoneyField"),
    "NoteField": ("crm_core.resource.fields", "NoteField"),
    "ChoiceField": ("crm_core.resource.choices", "ChoiceField"),
    "RefField": ("crm_core.resource.references", "RefField"),
    "PercentField": ("crm_core.resource.figures", "PercentField"),
    "FileField": ("crm_core.resource.enclosed", "FileField"),  # a file, sent along or one of the record's: the act gets its id
    "EnumField": ("crm_core.resource.fields", "EnumField"),
    "same_lines": ("crm_core.resource.samelines", "same_lines"),  # lines of one record as lines of another: the quote's in its order
    "Foretold": ("crm_core.resource.pieces", "Foretold"),  # what a line of a form would come to: `foretell` of its resource
    "Lines": ("crm_core.resource.resource", "Lines"),  # child rows inside the parent's form
    "Place": ("crm_core.resource.places", "Place"),  # `place = Place()`: its records stand on a map (docs/map.md)
    "Addressed": ("crm_core.resource.post", "Addressed"),  # `addressed = Addressed(…)`: labels and envelopes of its records
    "Bilingual": ("crm_core.resource.bilingual", "Bilingual"),  # base of resources of words with a Chinese and an English name
    "Product": ("crm_core.features.products.api", "Product"),
    "PricedHead": ("crm_core.features.products.api", "PricedHead"),  # what has priced lines: quotes, orders, invoices
    "PricedLine": ("crm_core.features.products.api", "PricedLine"),
    "PricedLines": ("crm_core.features.products.api", "PricedLines"),
    "priced": ("crm_core.features.products.api", "priced"),
    "prices": ("crm_core.features.products.api", "prices"),  # what a set of products costs a customer, and why
    "Ask": ("crm_core.features.products.api", "Ask"),
    "convert": ("crm_core.features.products.api", "convert"),  # a quantity in another unit
    "line_words": ("crm_core.features.products.api", "translated"),  # the words of priced lines in a language, for papers
    "PaymentTerm": ("crm_core.features.products.api", "PaymentTerm"),
    "instalments": ("crm_core.features.products.api", "instalments"),  # which part of an amount is due when
    "among": ("crm_core.data.bulk", "among"),  # `among(Gift.customer_id, ids)`: a column in a long list of values, by one parameter
    "amounts": ("crm_core.text", "amounts"),  # exact arithmetic with money: rounding, tax, splitting, converting
    "money": ("crm_core.features.money", "api"),  # currencies: money.in_house(amount, currency, day), money.step(currency), money.rounding()
    "as_written": ("crm_core.resource.changes", "as_written"),  # in derive and check: a row as it will stand
    "put_words": ("crm_core.resource.choices", "put_words"),  # install the words of an editable list
    "Customer": ("crm_core.features.customers.models", "Customer"),  # core's records, to refer to
    "Contact": ("crm_core.features.customers.models", "Contact"),
    "Region": ("crm_core.features.customers.models", "Region"),
    "User": ("crm_core.access.models", "User"),
    "Department": ("crm_core.access.models", "Department"),
    "departments_of": ("crm_core.access.models", "departments_of"),  # the ids in Department.path, from the top down, itself last
    # rights
    "Scope": ("crm_core.access.scope", "Scope"),  # what narrow_records may answer
    "Only": ("crm_core.access.scope", "Only"),
    "standing_of": ("crm_core.access.lines", "standing_of"),  # roles and departments of a person
    "rights_changed": ("crm_core.access.rights", "bump"),  # what plugins decide about rights is asked anew
    # what a package registers
    "hookimpl": ("crm_core.kernel.hookspecs", "hookimpl"),
    "Action": ("crm_core.kernel.declare", "Action"),
    "Column": ("crm_core.kernel.declare", "Column"),
    "Cost": ("crm_core.kernel.declare", "Cost"),  # what serving a customer costs: off his profit contribution
    "Job": ("crm_core.kernel.declare", "Job"),
    "Card": ("crm_core.kernel.declare", "Card"),
    "Metric": ("crm_core.kernel.declare", "Metric"),
    "PrintTemplate": ("crm_core.kernel.declare", "PrintTemplate"),
    "Report": ("crm_core.kernel.declare", "Report"),
    "count_by": ("crm_core.resource.reporting", "count_by"),  # the ordinary question of a report or card
    "visible": ("crm_core.access.gate", "visible"),  # the rows of a class the acting person may see, as a sub-select: what a report joins besides its own
    "Timeline": ("crm_core.kernel.declare", "Timeline"),
    "Trouble": ("crm_core.kernel.declare", "Trouble"),  # a sign by which a customer is proposed as troubled
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
    "atlas": ("crm_core.web", "atlas"),  # a map on a page of one's own: atlas.view(_("Route"), points=(MapPoint(…),))
    "MapPoint": ("crm_core.web.viewmodels", "MapPoint"),
    "MapLine": ("crm_core.web.viewmodels", "MapLine"),
    "MapRegion": ("crm_core.web.viewmodels", "MapRegion"),
    "form": ("crm_core.web.questions", "form"),  # fields on a page of one's own: form(RefField(…), given=request.args or None)
    "body_limit": ("crm_core.web.access", "body_limit"),  # a page that takes more than 2 MB: @body_limit(file_limit) for one with a file
    "file_limit": ("crm_core.features.files.pages", "limit"),
    "throttle": ("crm_core.access.ledgers", "attempt"),  # count tries at public doors: throttle({"quotes:1.2.3.4": 60}).wait is nothing, or seconds to wait
    "address": ("crm_core.web.requests", "address"),  # where the request comes from
    # at work
    "Seen": ("crm_core.resource.seen", "Seen"),  # a row as the acting person may see it: what is hidden from him reads as None
    "sees": ("crm_core.resource.seen", "sees"),  # whether the acting person may see these fields: sees("sales.invoice.total")
    "system_scope": ("crm_core.data.session", "system_scope"),  # the house itself asks: what must be seen whatever the acting person may see; without the recycle bin
    "with_deleted": ("crm_core.access.gate", "with_deleted"),  # meanwhile the house sees what lies in the recycle bin as well
    "alike": ("crm_core.resource.twins", "find"),  # likely duplicates of what somebody typed, as far as he may know of them
    "tasks": ("crm_core.features.tasks", "api"),  # tasks.give(…), tasks.give_by_rule(…), tasks.finish(key)
    "customers": ("crm_core.features.customers", "api"),  # customers.add_note(…), customers.may_reach(…)
    "cells": ("crm_core.web", "cells"),  # what a computed column shows: cells.status(Status(words, icon, colour))
    "Status": ("crm_core.web.viewmodels", "Status"),
    "letters": ("crm_core.web", "letters"),  # texts of one's own with words to be filled in: letters.filled(text, names, values), .problem, .live for its preview
    "show_month": ("crm_core.resource.show", "show_month"),  # October 2026, 2026年10月; `info={"month": True}` of a day shows it so
    "session": ("crm_core.data.session", "session"),  # the session of the running piece of work
    "writing": ("crm_core.data.session", "writing"),  # the write transaction
    "actor": ("crm_core.kernel.site", "actor"),  # who acts
    "my_id": ("crm_core.kernel.site", "my_id"),  # his number; None: the house itself
    "site": ("crm_core.kernel.site", "site"),
    "open_site": ("crm_core.app", "open_site"),  # for a command of one's own: with open_site().system("gifts"): …
    "Event": ("crm_core.kernel.events", "Event"),  # base of events: frozen dataclasses with ids
    "RecordsAssigned": ("crm_core.resource.after", "RecordsAssigned"),  # core's events
    "OwnersChanged": ("crm_core.resource.after", "OwnersChanged"),  # from whom to whom records went
    "RecordsChanged": ("crm_core.resource.after", "RecordsChanged"),
    "RecordsMerged": ("crm_core.resource.merging", "RecordsMerged"),
    "emit": ("crm_core.kernel.events", "emit"),
    "later": ("crm_core.kernel.jobs", "later"),  # ask for a job
    "Deal": ("crm_core.features.customers.dealings", "Deal"),
    "record_dealings": ("crm_core.features.customers.dealings", "record_dealings"),
    "record_dealing": ("crm_core.features.customers.dealings", "record_dealing"),  # an order, a subscription: what a customer had from us
    "dealings": ("crm_core.features.dealings", "api"),  # dealings.value_class(customer): whether he seeks the price, advice or a partner
    "tell": ("crm_core.resource.telling", "tell"),  # tell who saves, or acts, what followed of it besides
    "start_rules": ("crm_core.features.rules.engine", "start"),  # begin the rules of a trigger of one's own
    "RuleDue": ("crm_core.features.rules.triggers", "Due"),  # what a trigger that goes by days answers
    "approvals": ("crm_core.features.approvals", "api"),  # approvals.draw(…), approvals.submit(…), approvals.waits(…)
    "plans": ("crm_core.features.plans", "api"),  # plans of work: plans.targets(metrics, first, last)
    "notify": ("crm_core.features.messages.api", "notify"),  # tell a person something
    "mail": ("crm_core.features.mail", "api"),  # mail.send(…) lets one go out, mail.draft(…) leaves it to be read and sent by its writer
    "files": ("crm_core.features.files", "api"),  # files.on("sales.contract", [7]), files.put(…)
    "on_timeline": ("crm_core.resource.timeline", "say"),  # on_timeline(_("took a quote"), "core.customer", 7, record=("sales.quote", 3))
    "send_by_channel": ("crm_core.features.channels.api", "send"),  # a short message to a group or a phone
    "call": ("crm_core.kernel.outbound", "call"),  # another system, outside of transactions, past the guard of addresses
    "now": ("crm_core.kernel.clock", "now"),
    "today": ("crm_core.kernel.clock", "today"),
    "say_date": ("crm_core.resource.show", "say_date"),  # a day inside a sentence: "until tomorrow"
    "instant": ("crm_core.kernel.clock", "instant"),  # when a day begins on the clock of who acts
    "local": ("crm_core.kernel.clock", "local"),  # an instant on the wall clock of who acts: local(row.sent_at).date()
    "worktime": ("crm_core.resource", "worktime"),  # working days and hours: worktime.shift(day, 3)
    "translations": ("crm_core.kernel.i18n", "translations"),  # _ = translations("visits")
    "plurals": ("crm_core.kernel.i18n", "plurals"),  # ngettext = plurals("visits"): sentences with a number
    "CompanySettings": ("crm_core.resource.company", "CompanySettings"),  # the own company: CompanySettings.now(department).called()
    "in_language": ("crm_core.kernel.i18n", "in_language"),  # speak another language inside a block: a paper for a customer
    "language": ("crm_core.kernel.i18n", "language"),
    "document": ("crm_core", "document"),  # document.pdf(html): what a plugin puts on paper
    # what can go wrong, in words for people
    "Invalid": ("crm_core.kernel.errors", "Invalid"),
    "NotTaken": ("crm_core.features.channels.api", "NotTaken"),  # a service did not take a message
    "NotNow": ("crm_core.kernel.errors", "NotNow"),  # another system takes nothing for now: tried again later
    "Refused": ("crm_core.kernel.errors", "Refused"),
    "OverLimit": ("crm_core.kernel.errors", "OverLimit"),  # more than he may by himself: refused, or handed in where a flow is for that (docs/approvals.md)
    "needs_approval": ("crm_core.resource.asking", "needed"),  # those of these records on which an act waits for others: needs_approval(resource, "do:win", ids)
    "approved": ("crm_core.resource.asking", "approved"),  # whether what goes on now was asked for and all have agreed
    "Forbidden": ("crm_core.kernel.errors", "Forbidden"),
    "TooMany": ("crm_core.kernel.errors", "TooMany"),
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
