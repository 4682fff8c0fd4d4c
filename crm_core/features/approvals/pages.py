"""What a reviewer does on a record's page: agree or send back by a key, and on to the next card."""

from dataclasses import replace
from typing import Any

from crm_core.features.approvals import proposing, rules
from crm_core.features.approvals.models import LABELS, LOOKS, WAITING
from crm_core.kernel.i18n import _
from crm_core.web import facts, urls
from crm_core.web.viewmodels import Act, RecordPage, Status

REVIEWS = {"first": rules.FIRST, "second": rules.SECOND}  # what a record waits for → the verb of who does it
FOR_REVIEW = [("review.any", "first,second")]  # what of a list waits


def listed(name: str, pairs: urls.Pairs) -> str:
    """The list of a resource by its name, asked for this."""
    return urls.address(f"/{name.replace('.', '/', 1)}", pairs)


def dress(resource: Any, row: Any, page: RecordPage) -> RecordPage:
    """Slot of record pages: what is proposed, how far the review is, and the reviewer's acts."""
    page = proposing.dress(resource, row, page)
    if resource.is_brief or not rules.reviewed(resource.name) or row.review not in WAITING:
        return page
    state = str(row.review)
    page = replace(page, marks=(Status(LABELS[state], *LOOKS[state]), *page.marks))  # type: ignore[arg-type]
    verb = REVIEWS.get(state)
    if verb is None or not resource.may(verb) or not facts.his(resource, row, verb):
        return page
    after = page.steps.next_url if page.steps is not None and page.steps.next_url else listed(resource.name, FOR_REVIEW)
    agree = Act(_("Agree"), urls.of_act(resource, row.id, f"do/{verb}"), "circle-check", "post", key="A", fields=(("back", after),))
    acts = [agree]
    if resource.may("send_back") and facts.his(resource, row, "send_back"):
        acts.append(Act(_("Send back"), urls.of_act(resource, row.id, "do/send_back"), "arrow-back-up", key="B", dialog=True))
    page = proposing.on_phone(page, acts)
    return replace(page, acts=tuple(acts), more=(*page.acts, *page.more))
