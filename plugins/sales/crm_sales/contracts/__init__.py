"""Contracts 合同: what was agreed."""
