"""The bare tables as resources."""

from collections.abc import Mapping
from typing import Any

from crm_core.kernel.declare import Action
from crm_core.kernel.errors import Refused
from crm_core.resource.resource import Lines, Resource
from tests.bare.models import Crumb, Kind, Line, Piece, Pointer, Shelf, Thing, _


def finish(row: Thing) -> None:
    """An action as features write them: it changes a loaded object."""
    if row.hint == "stuck":
        raise Refused(_("It is stuck."))
    row.flag = True


class Shelves(Resource):
    model = Shelf
    label = _("Shelves")
    columns = ("name",)
    search = ("name",)
    sorts = "name", "-updated_at"
    unique = (("code",),)


class Things(Resource):
    model = Thing
    label = _("Things")
    columns = "name", "standing", "owner", "rank", "day"
    filters = (
        "name", "kind", "standing", "flavours", "price", "rank", "day", "done_at", "flag", "shelf", "twin", "owner",
        "department", "team", "updated_at", "hint", "note", "phone", "code",
    )
    search = "name", "code", "phone", "note", "hint"
    sorts = "-updated_at", "name", "rank", "day", "price"
    brief = "name", "standing", "owner"
    lines = (Lines("lines", Line, ("text", "amount", "shelf"), _("Lines")),)
    unique = (("code",),)
    timeline = True
    actions = (
        Action("finish", _("Finish"), finish),
        Action("open_only", _("Only while open"), finish, when=lambda row: not row.flag),
    )

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        return {i: {"price": [_("A large thing has a price.")]} for i, row in enumerate(rows)
                if row.get("kind") is Kind.large and row.get("price") == 0}


class Pieces(Resource):
    model = Piece
    label = _("Pieces")
    columns = "name", "thing"
    filters = "name", "thing", "owner"
    search = "name", "note"
    sorts = "-updated_at", "name"


class Crumbs(Resource):
    model = Crumb
    label = _("Crumbs")
    columns = ("name",)
    search = ("name",)
    sorts = ("-updated_at",)


class Pointers(Resource):
    model = Pointer
    label = _("Pointers")
    columns = "name", "firm"
    filters = "firm", "owner"
    sorts = "-updated_at", "name"
