"""The company of tests behind the API."""

from tests.support.worlds import *
