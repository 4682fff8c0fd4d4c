"""The table of contents of the pebbles."""

from typing import Any

from crm_core.sdk import Resource, hookimpl
from tests.pebbles.models import Pebble


class Pebbles(Resource):
    model = Pebble
    label = "Pebbles"
    columns = "name", "customer"
    filters = ("owner", "customer")
    search = ("name",)
    sorts = ("-updated_at", "name")


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Pebbles]
