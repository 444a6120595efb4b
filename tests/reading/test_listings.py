"""Where a crawl starts: articles, listings, feeds and sitemaps, told apart by what they hold."""

from __future__ import annotations

import gzip
import tomllib
import tracemalloc
from pathlib import Path

import pytest

from pipelines import Article, Listing, NotAnArticle, read_start

CORPUS = Path(__file__).parent
INDEX = tomllib.loads((CORPUS / "not_articles" / "index.toml").read_text("utf-8"))
PARAGRAPH = "二期厂房上周封顶，三条生产线的设备已经运到，安装调试要用两个月，第一批产品预计在明年春天下线。"


def read(body: str | bytes, url: str = "http://news.example.com/yuanqu/", *, turned: bool = False) -> Listing:
    page = body if isinstance(body, bytes) else body.encode()
    listing = read_start(page, url, turned=turned)
    assert isinstance(listing, Listing)
    return listing


def items(*addresses: str) -> str:
    return "".join(f'<li><a href="{url}">第{n}座标准厂房按期交付企业</a></li>' for n, url in enumerate(addresses, 1))


@pytest.mark.parametrize(
    ("file", "articles", "following"),
    [
        ("list_dedecms.html", 5, "list_3_2.html"),
        ("list_government.html", 8, "index_1.htm"),
        ("list_gbk_undeclared.html", 7, "list.asp?page=2"),
        ("forum_index.html", 4, "forum-2-2.html"),
        ("tag_page.html", 2, None),
        ("home_portal.html", 9, None),
        ("home_company.html", 3, None),
    ],
)
def test_listings_of_many_makes_name_their_articles_and_their_next_page(
    file: str, articles: int, following: str | None
) -> None:
    listing = read((CORPUS / "not_articles" / file).read_bytes(), INDEX[file]["url"])
    assert listing.kind == "listing"
    assert len(listing.articles) == articles
    assert [url.rpartition("/")[2] for url in listing.more] == ([following] if following else [])


@pytest.mark.parametrize(
    "file", ["captcha.html", "login_wall.html", "maintenance.html", "not_found_with_recommendations.html", "notice.pdf"]
)
def test_walls_errors_and_other_formats_are_no_listing(file: str) -> None:
    with pytest.raises(NotAnArticle):
        read_start((CORPUS / "not_articles" / file).read_bytes(), INDEX[file]["url"])


@pytest.mark.parametrize("page", sorted((CORPUS / "pages").glob("*.html")), ids=lambda page: page.stem)
def test_an_article_stays_one_whatever_links_surround_it(page: Path) -> None:
    assert isinstance(read_start(page.read_bytes(), "http://news.example.com/a/"), Article)


def test_sections_menus_other_sections_and_page_turns_are_no_articles() -> None:
    page = f"""<body><div><a href="/">首页</a><a href="/yuanqu/">园区动态</a><a href="/about/1.html">关于我们</a></div>
    <ul>{items("/yuanqu/31.html", "/yuanqu/30.html")}</ul><div><a href="list_2.html">2</a><a href="list_9.html">末页</a>
    </div><h3>热门</h3><ul>{items("/shenghuo/8.html")}</ul><a href="/yuanqu/31.html"><img alt="" src="1.jpg"></a></body>"""
    listing = read(page)
    assert [url.rpartition("/")[2] for url in listing.articles] == ["31.html", "30.html"]
    assert listing.more == ("http://news.example.com/yuanqu/list_2.html",)


def test_snippets_that_read_like_an_article_make_none() -> None:
    entries = "".join(
        f'<div class="entry"><p><a href="/yuanqu/{n}.html">第{n}座标准厂房按期交付企业</a></p><p>{PARAGRAPH}</p></div>'
        for n in range(9)
    )
    assert len(read(f"<title>园区动态</title><body><p>{PARAGRAPH * 3}</p>{entries}</body>").articles) == 9


@pytest.mark.parametrize(
    ("url", "pager", "following"),
    [
        ("/a/", '<a href="/a/?page=2">下一页</a>', "/a/?page=2"),
        ("/a/", '<a href="/a/page/2" rel="next">→</a><a href="/b/">下一页</a>', "/a/page/2"),
        ("/a/", '<link rel="next" href="index_2.html">', "/a/index_2.html"),
        ("/a/list_3.html", '<a href="list_2.html">上一页</a><a href="list_4.html">下页</a>', "/a/list_4.html"),
        ("/a/list_3.html", '<a href="list_2.html">2</a><b>3</b><a href="list_4.html">4</a>', "/a/list_4.html"),
        ("/a/list_3.html", '<a href="list_1.html">1</a><a href="list_2.html">2</a><b>3</b>', None),
        ("/a/", '<a href="list_2.html">[2]</a><a href="list_3.html">[3]</a>', "/a/list_2.html"),
        ("/a/2.html", '<a href="1.html">第1页</a><a href="3.html">第3页</a>', "/a/3.html"),
        ("/a/", '<a href="javascript:next()">下一页</a><a href="?p=2">2</a>', "/a/?p=2"),
        ("/a/", '<a href="http://other.example/2">下一页</a>', None),
        ("/a/", '<a href="/b/9.html">下一篇</a>', None),
        ("/a/", "<script>createPageHTML(20, 0, 'index', 'html');</script>", "/a/index_1.html"),
        ("/a/index_19.html", "<script>createPageHTML(20, 19, 'index', 'html');</script>", None),
    ],
)
def test_the_next_page_is_found_by_markup_words_number_or_script(url: str, pager: str, following: str | None) -> None:
    listing = read(
        f"<head></head><body><ul>{items('/c/1.html', '/c/2.html')}</ul>{pager}</body>", f"http://news.example.com{url}"
    )
    assert listing.more == ((f"http://news.example.com{following}",) if following else ())


RSS = """<?xml version="1.0" encoding="{charset}"?>
<rss version="2.0"><channel><title>园区周报</title><link>http://news.example.com/</link>
<item><title>标准厂房交付</title><link>http://news.example.com/a/2.html?utm_source=rss</link></item>
<item><title>桥梁合龙</title><guid isPermaLink="true">http://news.example.com/a/1.html</guid></item>
<item><title>没有地址</title></item><item><link>javascript:alert(1)</link></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="/atom.xml"/><link rel="next" href="/atom/2"/>
<entry><link rel="enclosure" href="/a.mp3"/><link href="/a/2.html"/></entry><entry><link href="a/1.html"/></entry></feed>"""

TWO = ("http://news.example.com/a/2.html", "http://news.example.com/a/1.html")


@pytest.mark.parametrize(
    "body",
    [
        RSS.format(charset="utf-8").encode(),
        RSS.format(charset="gb2312").encode("gbk"),
        RSS.format(charset="utf-16").encode("utf-16"),
        RSS.format(charset="utf-8").partition("<item><title>没有")[0].encode(),
        RSS.format(charset="utf-8").replace("标准厂房", "厂房 & <仓库").encode(),
        gzip.compress(RSS.format(charset="utf-8").encode()),
    ],
    ids=["utf-8", "gbk", "utf-16", "cut off", "not well-formed", "gzip"],
)
def test_rss_is_read_in_any_charset_and_broken(body: bytes) -> None:
    assert read(body, "http://news.example.com/feed.xml") == Listing(kind="feed", articles=TWO)


def test_atom_is_read_with_its_next_page() -> None:
    listing = read(ATOM, "http://news.example.com/atom.xml")
    assert listing == Listing(kind="feed", articles=TWO, more=("http://news.example.com/atom/2",))


def test_a_sitemap_names_its_articles_the_newest_first_and_no_sections() -> None:
    urls = [("/a/1.html", "2024-05-01"), ("/a/", "2024-06-02"), ("/a/2.html", "2024-06-01T08:00:00+08:00")]
    entries = "".join(f"<url><loc>http://news.example.com{u}</loc><lastmod>{when}</lastmod></url>" for u, when in urls)
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()
    for body in (sitemap, gzip.compress(sitemap), sitemap[:-20]):
        assert read(body, "http://news.example.com/sitemap.xml") == Listing(kind="sitemap", articles=TWO)


def test_an_index_of_sitemaps_goes_on_with_them() -> None:
    body = "<!-- made by hand --><sitemapindex><sitemap><loc>/s1.xml.gz</loc></sitemap></sitemapindex>"
    listing = read(body, "http://news.example.com/sitemap.xml")
    assert listing == Listing(kind="sitemap", articles=(), more=("http://news.example.com/s1.xml.gz",))


LAUGHS = '<!DOCTYPE x [<!ENTITY a0 "http://news.example.com/a/9.html">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "body",
    [
        f"<?xml version='1.0'?>{LAUGHS}]><rss><channel><item><title>&a9;</title><link>&a9;</link></item></channel></rss>",
        f"{LAUGHS}]><urlset><url><loc>&a9;</loc></url></urlset>",
        f"<!-- <rss> -->{LAUGHS}]><rss><channel><item><link>&a9;</link></item></channel></rss>",
        f"{LAUGHS}<rss><channel><item><link>&a9;</link></item></channel></rss>",
    ],
    ids=["rss", "sitemap", "comment", "unclosed"],
)
def test_entity_bombs_stay_small_and_name_nothing(body: str, encoding: str) -> None:
    tracemalloc.start()
    with pytest.raises(NotAnArticle):
        read_start(body.encode(encoding), "http://news.example.com/feed.xml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize("root", ["rss", "urlset"])
def test_entities_and_document_types_from_outside_are_not_read(root: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("http://news.example.com/a/secret.html")
    (tmp_path / "x.dtd").write_text('<!ENTITY f "http://news.example.com/a/dtd.html">')
    secret, dtd = (tmp_path / "secret.txt").as_uri(), (tmp_path / "x.dtd").as_uri()
    link = "<item><link>{}</link></item>" if root == "rss" else "<url><loc>{}</loc></url>"
    named = "".join(map(link.format, ("&e;", "&f;", "http://news.example.com/a/1.html")))
    inside = f"<channel>{named}</channel>" if root == "rss" else named
    body = f'<!DOCTYPE {root} SYSTEM "{dtd}" [<!ENTITY e SYSTEM "{secret}">]><{root}>{inside}</{root}>'
    assert set(read(body, "http://news.example.com/feed.xml").articles) == {"http://news.example.com/a/1.html"}


def test_a_gzip_bomb_is_given_up() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 60_000_000)
    with pytest.raises(NotAnArticle, match="too-large"):
        read_start(bomb, "http://news.example.com/sitemap.xml.gz")
