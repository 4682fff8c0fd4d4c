"""The contract suite: every check on one plugin, in order; what cannot be tried because of an earlier fault is said."""

import tempfile
import traceback
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm_core.kernel import checkout, plugins
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.testing.checks import CHECKS
from crm_core.testing.subject import Finding, Subject


@dataclass(frozen=True)
class Outcome:
    """What the suite found, and what it could not try."""

    findings: tuple[Finding, ...]
    passed: tuple[str, ...]
    waiting: tuple[str, ...] = ()
    waits_for: str = ""


def run(name: str, only: Collection[str] = ()) -> Outcome:
    """Check an installed plugin (or one that `checkout` put on the path). Loads it into this process."""
    if name not in plugins.discover():
        raise CrmError(_("There is no plugin “%(name)s” on this machine; install it with pip first.", name=name))
    wanted = [code for code in CHECKS if not only or code in only]
    findings: list[Finding] = []
    passed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="crm-check-") as home:
        subject = Subject(name, Path(home))
        for code in _steps(wanted):
            found = _findings(code, subject)
            findings += found
            passed += [] if found else [code]
            if found and CHECKS[code].gate:
                rest = list(CHECKS)[list(CHECKS).index(code) + 1:]
                return Outcome(tuple(findings), tuple(passed), tuple(one for one in wanted if one in rest), code)
    return Outcome(tuple(findings), tuple(passed))


def _findings(code: str, subject: Subject) -> list[Finding]:
    """What one check finds. What the plugin's own code raises on the way is a finding as well."""
    known = CHECKS[code]
    found: list[Finding] = []
    try:
        for place, text in known.look(subject):
            found.append(Finding(code, place, text, known.cure))
    except Exception as error:  # whatever an author's code raises
        where = subject.traced(traceback.format_exc())
        if where is None:
            raise
        found.append(Finding(code, where, f"{type(error).__name__}: {error}", _("Mend what the trace says.")))
    return found


def _steps(wanted: list[str]) -> list[str]:
    """The wanted checks, and the gates on the way to the last of those that load the plugin."""
    last = max((at for at, code in enumerate(CHECKS) if code in wanted and CHECKS[code].loads), default=-1)
    return [code for at, code in enumerate(CHECKS) if code in wanted or (CHECKS[code].gate and at < last)]


@cache
def results(name: str, root: Path) -> Outcome:
    """The same once a process, for the tests of a plugin that lies in `root`."""
    if name not in plugins.discover() and (root / "pyproject.toml").exists():
        checkout.put_on_path(root)
    return run(name)
