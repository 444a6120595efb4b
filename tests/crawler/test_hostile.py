"""Sites that lead elsewhere, lie, stall or flood: each such page ends with a reason, all others as usual."""

from __future__ import annotations

import gzip
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler
from typing import Any


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Hang up in the middle of the headers."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-")
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    """Promise a thousand bytes and send ten."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html><p>a")
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte at a time, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(600):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def endless(handler: BaseHTTPRequestHandler) -> None:
    """As fast as it goes, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
    while True:
        handler.wfile.write(b"<p>" + b"x" * 65536)


def header_flood(handler: BaseHTTPRequestHandler) -> None:
    """Headers without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-Header: " + b"x" * 1000 + b"\r\n")


def interim_flood(handler: BaseHTTPRequestHandler) -> None:
    """One promise of an answer after the other."""
    while True:
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def test_every_page_of_a_hostile_site_ends_with_its_reason(site: Any, web: Any, crawler: Any) -> None:
    gzipped = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    hostile = {
        "/reset": (reset, ("failed", "connection-lost")),
        "/short": (cut_short, ("failed", "short-body")),
        "/drip": (drip, ("failed", "timeout")),
        "/endless": (endless, ("failed", "too-large")),
        "/bomb": (web.Reply(gzip.compress(bytes(20_000_000)), headers=gzipped), ("failed", "too-large")),
        "/headers": (header_flood, ("failed", "too-large: headers")),
        "/interim": (interim_flood, ("failed", "too-large: headers")),
        "/empty": (web.Reply(b"  \n"), ("failed", "empty")),
        "/gone": (web.Reply(status=410), ("gone", "http 410")),
        "/missing": (web.Reply(b"<h1>404</h1>", status=404), ("gone", "http 404")),
        "/forbidden": (web.Reply(status=403), ("failed", "http 403")),
        "/broken": (web.Reply(status=500), ("failed", "http 500")),
        "/self": (web.redirect("/self"), ("failed", "too-many-redirects")),
        "/unasked": (web.Reply(status=304), ("failed", "http 304")),
        "/nowhere": (web.Reply(status=302), ("failed", "http 302")),
        "/ftp": (web.redirect("ftp://127.0.0.1/a"), ("failed", "http 302")),
        "/pdf": (
            web.Reply(b"%PDF", headers={"Content-Type": "application/pdf"}),
            ("fetched", "not-an-article: application/pdf"),
        ),
    }
    site.pages |= {path: reply for path, (reply, _) in hostile.items()}
    site.pages |= {"/a": web.article(1, *hostile, "/last"), "/last": web.article(2)}
    crawl = crawler.scrapy(f"{site.url}/a", settings={"DOWNLOAD_TIMEOUT": 1})
    ends = {url.removeprefix(site.url): end for url, end in crawl.pages.items()}
    assert ends == {path: end for path, (_, end) in hostile.items()} | {
        "/a": ("fetched", None),
        "/last": ("fetched", None),
    }
    assert crawl.articles == {f"{site.url}/a", f"{site.url}/last"}
    assert crawl.rows("select outcome from crawls") == [("finished",)]


def test_pages_that_redirect_to_each_other_end_whichever_is_asked_for_first(site: Any, web: Any, crawler: Any) -> None:
    site.pages |= {"/ping": web.redirect("/pong"), "/pong": web.redirect("/ping")}
    crawl = crawler.scrapy(f"{site.url}/ping", f"{site.url}/pong")
    ends = [crawl.pages[f"{site.url}{path}"] for path in ("/ping", "/pong")]
    # Both were taken up before one of them was answered, or one led to the other, and round, before that was.
    at_once = [("failed", "redirect-loop"), ("fetched", "redirect")]
    assert sorted(ends) == at_once or set(ends) == {("failed", "too-many-redirects")}
    assert len(site.paths) < 40


def test_many_answers_on_one_connection_are_not_taken_for_a_flood(site: Any, web: Any, crawler: Any) -> None:
    padding = {"Content-Type": "text/html"} | {f"X-Padding-{i}": "x" * 12_000 for i in range(4)}
    links = [f"/p{n}" for n in range(10)]
    site.pages |= {"/a": web.article(0, *links)}
    site.pages |= {link: web.Reply(web.article(n).body, headers=padding) for n, link in enumerate(links)}
    assert len(crawler.scrapy(f"{site.url}/a").articles) == 11
    assert site.paths == ["/a", *links]  # none a second time, on a new connection


def test_a_certificate_that_does_not_verify_is_refused(new_site: Any, web: Any, crawler: Any) -> None:
    site = new_site(tls=True)
    site.pages["/a"] = web.article(1)
    crawl = crawler.scrapy(f"{site.url}/a")
    assert crawl.pages[f"{site.url}/a"] == ("refused", "bad-certificate")
    assert site.requests == []


def test_a_certificate_that_does_not_verify_is_a_flag_where_the_site_allows_it(
    new_site: Any, web: Any, crawler: Any
) -> None:
    allowed, other = new_site(tls=True), new_site(tls=True)
    allowed.pages |= {"/a": web.article(1, "/b"), "/b": web.article(2)}
    other.pages["/a"] = web.article(3)
    (crawler.data.parent / "jianbao.toml").write_text(
        f"""[[site]]
name = "a"
start = ["{allowed.url}/a"]
delay = 0
bad_certificates = "flag"

[[site]]
name = "b"
start = ["{other.url}/a"]
delay = 0
""",
        "utf-8",
    )
    crawl = crawler.jianbao("crawl")
    assert crawl.articles == {f"{allowed.url}/a", f"{allowed.url}/b"}
    assert set(crawl.rows("SELECT flag FROM pages WHERE state = 'fetched'")) == {("bad-certificate",)}
    assert crawl.pages[f"{other.url}/a"] == ("refused", "bad-certificate")
    assert other.requests == []


def test_a_page_that_is_no_article_is_counted_as_one(site: Any, web: Any, crawler: Any) -> None:
    rows = "".join(f'<li><a href="/list/{i}">第{i}条</a></li>' for i in range(40))
    site.pages["/list"] = web.Reply(f"<html><body><ul>{rows}</ul></body></html>".encode())
    crawl = crawler.scrapy(f"{site.url}/list")
    state, reason = crawl.pages[f"{site.url}/list"]
    assert state == "fetched"
    assert reason is not None
    assert reason.startswith("not-an-article: ")
