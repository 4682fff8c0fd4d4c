"""What other features may use of approvals."""

from crm_core.features.approvals.models import Reviewed, State
from crm_core.features.approvals.proposals import ProposedField

__all__ = ["ProposedField", "Reviewed", "State"]
