"""Default deny (S3): a route that says nothing of access stops the start; what is said is carried out."""

from __future__ import annotations

import tomllib
from pathlib import Path

import flask
import pytest

from crm_core.app import open_site
from crm_core.kernel.config import Config
from crm_core.web.access import Undeclared, access, declared, public, signed_in
from crm_core.web.application import Application, make
from tests.support.people import Company

PUBLIC = Path(__file__).parent / "public_routes.toml"


def _blueprint(view: object) -> flask.Blueprint:
    made = flask.Blueprint("people", __name__)
    made.add_url_rule("/x", "preferences", view)  # type: ignore[arg-type]
    return made


def _make(tmp_path: Path, view: object) -> Application:
    from crm_core.kernel.registry import Registry
    from crm_core.kernel.site import Site

    return make(Site(Config(site=tmp_path), Registry([])), [_blueprint(view)])


def test_a_route_without_declaration_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Undeclared, match=r"people\.preferences"):
        _make(tmp_path, lambda: "open")


def test_the_same_route_with_a_declaration_starts(tmp_path: Path) -> None:
    app = _make(tmp_path, signed_in(lambda: "closed"))
    assert declared(app, "people.preferences") == ("signed in", "")


def test_public_routes_are_those_of_the_reviewed_list(house: Company) -> None:
    listed = tomllib.loads(PUBLIC.read_text("utf-8"))
    found = {rule.endpoint: declared(house.app, rule.endpoint) for rule in house.app.url_map.iter_rules()}
    assert {endpoint: said[1] for endpoint, said in found.items() if said and said[0] == "public"} == listed


def test_every_other_route_is_closed_to_strangers(house: Company) -> None:
    stranger = house.browser()
    asked = 0
    for rule in house.app.url_map.iter_rules():
        kind = (declared(house.app, rule.endpoint) or ("", ""))[0]
        if kind in ("public", "token"):
            continue
        url = house.url_of(rule)
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            answer = stranger.open(url, method=method, data={} if method != "GET" else None)
            expected = (303, 401) if method == "GET" else (401,)
            assert answer.status_code in expected, f"{method} {url}: {answer.status_code}"
            if answer.status_code == 303:
                assert answer.headers["Location"].startswith("/sign-in")
            asked += 1
    assert asked > 30


def test_a_permission_lets_in_those_who_have_it_and_nobody_else(house: Company) -> None:
    view = access("core.role.update")(lambda: "inside")
    house.app._got_first_request = False
    house.app.add_url_rule("/only-roles", "only_roles", view)
    assert house.client("admin").get("/only-roles").text == "inside"
    assert house.client("sam").get("/only-roles").status_code == 403
    assert house.browser().get("/only-roles").status_code == 303


def test_what_a_declaration_does_not_know_is_refused(house: Company) -> None:
    def view() -> str:
        return "inside"

    view.__crm_access__ = ("something new", "")  # type: ignore[attr-defined]
    house.app._got_first_request = False
    house.app.add_url_rule("/odd", "odd", view)
    assert house.client("admin").get("/odd").status_code == 403


def test_a_declaration_keeps_its_reason() -> None:
    assert public("why")(lambda: "").__crm_access__ == ("public", "why")  # type: ignore[attr-defined]


def test_resources_nobody_registered_are_not_found(house: Company) -> None:
    assert house.client("admin").get("/nothing/here").status_code == 404


def test_a_package_that_is_not_in_the_registry_has_no_addresses(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    site = open_site(config=Config(site=tmp_path))
    assert not any(rule.rule.startswith("/postcards") for rule in make(site).url_map.iter_rules())
