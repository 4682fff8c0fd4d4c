"""A function that is named like a hook but has lost its `@hookimpl` is silently never called."""

import ast
from collections.abc import Iterator
from typing import Any

from crm_core.kernel import hookspecs
from crm_core.kernel.i18n import _
from crm_core.testing.subject import Place, Subject

HOOKS = frozenset(name for name, function in vars(hookspecs).items() if hasattr(function, "crm_spec"))


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    for path, tree in subject.sources.items():
        if path.name != "plugin.py" and path.parent.name != "bridges":
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name in HOOKS and not any("hookimpl" in ast.unparse(d) for d in node.decorator_list):
                yield Place(path, node.lineno), _("%(name)s is named like a hook but is not marked as one.", name=node.name)
