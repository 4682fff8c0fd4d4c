"""What other features may use of webhooks."""

from crm_core.features.hooks.forwarding import own, push

__all__ = ["own", "push"]
