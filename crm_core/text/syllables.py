"""Which syllables of Chinese a run of Latin letters may be: ``zhangw`` is zhang and the beginning of wang, wei …"""

from __future__ import annotations

from functools import cache, lru_cache

from crm_core.text.pinyin import table

MOST_WAYS = 6
LONGEST = 6


@cache
def _syllables() -> frozenset[str]:
    """The syllables people type; the table also has sighs such as hm and ng."""
    return frozenset(name for name in table().syllables if not frozenset("aeiouv").isdisjoint(name))


@cache
def _completions() -> dict[str, tuple[str, ...]]:
    """Every beginning of a syllable with the syllables it may become."""
    found: dict[str, list[str]] = {}
    for syllable in _syllables():
        for end in range(1, len(syllable) + 1):
            found.setdefault(syllable[:end], []).append(syllable)
    return {beginning: tuple(sorted(all_)) for beginning, all_ in found.items()}


@lru_cache(maxsize=2048)
def ways(letters: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The ways to read letters as syllables: (whole syllables, what the last one may become).

    ``ways("xian")`` has ``((), ("xian", "xiang"))`` and ``(("xi",), ("an", "ang"))``. Empty when it is no pinyin.
    The answer is a cache's: do not change it.
    """
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    whole = _syllables()
    completions = _completions()
    open_: list[tuple[tuple[str, ...], str]] = [((), letters)]
    steps = 0
    while open_ and len(found) < MOST_WAYS and (steps := steps + 1) < 500:
        done, rest = open_.pop()
        if last := completions.get(rest):
            found.append((done, last))
        # Longer syllables are taken first, as people mean them oftener.
        for end in range(1, min(LONGEST, len(rest) - 1) + 1):
            if rest[:end] in whole:
                open_.append(((*done, rest[:end]), rest[end:]))
    return found
