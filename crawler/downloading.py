"""Scrapy's download handler and decompression with the bounds that they lack."""

from __future__ import annotations

import zlib
from typing import cast

import brotli  # type: ignore[import-untyped]
from scrapy import Request
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils._compression import zstd  # type: ignore[attr-defined]  # the one that it uses
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web._newclient import Request as TxRequest
from twisted.web.iweb import IPolicyForHTTPS, IResponse

from crawler.certificates import UNVERIFIED
from crawler.outcomes import EndPage, HeadersTooLarge

MAX_HEADER_BYTES = 256 * 1024
"""Bytes before the body. Servers themselves stop at 8 to 64 kB; without a limit a flood of headers took 1.5 GB in
the six seconds to the timeout. Not lower, as the first piece that arrives may hold 64 kB of body already."""


class BoundedHandler(HTTP11DownloadHandler):
    """Gives up a response whose headers do not end. Looks at certificates, unless a request says otherwise."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
        self._unverified: _UnverifiedHandler | None = None

    async def download_request(self, request: Request) -> Response:
        if not request.meta.get(UNVERIFIED):
            return await super().download_request(request)
        # With connections of its own: none that is trusted may be one that was not looked at.
        self._unverified = self._unverified or _UnverifiedHandler(self._crawler)
        return await self._unverified.download_request(request)

    async def close(self) -> None:
        if self._unverified:
            await self._unverified.close()
        await super().close()


class _UnverifiedHandler(HTTP11DownloadHandler):
    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
        self._contextFactory = cast(IPolicyForHTTPS, _ScrapyClientContextFactory(verify_certificates=False))


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _BoundedProtocol:
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: TxRequest) -> Deferred[IResponse]:
        self._before_body = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        if self._parser is None:
            return  # given up already; what was on its way still arrives
        if self._parser.state in (STATUS, HEADER):
            self._before_body += len(data)
        if self._before_body > MAX_HEADER_BYTES:
            self._giveUp(Failure(HeadersTooLarge()))  # type: ignore[no-untyped-call]
        else:
            super().dataReceived(data)  # type: ignore[no-untyped-call]


class Unpacking(HttpCompressionMiddleware):
    """Gives up a body that is too large once it is unpacked, and lets go of what was unpacked of it.

    Scrapy's exception holds the frames that raised it, and they ten megabytes each: eight bombs were held at a time.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        try:
            return super().process_response(request, response)
        except IgnoreRequest:
            reason = "too-large"
        except (OSError, EOFError, zlib.error, brotli.error, zstd.ZstdError):
            reason = "bad-encoding"
        raise EndPage("failed", reason)
