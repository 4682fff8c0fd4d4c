"""Which plugins are taken in, in which order, and who is left out for which reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.app import create_app, open_site
from crm_core.kernel.config import Config
from crm_core.kernel.manifest import RESERVED, BadManifest, Manifest
from crm_core.kernel.plugins import Found, closure, dependants, plan


def found(*manifests: Manifest) -> dict[str, Found]:
    return {m.name: Found(m.name, f"crm_{m.name}", "", m) for m in manifests}


def names(chosen: object) -> list[str]:
    return [one.name for one in chosen.order]  # type: ignore[attr-defined]


def test_the_required_and_the_enhanced_come_first_and_the_rest_by_name() -> None:
    shelf = found(
        Manifest("service", "", "1.0", enhances=("sales",)), Manifest("sales", "", "1.2"), Manifest("zeal", "", "1"),
        Manifest("extra", "", "1", requires=("zeal>=1",)),
    )
    assert names(plan(shelf, shelf)) == ["sales", "service", "zeal", "extra"]
    assert names(plan({"service"}, shelf)) == ["service"]


@pytest.mark.parametrize(("requires", "said"), [
    (("sales",), "which is not switched on"), (("core>=99",), "It requires core>=99"), (("sales>=2",), "which is not switched on"),
])
def test_who_lacks_something_is_blocked_and_so_is_who_needs_him(requires: tuple[str, ...], said: str) -> None:
    shelf = found(Manifest("visits", "", "1", requires=requires), Manifest("route", "", "1", requires=("visits",)), Manifest("sales", "", "1"))
    chosen = plan({"visits", "route"}, shelf)
    assert names(chosen) == []
    assert said in str(chosen.blocked["visits"])
    assert "visits" in str(chosen.blocked["route"])


def test_a_version_that_does_not_fit_blocks_and_says_both() -> None:
    shelf = found(Manifest("sales", "", "1.4"), Manifest("visits", "", "1", requires=("sales>=2,<3",)))
    chosen = plan(shelf, shelf)
    assert names(chosen) == ["sales"]
    assert "sales" in str(chosen.blocked["visits"]) and "1.4" in str(chosen.blocked["visits"])


def test_a_circle_is_blocked_as_a_whole_and_the_rest_serves() -> None:
    shelf = found(Manifest("a_one", "", "1", requires=("b_two",)), Manifest("b_two", "", "1", requires=("a_one",)), Manifest("quiet", "", "1"))
    chosen = plan(shelf, shelf)
    assert names(chosen) == ["quiet"]
    assert "a_one, b_two" in str(chosen.blocked["a_one"])


def test_what_is_not_installed_or_cannot_be_read_is_blocked() -> None:
    shelf = {"odd": Found("odd", "crm_odd", "", None, "Traceback …")}
    chosen = plan({"gone", "odd"}, shelf)
    assert set(chosen.blocked) == {"gone", "odd"} and not chosen.order


def test_enabling_takes_along_what_is_required_and_disabling_who_requires() -> None:
    shelf = found(Manifest("low", "", "1"), Manifest("mid", "", "1", requires=("low",)), Manifest("top", "", "1", requires=("mid",)))
    assert closure("top", shelf) == ["low", "mid", "top"]
    assert dependants(["low"], ["low", "mid", "top"], shelf) == ["mid", "top"]
    assert dependants(["top"], ["low", "mid", "top"], shelf) == []


@st.composite
def shelves(draw: st.DrawFn) -> dict[str, Found]:
    size = draw(st.integers(1, 7))
    all_names = [f"p{n}x" for n in range(size)]
    some = st.lists(st.sampled_from(all_names), max_size=3, unique=True).map(tuple)
    return found(*(Manifest(name, "", "1", requires=draw(some), enhances=draw(some)) for name in all_names))


@given(shelves(), st.data())
def test_whoever_is_taken_in_has_all_he_requires_before_him(shelf: dict[str, Found], data: st.DataObject) -> None:
    chosen_names = data.draw(st.sets(st.sampled_from(sorted(shelf))))
    chosen = plan(chosen_names, shelf)
    order = names(chosen)
    assert set(order) | set(chosen.blocked) == chosen_names and not set(order) & set(chosen.blocked)
    for at, one in enumerate(chosen.order):
        assert one.manifest is not None
        assert one.manifest.needs.keys() - {"core", one.name} <= set(order[:at])
    assert order == names(plan(sorted(chosen_names, reverse=True), dict(reversed(shelf.items()))))


@pytest.mark.parametrize("bad", [
    {"name": "Visits"}, {"name": "core"}, {"name": "x"}, {"version": "one"}, {"requires": ("sales>>1",)}, {"personal": ("core_user.name",)},
])
def test_a_manifest_that_cannot_be_believed_says_what_is_wrong(bad: dict[str, object]) -> None:
    with pytest.raises(BadManifest):
        Manifest(**{"name": "visits", "label": "", "version": "1.0", **bad})  # type: ignore[arg-type]


def test_no_plugin_is_called_as_the_addresses_of_core_begin(tmp_path: Path) -> None:
    """Or its audience would hide core's own pages."""
    app = create_app(open_site(config=Config(site=tmp_path)))
    firsts = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    names = {first for first in firsts if re.fullmatch("[a-z][a-z0-9_]{1,30}", first)}
    assert names - RESERVED == set() and len(names) > 15
    with pytest.raises(BadManifest):
        Manifest("reports", "Reports", "1.0")
