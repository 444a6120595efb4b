"""One sample site as a function from request to response: no socket is needed to try it."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from jianbao.demo.catalogue import Catalogue, Entry
from jianbao.demo.pages import Pages, Shown, show

STATIC = Path(__file__).parent / "static"
CONTENT_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
ROBOTS = """\
User-agent: *
Disallow: /vip/
Disallow: /search.php
Disallow: /plus/
"""
HTML = {"main": ("utf-8", "text/html; charset=utf-8"), "twin": ("gbk", "text/html")}
"""Encoding and Content-Type of each site's pages: the twin leaves the charset to its <meta>, which says
gb2312 though the bytes are GBK, as such sites do."""
LISTING = re.compile(r"/(?:category|a)/(?P<slug>\w+)/(?:list_(?P<number>\d+)\.html)?")
OLD_ADDRESS = re.compile(r"/article/(?P<name>\d+\.html)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a site answers."""

    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Website:
    """One sample site at an address."""

    def __init__(self, catalogue: Catalogue, *, base: str, neighbour: str, volatile: bool, today: date | None) -> None:
        self._catalogue = catalogue
        self._pages = Pages(catalogue, base=base, neighbour=neighbour)
        self._volatile = volatile
        self._today = today
        self._encoding, self._content_type = HTML[catalogue.site]
        self._visits: Counter[str] = Counter()
        self._shown: dict[str, Shown] = {}
        self._lock = Lock()

    def last_shown(self, path: str) -> Shown | None:
        """The counter and date words that an article's page last showed; None when nobody fetched it."""
        return self._shown.get(path)

    def respond(self, method: str, target: str, headers: Message) -> Response:
        """The answer to a GET or HEAD request."""
        path = urlsplit(target).path
        if path.endswith("/index.html"):
            path = path.removesuffix("index.html")
        if entry := self._catalogue.find(path):
            return self._respond_article(entry, method, headers)
        if old := OLD_ADDRESS.fullmatch(path):
            return Response(status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": f"/post/{old['name']}"})
        if content := read_static().get(path):
            return Response(status=HTTPStatus.OK, body=content, headers={"Content-Type": content_type_of(path)})
        if path == "/robots.txt":
            return Response(
                status=HTTPStatus.OK,
                body=ROBOTS.encode(),
                headers={"Content-Type": "text/plain; charset=utf-8"},
            )
        return self._respond_overview(path)

    def _respond_article(self, entry: Entry, method: str, headers: Message) -> Response:
        validators = {} if self._volatile else validators_of(entry)
        if is_fresh(headers, validators):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers=validators)
        with self._lock:
            visits = self._visits[entry.path]
            shown = show(entry, site=self._catalogue.site, visits=visits, today=self._today or date.today())
            if method == "GET":
                self._visits[entry.path] += 1
                self._shown[entry.path] = shown
        shuffle = random.Random(visits) if self._volatile else None
        return self._html(HTTPStatus.OK, self._pages.article(entry, shown, shuffle=shuffle), validators)

    def _respond_overview(self, path: str) -> Response:
        """Home page, listings, and what is not there."""
        if path in ("/", "/search.php"):
            return self._html(HTTPStatus.OK, self._pages.home())
        if match := LISTING.fullmatch(path):
            names = {slug: name for name, slug in self._catalogue.facts.categories.items()}
            page = self._pages.listing(names.get(match["slug"], ""), int(match["number"] or 1))
            if page:
                return self._html(HTTPStatus.OK, page)
        status = HTTPStatus(self._catalogue.gone.get(path, HTTPStatus.NOT_FOUND))
        return self._html(status, self._pages.missing())

    def _html(self, status: HTTPStatus, page: str, validators: Mapping[str, str] | None = None) -> Response:
        return Response(
            status=status,
            body=page.encode(self._encoding),
            headers={"Content-Type": self._content_type, **(validators or {})},
        )


def validators_of(entry: Entry) -> dict[str, str]:
    """ETag and Last-Modified of an article: of what its author wrote, not of counters and side bars."""
    digest = hashlib.sha256(repr((entry.story, entry.related)).encode()).hexdigest()[:16]
    return {"ETag": f'"{digest}"', "Last-Modified": format_datetime(entry.modified, usegmt=True)}


def is_fresh(headers: Message, validators: Mapping[str, str]) -> bool:
    """Whether the asker's copy still holds (If-Modified-Since counts only without If-None-Match)."""
    if not validators:
        return False
    if known := headers.get("If-None-Match"):
        tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
        return "*" in tags or validators["ETag"] in tags
    try:
        since = parsedate_to_datetime(headers.get("If-Modified-Since", ""))
        return since.astimezone(UTC) >= parsedate_to_datetime(validators["Last-Modified"])
    except ValueError:
        return False


@cache
def read_static() -> dict[str, bytes]:
    """Every static file, by path."""
    return {f"/static/{file.name}": file.read_bytes() for file in STATIC.iterdir()}


def content_type_of(path: str) -> str:
    """Content-Type of a static file."""
    return CONTENT_TYPES[Path(path).suffix]
