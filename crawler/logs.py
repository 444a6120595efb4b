"""Logs: one line for each event, for a person or as JSON, without contact details, in files that are turned over."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from archive.masking import mask_certain_contacts

LogFormat = Literal["human", "json"]

LOG_BYTES = 2_000_000
"""Size at which a log file is turned over: some 15,000 pages."""
OLDER_FILES = 4
"""Files kept beside it."""
CHATTY = ("apscheduler", "httpx", "httpcore")
"""Libraries that tell of every step. httpx also shows the addresses of webhooks, which are secrets."""
OURS = ("archive", "crawler", "jianbao", "pipelines")
"""Our own rooms: what they say is an event."""

_ADDRESS = re.compile(r"(https?://\S+)")
_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}
"""What JSON leaves as it is though it ends a line."""
_FACTS = ("run", "site", "outcome", "reason", "url", "status", "seconds")
"""What an event may carry for programs. `run` is `crawls.id`."""


class _Lines(logging.Formatter):
    """One line for each event, in UTC. Addresses stay whole, as `jianbao forget` finds lines by them."""

    converter = time.gmtime  # type: ignore[assignment]  # the stub is of one signature only
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def text_of(self, record: logging.LogRecord) -> str:
        """The message, and the traceback where there is one."""
        text = record.getMessage()
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        return without_contacts(f"{text}\n{record.exc_text}" if record.exc_text else text)


class HumanFormatter(_Lines):
    """`2026-03-01T06:00:00.120Z INFO run=12 site=paper crawler.run: new https://…`."""

    def format(self, record: logging.LogRecord) -> str:
        known = [(key, getattr(record, key, None)) for key in ("run", "site")]
        about = "".join(f" {key}={value}" for key, value in known if value is not None)
        text = " ⏎ ".join(self.text_of(record).splitlines())
        return f"{self.formatTime(record)} {record.levelname}{about} {record.name}: {text}"


class JsonFormatter(_Lines):
    """An object: time, level, logger, message, and what else is known of the event."""

    def format(self, record: logging.LogRecord) -> str:
        event = {"time": self.formatTime(record), "level": record.levelname.lower(), "logger": record.name}
        facts = {key: getattr(record, key) for key in _FACTS if getattr(record, key, None) is not None}
        line = json.dumps(event | facts | {"message": self.text_of(record)}, ensure_ascii=False, default=str)
        return line.translate(_LINE_ENDS)


FORMATTERS: dict[LogFormat, Callable[[], logging.Formatter]] = {"human": HumanFormatter, "json": JsonFormatter}


def without_contacts(text: str) -> str:
    """The text with contact details masked, but for those in an address."""
    pieces = _ADDRESS.split(text)
    return "".join(piece if number % 2 else mask_certain_contacts(piece) for number, piece in enumerate(pieces))


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


class Whereabouts(logging.Filter):
    """Adds to each event of a crawl its run, and the site of the page that it is about."""

    def __init__(self, run: int, site_of: Callable[[str], str | None]) -> None:
        super().__init__()
        self._run = run
        self._site_of = site_of

    def filter(self, record: logging.LogRecord) -> bool:
        record.run = self._run
        if not hasattr(record, "site"):
            url = record.args.get("url") if isinstance(record.args, dict) else None
            record.site = self._site_of(url) if isinstance(url, str) else None
        return True


class _ClosedBetween(RotatingFileHandler):
    """Opens its file for each event, as `jianbao forget` may write the file anew while the process lives on."""

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        self.close()


def log_to_file(data: Path, form: LogFormat = "human", *, name: str = "crawl.log") -> logging.Handler:
    """Send our events, and the warnings of libraries, to data/logs/NAME, until `detach`."""
    folder = data / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = _ClosedBetween(folder / name, maxBytes=LOG_BYTES, backupCount=OLDER_FILES, encoding="utf-8", delay=True)
    return _attach(handler, form, logging.WARNING)


def log_to_stderr(form: LogFormat = "human") -> logging.Handler:
    """Send our events and those of libraries to stderr, until `detach`."""
    return _attach(logging.StreamHandler(), form, logging.INFO)


def detach(handler: logging.Handler) -> None:
    """No longer send events to a handler."""
    logging.getLogger().removeHandler(handler)
    handler.close()


def _attach(handler: logging.Handler, form: LogFormat, least: int) -> logging.Handler:
    """`least` is the level from which on libraries are heard; Scrapy gives its own loggers a lower one."""
    handler.setFormatter(FORMATTERS[form]())
    handler.addFilter(
        lambda record: record.levelno >= (logging.INFO if record.name.partition(".")[0] in OURS else least)
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(root.level, least))
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler
