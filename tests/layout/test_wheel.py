"""The wheel carries all that the program needs: templates, plugins, rules, the sample site."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without an isolated environment: nothing is downloaded."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


def test_the_wheel_holds_code_rules_templates_and_sample_site_but_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "pipelines/rules/contact.toml" in names
    assert "jianbao/_datasette/metadata.yaml" in names
    assert any(name.startswith("jianbao/_datasette/templates/") for name in names)
    assert any(name.startswith("jianbao/_datasette/plugins/") for name in names)
    assert any(name.startswith("jianbao/demo/") and name.endswith(".html") for name in names)
    assert not any(name.startswith(("datasette/", "tests/")) for name in names)


@pytest.mark.heavy
def test_the_installed_wheel_runs_the_demo_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    """In a new environment that sees this one's libraries but not the checkout."""
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False)
    site = next((environment / "lib").glob("python3*")) / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    libraries = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    # Only the libraries: the checkout comes in through an editable install's .pth, which a plain path skips.
    code = f"import sys; sys.path.append({str(libraries)!r}); from jianbao.cli import main; main()"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran = subprocess.run(
        [environment / "bin" / "python", "-c", code, "demo", "--no-serve"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert (elsewhere / "demo-data" / "archive.db").exists()
