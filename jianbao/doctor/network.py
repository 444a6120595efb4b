"""The network: each site, asked for its robots.txt alone, and the address at which the archive is browsed."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
from protego import Protego

from crawler.configuration import SiteSettings
from crawler.settings import ROBOTSTXT_USER_AGENT, USER_AGENT
from jianbao.doctor.results import Result, note, ok, wrong

TIMEOUT = 10.0
"""Seconds for one answer."""
MAX_ROBOTS = 500_000
"""Bytes of a robots.txt that are read, as RFC 9309 has it."""
AT_ONCE = 8
"""Hosts that are asked side by side, each once."""
_HEADERS = {"User-Agent": USER_AGENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What one host answered."""

    result: Result
    offset: timedelta | None
    """By how much its clock is ahead of ours; None where it does not say."""


def check_sites(sites: Sequence[SiteSettings]) -> list[Host]:
    """Ask every host of a start for its robots.txt."""
    starts: dict[str, tuple[str, list[str]]] = {}
    for site in sites:
        for url in site.start:
            parts = urlsplit(url)
            starts.setdefault(f"{parts.scheme}://{parts.netloc}", (site.name, []))[1].append(url)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda item: _check_host(item[0], *item[1]), starts.items()))


def _check_host(origin: str, site: str, urls: list[str]) -> Host:
    name = f"site {site}"
    try:
        status, date, text = _fetch_robots(f"{origin}/robots.txt")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Host(result=wrong(name, f"{origin} does not answer: {_reason(error)}.", _advice(error)), offset=None)
    offset = _ahead(date)
    if status >= 500 or status == 429:
        said = f"{origin} answers {status} to robots.txt, and is not crawled as long as it does."
        return Host(
            result=wrong(name, said, "Try again later; where it stays, ask whoever runs the site."), offset=offset
        )
    rules = Protego.parse(text if status == 200 else "")
    forbidden = [url for url in urls if not rules.can_fetch(url, ROBOTSTXT_USER_AGENT)]
    if forbidden:
        said = f"robots.txt forbids {forbidden[0]}."
        return Host(result=wrong(name, said, "Take another start, or ask whoever runs the site."), offset=offset)
    return Host(result=ok(name, f"{origin} answers, and its robots.txt allows the start."), offset=offset)


def _fetch_robots(url: str) -> tuple[int, str | None, str]:
    """Status, Date header and text."""
    with (
        httpx.Client(headers=_HEADERS, timeout=TIMEOUT, trust_env=False, follow_redirects=True) as client,
        client.stream("GET", url) as answer,
    ):
        body = b""
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > MAX_ROBOTS:
                break
        return answer.status_code, answer.headers.get("date"), body[:MAX_ROBOTS].decode("utf-8", "replace")


def _ahead(date: str | None) -> timedelta | None:
    try:
        return parsedate_to_datetime(date) - datetime.now(UTC) if date else None
    except (TypeError, ValueError):  # a date that is none, or without its zone
        return None


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it came from, the last first: httpx wraps what the socket said."""
    causes = [error]
    while following := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(following)
    return causes


def _reason(error: Exception) -> str:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return "its name is not known"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid ({cause.verify_message})"
    if isinstance(error, httpx.TimeoutException):
        return f"nothing came in {TIMEOUT:.0f} seconds"
    return str(error).partition("\n")[0] or type(error).__name__


def _advice(error: Exception) -> str:
    if any(isinstance(cause, socket.gaierror) for cause in _causes(error)):
        return "Look for a slip in `start`, and whether this machine has a network and a name server."
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
        return "Look whether a browser accepts it; a clock that is wrong makes certificates invalid too."
    return "Open it in a browser: the site may be down, or a firewall in between."


def check_address(url: str, *, expected: bool) -> Result:
    """Whether the archive is served at an address. `expected`: whether it is wrong where nothing is."""
    asked = f"{url.rstrip('/')}/-/health"
    serve = "`jianbao serve` or `jianbao up` serves it; --url says where you serve it."
    try:
        answer = httpx.get(asked, headers=_HEADERS, timeout=TIMEOUT, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        if not expected:
            return note("browser", f"Nothing is served at {url}.", serve)
        return wrong("browser", f"{url} does not answer: {_reason(error)}.", serve)
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict) or "ok" not in said:
        advice = "Serve elsewhere with --port, or set the proxy before it right."
        return wrong("browser", f"{url} is answered by something else (status {answer.status_code}).", advice)
    return ok("browser", f"The archive is at {url}.")
