"""The stand-in of the services, and the company of every role."""

from tests.channels.services import service
from tests.support.worlds import *

__all__ = ["service"]
