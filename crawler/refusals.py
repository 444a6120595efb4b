"""What is never asked for, as far as the URL itself can tell."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request

from crawler.outcomes import EndPage
from crawler.sites import same_site

MAX_LENGTH = 2083
"""Characters of a URL: session ids and calendars grow beyond it, articles do not (Scrapy's own limit)."""


class UrlRules:
    """Downloader middleware: every request, redirects included, has a URL that may be asked for."""

    def process_request(self, request: Request) -> None:
        page = request.cb_kwargs.get("page")  # a request for robots.txt has none
        reason = why_refused(request.url, site=page.site if page else None)
        if reason:
            raise EndPage("refused", reason)


def why_refused(url: str, *, site: str | None = None) -> str | None:
    """The reason why `url` may not be asked for, or None. Without a `site`, any site will do."""
    if len(url) > MAX_LENGTH:
        return "url-too-long"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "bad-address"
    if parts.scheme not in ("http", "https"):
        return f"scheme: {parts.scheme}"
    if not host:
        return "bad-address"
    if "@" in parts.netloc:
        # http://trusted.example@169.254.169.254/: made to be misread, by people and by parsers
        return "credentials-in-url"
    if site is not None and not same_site(url, site):
        return f"off-site: {host}"
    return None
