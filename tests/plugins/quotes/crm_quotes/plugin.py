"""Table of contents."""

from crm_core.sdk import Related, hookimpl
from crm_quotes.resources import Items, Quotes


@hookimpl
def register_resources():
    return [Quotes, Items]


@hookimpl
def register_panels():
    return [Related("core.customer", Quotes)]
