"""A yes or no that an action begins with can be taken off, and stays off."""

from crm_core.features.rules import kinds
from crm_core.kernel.i18n import in_language
from crm_core.resource.fields import BooleanField


class _Kind:
    fields = (BooleanField(name="file", column="", label="File it", default=True), BooleanField(name="must", column="", label="Must", default=False))


def test_a_tick_that_was_taken_off_is_off() -> None:
    with in_language("en"):
        assert kinds.values_of(_Kind, None, {}) == {"file": True, "must": False} | {"must": None}
        for given in ({"file": ""}, {"file": "0"}):
            assert kinds.values_of(_Kind, None, given)["file"] is False
            assert kinds.shown_of(_Kind, None, given)["file"] == "No"
        assert kinds.values_of(_Kind, None, {"file": "1", "must": "1"}) == {"file": True, "must": True}
