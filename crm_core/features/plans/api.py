"""What other features may use of plans."""

from crm_core.features.plans.diary import NAME as JOURNAL
from crm_core.features.plans.diary import URL as JOURNAL_URL

__all__ = ["JOURNAL", "JOURNAL_URL"]
