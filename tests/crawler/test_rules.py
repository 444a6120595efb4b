"""What URLs, addresses and headers mean, without a crawl."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from crawler.addresses import GuardedResolver, is_public, origins_of
from crawler.outcomes import outcome_of_status
from crawler.politeness import seconds_to_wait
from crawler.sites import same_site, site_of
from crawler.urls import why_refused


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",  # carrier-grade NAT
        "169.254.169.254",  # where clouds keep their credentials
        "192.0.0.1",
        "192.0.0.170",
        "192.0.0.9",  # which Python 3.11 takes for public
        "192.88.99.1",  # formerly the way to 6to4
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "2002:7f00:1::",  # 127.0.0.1 as 6to4
        "64:ff9b::7f00:1",  # 127.0.0.1 behind NAT64
        "64:ff9b:1::1",
        "::7f00:1",
        "fec0::1",
        "2001:db8::1",
        "3fff::1",  # for documentation too, which Python 3.11 does not know
    ],
)
def test_no_address_beyond_the_public_internet_counts_as_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "114.114.114.114", "2400:3200::1", "64:ff9b::101:101"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_of_the_addresses_of_a_name_only_the_public_ones_are_passed_on() -> None:
    class Rebinding:
        """A resolver under an attacker's name: one public address, one that is not."""

        def resolveHostName(self, receiver: Any, host: str, port: int) -> None:
            for address in ("127.0.0.1", "1.1.1.1", "::1", "169.254.169.254"):
                receiver.addressResolved(SimpleNamespace(host=address))
            receiver.resolutionComplete()

    class Receiver:
        addresses: ClassVar[list[str]] = []
        complete = False

        def addressResolved(self, address: Any) -> None:
            self.addresses.append(address.host)

        def resolutionComplete(self) -> None:
            self.complete = True

    receiver = Receiver()
    guard = GuardedResolver(Rebinding(), lambda host, port, address: is_public(address))
    guard.resolveHostName(receiver, "news.example.com", 80)
    assert receiver.addresses == ["1.1.1.1"]
    assert receiver.complete


def test_the_licence_of_a_named_start_is_for_its_port_too() -> None:
    assert origins_of(["http://127.0.0.1:8811/a", "https://example.com/b"]) == {
        ("127.0.0.1", 8811),
        ("example.com", 443),
    }


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://news.example.com.cn/a/1.html", None),
        ("http://www.example.com.cn:8080/a", None),
        ("https://www.example.com.cn@169.254.169.254/", "credentials-in-url"),
        ("ftp://www.example.com.cn/a", "scheme: ftp"),
        ("file:///etc/passwd", "scheme: file"),
        ("javascript:alert(1)", "scheme: javascript"),
        ("http:///a", "bad-address"),
        ("http://[::1/a", "bad-address"),
        ("http://www.example.com.cn:99999/", "bad-address"),
        ("http://www.example.com.cn:25/", "port: 25"),
        ("http://www.example.com.cn/a/b/a/b/a/b/1.html", None),
        ("http://www.example.com.cn/a/b/a/b/a/b/a/b/1.html", "repetition: path"),
        ("http://www.example.com.cn/2024/10/10/10/10/1.html", None),
        ("http://www.example.com.cn" + "".join(f"/{n}" for n in range(21)), "repetition: path"),
        ("http://www.example.com.cn:6379/", "port: 6379"),
        ("https://www.example.com.cn/" + "a" * 3000, "url-too-long"),
    ],
)
def test_a_url_says_why_it_is_refused(url: str, reason: str | None) -> None:
    assert why_refused(url) == reason


@pytest.mark.parametrize(
    ("url", "site", "same"),
    [
        ("https://m.example.com/1", "www.example.com", True),
        ("https://example.com/1", "news.example.com", True),
        ("https://a.com.cn/1", "b.com.cn", False),
        ("https://one.github.io/1", "two.github.io", False),
        ("http://127.0.0.1:8811/1", "127.0.0.1:8811", True),
        ("http://127.0.0.1:8812/1", "127.0.0.1:8811", False),
        ("http://localhost/1", "localhost", True),
        ("http://[::1]:80/1", "[::1]", True),
    ],
)
def test_what_belongs_to_a_site(url: str, site: str, same: bool) -> None:
    assert same_site(url, site) is same


def test_a_site_is_named_after_its_host_and_a_port_of_its_own() -> None:
    assert site_of("https://News.example.com:443/a") == "news.example.com"
    assert site_of("http://127.0.0.1:8811/a") == "127.0.0.1:8811"
    with pytest.raises(ValueError, match="no host"):
        site_of("https:///a")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"120", 120),
        (b" 0 ", 0),
        (b"Thu, 26 Sep 2024 12:00:30 GMT", 30),
        (b"Thu, 26 Sep 2024 11:00:00 GMT", 0),
        (b"soon", None),
        (b"-5", None),
        (b"", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: bytes | None, seconds: float | None) -> None:
    now = datetime(2024, 9, 26, 12, 0, 0, tzinfo=UTC)
    assert seconds_to_wait(header, now=now) == seconds


def test_only_404_and_410_mean_gone() -> None:
    states = {status: outcome_of_status(status) for status in (200, 203, 304, 404, 410, 403, 500)}
    assert {status: outcome and outcome.state for status, outcome in states.items()} == {
        200: None, 203: None, 304: "failed", 404: "gone", 410: "gone", 403: "failed", 500: "failed",
    }  # fmt: skip
