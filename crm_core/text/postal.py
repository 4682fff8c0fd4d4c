"""Addresses as the post reads them: Chinese ones from the large to the small with the name last, others in their order with the
country last."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crm_core.text.clean import clean_line
from crm_core.text.scripts import has_han

HOME = "CN"


@dataclass(frozen=True)
class Recipient:
    """Whom something is sent to. `country` is what it is called on the envelope; empty within the house's own."""

    firm: str = ""
    name: str = ""
    title: tuple[str, str] = ("", "")  # form of address, in Chinese and in English
    position: tuple[str, str] = ("", "")
    region: str = ""
    street: str = ""
    postcode: str = ""
    country: str = ""
    row_id: int = 0

    @property
    def person(self) -> str:
        """The name with its form of address: 张伟 女士, Ms Anna Fischer."""
        zh, en = self.title
        if not self.name:
            return ""
        if has_han(self.name):
            return f"{self.name} {zh}".strip() if zh and not self.name.endswith(zh) else self.name
        return f"{en} {self.name}".strip() if en and not self.name.startswith(f"{en} ") else self.name

    @property
    def post(self) -> str:
        """The position in the language of the address."""
        return self.position[bool(self.country) or not has_han(self.street)] or self.position[0]

    @property
    def place(self) -> str:
        """Region and street in one line of a Chinese address; what the street repeats of the region is said once."""
        if has_han(self.street) or not self.street:
            return joined(self.region, self.street)
        return self.street

    @property
    def lines(self) -> tuple[str, ...]:
        """The whole address, line by line."""
        found: tuple[str, ...]
        if self.country:
            found = (self.person, self.post, self.firm, self.street, f"{self.postcode} {self.region}", self.country)
        elif not has_han(self.street + self.region):
            found = (self.person, self.post, self.firm, self.street, f"{self.region} {self.postcode}")
        else:
            found = (self.postcode, self.place, self.firm if self.person else "", self.receiver)
        return tuple(line for one in found if (line := clean_line(one)))

    @property
    def receiver(self) -> str:
        """The last line of a Chinese address: who takes it."""
        if not self.person:
            return f"{self.firm} 收" if self.firm else ""
        post = self.position[0]
        return f"{post} {self.person} 收" if has_han(post) else f"{self.person} 收"

    def values(self) -> dict[str, str]:
        """What a template of labels and envelopes may name."""
        return {
            "address": "\n".join(self.lines), "name": self.name, "person": self.person, "receiver": self.receiver, "firm": self.firm, "title": self.title[not has_han(self.name)],
            "position": self.post, "region": self.region, "street": self.street, "place": self.place, "postcode": self.postcode, "country": self.country,
        }


# What may be written in a template → what it means.
WORDS = {
    **{name: name for name in ("address", "name", "person", "receiver", "firm", "title", "position", "region", "street", "place", "postcode", "country", "date")},
    "地址": "address", "姓名": "name", "称谓": "person", "收件人": "receiver", "单位": "firm", "称呼": "title", "职务": "position",
    "地区": "region", "街道": "street", "详细地址": "place", "邮编": "postcode", "邮政编码": "postcode", "国家": "country", "日期": "date",
}


_PARTS = re.compile(".+?(?:省|自治区|行政区|市|自治州|地区|盟|[区县旗州])")


def joined(region: str, street: str) -> str:
    """四川省成都市武侯区 and 武侯区人民南路 18 号 are one address: what both say is said once, however much of it the street says."""
    if not region or not street:
        return region or street
    for part in _PARTS.finditer(region):
        if street.startswith(part[0]):
            return region[: part.start()] + street
    for size in range(min(len(region), len(street)), 1, -1):
        if region.endswith(street[:size]):
            return region + street[size:]
    return region + street
