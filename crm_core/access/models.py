"""Tables of people and rights."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed, Owned, PartOf, Vocabulary
from crm_core.kernel import clock
from crm_core.kernel.i18n import _


class Scope(enum.StrEnum):
    """How far a grant reaches. Not a ladder: team and department overlap, so a right is the union of its grants."""

    own = "own"
    team = "team"
    department = "department"
    subtree = "subtree"
    all = "all"


class Department(Owned, Model):
    """A department of the company, in a tree. It is in its own scope: `department_id` is its own id."""

    __tablename__ = "core_department"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    code: Mapped[t.Code | None] = mapped_column(info={"label": _("Code")})
    parent_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_department.id", ondelete="RESTRICT"), info={"label": _("Parent department")}
    )
    # Materialised path of ids, `/1/4/`; changed only by the service that moves a department.
    path: Mapped[str] = mapped_column(sa.String(500), default="/", info={"kind": "internal"})
    phone: Mapped[t.Phone | None] = mapped_column(info={"label": _("Phone")})
    # Where it sits, in millionths of a degree: maps show our branches.
    latitude: Mapped[int | None] = mapped_column(sa.Integer(), info={"kind": "latitude", "label": _("Latitude"), "help": _("in degrees, such as 30.659400")})
    longitude: Mapped[int | None] = mapped_column(sa.Integer(), info={"kind": "longitude", "label": _("Longitude"), "help": _("in degrees, such as 104.065700")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    __table_args__ = (sa.Index("ix_core_department_path", "path"),)

    def __str__(self) -> str:
        return self.name


class Team(Vocabulary, Model):
    """People of several departments who work together."""

    __tablename__ = "core_team"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    head_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), index=True,
        info={"label": _("Head"), "wide": True, "help": _("One of its members, who is asked what is delegated to heads (steps of approval, overdue tasks) about the team's records. Empty: who heads the department.")}
    )

    def __str__(self) -> str:
        return self.name


class TeamMember(Vocabulary, Model):
    """Who belongs to which team: a line of the team's form."""

    __tablename__ = "core_team_member"
    team_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_team.id", ondelete="RESTRICT"), index=True)
    user_id: Mapped[t.Id] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), index=True, info={"label": _("User")}
    )


def departments_of(path: str) -> list[int]:
    """The departments of a path, from the top down."""
    return [int(step) for step in path.split("/") if step]


class User(Owned, Model):
    """A person who signs in. He is in his own scope: `owner_id` is his own id."""

    __tablename__ = "core_user"
    login: Mapped[t.Code] = mapped_column(info={"label": _("Sign-in name")})
    login_key: Mapped[str] = mapped_column(sa.String(60), info={"kind": "internal"})  # folded, unique
    name: Mapped[t.Name] = mapped_column(info={"label": _("Full name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    email: Mapped[t.Email | None] = mapped_column(info={"label": _("E-mail")})
    phone: Mapped[t.Phone | None] = mapped_column(info={"label": _("Phone")})
    title: Mapped[t.Line | None] = mapped_column(info={"label": _("Job title")})
    supervisor_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), index=True,
        info={"label": _("Reports to"), "help": _("Empty: who heads the department, or the one above it.")}
    )
    language: Mapped[str | None] = mapped_column(sa.String(20), info={"label": _("Language"), "kind": "language"})
    timezone: Mapped[str | None] = mapped_column(sa.String(60), info={"label": _("Time zone"), "kind": "timezone"})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("May sign in")})
    password_hash: Mapped[str | None] = mapped_column(sa.String(255), info={"kind": "secret"})
    # Settings of his own screens: theme, folded rail, columns of lists, panels of the home page.
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict, info={"kind": "internal"})

    __table_args__ = (
        sa.Index("uq_core_user_login_key", "login_key", unique=True, sqlite_where=sa.text("deleted_at IS NULL"),
                 postgresql_where=sa.text("deleted_at IS NULL")),
    )

    def __str__(self) -> str:
        return self.name


class UserRole(PartOf("user"), Model):  # type: ignore[misc]
    """A role a person has: a line of his form."""

    __tablename__ = "core_user_role"
    user_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), index=True)
    user: Mapped[User] = relationship()
    role_id: Mapped[t.Id] = mapped_column(
        sa.ForeignKey("core_role.id", ondelete="RESTRICT"), index=True, info={"label": _("Role")}
    )


class Role(Vocabulary, Model):
    """A set of grants. Presets carry a code; `msgid` keeps the name translatable until somebody edits it."""

    __tablename__ = "core_role"
    code: Mapped[t.Code] = mapped_column(info={"label": _("Code")})
    name: Mapped[str] = mapped_column(sa.String(200), info={"label": _("Name"), "kind": "preset_name"})
    msgid: Mapped[str | None] = mapped_column(sa.String(200), info={"kind": "internal"})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    __table_args__ = (
        sa.Index("uq_core_role_code", "code", unique=True, sqlite_where=sa.text("deleted_at IS NULL"),
                 postgresql_where=sa.text("deleted_at IS NULL")),
    )

    def __str__(self) -> str:
        return self.name


class Grant(Vocabulary, Model):
    """A role may do `permission` (a name or a pattern such as `core.customer.*`) as far as `scope` reaches."""

    __tablename__ = "core_grant"
    role_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_role.id", ondelete="RESTRICT"), index=True)
    # No t.Line: the kind of an annotated type would win over this one.
    permission: Mapped[str] = mapped_column(sa.String(255), info={"label": _("Permission"), "kind": "permission"})
    scope: Mapped[Scope] = mapped_column(
        default=Scope.own,
        info={"label": _("Scope"), "labels": {"own": _("own"), "team": _("team"), "department": _("department"),
                                              "subtree": _("department and below"), "all": _("all")}},
    )


class Rule(enum.StrEnum):
    """What a field rule does."""

    hidden = "hidden"
    readonly = "readonly"


class FieldRule(Vocabulary, Model):
    """A role does not see, or may not change, one field of a resource."""

    __tablename__ = "core_field_rule"
    role_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_role.id", ondelete="RESTRICT"), index=True)
    resource: Mapped[str] = mapped_column(sa.String(60), info={"label": _("Resource"), "kind": "resource_name"})
    field: Mapped[str] = mapped_column(sa.String(60), info={"label": _("Field"), "kind": "field_name"})
    rule: Mapped[Rule] = mapped_column(
        default=Rule.hidden, info={"label": _("Rule"), "labels": {"hidden": _("hidden"), "readonly": _("read-only")}}
    )


class StandIn(Owned, Model):
    """Its owner is away from one day to another; with a stand-in somebody decides in his place: reviews, approvals, whatever asks `access/lines.py`."""

    __tablename__ = "core_stand_in"
    substitute_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), index=True, info={"label": _("Stand-in"), "help": _("Nobody: you are away, and who writes to you reads your words.")}
    )
    begins: Mapped[dt.date] = mapped_column(info={"label": _("From")})
    ends: Mapped[dt.date] = mapped_column(info={"label": _("Until")})
    words: Mapped[t.Line | None] = mapped_column(info={"label": _("Words for who writes"), "help": _("Whoever writes to you while you are away reads this.")})
    note: Mapped[t.Line | None] = mapped_column(info={"label": _("Remark")})


class Share(Keyed, Model):
    """A record is shared with a colleague or a team until a day: part of who may see what (`access.actor`). Written by
    resource/shares.py, which keeps its history."""

    __tablename__ = "core_share"
    subject: Mapped[str] = t.AnyRef()
    subject_id: Mapped[t.Id]
    user_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"))
    team_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_team.id", ondelete="RESTRICT"))
    writes: Mapped[bool] = mapped_column(default=False)
    until: Mapped[dt.date]
    why: Mapped[str | None] = mapped_column(sa.Text())
    by_id: Mapped[t.Id | None]
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())

    __table_args__ = (
        sa.Index("ix_core_share_subject", "subject", "subject_id"),
        sa.Index("ix_core_share_user", "user_id", "until"),
        sa.Index("ix_core_share_team", "team_id", "until"),
    )

    @classmethod
    def live(cls) -> sa.ColumnElement[bool]:
        """Those that hold today."""
        return cls.until >= clock.today()


class SiteRow(Keyed, Model):
    """The one row of a site: counters that tell processes when what they keep has become stale."""

    __tablename__ = "core_site"
    public_id: Mapped[str] = mapped_column(sa.String(32))
    # Grows with every change of people, departments, teams, roles, grants, field rules and choices.
    rights: Mapped[int] = mapped_column(default=1)
    generation: Mapped[int] = mapped_column(default=1)  # the set of active plugins (second half)
    made_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())


class SessionRow(Keyed, Model):
    """A sign-in. Only the digest of the cookie's secret is kept; `epoch` must equal the user's, or it is over."""

    __tablename__ = "core_session"
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), index=True)
    epoch: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    seen_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    proved_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())  # password given: risky acts ask again after ten minutes
    address: Mapped[str | None] = mapped_column(sa.String(60))
    browser: Mapped[str | None] = mapped_column(sa.String(200))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Token(Keyed, Model):
    """An API token. Only SHA-256 of the secret is kept; its scopes never exceed the owner's rights of the moment."""

    __tablename__ = "core_token"
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    prefix: Mapped[str] = mapped_column(sa.String(12))
    name: Mapped[t.Name]
    user_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), index=True)
    epoch: Mapped[str] = mapped_column(sa.String(64))
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    made_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    expires_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    seen_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())


class OneTime(Keyed, Model):
    """A link that works once: password reset, first start. Only the digest is kept."""

    __tablename__ = "core_one_time"
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[str] = mapped_column(sa.String(40))
    user_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"))
    made_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    expires_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    used_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())


class Throttle(Keyed, Model):
    """Attempts counted in a window, in the database so that a restart forgets nothing."""

    __tablename__ = "core_throttle"
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    count: Mapped[int] = mapped_column(default=0)
    since: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())


class SecurityEvent(Keyed, Model):
    """Who did what to the security of the house: append-only, narrow."""

    __tablename__ = "core_security_event"
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime(), index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    user_id: Mapped[t.Id | None]
    address: Mapped[str | None] = mapped_column(sa.String(60))
    detail: Mapped[str | None]
