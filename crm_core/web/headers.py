"""The headers of every answer, put on at the door, so that errors, files and pages of plugins carry them too (S11)."""

from collections.abc import Callable, Iterable
from typing import Any

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ALWAYS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
# The pages of the phone, and no others, may ask where it is.
PLACED = "/road/"
OF_PHONE = ("Permissions-Policy", "camera=(), geolocation=(self), microphone=(), payment=(), usb=()")
# The server of map tiles an administrator named (maps.py); the only one pages fetch pictures from.
TILES = "crm.tiles"
HSTS = ("Strict-Transport-Security", "max-age=31536000")


class Headers:
    """WSGI middleware. What stands in ALWAYS replaces what a view said; `Cache-Control` is no-store unless it said so;
    attachments are put into a sandbox."""

    def __init__(self, app: Callable[..., Iterable[bytes]], https: bool) -> None:
        self.app = app
        self.always = (*ALWAYS, HSTS) if https else ALWAYS
        # A file to be saved is never one of our pages, whatever a browser makes of it (T29).
        self.of_files = tuple((name, f"{value}; sandbox" if value == POLICY else value) for name, value in self.always)
        self.replaced = {name.lower() for name, _value in self.always} | {"server", "x-powered-by"}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            kept = [(name, value) for name, value in headers if name.lower() not in self.replaced]
            saved = any(name.lower() == "content-disposition" and value.startswith("attachment") for name, value in kept)
            kept += self.always if not saved else self.of_files
            if environ.get("PATH_INFO") == PLACED:
                kept = [OF_PHONE if name == OF_PHONE[0] else (name, value) for name, value in kept]
            if tiles := environ.get(TILES):
                kept = [(name, value.replace("img-src 'self'", f"img-src 'self' {tiles}")) if name == ALWAYS[0][0] else (name, value) for name, value in kept]
            if not any(name.lower() == "cache-control" for name, _value in kept):
                kept.append(("Cache-Control", "no-store"))
            return start_response(status, kept, exc_info)

        return self.app(environ, start)
