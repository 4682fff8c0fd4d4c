"""Salespeople: territories, targets, commission and policies."""
