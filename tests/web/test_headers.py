"""S11: the same headers on every answer. `Client.open` looks at each answer of each test; here are the rare ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import create_environ
from werkzeug.wrappers import Response

from crm_core.app import create_app, open_site
from crm_core.kernel.config import Config
from crm_core.web.assets import manifest
from tests.support.people import Company, check_headers

BIG = "x" * (3 * 1024 * 1024)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/sign-in", 200), ("GET", "/live", 200), ("GET", "/ready", 200), ("GET", "/me", 303), ("GET", "/nowhere", 404),
     ("GET", "/static/dist/nothing.js", 404), ("GET", "/static/dist/../app.py", 404), ("DELETE", "/sign-in", 405),
     ("OPTIONS", "/sign-in", 200), ("HEAD", "/sign-in", 200), ("GET", "/core/customer/99999999999999999999", 404)],
)
def test_all_kinds_of_answer_carry_them(house: Company, method: str, path: str, status: int) -> None:
    assert house.browser().open(path, method=method).status_code == status


def test_refusals_of_the_outer_doors_carry_them(house: Company) -> None:
    assert house.browser().get("/live", base_url="http://evil.example").status_code == 400
    assert house.browser().post("/sign-in", data={"name": BIG}).status_code == 413


def test_a_fault_carries_them_and_tells_nothing(house: Company) -> None:
    from crm_core.web.access import public

    def broken() -> str:
        raise RuntimeError("secret words of the fault")

    house.app._got_first_request = False
    house.app.add_url_rule("/broken", "broken", public("test")(broken))
    answer = house.client("lina").get("/broken")
    assert answer.status_code == 500
    assert "secret words" not in answer.text
    assert "Traceback" not in answer.text


def test_a_built_file_is_kept_for_ever_and_a_page_never(house: Company) -> None:
    if not manifest():
        pytest.skip("the assets are not built")
    for name in manifest().values():
        answer = house.browser().get(f"/static/dist/{name}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
    assert house.client("lina").get("/me").headers["Cache-Control"] == "no-store"


def test_over_https_browsers_are_told_to_stay_with_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    app = create_app(open_site(config=Config(site=tmp_path, base_url="https://crm.example.com")))
    answer = app.test_client().get("/live", base_url="https://crm.example.com")
    check_headers(answer)
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_without_https_they_are_not(house: Company) -> None:
    assert "Strict-Transport-Security" not in house.browser().get("/live").headers


def test_the_look_at_every_answer_fails_when_a_header_is_missing(house: Company) -> None:
    """Negative control of `Client.open`."""
    inside = house.app.wsgi_app.app.app  # type: ignore[attr-defined]  without the door that puts them on, nor that of live connections
    environ = create_environ("/live", "http://127.0.0.1")
    answer = Response.from_app(inside, environ)
    with pytest.raises(KeyError):
        check_headers(answer)  # type: ignore[arg-type]
    check_headers(Response.from_app(house.app.wsgi_app, environ))  # type: ignore[arg-type]
