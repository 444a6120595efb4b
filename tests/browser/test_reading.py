"""The way of a reader through the archive: search, read, download."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_search_read_and_download(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").first.fill("洛阳")
    page.get_by_role("button", name="搜索").first.click()
    expect(page.get_by_text("共 15 篇")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_text("下载", exact=True).click()
        page.get_by_role("link", name="CSV，用 Excel 打开").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 15
    assert all("洛阳" in row["title"] for row in rows)
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")
    assert "'=河阳晨报" in {row["source"] for row in rows}

    title = page.locator(".hits h2 a").first.inner_text()
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator(".text p")).to_have_count(2)


def test_the_download_of_the_whole_table_is_whole(page: Page) -> None:
    page.goto("/archive/articles?_next=2024-05-05,5")
    with page.expect_download() as download:
        page.get_by_text("下载", exact=True).click()
        page.get_by_role("link", name="CSV，用 Excel 打开").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 60


def test_a_facet_narrows_the_list(page: Page) -> None:
    page.goto("/archive/articles")
    page.locator("#facet-month a", has_text="2024-03").click()
    expect(page.get_by_text("共 5 篇")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?_search=洛阳",
        "/archive",
        "/archive/articles/1",
        "/archive/articles/1/graph",
        "/archive/removals_by_rule",
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_the_screen(page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(path)
    sides = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert sides[0] <= sides[1]


def test_removed_blocks_unfold(page: Page) -> None:
    page.goto("/archive/articles/5")
    removed = page.locator(".removals")
    expect(removed).to_be_hidden()
    page.get_by_text("清理掉的内容（1 处）").click()
    expect(removed).to_be_visible()
    expect(removed).not_to_contain_text("400-000-1234")


def test_a_change_is_shown_in_colour(page: Page) -> None:
    page.goto("/archive/articles/1")
    page.get_by_role("link", name="第 2 版 · 看改动").click()
    expect(page.locator(".diff ins")).to_have_text("十台")
    page.wait_for_load_state()  # the text may be there before the style sheet
    colours = [
        page.locator(place).first.evaluate("e => getComputedStyle(e).backgroundColor")
        for place in (".diff ins", "body")
    ]
    assert colours[0] != colours[1]


def test_related_articles_are_one_click_away(page: Page) -> None:
    page.goto("/archive/articles/5")
    page.locator(".card").get_by_role("link", name="再走2步").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("第6个清晨")


def test_the_graph_leads_to_another_article(page: Page) -> None:
    page.goto("/archive/articles/5")
    page.get_by_role("link", name="关联图").click()
    node = page.locator("svg a").filter(has_text="第6个清晨")
    node.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("第6个清晨")


def test_the_citation_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/archive/articles/5")
    page.get_by_role("button", name="复制").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator(".citation").inner_text()


def test_the_language_is_switched_and_stays_so(page: Page) -> None:
    page.goto("/search?_search=洛阳")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("searchbox").first).to_have_value("洛阳")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/")
    expect(page.get_by_text("Newest articles")).to_be_visible()
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_text("最新文章")).to_be_visible()


def test_the_keyboard_alone_leads_past_the_menu_and_through_a_download(page: Page) -> None:
    page.goto("/archive/articles/5")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".kicker a")).to_be_focused()
    page.goto("/search?_search=洛阳")
    page.locator("summary", has_text="下载").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="CSV，用 Excel 打开")).to_be_focused()


def test_the_switch_of_languages_stands_beside_the_menu(page: Page) -> None:
    page.goto("/archive/articles/5")
    places = [page.locator(place).bounding_box() for place in (".brand", ".language")]
    assert places[0] and places[1]
    assert places[1]["y"] < places[0]["y"] + places[0]["height"]


def test_paper_is_white_where_the_screen_is_dark(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto("/archive/versions/2?_against=1")
    colours = page.locator(".diff ins").first.evaluate(
        "e => [getComputedStyle(document.body).backgroundColor, getComputedStyle(e).backgroundColor]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(220, 235, 211)"]
    expect(page.locator(".masthead")).to_be_hidden()


def test_nothing_is_asked_of_another_host(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/search?_search=洛阳", "/archive/articles/1", "/archive/articles/1/graph", "/archive"):
        page.goto(path)
    assert asked and all(url.startswith((address, "data:")) for url in asked)


def test_the_graph_says_so_where_it_is_wider_than_the_screen(page: Page) -> None:
    page.goto("/archive/articles/5/graph")
    graph = page.locator(".graph")
    wider = graph.evaluate("e => e.scrollWidth > e.clientWidth")
    expect(page.get_by_text("左右滑动看全图")).to_be_visible(visible=wider)
    assert wider is (page.viewport_size is not None and page.viewport_size["width"] == 390)


def test_on_a_tablet_the_whole_graph_is_seen(page: Page) -> None:
    page.set_viewport_size({"width": 820, "height": 1180})
    page.goto("/archive/articles/5/graph")
    assert page.locator(".graph").evaluate("e => e.scrollWidth <= e.clientWidth")
    expect(page.get_by_text("左右滑动看全图")).to_be_hidden()
