"""The words of priced lines: those somebody wrote, else the product's with what was chosen and what it is made of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm_core.features.products.prices import Shelf
from crm_core.resource.samelines import Carried

NAMES = " · "  # between the name of a product and words of one's own
MOST = 255
CODES = ("zh", "en")


def words(line: Mapping[str, Any], old: Mapping[str, Any] | None, shelf: Shelf, code: str, *, anew: bool) -> str:
    """The words of a line in a language. Words that were made of the product and the choices follow them. Words of one's own say which product they are for,
    and what was chosen of it: where they do not, that is put before them, so that wherever the line is read, on paper and by who agrees to its price,
    nobody takes it for another thing. Words that were agreed in another document (`same_lines`) stand, although the product may be called otherwise since."""
    told, was = line.get("what"), old or {}
    if isinstance(told, Carried):
        return str(told)
    made = shelf.words(line["product_id"], line.get("configuration") or {}, code)[:MOST]
    if told and old is not None and told == was.get("what") and anew and was.get("product_id") in shelf.facts:
        before = {shelf.words(was["product_id"], was.get("configuration") or {}, one)[:MOST] for one in (code, *CODES)}
        told = "" if told in before else told
    moved = any((line.get(name) or None) != (was.get(name) or None) for name in ("product_id", "configuration"))
    if told and (old is None or moved or told != was.get("what")):
        for start in _starts(was, shelf) if moved and was.get("product_id") in shelf.facts else ():
            told = told.removeprefix(f"{start}{NAMES}")
        if not _says(told, line, shelf):
            start = made if line.get("configuration") else shelf.facts[line["product_id"]].word(code)
            told = f"{start[:max(MOST - len(NAMES) - len(told), len(shelf.facts[line['product_id']].word(code)))]}{NAMES}{told}"[:MOST]
    return told or made


def translated(lines: Sequence[Any], code: str) -> list[str]:
    """The words of these lines (rows with `product_id`, `configuration`, `what`) as a paper in this language says them: the product and what was chosen of it
    are called so there, words of one's own stay. A fixed number of statements."""
    shelf, found = Shelf({line.product_id for line in lines if line.product_id}), []
    for line in lines:
        said = line.what or ""
        if line.product_id in shelf.facts:
            of = {"product_id": line.product_id, "configuration": line.configuration}
            for one in CODES:
                for start, here in zip(_of(of, shelf, one), _of(of, shelf, code), strict=True):
                    if said == start or said.startswith(f"{start}{NAMES}"):
                        said = here + said.removeprefix(start)
                        break
        found.append(said)
    return found


def _of(line: Mapping[str, Any], shelf: Shelf, code: str) -> tuple[str, str]:
    """What may stand before words of one's own, the longer first: the product with what was chosen, and its name."""
    return shelf.words(line["product_id"], line.get("configuration") or {}, code)[:MOST], shelf.facts[line["product_id"]].word(code)


def _starts(line: Mapping[str, Any], shelf: Shelf) -> Iterator[str]:
    for which in (0, 1):
        yield from (_of(line, shelf, code)[which] for code in CODES)


def _says(told: str, line: Mapping[str, Any], shelf: Shelf) -> bool:
    """Whether words name the product, in either language, and all that was chosen of it."""
    product = line["product_id"]
    if not any(shelf.facts[product].word(code) in told for code in CODES):
        return False
    return all(any(shelf.chosen(product, option, choice, code)[1] in told for code in CODES) for option, choice in (line.get("configuration") or {}).items())
