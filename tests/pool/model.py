"""The reference: what pools promise, written once more in the plainest way, without tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

Day = dt.timedelta(days=1)


@dataclass
class Rules:
    """A pool's rules as the simulation draws them."""

    claimers: frozenset[str]
    hold_limit: int | None = None
    claim_limit: int | None = None
    return_after: int | None = None
    deal_after: int | None = None
    warn_before: int = 3
    cool_down: int = 0
    protect_limit: int = 0
    protect_days: int = 90


@dataclass
class Customer:
    """Who holds it, and its clocks."""

    pool: str
    holder: str | None = None
    followed: dt.datetime | None = None
    dealt: dt.datetime | None = None
    warned: dict[str, dt.datetime] = field(default_factory=dict)
    protected: dt.date | None = None
    left: dict[str, dt.datetime] = field(default_factory=dict)  # who held it last until when


class Model:
    """The house; every act answers whether it is allowed, and does it when it is."""

    def __init__(self, rules: dict[str, Rules], looking_counts: bool = False) -> None:
        self.rules, self.looking_counts = rules, looking_counts
        self.customers: dict[int, Customer] = {}
        self.claims: list[tuple[str, str, dt.date]] = []
        self.warnings = 0

    def state(self) -> dict[int, Any]:
        return {i: (c.holder, c.pool, c.followed, c.protected) for i, c in self.customers.items()}

    def _give(self, one: Customer, who: str | None, now: dt.datetime) -> None:
        if one.holder is not None:
            one.left[one.holder] = now
        one.holder, one.protected = who, None
        one.followed = one.dealt = now if who else None
        one.warned.clear()

    def _held(self, who: str, pool: str) -> int:
        return sum(1 for c in self.customers.values() if c.holder == who and c.pool == pool)

    def claim(self, who: str, i: int, now: dt.datetime, today: dt.date) -> bool:
        one = self.customers[i]
        rules = self.rules[one.pool]
        if one.holder is not None or who not in rules.claimers:
            return False
        if rules.hold_limit is not None and self._held(who, one.pool) >= rules.hold_limit:
            return False
        if rules.claim_limit is not None and self.claims.count((who, one.pool, today)) >= rules.claim_limit:
            return False
        if rules.cool_down and who in one.left and now - one.left[who] < rules.cool_down * Day:
            return False
        self.claims.append((who, one.pool, today))
        self._give(one, who, now)
        return True

    def give_back(self, who: str, i: int, now: dt.datetime, _today: dt.date) -> bool:
        if self.customers[i].holder != who:
            return False
        self._give(self.customers[i], None, now)
        return True

    def hand_over(self, who: str, i: int, now: dt.datetime, to: str) -> bool:
        one = self.customers[i]
        limit = self.rules[one.pool].hold_limit
        if one.holder != who or to == who or (limit is not None and self._held(to, one.pool) >= limit):
            return False
        self._give(one, to, now)
        return True

    def protect(self, who: str, i: int, days: int, today: dt.date) -> bool:
        one = self.customers[i]
        rules = self.rules[one.pool]
        mine = sum(1 for j, c in self.customers.items() if j != i and c.holder == who and c.pool == one.pool and c.protected and c.protected >= today)
        if one.holder != who or days > rules.protect_days or mine >= rules.protect_limit:
            return False
        one.protected = today + days * Day
        return True

    def note(self, who: str, i: int, now: dt.datetime) -> bool:
        """Only the holder may write on it; it is follow-up."""
        if self.customers[i].holder != who:
            return False
        self.customers[i].followed = now
        return True

    def order(self, who: str, i: int, now: dt.datetime) -> None:
        """An order by whomever is a deal; by the holder it is follow-up as well."""
        one = self.customers[i]
        if one.holder is not None:
            one.dealt = now
        if one.holder == who:
            one.followed = now

    def look(self, who: str, i: int, now: dt.datetime) -> None:
        if self.looking_counts and self.customers[i].holder == who:
            self.customers[i].followed = now

    def night(self, now: dt.datetime, today: dt.date) -> None:
        for one in self.customers.values():
            rules = self.rules[one.pool]
            for name, days in (("followed", rules.return_after), ("dealt", rules.deal_after)):
                if days is None or one.holder is None or (one.protected is not None and one.protected >= today):
                    continue
                since: dt.datetime = getattr(one, name)
                told = one.warned.get(name)
                in_time = not rules.warn_before or (told is not None and told >= since and now - told >= rules.warn_before * Day - Day / 2)
                if now - since >= days * Day and in_time:
                    self._give(one, None, now)
                elif rules.warn_before and now - since >= (days - rules.warn_before) * Day and (told is None or told < since):
                    one.warned[name] = now
                    self.warnings += 1
