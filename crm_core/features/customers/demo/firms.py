"""Invented firms and people as rows for the write path; the same ones for the same dice."""

import datetime as dt
import random
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.demo import text
from crm_core.features.customers.models import Industry, Position, Region
from crm_core.text import shapes
from crm_core.text.areas import MILLION
from crm_core.text.pinyin import spell

DIRECTORS = ("董事长", "总经理", "副总经理")
# When firms of a kind are open; of many nobody has asked.
HOURS = {
    "maker": ("Mon-Fri 08:30-12:00, 13:30-17:30", "Mon-Sat 08:00-12:00, 14:00-18:00", "Mon-Fri 09:00-17:00"),
    "trader": ("Mon-Sat 09:00-18:30", "Mon-Sun 09:00-21:00", "Mon-Fri 08:30-12:00, 13:00-18:00; Sat 09:00-12:00"),
    "service": ("Mon-Fri 09:00-12:00, 13:30-18:00", "Mon-Sun 10:00-22:00"),
}
OTHERS = ("营销负责人", "市场负责人", "品牌经理", "采购负责人", "销售负责人", "宣传负责人", "办公室主任", "区域经理", "联络人")


class Firms:
    """Draws firms and the people in them."""

    def __init__(self, dice: random.Random, *, long_brands: bool = False) -> None:
        self.dice, self.longer = dice, 0.9 if long_brands else 0.3
        self.regions = {r.code: r for r in session.execute(sa.select(Region.id, Region.code, Region.dialling_code))}
        self.industries = {r.code: r.id for r in session.execute(sa.select(Industry.id, Industry.code))}
        self.positions = {r.name: r.id for r in session.execute(sa.select(Position.id, Position.name))}
        self.used: set[str] = set()
        # Of their own, so that places and hours change nothing else.
        self.spots, self.doors = random.Random(4), random.Random(5)

    def firm(self) -> dict[str, Any]:
        """A customer's row, with an address or two."""
        dice = self.dice
        code, city, _weight, postcode = dice.choices(text.CITIES, [c[2] for c in text.CITIES])[0]
        trade, kind, endings, _w = dice.choices(text.TRADES, [t[3] for t in text.TRADES])[0]
        brand = self._brand()
        domain = "".join(spell(brand))
        place = self.regions.get(code)
        standing = dice.choices(("potential", "customer", "key", "lost", "competitor", "partner"), (42, 34, 9, 8, 2, 5))[0]
        street = f"{dice.choice(text.STREETS)} {dice.randint(1, 288)} 号"
        region = place.id if place is not None else None
        addresses = [{"purpose": "office", "region": region, "street": street, "postcode": postcode}]
        if kind == "maker" and dice.random() < 0.5:
            addresses.append({**addresses[0], "purpose": "factory", "street": f"{dice.choice(text.STREETS)} {dice.randint(1, 99)} 号"})
        return {
            "name": f"{city}{brand}{dice.choice(endings)}", "standing": standing, "region": region,
            "industry": self.industries.get(trade), "business_kind": kind, "ownership": dice.choice(text.OWNERSHIP),
            "size": dice.choices(("large", "medium", "small"), (1, 3, 5))[0], "source": dice.choice(text.SOURCES),
            "customer_kind": {"customer": "old", "key": "old", "partner": "partner", "competitor": "competitor"}.get(standing, "target"),
            "phone": self.phone(place.dialling_code if place is not None else None),
            "email": f"office@{domain}.example", "website": f"www.{domain}.example" if dice.random() < 0.6 else None,
            "legal_representative": self.name()[0] if dice.random() < 0.7 else None,
            "note": dice.choice(text.REMARKS) if dice.random() < 0.4 else None, "addresses": addresses, **self.spot(code),
            "opening_hours": self.doors.choice(HOURS[kind]) if self.doors.random() < 0.6 else None,
        }

    def spot(self, code: str) -> dict[str, Any]:
        """A place in or around a city; of some firms nobody has found it out."""
        middle = shapes.middle(code)
        if middle is None or self.spots.random() < 0.15:
            return {}
        return {name: round(at + self.spots.gauss(0, 0.04) * MILLION) for name, at in zip(("latitude", "longitude"), middle, strict=True)}

    def _brand(self) -> str:
        while True:
            brand = self.dice.choice(text.FIRST) + self.dice.choice(text.SECOND)
            if self.dice.random() < self.longer:
                brand += self.dice.choice("春坊堂王尊源")
            if brand not in self.used and len(set(brand)) == len(brand):
                self.used.add(brand)
                return brand

    def people(self, customer: int, domain: str) -> list[dict[str, Any]]:
        """The contacts of a customer, the main one first."""
        return [self._person(customer, domain, main=n == 0) for n in range(self.dice.choices((1, 2, 3, 4), (3, 5, 3, 1))[0])]

    def _person(self, customer: int, domain: str, *, main: bool) -> dict[str, Any]:
        dice = self.dice
        name, sex = self.name()
        row: dict[str, Any] = {
            "customer": customer, "name": name, "sex": sex, "salutation": "mr" if sex == "male" else "ms", "main": main,
            "position": self.positions.get(dice.choice(DIRECTORS if main and dice.random() < 0.6 else OTHERS)),
            "mobile": self.mobile(), "email": f"{''.join(spell(name, name=True))}@{domain}" if dice.random() < 0.5 else None,
        }
        known = dice.random()
        if known < 0.35:
            row["birth_date"] = dt.date(dice.randint(1958, 1999), dice.randint(1, 12), dice.randint(1, 28))
        elif known < 0.55:
            row["age_told"] = dice.randint(28, 60)
        return row

    def name(self) -> tuple[str, str]:
        """A name and a sex."""
        sex = "female" if self.dice.random() < 0.35 else "male"
        return self.dice.choice(text.SURNAMES) + self.dice.choice(text.FEMALE if sex == "female" else text.MALE), sex

    def mobile(self) -> str:
        """A mobile number of a range that is not handed out much: the middle begins with two noughts."""
        return f"{self.dice.choice(('138', '139', '136', '158', '159', '186', '189', '177'))}00{self.dice.randint(0, 999_999):06d}"

    def phone(self, dial: str | None) -> str:
        return f"{dial or '010'}-{self.dice.randint(2, 8)}00{self.dice.randint(0, 9_999):04d}{self.dice.randint(0, 9)}"
