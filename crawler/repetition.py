"""Calendars and session ids: addresses of one pattern that go on for ever, with nothing new behind them."""

from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler

from archive import PendingPage
from archive.records import Page
from archive.urls import VARYING
from crawler.outcomes import EndPage
from pipelines.stages import ARTICLE_READ, NotRead

MOST_ALIKE = 30
"""Pages of one pattern in a row that may give nothing new. Of real sites' article addresses hardly five in a row do;
a calendar of ten years has 120 months."""


class Repetition:
    """Downloader middleware: where MOST_ALIKE pages of one pattern gave nothing new, no more of them are asked for.

    Nothing new is no article, or a text that this crawl has found at another address. A start is always asked for.
    """

    def __init__(self) -> None:
        self._in_vain: Counter[str] = Counter()
        self._texts: dict[int, str] = {}
        """Hash of a text -> the address that it was found at first."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Repetition:
        repetition = cls()
        crawler.signals.connect(repetition.read, ARTICLE_READ)
        crawler.signals.connect(repetition.dropped, signals.item_dropped)
        return repetition

    def process_request(self, request: Request) -> None:
        page: PendingPage | None = request.cb_kwargs.get("page")
        if page is not None and page.depth and self._in_vain[pattern_of(page.url)] >= MOST_ALIKE:
            raise EndPage("refused", f"repetition: {MOST_ALIKE} pages alike gave nothing new")

    def read(self, page: Page, text: int) -> None:
        url = page.requested_url
        if self._texts.setdefault(text, url) == url:
            self._in_vain[pattern_of(url)] = 0
        else:
            self._in_vain[pattern_of(url)] += 1

    def dropped(self, item: Page, exception: NotRead) -> None:
        if exception.state == "fetched" and exception.belongs_to is None:
            self._in_vain[pattern_of(item.requested_url)] += 1


def pattern_of(url: str) -> str:
    """What is left of an address without its numbers, ids and values."""
    parts = urlsplit(url)
    names = sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)})
    return f"{parts.netloc}{VARYING.sub('0', parts.path)}?{'&'.join(names)}"
