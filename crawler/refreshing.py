"""Pages that lead to another one by `<meta http-equiv="refresh">`."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import Response

HEAD = 16_384
"""Bytes in which Scrapy may find it: it looks at 4,096 characters."""


class MetaRefresh(MetaRefreshMiddleware):
    """Scrapy's, for those pages that speak of it: to tell it decodes the whole page, which nothing else here does."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        head = response.body[:HEAD].lower()
        # UTF-16 has zeros between the letters.
        return super().process_response(request, response) if b"refresh" in head or b"\0" in head else response
