"""What other features may use of webhooks."""

from crm_core.features.hooks.forwarding import only as listed
from crm_core.features.hooks.forwarding import own, push

__all__ = ["listed", "own", "push"]
