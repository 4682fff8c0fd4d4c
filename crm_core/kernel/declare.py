"""What a package declares in its `plugin.py`: plain values that core wires up. Sorted by `order`, then name.

Long because whoever writes a plugin finds every one of them here."""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm_core.kernel.manifest import Manifest


@dataclass(frozen=True)
class Menu:
    """An entry of the rail. `target` is a Resource class, or an endpoint name together with `permission`."""

    label: Any
    target: Any
    section: str = ""
    icon: str = ""
    order: int = 50
    permission: str = ""
    name: str = ""
    when: Callable[[], bool] | None = None  # whether it is there for the acting person; asked when his rights change
    badge: Callable[[], Any] | None = None  # a select of the ids to count beside it, up to 100 (or an `Ask`, which costs half); all are asked in one statement


@dataclass(frozen=True)
class Section:
    """A group of the rail."""

    name: str
    label: Any
    order: int = 50


@dataclass(frozen=True)
class Panel:
    """A box beside another resource's record. `load(record_id)` runs in the reader's rights and gives the values of `template`
    (`visits/panel.html` in the package's folder `templates`). Filled when it is seen, so it costs the page nothing.

    `on` names the resource, or is asked of each there is: `load` and `when` are then called with the resource first. `when` says whether the
    reader has the box, where no `permission` does; `fits(record)` whether this record has it, as it stands now and its reader sees it (a hidden field is None). `shows`: the fields it tells of
    (`sales.invoice.total`), without one of which it is not for him. `first`: it says what matters most now, and stands above all else, filled with the page."""

    on: str | Callable[[Any], bool]
    name: str
    label: Any
    load: Callable[..., Any]
    template: str = ""
    icon: str = ""
    order: int = 50
    permission: str = ""
    when: Callable[..., bool] | None = None
    shows: Sequence[str] = ()
    fits: Callable[[Any], bool] | None = None
    first: bool = False


@dataclass(frozen=True)
class Related:
    """A tab on another resource's record page: the rows of `resource` that point at the record, their count, a new button."""

    on: str
    resource: Any
    order: int = 50
    label: Any = None
    icon: str = ""
    via: str = ""  # the reference field; found by itself when there is only one


@dataclass(frozen=True)
class Action:
    """A verb on records: at once a button, a bulk act, `POST /api/v1/<p>/<r>/<id>/<name>`, a permission, a change with an id.

    `call(row, **values)` runs inside the write transaction with the row loaded under the actor's rights for this verb;
    with `whole` it is `call(resource, ids, **values)`, once for the set. `fields` are what it asks: names of fields
    of the record, which must be filled in then, and `Field(…)` for anything else (or a function of the resource that gives
    them). Form, JSON body and check come from them. `fit(rows)` says what of them is otherwise for the records it is about,
    `{"amount": {"default": rows[0].remaining}}`: what a field begins with, offers or says beside it. The rows are as who acts may
    see them, what is hidden from him is None. A `FileField(…)` among them is a file that is sent along or chosen among those of the record:
    `call` gets its id. Of many records at once no file is asked, and an act that must have one is no bulk act.
    """

    name: str
    label: Any
    call: Callable[..., Any]
    when: Callable[[Any], bool] | None = None
    on: str = ""
    icon: str = ""
    order: int = 50
    bulk: bool = True
    button: bool = True  # on the record's page
    primary: bool = False
    quiet: bool = False  # under ⋯ on the record's page
    danger: bool = False  # under ⋯ and in red, everywhere
    confirm: Any = None  # a sentence asked first
    fields: Sequence[Any] | Callable[[Any], Sequence[Any]] = ()
    fit: Callable[[Sequence[Any]], Mapping[str, Mapping[str, Any]]] | None = None
    whole: bool = False
    final: bool = False  # what it did is not taken back: no Undo is offered after it
    offered: Callable[[], bool] | None = None  # whether this house uses it now; where it does not, no page shows it
    makes: str = ""  # the resource of which it makes a record: that one's page is shown next


@dataclass(frozen=True)
class Column:
    """A computed column for another's list: `load(ids) -> {id: value}`, one query a page, only when chosen. `field`: the
    field it draws, if any; it is left out where that is the same in all rows (the tab of a record). `shows`: the fields of others it tells of
    (`sales.order.total`), without one of which a reader has it not."""

    on: str
    name: str
    label: Any
    load: Callable[[Sequence[int]], Mapping[int, Any]]
    order: int = 50
    kind: str = "line"
    field: str = ""
    shows: Sequence[str] = ()


@dataclass(frozen=True)
class Report:
    """A question about the records of `of`: `query(rows)` gets those the reader may see as a sub-select and gives a select of what is
    told apart and its numbers. A table with its chart ("bar", "line" or none) of the first number; its lines lead to the records. `heads`: what
    stands above numbers that are no field of the record, by their name in the select. `month`: the date (a filter of their list) whose month,
    such as 2026-11, is what is told apart, so that its lines lead to the records of that month."""

    name: str
    label: Any
    of: Any
    query: Callable[[Any], Any]
    chart: str = "bar"
    icon: str = ""
    order: int = 50
    when: Callable[[], bool] | None = None  # whether the reader is shown it now
    heads: Mapping[str, Any] = field(default_factory=dict)  # label of a column of the select that is no field of the records → what stands above it
    money: Sequence[str] = ()  # labels of such columns that are amounts
    month: str = ""


@dataclass(frozen=True)
class Card(Report):
    """The same as a small panel on the home page; or, when it counts what waits for its reader, a line of what does."""

    waits: str = ""  # the address where that is worked off


@dataclass(frozen=True)
class Metric:
    """What plans of work count by themselves: records of `of` whose day (field `at`) lies in the plan's time and whose person (field
    `by`) is the plan's, narrowed by filters of its list (`where`: `("kind.any", "visit")`): each one, or the sum of the field
    `total`. `at` and `by` are filters of that list too, so that a figure leads to the records behind it. `within`: references of `of`
    (filters of its list) by which a line of a plan may name a part of it: "category", "product". `once`: a reference of `of` (a filter of
    its list, too): of several records that name the same, one counts, so that a deal which several share is one for their department."""

    name: str
    label: Any
    of: Any
    at: str = "created_at"
    by: str = "owner"
    where: Sequence[tuple[str, str]] = ()
    total: str = ""
    order: int = 50
    within: Sequence[str] = ()
    once: str = ""


@dataclass(frozen=True)
class Timeline:
    """Records of `of` leave a line on the time line of what they point at by `via`, when they are made. The line names the record as
    far as its reader may know it; `words` says what happened (“visited”), else that it was added. `follow_up`: who made it has
    followed the customer up by that (an order, a visit), as the public pool asks."""

    of: Any
    via: str
    words: Any = ""
    follow_up: bool = False
    icon: str = ""
    order: int = 50
    name: str = ""


@dataclass(frozen=True)
class PrintTemplate:
    """Another way to put a record on paper: `template` (`visits/letter.html`) gets `record` (values as they
    are stored), `fields` (as people read them: `{{ fields.deposit }}`, `{{ fields.deposit.label }}`), `lines` (`{% for item in
    lines.items %}`, each with its fields) and what `values(record)` adds; of all that only what the reader may see. `shows`: the fields that
    `values` tells of (`sales.invoice.total`), without one of which this paper is not for him."""

    on: str
    name: str
    label: Any
    template: str
    values: Callable[[Any], Mapping[str, Any]] | None = None
    order: int = 50
    bare: bool = False  # it brings its own head and foot (a letterhead)
    shows: Sequence[str] = ()


@dataclass(frozen=True)
class Permission:
    """A right that does not follow from a resource's verbs."""

    name: str
    label: Any
    order: int = 50


@dataclass(frozen=True)
class RoleTemplate:
    """A role that is installed once: `grants` maps a permission pattern to a scope (own, team, department, subtree, all)."""

    code: str
    label: Any
    grants: Mapping[str, str]
    order: int = 50
    hidden: Mapping[str, Sequence[str]] = field(default_factory=dict)  # resource -> fields this role does not see


@dataclass(frozen=True)
class Listen:
    """Who wants to know of an event.

    inside=True: runs now, in the transaction; a fault aborts it, `Refused` is the polite veto.
    Otherwise through the outbox after the commit: retried with back-off, five failures park it. Its changes and the mark
    that it is done are one commit. outside=True: it sends something out of the house (mail, other systems), runs without
    a write transaction and may be repeated; it hands on `delivery_id()` as idempotency key.
    `acts`: "user" runs as who caused it, "system" as the house. `name` is stable: it stands in stored rows. `label` says
    in the page of deliveries what it does.
    """

    event: type
    call: Callable[[Any], None]
    inside: bool = False
    acts: str = "user"
    name: str = ""
    order: int = 50
    outside: bool = False
    label: Any = ""

    @property
    def key(self) -> str:
        return self.name or f"{self.call.__module__}.{self.call.__qualname__}"


@dataclass(frozen=True)
class Job:
    """Work outside of requests. With `every` it runs on schedule ("every 5 minutes", "every day at 08:00"); without, it is
    asked for by `later(name, …)`. `run(job)` gets a handle with `args`, `progress(done, total)`, `cancelled`, `write()`."""

    name: str
    run: Callable[..., Any]
    every: str = ""
    label: Any = ""
    order: int = 50


@dataclass(frozen=True)
class RuleTrigger:
    """When a rule of the house begins (features/rules). It is one of three kinds:

    `heard(heard)`: records were written in one of the ways of `verbs` (create, update, delete, restore); gives the ids of those the rule
    is about, of `heard.ids`. `due(ask)`: looked at once a day, gives a `RuleDue`. Neither: its package says when,
    by `sdk.start_rules(name, resource, ids, occasion)`.

    `fields` are what it asks in the editor, as those of an `Action`, or a function of the resource; `say` gives its half of the sentence
    (“a customer is created”) from the resource and the values as people read them."""

    name: str
    label: Any
    say: Callable[[Any, Mapping[str, str]], Any]
    fields: Sequence[Any] | Callable[..., Sequence[Any]] = ()
    follows: bool = False  # one field hangs on another: `fields(resource, given)` is asked anew with what was typed
    verbs: tuple[str, ...] = ()
    heard: Callable[[Any], Any] | None = None
    due: Callable[[Any], Any] | None = None
    stays: Callable[[Any, Mapping[str, Any], int], bool] | None = None  # (rule, values, record): whether a playbook goes on with it
    past: Callable[[Any, Mapping[str, Any], Any, int], Sequence[int]] | None = None  # for the preview, of one that its package judges: (resource, values, since, most) → ids of late
    on: Callable[[Any], bool] | None = None  # of which resources it can be chosen; None: of any
    icon: str = ""
    order: int = 50


@dataclass(frozen=True)
class Offered:
    """Something a customer could be offered: `key` is its own within its package (“extras.book:7”), so nobody is offered it twice; `url`
    leads a customer to it, outside of the house."""

    key: str
    name: Any
    text: Any = ""
    url: str = ""


@dataclass(frozen=True)
class Offers:
    """A package that has something to offer. `fits(customer, most)`: of what it has, what fits this customer (his id), best first, as
    `Offered`; asked with the rights of whose rule offers it."""

    name: str
    label: Any
    fits: Callable[[int, int], Sequence[Offered]]
    order: int = 50


PARTS = ("commission", "service", "favours", "debt")  # of what serving a customer costs beside the goods


@dataclass(frozen=True)
class Cost:
    """What serving customers costs the house beside the goods; it is taken off their profit contribution (features/dealings). `part` says which of
    its parts this is: "commission", "service" (time), "favours" or "debt" (money that never came); what several tell of one part is added up.
    `of(customers, first, last)`: for ids of customers, customer → amount of these days in hundredths of the house's currency, exact; below nothing is
    given back; who has none is left out. None: the house does not know. Asked as the house, of up to 5,000 at once, in a fixed number of statements."""

    name: str
    part: str
    of: Callable[[Sequence[int], Any, Any], Mapping[int, int] | None]
    order: int = 50

    def __post_init__(self) -> None:
        if self.part not in PARTS:
            raise ValueError(f"{self.name}: a part is one of {', '.join(PARTS)}")


@dataclass(frozen=True)
class Trouble:
    """A sign by which customers are proposed as troubled (features/dealings). `of(customers, today)`: of these ids, those who are, each with the figures it
    goes by, as JSON; asked as `Cost` is. `say(figures, sums)`: the reason in words, without amounts where `sums` is False. Whoever lacks the right
    `permission` reads the label alone."""

    name: str
    label: Any
    of: Callable[[Sequence[int], Any], Mapping[int, Mapping[str, Any]]]
    say: Callable[[Mapping[str, Any], bool], Any]
    permission: str = ""
    order: int = 50


@dataclass(frozen=True)
class RuleAction:
    """What a rule of the house does with one record. `run(step, **values)` acts with the rights of the rule's owner, inside the write
    transaction and at most once; `step.record` is the record, `step.resource` its resource, `step.fill(text)` puts its values into a
    text. What it returns stands in the log. `say` gives the sentence (“give Lina a task”) from the values as people read them."""

    name: str
    label: Any
    run: Callable[..., Any]
    say: Callable[[Mapping[str, str]], Any]
    fields: Sequence[Any] | Callable[..., Sequence[Any]] = ()
    follows: bool = False  # one field hangs on another: `fields(resource, given)` is asked anew with what was typed
    on: Callable[[Any], bool] | None = None
    icon: str = ""
    order: int = 50


@dataclass(frozen=True)
class ChannelAccount:
    """What an administrator entered of a channel: address and secret in the clear, for the moment of sending."""

    url: str
    secret: str = field(default="", repr=False)
    body: str = ""


@dataclass(frozen=True)
class Channel:
    """A service that takes short messages (SMS, a robot of a group chat). `send(account, to, text)` hands one over, outside of a
    transaction, through `call`; it raises `NotTaken` (any CrmError) where it was not taken, and is then tried again; `NotNow` where it takes no more for now. `to` is whom it is
    for as the service knows him; `needs_receiver`: without one it cannot be sent."""

    name: str
    label: Any
    send: Callable[[ChannelAccount, str, str], None]
    needs_receiver: bool = False
    order: int = 50


@dataclass(frozen=True)
class Package:
    """One package with tables: core, or a plugin. Its tables are called `<name>_…`, its version table its own."""

    name: str
    label: Any
    version: str
    module: str
    plugin: Any = None  # the module with the hookimpls, or a tuple of them (core's features, a plugin and its bridges)
    manifest: "Manifest | None" = None  # none for core

    @property
    def folder(self) -> Path:
        """Where its files stand."""
        spec = importlib.util.find_spec(self.module)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"{self.name}: there is no module {self.module}")
        return Path(spec.origin).parent

    @property
    def migrations(self) -> Path:
        """Its revisions, `NNNN_name.py`; core keeps them beside env.py."""
        return self.folder / ("data/migrations/versions" if self.name == "core" else "migrations")

    @property
    def version_table(self) -> str:
        """Where the database says which revision it has. Not `<name>_…`: that prefix is for the package's own tables."""
        return "alembic_version" if self.name == "core" else f"alembic_version_{self.name}"
