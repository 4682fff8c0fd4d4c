"""Negative controls of `doors()`, `silence()` and `hidden()`, run in the folder of the plugin that `crm plugin new visits` writes: with a guard switched off they fail."""

import pytest

from crm_core.access import gate
from crm_core.access.scope import EVERYTHING
from crm_core.resource.resource import Resource
from crm_core.testing import doors, hidden, silence
from crm_core.web import access

TABLE = """
METHOD ENDPOINT           stranger nobody reader administrator own:administrator
GET    visits_pages.board      303    403    200           200               200
POST   visits_pages.again      401    403    403           303               303  # a remark
"""
walks = {"doors": doors("visits", TABLE), "silence": silence("visits"), "hidden": hidden("visits")}


def scope(patch):
    """Of visits everybody reads all."""
    right = gate.scope_for
    patch.setattr(gate, "scope_for", lambda actor, model, *verb: EVERYTHING if model.__table__.name == "visits_visit" else right(actor, model, *verb))


def right(patch):
    """Everybody may read visits, of which each sees his own."""
    may = Resource.may
    patch.setattr(Resource, "may", lambda self, verb: (self.name, verb) == ("visits.visit", "read") or may(self, verb))


def fields(patch):
    """No rule hides a field."""
    patch.setattr(Resource, "fields", lambda self, *, writing=False: dict(self.all_fields))


def pages(patch):
    """One page asks for no right, only for a person; another lets in whoever comes."""
    declared, open_ones = access.declared, {"visits_pages.board": ("signed in", ""), "visits_pages.again": ("public", "")}
    patch.setattr(access, "declared", lambda app, endpoint: open_ones.get(endpoint) or declared(app, endpoint))


@pytest.mark.parametrize("walk", walks)
def test_with_all_guards_on_all_pass(walk, tmp_path, request):
    walks[walk](tmp_path, request, "")


@pytest.mark.parametrize(("walk", "guard", "said"), [
    ("doors", scope, ["tells whether a record is there"]), ("doors", right, ["lets in who may not (nobody)"]), ("silence", scope, ["tells of a record that the reader may not see"]),
    ("hidden", fields, ["shows the field visits.visit.note, which is hidden from the reader"]),
    ("doors", pages, ["visits_pages.board: nobody is answered 200, not 403", "visits_pages.again: stranger is answered"]),
], ids=lambda one: getattr(one, "__name__", None))
def test_without_one_it_is_noticed(walk, guard, said, tmp_path, request, monkeypatch):
    guard(monkeypatch)
    with pytest.raises(AssertionError) as found:
        walks[walk](tmp_path, request, "")
    assert all(one in str(found.value) for one in said)


def test_a_route_without_a_line_and_a_line_without_a_route_are_noticed(tmp_path, request):
    table = TABLE.replace("visits_pages.again", "visits_pages.other")
    with pytest.raises(AssertionError) as found:
        doors("visits", table)(tmp_path, request, "")
    said = str(found.value)
    assert "POST visits_pages.again stands in no line of the table" in said and "POST visits_pages.other stands in the table and is not served" in said


@pytest.mark.parametrize("row", ["GET visits_pages.board 303 403", "GET visits_pages.board 303 403 200 200 twice", "GET visits_pages.again visits.visit 1 2 3 4 5\nGET visits_pages.again 1 2 3 4 5"])
def test_what_is_no_table_is_refused(row, tmp_path):
    from crm_core.testing.table import read

    with pytest.raises(ValueError, match="a line of its own with 5 statuses"):
        read(f"{TABLE.splitlines()[1]}\n{row}")
