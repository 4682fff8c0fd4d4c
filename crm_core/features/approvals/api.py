"""What other features may use of approvals."""

from crm_core.features.approvals.models import Reviewed, State

__all__ = ["Reviewed", "State"]
