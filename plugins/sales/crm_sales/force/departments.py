"""Figures of departments: each with those below it, each target its own plan's or that of those in it."""

from typing import NamedTuple

import sqlalchemy as sa

from crm_core.sdk import Department, departments_of, system_scope


class Aim(NamedTuple):
    """A target: of a plan of the whole department's own, if there is one, and those of its people together."""

    own: int | None
    people: int


def aims_of(found):
    """(whose, whether it is of the whole department, amount) → whose → `Aim`."""
    own, people = {}, {}
    for whose, whole, amount in found:
        kept = own if whole else people
        kept[whose] = kept.get(whose, 0) + amount
    return {whose: Aim(own.get(whose), people.get(whose, 0)) for whose in {*own, *people}}


class Flat:
    """People: nobody lies in another."""

    def lies_in(self, one, other):
        return one == other

    def target(self, who, aims):
        """The target of one line; None where there is none."""
        aim = aims.get(who)
        return None if aim is None else aim.own if aim.own is not None else aim.people

    def whole(self, aims):
        """The target of all together; None where there is none."""
        found = [aim for who in aims if (aim := self.target(who, aims)) is not None]
        return sum(found) if found else None


class Tree(Flat):
    """Departments, each with those above it (`above`: id → ids from the top down, itself at the end)."""

    def __init__(self, above):
        self.above = above

    def lies_in(self, one, other):
        return one == other or other in self.above.get(one, ())

    def target(self, who, aims):
        aim = aims.get(who)
        if aim is not None and aim.own is not None:
            return aim.own
        found = [aim.people] if aim is not None else []
        found += [part for one in aims if one != who and self._next(one, who, aims) and (part := self.target(one, aims)) is not None]
        return sum(found) if found else None

    def whole(self, aims):
        tops = [one for one in aims if not any(one != other and self.lies_in(one, other) for other in aims)]
        found = [part for one in tops if (part := self.target(one, aims)) is not None]
        return sum(found) if found else None

    def _next(self, one, who, aims):
        """Whether it lies in this one with no department that has a target between them."""
        return self.lies_in(one, who) and not any(other not in (one, who) and self.lies_in(one, other) and self.lies_in(other, who) for other in aims)


def tree():
    """The departments of the house, in one statement."""
    with system_scope("which department lies in which") as db:
        rows = db.execute(sa.select(Department.id, Department.path)).all()
    return Tree({row.id: tuple(departments_of(row.path or "")) for row in rows})
