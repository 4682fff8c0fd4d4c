"""Quotes and contracts of the publisher."""


def fill(make):
    """To be filled below."""
