"""The company of tests, for attackers."""

from tests.support.worlds import *
