"""One running sample site that tests may read, and one of their own that they may change."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import pytest

from jianbao.demo import DemoSite

TODAY = date(2025, 9, 27)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the wire, content decoding undone."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


Fetch = Callable[..., Answer]


@pytest.fixture(scope="session")
def shared_site() -> Iterator[DemoSite]:
    with DemoSite(today=TODAY) as site:
        yield site


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(today=TODAY) as site:
        yield site


@pytest.fixture(scope="session")
def fetch() -> Fetch:
    """fetch(url, method="GET", headers=None): one request, redirects not followed."""

    def send(url: str, method: str = "GET", headers: dict[str, str] | None = None) -> Answer:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, headers=headers or {})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.headers["Content-Encoding"] == "gzip" and body:
            body = gzip.decompress(body)
        return Answer(response.status, response.headers, body)

    return send
