"""How files of one heading are imported, kept under a name for oneself or everybody, and proposed when such a file comes again.
Without one a file is treated as its sender treated the last one of this heading."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource import views
from crm_core.resource.exchange.items import CHOICES
from crm_core.resource.exchange.models import Import, Profile, State
from crm_core.resource.exchange.suggesting import both
from crm_core.text.clean import fold

MOST = 40  # shown of one heading
LOOKED = 30  # imports of one's own that are looked through for the same heading
ADDED = (_("Row"), _("Reason"))  # columns of the file of refused rows
OPTIONS = (*CHOICES, "source", "key", "pool")  # what is kept of the options


class How(NamedTuple):
    """How a file is treated: column number → target, target → {text: value}, options; and what that is taken from."""

    mapping: dict[str, str]
    values: dict[str, Any]
    options: dict[str, Any]
    profile: int = 0


def shape(header: Sequence[str]) -> str:
    """What is equal for files with the same columns in any order; a file of refused rows has those of the file it comes from."""
    names = {fold(name) for name in header} - {fold(word) for label in ADDED for word in both(label)}
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def of(made: Import) -> list[Profile]:
    """Those that fit the heading of an import, one's own first, the newest first."""
    query = sa.select(Profile).where(Profile.resource == made.target, Profile.shape == shape(made.header), _visible())
    mine = Profile.owner_id == actor().user_id
    return list(session.scalars(query.order_by(sa.case((mine, 0), else_=1), Profile.at.desc(), Profile.id.desc()).limit(MOST)))


def proposed(resource: str, header: Sequence[str]) -> How | None:
    """What is proposed for a file of this heading: a saved one, or how one's last file of it was imported."""
    made = Import(target=resource, header=list(header))
    if found := of(made):
        return applied(found[0], header)
    for last in session.scalars(sa.select(Import).where(
            Import.target == resource, Import.owner_id == actor().user_id, Import.state != State.matching).order_by(Import.id.desc()).limit(LOOKED)):
        if shape(last.header) == shape(header):
            return _how(_named(last.mapping, last.header), last.values, last.options, header)
    return None


def applied(profile: Profile, header: Sequence[str]) -> How:
    return _how(profile.mapping, profile.values, profile.options, header)._replace(profile=profile.id)


def _how(mapping: Mapping[str, str], values: Mapping[str, Any], options: Mapping[str, Any], header: Sequence[str]) -> How:
    known = {fold(name): target for name, target in mapping.items()}
    found = {str(at): known[fold(name)] for at, name in enumerate(header) if fold(name) in known}
    return How(found, dict(values), {name: options[name] for name in OPTIONS if name in options})


def _named(mapping: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    return {header[int(at)]: target for at, target in mapping.items() if int(at) < len(header)}


def may_share() -> bool:
    return bool(actor().can(views.EVERYONE))


def may_change(profile: Profile) -> bool:
    """Its maker may; one for everybody also who may share so far."""
    return bool(profile.owner_id == actor().user_id) or (profile.everyone and may_share())


def save(made: Import, name: str, *, everyone: bool = False) -> int:
    """Keep how an import is matched now; one of this name that one may change is replaced. Raises Invalid, Forbidden."""
    name = " ".join(name.split())[:80]
    if not name:
        raise Invalid({"profile_name": [_("Give it a name.")]})
    if everyone and not may_share():
        raise Forbidden(_("Your roles do not include this."))
    values = {
        "everyone": everyone, "mapping": _named(made.mapping, made.header), "values": made.values, "at": clock.now(),
        "options": {n: made.options[n] for n in OPTIONS if n in made.options},
    }
    with writing() as db:
        same = [one for one in of(made) if fold(one.name) == fold(name) and may_change(one)]
        if same:
            db.execute(sa.update(Profile).where(Profile.id == same[0].id).values(**values, name=name))
            return same[0].id
        row = db.execute(sa.insert(Profile).values(
            resource=made.target, shape=shape(made.header), name=name, owner_id=actor().user_id, **values).returning(Profile.id))
        return int(row.scalar_one())


def get(profile_id: int) -> Profile:
    """One that the acting person sees. Raises Missing."""
    found = session.scalar(sa.select(Profile).where(Profile.id == profile_id, _visible()))
    if found is None:
        raise Missing(_("This matching was not found."))
    return found


def forget(profile: Profile) -> None:
    """Raises Forbidden."""
    if not may_change(profile):
        raise Forbidden(_("Your roles do not include this."))
    with writing() as db:
        db.execute(sa.delete(Profile).where(Profile.id == profile.id))


def _visible() -> sa.ColumnElement[bool]:
    return sa.or_(Profile.owner_id == actor().user_id, Profile.everyone)
