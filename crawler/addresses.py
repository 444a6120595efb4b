"""No connection to where the public internet is not, whatever name, redirect or notation leads there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.outcomes import EndPage
from crawler.sites import DEFAULT_PORTS

Check = Callable[[str, int, str], bool]
"""Host and port as asked for, address it resolved to -> whether to connect."""

_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "3fff::/20", "5f00::/16")))
"""Of the registries of special addresses, what not every version of Python knows, or knows in full."""


def is_public(address: str) -> bool:
    """Whether an address is public: not private, loopback, link-local, multicast or reserved."""
    ip = ip_address(address.partition("%")[0])
    inner = _ipv4_inside(ip) if isinstance(ip, IPv6Address) else None
    judged = inner or ip
    # is_global alone passes multicast, and blocks of IPv6 that nobody has been given.
    special = judged.is_multicast or judged.is_reserved or _is_site_local(judged)
    return judged.is_global and not special and not any(judged in network for network in _NOT_PUBLIC)


def _is_site_local(ip: IPv4Address | IPv6Address) -> bool:
    return isinstance(ip, IPv6Address) and ip.is_site_local


def _ipv4_inside(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for, as in ::ffff:127.0.0.1: that one is to be judged."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def origins_of(urls: Iterable[str]) -> frozenset[tuple[str, int]]:
    """Host and port of each URL. The port counts: a site on loopback is no licence for its neighbours."""
    parts = (urlsplit(url) for url in urls)
    return frozenset((p.hostname or "", p.port or DEFAULT_PORTS.get(p.scheme, 0)) for p in parts)


class AddressGuard:
    """Downloader middleware that puts a guard before the reactor's name resolver.

    Every connection of Scrapy's HTTP handler, to a literal address too, goes to an address that the resolver
    returned a moment before. What is judged is therefore what is connected to: neither DNS rebinding nor
    0x7f000001 gets past it. A host that the user named as a start may be anywhere.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.refused: dict[str, str] = {}
        """Host -> the last address of it that was refused."""
        self.named: frozenset[tuple[str, int]] = frozenset()
        """Host and port of the starts that the user named."""
        self._public: set[tuple[str, int]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AddressGuard:
        guard = cls(crawler)
        crawler.signals.connect(guard.install, signals.engine_started)
        return guard

    def install(self) -> None:
        """Stand before whatever resolver is installed: by now the process has put its own in place."""
        from twisted.internet import reactor

        self.named = origins_of(self.crawler.spider.run.named_starts)  # type: ignore[union-attr]
        reactor.installNameResolver(GuardedResolver(reactor.nameResolver, self.may_connect))

    def may_connect(self, host: str, port: int, address: str) -> bool:
        if is_public(address):
            self._public.add((host, port))
            return True
        # A name that led to the public internet a moment ago does not lead to an intranet: it is being rebound.
        if (host, port) in self.named and (host, port) not in self._public:
            return True
        self.refused[host] = address
        return False

    def process_exception(self, request: Request, exception: Exception) -> None:
        """A name of which every address was held back looks as if it did not resolve. Say what it was."""
        host = (urlparse_cached(request).hostname or "").strip("[]")
        if isinstance(exception, CannotResolveHostError) and host in self.refused:
            raise EndPage("refused", f"address: {self.refused[host]}") from exception


# Twisted declares these interfaces without self, which mypy cannot check: hence Any.


@implementer(IHostnameResolver)
class GuardedResolver:
    """A name resolver that keeps back the addresses which may not be connected to."""

    def __init__(self, resolver: Any, may_connect: Check) -> None:
        self._resolver = resolver
        self._may_connect = may_connect

    def resolveHostName(
        self, resolutionReceiver: Any, hostName: str, portNumber: int = 0, *args: Any, **kwargs: Any
    ) -> Any:
        def may_connect(address: str) -> bool:
            return self._may_connect(hostName, portNumber, address)

        guarded = _GuardedReceiver(resolutionReceiver, may_connect)
        return self._resolver.resolveHostName(guarded, hostName, portNumber, *args, **kwargs)


@implementer(IResolutionReceiver)
class _GuardedReceiver:
    def __init__(self, receiver: Any, may_connect: Callable[[str], bool]) -> None:
        self._receiver = receiver
        self._may_connect = may_connect

    def resolutionBegan(self, resolution: Any) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if self._may_connect(address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        self._receiver.resolutionComplete()
