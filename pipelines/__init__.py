"""Reading pages: bytes in, article or list of articles out."""

from archive.records import Article, Link, Listing, Page, Removal
from pipelines.article import read_article
from pipelines.errors import NotAnArticle
from pipelines.start import read_start

__all__ = ["Article", "Link", "Listing", "NotAnArticle", "Page", "Removal", "read_article", "read_start"]
