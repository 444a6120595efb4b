"""The sites of a run: those that the user configured, and those of the starts."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.configuration import SiteSettings
from crawler.sites import realm_of, site_of


class NamedSites:
    """Which site a URL belongs to, and how that site is crawled. A link from one to another is no link off the site.

    A configured site has the hosts that it names, or else whatever shares the registered domain of a start; any
    other has the registered domain of the start.
    """

    def __init__(self, starts: Iterable[str], configured: Iterable[SiteSettings] = (), *, depth: int = 1) -> None:
        self._hosts: dict[str, str] = {}
        self._realms: dict[str, str] = {}
        self._settings: dict[str, SiteSettings] = {}
        self._default = SiteSettings(name="", start=(), depth=depth)
        for site in configured:
            self._settings[site.name] = site
            for host in site.all_hosts:
                self._hosts.setdefault(host, site.name)
                if not site.hosts:
                    self._realms.setdefault(realm_of(host), site.name)
        for url in starts:
            host = site_of(url)
            if host not in self._hosts:
                self._realms.setdefault(realm_of(host), host)

    def name_of(self, url: str) -> str | None:
        """The name of the site that `url` is on, or None where it is on none of them, or has no host."""
        try:
            return self.name_of_host(site_of(url))
        except ValueError:
            return None

    def configured_name_of(self, url: str) -> str | None:
        """The name of the configured site that `url` is on, or None."""
        name = self.name_of(url)
        return name if name in self._settings else None

    def name_of_host(self, host: str) -> str | None:
        """The name of the site that a host, as `site_of` names it, belongs to, or None."""
        return self._hosts.get(host) or self._realms.get(realm_of(host))

    def name_or_host(self, url: str) -> str:
        """Whose patience a request costs: the site's, all its hosts together; that of the host where it is on none."""
        return self.name_of(url) or site_of(url)

    def is_configured(self, name: str) -> bool:
        """Whether the user configured a site of that name."""
        return name in self._settings

    def settings_of(self, name: str) -> SiteSettings:
        """How a site is crawled; as by default where it is not configured."""
        return self._settings.get(name, self._default)
