"""Requests for pages and what their responses mean."""

from __future__ import annotations

from datetime import UTC, datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive import PendingPage
from archive.records import Page, Selectors
from crawler.certificates import flag_of
from crawler.exchanges import exchange_of
from crawler.outcomes import Outcome, outcome_of_error, outcome_of_status
from crawler.run import run_of

GZIP = b"\x1f\x8b"


def headers_for(page: PendingPage) -> dict[str, str]:
    """The headers that make a request for a page a question for changes."""
    headers = {}
    if page.etag:
        headers["If-None-Match"] = page.etag
    if page.last_modified:
        headers["If-Modified-Since"] = page.last_modified
    return headers


async def fetch(crawler: Crawler, page: PendingPage, *, validators: PendingPage | None = None) -> Response | Outcome:
    """Ask for a page outside the queue, as politely as for any other; the outcome where no response came."""
    request = Request(page.url, headers=headers_for(validators) if validators else {}, cb_kwargs={"page": page})
    assert crawler.engine is not None
    try:
        response = await crawler.engine.download_async(request)
    except Exception as error:  # whatever it is, it is what an errback would get
        return outcome_of_error(error)
    run_of(crawler).keep(exchange_of(response, page.url))
    return response


def outcome_of_response(response: Response, *, is_start: bool = False) -> Outcome | None:
    """Why a response is not worth reading, or None. A start may be a gzipped sitemap."""
    return outcome_of_status(response.status) or outcome_of_content(response, is_start=is_start)


def outcome_of_content(response: Response, *, is_start: bool = False) -> Outcome | None:
    """Why a response of good status is not worth reading, or None."""
    if not response.body.strip():
        return Outcome("failed", "empty")
    if is_start and response.body.startswith(GZIP):
        return None
    content_type = _content_type(response)
    if content_type and not content_type.startswith("text/") and "xml" not in content_type:
        return Outcome("fetched", f"not-an-article: {content_type}")
    return None


def page_from_response(
    response: Response, page: PendingPage, *, site: str, may_list: bool = False, selectors: Selectors | None = None
) -> Page:
    """The border value that the pipeline reads."""

    def header(name: str) -> str | None:
        value = response.headers.get(name)
        return value.decode("latin-1") if value else None

    return Page(
        url=response.url,
        requested_url=page.url,
        site=site,
        depth=page.depth,
        may_list=may_list,
        selectors=selectors,
        turn=page.turn,
        flag=flag_of(response),
        status=response.status,
        body=response.body,
        fetched_at=datetime.now(UTC),
        content_type=header("Content-Type"),
        etag=header("ETag"),
        last_modified=header("Last-Modified"),
    )


def _content_type(response: Response) -> str:
    value = response.headers.get("Content-Type") or b""
    return value.decode("latin-1").partition(";")[0].strip().lower()
