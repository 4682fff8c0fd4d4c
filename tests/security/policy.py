"""Reading policy.toml: what each is expected to be answered. Knows nothing of the application but names."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LIVE = ("ann", "bob", "sue", "team", "head", "north", "south", "root", "harbour", "auditor", "one")
SELF = {"narrow": "ann"}  # who somebody is, where the name of a way in is not his


@cache
def table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "policy.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Cell:
    """One question to the application: who, by which route, which kind of thing, which one of them."""

    who: str
    route: str
    kind: str = ""
    key: str = ""

    @property
    def api(self) -> bool:
        return self.route.partition(" ")[2].startswith("api.")

    @property
    def rule(self) -> dict[str, Any]:
        found: dict[str, Any] = table()["routes"][self.route]
        return found


def keys(who: str, kind: str, act: str) -> set[str] | None:
    """The keys of a kind on which somebody may do an act; None: he has not the right to it at all."""
    policy = table()
    if kind in policy["part"] and who not in policy["tokens"]:
        above, act = policy["part"][kind], policy["part_acts"].get(act, act)
        found = keys(who, above, act)
        # Whoever has messages of his own has files on them, so that door is open to him.
        return set() if found is None and kind == "core.attachment" and keys(who, "core.message", act) is not None else found
    mine = policy["may"].get(who, {})
    said = mine[kind].get(act) if kind in mine else mine.get("*")
    return None if said is None else set(LIVE if said == "*" else said.split())


def offered(kind: str, act: str) -> bool:
    return act not in table()["unoffered"].get(kind, "").split()


def expected(cell: Cell) -> int:
    """The status of the answer."""
    rule, who = cell.rule, SELF.get(cell.who, cell.who)
    if rule["on"] == "public":
        return int(rule.get("known", rule["ok"]) if cell.who not in table()["out"] else rule["ok"])
    if cell.who in table()["out"]:
        return 401 if cell.api or not cell.route.startswith("GET") else 303
    if rule["on"] == "signed in":
        return int(rule["ok"])
    if rule["on"] == "lookup":
        known = cell.kind not in table()["faceless"]["names"] and any(keys(cell.who, name, "read") is not None for name in (cell.kind, f"{cell.kind}.brief"))
        return int(rule["ok"] if known else 404)
    if "act" not in rule:
        return _personal(cell, who)
    return _by_right(cell)


def _personal(cell: Cell, who: str) -> int:
    """A thing of one person."""
    rule, gone = cell.rule, int(cell.rule.get("lacks", 404))
    if cell.who in rule and (cell.key != "missing" or rule.get("blind")):
        return int(rule[cell.who])
    if cell.key == who:
        return int(rule["own"])
    if "readable" in rule and cell.key in (keys(cell.who, rule["on"], "read") or ()):
        return int(rule["readable"])
    return gone


def _by_right(cell: Cell) -> int:
    rule, act = cell.rule, cell.rule["act"]
    may, reads = keys(cell.who, cell.kind, act), keys(cell.who, cell.kind, "read")
    in_brief = keys(cell.who, f"{cell.kind}.brief", "read")
    if cell.kind in table()["faceless"]["names"]:
        return 404
    if not offered(cell.kind, act):
        return 405 if cell.api else 403
    if may is None:
        if act == "read" and in_brief is not None and not cell.api:
            if rule["on"] == "list":
                return int(rule.get("brief", 404))
            return int(rule["brief"]) if cell.key in in_brief and "brief" in rule else int(rule.get("denied", 404))
        return int(rule.get("lacks", 403))
    if "needs" in rule and keys(cell.who, *rule["needs"].split()) is None and cell.key in may:
        return int(rule["without"])
    if rule["on"] == "list":
        return int(rule["ok"])
    owner, _dash, fate = cell.key.partition("-")
    if fate == "merged":
        return int(rule["merged"]) if "merged" in rule and owner in (reads or ()) else int(rule.get("denied", 404))
    if cell.key in may and cell.key in (reads if reads is not None else may):
        whole = keys(cell.who, cell.kind.removesuffix(".brief"), "read") if cell.kind.endswith(".brief") else None
        if act == "delete" and cell.kind in table()["held"]["names"]:
            return 409
        return int(rule["full"]) if "full" in rule and cell.key in (whole or ()) else int(rule["ok"])
    if "readable" in rule and cell.key in (reads or ()):
        return int(rule["readable"])
    if "brief" in rule and act == "read" and cell.key in (in_brief or ()):
        return int(rule["brief"])
    return int(rule.get("denied", 404))


def foreign(cell: Cell) -> bool:
    """Whether it must be answered like a record that does not exist."""
    return expected(cell) == 404 and cell.rule.get("ok") != 404
