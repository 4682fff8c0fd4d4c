"""Walks of `doors()` and `silence()` through a house with a plugin."""
