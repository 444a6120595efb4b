"""What the crawl writes to its log."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

LOG_BYTES = 1_000_000
"""Size at which the log file is turned over; as many again are kept as one older file."""


class PageLogFormatter(LogFormatter):
    """Names a page by its URL. Scrapy's own messages print the whole item, ten megabytes of body included."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        return {
            "level": logging.DEBUG,
            "msg": "Archived (%(change)s) %(url)s",
            "args": {"change": item.change, "url": item.page.requested_url},
        }

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return {
            "level": logging.INFO,
            "msg": "No article (%(reason)s) at %(url)s",
            "args": {"reason": exception, "url": item.requested_url},
        }

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return {
            "level": logging.ERROR,
            "msg": "Could not read or save %(url)s",
            "args": {"url": item.requested_url},
        }


def log_to_file(data: Path) -> logging.Handler:
    """Send warnings and errors to data/logs/crawl.log. The caller removes and closes the handler."""
    folder = data / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "crawl.log", maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    return handler
