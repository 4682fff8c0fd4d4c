"""Whether the house is open: served and worked in by any number, or closed because its database is being exchanged.

Small on purpose: the parent of `crm serve` imports it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _


@contextmanager
def open_house(home: Path) -> Iterator[None]:
    """Held while a site is served or worked in. Raises Refused during a restore."""
    with (home / "serve.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(_("A backup is being restored here; wait until it is done.")) from None
        yield


@contextmanager
def closed_house(home: Path) -> Iterator[None]:
    """Held while nobody may be at work. Raises Refused while the site is served."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / "serve.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(_("The site is running; stop crm serve and crm worker first.")) from None
        yield
