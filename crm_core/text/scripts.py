"""Which characters are Chinese, and which scripts are written without spaces between words."""

from __future__ import annotations

import re

# Han: 〇, the two planes of ideographs, compatibility forms.
HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# With kana, bopomofo and hangul: looked for by pairs of neighbours.
CJK = (
    HAN
    + "\u3006\u3040-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\uac00-\ud7a3\U0001b000-\U0001b16f"
)

han = re.compile(f"[{HAN}]")
cjk_run = re.compile(f"[{CJK}]+")
ascii_word = re.compile("[0-9a-z]+")  # of folded text, where it is enough
word_run = re.compile(f"[^\\W_{CJK}]+")
sound_run = re.compile(f"[^\\W_{HAN}]+")
any_run = re.compile(f"([{CJK}]+)|[^\\W_{CJK}]+")
not_word = re.compile("[\\W_]+")


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in the text."""
    return not text.isascii() and han.search(text) is not None
