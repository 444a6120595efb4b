"""Which site a URL belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

_DEFAULT_PORTS = {"http": 80, "https": 443}

_extract = TLDExtract(
    suffix_list_urls=(),  # the list that came with the package: a crawl fetches nothing it was not asked for
    include_psl_private_domains=True,  # two blogs on one hosting domain are two sites
)


def site_of(url: str) -> str:
    """The site's name: the host, with the port where it is not the scheme's own (two ports are two servers).

    Raises ValueError for a URL without a host.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError(f"no host in {url}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.port is None or parts.port == _DEFAULT_PORTS.get(parts.scheme):
        return host
    return f"{host}:{parts.port}"


def same_site(url: str, site: str) -> bool:
    """Whether `url` is on `site`: www., m. and news. of one registered domain are one site; an IP address, or
    a host without a public domain, is with its port a site of its own."""
    return _realm(site_of(url)) == _realm(site)


class NamedSites:
    """The sites of the starts that a run was given. A link from one to another is no link off the site."""

    def __init__(self, starts: Iterable[str]) -> None:
        self._names: dict[str, str] = {}
        for url in starts:
            name = site_of(url)
            self._names.setdefault(_realm(name), name)

    def name_of(self, url: str) -> str | None:
        """The name of the site that `url` is on, or None where it is on none of them."""
        return self._names.get(_realm(site_of(url)))


@cache
def _realm(site: str) -> str:
    return _extract(site).top_domain_under_public_suffix or site
