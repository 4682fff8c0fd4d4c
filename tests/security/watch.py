"""Whether the database of a house stays as it is (crm_core/testing/watch.py)."""

from contextlib import AbstractContextManager

from crm_core.testing.watch import Watch
from crm_core.testing.watch import watched as _watched
from tests.security.house import House

__all__ = ["Watch", "watched"]


def watched(house: House) -> AbstractContextManager[Watch]:
    return _watched(house.world.site)
