"""Whose turn it is: one request at a time per site, Retry-After and Crawl-delay kept."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import cast

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from crawler.outcomes import EndPage
from crawler.run import CrawlRun

ASKS_TO_WAIT = (429, 503)
"""The statuses with which a Retry-After header counts."""


class SiteGate:
    """Downloader middleware: where a site's requests wait, so that a pause or a stop holds for all of them.

    Scrapy's own queue per site cannot be emptied: what is in it goes out, Retry-After or Ctrl-C or not. The
    gate stands last before the download, where all that passed comes back, as a response or an exception.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.max_wait = crawler.settings.getfloat("MAX_WAIT")
        at_once = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._gates: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))
        self._open_again: dict[str, float] = {}
        self._waited: defaultdict[str, float] = defaultdict(float)
        self._parked: dict[str, str] = {}
        self._inside: set[Request] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SiteGate:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        host = _host(request)
        await self._gates[host].acquire()
        self._inside.add(request)
        if host not in self._parked:
            await asyncio.sleep(max(0.0, self._open_again.get(host, 0.0) - monotonic()))
        run = cast(CrawlRun, self.crawler.spider.run)  # type: ignore[union-attr]
        if run.broken or not self.crawler.engine.running:
            raise EndPage("pending", "stopped")
        if host in self._parked:
            raise EndPage("pending", self._parked[host])

    def process_response(self, request: Request, response: Response) -> Response:
        self._leave(request)
        if response.status in ASKS_TO_WAIT:
            seconds = seconds_to_wait(response.headers.get(b"Retry-After"), now=datetime.now(UTC))
            if seconds:
                self._pause(_host(request), seconds)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        self._leave(request)

    def _leave(self, request: Request) -> None:
        if request in self._inside:  # an exception may also come from a middleware before this one
            self._inside.remove(request)
            self._gates[_host(request)].release()

    def _pause(self, host: str, seconds: float) -> None:
        self._waited[host] += seconds
        if self._waited[host] > self.max_wait:
            self._parked[host] = f"retry-after: {seconds / 60:.0f} min"
            raise EndPage("pending", self._parked[host])
        self._open_again[host] = monotonic() + seconds


def seconds_to_wait(header: bytes | None, *, now: datetime) -> float | None:
    """What a Retry-After header asks for, in seconds from `now`; None when there is no usable one."""
    text = (header or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:10])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds())


class PoliteThrottle(AutoThrottle):
    """AutoThrottle that never goes below the Crawl-delay of a site's robots.txt."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._user_agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._floors: dict[str, float] = {}
        crawler.signals.connect(self._robots_parsed, signals.robots_parsed)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        delay = robotparser.crawl_delay(self._user_agent)
        if not delay:
            return
        host = _host(request)
        downloader = self.crawler.engine.downloader
        self._floors[host] = max(delay, self._floors.get(host, 0.0))
        downloader.per_slot_settings.setdefault(host, {})["delay"] = self._floors[host]
        self._keep_floor(host)

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        self._keep_floor(_host(request))

    def _keep_floor(self, host: str) -> None:
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot:
            slot.delay = max(slot.delay, self._floors.get(host, 0.0))


def _host(request: Request) -> str:
    """The key under which Scrapy's downloader keeps a site's queue."""
    return urlparse_cached(request).hostname or ""
