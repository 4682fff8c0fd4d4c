"""Pictures of files: small ones for lists, large ones and pages of a PDF to look at. Made in a process of their own with limits
(preview_child.py), from the bytes anew, so nothing of the file itself is ever shown; kept until the file is gone."""

import json
import secrets
import threading
from pathlib import Path

from crm_core.features.files import store
from crm_core.features.files.models import FileKind
from crm_core.kernel import child
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _

SECONDS = 20
PAGES = 30  # of a PDF that are shown in place
TEXT = 100_000  # bytes of a text that are shown in place
_at_once = threading.Semaphore(2)


def picture(path: str, kind: str, what: str) -> Path:
    """A picture of bytes: `small`, `large` or `page-3`. Raises Missing where none can be made; that is tried once."""
    found = store.seen(path, what)
    if not found.exists():
        with _at_once:
            if not found.exists():
                _keep(found, _made(path, kind, what))
    if not found.stat().st_size:
        raise Missing(_("There is no picture of this file."))
    return found


def pages(path: str) -> int:
    """How many pages a PDF has; 0 for one that cannot be read."""
    found = store.seen(path, "pages")
    if not found.exists():
        with _at_once:
            _keep(found, _made(path, FileKind.pdf, "pages"))
    said = found.read_bytes()
    return int(said) if said.isdigit() and len(said) < 7 else 0


def text(path: str) -> str:
    """The beginning of a text, in whatever encoding it is."""
    with store.place(path).open("rb") as file:
        head = file.read(TEXT)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        for cut in range(4):  # it may end within a letter
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return head.decode("utf-8", "replace")


def _keep(place: Path, made: bytes) -> None:
    half = place.with_name(f".{secrets.token_hex(8)}")
    half.write_bytes(made)
    half.chmod(0o600)
    half.replace(place)


def _made(path: str, kind: str, what: str) -> bytes:
    """What the process says; nothing when it cannot, takes too long or dies of it."""
    task = json.dumps({"path": str(store.place(path)), "kind": str(kind), "what": what})
    return child.answer("crm_core.features.files.preview_child", task.encode(), SECONDS) or b""
