"""What a URL by itself must be like to be asked for, on whatever site."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

MAX_LENGTH = 2083
"""Characters of a URL: session ids and calendars grow beyond it, articles do not (Scrapy's own limit)."""


MAX_SEGMENTS = 20
"""Folders of a path. Articles lie under two to six of them."""
MAX_ALIKE = 3
"""Times that one folder may be in a path: a relative link that each page resolves anew makes /a/b/a/b/a/b/… without
end. Numbers may come more often, as in /2024/10/10/10.html."""
OTHER_PORTS = frozenset(
    {1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110}
    | {111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531}
    | {532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060}
    | {5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211}
)
"""Ports of mail, shells and other services, which a request could be made to talk to: no browser asks there either
(the Fetch standard's "bad ports", with Redis and memcached)."""


def why_refused(url: str) -> str | None:
    """The reason why `url` may not be asked for on any site, or None."""
    if len(url) > MAX_LENGTH:
        return "url-too-long"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "bad-address"
    if parts.scheme not in ("http", "https"):
        return f"scheme: {parts.scheme}"
    if not host:
        return "bad-address"
    if "@" in parts.netloc:
        # http://trusted.example@169.254.169.254/: made to be misread, by people and by parsers
        return "credentials-in-url"
    if port in OTHER_PORTS:
        return f"port: {port}"
    return _why_endless(parts.path)


def _why_endless(path: str) -> str | None:
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > MAX_SEGMENTS:
        return "repetition: path"
    most = max(Counter(s for s in segments if not s.isdigit()).values(), default=0)
    return "repetition: path" if most > MAX_ALIKE else None
