"""Names that machines keep, made of what people call something."""

import re

from crm_core.text.pinyin import spell


def slug(english: str, chinese: str = "") -> str:
    """Small letters, digits and underscores: of the English words, else of the sound of the Chinese ones; "" of neither."""
    words = re.findall("[a-z0-9]+", english.lower()) or [said for said in spell(chinese) if said.isascii() and said.isalnum()]
    return "_".join(words).lower()
