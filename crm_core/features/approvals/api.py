"""What other features may use of approvals."""

from crm_core.features.approvals.models import WAITING, Reviewed, State
from crm_core.features.approvals.proposals import proposed
from crm_core.features.approvals.rules import ReviewSettings

__all__ = ["WAITING", "ReviewSettings", "Reviewed", "State", "proposed"]
