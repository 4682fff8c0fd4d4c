"""Where the built tables (``crm_core/text/data/``) are read; constant data, the same for every site."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).with_name("data")


class MissingTable(RuntimeError):
    """A table that ``make assets`` makes is not there; without it search and sorting would silently be poor."""


def read_bytes(name: str) -> bytes:
    """One built table; raises :class:`MissingTable` with the command that makes it."""
    try:
        return (FOLDER / name).read_bytes()
    except FileNotFoundError:
        raise MissingTable(
            f"crm_core/text/data/{name} has not been built; in the source folder run: make assets"
        ) from None


def read_pairs(name: str) -> dict[str, list[str]]:
    """A table of lines ``word<TAB>reading reading``."""
    rows = (line.split("\t") for line in read_bytes(name).decode("utf-8").splitlines())
    return {word: said.split(" ") for word, said in rows}
