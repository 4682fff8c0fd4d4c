"""The information desk of the demo: business cards that a reporter brought from a fair are reviewed before anybody else finds them."""

import random
from typing import Any

from crm_core.features.approvals.api import ReviewSettings
from crm_core.features.customers.demo.firms import Firms
from crm_core.kernel.i18n import in_language
from crm_core.kernel.site import site
from crm_core.resource.settings import put

CLERK, REVIEWER = "hejing", "qianbin"
CARDS = 6  # one of them sent back
ON_A_CARD = ("customer", "name", "position", "mobile", "phone", "email")
WHY = "名片上的电话少一位，请核对后再交。"


def fill(story: Any) -> None:
    """New customers are reviewed from now on; all that came before stand as they are."""
    put(ReviewSettings, {"core-customer": "once"})
    firms = Firms(random.Random(11))  # of its own, so that what is told later stays the same
    firms.used |= story.firms.used
    rows = [{name: value for name, value in firms.firm().items() if name not in ("note", "standing", "customer_kind")} for _n in range(CARDS)]
    with in_language(site().config.language):
        with story.at(story.moment(2, 16.5), CLERK):
            ids = story.customers.write([{**row, "source": "fair"} for row in rows])
            for customer, row in zip(ids, rows, strict=True):
                person = firms.people(customer, row["email"].partition("@")[2])[0]
                story.contacts.write([{name: person[name] for name in ON_A_CARD if name in person}])
        with story.at(story.moment(1, 9.1), REVIEWER):
            story.customers.run("send_back", [ids[-1]], {"opinion": WHY})
