"""A tiny second package with a table of its own, written as a company would write one: it knows nothing but `crm_core.sdk`.

Proves version tables, prefixes, ownership of tables and translations by package.
"""

from crm_core.sdk import Manifest, translations

_ = translations("postcards")

manifest = Manifest("postcards", _("Postcards"), "1.0", requires=("core>=0.1,<1",))
