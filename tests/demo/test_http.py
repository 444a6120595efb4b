"""The sample sites behave on the wire as the real ones do."""

from __future__ import annotations

import socket
import struct
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import pytest

from jianbao.demo import DemoSite


def test_pages_come_with_the_right_type_and_charset(shared_site, fetch):
    main, twin = (fetch(url) for url in shared_site.start_urls)
    assert main.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "洛北智造园" in main.body.decode("utf-8")
    assert twin.headers["Content-Type"] == "text/html"
    assert b"charset=gb2312" in twin.body
    assert "济源玉川循环园" in twin.body.decode("gbk")


def test_the_twin_says_gb2312_and_means_gbk(shared_site, fetch):
    pages = [fetch(article.url).body for article in shared_site.truth if article.site == "twin"]
    with pytest.raises(UnicodeDecodeError):
        for page in pages:
            page.decode("gb2312")


def test_static_files_have_their_types(shared_site, fetch):
    for path, content_type in (("main.css", "text/css; charset=utf-8"), ("qr.svg", "image/svg+xml")):
        answer = fetch(f"{shared_site.url}/static/{path}")
        assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
    assert fetch(f"{shared_site.url}/static/../site.py").status == 404


def test_robots_forbids_what_a_related_link_leads_to(shared_site, fetch):
    robots = RobotFileParser()
    robots.parse(fetch(f"{shared_site.url}/robots.txt").body.decode().splitlines())
    named = {link.url for article in shared_site.truth for link in article.related}
    assert shared_site.forbidden
    for url in shared_site.forbidden:
        assert url in named
        assert not robots.can_fetch("jianbao", url)
        assert fetch(url).status == 200, "only robots.txt keeps a crawler out"
    assert all(robots.can_fetch("jianbao", article.url) for article in shared_site.truth)


def test_one_related_link_is_dead(shared_site, fetch):
    named = {link.url: link.leads_to for article in shared_site.truth for link in article.related}
    assert shared_site.missing
    for url in shared_site.missing:
        assert named[url] is None
        assert fetch(url).status == 404


def test_an_old_address_redirects_to_the_article(shared_site, fetch):
    moved = [link for article in shared_site.truth for link in article.related if "/article/" in link.url]
    assert moved
    for link in moved:
        answer = fetch(link.url)
        assert answer.status == 301
        assert urljoin(link.url, answer.headers["Location"]) == link.leads_to


def test_another_spelling_of_a_link_is_the_same_article(shared_site, fetch):
    by_url = {article.url: article for article in shared_site.truth}
    topic = next(article for article in shared_site.truth if article.path.startswith("/topic/"))
    for url in (f"{shared_site.start_urls[0]}?from=related", f"{topic.url}index.html"):
        page = fetch(url).body.decode()
        target = by_url[url.partition("?")[0].removesuffix("index.html")]
        assert f'<link rel="canonical" href="{target.url}">' in page


def test_links_are_spelled_in_several_ways(shared_site, fetch):
    pages = "".join(fetch(a.url).body.decode() for a in shared_site.truth if a.site == "main")
    for spelling in ("?from=related", ".html#comments", "index.html", "utm_source=weixin"):
        assert spelling in pages


@pytest.mark.parametrize("index", [0, 1], ids=["main", "twin"])
def test_an_unchanged_article_is_answered_304(shared_site, fetch, index):
    url = shared_site.start_urls[index]
    first = fetch(url)
    by_tag = fetch(url, headers={"If-None-Match": first.headers["ETag"]})
    by_date = fetch(url, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert [(answer.status, answer.body) for answer in (by_tag, by_date)] == [(304, b""), (304, b"")]
    assert by_tag.headers["ETag"] == first.headers["ETag"]


def test_the_tag_counts_for_more_than_the_date(shared_site, fetch):
    first = fetch(shared_site.start_urls[0])
    headers = {"If-None-Match": '"another"', "If-Modified-Since": first.headers["Last-Modified"]}
    assert fetch(shared_site.start_urls[0], headers=headers).status == 200
    assert fetch(shared_site.start_urls[0], headers={"If-Modified-Since": "yesterday"}).status == 200


def test_head_has_the_headers_of_get_and_no_body(shared_site, fetch):
    url = shared_site.truth[3].url
    head = fetch(url, method="HEAD")
    get = fetch(url)
    assert head.body == b""
    assert [head.headers[name] for name in ("ETag", "Content-Length", "Content-Type")] == [
        get.headers[name] for name in ("ETag", "Content-Length", "Content-Type")
    ]


def test_gzip_goes_to_those_who_accept_it(shared_site, fetch):
    url = f"{shared_site.url}/static/main.css"
    plain, packed = fetch(url), fetch(url, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])
    assert packed.body == plain.body


def test_every_listing_page_is_reached_by_its_page_turn(shared_site, fetch):
    for base, start in ((shared_site.url, "/category/luoyang/"), (shared_site.twin_url, "/a/yaowen/")):
        pages, url = [], base + start
        while url:
            text = fetch(url).body.decode("utf-8" if base == shared_site.url else "gbk")
            pages.append(text)
            before, turn, _ = text.partition(">下一页</a>")
            url = urljoin(base, before.rpartition('href="')[2].partition('"')[0]) if turn else ""
        assert len(pages) > 1
        members = [a for a in shared_site.truth if a.url.startswith(base) and start_of(a, start)]
        assert members
        assert all(any(article.path in page for page in pages) for article in members)
        assert fetch(f"{base}{start}list_{len(pages) + 1}.html").status == 404


def start_of(article, start):
    return {"/category/luoyang/": "洛阳园区", "/a/yaowen/": "园区要闻"}[start] == article.category


def test_home_pages_answer_under_both_spellings(shared_site, fetch):
    for base in (shared_site.url, shared_site.twin_url):
        assert fetch(f"{base}/").body == fetch(f"{base}/index.html").body


def test_requests_are_logged(site, fetch):
    fetch(site.start_urls[0], headers={"User-Agent": "jianbao-test", "If-None-Match": '"x"'})
    fetch(f"{site.twin_url}/nothing.html", method="HEAD")
    first, second = site.requests
    assert (first.site, first.method, first.path, first.status) == ("main", "GET", "/post/101.html", 200)
    assert (first.user_agent, first.headers["If-None-Match"]) == ("jianbao-test", '"x"')
    assert (second.site, second.method, second.path, second.status) == ("twin", "HEAD", "/nothing.html", 404)
    assert first.time <= second.time


def test_the_port_is_free_again_afterwards(fetch):
    with DemoSite() as first:
        port = int(first.url.rpartition(":")[2])
    with DemoSite(port=port) as second:
        assert fetch(second.start_urls[0]).status == 200


def test_a_busy_port_leaves_nothing_behind():
    with DemoSite() as first:
        port, twin_port = (int(url.rpartition(":")[2]) for url in (first.url, first.twin_url))
        with pytest.raises(OSError), DemoSite(twin_port=twin_port):
            pass
        with pytest.raises(OSError), DemoSite(port=port):
            pass


def test_a_client_that_goes_away_leaves_no_traceback(site, fetch, capfd):
    address = urlsplit(site.url)
    for _ in range(5):
        with socket.create_connection((address.hostname, address.port)) as connection:
            # Linger of zero makes close() reset the connection under the server's hands.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(b"GET /post/101.html HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
    assert fetch(site.start_urls[0]).status == 200
    assert capfd.readouterr().err == ""
