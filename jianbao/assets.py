"""Where the files that travel with the package are."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def datasette_folder() -> Path:
    """The folder with Datasette's metadata, settings, templates, static files and plugins.

    A wheel carries it as `jianbao/_datasette`: at the top of site-packages `datasette/` would overwrite the
    real package. A checkout has it beside `jianbao/`.
    """
    bundled = _PACKAGE / "_datasette"
    return bundled if bundled.is_dir() else _PACKAGE.parent / "datasette"
