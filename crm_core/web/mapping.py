"""The map of a list: outlines shaded by what its records come to there, points of those that have a place, and the same in words."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access import reads
from crm_core.data.session import session
from crm_core.kernel.i18n import _, language
from crm_core.resource import conditions, listing, maps, places, plans
from crm_core.text import areas, shapes
from crm_core.text.areas import MILLION, Box
from crm_core.web import atlas, urls
from crm_core.web.chips import Pairs, Place
from crm_core.web.viewmodels import ListMap, MapPoint, MapRegion, MapSum, Tab
from crm_core.web.viewmodels.map import corners, degrees

STEPS = 5  # of shade
LANDMARKS = 200  # of a resource
AREA = f"{places.NAME}.area"
WHOLE = Box(-90 * MILLION, -180 * MILLION, 90 * MILLION, 180 * MILLION)


def view(resource: Any, query: listing.Query, args: Pairs, place: Place) -> ListMap | None:
    """The map an address asks for; None when it asks for another picture."""
    said = dict(args)
    if said.get("look") != "map" or places.of(resource) is None:
        return None
    return _Sheet(resource, query, [(k, v) for k, v in args if k not in ("after", "before", "over", "by")], place, said).drawn()


class _Sheet:
    """One map of a list: what it is of (`over`), what it sums (`by`)."""

    def __init__(self, resource: Any, query: listing.Query, rest: Pairs, place: Place, said: Mapping[str, str]) -> None:
        self.resource, self.query, self.rest, self.place = resource, query, rest, place
        self.regions, self.country = maps.regions_of(resource), maps.country_of(resource)
        known = [*([shapes.WORLD] if self.country is not None else []), *([name for name in shapes.maps() if name != shapes.WORLD] if self.regions is not None else [])]
        first = shapes.CHINA if shapes.CHINA in known else next(iter(known), "")
        self.over = said.get("over", "") if said.get("over", "") in known else first
        self.measures = maps.measures(resource) if known else {}
        self.by = said.get("by", "") if said.get("by", "") in self.measures else ""
        self.measure = self.measures.get(self.by)
        self.area = said.get(AREA, "")
        asked = [one for tree in query.filters if tree.key != AREA for one in conditions.asked_in(tree)]
        self.areas = tuple((areas.write(area), out) for one, out in asked if one.key == AREA for area in one.values)

    def address(self, **more: str) -> str:
        return self.place.address([*self.rest, *({"over": self.over, "by": self.by, **more}).items()])

    def listed(self, *pairs: tuple[str, str]) -> str:
        """The list itself, narrowed further."""
        names = {name for name, _value in pairs}
        return self.place.address([*(p for p in self.rest if p[0] not in ("look", *names)), *pairs])

    def drawn(self) -> ListMap:
        found = maps.totals(self.query, self.measure, by_country=self.over == shapes.WORLD) if self.over else []
        here, rest = self._gathered(found)
        names = self._names(here)
        step = shade({code: self._weight(one) for code, one in here.items()})
        order = sorted(here, key=lambda code: (-self._weight(here[code]), code))
        regions = tuple(MapRegion(code, f"{names[code][0]} · {self._figure(here[code])}", step[code], self._closer(code, names)) for code in order if code in names)
        notes = self._notes(here, rest)
        return ListMap(
            map=atlas.view(
                self.resource.label, shapes_of=self.over, regions=regions, points=(*self._rough(here, names), *landmarks(self.resource)), area=self.area, areas=self.areas,
                more=urls.of_act(self.resource, None, "points", [p for p in self.rest if p[0] != "look"]),
                draw=self.place.address([(k, v) for k, v in [*self.rest, ("over", self.over), ("by", self.by)] if k not in (AREA, places.NAME) and v]), asked=AREA,
            ),
            steps=self._steps(), list_url=self.listed(), notes=notes,
            measures=tuple(Tab(label, self.address(by=code), code == self.by) for code, label in (("", _("How many")), *((n, f"{one.label} · {one.field.label}" if one.part else one.label) for n, one in self.measures.items()))) if self.measures else (),
            sums=tuple(MapSum(names[code][0], self._figure(here[code]), self._list_of(code, names), self._closer(code, names, only_map=True), step[code]) for code in order if code in names),
            key=self._key(step, here), heading=_("By country") if self.over == shapes.WORLD else _("By province") if self.over == shapes.CHINA else _("By city"),
            figure=self.measure.label if self.measure is not None else _("How many"),
        )

    def _gathered(self, found: Sequence[maps.Total]) -> tuple[dict[str, maps.Total], int]:
        """Totals by what is drawn here, and how many records nothing here stands for."""
        here: dict[str, maps.Total] = {}
        rest = 0
        for one in found:
            code = one.code if self.over == shapes.WORLD else shapes.holder(one.code, self.over)
            if code not in shapes.maps()[self.over]:
                rest += one.count if len(self.over) < 6 or one.code[:2] == self.over[:2] else 0
                continue
            was = here.get(code)
            here[code] = maps.Total(code, one.count + (was.count if was else 0), one.placed + (was.placed if was else 0), (one.amount or 0) + ((was.amount or 0) if was else 0))
        return here, rest

    def _names(self, here: Mapping[str, maps.Total]) -> dict[str, tuple[str, int]]:
        """(name, id of the region) by code; one statement."""
        if self.over == shapes.WORLD or self.regions is None:
            return {code: (self.country.show(code), 0) for code in here} if self.country is not None else {}
        wanted = [*here, *([self.over] if len(self.over) == 6 else [])]
        model = self.regions.model
        rows = session.execute(sa.select(model.id, model.code, model.english if language() == "en" else model.name).where(model.code.in_(wanted)))
        return {row[1]: (row[2], row[0]) for row in rows}

    def _weight(self, one: maps.Total) -> int:
        return int(one.amount or 0) if self.measure is not None else one.count

    def _figure(self, one: maps.Total) -> str:
        return self.measure.field.show(int(one.amount or 0)) if self.measure is not None else f"{one.count:,}"

    def _list_of(self, code: str, names: Mapping[str, tuple[str, int]]) -> str:
        if self.over == shapes.WORLD:
            return self.listed((self.resource.place.country, code))
        return self.listed((self.resource.place.region, str(names[code][1])))

    def _closer(self, code: str, names: Mapping[str, tuple[str, int]], *, only_map: bool = False) -> str:
        """The next map down, or the list where there is none."""
        below = shapes.CHINA if (self.over, code) == (shapes.WORLD, "CN") and self.regions is not None else code if self.over == shapes.CHINA else ""
        return self.address(over=below) if below in shapes.maps() else "" if only_map else self._list_of(code, names)

    def _steps(self) -> tuple[Tab, ...]:
        found = [(shapes.WORLD, _("World"))] if self.country is not None else []
        found += [(shapes.CHINA, _("China"))] if self.regions is not None else []
        if len(self.over) == 6:
            found.append((self.over, self._names({}).get(self.over, (self.over, 0))[0]))
        return tuple(Tab(label, self.address(over=code), code == self.over) for code, label in found) if len(found) > 1 else ()

    def _rough(self, here: Mapping[str, maps.Total], names: Mapping[str, tuple[str, int]]) -> tuple[MapPoint, ...]:
        """Those without a place of their own, at the middle of their region."""
        if self.over == shapes.WORLD or self.area:
            return ()
        found = []
        for code, one in here.items():
            if code in names and (n := one.count - one.placed):
                url = self.listed((self.resource.place.region, str(names[code][1])), (f"{places.NAME}.empty", "1"))
                found.append(MapPoint(shapes.maps()[self.over][code], _("%(name)s: %(n)s without a place of their own, drawn at its middle", name=names[code][0], n=f"{n:,}"), url, "rough", _short(n)))
        return tuple(found)

    def _notes(self, here: Mapping[str, maps.Total], rest: int) -> tuple[tuple[Any, str], ...]:
        lacking = sum(one.count - one.placed for one in here.values())
        found: list[tuple[Any, str]] = []
        if lacking and self.over != shapes.WORLD and not self.area:
            found.append((_("%(n)s have no place of their own: they stand at the middle of their region, and no drawn area holds them.", n=f"{lacking:,}"), self.listed((f"{places.NAME}.empty", "1"))))
        if rest:
            found.append((_("%(n)s belong to nothing that is drawn here.", n=f"{rest:,}"), ""))
        if self.areas:
            found.append((_("The areas of your conditions are drawn too; those left out are red."), ""))
        return tuple(found)

    def _key(self, step: Mapping[str, int], here: Mapping[str, maps.Total]) -> tuple[tuple[int, Any], ...]:
        found = []
        for shade_ in range(1, STEPS + 1):
            held = sorted((one for code, one in here.items() if step[code] == shade_), key=self._weight)
            if held:
                low, high = self._figure(held[0]), self._figure(held[-1])
                found.append((shade_, low if low == high else f"{low} – {high}"))
        return tuple(found)


def shade(weights: Mapping[str, int]) -> dict[str, int]:
    """A step for each: as many outlines in each step, equal weights in one; 0 for nothing."""
    found = sorted({weight for weight in weights.values() if weight > 0})
    place = {weight: 1 + at * STEPS // len(found) for at, weight in enumerate(found)}
    if found:
        place[found[-1]] = STEPS
    return {code: place.get(weight, 0) for code, weight in weights.items()}


def landmarks(resource: Any) -> tuple[MapPoint, ...]:
    """Our branches: records of resources that are drawn on every map, as far as the reader knows them."""
    found: list[MapPoint] = []
    for other in resource.registry.resources.values():
        if other.is_brief or other.place is None or not other.place.landmark or other is resource:
            continue
        source = other if other.may("read") else other.brief_resource
        if source is None or not source.may("read") or places.of(source) is None:
            continue
        latitude, longitude = (getattr(source.model, name) for name in source.place.pair)
        rows = session.execute(sa.select(source.model.id, latitude, longitude, source.label_column).where(latitude.is_not(None)).order_by(source.model.id).limit(LANDMARKS))
        found += [MapPoint((row[1], row[2]), source.word(row[3]), urls.of_record(source, row[0]), "ours") for row in rows]
    return tuple(found)


def points(resource: Any, args: Pairs) -> dict[str, Any]:
    """What stands in the box an address asks for: records one by one, or how many where they stand close."""
    place = places.of(resource)
    if place is None:
        return {"points": []}
    kept = [(k, v) for k, v in args if k != "box"]
    query = listing.parse(resource, kept)
    try:
        cells = maps.grid(query, _box(dict(args).get("box", "")))
    except plans.TooSlow as slow:
        return {"points": [], "note": str(slow.message)}
    single = [one.id for one in cells if one.count == 1]
    names = resource.labels(single)
    if resource.fields()[place.latitude].sensitive:
        reads.note(resource.name, single, "list")
    rest = [p for p in kept if p[0] not in (AREA, places.NAME)]
    return {"points": [_point(resource, one, names) for one in cells if one.count > 1 or one.id in names], "list": urls.of_list(resource, rest), "asked": AREA}


def _point(resource: Any, one: maps.Cell, names: Mapping[int, str]) -> dict[str, Any]:
    found = {"at": degrees(one.at), "n": one.count, "box": corners((one.box.south, one.box.west, one.box.north, one.box.east))}
    return found if one.count > 1 else {**found, "label": names[one.id], "url": urls.of_record(resource, one.id)}


def _short(n: int) -> str:
    """A number in little room: 950, 12k."""
    return str(n) if n < 10_000 else f"{n // 1_000}k"


def _box(text: str) -> Box:
    try:
        box = areas.read(f"box:{text}")
    except ValueError:
        return WHOLE
    return box if isinstance(box, Box) and box.west <= box.east else WHOLE
