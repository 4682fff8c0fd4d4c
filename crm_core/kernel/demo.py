"""What `demo_data(make)` is handed: the same company each time, with passwords nobody has seen before."""

import datetime as dt
import os
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from crm_core.data.session import acting_as
from crm_core.kernel import actors, clock
from crm_core.kernel.clock import today
from crm_core.kernel.i18n import in_language
from crm_core.kernel.site import Site

_LETTERS = "abcdefghjkmnpqrstuvwxyz"


@dataclass
class Make:
    """The maker of a demo company. Packages are called in load order inside `with writing()` of the house and hand
    on what later ones need in `made` (`make.made["users"]`)."""

    site: Site
    customers: int = 3_000  # how many the company has; tests take fewer
    # The same rolls each time, for the same pictures
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    today: dt.date = field(default_factory=today)
    made: dict[str, object] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    last: list[Callable[[], None]] = field(default_factory=list)  # called when every package has filled in what it has: who reckons with that of others

    def password(self, login: str) -> str:
        """A fresh random password for a person of the demo; it is shown once and kept in the site's folder."""
        found = self.passwords.get(login)
        if found is None:
            found = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
            self.passwords[login] = found
        return found

    @contextmanager
    def at(self, days_ago: int, hour: int, login: str) -> Iterator[None]:
        """As this person of the company, on a day gone by; never in the future."""
        moment = dt.datetime.combine(self.day(-days_ago), dt.time(hour, 20), tzinfo=clock.zone()).astimezone(dt.UTC)
        users = cast("dict[str, int]", self.made["users"])
        with in_language(self.site.config.language), clock.freeze(min(moment, clock.now())), acting_as(actors.load(self.site, users[login])):
            yield

    def day(self, days: int) -> dt.date:
        """A day so many from today (negative: past)."""
        return self.today + dt.timedelta(days=days)


def passwords_file(site: Site) -> Path:
    """Where the demo's passwords are kept, readable by the owner of the site only."""
    return site.home / "demo-passwords.txt"


def keep_passwords(site: Site, passwords: dict[str, str]) -> Path:
    """Write them down, 0600."""
    path = passwords_file(site)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{login}\t{password}\n" for login, password in passwords.items())
    return path


def kept_passwords(site: Site) -> dict[str, str]:
    """The demo's passwords as they were made; empty without a demo."""
    path = passwords_file(site)
    if not path.exists():
        return {}
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {row[0]: row[1] for row in rows if len(row) == 2}
