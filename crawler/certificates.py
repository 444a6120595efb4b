"""Certificates that do not verify: refused, or where the site is configured so, accepted and each page flagged."""

from __future__ import annotations

import logging

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.outcomes import BAD_CERTIFICATE, outcome_of_error
from crawler.run import run_of

UNVERIFIED = "unverified"
"""The key of `Request.meta` that has the download handler not look at the certificate."""

logger = logging.getLogger(__name__)


class BadCertificates:
    """Downloader middleware: where a certificate does not verify and the site allows that, ask again without looking.

    Every host is asked properly first, in every run: one whose certificate is in order is never flagged.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._bad: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BadCertificates:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        request.meta[UNVERIFIED] = urlparse_cached(request).netloc in self._bad

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        host = urlparse_cached(request).netloc
        if request.meta.get(UNVERIFIED) or outcome_of_error(exception) != BAD_CERTIFICATE or not self._allows(request):
            return None
        if host not in self._bad:
            logger.warning("The certificate of %s does not verify; its pages are flagged", host)
        self._bad.add(host)
        return request.replace(dont_filter=True)

    def _allows(self, request: Request) -> bool:
        sites = run_of(self.crawler).sites
        return sites.settings_of(sites.name_or_host(request.url)).bad_certificates == "flag"


def flag_of(response: Response) -> str | None:
    """What is to be noted of how a response was had; None as a rule."""
    request = response.request
    return BAD_CERTIFICATE.reason if request is not None and request.meta.get(UNVERIFIED) else None
