"""Measures against the figures: `make bench`, `make bench SIZE=10000`. Not a test; no test asserts a time."""
