"""Strings that break programs (security M5) in every text field of customers and contacts: kept exactly, found, shown, put in order."""

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from crm_core.kernel.site import actor, site
from crm_core.resource import listing
from crm_core.resource.exchange.export import plan, stream
from crm_core.text import tokens
from tests.support.people import Client, Company

STRINGS = [
    # Direction, and what nobody sees.
    "报价\u202efdp.exe", "\u202dabc\u202c 甲", "שלום 公司 مرحبا", "a\u200bb\u200bc", "甲\u200d乙", "x\u2060y", "soft\u00adhyphen", "\u200eLRM\u200f", "\u2066isolate\u2069",
    # Marks: composed, not composed, sixteen on one letter, Vietnamese, Thai, Hindi.
    "é café", "e\u0301 cafe\u0301", "o" + "\u0301\u0323" * 8, "Nguyễn Thị Ánh", "ชื่อบริษัท", "कंपनी क्षेत्र", "각", "한글",
    # Pictures: families, flags, skin, variants.
    "👨‍👩‍👧‍👦 家", "🇨🇳🇩🇪", "👍🏽", "❤️ 店", "☎\ufe0e电话", "\U0001f9d1\u200d\U0001f680", "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    # Rare Chinese, compatibility and variants, radicals, fractions of characters.
    "𠮷野家", "𰻝𰻝面馆", "㐂寿司", "䶮店", "凞媛堃", "⼀⼆三", "豈更車", "龍门龙門", "葛\U000e0100城", "𪚥𪚥", "〇一二", "々仝", "㈱和㈲", "㍿",
    # Width, case and other letters.
    "ＡＢＣ１２３（股份）", "ｱｲｳ アイウ", "İstanbul ıi", "Straße STRASSE", "ﬁnanz ﬂuss", "ΣΊΣΥΦΟΣ ς", "Ǆǅǆ", "раураl.соm", "Ⅷ ⅷ ①②", "ªº½㎡",
    # What a language of programs takes for its own.
    "<script>alert(1)</script>", "'; DROP TABLE x;--", "{{7*7}}${7*7}", "%s%n%x", "../../etc/passwd", "=cmd|' /C calc'!A0", "\\u0000 \\x00", "&amp;&#60;", "NULL", "None",
    "true", "0x1F 1e308 ٣٤", "a" * 190, "钱" * 60, "\"quoted\" ‘ones’ «like» 「这样」",
]  # fmt: skip
LIST = "/core/customer"


def stored(text: str) -> str:
    """Composed, without control characters, which none of these has: nothing else may be changed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def texts_of(resource: Any) -> list[str]:
    return [n for n, f in resource.fields(writing=True).items() if f.kind in ("line", "name", "note") and not f.readonly and f.column and n != "invalid_reason"]


def fitting(field: Any, text: str) -> str:
    """As much of it as the field holds; never half a character."""
    return stored(stored(text)[: field.length] if field.length else text)


def rows_of(resource: Any, **more: Any) -> list[dict[str, Any]]:
    """As many records as strings: over all of them each field has each string once."""
    fields = resource.fields(writing=True)
    names = [n for n in texts_of(resource) if n not in ("code", "credit_code")]
    return [{**more, **{name: fields[name].parse(STRINGS[(at + shift) % len(STRINGS)][: fields[name].length or None]) for shift, name in enumerate(names)}}
            for at in range(len(STRINGS))]


def exported(resource: Any, format: str) -> bytes:
    return b"".join(stream(site(), actor(), plan(resource, listing.parse(resource, []), format=format)))


def every_page(admin: Client, path: str) -> Iterator[str]:
    while path:
        text = admin.get(path).text
        yield text
        found = re.search(r'href="([^"]*[?&;]after=[^"]*)"', text)
        path = html.unescape(found[1]) if found else ""


def test_every_text_field_keeps_shows_finds_and_orders_what_breaks_programs(house: Company) -> None:
    admin, known = house.client("admin"), {}
    with house.as_("admin"):
        customers, contacts = (house.site.registry.resource(f"core.{n}") for n in ("customer", "contact"))
        rows = rows_of(customers)
        ids = customers.write(rows)
        for resource, wanted, made in ((customers, rows, ids), (contacts, people := rows_of(contacts, customer=ids[0]), contacts.write(people))):
            lines = [json.loads(line) for line in exported(resource, "jsonl").splitlines()]
            there = {line["id"]: line for line in lines}
            for row, row_id in zip(wanted, made, strict=True):
                for name, value in row.items():
                    assert name == "customer" or there[row_id][name] == value == stored(value), (resource.name, name)
        known = {row_id: row["name"] for row_id, row in zip(ids, rows, strict=True)}
        in_csv, in_cards = (exported(customers, format).decode() for format in ("csv", "vcf40"))
        assert all(name.replace('"', '""') in in_csv for name in known.values())
        assert in_cards.count("BEGIN:VCARD") == len(ids)
        for row_id, name in known.items():
            if tokens.query(name):  # of marks and pictures alone there is nothing to ask for
                asked = listing.parse(customers, [("q", name)], limit=200)
                assert row_id in listing.page(asked).ids, name
        up, down = (listing.page(listing.parse(customers, [("sort", sort)], limit=200)).ids for sort in ("name", "-name"))
        assert sorted(up) == sorted(ids) and down == up[::-1]
    pages = "".join(every_page(admin, f"{LIST}?limit=50"))
    board = admin.get(f"{LIST}?look=board").text
    for name in known.values():
        assert str(html.escape(name, quote=False)).replace('"', "&#34;").replace("'", "&#39;") in pages, name
    assert board.count(f'href="{LIST}/') >= 20 and "<script>alert" not in board + pages
