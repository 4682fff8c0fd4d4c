"""The page of `crm_core.sdk`: every name an author may import, read from the program."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crm_core import sdk
from crm_core.data import types
from crm_core.kernel.events import Event
from crm_core.resource.fields import Field
from crm_core.resource.resource import Resource

INFO = {  # what a column says of itself besides its type (resource/inspection.py)
    "label": "what people call it, in `_()`",
    "help": "a sentence beside it in the form",
    "labels": "words of an enum: `{\"out\": _(\"Out\")}`",
    "looks": "icon and colour of an enum's values: `{\"out\": (\"truck\", \"amber\")}`",
    "readonly": "`True`: in no form, import or interface; services and actions change it",
    "minimum": "of a whole number; `maximum` likewise",
    "sensitive": "`True`: only for who has the right `….sensitive` of the record",
    "offers": "filters of the records a picker offers: `((\"life.any\", \"sold\"),)`",
    "on_delete": "of a reference: `\"keep\"`, or `\"clear\"`, where what it points at is deleted; else deleting is refused",
    "house": "`True`: money in the currency of the house, whatever the record's is",
    "small": "`True`: several stand on one line of the form; `wide`: it takes the whole line",
    "kind": "`\"internal\"`: no field that anybody sees, only your own code reads it",
}


def lines() -> Iterator[str]:
    """The page, without its head."""
    for group, names in _groups():
        yield from (f"## {group}", "")
        for name in names:
            if name != "t":
                yield from _one(name, getattr(sdk, name))
    yield from ("## What a Resource can say", "", "Attributes of the class; all but `model` have a default.", "", "| attribute | default | |", "|---|---|---|")
    yield from _attributes()
    yield from ("", "## Types of columns, `t`", "", "| type | |", "|---|---|")
    yield from _types()
    yield from ("", "What a column says besides, in `mapped_column(info={…})` or `t.Number(…, info={…})`:", "", "| key | |", "|---|---|")
    yield from (f"| `{name}` | {said} |" for name, said in INFO.items())
    yield from ("", "## Icons", "", "Tabler's; any other name is drawn as a puzzle piece, and `crm plugin check` says so.", "", _icons())


def _groups() -> Iterator[tuple[str, list[str]]]:
    group, names = "The beginning", list[str]()
    for line in inspect.getsource(sdk).splitlines():
        if found := re.match(r"    # (.+)$", line):
            yield group, names
            group, names = found[1][0].upper() + found[1][1:], []
        elif found := re.match(r'    "(\w+)": \(', line):
            names.append(found[1])
    yield group, names


def _one(name: str, thing: Any) -> Iterator[str]:
    yield from (f"### {name}", "")
    if inspect.ismodule(thing):
        yield from (inspect.getdoc(thing) or "", "", *_module(name, thing), "")
        return
    if inspect.isclass(thing) or inspect.isfunction(thing):
        said = _signature(thing)
        if thing is not Resource and said not in ("()", "(**kwargs)") and "*args" not in said:
            yield from ("```python", f"{name}{said}", "```", "")
    doc = inspect.getdoc(thing) if inspect.isclass(thing) or inspect.isfunction(thing) else inspect.getdoc(type(thing))
    if name == "hookimpl":
        doc = "Stands above each function of `plugin.py` that is named like a [hook](hooks.md)."
    if doc and not doc.startswith(f"{name}("):  # what a dataclass says that says nothing
        yield from (doc, "")


def _signature(thing: Any) -> str:
    """How it is called. Of a kind of field only what it has besides those of every `Field`, which “…” stands for."""
    found = inspect.signature(thing)
    if inspect.isclass(thing) and issubclass(thing, Field) and thing is not Field:
        said = str(found.replace(parameters=[one for one in found.parameters.values() if one.name in thing.__annotations__ and one.name != "kind"]))
        said = "(…)" if said in ("()", "() -> None") else f"(…, {said[1:].removeprefix('*, ')}"
    else:
        said = str(found)
    return re.sub(r"\b(?:collections\.abc|typing|crm_core(?:\.\w+)+)\.", "", re.sub(r"<factory>", "…", said))


def _module(name: str, module: Any) -> Iterator[str]:
    """The functions and events of a part of the sdk that is a module: `tasks.give(title, *, receiver=None, …)`, each with what it does."""
    public = getattr(module, "__all__", None) or [one for one, found in vars(module).items() if getattr(found, "__module__", "") == module.__name__ and one[0] != "_"]
    for one in public:
        found = getattr(module, one)
        if inspect.isfunction(found):
            bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in inspect.signature(found).parameters.values()]
            said = f"`{name}.{one}{inspect.Signature(bare)}`"
        elif inspect.isclass(found) and issubclass(found, Event):
            said = f"event `{name}.{one}`"
        else:
            continue
        yield f"- {said}: {' '.join((inspect.getdoc(found) or '').split())}"


def _attributes() -> Iterator[str]:
    for line in inspect.getsource(Resource).splitlines():
        if found := re.match(r"    (\w+): ClassVar\[.*?\](?: = (.+?))?(?:  # (.+))?$", line):
            name, default, said = found.groups()
            yield f"| `{name}` | {f'`{default}`' if default else ''} | {(said or '').replace('|', '/')} |"


def _types() -> Iterator[str]:
    for node in ast.parse(inspect.getsource(types)).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in types.__all__:
            kind = ast.unparse(node.value).removeprefix("Annotated[").partition(",")[0]
            yield f"| `t.{node.targets[0].id}` | `{kind}`{_length(ast.unparse(node.value))} |"
        elif isinstance(node, ast.FunctionDef) and node.name in types.__all__:
            said = " ".join((ast.get_docstring(node) or "").split()).replace("|", "\\|")
            yield f"| `t.{node.name}({ast.unparse(node.args)})` | {said} |"


def _length(text: str) -> str:
    found = re.search(r"String\((\d+)", text)
    said = {"kind': 'money": ", in the smallest unit (cents)", "kind': 'note": ", several lines"}
    return f", up to {found[1]} characters" if found else next((words for key, words in said.items() if key in text), "")


def _icons() -> str:
    text = (Path(__file__).parents[2] / "frontend" / "icons.txt").read_text(encoding="utf-8")
    return ", ".join(f"`{line}`" for line in text.splitlines() if line and line[0] != "#")
