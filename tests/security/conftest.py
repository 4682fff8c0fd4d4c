"""The company of tests, for attackers."""

from tests.support.worlds import *  # noqa: F403
