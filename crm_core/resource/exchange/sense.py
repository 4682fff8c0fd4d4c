"""In which encoding bytes make sense: which of them can be read in it, whether the heads of columns become words we know,
and how its characters are spread. GB18030, EUC-KR and EUC-JP share their bytes, so short texts can be read in several;
then the others are named and a person is asked.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import NamedTuple

from crm_core.resource.exchange.synonyms import meaning

EAST = ("gb18030", "big5hkscs", "cp932", "cp949", "euc_jp")
CHOICES = {
    "utf-8": "UTF-8", "gb18030": "GB18030 / GBK", "big5hkscs": "Big5", "cp949": "EUC-KR", "cp932": "Shift-JIS", "euc_jp": "EUC-JP",
    "utf-16": "UTF-16", "cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1251": "Windows-1251", "koi8_r": "KOI8-R",
}  # fmt: skip
ALPHABETS = ("cp1251", "koi8_r", "cp1250", "cp1252")  # one byte a letter: hard to tell apart
CLEAR = 0.12  # by so much the best must be better than the next
ENOUGH = 0.7
_HIGH = re.compile(rb"[\x80-\xff]+")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u4e00-\u9fff]")
_KANA = re.compile("[\u3041-\u30fa]")


class Guess(NamedTuple):
    """The encoding, and others in which the text makes nearly as much sense."""

    encoding: str
    others: tuple[str, ...] = ()


def by_sense(sample: bytes) -> Guess:
    """What a text is written in that is not UTF-8."""
    runs = _HIGH.findall(sample)
    single = sum(1 for run in runs if len(run) == 1) / len(runs)
    texts = {name: text for name in EAST if (text := _decoded(sample, name)) is not None}
    scores = {name: _score(text, name) for name, text in texts.items()}
    best = max(scores, key=lambda name: scores[name], default="")
    # Below 0xA0 nothing of Western texts but quotation marks; Shift-JIS begins most of its characters there.
    letters = sum(1 for run in runs for byte in run if byte >= 0xA0) / sum(map(len, runs))
    if single > 0.8 and letters > 0.8 and scores.get(best, 0) < 0.95:
        return Guess("cp1252")  # one letter with an accent now and then: Müller
    known = {name: found for name, text in texts.items() if (found := _known_heads(text))}
    if known:
        most = max(known.values())
        first = [name for name, found in known.items() if found == most]
        if len(first) == 1:
            return Guess(first[0])
        scores = {name: scores[name] for name in first}
        best = max(scores, key=lambda name: scores[name])
    if scores.get(best, 0) >= ENOUGH:
        near = sorted((name for name in scores if name != best and scores[best] - scores[name] < CLEAR), key=lambda n: -scores[n])
        if "gb18030" in near:  # what is asked about is shown as what most such files are
            best, near = "gb18030", [best, *(name for name in near if name != "gb18030")]
        return Guess(best, tuple(near))
    import charset_normalizer

    match = charset_normalizer.from_bytes(sample).best()
    name = match.encoding if match else "latin-1"
    return Guess(name, tuple(other for other in ALPHABETS if other != name))


def _decoded(sample: bytes, encoding: str) -> str | None:
    """The sample in this encoding; None when more of it than a cut at its end or a stray byte is not."""
    text = sample.decode(encoding, "replace")
    beyond = sum(1 for c in text if c > "\x7f")
    return text if beyond and text.count("\ufffd") <= max(1, beyond // 50) else None


def _known_heads(text: str) -> int:
    """How many heads of columns beyond ASCII are words we know."""
    first = next(iter(text[:4000].splitlines()), "")
    for delimiter in ",\t;|":
        heads = next(csv.reader([first], delimiter=delimiter), [])
        if found := sum(1 for head in heads if not head.isascii() and meaning(head)[0]):
            return found
    return 0


def _score(text: str, encoding: str) -> float:
    """From 0 to 1, how much the characters beyond ASCII look like a language that is written so."""
    beyond = [c for c in text if c > "\x7f" and c != "\ufffd"][:4000]
    if not beyond:
        return 0.0
    common = sum(map(_common, beyond)) / len(beyond)
    words = "".join(beyond)
    hangul, han, kana = (len(kind.findall(words)) for kind in (_HANGUL, _HAN, _KANA))
    written = max(1, hangul + han + kana)
    if encoding == "cp949":
        # Korean is written in syllables, of the common ones; Chinese read so is half syllables, half rare characters.
        return _sure(sum(map(_is_common_syllable, words)) / written, len(words))
    if encoding == "euc_jp":
        return _sure(common if kana else common * 0.9, len(words)) if kana or han else 0.0
    if encoding == "gb18030":
        # Kana in a Chinese file is rare; Korean read as Chinese never leaves the first half of the common characters.
        common -= kana / written * 0.5
        return common - _confined(words, 0xC8, 0.6, 0.5) - _confined(words, 0xCF, 0.75, 0.2)
    return common


def _sure(share: float, count: int) -> float:
    """A share of few characters says little."""
    return share - 0.4 / count


def _confined(text: str, last: int, usual: float, weight: float) -> float:
    """How improbable it is that Chinese of this length has no character behind `last` in GB 2312, whose common characters
    stand by sound to 0xD7: Korean read as Chinese keeps to 0xC8, Japanese to 0xCF. `usual`: the share that stands before."""
    leads = [code[0] for c in text if _HAN.match(c) and len(code := c.encode("gb18030")) == 2]
    return weight * (1 - usual ** len(leads)) if leads and max(leads) <= last else 0.0


@cache
def _is_common_syllable(character: str) -> bool:
    """One of the 2,350 of KS X 1001; Python writes the others as several."""
    return bool(_HANGUL.match(character)) and len(character.encode("euc_kr")) == 2


@cache
def _common(character: str) -> bool:
    """Level 1 of GB 2312 or Big5, kana, and the marks of Chinese text."""
    if "\u3000" <= character <= "\u30ff" or "\uff01" <= character <= "\uff5e":
        return True
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            code = character.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(code) == 2 and first <= code[0] <= last:
            return True
    return character in "《》〈〉“”‘’—…·×℃"


def are_common(text: str) -> bool:
    """Whether all that is beyond ASCII is common in Chinese."""
    return all(_common(c) for c in text if c > "\x7f")
