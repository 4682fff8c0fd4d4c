"""Verbs of people: sign in, set a password, move a department."""
