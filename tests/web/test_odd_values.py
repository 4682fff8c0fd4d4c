"""Numbers that are none, in every place of an address or a form that reads one: an answer, never a fault."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from crm_core.text.numbers import INT64, whole
from tests.support.people import Client, Company

# Digits to Python that no number is made of, more of them than an integer may have or the database can hold, NUL.
ODD = ("²", "٣", "9" * 30, "9" * 5_000, str(INT64 + 1), "-1", "1.0", "\x00", "x-²", "addresses-²", "addresses-" + "9" * 5_000, "\u202e", "1,²")
ADDRESSES = (
    "/jobs?before=", "/deliveries?before=", "/recycle?before=", "/notices?before=", "/notices?after=",
    "/core/customer/new?owner=", "/core/customer/new?region=", "/core/task/new?subject=core.customer&subject_id=", "/core/customer?owner.any=",
    "/core/customer?after=", "/core/customer/filter?field=owner&old=owner.any&owner.any=", "/core/customer/{0}?before=2026-01-01T00:00:00%2B00:00~",
)
FORMS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "/core/customer/new": ({"name": "x"}, ("owner", "owner__text", "region", "form_key", "_add", "_remove", "addresses-0-id", "addresses-²-street")),
    "/core/customer/{0}/edit": ({"name": "x"}, ("version", "owner", "_remove", "addresses-0-id", "addresses-0-region")),
    "/core/customer/{0}/resolve": ({"name": "x"}, ("version", "pick-name", "pick-²")),
    "/core/customer/{0}/delete": ({}, ("version",)),
    "/core/customer/{0}/task": ({"title": "x"}, ("receiver", "receiver__text", "due")),
    "/core/customer/{0}/note": ({"text": "x"}, ("mention", "next")),
    "/core/customer/{0}/do/assign": ({}, ("owner",)),
    "/core/customer/{0}/do/tag": ({}, ("tags",)),
    "/core/customer/bulk/assign": ({"id": "{0}", "go": "1"}, ("owner", "id")),
    "/core/customer/bulk/edit": ({"id": "{0}", "go": "1", "field": "industry"}, ("field", "industry", "how-industry", "since")),
    "/core/note/{1}/change": ({"text": "x"}, ("version", "mention")),
    "/me/sessions/end": ({}, ("session",)),
    "/notices/read": ({}, ("up_to",)),
}


@pytest.fixture
def ready(house: Company) -> tuple[Client, str, str]:
    """An administrator with a customer and a note on it."""
    from crm_core.features.customers.notes import add_note

    with house.as_("admin"):
        row = int(house.site.registry.resource("core.customer").write([{"name": "Odd", "addresses": [{"street": "s"}]}])[0])
        return house.client("admin"), str(row), str(add_note("core.customer", row, "note").id)


def test_no_address_faults_on_a_number_that_is_none(ready: tuple[Client, str, str]) -> None:
    http, row, _note = ready
    for start in ADDRESSES:
        for odd in ODD:
            answer = http.get(start.format(row) + quote(odd))
            assert answer.status_code < 500, (start, odd[:20])


def test_no_form_faults_on_a_number_that_is_none(ready: tuple[Client, str, str]) -> None:
    http, *ids = ready
    http.csrf()
    for url, (base, names) in FORMS.items():
        for name in names:
            for odd in ODD:
                data: dict[str, Any] = {k: v.format(*ids) for k, v in base.items()} | {name: odd}
                answer = http.post(url.format(*ids), data=data)
                assert answer.status_code < 500, (url, name, odd[:20])


def test_a_line_whose_number_is_none_is_no_new_line(ready: tuple[Client, str, str], house: Company) -> None:
    """Nor does it touch one: the form is refused as it is for a line of somebody else's."""
    http, row, _note = ready
    data = {"name": "Odd", "version": "1", "addresses-0-id": "²", "addresses-0-street": "changed"}
    assert http.post(f"/core/customer/{row}/edit", data=data).status_code == 404
    assert [line for line in house.state()["core_address"] if "changed" in line] == []


@pytest.mark.parametrize(("text", "found"), [("0", 0), ("7", 7), ("007", 7), (str(INT64), INT64), (str(INT64 + 1), None), ("", None),
                                             ("²", None), ("٣", None), (" 1", None), ("1_0", None), ("+1", None), ("9" * 5_000, None)])
def test_a_number_is_plain_digits_that_fit(text: str, found: int | None) -> None:
    assert whole(text) == found
