"""R4: two people edit one record; no saved change is lost without somebody being told."""

import random
import threading
from typing import Any

import pytest

from crm_core.kernel.errors import Conflict
from tests.support.firm import Firm

INTERLEAVINGS = 500  # on each of the two engines


class Editor:
    """Somebody with the form open: the version and values he saw, and what he saved."""

    def __init__(self, firm: Firm, key: int, login: str, careful: bool) -> None:
        self.firm, self.key, self.login, self.careful = firm, key, login, careful
        self.seen: dict[str, Any] = {}

    def open(self) -> None:
        with self.firm.as_user(self.login):
            row = self.firm.things.get(self.key)
            self.seen = {"version": row.version, "rank": row.rank}

    def save(self) -> bool:
        """Add one to what he saw; True when it was taken."""
        version = {"version": self.seen["version"]} if self.careful else {}
        with self.firm.as_user(self.login):
            try:
                self.firm.things.write([{"id": self.key, "rank": self.seen["rank"] + 1, **version}])
            except Conflict:
                return False
        return True


def interleave(firm: Firm, careful: bool, seed: int, rounds: int) -> tuple[int, int, int]:
    """Let two editors open and save in a random order: (saved, refused, what stands in the record)."""
    key = firm.thing("uma", rank=0)
    dice = random.Random(seed)
    editors = [Editor(firm, key, login, careful) for login in ("uma", "ada")]
    for editor in editors:
        editor.open()
    saved = refused = 0
    for _ in range(rounds):
        editor = dice.choice(editors)
        if dice.random() < 0.4:
            editor.open()
        elif editor.save():
            saved += 1
            editor.open()
        else:
            refused += 1
    return saved, refused, int(firm.one("SELECT rank FROM bare_thing WHERE id = :k", k=key))


def test_no_update_is_lost_in_a_thousand_interleavings(firm: Firm) -> None:
    saved = refused = 0
    for seed in range(INTERLEAVINGS // 50):
        more, less, stands = interleave(firm, True, seed, 50)
        assert stands == more
        saved, refused = saved + more, refused + less
    assert saved > 0 and refused > INTERLEAVINGS // 20


def test_without_the_version_updates_are_lost(firm: Firm) -> None:
    """The negative control: the same interleavings lose updates when nobody says which version he saw."""
    saved, refused, stands = interleave(firm, False, 1, 50)
    assert refused == 0 and stands < saved


@pytest.mark.parametrize("careful", [True, False], ids=["with the version", "canary: without it"])
def test_at_the_same_moment_one_of_two_wins(careful: bool, firm: Firm) -> None:
    """Threads for real: each tries until he is through; nothing is lost, on SQLite and under PostgreSQL's read committed."""
    key = firm.thing("uma", rank=0)
    start, lost = threading.Barrier(4), []

    def add(login: str) -> None:
        editor = Editor(firm, key, login, careful)
        start.wait()
        for _ in range(8):
            editor.open()
            if not careful:
                start.wait()
            while not editor.save():
                editor.open()

    threads = [threading.Thread(target=add, args=(login,)) for login in ("uma", "ada", "uma", "ada")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    stands = firm.one("SELECT rank FROM bare_thing WHERE id = :k", k=key)
    assert (stands == 32) if careful else (stands < 32)
    assert not lost


def test_a_deletion_and_an_edit_meet_as_well(firm: Firm) -> None:
    key = firm.thing("uma", rank=0)
    editor = Editor(firm, key, "uma", True)
    editor.open()
    with firm.as_user("ada"):
        firm.things.write([{"id": key, "hint": "newer"}])
        with pytest.raises(Conflict):
            firm.things.delete([key], versions={key: editor.seen["version"]})
    assert not editor.save()
