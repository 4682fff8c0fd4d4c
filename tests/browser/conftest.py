"""The gallery of sample pages, served to a browser."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from crm_core.web.assets import manifest
from tests.browser.demo import demo
from tests.browser.gallery import make_app
from tests.support.needs import lacks

__all__ = ["Gallery", "demo", "gallery"]


class Gallery:
    """A running gallery: ``url("customers")``, and ``posts`` of (path, form) that reached it."""

    def __init__(self) -> None:
        self.app = make_app()
        self.posts: list[tuple[str, dict[str, list[str]]]] = self.app.extensions["posts"]
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def url(self, name: str) -> str:
        """The address of a sample."""
        return f"http://127.0.0.1:{self.server.server_port}/{name}"

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="session")
def _gallery() -> Iterator[Gallery]:
    if not manifest():
        lacks("the browser tests", "the assets are not built (make assets)")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    found = Gallery()
    yield found
    found.stop()


@pytest.fixture
def gallery(_gallery: Gallery) -> Gallery:
    """The gallery, with nothing posted yet."""
    _gallery.posts.clear()
    return _gallery
