"""Resource: one declaration from which every face of an entity is made.

    class Visits(Resource):
        model = Visit
        label = _("Visits")
        columns = "subject", "customer", "day", "outcome"
        filters = "day", "outcome", "owner"
        search = "subject", "note"
        sorts = "-updated_at", "day"

`core.visit`-style names, permissions (`<name>.<verb>`), routes and API follow from the table's name.
Long because it is the one place that lists what a resource can say.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from crm_core.access import actor as access
from crm_core.access.gate import scope_for
from crm_core.access.models import Rule
from crm_core.data.mixins import SCOPE_COLUMNS, is_part_of_any, is_scoped
from crm_core.data.session import current_work, session, system_scope
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor, offered
from crm_core.resource import acts, byhand, custom, fieldnames, indexes, kept, removal, totals  # noqa: F401  (byhand: objects changed by hand are checked before a flush; fieldnames: a kind of field)
from crm_core.resource import write as path
from crm_core.resource.briefs import brief_of
from crm_core.resource.fields import Field
from crm_core.resource.inspection import fields_of, resource_name
from crm_core.resource.pieces import Lines, Part, Section, laid_out
from crm_core.resource.places import NAME as PLACE
from crm_core.resource.places import Place
from crm_core.resource.seen import seeing
from crm_core.resource.settled import Settled

if TYPE_CHECKING:
    from crm_core.kernel.registry import Registry

__all__ = ["LISTS", "VERBS", "Lines", "Part", "Resource", "Section", "Settled"]

VERBS = ("read", "create", "update", "delete", "export", "import", "print", "assign")
LISTS = ("columns", "filters", "search", "said", "sorts", "subtitle", "brief", "gantt", "spans", "known_by")  # attributes that name fields


class Resource:
    """Base of all resources. Class attributes are the declaration; the one instance hangs on the registry."""

    model: ClassVar[Any]  # the mapped class
    name: ClassVar[str] = ""  # follows from the table: `visits_visit` is `visits.visit`
    label: ClassVar[Any] = ""  # of many
    singular: ClassVar[Any] = ""  # of one
    icon: ClassVar[str] = "puzzle"  # in the rail, beside the name
    menu: ClassVar[str] = ""  # the section of the rail it stands in; `register_menu` for more than that
    columns: ClassVar[tuple[str, ...]] = ()  # of the list; people may choose others
    filters: ClassVar[tuple[str, ...]] = ()  # fields the list can be asked for
    search: ClassVar[tuple[str, ...]] = ()  # fields in which words are looked for
    said: ClassVar[tuple[str, ...]] = ()  # fields that pickers say beside its name; else what tells most records apart (web/lookups.py)
    search_names: ClassVar[tuple[str, ...]] = ("name",)  # of those: found by pinyin and initials too
    sorts: ClassVar[tuple[str, ...]] = ("-updated_at",)  # fields with an index each; the first is how a list begins
    form: ClassVar[tuple[Section, ...]] = ()  # groups of a long form
    shown_if: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # a field of the form → another one and the values by which it shows ("*": any)
    brief: ClassVar[tuple[str, ...]] = ()  # fields that everybody with `.brief.read` knows of records beyond his reach
    lines: ClassVar[tuple[Lines, ...]] = ()  # rows inside the form
    known_by: ClassVar[tuple[str, ...]] = ("code",)  # fields by which rows of a file mean records that are there; a `t.Number` always is one
    actions: ClassVar[Sequence[Action]] = ()  # verbs of its own
    calendar: ClassVar[str] = ""  # the date its calendar is laid out by; else the first that people write
    gantt: ClassVar[tuple[str, ...]] = ()  # the dates its bars reach from and to on a Gantt chart; none where it has no such chart
    spans: ClassVar[tuple[str, ...]] = ()  # the fields it reaches from and to, `("begins", "ends")`: it does not end before it begins
    place: ClassVar[Place | None] = None  # where its records stand on the map
    board: ClassVar[str] = ""  # the choice, or word of a vocabulary, its board has a column for each of; else its status, else its first choice
    status: ClassVar[str] = ""  # the field shown as a pill beside the name
    overview: ClassVar[Any] = _("Overview")  # what the first page of a record is called
    submit: ClassVar[Any] = ""  # what the button of its new form says, where that is not "Save"
    subtitle: ClassVar[tuple[str, ...]] = ()  # fields of the line beneath the name
    readonly: ClassVar[bool] = False  # no create, update, delete by people
    takes_fields: ClassVar[bool] = False  # fields of an administrator's own though read-only: its feature asks for them
    given: ClassVar[tuple[str, ...]] = ()  # verbs that who gave a record (its `giver_id`) has on it as well, as far as he has them at all
    told: ClassVar[tuple[str, ...]] = ()  # columns whose changes have lines of their own on the time line
    personal: ClassVar[bool] = False  # rows are their owner's without any grant
    private: ClassVar[bool] = False  # and nobody else's, whatever his grants: no share, no stand-in, no administrator
    private_to_teams: ClassVar[bool] = False  # private, and a row may be a team's: its members', and nobody else's
    proved: ClassVar[bool] = False  # touches what others may do: a job that changes many is begun by who has given his password lately
    own_rights: ClassVar[bool] = False  # a part with rights of its own
    timeline: ClassVar[bool] = False  # its records have a time line
    files: ClassVar[bool] = True  # files can be put on its records
    unique: ClassVar[tuple[tuple[str, ...], ...]] = ()  # groups of fields that together are unique
    settled: ClassVar[tuple[Settled, ...]] = ()  # when its records stay as they are, so that only acts change them (resource/settled.py)
    is_brief: ClassVar[bool] = False  # set by the program: the brief view itself
    verbs: ClassVar[tuple[str, ...]] = VERBS  # what may be done with it at all
    help: ClassVar[Any] = ""  # what the screen is for; shown by the help of the screen one is on
    hidden_fields: ClassVar[tuple[str, ...]] = ("team",)  # fields no form shows (a user's own owner)
    virtual: ClassVar[tuple[Field, ...]] = ()  # fields that are no column: only filters ask them (tags)
    tree: ClassVar[str] = ""  # the column of the record above, where a filter for one means all below it too
    entry: ClassVar[tuple[tuple[str, str], ...]] = ()  # what its menu entry asks the list for (my open tasks)
    beside: ClassVar[tuple[tuple[Any, str], ...]] = ()  # (label, address) of pages that stand beside its list as tabs
    in_palette: ClassVar[bool] = True  # found by the command search
    duplicates: ClassVar[tuple[str, ...]] = ()  # fields by which two of its records are found to be one (resource/twins.py)
    duplicate_lines: ClassVar[tuple[str, ...]] = ()  # and columns of its lines, `addresses-street` (`alike_beside`)
    duplicate_hints: ClassVar[tuple[str, ...]] = ()  # and fields that only `alike_beside` asks for
    limited: ClassVar[bool] = False  # its acts may go over a limit (`OverLimit`): flows of approval can be drawn for that
    mergeable: ClassVar[bool] = False  # two of its records can be found to be one (resource/merging.py)
    importable: ClassVar[bool] = False  # offered by the import
    importer: ClassVar[Any] = None  # how it is imported; None: resource/exchange/importing.py's plain way
    addressed: ClassVar[Any] = None  # where its post goes (resource/post.py): labels and envelopes; an `Addressed(…)` or the name of a reference
    order: ClassVar[int] = 50  # in the rail

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.title is not Resource.title and not hasattr(cls.title, "__wrapped__"):  # be it of a class it is made of besides
            cls.title = seeing(cls.title)  # type: ignore[assignment, method-assign]
        if "model" not in cls.__dict__:
            return
        for attribute in LISTS:  # `search = "name"` is one field, not its letters
            if isinstance(one := getattr(cls, attribute), str):
                setattr(cls, attribute, (one,))
        cls.name = cls.__dict__.get("name") or resource_name(cls.model)
        cls.model.__permission__ = cls.name
        cls.singular = cls.singular or cls.label
        if cls.personal:
            access.PERSONAL.add(cls.name)
        if cls.given:
            access.GIVEN[cls.name] = frozenset(cls.given)
        if cls.private:
            access.PRIVATE[cls.name] = frozenset(VERBS) - set(cls.verbs)
            if cls.private_to_teams:
                access.TEAMS.add(cls.name)
        parent = getattr(cls.model, "__part_of__", None)
        if parent and not cls.own_rights:
            access.PARTS[cls.name] = parent if "." in parent else f"{cls.name.partition('.')[0]}.{parent}"
        if is_part_of_any(cls.model):
            access.OF_ANY.add(cls.name)
        for lines in cls.lines:
            if is_scoped(lines.model):
                line_name = resource_name(lines.model)
                if "__permission__" not in lines.model.__dict__:
                    lines.model.__permission__ = line_name
                access.PARTS.setdefault(line_name, cls.name)
                access.LINES.setdefault(line_name, cls.name)
        if cls.place is not None and PLACE not in cls.filters:
            cls.virtual, cls.filters = (*cls.virtual, cls.place.field(cls.model.__table__)), (*cls.filters, PLACE)
        if (told := getattr(cls.model, "__declares__", None)) is not None and not cls.is_brief:  # what a mixin of the table brings along
            told(cls)
        indexes.add(cls)
        cls.filters = custom.Grown(cls.filters, custom.with_filters)  # type: ignore[assignment]
        cls.search = custom.Grown(cls.search, custom.with_words)  # type: ignore[assignment]
        cls.form = custom.Grown(cls.form, laid_out)  # type: ignore[assignment]
        if cls.brief and not cls.is_brief:
            cls.brief_class = brief_of(cls, Resource)

    brief_class: "ClassVar[type[Resource] | None]" = None

    @classmethod
    def sort_keys(cls) -> tuple[str, ...]:
        """Names of the fields that are sorted by an index, at any size."""
        return tuple(s.lstrip("-") for s in cls.sorts)

    def sorted_at_once(self, name: str) -> bool:
        """Whether a list of any size can be sorted by this field."""
        own = custom.of(self.name).get(name)
        return name in self.sort_keys() or (own is not None and bool(own.info["promoted"]))

    # --- bound to a registry -------------------------------------------------------------------------------------

    registry: "Registry"

    def bind(self, registry: "Registry") -> None:
        """Called once when the registry is complete."""
        self.registry = registry

    @property
    def all_fields(self) -> dict[str, Field]:
        """Every field, whatever anybody's rights: those of the class and those an administrator added."""
        return custom.merged(self, self._declared)

    @cached_property
    def _declared(self) -> dict[str, Field]:
        found = fields_of(self.model)
        if self.is_brief:
            found = {n: replace(f, readonly=True) for n, f in found.items() if n in self.brief}
        return found

    @property
    def virtual_fields(self) -> dict[str, Field]:
        """Fields that only filters ask, as far as the actor may: one that goes by a sensitive column is for who sees that, and one
        that `tells` of fields for who sees them."""
        seen = self.fields().keys()
        return {f.name: f for f in self.virtual if (not f.sensitive or self.may_see_sensitive) and seen >= set(f.info.get("tells", ()))}

    @property
    def may_see_sensitive(self) -> bool:
        """Whether the actor sees the sensitive fields of these records."""
        who = None if current_work().session.system else actor()
        return who is None or bool(who.can(f"{self.rules_of}.sensitive"))

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]

    @property
    def path(self) -> str:
        """The last part of its addresses, `customer` or `customer.brief`."""
        return self.name.partition(".")[2]

    @property
    def table(self) -> sa.Table:
        return self.model.__table__  # type: ignore[no-any-return]

    @property
    def part_of(self) -> str | None:
        return access.PARTS.get(self.name)

    @cached_property
    def parent_field(self) -> Field | None:
        """The reference of a part to its parent."""
        parent = getattr(self.model, "__part_of__", None)
        return self.all_fields.get(parent.rpartition(".")[2]) if parent else None

    @property
    def all_actions(self) -> dict[str, Action]:
        """What can be done with its records, as far as the acting person is shown it."""
        if not getattr(actor(), "hidden", None):
            return self._all_actions
        foreign = self.registry.actions.get(self.name, ())
        hidden = {a.name for a in foreign} - {a.name for a in offered(foreign)}
        return {name: action for name, action in self._all_actions.items() if name not in hidden}

    def shown_actions(self) -> list[Action]:
        """Those pages show: what the actor may do on any record at all and this house uses now."""
        return [a for a in self.all_actions.values() if (a.offered is None or a.offered()) and self.may(a.name)]

    @cached_property
    def _all_actions(self) -> dict[str, Action]:
        if not self.verbs:
            return {}
        found = (*(() if self.is_brief else self.own_actions), *self.registry.actions.get(self.name, ()))
        return {a.name: a for a in sorted(found, key=lambda a: a.order)}

    @property
    def own_actions(self) -> tuple[Action, ...]:
        """Those that no other package has put here."""
        return (*acts.standard(self), *self.actions)

    @property
    def brief_resource(self) -> "Resource | None":
        """The brief view of this resource, if it has one."""
        return self.registry.resources.get(f"{self.name}.brief") if self.brief and not self.is_brief else None

    @cached_property
    def of_any(self) -> bool:
        """Whether its records hang on records of whatever resource."""
        return is_part_of_any(self.model)

    @cached_property
    def holds_files(self) -> bool:
        """Whether files can be put on its records: on records in the narrow sense that have a page."""
        return self.files and is_scoped(self.model) and bool(self.verbs) and not (self.is_brief or self.personal or self.of_any)

    @cached_property
    def line_resources(self) -> "dict[str, Resource]":
        found: dict[str, Resource] = {}
        for declared in self.lines:
            known = self.registry.by_model.get(declared.model)
            made = known or type(f"{declared.model.__name__}Lines", (Resource,), {
                "model": declared.model, "label": declared.label or declared.name, "columns": declared.columns,
                "verbs": (), "sorts": (),
            })()
            made.bind(self.registry)
            found[declared.name] = made
        return found

    def line_resource(self, name: str) -> "Resource":
        """The resource of the child rows edited inside this one's form."""
        return self.line_resources[name]

    @cached_property
    def _links(self) -> "dict[str, str]":
        """Name of a lines declaration → the child's column that holds this record's id."""
        found = {}
        for declared in self.lines:
            keys = [c.name for c in declared.model.__table__.columns if any(k.column.table is self.table for k in c.foreign_keys)]
            keys.sort(key=lambda name: name in SCOPE_COLUMNS)  # a part's own owner columns come last
            found[declared.name] = declared.parent or keys[0]
        return found

    def line_fields(self, declared: Lines) -> dict[str, Field]:
        """The fields of such lines as their form has them, as far as the actor may see them."""
        seen = self.line_resource(declared.name).fields()
        return {name: seen[name] for name in declared.columns if name in seen}

    def link_column(self, name: str) -> str:
        return self._links[name]

    @cached_property
    def form_of(self) -> "tuple[Resource, str]":
        """The resource in whose form such rows are changed, and the column that says in which record's: lines have no rights of their own."""
        for other in self.registry.resources.values() if not self.verbs else ():
            for declared in other.lines:
                if declared.model is self.model:
                    return other, other.link_column(declared.name)
        return self, "id"

    @cached_property
    def _parts(self) -> "list[Part]":
        found: dict[str, Part] = {}
        for declared in self.lines:
            child = self.line_resource(declared.name)
            found[child.name] = Part(child, self._links[declared.name])
        for other in self.registry.resources.values():
            if other.is_brief or other is self:
                continue
            link = other.parent_field
            if other.of_any and self.holds_files:
                found[other.name] = Part(other, "subject_id", self.name)
            elif link is not None and getattr(link, "target", "") == self.name:
                found[other.name] = Part(other, link.column)
        return list(found.values())

    @cached_property
    def sums(self) -> "tuple[totals.Sum, ...]":
        """Columns of records that are sums over rows of this one."""
        return tuple(totals.kept_by(self))

    def parts(self) -> "list[Part]":
        """Resources whose rows are parts of this one's, with how they say so."""
        return [] if self.is_brief else self._parts

    # --- rights --------------------------------------------------------------------------------------------------

    def may(self, verb: str) -> bool:
        """Whether the actor may do this verb on any row at all."""
        if current_work().session.system:
            return True
        return bool(actor().can(f"{self.name}.{verb}")) and not (self.readonly and verb in ("create", "update", "delete", "import"))

    def fields(self, *, writing: bool = False) -> dict[str, Field]:
        """The fields the actor may see, with those he may not change marked read-only; `writing` leaves these out.

        Every face starts here: a field removed from this dict is gone from all of them.
        """
        who, every = None if current_work().session.system else actor(), self.all_fields
        kept = who.shown.get((self.name, writing)) if who is not None else None
        if kept is not None and kept[0] is every:  # a page asks eight times
            return dict(kept[1])
        found = {}
        for name, one in every.items():
            rule = who.rule(self.rules_of, name) if who is not None else None
            if rule is Rule.hidden:
                continue
            if who is not None and self.asleep(one):
                continue
            if rule is Rule.readonly and not one.readonly:
                one = replace(one, readonly=True)
            if one.sensitive and not self.may_see_sensitive:
                continue
            if one.readonly and writing and (one.kind != "number_series" or rule is not None):  # a number may be brought along
                continue
            found[name] = one
        if who is not None:
            who.shown[self.name, writing] = every, found
        return dict(found)

    def asleep(self, field: Field) -> bool:
        """Whether a field points at records of a plugin that is switched off: nobody can read or choose one, and what is chosen stays."""
        package = getattr(field, "target", "").partition(".")[0]
        return bool(package) and self.registry.package(package) is None

    @property
    def rules_of(self) -> str:
        """The resource whose field rules bind here: a brief obeys those of the full one."""
        return access.BRIEFS.get(self.name, self.name)

    # --- reading -------------------------------------------------------------------------------------------------

    def visible(self, verb: str = "read") -> sa.Select[Any]:
        """Select the rows the actor may do `verb` on. The gate adds what he may read; other verbs add their branches here."""
        query = sa.select(self.model)
        current = current_work().session
        if verb != "read" and is_scoped(self.model) and not current.system:
            query = query.where(scope_for(current.actor, self.model, verb).clause(self.model))
        return query

    def get(self, row_id: int, verb: str = "read") -> Any:
        """The row, if the actor may do `verb` on it; raises Missing for what is not there and what is not his alike."""
        query = kept.by_id(self.model) if verb == "read" else self.visible(verb).where(self.model.id == sa.bindparam("id", type_=sa.BigInteger()))
        found = session.scalars(query, {"id": row_id}).one_or_none() if self.may(verb) else None
        if found is None:
            raise Missing(_("This record was not found."))
        return found

    def merged_into(self, row_id: int) -> int | None:
        """Where a tombstone leads, for those who may read what it leads to; chains are followed to their end."""
        table, seen = self.table, {row_id}
        with system_scope("tombstone") as db:
            kept = None
            found = db.execute(sa.select(table.c.merged_into_id).where(table.c.id == row_id)).scalar_one_or_none()
            while found is not None and found not in seen and len(seen) < 50:
                seen.add(found)
                kept = found
                found = db.execute(sa.select(table.c.merged_into_id).where(table.c.id == kept)).scalar_one_or_none()
        if kept is None or not self.may("read"):
            return None
        return kept if session.scalar(sa.select(self.model.id).where(self.model.id == kept)) is not None else None

    def sees(self, row_id: int, verb: str = "read") -> bool:
        """Whether the actor may do this on this record, as a whole. A statement, where he may on any."""
        return self.may(verb) and self._lies(row_id, verb)

    def _lies(self, row_id: int, verb: str) -> bool:
        return session.scalar(self.visible(verb).with_only_columns(self.model.id).where(self.model.id == row_id)) is not None

    def may_hold(self, row_id: int) -> None:
        """Whether the actor may put files on this record: who may change it, also where no form does. Raises Missing."""
        may = current_work().session.system or actor().can(f"{self.name}.update")
        if not may or not self._lies(row_id, "update"):
            raise Missing(_("This record was not found."))

    def labels(self, ids: Iterable[int]) -> dict[int, str]:
        """Names of these records, as far as the actor may know them: through the brief where there is one."""
        wanted = list({int(i) for i in ids})
        if not wanted:
            return {}
        source = self.registry.resources.get(f"{self.name}.brief", self) if self.brief and not self.is_brief else self
        if not source.may("read"):
            return {}
        rows = session.execute(kept.by_ids(source.model, source.label_column.key), {"ids": wanted})
        if source.label_target:
            found = {row[0]: row[1] for row in rows}
            names = self.registry.resource(source.label_target).labels([one for one in found.values() if one])
            return {row_id: names.get(one) or f"#{row_id}" for row_id, one in found.items()}
        return {row[0]: str(source.word(row[1])) for row in rows}

    def name_of(self, row_id: int | None, otherwise: Any = "") -> Any:
        """The name of one of them; `otherwise` where there is none, or none the actor may know."""
        return self.labels([row_id]).get(row_id, otherwise) if row_id is not None else otherwise

    def below(self, ids: Iterable[int]) -> tuple[int, ...]:
        """These records of a tree and all below them, in one statement. Only for vocabularies: they have no scope."""
        table = self.table
        start = sa.select(table.c.id).where(table.c.id.in_(list(ids))).cte("below", recursive=True)
        step = sa.select(table.c.id).where(table.c[self.tree] == start.c.id, table.c.deleted_at.is_(None))
        return tuple(session.scalars(sa.select(start.union(step).c.id)))

    def by_name(self, names: Iterable[str]) -> dict[str, int]:
        """Ids of records named exactly so (codes too); ambiguous names are left out."""
        source = self.registry.resources.get(f"{self.name}.brief", self) if self.brief and not self.is_brief else self
        wanted = list(names)
        columns: list[Any] = [source.label_column]
        columns += [getattr(source.model, c) for c in ("login", "code") if c in source.all_fields]
        found: dict[str, set[int]] = {}
        for column in columns:
            for row in session.execute(sa.select(source.model.id, column).where(column.in_(wanted)).limit(2_000)):
                found.setdefault(row[1], set()).add(row[0])
        return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}

    @property
    def label_field(self) -> str:
        for name in ("name", "title", "subject", "login", "code"):
            if name in self.all_fields:
                return name
        return next(iter(self.all_fields))

    @property
    def label_column(self) -> InstrumentedAttribute[Any]:
        return getattr(self.model, self.all_fields[self.label_field].column)  # type: ignore[no-any-return]

    def word(self, value: Any) -> Any:
        """The shown form of a label: words as they stand, all else as its field shows it; resources with translated names override it."""
        return value if value is None or type(value) is str or self.label_target else self.all_fields[self.label_field].show(value)

    @cached_property
    def label_target(self) -> str:
        """The resource whose name is the label, where a record is called by what it points at."""
        return getattr(self.all_fields[self.label_field], "target", "") or ""

    def brief_word(self, value: str) -> str:
        """A label where there is little room: in a list of other records."""
        return value

    def title(self, row: Any) -> str:
        """What a record is called on its page and in sentences about it. One of your own gets the row as the reader may see it
        (resource/seen.py): `return f"{row.number or ''} {row.name or ''}"`."""
        value = getattr(row, self.all_fields[self.label_field].column, None)
        if self.label_target:
            value = self.registry.resource(self.label_target).labels([value]).get(value) if value else None
        return str(self.word(value) or f"#{row.id}")

    def remarks(self, ids: Sequence[int]) -> Mapping[int, Any]:
        """What pickers and the search say of records besides (a warning, a wish), by id; also where they are known in brief."""
        return {}

    def remarks_beside(self, ids: Sequence[int], beside: Mapping[str, str]) -> Mapping[int, Any]:
        """The same in a form that says this in other fields, as typed (a reference's `info={"beside": ("begins", "ends")}` names them)."""
        return self.remarks(ids)

    def count_label(self, n: int) -> Any:
        return ngettext("%(n)s record", "%(n)s records", n)

    def alike_beside(self, given: Mapping[str, Any], lines: Mapping[str, Sequence[Mapping[str, str]]], near: Collection[int]) -> Mapping[int, Sequence[Any]]:
        """Records that look like what is typed by what lies beside them (addresses, contacts), whatever anybody's rights, with the
        reasons (resource/twins.py). `given`: field → value, `lines`: the texts of lines of the form, `near`: ids of those found by
        their own fields. A fixed number of statements."""
        return {}

    def page_queries(self, row: Any) -> dict[str, kept.Ask]:
        """Small questions of the record page: key → kept select of (id, text) and its parameters. They are asked together
        with the page's own, in one statement; `dress` gets the answers."""
        return {}

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        """The record page (web.viewmodels.RecordPage) with what this resource adds: figures, main contacts, acts. `row` is
        the record as the reader may see it (resource/seen.py), `found` the answers to `page_queries`."""
        return page

    def dress_brief(self, row: Any, page: Any) -> Any:
        """The same for the page of its brief, whose reader knows nothing but `brief`."""
        return page

    def form_acts(self, given: Mapping[str, str]) -> Sequence[Any]:
        """Buttons (web.viewmodels.Act) above the form of a new record; `given`: what the link has filled in."""
        return ()

    def defaults(self) -> dict[str, Any]:
        """Values a new form begins with: field → value."""
        return {}

    def board_words(self, field: Any, filters: Sequence[Any]) -> Sequence[int]:
        """Which words of a vocabulary its board has a column for, be it empty, in their order: ids of rows of what `field` refers to. `filters`:
        what the board was asked for. One statement."""
        target = field.resource
        order = [target.table.c[name] for name in ("position", "id") if name in target.table.c]
        return session.scalars(sa.select(target.model.id).order_by(*order).limit(50)).all()

    def act_for(self, field: str, value: Any) -> str:
        """The act by which a record comes to this value of a field, where one asks more than the value (why a deal was won): a card of a board and a
        cell open its form instead of saving. "": none. `check` refuses what comes by other doors. No statement a value."""
        return ""

    def example(self, make: Any, owner: Any) -> int | None:
        """A record for the contract suite, of a resource whose records only acts make (a delivery needs a confirmed order): its id.
        `make("sales.order", owner=owner)` makes others (testing/make.py). None: it is made by filling in its fields."""
        return None

    # --- plug points: set-shaped ---------------------------------------------------------------------------------

    def whose(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, Mapping[str, Any]]:
        """Of new rows that name no owner, department or team (column → value, with the lines that were given): position → the owner columns of those that
        follow another record (money its invoice). They hold where the actor may make records of that owner, and see them; else a row is its maker's.
        No queries a row. A form of such a resource leaves the owner open."""
        return {}

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        """Fill derived columns of rows about to be written (column → value, `id` for existing ones, `before` their old
        columns). In place; no queries a row."""

    def follow_head(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        """Of a line's resource, before `derive`: these rows belong to records that were changed in one of `Lines.follows`, with them or alone."""

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        """Faults by position in `rows`: {0: {"day": [sentence]}}. Rows are as for `derive`, with all that was derived, and lines that were
        given by their name ("items": the whole list, field → value as for `write`). May ask the database once a set."""
        return {}

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        """After a set was created, updated, deleted or restored, in the same transaction: emit events here."""

    def held(self, ids: Sequence[int]) -> set[int]:
        """Which of these rows are in use, so that undoing their creation leaves them."""
        return removal.held(self, ids)

    # --- writing (resource/write.py) -----------------------------------------------------------------------------

    def write(self, rows: list[dict[str, Any]], *, kind: str = "save") -> list[int]:
        """Create rows without `id`, update those with one; see resource/write.py. Returns ids in the same order."""
        return path.write(self, rows, kind=kind)

    def delete(self, ids: Sequence[int], *, versions: Mapping[int, int] | None = None) -> int:
        """Into the recycle bin, with their parts; returns the change that `undo` takes back."""
        return path.delete(self, ids, versions=versions)

    def run(self, name: str, ids: Sequence[int], values: Mapping[str, Any] | None = None) -> int:
        """Do an act on rows; returns the change that `undo` takes back. Raises Refused when it is not possible now."""
        return acts.run(self, name, ids, values)

    def made_in(self, change: int) -> int | None:
        """The newest of its records that a change (what `run` returns) made, as far as the actor sees it."""
        return acts.made_in(self, change)

    def system_row(self, row_id: int) -> sa.Row[Any] | None:
        """All columns of a row whatever anybody's rights, for integrity work."""
        with system_scope("integrity") as db:
            return db.execute(sa.select(self.table).where(self.table.c.id == row_id)).one_or_none()
