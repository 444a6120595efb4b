"""The archive: SQLite tables of articles, their history, links, removals and pages; search and export.

Knows neither Scrapy nor trafilatura. Everything others need is named here.
"""

from archive.articles import confirm_article, save_article, save_articles
from archive.backup import Backup, BackupError, back_up
from archive.crawls import Crawl, finish_crawl, last_crawl, start_crawl
from archive.database import ArchiveError, ArchiveMissing, open_archive, read_archive
from archive.diffs import Line, Piece, count_changes, diff_texts
from archive.export import ExportError, export_articles
from archive.frontier import (
    add_start,
    leads_to,
    record_outcome,
    start_urls,
)
from archive.history import History, Moment, Version, read_history
from archive.masking import mask_contacts
from archive.overview import Overview, SiteOverview, archived_sites, overview
from archive.parts import further_parts, was_read
from archive.pending import PendingPage, claim_page, is_waiting, take_pending
from archive.search import Hit, find_matches, search, to_index, to_match
from archive.urls import canonical_url, url_key

__all__ = [
    "ArchiveError",
    "ArchiveMissing",
    "Backup",
    "BackupError",
    "Crawl",
    "ExportError",
    "History",
    "Hit",
    "Line",
    "Moment",
    "Overview",
    "PendingPage",
    "Piece",
    "SiteOverview",
    "Version",
    "add_start",
    "archived_sites",
    "back_up",
    "canonical_url",
    "claim_page",
    "confirm_article",
    "count_changes",
    "diff_texts",
    "export_articles",
    "find_matches",
    "finish_crawl",
    "further_parts",
    "is_waiting",
    "last_crawl",
    "leads_to",
    "mask_contacts",
    "open_archive",
    "overview",
    "read_archive",
    "read_history",
    "record_outcome",
    "save_article",
    "save_articles",
    "search",
    "start_crawl",
    "start_urls",
    "take_pending",
    "to_index",
    "to_match",
    "url_key",
    "was_read",
]
