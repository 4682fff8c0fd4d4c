"""Negative controls: each lint finds what it is for, and lets the proper form pass."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.architecture import lints
from tests.architecture.lints import Finding

PYTHON: dict[Callable[[ast.Module], Iterator[Finding]], tuple[list[str], list[str]]] = {
    lints.built_sql: (
        [
            'text(f"select {x}")',
            'sa.text("select %s" % x)',
            'sa.text("select {}".format(x))',
            'sa.text("select " + x)',
            'sa.text(x + " desc")',
            'sa.text(" and ".join(x))',
            'conn.exec_driver_sql(f"pragma {x}")',
            'sa.literal_column(f"{x}.id")',
            'select(A).order_by("name")',
            'select(A).order_by(f"{x} desc")',
            'cursor.execute("delete from " + x)',
            'def f():\n    q = f"select {x}"\n    return session.execute(text(q))',
            'def f():\n    q = "select 1"\n    q += x\n    return text(q)',
            'text("a" if x else f"b{x}")',
        ],
        [
            'text("select 1")',
            'text("select " "1")',
            'text(f"select 1")',
            "select(A).order_by(A.name.desc())",
            'session.execute(select(A).where(A.n == f"{x}"))',
            'log(f"{x}")',
            "text(QUERY)",
            'def f():\n    q = f"{x}"\n\ndef g(q):\n    text(q)',
        ],
    ),
    lints.outgoing: (
        ["import requests", "import httpx as h", "from urllib.request import urlopen", "import urllib.request", "import http.client", "from http import client",
         "from http.client import HTTPConnection", "urlopen(x)", "socket.create_connection((host, 80))", "from socket import create_connection",
         '__import__("requests")', 'importlib.import_module("http.client")', "import urllib3.util", "from urllib import request"],
        ["import http.server", "from urllib.parse import urlsplit", "from http import HTTPStatus", "import requests_of_people", "importlib.import_module(name)"],
    ),
    lints.session_merge: (
        [
            "session.merge(a)",
            "db.session.merge(a)",
            "with writing() as s:\n    s.merge(a)",
            "current_session().merge(a)",
        ],
        ["customers.merge(a, b)", "merge(a)", "catalog.merge(b)"],
    ),
    lints.unscoped: (
        [
            'q.execution_options(crm_unscoped="x")',
            'q.execution_options(**{"crm_unscoped": "x"})',
            "opts = {UNSCOPED: 1}",
            "opts = {wall.UNSCOPED: 1}",
            'execute(q, execution_options=unscoped("x"))',
            'with system_scope("x"): pass',
            'with site().system("x"): pass',
            'work(engines, None, system="x")',
        ],
        ["with writing(): pass", "system = 1"],
    ),
    lints.ledger: (["with ledger() as c: pass", "session.ledger()"], ["ledger = 1"]),
    lints.broad_except: (
        [
            "try: a()\nexcept: pass",
            "try: a()\nexcept Exception: pass",
            "try: a()\nexcept (KeyError, BaseException): b()",
        ],
        ["try: a()\nexcept KeyError: pass", "try: a()\nexcept BaseException:\n    undo()\n    raise"],
    ),
    lints.plugin_imports: (
        ["import crm_sales", "from crm_sales.api import x", "def f():\n    import crm_oa_hrm.api"],
        ["from crm_core.data import base"],
    ),
    lints.beyond_sdk: (
        ["from crm_core.data.session import writing", "import crm_core.kernel", "from crm_core import app"],
        ["from crm_core.sdk import Resource", "from crm_core import sdk", "import sqlalchemy"],
    ),
    partial(lints.feature_inside, feature="tasks"): (
        ["from crm_core.features.people.models import X", "from crm_core.features import people"],
        [
            "from crm_core.features.people.api import x",
            "from crm_core.features.people import api",
            "from crm_core.features.tasks.models import Task",
        ],
    ),
}
WORDS: dict[Callable[[str], Iterator[Finding]], tuple[list[str], list[str]]] = {
    lints.template: (
        [
            '<p style="x">',
            "<p\n  STYLE='x'>",
            "<script>x</script>",
            '<a onclick="x">',
            '<a hx-on:click="x">',
            "{{ a|safe }}",
            '<a href="javascript:x">',
            "{% autoescape false %}",
            "<style>p{}</style>",
        ],
        [
            '<script type="module" src="x"></script>',
            '<script type="application/json" id="words">{}</script>',
            "{# <p style= #}",
            "<!-- onclick= -->",
            "{{ a|safe_name }}",
            '<td class="style">',
            "{{ one == two }}",
        ],
    ),
    lints.unfinished: (["# TO" + "DO: x", "// FIX" + "ME"], ["the customer's to-do", "TODOS"]),
    lints.foreign: (
        [
            "https://cdn.somewhere.io/x.js",
            "index = files.python" + "hosted.org",
            "/ro" + "ot/x",
            "see /wo" + "rk/main/x",
            '"resolved": "https://registry.npm' + 'js.org/x"',
        ],
        [
            "http://127.0.0.1:8000/x",
            'f"http://{host}:{port}"',
            "https://crm.example.com",
            "http://www.w3.org/2000/svg",
            "api/work/items",
            "a/root/b",
            '"https://" + host',
            "starts with http:// or https://.",
        ],
    ),
}


@pytest.mark.parametrize(("lint", "code"), [(lint, code) for lint, (bad, _) in PYTHON.items() for code in bad])
def test_what_is_wrong_in_python_is_found(lint: Callable[[ast.Module], Iterator[Finding]], code: str) -> None:
    assert list(lint(ast.parse(code)))


@pytest.mark.parametrize(("lint", "code"), [(lint, code) for lint, (_, good) in PYTHON.items() for code in good])
def test_what_is_right_in_python_passes(lint: Callable[[ast.Module], Iterator[Finding]], code: str) -> None:
    assert list(lint(ast.parse(code))) == []


@pytest.mark.parametrize(("lint", "text"), [(lint, text) for lint, (bad, _) in WORDS.items() for text in bad])
def test_what_is_wrong_in_words_is_found(lint: Callable[[str], Iterator[Finding]], text: str) -> None:
    assert list(lint(text))


@pytest.mark.parametrize(("lint", "text"), [(lint, text) for lint, (_, good) in WORDS.items() for text in good])
def test_what_is_right_in_words_passes(lint: Callable[[str], Iterator[Finding]], text: str) -> None:
    assert list(lint(text)) == []
