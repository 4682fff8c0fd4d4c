"""The maps that are drawn without a net: which there are, what stands on each, and the middle of it (tools/build_text.py)."""

import json
from functools import cache

from crm_core.text.areas import MILLION, Corner
from crm_core.text.tables import read_bytes

WORLD, CHINA = "world", "cn"

@cache
def maps() -> dict[str, dict[str, Corner]]:
    """Map → code → middle: `world` of countries, `cn` of provinces, each province of its cities (or districts)."""
    found = json.loads(read_bytes("shapes.json"))
    return {name: {code: (round(latitude * MILLION), round(longitude * MILLION)) for code, (latitude, longitude) in drawn.items()} for name, drawn in found.items()}


def holder(code: str, name: str) -> str:
    """What is drawn on a map for a division of China: itself, its city or its province; "" where nothing is."""
    drawn = maps().get(name, {})
    return next((one for one in (code, f"{code[:4]}00", f"{code[:2]}0000") if one in drawn), "")


def middle(code: str) -> Corner | None:
    """The middle of a division of China, else of its city or province; None of none."""
    for one, name in ((code, f"{code[:2]}0000"), (f"{code[:4]}00", f"{code[:2]}0000"), (f"{code[:2]}0000", CHINA)):
        if found := maps().get(name, {}).get(one):
            return found
    return None
