"""Customers and contacts."""
