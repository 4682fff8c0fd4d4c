"""Leads 线索: who might become a customer."""
