"""Every hook, in reading order. The docstring is the reference. A hook exists only with a real use.

Register hooks are called once when a registry is built; each returns a list, sorted by `order`, then name. What becomes of a fault
when the declared parts are called says their kind (kernel/calling.py).
"""

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    import click
    import flask

    from crm_core.kernel import declare

hookspec = pluggy.HookspecMarker("crm")
hookimpl = pluggy.HookimplMarker("crm")


@hookspec
def register_resources() -> "list[type[Any]]":  # type: ignore[empty-body]
    """Resource classes: each becomes list, page, form, filters, import, export, print, REST, OpenAPI, rights, history, search."""


@hookspec
def register_sections() -> "list[declare.Section]":  # type: ignore[empty-body]
    """Groups of the rail that menu entries name as their `section`."""


@hookspec
def register_menu(resources: "tuple[type[Any], ...]") -> "list[declare.Menu]":  # type: ignore[empty-body]
    """*Show.* Entries of the rail. Only those whose permission the reader has are drawn. `resources`: the classes all packages
    registered, for who offers something to each that says so; leave it out otherwise."""


@hookspec
def register_panels() -> "list[declare.Panel | declare.Related]":  # type: ignore[empty-body]
    """*Show.* Tabs and boxes on other resources' record pages."""


@hookspec
def register_actions(resources: "tuple[type[Any], ...]") -> "list[declare.Action]":  # type: ignore[empty-body]
    """Verbs on another package's resource: name it in `on`. `resources`: as of `register_menu`."""


@hookspec
def register_columns() -> "list[declare.Column]":  # type: ignore[empty-body]
    """*Show.* Computed columns for another resource's list."""


@hookspec
def register_reports() -> "list[declare.Report]":  # type: ignore[empty-body]
    """*Show.* Questions about records, as tables with a chart, among the rows the reader may see."""


@hookspec
def register_cards(resources: "tuple[type[Any], ...]") -> "list[declare.Card]":  # type: ignore[empty-body]
    """*Show.* The same as small panels on the home page. `resources`: as of `register_menu`."""


@hookspec
def register_metrics() -> "list[declare.Metric]":  # type: ignore[empty-body]
    """*Show.* What plans of work count by themselves."""


@hookspec
def register_timeline() -> "list[declare.Timeline]":  # type: ignore[empty-body]
    """*Show.* Which records leave a line on whose time line."""


@hookspec
def register_print_templates() -> "list[declare.PrintTemplate]":  # type: ignore[empty-body]
    """*Show.* Further ways to put a record on paper."""


@hookspec
def register_permissions() -> "list[declare.Permission]":  # type: ignore[empty-body]
    """Rights that no resource implies, such as opening a page of one's own."""


@hookspec
def register_roles() -> "list[declare.RoleTemplate]":  # type: ignore[empty-body]
    """Roles installed once; afterwards they are data that administrators change."""


@hookspec
def register_settings() -> "list[type[Any]]":  # type: ignore[empty-body]
    """Classes of `sdk.Settings`: typed values that administrators change on one page, for the house or a department."""


@hookspec
def register_listeners() -> "list[declare.Listen]":  # type: ignore[empty-body]
    """Who wants to know of which event: *inside* the transaction, or *after* it."""


@hookspec
def register_jobs() -> "list[declare.Job]":  # type: ignore[empty-body]
    """Work on schedule or on demand."""


@hookspec
def register_rule_triggers() -> "list[declare.RuleTrigger]":  # type: ignore[empty-body]
    """Further things at which a rule can begin, offered in the editor of rules. A fault is one of the rule: it is noted in its log."""


@hookspec
def register_rule_actions() -> "list[declare.RuleAction]":  # type: ignore[empty-body]
    """Further things a rule can do, offered in the editor of rules. A fault ends the run and takes back what the run did since it last waited."""


@hookspec
def register_offers() -> "list[declare.Offers]":  # type: ignore[empty-body]
    """What a package can offer to a customer: rules put what fits him into a greeting card, or write to him of it. A fault ends the run
    of the rule that asked."""


@hookspec
def register_costs() -> "list[declare.Cost]":  # type: ignore[empty-body]
    """What serving a customer costs beside the goods, taken off his profit contribution. A fault stops the reckoning of that night."""


@hookspec
def register_troubles() -> "list[declare.Trouble]":  # type: ignore[empty-body]
    """Signs by which customers are proposed as troubled. A fault stops the reckoning of that night."""


@hookspec
def register_channels() -> "list[declare.Channel]":  # type: ignore[empty-body]
    """Services that take short messages: administrators set up accounts with them, rules and people send by these."""


@hookspec
def register_blueprints() -> "list[flask.Blueprint]":  # type: ignore[empty-body]
    """Hand-made pages. Every route declares its access (`@access`, `@public`) or the start is refused."""


@hookspec
def register_commands() -> "list[click.Command]":  # type: ignore[empty-body]
    """Commands of `crm`."""


@hookspec
def narrow_records(actor: Any, resource: str, verb: str) -> Any:
    """*Decide.* Which rows of a resource this person may do the verb on at most: a `sdk.Scope`, or `sdk.Only("standing", "key")`; None
    leaves them as they are. All answers hold together, so a plugin can only take away. A fault means no rows. The answer is
    kept until rights change (`sdk.rights_changed()`)."""


@hookspec
def field_access(actor: Any, resource: str, field: str) -> Any:
    """*Decide.* "hidden" or "readonly" for one field and one person; None leaves it as it is. The strictest answer counts, a fault
    hides. Kept until rights change."""


@hookspec
def install(first: bool) -> None:
    """Called after the package's migrations, inside the write transaction of the house: put in words every site needs."""


@hookspec
def on_enable(since: Any) -> None:
    """The plugin was just switched on, inside the transaction that does it; `since`: when it was switched off, None the first
    time. While it slept it heard of nothing: bring what it derives from others' data up to date. Raising switches nothing on."""


@hookspec
def on_disable() -> None:
    """The plugin is about to be switched off, inside that transaction. It is switched off even if this raises."""


@hookspec
def on_merge(resource: str, kept: int, gone: "tuple[int, ...]", conflicts: "list[Any]") -> None:
    """Records were merged, inside the transaction, and rows of this package could not follow because of a unique key of its own
    (`conflicts`: package, table, column, ids). They stay on the tombstone unless this joins or moves them. Raising stops the merge."""


@hookspec
def demo_data(make: Any) -> None:
    """Fill the demo company: once, in load order, within one write transaction of the house. `make` is a `kernel.demo.Make`:
    `make.password(login)`, `make.dice`, `make.day(-30)`, `make.made` for what a later package needs, `make.last`
    for what is done when all have filled."""
