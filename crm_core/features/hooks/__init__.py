"""Webhooks: other systems are told of what happens here, and tell what happens there."""
