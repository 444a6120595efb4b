"""The shape of the house: what must be where, and what must not."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = {".py", ".yaml", ".json", ".html", ".css", ".md", ".svg"}


def test_the_datasette_folder_is_no_package_and_does_not_shadow_the_library() -> None:
    """An __init__.py, a conftest or a test in it would take the place of the real Datasette."""
    folder = ROOT / "datasette"
    names = [path.name for path in folder.rglob("*.py")]
    assert not [name for name in names if name in ("__init__.py", "conftest.py") or name.startswith("test_")]
    found = subprocess.run(
        [sys.executable, "-c", "import datasette; print(datasette.__file__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "site-packages" in found.stdout


def test_datasette_plugins_import_nothing_of_the_project() -> None:
    """They are read by a plain `datasette` command line too, in which the project need not be installed."""
    rooms = ("archive", "crawler", "jianbao", "pipelines")
    for plugin in (ROOT / "datasette" / "plugins").glob("*.py"):
        for line in plugin.read_text("utf-8").splitlines():
            assert not line.startswith(tuple(f"{word} {room}" for word in ("import", "from") for room in rooms)), line


def test_scrapy_finds_its_settings() -> None:
    config = (ROOT / "scrapy.cfg").read_text("utf-8")
    assert "default = crawler.settings" in config


@pytest.mark.parametrize("package", ["archive", "crawler", "jianbao", "pipelines"])
def test_every_module_says_what_it_is_for(package: str) -> None:
    for module in (ROOT / package).rglob("*.py"):
        text = module.read_text("utf-8").strip()
        assert not text or text.startswith(('"""', "#!")), module


def test_the_lock_names_no_host_and_hashes_every_requirement() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    requirements = [line for line in lock.splitlines() if line and line[0].isalnum()]
    assert all("==" in line for line in requirements)
    assert lock.count("--hash=") >= len(requirements)


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text("utf-8").lower().replace("_", "-")
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for requirement in wanted:
        name = requirement.split(">")[0].split("<")[0].strip().lower().replace("_", "-")
        assert f"\n{name}==" in f"\n{lock}", name
