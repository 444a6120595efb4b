"""The known truth is true of the pages, and the articles are what they are said to be."""

from __future__ import annotations

import re
from collections import Counter

import lxml.html
import pytest

from jianbao.demo import DemoArticle, DemoSite
from jianbao.demo.generator import generate_stories

CREDIT = re.compile(r"记者 [^）]+）|作者：")


@pytest.fixture(scope="module")
def articles(shared_site) -> list[DemoArticle]:
    return shared_site.truth


@pytest.fixture(scope="module")
def trees(shared_site, articles, fetch) -> dict[str, lxml.html.HtmlElement]:
    encodings = {"main": "utf-8", "twin": "gbk"}
    return {a.url: lxml.html.fromstring(fetch(a.url).body.decode(encodings[a.site])) for a in articles}


def words_of(element: lxml.html.HtmlElement) -> str:
    return "".join(element.text_content().split())


def test_there_are_enough_articles(articles):
    assert Counter(article.site for article in articles) == {"main": 48, "twin": 12}


def test_depth_two_reaches_every_article(shared_site, articles):
    by_url = {article.url: article for article in articles}
    reached = set(shared_site.start_urls)
    for _ in range(2):
        reached |= {link.leads_to for url in reached for link in by_url[url].related} - {None}
    assert reached == set(by_url)


def test_no_two_articles_share_a_title_or_a_paragraph(articles):
    assert len({article.title for article in articles}) == len(articles)
    lines = Counter(line for article in articles for line in article.body)
    assert [line for line, times in lines.items() if times > 1] == []


def test_each_article_is_a_piece_of_some_length(articles):
    for article in articles:
        assert len(article.body) >= 5, article.title
        assert len("".join(article.body)) >= 280, article.title


def test_the_page_prints_the_body_in_order(articles, trees):
    for article in articles:
        text, at = words_of(trees[article.url]), 0
        for line in article.body:
            for piece in line.split(" | "):
                at = text.find("".join(piece.split()), at)
                assert at >= 0, (article.title, piece)


def test_the_page_prints_what_is_to_be_taken_out(articles, trees):
    for article in articles:
        text = words_of(trees[article.url])
        assert article.contacts and article.chrome
        for line in (*article.contacts, *article.chrome):
            assert "".join(line.split()) in text, (article.title, line)
            assert line not in article.body


def test_no_truth_has_a_contact_line_in_a_text(articles):
    contacts = {line for article in articles for line in article.contacts}
    texts = "\n".join(
        text
        for article in articles
        for text in (*article.body, article.summary, *(link.snippet or "" for link in article.related))
    )
    assert [line for line in contacts if line in texts] == []


def test_some_snippets_print_adverts(articles, trees):
    adverts = {line for article in articles for line in article.contacts}
    printed = [words_of(p) for a in articles if a.site == "main" for p in trees[a.url].cssselect(".relateinfo p")]
    assert any("".join(advert.split()) in snippet for advert in adverts for snippet in printed)


def test_title_category_and_date_stand_on_the_page(articles, trees):
    for article in articles:
        tree = trees[article.url]
        heading = "h1" if article.site == "main" else ".viewbox h2"
        assert [element.text_content() for element in tree.cssselect(heading)] == [article.title]
        assert tree.findtext(".//title").startswith(article.title)
        crumbs = ".sitemap" if article.site == "main" else ".place"
        assert article.category in tree.cssselect(crumbs)[0].text_content()
        assert article.published in tree.cssselect(".info")[0].text_content()


def test_dates_are_fixed_and_within_three_years(articles):
    assert all("2023-01-01" <= article.published <= "2025-12-31" for article in articles)
    with DemoSite() as again:
        assert [a.published for a in again.truth] == [a.published for a in articles]


def test_the_byline_account_is_shown(articles, trees):
    accounts = {article.posted_by for article in articles}
    assert accounts == {"admin", "园区小编", None}
    for article in articles:
        if article.posted_by:
            assert article.posted_by in trees[article.url].cssselect(".info")[0].text_content()


def test_source_and_reporter_can_be_read_off_the_page(articles, trees):
    for article in articles:
        byline = trees[article.url].cssselect(".info")[0].text_content()
        page = byline + "\n".join(article.body)
        if article.source:
            assert article.source in page, article.title
        for name in (article.reporter or "").split():
            assert name in page, article.title
        if not article.reporter:
            assert not CREDIT.search("\n".join(article.body)), article.title


def test_every_way_of_naming_the_source_occurs(articles):
    main = [article for article in articles if article.site == "main"]
    assert any(a.source and a.reporter for a in main)
    assert any(a.source and not a.reporter for a in main)
    assert any(a.reporter and not a.source for a in main)
    assert any(not a.reporter and not a.source for a in main)
    assert any(" " in (a.reporter or "") for a in main)
    for opening in (r"本报讯（记者", r"中原社洛阳\d+月\d+日电（记者"):
        assert any(re.match(opening, a.body[0]) for a in main)
    assert any(re.search(r".）$", a.body[-1]) and not a.body[-1].startswith("（") for a in main)
    assert any(a.body[-1].startswith("（") for a in main)


def test_hand_written_articles_have_their_peculiarities(articles, trees):
    def any_main(selector: str) -> bool:
        return any(tree.cssselect(selector) for tree in trees.values())

    for selector in (
        ".single table",
        ".single ul",
        ".single figure figcaption",
        ".single blockquote",
        ".single h3",
    ):
        assert any_main(selector), selector
    assert any("拨打12345" in line for article in articles for line in article.body)


def test_the_lead_is_doubled_on_most_pages_of_the_main_site(articles, trees):
    doubled = [
        words_of(trees[a.url].cssselect(".single")[0]).count("".join(a.summary.split())) == 2
        for a in articles
        if a.site == "main"
    ]
    assert 0.6 < sum(doubled) / len(doubled) < 1


def test_eight_related_articles_are_named_in_order(articles, trees):
    for article in articles:
        tree = trees[article.url]
        printed = tree.cssselect(".relateinfo h2 a" if article.site == "main" else ".likely a")
        assert [link.text_content() for link in printed] == [link.title for link in article.related]
        assert len(printed) == 8
        assert article.url not in {link.url for link in article.related}


def test_related_titles_are_printed_twice_with_a_snippet_on_the_main_site(articles, trees):
    for article in articles:
        if article.site == "twin":
            assert all(link.snippet is None for link in article.related)
            continue
        for link, element in zip(article.related, trees[article.url].cssselect(".relate"), strict=True):
            assert element.cssselect("img")[0].get("alt") == link.title
            assert link.snippet and link.snippet[:20] in " ".join(element.text_content().split())


def test_generated_articles_are_the_same_for_the_same_seed():
    first, again, other = (generate_stories("main", 5, adverts=["甲", "乙"], seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert {story.title for story in first}.isdisjoint(story.title for story in other)


def test_any_number_of_different_articles_can_be_generated():
    stories = generate_stories("main", 600, adverts=["甲"])
    lines = Counter(line for story in stories for block in story.blocks for line in block.lines)
    assert len({story.title for story in stories}) == 600
    assert max(lines.values()) == 1
    assert not any("{" in line or "<" in line for line in lines)
