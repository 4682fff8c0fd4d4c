"""What other features may use of approvals."""

from crm_core.features.approvals.models import WAITING, Reviewed, State

__all__ = ["WAITING", "Reviewed", "State"]
