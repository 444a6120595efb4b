"""Whose turn it is: one request at a time per site, Retry-After and Crawl-delay kept."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from crawler.budgets import Budgets
from crawler.outcomes import EndPage
from crawler.run import run_of
from pipelines.stages import ReadArticle

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
        self._at_once = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._configured: dict[str, dict[str, float]] = crawler.settings.getdict("DOWNLOAD_SLOTS")
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._open_again: dict[str, float] = {}
        self._waited: defaultdict[str, float] = defaultdict(float)
        self._inside: set[Request] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SiteGate:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        run = run_of(self.crawler)
        site = request.meta["download_slot"] = run.sites.name_or_host(request.url)
        await self._gate(site).acquire()
        self._inside.add(request)
        if site not in run.waits:
            await asyncio.sleep(max(0.0, self._open_again.get(site, 0.0) - monotonic()))
        reader = self.crawler.get_item_pipeline(ReadArticle)
        if reader:
            await reader.wait_for_room()
        if run.broken or not self.crawler.engine.running:
            raise EndPage("pending", "stopped")
        budgets = self.crawler.get_downloader_middleware(Budgets)
        not_now = budgets and budgets.why_not_now(request)
        if not_now:
            raise EndPage("pending", not_now)
        page = request.cb_kwargs.get("page")  # a request for robots.txt has none
        if page is not None and not run.may_ask(page):
            raise EndPage("pending", "asked for as part of another page")

    def _gate(self, site: str) -> asyncio.Semaphore:
        if site not in self._gates:
            at_once = self._configured.get(site, {}).get("concurrency", self._at_once)
            self._gates[site] = asyncio.Semaphore(int(at_once))
        return self._gates[site]

    def process_response(self, request: Request, response: Response) -> Response:
        self._leave(request)
        if response.status in ASKS_TO_WAIT:
            seconds = seconds_to_wait(response.headers.get(b"Retry-After"), now=datetime.now(UTC))
            if seconds:
                self._pause(request.meta["download_slot"], seconds)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        self._leave(request)

    def _leave(self, request: Request) -> None:
        if request in self._inside:  # an exception may also come from a middleware before this one
            self._inside.remove(request)
            self._gates[request.meta["download_slot"]].release()

    def _pause(self, site: str, seconds: float) -> None:
        now, before = monotonic(), self._open_again.get(site, 0.0)
        self._waited[site] += max(0.0, now + seconds - max(now, before))  # several may be told at once
        if self._waited[site] > self.max_wait:
            run = run_of(self.crawler)
            run.wait(site, seconds)
            raise EndPage("pending", f"retry-after: not before {run.waits.get(site)}")
        self._open_again[site] = max(before, now + seconds)


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
    """AutoThrottle that never goes below the configured delay of a site, nor the Crawl-delay of its robots.txt."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._user_agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._default = crawler.settings.getfloat("DOWNLOAD_DELAY")
        slots = crawler.settings.getdict("DOWNLOAD_SLOTS")
        self._floors: dict[str, float] = {site: slot["delay"] for site, slot in slots.items()}
        crawler.signals.connect(self._robots_parsed, signals.robots_parsed)

    def _min_delay(self) -> float:
        return 0.0  # each site has a floor of its own

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        self.target_concurrency = float(slot.concurrency)
        if (
            response.status == 304
        ):  # AutoThrottle takes it for an error, and one slow answer would last a whole re-crawl
            response = response.replace(status=200)
        super()._adjust_delay(slot, latency, response)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        delay = robotparser.crawl_delay(self._user_agent)
        if not delay:
            return
        site = run_of(self.crawler).sites.name_or_host(request.url)
        downloader = self.crawler.engine.downloader
        self._floors[site] = max(delay, self._floors.get(site, self._default))
        downloader.per_slot_settings.setdefault(site, {})["delay"] = self._floors[site]
        self._keep_floor(site)

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        self._keep_floor(request.meta["download_slot"])

    def _keep_floor(self, site: str) -> None:
        slot = self.crawler.engine.downloader.slots.get(site)
        if slot:
            slot.delay = max(slot.delay, self._floors.get(site, self._default))
