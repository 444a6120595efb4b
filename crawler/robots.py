"""robots.txt as RFC 9309 has it, where Scrapy is more lenient."""

from __future__ import annotations

from typing import cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from crawler.outcomes import EndPage, Outcome, outcome_of_error

MAX_BYTES = 500 * 1024
"""How much of a robots.txt is parsed: the least that RFC 9309 allows as a limit."""


class Robots(RobotsTxtMiddleware):
    """Where the server cannot give its robots.txt, all is forbidden; where there is none, nothing is."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._user_agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._max_delay = crawler.settings.getfloat("MAX_CRAWL_DELAY")
        self._unreachable: dict[str, Outcome] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        # All who wait for one robots.txt wait for one Deferred, which gives its result to the first of them and None,
        # "all is allowed", to the others: what was in hand when a crawl began was fetched whatever it forbade.
        await super().robot_parser(request)
        return cast(RobotParser | None, self._parsers[urlparse_cached(request).netloc])

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        unreachable = self._unreachable.get(urlparse_cached(request).netloc)
        if unreachable:
            raise EndPage(unreachable.state, unreachable.reason)
        if rp is None:
            return
        if not rp.allowed(request.url, self._user_agent):
            raise EndPage("refused", "robots")
        delay = rp.crawl_delay(self._user_agent) or 0
        if delay > self._max_delay:
            raise EndPage("refused", f"robots: crawl-delay {delay / 60:.0f} min")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        status, body = response.status, response.body[:MAX_BYTES]
        if status == 429 or status >= 500:
            self._unreachable[netloc] = Outcome("refused", f"robots-unreachable: http {status}")
        elif not 200 <= status < 300:
            body = b""  # an error page is no robots.txt, whatever its words
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        # A refused or endless redirect counts as no robots.txt at all (RFC 9309, 2.3.1.2); the page's own
        # request then meets whatever rule it breaks itself.
        if not isinstance(exc, IgnoreRequest):
            self._unreachable[netloc] = outcome_of_error(exc)
        super()._robots_error(exc, netloc)
