"""Bodies and headers that no honest client sends (M2): a clear problem, no 5xx, nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.text.strict_json import InvalidJson, loads
from tests.support.world import World
from tests.support.worlds import Client, one_engine

As = Callable[..., Client]
DEEP = 200_000
BODIES: dict[str, tuple[bytes, set[int]]] = {
    "nothing": (b"", {400}),
    "deep lists": (b"[" * DEEP + b"]" * DEEP, {400}),
    "deep objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, {400}),
    "deep and unclosed": (b'{"name":' + b"[" * DEEP, {400}),
    "NaN": (b'{"name":"x","region":NaN}', {400}),
    "infinity": (b'{"name":"x","region":-Infinity}', {400}),
    "too large a number": (b'{"name":"x","region":9223372036854775808}', {400}),
    "thirty digits": (b'{"name":"x","region":' + b"9" * 30 + b"}", {400}),
    "a million digits": (b'{"name":"x","region":' + b"9" * 1_000_000 + b"}", {400}),
    "exponent": (b'{"name":"x","region":1e999}', {400}),
    "a float for an id": (b'{"name":"x","region":1.0}', {422}),
    "true for an id": (b'{"name":"x","region":true}', {422}),
    "largest id": (b'{"name":"x","region":9223372036854775807}', {422}),
    "negative id": (b'{"name":"x","region":-1}', {422}),
    "name twice": (b'{"name":"x","name":"y"}', {400}),
    "name twice below": (b'{"name":"x","addresses":[{"street":"a","street":"b"}]}', {400}),
    "half a character": (b'{"name":"\\ud800"}', {400}),
    "two wrong halves": (b'{"name":"\\udc00\\ud800"}', {400}),
    "half a character as name": (b'{"\\ud800":"x"}', {400}),
    "NUL": (b'{"name":"a\\u0000b"}', {400}),
    "raw NUL": (b'{"name":"a\x00b"}', {400}),
    "raw control": (b'{"name":"a\x07b"}', {400}),
    "not UTF-8": (b'{"name":"\xff\xfe"}', {400}),
    "overlong UTF-8": (b'{"name":"\xc0\xaf"}', {400}),
    "UTF-16": ('{"name":"x"}'.encode("utf-16"), {400}),
    "byte order mark": (b'\xef\xbb\xbf{"name":"x"}', {400}),
    "a list": (b"[]", {400}),
    "null": (b"null", {400}),
    "a text": (b'"name"', {400}),
    "single quotes": (b"{'name':'x'}", {400}),
    "comment": (b'{"name":"x"} // x', {400}),
    "comma at the end": (b'{"name":"x",}', {400}),
    "two values": (b'{"name":"x"}{"name":"y"}', {400}),
    "unclosed": (b'{"name":"x', {400}),
    "escaped quotes without end": (b'"' + b'\\"' * 500_000 + b"\\", {400}),
    "form": (b"name=x", {400}),
    "types": (b'{"name":["x"],"kind":{"a":1},"phone":1,"standing":[],"addresses":{}}', {422}),
    "lines of lines": (b'{"name":"x","addresses":[[{"street":"a"}]]}', {422}),
    "too many lines": (b'{"name":"x","addresses":[' + b",".join([b"{}"] * 1_001) + b"]}", {422}),
    "line id twice": (b'{"name":"x","addresses":[{"id":1,"street":"a"},{"id":1,"street":"b"}]}', {422}),
    "line of another": (b'{"name":"x","addresses":[{"id":3,"street":"a"}]}', {404}),
    "line id zero": (b'{"name":"x","addresses":[{"id":0,"street":"a"}]}', {404, 422}),
    "name too long": (b'{"name":"' + b"x" * 201 + b'"}', {422}),
    "a thousand members": (json.dumps({f"n{i}": 1 for i in range(1_000)}).encode(), {422}),
    "too large": (b'{"name":"' + b"x" * (2 * 1024 * 1024) + b'"}', {413}),
}
BODIES["a thousand accents"] = (b'{"name":"a' + "\u0301".encode() * 1_000 + b'"}', {422})


def rows(world: World) -> int:
    with world.site.engines.read.connect().execution_options(crm_unscoped="tests") as conn:
        return int(conn.execute(sa.text("SELECT (SELECT count(*) FROM core_customer) + (SELECT count(*) FROM core_address)")).scalar_one())


def test_no_body_of_the_corpus_breaks_anything_or_leaves_a_trace(as_: As, world: World) -> None:
    client, before = as_("ann"), rows(world)
    wrong = []
    for name, (body, expected) in BODIES.items():
        for method, path in (("POST", "/core/customer"), ("PATCH", "/core/customer/1")):
            answer = client.http.open(
                f"/api/v1{path}", method=method, data=body, content_type="application/json",
                headers={"Authorization": f"Bearer {client.secret}"},
            )
            if answer.status_code not in expected or answer.mimetype != "application/problem+json":
                wrong.append((name, method, answer.status_code, answer.get_data(as_text=True)[:200]))
    assert wrong == []
    assert rows(world) == before


@one_engine
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", ""])
def test_only_json_is_taken(as_: As, kind: str) -> None:
    client = as_("ann")
    answer = client.http.post(
        "/api/v1/core/customer", data=b'{"name":"x"}', content_type=kind, headers={"Authorization": f"Bearer {client.secret}"}
    )
    assert answer.status_code == 415


@one_engine
@pytest.mark.parametrize("headers", [
    {"If-Match": "x" * 60_000}, {"If-Match": '"1'}, {"If-Match": "\x7f"}, {"Accept-Language": "zh" * 10_000}, {"Accept-Language": "*;q=x"},
    {"Idempotency-Key": "\t"}, {"Cookie": "session=" + "x" * 60_000}, {"Content-Encoding": "gzip"}, {"X-Forwarded-Host": "evil.test"},
])
def test_odd_headers_do_no_harm(as_: As, headers: dict[str, str]) -> None:
    client = as_("ann")
    answer = client.http.patch(
        "/api/v1/core/customer/1", data=b'{"note":"x"}', content_type="application/json",
        headers={"Authorization": f"Bearer {client.secret}", **headers},
    )
    assert answer.status_code in (200, 400, 412, 415)


@pytest.mark.parametrize("query", ["q=%ff", "q=%00", "limit=%00", "sort=%00", "%00=1", "q=" + "x" * 20_000, "&".join(["standing.any=key"] * 101),
                                   "standing.any=" + ",".join(["key"] * 300), "name.contains=%ed%a0%80", "=&=&", "a%5B%5D=1",
                                   "owner.any=99999999999999999999", "owner.any=-1", "created_at.gte=0000-00-00", "created_at.gte=9999-12-31",
                                   "created_at.between=2020-01-01", "created_at.lte=99999-01-01", "created_at.within=nix"])
def test_odd_questions_do_no_harm(as_: As, query: str) -> None:
    answer = as_("root")("GET", f"/core/customer?{query}")
    assert answer.status_code in (200, 400)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))))
def test_whatever_the_bytes_reading_them_ends_in_a_value_or_in_invalid_json(body: bytes) -> None:
    try:
        loads(body)
    except InvalidJson as bad:
        assert bad.code in {"encoding", "syntax", "depth", "number", "constant", "twice", "character"}


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(_json, st.booleans())
def test_what_is_json_is_read_as_the_standard_says(value: object, ascii_only: bool) -> None:
    assert loads(json.dumps(value, ensure_ascii=ascii_only)) == value
