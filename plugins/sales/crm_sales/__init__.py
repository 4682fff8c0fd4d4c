"""Sales 销售: from the first whisper to money received.

Folders are areas, from what comes first to what comes last; each has its `models.py`, `resources.py` and `services.py`, and imports only from
areas before it: policies, leads, opportunities, quotes, contracts, orders, receivables, credit, force (the sales force), partners and calls.
`README.md` beside this package says what happens where.
"""

from crm_core.sdk import Manifest, plurals, translations

_, ngettext = translations("sales"), plurals("sales")

manifest = Manifest(
    "sales", _("Sales"), "0.1", summary=_("Leads, opportunities, quotes, contracts, orders, invoices, payments, salespeople and partners."),
    requires=("core>=0.1",), uses=("products", "dealings"), icon="briefcase")
