"""The sample site as the demo command and the tests use it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from types import TracebackType
from typing import Self

from jianbao.demo.catalogue import Catalogue
from jianbao.demo.pages import Shown
from jianbao.demo.server import DemoServer, Request, RequestLog
from jianbao.demo.sites import SiteName
from jianbao.demo.truth import DemoArticle, describe
from jianbao.demo.website import Website


class DemoSite:
    """Two small sites over HTTP on loopback, answering while the `with` block lasts.

    The main site is a content farm in a Z-Blog-like theme, the twin an older one in a DedeCMS-like theme
    and GBK. View counter and relative dates are different at every fetch. With `volatile`, the order of
    related articles and of the side bar is, too, and no page has an ETag or a Last-Modified.

    Example: with DemoSite() as site: crawl(site.start_urls)
    """

    def __init__(self, port: int = 0, twin_port: int = 0, volatile: bool = False, *, today: date | None = None) -> None:
        """Ports of 0 are chosen by the system; relative dates count from `today`, by default the real one."""
        self._ports: dict[SiteName, int] = {"main": port, "twin": twin_port}
        self._volatile = volatile
        self._today = today
        self._catalogues: dict[SiteName, Catalogue] = {"main": Catalogue("main"), "twin": Catalogue("twin")}
        self._log = RequestLog()
        self._servers: dict[SiteName, DemoServer] = {}
        self._websites: dict[SiteName, Website] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for site, port in self._ports.items():
                self._servers[site] = server = DemoServer(site, port, self._log)
                stack.callback(server.server_close)
            for site, server in self._servers.items():
                self._websites[site] = self._build_website(site)
                server.start(self._websites[site])
                stack.callback(server.shutdown)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _build_website(self, site: SiteName) -> Website:
        neighbour: SiteName = "twin" if site == "main" else "main"
        return Website(
            self._catalogues[site],
            base=self._servers[site].url,
            neighbour=self._servers[neighbour].url,
            volatile=self._volatile,
            today=self._today,
        )

    @property
    def url(self) -> str:
        """Address of the main site, without a slash at its end."""
        return self._servers["main"].url

    @property
    def twin_url(self) -> str:
        """Address of the twin, without a slash at its end."""
        return self._servers["twin"].url

    @property
    def start_urls(self) -> list[str]:
        """One article of each site, from which depth 2 reaches all others."""
        return [server.url + self._catalogues[site].entries[0].path for site, server in self._servers.items()]

    @property
    def truth(self) -> list[DemoArticle]:
        """Every article that the two sites have at present and that a crawler may read."""
        return [
            describe(entry, self._catalogues[site], server.url)
            for site, server in self._servers.items()
            for entry in self._catalogues[site].entries
        ]

    @property
    def forbidden(self) -> list[str]:
        """URLs that related links lead to and robots.txt forbids."""
        return [self.url + path for path in self._catalogues["main"].forbidden]

    @property
    def missing(self) -> list[str]:
        """URLs that related links lead to and nothing answers, besides those of removed articles."""
        quirks = self._catalogues["main"].facts.quirks
        return [url for quirk in quirks if quirk.title and (url := self.url + quirk.href) not in self.forbidden]

    @property
    def requests(self) -> list[Request]:
        """Every request that was answered so far, on both sites, in order."""
        return self._log.all()

    def last_shown(self, path: str, site: SiteName = "main") -> Shown | None:
        """The view counter and the date words of an article as last fetched; None when it never was."""
        return self._websites[site].last_shown(path)

    def edit(
        self,
        path: str,
        *,
        title: str | None = None,
        body: Sequence[str] | None = None,
        site: SiteName = "main",
    ) -> None:
        """Change an article's title, or its body to these paragraphs; its validators change, too."""
        self._catalogues[site].edit(path, title=title, body=body)

    def remove(self, path: str, status: int = 404, site: SiteName = "main") -> None:
        """Answer 404 or 410 at an article's path; links to it stay where they are."""
        self._catalogues[site].remove(path, status)

    def restore(self, path: str, site: SiteName = "main") -> None:
        """Bring a removed article back."""
        self._catalogues[site].restore(path)
