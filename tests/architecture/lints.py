"""What no type checker and no linter from the shelf sees. Each lint: parsed file -> findings (line, sentence)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple


class Finding(NamedTuple):
    line: int
    what: str


# Where words become SQL: what is handed to these must be a constant, never put together.
SQL_WORDS = {
    "text",
    "exec_driver_sql",
    "literal_column",
    "execute",
    "executemany",
    "executescript",
    "prefix_with",
    "suffix_with",
    "with_hint",
    "with_statement_hint",
    "op",
    "bool_op",
    "DDL",
}
# These take names of columns as well: a word given by somebody may not even be a constant's neighbour.
ORDERS = {"order_by", "group_by", "distinct"}


def called(node: ast.Call) -> str:
    """The last name of what is called: `session.execute(…)` -> "execute"."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def receiver(node: ast.Call) -> str:
    """The name before the dot: `db.session.merge(…)` -> "session"."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(owner, ast.Call):
        return called(owner)
    return owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")


def is_built(node: ast.expr, local: dict[str, ast.expr], depth: int = 5) -> bool:
    """Whether a string is put together from parts that are not all constants."""
    if depth == 0:
        return False
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        return _is_string(node.left, local) or _is_string(node.right, local)
    if isinstance(node, ast.Call) and called(node) in ("format", "format_map", "replace"):
        return isinstance(node.func, ast.Attribute)
    if isinstance(node, ast.Call) and called(node) == "join" and isinstance(node.func, ast.Attribute):
        return isinstance(node.func.value, ast.Constant)
    if isinstance(node, ast.Name) and node.id in local:
        return is_built(local[node.id], local, depth - 1)
    if isinstance(node, ast.IfExp):
        return is_built(node.body, local, depth - 1) or is_built(node.orelse, local, depth - 1)
    return False


def _is_string(node: ast.expr, local: dict[str, ast.expr]) -> bool:
    if isinstance(node, ast.Name) and node.id in local:
        node = local[node.id]
    if isinstance(node, ast.BinOp):
        return _is_string(node.left, local) or _is_string(node.right, local)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _scopes(tree: ast.Module) -> Iterator[tuple[ast.AST, dict[str, ast.expr]]]:
    """Every call with the strings assigned to names in the function (or module) it stands in."""
    for scope in ast.walk(tree):
        if isinstance(scope, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            local: dict[str, ast.expr] = {}
            inside = list(_own(scope))
            for node in inside:
                if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                    local[node.targets[0].id] = node.value
                if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                    local[node.target.id] = ast.BinOp(ast.Constant(""), ast.Add(), node.value)
            for node in inside:
                yield node, local


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from _own(child)


def built_sql(tree: ast.Module) -> Iterator[Finding]:
    """S8 (i): no f-string, %, format or + where SQL is read; no bare string to order or group by."""
    for node, local in _scopes(tree):
        if not isinstance(node, ast.Call):
            continue
        what = called(node)
        arguments = [*node.args, *(word.value for word in node.keywords)]
        if what in SQL_WORDS and any(is_built(argument, local) for argument in arguments):
            yield Finding(node.lineno, f"{what}() is given a string put together here")
        if what in ORDERS and any(
            is_built(argument, local) or (isinstance(argument, ast.Constant) and isinstance(argument.value, str))
            for argument in arguments
        ):
            yield Finding(node.lineno, f"{what}() is given a string; name the column")


_SESSION = re.compile(r"session|writing|system_scope|acting_as|^s$|^db$")


def session_merge(tree: ast.Module) -> Iterator[Finding]:
    """Session.merge writes what the caller never looked at, past scope and version."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) == "merge" and _SESSION.search(receiver(node)):
            yield Finding(node.lineno, "Session.merge; load the row and set what changes")


def unscoped(tree: ast.Module) -> Iterator[Finding]:
    """The ways round the scope: each use is in the allow list with its reason."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value == "crm_unscoped":
            yield Finding(node.lineno, "crm_unscoped")
        elif isinstance(node, ast.keyword) and node.arg == "crm_unscoped":
            yield Finding(node.value.lineno, "crm_unscoped")
        elif (
            isinstance(node, ast.Name)
            and node.id == "UNSCOPED"
            or isinstance(node, ast.Attribute)
            and node.attr == "UNSCOPED"
        ):
            yield Finding(node.lineno, "UNSCOPED")
        elif isinstance(node, ast.Call) and called(node) in ("system_scope", "unscoped"):
            yield Finding(node.lineno, f"{called(node)}()")
        elif isinstance(node, ast.Call) and any(word.arg == "system" for word in node.keywords):
            if called(node) in ("work", "Work", "open", "_second"):
                yield Finding(node.lineno, f"{called(node)}(system=…)")
        elif isinstance(node, ast.Call) and called(node) == "system" and isinstance(node.func, ast.Attribute):
            yield Finding(node.lineno, "site.system()")


def ledger(tree: ast.Module) -> Iterator[Finding]:
    """ledger() survives a refusal, so only sign-in, throttle and their like may write with it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) == "ledger":
            yield Finding(node.lineno, "ledger()")


def broad_except(tree: ast.Module) -> Iterator[Finding]:
    """Only the guard of hooks, the workers and the start catch whatever comes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            names = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            everything = any(
                each is None or getattr(each, "id", "") in ("Exception", "BaseException") for each in names
            )
            # Put straight and thrown again is no swallowing.
            if everything and not isinstance(node.body[-1], ast.Raise):
                yield Finding(node.lineno, "catches everything")


def plugin_imports(tree: ast.Module) -> Iterator[Finding]:
    """Core knows no plugin."""
    for line, module in imports(tree):
        top = module.partition(".")[0]
        if top.startswith("crm_") and top != "crm_core":
            yield Finding(line, f"imports {module}")


def beyond_sdk(tree: ast.Module) -> Iterator[Finding]:
    """A plugin knows crm_core.sdk (and in its tests crm_core.testing)."""
    for line, module in imports(tree):
        if re.match(r"crm_core(\.|$)", module) and not re.match(r"crm_core\.(sdk|testing)(\.|$)", module):
            yield Finding(line, f"imports {module}")


def feature_inside(tree: ast.Module, feature: str) -> Iterator[Finding]:
    """A feature uses the `api` of another, not its inside."""
    for line, module in imports(tree):
        found = re.match(r"crm_core\.features\.(\w+)(?:\.(\w+))?", module)
        if found and found[1] != feature and found[2] != "api":
            yield Finding(line, f"imports {module}; say it in crm_core.features.{found[1]}.api")


_OUTGOING = re.compile(r"(requests|urllib3|httpx|aiohttp|pycurl|ftplib|urllib\.request|http\.client|xmlrpc\.client)(\.|$)|socket\.create_connection$")


def outgoing(tree: ast.Module) -> Iterator[Finding]:
    """Other systems are called through crm_core.kernel.outbound alone, past the guard of addresses (S13)."""
    for line, module in imports(tree):
        if _OUTGOING.match(module):
            yield Finding(line, f"imports {module}; call other systems through crm_core.kernel.outbound")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in ("create_connection", "urlopen", "__import__", "import_module"):
            named = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
            if called(node) in ("create_connection", "urlopen") or _OUTGOING.match(str(named)):
                yield Finding(node.lineno, "calls another system past crm_core.kernel.outbound")


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every module imported, `from a.b import c` as a.b.c."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.lineno, f"{node.module}.{each.name}") for each in node.names)


_HTML = {
    r"\sstyle\s*=": "an inline style; the content security policy drops it",
    r"<style\b": "an inline style sheet",
    r"<script\b(?![^>]*\bsrc=|\s+type=\"application/json\")": "an inline script",
    r"\son[a-z]+\s*=": "an inline handler",
    r"\bhx-on\b|\bhx-vals\s*=\s*['\"]js:": "htmx evaluating a string",
    r"javascript:": "a javascript: address",
}
_JINJA = {
    r"\|\s*safe\b": "|safe; only SafeHtml goes out unescaped",
    r"\{%-?\s*autoescape\s+false": "autoescape off",
}


def template(text: str) -> Iterator[Finding]:
    """What a strict policy forbids, and what lets HTML of others in."""
    text = _blank(r"\{#.*?#\}|<!--.*?-->", text)
    # A word between braces is no attribute.
    html = _blank(r"\{\{.*?\}\}|\{%.*?%\}", text)
    for rules, words in ((_HTML, html), (_JINJA, text)):
        for pattern, what in rules.items():
            for found in re.finditer(pattern, words, re.IGNORECASE):
                yield Finding(words.count("\n", 0, found.start()) + 1, what)


def _blank(pattern: str, text: str) -> str:
    """Cut what matches, keeping its place and its lines."""
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", "\0", found[0]), text, flags=re.DOTALL)


_UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XXX|HA" + r"CK)\b")


def unfinished(text: str) -> Iterator[Finding]:
    """Nothing is left for another day."""
    for number, line in enumerate(text.splitlines(), 1):
        if _UNFINISHED.search(line):
            yield Finding(number, "unfinished")


_HOST = re.compile(r"(?:https?|wss?|git|ssh|file)://([^\s/\"'<>)\]}:?#`\\]+)", re.IGNORECASE)
# Names made for examples, this machine, names of formats (never fetched), and places put in at run time.
_FINE = re.compile(
    r"^(?:localhost|127\.0\.0\.1|\[?::1|0\.0\.0\.0|(?:[\w*-]+\.)*example(?:\.(?:com|org|net|cn|test))?|[\w.-]*\.(?:test|invalid|localhost)"
    r"|www\.w3\.org|[{$%<].*|…|\.\.\.|host|evil|\W*)$",
    re.IGNORECASE,
)
# Put together, so that this file does not name them itself.
_REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "npm" + "mirror.com",
    "deb.deb" + "ian.org",
    "proxy.go" + "lang.org",
]
_PLACES = re.compile(r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/\w+|op" + r"t/\w+|Us" + r"ers/\w+)/")


def foreign(text: str) -> Iterator[Finding]:
    """No host of somebody else, no registry, no folder of one machine."""
    for number, line in enumerate(text.splitlines(), 1):
        for host in _HOST.findall(line):
            if not _FINE.match(host):
                yield Finding(number, f"names the host {host}")
        if any(registry in line for registry in _REGISTRIES):
            yield Finding(number, "names a registry")
        if _PLACES.search(line):
            yield Finding(number, "names a folder of one machine")
