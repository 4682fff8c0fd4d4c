"""Files over the API: the same guards as in the browser, within the rights and the scopes of a token."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from crm_core.data.session import writing
from crm_core.features.files import store
from crm_core.features.files.settings import FileSettings
from crm_core.resource import settings
from tests.files.test_hostile import CORPUS, NAMES
from tests.support.people import check_headers
from tests.support.world import World
from tests.support.worlds import Client, one_engine

As = Callable[..., Client]
SCOPES = ("core.customer.*", "core.attachment.*")


def on_disk(world: World) -> list[Path]:
    return [p for p in (world.site.home / store.FOLDER).rglob("*") if p.is_file()]


def test_a_file_is_put_read_in_part_given_versions_and_deleted(world: World, as_: As) -> None:
    ann, place = as_("ann", *SCOPES), f"/core/customer/{world.customers['ann']}/files"
    made = ann("POST", place, file=("../报价单.txt", b"0123456789"), Idempotency_Key="k1")
    one = made.json
    assert (made.status_code, one["name"], one["kind"], one["size"], one["number"]) == (201, "报价单.txt", "text", 10, 1)
    assert made.headers["Location"] == f"/api/v1/core/attachment/{one['id']}" and "Idempotent-Replayed" not in made.headers
    again = ann("POST", place, file=("../报价单.txt", b"0123456789"), Idempotency_Key="k1")
    assert (again.status_code, again.json, again.headers["Idempotent-Replayed"]) == (201, one, "true")
    assert ann("POST", place, file=("b.txt", b"other"), Idempotency_Key="k1").status_code == 422
    assert [f["id"] for f in ann("GET", place).json["items"]] == [one["id"]] and len(on_disk(world)) == 1

    file = f"/core/attachment/{one['id']}"
    whole = ann("GET", f"{file}/content")
    assert whole.get_data() == b"0123456789" and whole.headers["Content-Type"].startswith("text/plain") and "attachment" in whole.headers["Content-Disposition"]
    check_headers(whole)
    part = ann("GET", f"{file}/content", Range="bytes=2-4")
    assert (part.status_code, part.get_data(), part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    beyond = ann("GET", f"{file}/content", Range="bytes=99-")
    assert (beyond.status_code, beyond.json["type"]) == (416, "urn:tangram-crm:range")
    assert ann("GET", f"{file}/content", If_None_Match=whole.headers["ETag"]).status_code == 304
    assert ann("GET", f"{file}/content?version=x").status_code == 400 and ann("GET", f"{file}/content?version=7").status_code == 404

    tag = f'"{one["version"]}"'
    second = ann("POST", f"{file}/versions", file=("b.pdf", b"%PDF-1.4 second"), If_Match=tag, Idempotency_Key="k2")
    assert (second.status_code, second.json["number"], second.json["kind"]) == (201, 2, "pdf")
    assert ann("POST", f"{file}/versions", file=("b.pdf", b"%PDF-1.4 second"), If_Match=tag, Idempotency_Key="k2").headers["Idempotent-Replayed"] == "true"
    assert ann("POST", f"{file}/versions", file=("c.pdf", b"%PDF-1.4 third"), If_Match=tag).status_code == 412
    assert ann("POST", f"{file}/versions", file=("c.pdf", b"%PDF-1.4 third"), If_Match=tag, Idempotency_Key="k3").status_code == 412
    found = ann("GET", f"{file}/versions").json["items"]
    assert [(v["number"], v["counts"]) for v in found] == [(2, True), (1, False)] and found[1]["sha256"] == hashlib.sha256(b"0123456789").hexdigest()
    assert ann("GET", f"{file}/content?version=1").get_data() == b"0123456789" and len(on_disk(world)) == 2

    assert ann("DELETE", file).status_code == 204
    assert ann("GET", place).json["items"] == [] and ann("GET", f"{file}/content").status_code == 404 == ann("GET", f"{file}/versions").status_code


@one_engine
def test_a_token_speaks_of_files_by_themselves_and_never_of_others(world: World, as_: As) -> None:
    his, foreign = (f"/core/customer/{world.customers[name]}/files" for name in ("ann", "sue"))
    file = f"/core/attachment/{as_('ann', *SCOPES)('POST', his, file=('a.txt', b'a')).json['id']}"
    for scopes in (("core.customer.*",), ("core.attachment.*",), ("core.customer.read", "core.attachment.*"), ("core.customer.*", "core.attachment.read")):
        assert as_("ann", *scopes)("POST", his, file=("b.txt", b"b")).status_code == 403, scopes
    reader = as_("ann", "core.*.read")
    assert (reader("GET", his).status_code, reader("GET", f"{file}/content").status_code) == (200, 200)
    assert (reader("POST", f"{file}/versions", file=("b.txt", b"b")).status_code, reader("DELETE", file).status_code) == (403, 403)
    blind = as_("ann", "core.customer.*")
    assert {blind("GET", url).status_code for url in (his, f"{file}/content", f"{file}/versions")} == {403}
    sue = as_("sue", *SCOPES)
    assert {sue("GET", url).status_code for url in (his, f"{file}/content", f"{file}/versions")} == {404}
    assert {sue("POST", url, file=("b.txt", b"b")).status_code for url in (his, f"{file}/versions")} == {404}
    assert as_("ann", *SCOPES)("POST", foreign, file=("b.txt", b"b")).status_code == 404
    assert as_("root")("POST", "/core/user/1/files", file=("b.txt", b"b")).status_code == 404, "accounts hold no files"
    assert len(on_disk(world)) == 1


@one_engine
def test_what_the_browser_does_not_take_the_api_does_not_take(world: World, as_: As) -> None:
    with world.site.system("tests"), writing():
        settings.put(FileSettings, {"largest": 3})
    ann, place = as_("ann", *SCOPES), f"/core/customer/{world.customers['ann']}/files"
    for name, body, status in (("a.txt", b"", 422), ("tool.EXE", b"x", 422), ("a.pHaR", b"x", 422), ("a.jpg", b"MZ\x90\0", 422), ("a.bin", b"x" * (3 * 2**20 + 1), 413),
                               ("a.bin", b"x" * 5 * 2**20, 413)):
        answer = ann("POST", place, file=(name, body))
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), name
    assert ann("POST", place, {"file": "x"}).status_code == 415
    assert on_disk(world) == [] and ann("GET", place).json["items"] == []
    assert ann("POST", place, file=("a.bin", b"x" * 3 * 2**20)).status_code == 201, "what is just small enough, and more than any other body may be"
    for name, body, media in CORPUS:
        made = ann("POST", place, file=(name, body)).json
        got = ann("GET", f"/core/attachment/{made['id']}/content")
        assert (got.mimetype, got.get_data()) == (media, body) and got.headers["Content-Disposition"].startswith("attachment"), name
        assert "sandbox" in got.headers["Content-Security-Policy"] or "default-src 'none'" in got.headers["Content-Security-Policy"]
    for given, kept in NAMES:
        if given.isprintable() and given and '"' not in given and len(given) < 200:
            assert ann("POST", place, file=(given, b"x")).json["name"] == kept
