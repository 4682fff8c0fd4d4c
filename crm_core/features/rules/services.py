"""Rules as people handle them: seen, saved, switched, removed, begun by hand. Whoever saves a rule is its owner: it acts as he may."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data.base import table_of
from crm_core.data.session import current_work, writing
from crm_core.features.rules import active, engine, history
from crm_core.features.rules.active import Kept
from crm_core.features.rules.models import Rule, Run
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site

MAKE, ALL = "core.rules.make", "core.rules.all"
_rules, _runs = table_of(Rule), table_of(Run)


def _conn() -> sa.Connection:
    return current_work().session.connection()


def _seen() -> sa.ColumnElement[bool]:
    """One's own; everybody's for who looks after all of them."""
    return sa.true() if actor().can(ALL) else _rules.c.owner_id == actor().user_id


def rows(*, playbook: bool) -> Sequence[Any]:
    """Those the acting person sees, in the order of names."""
    return _conn().execute(sa.select(_rules).where(_seen(), _rules.c.playbook == playbook).order_by(_rules.c.name, _rules.c.id)).all()


def get(rule_id: int) -> Any:
    """Raises Missing for what is not there, and not his to see, alike."""
    found = _conn().execute(sa.select(_rules).where(_seen(), _rules.c.id == rule_id)).first()
    if found is None or found.resource not in site().registry.resources:
        raise Missing(_("This rule was not found."))
    return found


def save(values: Mapping[str, Any], rule_id: int | None = None, *, on: bool | None = None) -> int:
    """Keep a rule; it is the acting person's from now on. Runs that wait go on as they were, unless it was somebody else's: his steps
    were never this person's, and would act with his rights. Raises Missing, Forbidden."""
    if not site().registry.resource(values["resource"]).may("read"):
        raise Forbidden(_("You may not do this: %(what)s.", what=values["resource"]))
    with writing():
        row = {**values, "owner_id": actor().user_id, "changed_at": clock.now(), "faults": 0, "why_off": None, "looked_on": None, "looking_on": None, "looked_id": 0}
        if on is not None:
            row["active"] = on
        if rule_id is None:
            found: int = _conn().execute(sa.insert(_rules).values(**{"active": False, "version": 1, **row}).returning(_rules.c.id)).scalar_one()
            history.began(found)
        else:
            before = get(rule_id)
            if before.trigger == row["trigger"] and before.asked == row["asked"]:
                row.pop("looked_on")
            if before.owner_id != row["owner_id"]:
                engine.end_runs(rule_id)
            found = rule_id
            history.moved(before, row)
            _conn().execute(sa.update(_rules).where(_rules.c.id == rule_id).values(**row, version=_rules.c.version + 1))
        bump()
    return found


def switch(rule_id: int, *, on: bool) -> None:
    """On is for its owner alone: others would let it act with rights that are not theirs to give."""
    with writing():
        row = get(rule_id)
        if on and row.owner_id != actor().user_id:
            raise Forbidden(_("Only who saved a rule switches it on: it acts with his rights. Open it and save it to make it yours."))
        history.moved(row, {"active": on})
        _conn().execute(sa.update(_rules).where(_rules.c.id == rule_id).values(active=on, faults=0, why_off=None, version=_rules.c.version + 1, **({"looked_on": None, "looking_on": None, "looked_id": 0} if on else {})))
        if not on:
            engine.end_runs(rule_id)
        bump()


def remove(rule_id: int) -> None:
    """A rule goes with its log."""
    with writing():
        history.ended(get(rule_id))
        _conn().execute(sa.delete(_runs).where(_runs.c.rule_id == rule_id))
        _conn().execute(sa.delete(_rules).where(_rules.c.id == rule_id))
        bump()


def by_hand(resource: str) -> list[Kept]:
    """One's own rules that somebody begins for a record."""
    return [rule for rule in active.active().get(resource, ()) if rule.trigger == "core.by_hand" and rule.owner_id == actor().user_id]


def begin(rule_id: int, record: int) -> bool:
    """Begin a rule for a record by hand; False where it runs already. Raises Missing."""
    with writing():
        rule = active.kept(get(rule_id))
        if rule.owner_id != actor().user_id or rule.trigger != "core.by_hand" or not active.among(rule, None, [record]):
            raise Missing(_("This record was not found."))
        if not active.among(rule, rule.only, [record], "by hand"):
            return False
        return bool(engine.begin_now(rule, [(record, f"by hand {clock.now().isoformat()}")]))


def runs(*where: Any, before: int | None = None, limit: int = 30) -> Sequence[Any]:
    """The newest runs, those before an id."""
    query = sa.select(_runs, _rules.c.name.label("rule")).join(_rules, _rules.c.id == _runs.c.rule_id).where(*where).order_by(_runs.c.id.desc()).limit(limit)
    return _conn().execute(query if before is None else query.where(_runs.c.id < before)).all()


def of_rule(rule_id: int) -> Any:
    return _runs.c.rule_id == rule_id


def of_record(resource: str, record: int) -> Any:
    return sa.and_(_runs.c.subject == resource, _runs.c.subject_id == record, _seen())


def counts(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Runs by rule and state."""
    found: dict[int, dict[str, int]] = {}
    for row in _conn().execute(sa.select(_runs.c.rule_id, _runs.c.state, sa.func.count().label("n")).where(_runs.c.rule_id.in_(ids)).group_by(_runs.c.rule_id, _runs.c.state)):
        found.setdefault(row.rule_id, {})[row.state] = row.n
    return found


def causes(ids: Sequence[int]) -> dict[int, Any]:
    """Name and id of the rule behind each of these runs."""
    query = sa.select(_runs.c.id, _rules.c.name, _rules.c.id.label("rule_id")).join(_rules, _rules.c.id == _runs.c.rule_id).where(_runs.c.id.in_(ids))
    return {row.id: row for row in _conn().execute(query)} if ids else {}
