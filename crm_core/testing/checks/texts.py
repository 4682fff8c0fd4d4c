"""Every text people see is marked, and has its Chinese in the plugin's catalog or in core's."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateSyntaxError

from crm_core.kernel.catalogs import collect, untranslated
from crm_core.kernel.declare import Package
from crm_core.kernel.i18n import _
from crm_core.testing.subject import Place, Subject

SHOWN = frozenset({"label", "singular", "help", "confirm", "summary", "words"})
# Calls whose argument at this position people read.
READ = {"Manifest": 1, "Menu": 0, "MenuSection": 1, "Action": 1, "Column": 2, "Panel": 2, "Permission": 1, "RoleTemplate": 1, "Section": 0,
        "Lines": 3, "Report": 1, "Card": 1, "PrintTemplate": 2, "Timeline": 2, "Setting": 1, "Link": 1, "Refused": 0, "Forbidden": 0,
        "Missing": 0, "notify": 1}
WORD = re.compile(r"[^\W\d_]{2}")


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    yield from (each for node in _unmarked(subject) for each in node)
    yield from _templates(subject.folder)
    package = Package(subject.name, "", "", subject.found.module)
    try:
        messages = list(collect(package))
    except SyntaxError:
        return  # the check of loading says so
    lacking = untranslated(package)
    for message in messages:
        text = message.id if isinstance(message.id, str) else message.id[0]
        if text in lacking:
            name, line = message.locations[0]
            yield Place(subject.folder / name, line), _("“%(text)s” has no Chinese.", text=text)


def _unmarked(subject: Subject) -> Iterator[list[tuple[Place, Any]]]:
    for place, node in subject.walk(ast.Call):
        called = ast.unparse(node.func).rpartition(".")[2]
        at = READ.get(called)
        given = [k.value for k in node.keywords if k.arg in SHOWN] + ([node.args[at]] if at is not None and len(node.args) > at else [])
        yield [(Place(place.path, one.lineno), _said(one)) for one in given if _plain(one)]
    for place, node in subject.walk(ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        for key, value in pairs:
            if isinstance(key, ast.Constant) and key.value in SHOWN | {"labels"}:  # labels: the words of an enum
                words = value.values if isinstance(value, ast.Dict) else [value]
                yield [(Place(place.path, one.lineno), _said(one)) for one in words if _plain(one)]
    for place, node in subject.walk(ast.ClassDef):
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name | ast.Tuple):
                targets = line.targets[0].elts if isinstance(line.targets[0], ast.Tuple) else [line.targets[0]]
                values = line.value.elts if isinstance(line.value, ast.Tuple) and len(targets) > 1 else [line.value]
                yield [(Place(place.path, line.lineno), _said(value)) for name, value in zip(targets, values, strict=False)
                       if isinstance(name, ast.Name) and name.id in SHOWN and _plain(value)]


def _plain(node: ast.AST) -> bool:
    """A text as it is, or put together: it would never be translated."""
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and WORD.search(node.value) is not None


def _said(node: ast.AST) -> Any:
    return _("%(text)s is not marked for translation.", text=ast.unparse(node)[:80])


def _templates(folder: Path) -> Iterator[tuple[Place, Any]]:
    """Words in the HTML itself."""
    for path in sorted((folder / "templates").rglob("*.html")):
        try:
            tokens = list(Environment().lex(path.read_text(encoding="utf-8")))
        except TemplateSyntaxError:
            continue  # whoever opens the page sees it; the check of faces does
        inside = False  # a tag may stand in several pieces: <a href="{{ url }}">
        for line, kind, text in tokens:
            if kind != "data":
                continue
            bare, inside = _outside_tags(text, inside)
            found = WORD.search(re.sub(r"&\w+;", "", bare))
            if found is not None:
                yield Place(path, line + text[: text.find(found[0])].count("\n")), _("%(text)s is not marked for translation.", text=repr(bare.strip()[:60]))


def _outside_tags(text: str, inside: bool) -> tuple[str, bool]:
    kept = []
    for char in text:
        if char == "<":
            inside = True
        elif char == ">" and inside:
            inside = False
        elif not inside:
            kept.append(char)
    return "".join(kept), inside
