"""One article, one URL: the spellings under which sites link to the same page, made one.

`canonical_url` is what is stored and asked for, so it changes only what no server minds. `url_key` decides
whether two URLs are the same page, and goes further.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

TRACKING_PARAMETERS = frozenset(
    {
        "from",  # WeChat: from=timeline, from=singlemessage; sites: from=related
        "isappinstalled",  # WeChat, beside `from`
        "share",  # share buttons: who passed the page on
        "share_token",  # the same, by apps
        "share_from",
        "shareto",
        "spm",  # Alibaba and the many who copied it: position of the link on the page it was clicked on
        "scm",  # the same
        "wfr",  # Baidu: spider, pc
        "bd_vid",  # Baidu advertising click
        "gclid",  # Google advertising click
        "fbclid",  # Facebook click
        "msclkid",  # Microsoft advertising click
        "_t",  # a timestamp against caches
    }
)
"""Query parameters that say how a reader came, not what he reads. Each was met on links to one and the same
page. Short names that some site uses for content (`id`, `p`, `f`, `source`, `ref`) are not among them: two
pages made one lose an article, one page kept twice does not. A change here needs a migration that writes every
`url_key` anew."""

TRACKING_PREFIXES = ("utm_", "hmsr_", "hm_")
"""Families of such parameters: Google's, Baidu's."""

SAME_LINKS = 8_192
"""URLs whose spelling is remembered: the pages of a site link to each other again and again."""

VARYING = re.compile("[0-9a-f]{8,}|[0-9]+", re.IGNORECASE)
"""What differs between the addresses of pages of one sort: numbers, and ids in hexadecimal."""

_CANONICAL = re.compile(
    r"https?://[a-z0-9.-]+(?::(?:[1-9]|[1-5][0-9])[0-9]{3})?(?:/(?!\.|(?i:index\.))[A-Za-z0-9._~-]*)+"
)
"""What is canonical as it stands: most of the links there are. To take any other apart takes up to 50 µs."""
_INDEX_PAGE = re.compile(r"/index\.(?:html?|php)$", re.IGNORECASE)
_DEFAULT_PORT = {"http": ":80", "https": ":443"}


@lru_cache(maxsize=SAME_LINKS)
def canonical_url(url: str) -> str:
    """The form of a URL that is stored and asked for; applying it twice changes nothing.

    Scheme and host in lower case, the host in ASCII, no default port, no fragment, no tracking parameters,
    the other parameters sorted, percent-encoding made uniform, `/index.html` at the end written as `/`.
    What is not an http or https URL comes back as it is, less surrounding space: it is never asked for,
    only recorded.
    """
    if _CANONICAL.fullmatch(url):
        return url
    parts = _split(url)
    if parts is None:
        return url.strip()
    # On PHP sites /index.php?id=5 and /?id=5 differ where the server prefers index.html.
    return urlunsplit(parts if parts.query else parts._replace(path=_INDEX_PAGE.sub("/", parts.path)))


@lru_cache(maxsize=SAME_LINKS)
def url_key(url: str) -> str:
    """What all spellings of one page's URL have in common; the key of `pages` and `articles`.

    The canonical form without its scheme (http and https serve one page) and without `index.php` even
    before a query.
    """
    if _CANONICAL.fullmatch(url):
        return url.partition("://")[2]
    parts = _split(url)
    if parts is None:
        return url.strip()
    path = _INDEX_PAGE.sub("/", parts.path)
    return urlunsplit(parts._replace(scheme="", path=path)).removeprefix("//")


def _split(url: str) -> SplitResult | None:
    """The parts of the URL made uniform, no fragment; None where it is no http or https URL."""
    try:
        parts = urlsplit(_made_uniform(url.strip()))
    except ValueError:  # a port out of range, brackets that hold no IPv6 address
        return None
    if parts.scheme not in _DEFAULT_PORT or not parts.netloc:
        return None
    return parts._replace(netloc=parts.netloc.removesuffix(_DEFAULT_PORT[parts.scheme]), fragment="")


def _made_uniform(url: str) -> str:
    address, _mark, query = url.partition("#")[0].partition("?")
    pairs = [pair for pair in query.split("&") if pair and not _is_tracking(pair)]
    if all("=" in pair for pair in pairs):
        return canonicalize_url(f"{address}?{'&'.join(pairs)}")
    # `read.php?tid-5.html`: forums read such a query as it stands, and w3lib would end it in "=".
    return safe_url_string(f"{canonicalize_url(address)}?{'&'.join(pairs)}")


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)
