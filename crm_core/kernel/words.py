"""Sentences kept in the database so that each reader has them in his own language: which sentence, with which values."""

import importlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from crm_core.kernel.i18n import CORE, Lazy
from crm_core.kernel.site import site


def keep(text: Any) -> dict[str, Any]:
    """What a row keeps of a text: a translatable one by its source sentence, anything else as it is.

        keep(_("%(name)s gave you a task", name="王志强"))
        → {"msgid": "%(name)s gave you a task", "values": {"name": "王志强"}}
    """
    if not isinstance(text, Lazy):
        return {"text": str(text)}
    found: dict[str, Any] = {"msgid": text.msgid}
    package = _package(text.catalog)
    if package:
        found["package"] = package
    if text.plural is not None:
        found.update(plural=text.plural, n=text.n)
    if text.values:
        found["values"] = {name: _kept(v) for name, v in text.values.items()}
    return found


def keep_line(text: Any) -> str:
    """A sentence as a column keeps it, `"kind": "kept_words"`: text and values apart, for whoever reads it."""
    return json.dumps(keep(text), ensure_ascii=False, default=str) if isinstance(text, Lazy) else str(text)[:500]


def read_line(kept: str | None) -> Any:
    """A kept sentence again, in the reader's language; any other text is itself."""
    if kept and kept.startswith('{"msgid"'):
        with suppress(ValueError):  # it may have been cut, or be what somebody wrote
            return read(json.loads(kept))
    return kept or ""


def _kept(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_kept(one) for one in value]
    return keep(value) if isinstance(value, Lazy) else value


def read(kept: dict[str, Any] | None) -> Any:
    """The text again, translated when it is shown. A package that sleeps speaks English; nothing kept is no text."""
    if not kept:
        return ""
    if "msgid" not in kept:
        return kept.get("text", "")
    values = {name: _value(v) for name, v in kept.get("values", {}).items()}
    return Lazy(_catalog(kept.get("package", "")), kept["msgid"], kept.get("plural"), kept.get("n", 1), values)


def _value(kept: Any) -> Any:
    if isinstance(kept, list):
        return [_value(one) for one in kept]
    return read(kept) if isinstance(kept, dict) else kept


def _package(catalog: str) -> str:
    """The name of the package whose sentences stand in this folder; "" for core."""
    if catalog == CORE:
        return ""
    return next((p.name for p in site().registry.packages if _folder(p.module) == catalog), "")


def _catalog(package: str) -> str:
    found = next((p for p in site().registry.packages if p.name == package), None) if package else None
    return _folder(found.module) if found is not None else CORE


def _folder(module: str) -> str:
    return str(Path(importlib.import_module(module).__file__ or "").parent / "translations")
