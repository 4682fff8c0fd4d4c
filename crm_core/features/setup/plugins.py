"""The page of plugins: how each stands, what it adds, what sleeps; on and off with one button.

Switching on is a job: it runs `crm plugin enable` in a process of its own, where the plugin's code can do no harm, and the
server then starts anew beside the one that answers.
"""

import os
import subprocess
import sys
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.delegation import require_proof
from crm_core.data import revisions
from crm_core.data.session import session, writing
from crm_core.features.setup import audience as audiences
from crm_core.features.setup import settings
from crm_core.kernel import enabling, plugins
from crm_core.kernel.calling import health
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _, listed, ngettext
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.models import JobRow, PluginState
from crm_core.kernel.overview import WORDS, Row, Standing, overview
from crm_core.kernel.site import actor, offered, site
from crm_core.resource.show import show_moment
from crm_core.web import bulk
from crm_core.web.access import access
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, Empty, Note, Status, Tab
from crm_core.web.viewmodels.plugins import PluginCard, PluginsPage

pages = flask.Blueprint("plugins", __name__)
READ, CHANGE = "core.plugins.read", "core.plugins.update"
URL = "/plugins"
COUNTED = 10_000  # sleeping rows are counted up to here
LOOKS = {
    Standing.active: ("circle-check-f", "green"), Standing.starting: ("refresh", "acc"), Standing.disabled: ("player-pause-f", ""),
    Standing.failed: ("alert-triangle-f", "red"), Standing.blocked: ("lock", "amber"), Standing.available: ("circle-plus", ""),
}
GROUPS = {
    "": tuple(Standing), "on": (Standing.active, Standing.starting), "off": (Standing.disabled, Standing.available),
    "attention": (Standing.failed, Standing.blocked),
}


@pages.get(URL)
@access(READ)
def index() -> Any:
    wanted = flask.request.args.get("show", "")
    rows = [row for row in overview(site()) if "+" not in row.name or row.state is Standing.failed]
    shown = [row for row in rows if row.state in GROUPS.get(wanted, GROUPS[""])]
    words = {"": _("All"), "on": _("Switched on"), "off": _("Not switched on"), "attention": _("Needs attention")}
    tabs = tuple(Tab(words[key], f"{URL}?show={key}" if key else URL, key == wanted, count=sum(r.state in states for r in rows)) for key, states in GROUPS.items())
    waits = _waits(rows)
    return page_of("plugins.html", PluginsPage(
        _("Plugins"), _("Plugins are installed on the server; here you decide which of them are used. Switching one off deletes nothing."),
        tabs if rows else (), tuple(_card(row) for row in shown),
        Note(_("The server is starting anew"), _("This takes some seconds. Everybody can go on working meanwhile."), "acc", "refresh") if waits else None, waits,
        Empty(_("No plugin is installed"), _("A plugin is installed on the server with pip and then appears here.")) if not rows else None,
    ))


@pages.get(f"{URL}/state")
@access(READ)
def state() -> Any:
    """Whether a switching is still under way, for the page that waits."""
    return {"state": "running" if _waits(overview(site())) else "done"}


@pages.post(f"{URL}/<name>/enable")
@access(CHANGE)
def enable(name: str) -> Any:
    require_proof()
    names = enabling.to_enable(site(), [name])
    if names:
        with writing():
            later("core.plugin", {"names": [name], "department": actor().department_id}, label=_("Switch on: %(name)s", name=name))
    return flask.redirect(URL, 303)


@pages.post(f"{URL}/<name>/disable")
@access(CHANGE)
def disable(name: str) -> Any:
    require_proof()
    names = enabling.to_disable(site(), [name])
    enabling.disable(site(), names)
    bulk.say_undo(_("Switched off; the data sleeps: %(names)s", names=list(names)), None)
    return flask.redirect(URL, 303)


@pages.route(f"{URL}/<name>/audience", methods=["GET", "POST"])
@access(CHANGE)
def audience(name: str) -> Any:
    return audiences.answer(name, URL)


def run(job: Running) -> None:
    """The job that switches plugins on."""
    config = job.site.config
    command = [sys.executable, "-m", "crm_core", "plugin", "enable", *job.args["names"]]
    if job.args.get("department"):
        command += ["--for", str(job.args["department"])]
    place = {"CRM_SITE": str(config.site.absolute()), "CRM_DATABASE": config.database, "CRM_LANGUAGE": config.language}
    done = subprocess.run(command, env={**os.environ, **place}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().rpartition("\n")[2].removeprefix("crm: ")
        raise Refused(said or _("The process ended while this plugin was being loaded."))
    job.result["said"] = done.stdout.strip()[-2_000:]


def _waits(rows: list[Row]) -> bool:
    query = sa.select(JobRow.id).where(JobRow.name == "core.plugin", JobRow.state.in_(["queued", "running"])).limit(1)
    return any(row.state is Standing.starting for row in rows) or session.execute(query).first() is not None


def _card(row: Row) -> PluginCard:
    manifest = row.found.manifest if row.found is not None else None
    icon, colour = LOOKS[row.state]
    may = actor().can(CHANGE)
    needs = tuple((f"{name} {_readable(need.specifier)}".strip(), _serves(name)) for name, need in manifest.needs.items() if name != "core") if manifest is not None else ()
    return PluginCard(
        row.name, row.label, row.version, manifest.icon if manifest is not None else "puzzle", Status(WORDS[row.state], icon, colour),  # type: ignore[arg-type]
        summary=manifest.summary if manifest is not None else "", adds=_adds(row.name), needs=needs, dormant=_dormant(row), reason=row.reason,
        trace=(row.trace or _trace(row)) if may else "", faults=_faults(row), old=_old(row.name), cost=_cost(row.name), foot=_foot(row), act=_act(row) if may else None,
        more=_more(row, may), audience=audiences.words(row.known.audience) if row.known is not None and row.state is Standing.active else "", dim=row.state not in (Standing.active, Standing.starting),
    )


def _serves(name: str) -> bool:
    return site().registry.package(name) is not None


def _adds(name: str) -> tuple[tuple[str, Any], ...]:
    """What an active plugin has registered."""
    registry = site().registry
    if registry.package(name) is None:
        return ()

    def of(items: Any) -> int:
        return sum(1 for item in items if registry.package_of(item) == name)

    menu, records = of(registry.menu), of(registry.resources.values())
    panels = of(p for found in registry.panels.values() for p in found)
    columns, acts = (of(one for found in grouped.values() for one in found) for grouped in (registry.columns, registry.actions))
    reports = of(registry.reports.values()) + of(registry.cards.values())
    listeners, jobs = of(registry.listener.values()), of(registry.jobs.values())
    rows = (
        ("menu-2", ngettext("%(n)s menu entry", "%(n)s menu entries", menu), menu),
        ("database", ngettext("%(n)s kind of record", "%(n)s kinds of record", records), records),
        ("layout-sidebar-right", ngettext("%(n)s tab or panel", "%(n)s tabs or panels", panels), panels),
        ("columns", ngettext("%(n)s column", "%(n)s columns", columns), columns),
        ("bolt", ngettext("%(n)s action", "%(n)s actions", acts), acts),
        ("chart-bar", ngettext("%(n)s report", "%(n)s reports", reports), reports),
        ("ear", ngettext("%(n)s listener", "%(n)s listeners", listeners), listeners),
        ("clock", ngettext("%(n)s job", "%(n)s jobs", jobs), jobs),
    )
    return tuple((icon, words) for icon, words, n in rows if n)


def _dormant(row: Row) -> Any:
    """How much sleeps in the tables of a plugin that does not serve."""
    if row.known is None or row.state in (Standing.active, Standing.starting):
        return ""
    conn = session.connection()
    packages = revisions.installed(conn) | {row.name}
    tables = sorted(t for t in revisions.table_names(conn) if revisions.owner_of(t, packages) == row.name)
    count = 0
    for name in tables:
        some = sa.select(sa.literal(1)).select_from(sa.table(name)).limit(COUNTED + 1).subquery()
        count += int(session.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())
    if not count:
        return ""
    return _("Data sleeps, untouched: %(n)s records in %(tables)s tables.", n=f"{COUNTED:,}+" if count > COUNTED else f"{count:,}", tables=len(tables))


def _foot(row: Row) -> Any:
    if row.state is Standing.disabled and row.known is not None and row.known.disabled_at:
        return _("Switched off %(when)s", when=show_moment(row.known.disabled_at))
    if row.state is Standing.failed and row.known is not None and row.known.disabled_at:
        return _("Failed %(when)s", when=show_moment(row.known.disabled_at))
    if row.state is Standing.active and row.known is not None and row.known.enabled_at:
        return _("Switched on %(when)s", when=show_moment(row.known.enabled_at))
    return ""


def _act(row: Row) -> Act | None:
    url = f"{URL}/{row.name}"
    if row.state is Standing.active or (row.state is Standing.blocked and row.known is not None and row.known.state is PluginState.active):
        known = plugins.wanted(plugins.states(site().engines))
        others = plugins.dependants([row.name], known, plugins.discover())
        ask = _("Switch “%(name)s” off? Its data stays as it is.", name=row.label)
        if others:
            ask = _("Switch “%(name)s” off? %(others)s cannot do without it and will be switched off too. Their data stays as it is.",
                    name=row.label, others=list(others))
        return Act(_("Switch off"), f"{url}/disable", method="post", confirm=ask)
    if row.found is None or row.found.manifest is None or row.state is Standing.starting or "+" in row.name:
        return None
    return Act(_("Check again") if row.state is Standing.failed else _("Switch on"), f"{url}/enable", method="post")


def _faults(row: Row) -> Any:
    known = row.known
    if known is None or not known.faults or row.state is not Standing.active:
        return ""
    return ngettext("%(n)s fault since it was switched on, the last %(when)s", "%(n)s faults since it was switched on, the last %(when)s",
                    known.faults, when=show_moment(known.fault_at))


def _old(name: str) -> Any:
    """Hooks it uses that will go."""
    said = [sentence for package, sentence in site().registry.deprecated if package == name]
    return _("Its author should know: %(said)s", said=said) if said else ""


def _trace(row: Row) -> str:
    return row.known.fault if row.known is not None and row.state is Standing.active else ""


def _cost(name: str) -> Any:
    """What its parts took in this process."""
    found = health().costs.get(name)
    if found is None or not found.pages:
        return ""
    return _("A page: %(statements)s statements and %(ms)s ms, its slowest part %(slowest)s ms (%(n)s pages lately)",
             statements=f"{found.statements / found.pages:.1f}", ms=f"{found.seconds / found.pages * 1_000:.1f}",
             slowest=f"{found.slowest * 1_000:.0f}", n=f"{found.pages:,}")


def _more(row: Row, may: bool) -> tuple[Act, ...]:
    if row.state is not Standing.active:
        return ()
    found = [Act(_("Audience"), f"{URL}/{row.name}/audience", "users", dialog=True)] if may else []
    own = [one for one in offered(site().registry.settings.values()) if site().registry.package_of(one) == row.name]
    if own and actor().can(settings.READ):
        found.append(Act(_("Settings"), f"{settings.URL}/{own[0].name}", "adjustments"))
    return tuple(found)


def _readable(specifier: Any) -> str:
    return listed(str(one).replace(">=", "≥ ").replace("<=", "≤ ") for one in sorted(specifier, key=str, reverse=True))
