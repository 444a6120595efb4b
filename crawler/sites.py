"""Which site a URL belongs to."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

_ADDRESS = re.compile(r"[\d.]+(?::\d+)?$|\[")

DEFAULT_PORTS = {"http": 80, "https": 443}
"""The port of each scheme that an address need not name."""

_extract = TLDExtract(
    suffix_list_urls=(),  # the list that came with the package: a crawl fetches nothing it was not asked for
    include_psl_private_domains=True,  # two blogs on one hosting domain are two sites
)


@lru_cache(maxsize=1_000)  # asked for five times in the course of a request
def site_of(url: str) -> str:
    """The site's name: the host, with the port where it is not the scheme's own (two ports are two servers).

    Raises ValueError for a URL without a host.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError(f"no host in {url}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.port is None or parts.port == DEFAULT_PORTS.get(parts.scheme):
        return host
    return f"{host}:{parts.port}"


def same_site(url: str, site: str) -> bool:
    """Whether `url` is on `site`: www., m. and news. of one registered domain are one site; an IP address, or
    a host without a public domain, is with its port a site of its own."""
    return realm_of(site_of(url)) == realm_of(site)


@cache
def realm_of(site: str) -> str:
    """What all hosts of one owner have in common: the registered domain, else the site itself."""
    if _ADDRESS.match(site):  # there is none, and it takes 0.15 s to load the list of suffixes
        return site
    return _extract(site).top_domain_under_public_suffix or site
