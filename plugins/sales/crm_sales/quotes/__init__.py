"""Quotes 报价: what a customer is offered."""
