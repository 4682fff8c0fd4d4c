"""S8: words from outside never become SQL. Each payload in every sort, filter and search parameter of every resource: no
5xx, and the statements that leave have the shapes they have for honest words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from tests.security.payloads import PAYLOADS
from tests.support.world import World
from tests.support.worlds import Browser, Client

As = Callable[..., Client]


@contextmanager
def statements(world: World) -> Iterator[set[str]]:
    """The shapes of what is sent meanwhile; how many values a list holds makes no difference."""
    found: set[str] = set()

    def note(_conn: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        found.add(shape(sql))

    engine = world.site.engines.read
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


_VALUE = r"(?:\?|%\(\w+\)s(?:::\w+(?:\(\d+\))?)?|CAST\((?:\?|%\(\w+\)s) AS \w+\))"


def shape(sql: str) -> str:
    text = re.sub(r"\s+", " ", re.sub(_VALUE, "?", sql))
    return re.sub(r"\((?:\?(?:, )?)+\)", "(…)", text)


def foreign_words(sql: str) -> list[str]:
    """Anything of a payload that stands in a statement as text of its own."""
    marks = ("1=1", "UNION SELECT password_hash", "pg_sleep", "randomblob", "DROP ", "<script", "7*7", "OFFSET 1", "COLLATE NOCASE", "NULL,NULL", "etc/passwd")
    return [mark for mark in marks if mark in sql]


def test_there_are_four_hundred_payloads() -> None:
    assert len(PAYLOADS) >= 350


def parameters(resource: Any) -> list[str]:
    found = ["sort", "q", "after", "limit"]
    return found + [f"{n}.{op}" for n in resource.filters if n in resource.all_fields for op in resource.all_fields[n].operators]


@pytest.mark.parametrize("part", range(4))
def test_payloads_change_nothing_but_values(world: World, as_: As, part: int) -> None:
    """The honest shapes are gathered per parameter from several harmless words; a payload may only show one of them."""
    root, wrong = as_("root"), []
    resource = world.site.registry.resource("core.customer")
    base = "/core/customer"
    names = parameters(resource)[part::4]
    for name in names:
        kinds = operators_alike(name)
        with statements(world) as honest:
            root("GET", base)
            for word in ("key", "customer,key", "1", "1,2", "2026-11-01", "2026-11-01,2026-11-30", "this month", "company", "北京", "abc", "ab", "a b c",
                         "name", "-name", "name,-standing", "a,b,c,d,e", "138-0013", "bei jing", "", "张三 abc", "a@example.com", "next week", "9999-12-31", "0001-01-02,9999-12-30",
                         "9223372036854775807", "100000", ","):
                root("GET", f"{base}?{query(name, word)}")
        for payload in sample(PAYLOADS, name):
            with statements(world) as seen:
                answer = root("GET", f"{base}?{query(name, payload)}")
            if answer.status_code not in (200, 400):
                wrong.append((name, payload, answer.status_code))
            strange = [sql for sql in seen if foreign_words(sql)]
            if strange or (kinds and seen - honest):
                wrong.append((name, payload, strange or sorted(seen - honest)[:1]))
    assert wrong == []


def operators_alike(name: str) -> bool:
    """Whether every value of this parameter asks the same question (a search has as many shapes as there are kinds of
    words, and its text is a bound value throughout)."""
    return name not in ("q", "sort")


def sample(payloads: tuple[str, ...], name: str) -> tuple[str, ...]:
    """All of them where words are read as a language of their own; one in twenty, beginning elsewhere, for each of the hundreds of
    filters, so that every payload meets a dozen."""
    if name in ("sort", "q", "after"):
        return payloads
    start = sum(map(ord, name)) % 20
    return payloads[start::20]


def query(name: str, value: str) -> str:
    from urllib.parse import urlencode

    return urlencode({name: value}, errors="surrogatepass")


@pytest.mark.parametrize("name", ["sort", "q", "standing.any"])
def test_every_resource_stands_the_payloads(world: World, as_: As, name: str) -> None:
    """All lists read their parameters by the same lines, which customers have tried whole: of the others each meets one payload in
    twenty, and each payload at least two of them."""
    root, wrong = as_("root"), []
    for number, resource in enumerate(world.site.registry.resources.values()):
        if "read" not in resource.verbs or resource.name == "core.customer":
            continue
        for payload in PAYLOADS[number % 20 :: 20]:
            with statements(world) as seen:
                answer = root("GET", f"/{resource.package}/{resource.path}?{query(name, payload)}")
            if answer.status_code not in (200, 400) or any(foreign_words(sql) for sql in seen):
                wrong.append((resource.name, name, payload, answer.status_code))
    assert wrong == []


def test_names_of_parameters_are_no_way_in(world: World, as_: As) -> None:
    root, wrong = as_("root"), []
    for payload in PAYLOADS:
        for name in (payload, f"{payload}.eq", f"name.{payload}"):
            with statements(world) as seen:
                answer = root("GET", f"/core/customer?{query(name, 'x')}")
            if answer.status_code not in (200, 400) or any(foreign_words(sql) for sql in seen):
                wrong.append((name, answer.status_code))
    assert wrong == []


def test_the_pages_of_the_browser_stand_them_too(world: World, at_browser: Callable[[str], Browser]) -> None:
    root, wrong = at_browser("root"), []
    places = ("/core/customer?q=", "/core/customer?sort=", "/palette?q=", "/lookup/core.customer?q=", "/core/customer?columns=", "/core/customer?after=")
    from urllib.parse import quote

    for place in places:
        for payload in PAYLOADS[::6]:
            with statements(world) as seen:
                answer = root("GET", place + quote(payload, safe=""))
            if answer.status_code >= 500 or any(foreign_words(sql) for sql in seen):
                wrong.append((place, payload, answer.status_code))
    assert wrong == []


def test_the_eye_sees_a_statement_that_was_put_together(world: World) -> None:
    """Negative control: a payload glued into SQL is noticed by its words and by its shape."""
    with statements(world) as seen, world.site.engines.read.connect() as conn:
        conn.exec_driver_sql("SELECT 1 WHERE 'x' = '" + "' OR 1=1--")
    assert [mark for sql in seen for mark in foreign_words(sql)] == ["1=1"]
