"""Reading pages: bytes in, article or list of articles out."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archive.records import Article, Link, Listing, Page, Removal
from pipelines.errors import NotAnArticle

if TYPE_CHECKING:
    from pipelines.article import read_article
    from pipelines.start import read_start

__all__ = ["Article", "Link", "Listing", "NotAnArticle", "Page", "Removal", "read_article", "read_start"]

_READERS = {"read_article": "pipelines.article", "read_start": "pipelines.start"}


def __getattr__(name: str) -> Any:
    """Import what reads when it is asked for: it takes half a second, and not all that need this package read pages."""
    if name not in _READERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_READERS[name]), name)
