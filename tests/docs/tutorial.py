"""Following `docs/author.md`: its blocks are taken from the page as a reader would take them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import read_po, write_po

from tests.support.dist import ROOT, Shelf

PAGE = ROOT / "docs/author.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    kind: str
    text: str


def steps() -> dict[int, list[Block]]:
    """The blocks of each numbered section, in order."""
    sections = re.split(r"^## (\d+) · .*$", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {int(number): [Block(*found) for found in _BLOCK.findall(text)] for number, text in zip(sections[::2], sections[1::2], strict=True)}


class Reader:
    """Somebody who does what the page says, in an empty folder; nothing of his is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "crm-visits"
        self.shelf = Shelf(folder / "shelf", folder / "site")

    def follow(self, blocks: list[Block]) -> None:
        """Do one step; what there is then can be loaded."""
        for block in blocks:
            if block.kind == "sh":
                for line in block.text.splitlines():
                    self._type(line)
            elif block.kind == "po":
                self._translate(block.text)
            else:
                self._write(block)
        done = self._run(sys.executable, "-c", "import crm_visits.plugin")
        assert done.returncode == 0, done.stderr

    def pytest(self, *arguments: str) -> str:
        done = self._run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr
        return done.stdout

    def _type(self, line: str) -> None:
        words = line.split('"')[0].split()
        if words[:3] == ["crm", "plugin", "new"]:
            done = self.shelf.crm(*words[1:], "--folder", str(self.folder))
        elif words[0] == "crm" and "check" not in words:
            done = self._run(sys.executable, "-m", "crm_core", *words[1:])
        elif words[0] == "rm":
            (self.home / words[1]).unlink()
            return
        else:  # cd; checks, the author's tests and pip come once, at the end
            assert line in ("cd crm-visits", "crm plugin check .", "python -m pytest", "pip install ."), line
            return
        assert done.returncode == 0, done.stdout + done.stderr

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.home, env=self.shelf.environment, capture_output=True, text=True, check=False)

    def _write(self, block: Block) -> None:
        head, _newline, text = block.text.partition("\n")
        found = re.fullmatch(r"# (\S+?)(, added)?", head)
        assert found is not None, f"a block must begin with the name of its file: {head}"
        path = self.home / found[1]
        before = path.read_text("utf-8") if path.exists() else ""
        if block.kind == "diff":
            text = patched(before, text, found[1])
        elif found[2]:
            text = f"{before}\n\n{text}"
        path.write_text(text, "utf-8")

    def _translate(self, texts: str) -> None:
        path = self.home / "crm_visits/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
        said = {m.id: m.string for m in read_po(texts.encode().splitlines(keepends=True)) if m.id}
        with path.open("rb") as file:
            catalog = read_po(file, locale="zh_Hans_CN")
        assert set(said) <= {m.id for m in catalog}, set(said) - {m.id for m in catalog}
        for message in catalog:
            if message.id in said:
                message.string = said[message.id]
        with path.open("wb") as file:
            write_po(file, catalog)

    def install(self) -> Shelf:
        """`pip install .` without a network, into a folder that alone is on the path of the shelf that is handed back."""
        target = self.folder / "installed"
        done = self._run(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
                         "--disable-pip-version-check", "--target", str(target), ".")
        assert done.returncode == 0, done.stdout + done.stderr
        return Shelf(target, self.folder / "site")


def patched(text: str, diff: str, name: str) -> str:
    """The text after the hunks of a diff, which are told apart by `@@`."""
    for hunk in diff.split("@@\n"):
        lines = [line or " " for line in hunk.splitlines()]
        old = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
        new = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
        assert text.count(old) == 1, f"{name} has this {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    return text


def files(home: Path) -> Iterator[Path]:
    """What the author wrote himself of the plugin."""
    return (path for path in sorted(home.rglob("*.py")) if "migrations" not in path.parts)
