"""The import contracts hold, and each is broken by one planted import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import tree

# contract -> file to add, what it imports
PLANTS = {
    "layers": ("crm_core/data/planted.py", "import crm_core.kernel.site"),
    "features": ("crm_core/features/people/planted.py", "import crm_core.features.customers"),
    "sdk": ("crm_planted/__init__.py", "import crm_core.data.session"),
    "flask": ("crm_core/access/planted.py", "import flask"),
    "sales": ("plugins/sales/crm_sales/leads/planted.py", "import crm_sales.orders"),
    "words": ("crm_core/text/planted.py", "import sqlalchemy"),
}


def lint_imports(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--no-logo", *arguments],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(where), *map(str, where.glob("plugins/*"))]), "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The Python of the tree, to break."""
    for path in (*tree.sources(".py"), *tree.sources(".py", within="plugins/")):
        target = tmp_path / tree.name(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    shutil.copy(tree.ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_contracts_are_kept() -> None:
    done = lint_imports(tree.ROOT)
    assert done.returncode == 0, done.stdout


def test_every_contract_has_its_plant() -> None:
    assert {each["id"] for each in tree.pyproject()["tool"]["importlinter"]["contracts"]} == set(PLANTS)


@pytest.mark.parametrize("contract", PLANTS)
def test_a_contract_is_broken_by_one_import(copy: Path, contract: str) -> None:
    assert lint_imports(copy, "--contract", contract).returncode == 0
    file, line = PLANTS[contract]
    target = copy / file
    target.parent.mkdir(exist_ok=True)
    target.write_text(f"{line}\n")
    if contract == "sdk":  # a plugin, named as one would be
        settings = copy / "pyproject.toml"
        text = settings.read_text()
        settings.write_text(text.replace('root_packages = ["crm_core"', 'root_packages = ["crm_core", "crm_planted"'))
    done = lint_imports(copy, "--contract", contract)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout, done.stdout


def test_a_new_package_in_core_must_find_its_layer(copy: Path) -> None:
    (copy / "crm_core/stray.py").write_text("")
    assert lint_imports(copy, "--contract", "layers").returncode != 0


def test_all_of_core_but_the_sdk_is_closed_to_plugins() -> None:
    contract = next(each for each in tree.pyproject()["tool"]["importlinter"]["contracts"] if each["id"] == "sdk")
    tops = {
        path.with_suffix("").name if path.suffix else path.name
        for path in (tree.ROOT / "crm_core").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert {f"crm_core.{top}" for top in tops - {"__init__", "sdk", "testing"}} == set(contract["protected_modules"])
