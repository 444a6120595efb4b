"""Where a line stands: behind the last paragraph, in a notice, in the heading, in the foot of a page of pictures."""

from __future__ import annotations

import pytest

from archive.records import Article
from pipelines import NotAnArticle, read_article
from pipelines.body import covering_rule
from pipelines.rules import placed_rules
from tests.reading.corpus_lines import corpus_lines

URL = "http://site.example/a/1.html"
TEXT = [
    "北岭县的旧粮仓上月改成了剧场，三百个座位是从老电影院里拆来的，椅背上还有当年的编号。",
    "头一场演的是本地的曲子戏，台下坐满了人，后排的老人自己带了马扎。",
    "剧场的人说，往后每个月演两场，门票卖五块钱，够付电费就行。",
]
FOOT = (
    "<p>地址：北岭县仓前路1号，邮编：471000，电话：0379-00000000</p><p>建议使用1024×768分辨率浏览本站，欢迎访问。</p>"
)


def read(*lines: str, title: str = "旧粮仓里的剧场开演了", heading: str = "", foot: str = "") -> Article:
    text = "".join(f"<p>{line}</p>" for line in lines)
    heading = heading or f"<h1>{title}</h1><p>2024-09-27 来源：洛水日报</p>"
    return read_article(f"<title>{title}</title>{heading}<div>{text}</div>{foot}".encode(), URL)


def test_behind_the_last_paragraph_the_pages_own_lines_go() -> None:
    lines = [line.text for line in corpus_lines("behind.txt")]
    assert [line for line in lines if read(*TEXT, line).body.split("\n") != TEXT] == []


def test_between_paragraphs_they_may_be_text() -> None:
    body = read(TEXT[0], "限时特惠，仅剩最后3天", *TEXT[1:]).body
    assert body.split("\n") == [TEXT[0], "限时特惠，仅剩最后3天", *TEXT[1:]]


def test_no_line_that_only_looks_like_spam_goes_for_its_place() -> None:
    rules = placed_rules("last")
    lines = [line.text for line in corpus_lines("news_lines.txt")]
    assert [line for line in lines if covering_rule(rules, line)] == []


def test_a_bare_number_stays_below_the_fields_of_a_service_guide() -> None:
    guide = ["办理地点：政务服务中心二楼18号窗口", "办理时间：工作日九点到十七点", "电话：0379-00000000"]
    title = "老年优待证这样办，一次就能办好"
    assert read(*TEXT, *guide, title=title).body.split("\n") == [*TEXT, *guide]


def test_a_bare_number_stays_below_a_line_that_announces_it() -> None:
    said = ["市民有线索的，可通过以下方式反映：", "电话：0379-00000000", "手机：13000000000"]
    assert read(*TEXT, *said).body.split("\n") == [*TEXT, *said]


@pytest.mark.parametrize("below", [["电话：0379-00000000"], ["欢迎加盟：", "电话：0379-00000000"]])
def test_a_bare_number_below_a_story_goes(below: list[str]) -> None:
    assert "0000" not in read(*TEXT, *below).body


@pytest.mark.parametrize(
    "behind",
    [
        "<span>来源：洛阳日报</span>",
        "<em>（来源：洛阳日报）</em>",
        " 来源：洛阳日报",
        "<small>2024-09-27 10:00 来源：洛阳日报</small>",
    ],
)
def test_a_source_within_the_heading_is_no_part_of_the_headline(behind: str) -> None:
    for title in ("旧粮仓里的剧场开演了", "北岭在线"):
        article = read(*TEXT, title=title, heading=f"<h1>旧粮仓里的剧场开演了{behind}</h1>")
        assert (article.title, article.source) == ("旧粮仓里的剧场开演了", "洛阳日报")
        assert article.body.split("\n") == TEXT


def test_a_writer_within_the_heading_is_read() -> None:
    article = read(*TEXT, heading="<h1>旧粮仓里的剧场开演了<i>文/钱三思</i></h1>")
    assert (article.title, article.reporter) == ("旧粮仓里的剧场开演了", "钱三思")


@pytest.mark.parametrize("credit", ["（来源：洛水日报，编辑：沈念）", "(来源：洛水日报 作者：钱三思 编辑：沈念)"])
def test_a_credit_with_its_editor_goes_from_a_paragraph_and_is_read(credit: str) -> None:
    article = read(*TEXT[:-1], TEXT[-1] + credit, heading="<h1>旧粮仓里的剧场开演了</h1><p>2024-09-27</p>")
    assert article.body.split("\n") == TEXT
    assert (article.source, article.reporter) == ("洛水日报", "钱三思" if "作者" in credit else None)


@pytest.mark.parametrize(
    "line",
    [
        "时间：1937年冬　地点：南京城外",
        "展期：2024年9月28日至12月31日",
        "返校时间：8月31日14:00—18:00",
        "来源：山泉水。检测结果：合格。",
    ],
)
def test_a_field_with_a_date_above_a_text_is_no_byline(line: str) -> None:
    assert read(line, *TEXT).body.split("\n") == [line.replace("\u3000", " "), *TEXT]


@pytest.mark.parametrize(
    "foot", [f"<div class=footer>{FOOT}</div>", f"<div id=bottom>{FOOT}</div>", f"<div>{FOOT}</div>"]
)
def test_the_foot_of_a_page_that_is_a_picture_is_no_article(foot: str) -> None:
    with pytest.raises(NotAnArticle) as refused:
        read("<img src=a.jpg>", title="一图读懂旧粮仓的改造", foot=foot)
    assert refused.value.reason == "empty"


def test_a_picture_has_its_caption_for_a_text() -> None:
    caption = "旧粮仓的屋顶开了三扇天窗，工人正在装最后一块玻璃，身后是新搭的戏台。"
    article = read("<img src=a.jpg>", caption, title="一图读懂旧粮仓的改造", foot=f"<div class=footer>{FOOT}</div>")
    assert article.body == caption


def test_a_short_story_about_codes_is_no_captcha() -> None:
    story = [
        "银行的人从来不会向储户要短信验证码，谁要谁就是骗子，柜台上贴着这句话。",
        "储户王大妈说，她把这句话抄在了冰箱上。",
    ]
    assert read(*story, title="柜台上的一句话").body.split("\n") == story


OFFICE = [
    "从下月起，洛水市居民用气实行阶梯气价，全市四十万户居民按年用量分档计费，超出部分加价一成。",
    "市民可凭户口簿到燃气服务窗口申请增加人口基数，当场办结，不收任何费用。",
]


def test_a_landline_stays_in_what_an_office_tells_the_public() -> None:
    assert read(*OFFICE, "咨询电话：0379-00000000").body.split("\n") == [*OFFICE, "咨询电话：0379-00000000"]


@pytest.mark.parametrize("card", [["咨询电话：0379-00000000", "手机：13000000000"], ["全国招商热线：400-000-0000"]])
def test_a_card_goes_below_it(card: list[str]) -> None:
    assert read(*OFFICE, *card).body.split("\n") == OFFICE


def linked(*titles: str) -> str:
    return "".join(f'<li><a href="/page-{"abcd"[i]}.html">{title}</a></li>' for i, title in enumerate(titles))


TITLES = (
    "老渡口的船工收起了最后一根篙",
    "北岭县的山货集市搬进了新院子",
    "粮站的磅秤送进了县里的展馆",
    "老井台边又立起了辘轳",
)


@pytest.mark.parametrize("text", [TEXT, ["".join(TEXT)]], ids=["three paragraphs", "one paragraph"])
def test_an_article_below_a_list_of_others_is_one(text: list[str]) -> None:
    above = f"<div><h4>相关阅读</h4><ul>{linked(*TITLES)}</ul></div>"
    box = f"<div>{above}{''.join(f'<p>{line}</p>' for line in text)}<p>剧场由北岭粮库冠名</p></div>"
    title = "旧粮仓里的剧场开演了"
    page = f"<title>{title} - 北岭网</title><div><h1>{title}</h1><p>2024-09-27</p>{box}</div>"
    article = read_article(page.encode(), URL)
    assert article.body.split("\n")[: len(text)] == text
    assert [link.title for link in article.related] == list(TITLES)


def test_the_links_of_the_foot_are_no_related_articles_below_an_empty_list() -> None:
    foot = linked("关于我们的故事和团队", "加入我们一起修老房子", "网站地图与使用说明")
    assert read(*TEXT, foot=f"<div><h3>相关文章</h3><ul></ul></div><div>{foot}</div>").related == ()
    assert len(read(*TEXT, foot=f"<div><h3>相关文章</h3></div><ul>{foot}</ul>").related) == 3
