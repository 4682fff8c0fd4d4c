"""The OpenAPI document tells the truth: every route, every resource, nothing that the reader may not see."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import flask
import jsonschema_rs
import pytest
from werkzeug.serving import make_server

from crm_core.access.models import FieldRule, Rule
from crm_core.api.openapi import document, paths_of
from crm_core.api.problems import _KINDS
from crm_core.data.session import writing
from crm_core.resource.changes import stamp
from tests.support.world import World
from tests.support.worlds import Browser, Client, one_engine, token_of

As = Callable[..., Client]
DOC = Path(__file__).parents[2] / "docs" / "api.md"


def full(world: World) -> dict:  # type: ignore[type-arg]
    with world.as_("root"):
        return document()


@one_engine
def test_the_document_and_the_routes_are_the_same_set(world: World, api_app: flask.Flask) -> None:
    said = {(path, method.upper()) for path, item in full(world)["paths"].items() for method in item if method != "parameters"}
    routed = set()
    for rule in api_app.url_map.iter_rules():
        if not rule.rule.startswith("/api/"):
            continue
        for method in rule.methods - {"HEAD"}:
            if rule.endpoint in ("api.openapi", "api.changes"):
                routed.add((rule.rule, method))
                continue
            for resource in world.site.registry.resources.values():
                base = rule.rule.replace("<package>", resource.package).replace("<path>", resource.path)
                path = base.replace("<int:row_id>", "{id}")
                for name in resource.all_actions if "<action>" in path else ("",):
                    offered = path.replace("<action>", name)
                    if method.lower() in paths_of(resource).get(offered, {}):
                        routed.add((offered, method))
    assert said == routed


@one_engine
def test_what_the_document_does_not_name_is_not_there(world: World, as_: As) -> None:
    """Each method on each address of each resource: 405 where the document is silent, something else where it speaks."""
    paths, root, wrong = full(world)["paths"], as_("root"), []
    for resource in world.site.registry.resources.values():
        base = f"/api/v1/{resource.package}/{resource.path}"
        for path in (base, f"{base}/{{id}}"):
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                named = method.lower() in paths.get(path, {})
                status = root(method, path.removeprefix("/api/v1").replace("{id}", "999999"), {"nix": 1}).status_code
                if named == (status == 405) and (path in paths):
                    wrong.append((method, path, status))
    assert wrong == []


@one_engine
def test_it_is_a_document_whose_references_lead_somewhere(world: World) -> None:
    found = full(world)
    assert found["openapi"].startswith("3.1")
    names = re.findall(r'"#/components/schemas/([^"]+)"', str(found).replace("'", '"'))
    assert set(names) <= set(found["components"]["schemas"])
    for schema in found["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)
    ids = [operation["operationId"] for item in found["paths"].values() for m, operation in item.items() if m != "parameters"]
    assert len(ids) == len(set(ids))


@one_engine
def test_its_examples_are_taken(world: World, as_: As) -> None:
    """The example of each `POST` passes its own schema and is made, or stands for a reference that is not there."""
    found = full(world)
    for path, item in found["paths"].items():
        body = item.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        if body is None:
            continue
        schema = body["schema"]
        if "$ref" not in schema:  # what an act asks of a record that is there
            jsonschema_rs.validator_for(schema)
            continue
        jsonschema_rs.validate(found["components"]["schemas"][schema["$ref"].rpartition("/")[2]], body["example"])
        answer = as_("root")("POST", path.removeprefix("/api/v1"), body["example"])
        assert answer.status_code in (201, 409, 422), (path, answer.json)


@one_engine
def test_each_reader_finds_what_he_may_do(as_: As) -> None:
    ann = as_("ann")("GET", "/openapi.json").json["paths"]
    assert "post" in ann["/api/v1/core/customer"]
    assert "/api/v1/core/user" not in ann
    reader = as_("ann", "core.customer.read")("GET", "/openapi.json").json["paths"]
    assert set(reader["/api/v1/core/customer"]) == {"get"}
    assert "/api/v1/core/contact" not in reader


@one_engine
def test_a_hidden_field_is_not_in_it(as_: As, world: World) -> None:
    with world.site.system("tests"), writing() as session:
        session.add(stamp(FieldRule(role_id=world.roles["user"], resource="core.customer", field="phone", rule=Rule.hidden)))
        session.add(stamp(FieldRule(role_id=world.roles["user"], resource="core.customer", field="fax", rule=Rule.readonly)))
    world.changed()
    found = as_("ann")("GET", "/openapi.json").json
    assert '"phone"' not in str(found["components"]["schemas"]["core.customer"]).replace("'", '"')
    assert "phone" not in found["components"]["schemas"]["core.customer.new"]["properties"]
    assert not [p for p in found["paths"]["/api/v1/core/customer"]["get"]["parameters"] if p["name"].startswith("phone.")]
    assert "fax" in found["components"]["schemas"]["core.customer"]["properties"]
    assert "fax" not in found["components"]["schemas"]["core.customer.new"]["properties"]


@one_engine
def test_it_is_for_people_who_are_known(as_: As, at_browser: Callable[[str], Browser]) -> None:
    assert as_("")("GET", "/openapi.json").status_code == 401
    ann = at_browser("ann")
    assert ann("GET", "/api/v1/openapi.json").json["paths"]["/api/v1/core/customer"]
    assert ann("GET", "/api/v1/openapi.json", Authorization="Bearer nix").status_code == 401


@one_engine
def test_the_paper_names_every_status_the_document_names(world: World) -> None:
    statuses = {int(s) for item in full(world)["paths"].values() for m, o in item.items() if m != "parameters" for s in o["responses"]}
    assert {s for s in statuses if s >= 400} <= {int(n) for n in re.findall(r"\b[45]\d\d\b", DOC.read_text("utf-8"))}
    assert {s for s in statuses if s >= 400} <= set(_KINDS)


@pytest.fixture
def served(api_app: flask.Flask) -> Iterator[str]:
    """The address of the application behind a real socket."""
    server = make_server("127.0.0.1", 0, api_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@one_engine
def test_the_examples_of_the_paper_work_as_they_stand(served: str, world: World) -> None:
    examples = re.findall(r"```sh\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)
    assert len(examples) >= 4
    environment = {"URL": served, "TOKEN": token_of(world, "ann"), "PATH": "/usr/bin:/bin:/usr/local/bin", "no_proxy": "*"}
    for example in examples:
        done = subprocess.run(["sh", "-e", "-c", example], env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{example}\n{done.stdout}{done.stderr}"
