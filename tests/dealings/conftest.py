"""An office that sells: a package that uses dealings keeps the feature awake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from crm_core.app import open_site
from crm_core.kernel.declare import Package
from crm_core.kernel.manifest import Manifest
from tests.customers.office import Office

SELLS = Package("seller", "Seller", "1.0", "tests.dealings", manifest=Manifest("seller", "Seller", "1.0", requires=("core>=0.1",), uses=("dealings", "products")))


@pytest.fixture
def shop(office: Office) -> Iterator[Office]:
    site = open_site(config=office.site.config, plugins=(SELLS,))
    yield replace(office, site=site)
    site.engines.dispose()
