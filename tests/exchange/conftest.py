"""Imports happen in the company of tests/support/world.py, on both engines."""

from tests.support.worlds import *
