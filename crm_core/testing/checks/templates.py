"""Templates of all packages share one set of names: `record.html` of a plugin is never found, or found instead of another's."""

import ast
from collections.abc import Iterator
from typing import Any

from crm_core.kernel.i18n import _
from crm_core.testing.subject import Place, Subject

DRAWS = ("render_template", "Panel", "PrintTemplate", "Timeline")


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    home = subject.folder / "templates"
    for path in sorted(home.rglob("*.html")) if home.is_dir() else ():
        if path.relative_to(home).parts[0] != subject.name:
            yield Place(path), _("The template %(name)s does not lie in templates/%(plugin)s/.", name=path.relative_to(home), plugin=subject.name)
    for place, node in subject.walk(ast.Call):
        called = ast.unparse(node.func).rpartition(".")[2]
        given = [*node.args, *(k.value for k in node.keywords)]
        for said in given if called in DRAWS else ():
            if isinstance(said, ast.Constant) and str(said.value).endswith(".html") and not str(said.value).startswith(f"{subject.name}/"):
                yield place, _("It draws %(name)s, which is not below %(plugin)s/.", name=said.value, plugin=subject.name)
        folders = [str(k.value.value) for k in node.keywords if k.arg == "template_folder" and isinstance(k.value, ast.Constant)]
        for one in folders:
            if not (place.path.parent / one).resolve().is_relative_to(subject.folder.resolve()):
                yield place, _("Its folder of templates lies outside of the plugin: %(name)s", name=one)
