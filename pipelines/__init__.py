"""Reading pages: bytes in, article out."""

from archive.records import Article, Link, Page, Removal
from pipelines.errors import NotAnArticle
from pipelines.reader import read_article

__all__ = ["Article", "Link", "NotAnArticle", "Page", "Removal", "read_article"]
