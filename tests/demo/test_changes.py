"""What is different at every fetch, and what only when a test changes it."""

from __future__ import annotations

import re

import pytest

from jianbao.demo import DemoSite


def related_titles(page: bytes) -> list[str]:
    return re.findall(r'<div class="relateinfo"><h2><a href="[^"]+">([^<]+)</a>', page.decode())


def test_counter_and_relative_date_change_at_every_fetch(site, fetch):
    url, path = site.start_urls[0], "/post/101.html"
    assert site.last_shown(path) is None
    pages = []
    for views, words in (
        (156, "1年前 (2024-09-18)"),
        (157, "374天前 (2024-09-18)"),
        (158, "1年前 (2024-09-18)"),
    ):
        page = fetch(url).body.decode()
        shown = site.last_shown(path)
        assert (shown.views, shown.published_raw) == (views, words)
        assert f'<span class="date">{words}</span>' in page
        assert f'<span class="view">{views}</span>' in page
        pages.append(page)
    assert re.sub(r'"(date|view)">[^<]+<', "", pages[0]) == re.sub(r'"(date|view)">[^<]+<', "", pages[1])


def test_looking_without_reading_does_not_count(site, fetch):
    tag = fetch(site.start_urls[0]).headers["ETag"]
    fetch(site.start_urls[0], method="HEAD")
    fetch(site.start_urls[0], headers={"If-None-Match": tag})
    fetch(site.start_urls[0])
    assert site.last_shown("/post/101.html").views == 157


def test_the_tag_does_not_depend_on_the_counter(site, fetch):
    assert len({fetch(site.start_urls[0]).headers["ETag"] for _ in range(3)}) == 1


def test_related_order_holds_still_unless_volatile(site, fetch):
    steady = [related_titles(fetch(site.start_urls[0]).body) for _ in range(3)]
    assert steady[0] == steady[1] == steady[2]
    with DemoSite(volatile=True) as volatile:
        shuffled = [related_titles(fetch(volatile.start_urls[0]).body) for _ in range(3)]
        answer = fetch(volatile.start_urls[0])
    assert shuffled[0] != shuffled[1]
    assert sorted(shuffled[0]) == sorted(shuffled[1]) == sorted(steady[0])
    assert answer.headers["ETag"] is None and answer.headers["Last-Modified"] is None


def test_an_edit_shows_on_its_page_and_in_the_truth_alone(site, fetch):
    target = next(article for article in site.truth if article.path == "/post/103.html")
    others = [article for article in site.truth if article != target]
    before = {article.url: fetch(article.url) for article in site.truth}
    body = (*target.body, "补记：清单发布一个月，企业下单二百一十四次。")
    site.edit(target.path, title="十项清单满月", body=body)

    answer = fetch(target.url, headers={"If-None-Match": before[target.url].headers["ETag"]})
    assert answer.status == 200
    assert body[-1] in answer.body.decode()
    stale = {"If-Modified-Since": before[target.url].headers["Last-Modified"]}
    assert fetch(target.url, headers=stale).status == 200
    edited = next(article for article in site.truth if article.path == target.path)
    assert (edited.title, edited.body) == ("十项清单满月", body)
    assert (edited.reporter, edited.related) == (target.reporter, target.related)
    for article in others:
        known = {"If-None-Match": before[article.url].headers["ETag"]}
        assert fetch(article.url, headers=known).status == 304


def test_an_edit_can_keep_the_text_and_change_the_title(site):
    before = site.truth[0]
    site.edit(before.path, title="新题")
    assert (site.truth[0].title, site.truth[0].body) == ("新题", before.body)


@pytest.mark.parametrize("status", [404, 410])
def test_a_removed_article_is_gone_until_restored(site, fetch, status):
    target = next(article for article in site.truth if article.path == "/post/104.html")
    site.remove(target.path, status)
    assert fetch(target.url).status == status
    assert target not in site.truth
    assert target.path not in fetch(f"{site.url}/category/zhengce/").body.decode()
    assert target.title in fetch(site.start_urls[0]).body.decode(), "links to it stay where they are"
    site.restore(target.path)
    assert fetch(target.url).status == 200
    assert target in site.truth


def test_the_twin_changes_too(site, fetch):
    target = next(article for article in site.truth if article.site == "twin")
    site.edit(target.path, body=["全文更新。"], site="twin")
    assert "全文更新。" in fetch(target.url).body.decode("gbk")
    site.remove(target.path, site="twin")
    assert fetch(target.url).status == 404
