"""Scrapy's requests and responses as the exchanges that the archive keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from scrapy import Request
from scrapy.http import Headers, Response

from archive.records import Exchange

_SENT_ENCODING = "content_encoding"


class SentEncoding:
    """Downloader middleware: remembers the Content-Encoding, which the next one on the way in takes away."""

    def process_response(self, request: Request, response: Response) -> Response:
        request.meta[_SENT_ENCODING] = b", ".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        return response


def exchange_of(response: Response, page_url: str) -> Exchange:
    """What was asked and answered for a page, the body decoded as the spider sees it."""
    request = response.request
    assert request is not None
    undone = "Content-Encoding" not in response.headers
    return Exchange(
        page_url=page_url,
        url=response.url,
        method=request.method,
        request_headers=tuple(_pairs(request.headers)),
        status=response.status,
        headers=tuple(_pairs(response.headers)),
        body=response.body,
        fetched_at=datetime.now(UTC),
        content_encoding=(request.meta.get(_SENT_ENCODING) or None) if undone else None,
        ip=str(response.ip_address) if response.ip_address else None,
    )


def _pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    for name, values in headers.items():
        for value in values:
            yield name.decode("latin-1"), value.decode("latin-1")
