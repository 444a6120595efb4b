"""What a URL by itself must be like to be asked for, on whatever site."""

from __future__ import annotations

from urllib.parse import urlsplit

MAX_LENGTH = 2083
"""Characters of a URL: session ids and calendars grow beyond it, articles do not (Scrapy's own limit)."""


def why_refused(url: str) -> str | None:
    """The reason why `url` may not be asked for on any site, or None."""
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
    return None
