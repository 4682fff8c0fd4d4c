"""The table of contents."""

from crm_visits import _
from crm_visits.resources import Quotes, Remarks, Units

from crm_core.sdk import Related, Timeline, hookimpl


@hookimpl
def register_resources(): return [Quotes, Units, Remarks]
@hookimpl
def register_panels(): return [Related("core.customer", Quotes), Related("visits.quote", Remarks)]
@hookimpl
def register_timeline(): return [Timeline(of=Quotes, via="customer", words=_("quoted"))]
