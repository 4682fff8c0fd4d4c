"""A function that is named like a hook but has lost its `@hookimpl` is silently never called."""

import ast
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from crm_core.kernel import hookspecs
from crm_core.kernel.i18n import _
from crm_core.testing.subject import Place, Subject

HOOKS = frozenset(name for name, function in vars(hookspecs).items() if hasattr(function, "crm_spec"))


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    for path, tree in subject.sources.items():
        if path.name != "plugin.py" and path.parent.name not in ("bridges", "plugin"):
            continue
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef):
                continue
            marks = [said for one in node.decorator_list if "hookimpl" in (said := ast.unparse(one))]
            if node.name in HOOKS and not marks:
                yield Place(path, node.lineno), _("%(name)s is named like a hook but is not marked as one.", name=node.name)
            elif marks and "specname" not in marks[0] and node.name not in HOOKS and (near := get_close_matches(node.name, HOOKS, n=1)):
                yield Place(path, node.lineno), _("There is no hook “%(name)s”; “%(near)s” may be meant.", name=node.name, near=near[0])
