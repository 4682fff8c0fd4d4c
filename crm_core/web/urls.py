"""Addresses of a resource's pages: `/core/customer`, `/core/customer/7`, `/core/customer/7/edit`."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

Pairs = Iterable[tuple[str, str]]


def address(path: str, pairs: Pairs = ()) -> str:
    """A path with the arguments that say something."""
    said = [(k, v) for k, v in pairs if v not in ("", None)]
    return f"{path}?{urlencode(said)}" if said else path


def of_list(resource: Any, pairs: Pairs = ()) -> str:
    return address(f"/{resource.package}/{resource.path}", pairs)


def of_record(resource: Any, row_id: int, tab: str = "") -> str:
    return address(f"/{resource.package}/{resource.path}/{row_id}", [("tab", tab)])


def of_act(resource: Any, row_id: int | None, act: str, pairs: Pairs = ()) -> str:
    """`…/7/edit`, or `…/new` and the like without an id."""
    middle = "" if row_id is None else f"/{row_id}"
    return address(f"/{resource.package}/{resource.path}{middle}/{act}", pairs)


def of_name(registry: Any, name: str, row_id: int) -> str:
    """The page of a record said by resource name and id; "" when nobody offers that resource."""
    resource = registry.resources.get(name)
    return of_record(resource, row_id) if resource is not None else ""


def safe_path(target: str) -> str:
    """A path on this site to go back to, or "/" for anything else (no open redirect: `/\\evil.com`, `//evil.com`)."""
    clean = "".join(c for c in target if c.isprintable() and not c.isspace())
    if clean.startswith("/") and not clean.startswith(("//", "/\\")) and "\\" not in clean and "://" not in clean.split("?")[0]:
        return clean
    return "/"
