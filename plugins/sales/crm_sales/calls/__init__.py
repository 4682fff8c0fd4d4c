"""Tele-sales: call lists with scripts."""
