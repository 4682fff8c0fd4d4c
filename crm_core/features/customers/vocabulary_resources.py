"""The words of place and trade as resources: regions, industries, positions, tags."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Industry, Position, Region, Tag
from crm_core.features.customers.tags import used
from crm_core.kernel.i18n import _
from crm_core.resource.bilingual import Bilingual
from crm_core.resource.changes import as_written
from crm_core.resource.resource import Resource
from crm_core.text.divisions import find_region, place_words
from crm_core.text.places import english_name

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]


class Regions(Bilingual):
    model = Region
    label = _("Regions")
    singular = _("Region")
    icon = "map-pin"
    importable = True
    columns = "name", "full_name", "english", "code", "dialling_code", "postcode"
    search = "name", "full_name", "full_english", "code"
    search_names = "name", "full_name"
    filters = "parent", "code", "dialling_code"
    tree = "parent_id"
    unique = (("code",),)
    order = 81
    help = _("Provinces, cities and districts with their codes; customers and addresses name one of them.")
    names = "full_name", "full_english"

    @property
    def label_field(self) -> str:
        return "full_name"

    def brief_word(self, value: str) -> str:
        return place_words(value)

    def english(self, name: str) -> str:
        return english_name(name)

    def derive(self, rows: Rows, before: Before) -> None:
        """The full names follow the names and what lies above."""
        super().derive(rows, before)
        wanted = {now["parent_id"] for row in rows if (now := as_written(row, before)).get("parent_id")}
        query = sa.select(Region.id, Region.full_name, Region.full_english).where(Region.id.in_(wanted))
        above = {row.id: row for row in session.execute(query)} if wanted else {}
        for row in rows:
            now = as_written(row, before)
            if not row.keys().isdisjoint(("name", "english", "parent_id")):
                over = above.get(now.get("parent_id") or 0)
                row["full_name"] = ((over.full_name if over else "") + (now.get("name") or ""))[:300]
                row["full_english"] = ", ".join(filter(None, (now.get("english"), over.full_english if over else "")))[:300]

    def by_name(self, names: Iterable[str]) -> dict[str, int]:
        """As people and files say them: 四川宜宾, 宜宾市, Chengdu, 511500. What may be several places is none."""
        wanted = list(names)
        found = super().by_name(wanted)
        codes = {name: hits[0].code for name in wanted if name not in found and len(hits := find_region(name)) == 1}
        if codes:
            ids = {r.code: r.id for r in session.execute(sa.select(Region.code, Region.id).where(Region.code.in_(set(codes.values()))))}
            found.update({name: ids[code] for name, code in codes.items() if code in ids})
        return found


class Industries(Bilingual):
    model = Industry
    label = _("Industries")
    singular = _("Industry")
    icon = "building-factory-2"
    importable = True
    columns = "name", "english", "code", "parent"
    search = "name", "english", "code"
    filters = ("parent",)
    tree = "parent_id"
    unique = (("code",),)
    order = 82
    help = _("Industries and their sub-industries; a filter for one means those below it too.")


class Positions(Bilingual):
    model = Position
    label = _("Positions")
    singular = _("Position")
    icon = "id-badge-2"
    importable = True
    columns = "name", "english"
    search = "name", "english"
    order = 83
    help = _("What contacts are at their firms.")


class Tags(Resource):
    model = Tag
    label = _("Tags")
    singular = _("Tag")
    icon = "tag"
    files = False
    importable = True
    columns = ("name", "updated_at")
    search = ("name",)
    sorts = "name", "-updated_at"
    unique = (("name",),)
    in_palette = False
    order = 84
    help = _("Words people put on records to find them again.")

    def held(self, ids: Sequence[int]) -> set[int]:
        return super().held(ids) | used(ids)
