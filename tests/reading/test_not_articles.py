"""Pages that hold no article are refused with a reason; hostile ones end soon, one way or the other."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelines import NotAnArticle, read_article

FOLDER = Path(__file__).parent / "not_articles"
INDEX = tomllib.loads((FOLDER / "index.toml").read_text("utf-8"))

PARAGRAPH = "<p>产业园区在城市里换了模样，老厂房里来了新的机器和年轻的工人。</p>"
HOSTILE = {
    "fifty thousand paragraphs": PARAGRAPH * 50_000,
    "a hundred thousand nested blocks": "<div>" * 100_000 + PARAGRAPH,
    "a text of twelve megabytes": "<p>" + "中文字" * 4_000_000 + "</p>",
    "fifty thousand attributes": "<p " + " ".join(f"a{i}=1" for i in range(50_000)) + ">" + PARAGRAPH,
    "a line of nine megabytes": "<p>" + "中文字。" * 750_000 + "</p>",
    "a hundred thousand line breaks": "字<br>" * 100_000 + PARAGRAPH,
    "brackets without end": "<p>" + "（【[" * 100_000 + "</p>" + PARAGRAPH,
    "headings of lists that never come": "<h3>相关文章</h3>" * 15_000 + PARAGRAPH,
    "a telephone book": "<p>电话：13000000000 微信同号</p>" * 5_000 + PARAGRAPH,
}


@pytest.mark.parametrize("name", INDEX)
def test_a_page_without_an_article_is_refused_with_its_reason(name: str) -> None:
    case = INDEX[name]
    with pytest.raises(NotAnArticle) as refused:
        read_article((FOLDER / name).read_bytes(), case["url"])
    assert refused.value.reason in (case["reason"], *case.get("or", []))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_or_given_up_with_a_reason(name: str) -> None:
    """That each ends within seconds is for the reader pool to enforce, and its tests to show."""
    page = f"<title>园区的一天</title><h1>园区的一天</h1>{HOSTILE[name]}".encode()
    try:
        assert read_article(page, "http://site.example/a/1.html").title
    except NotAnArticle as refused:
        assert refused.reason


MENU = "".join(f'<li><a href="/n/{i}.html">园区里的第{i}件小事</a></li>' for i in range(30))
SHORT = {
    "a picture with its caption": "<p>9月27日，工人在洛水北岸的老厂房里调试新到的研磨机。当天，首批六台设备全部装好，将于下月投产。季云舟 摄</p>",
    "a notice": "<p>各科室、各车间：</p><p>9月30日上午八时在二楼会议室召开安全例会，请准时参加。</p><p>厂办公室</p><p>2024年9月27日</p>",
    "a poem": "<p>岭上的云，岭下的风，</p><p>针线缝住了一个秋冬。</p><p>纽扣纽扣你莫着急，</p><p>衣裳总会长到你那里。</p><p>灯花落了又开一朵，</p><p>灶膛里的火还红着。</p>",
}


@pytest.mark.parametrize("name", SHORT)
def test_a_short_article_on_a_page_full_of_links_is_an_article(name: str) -> None:
    page = f"""<title>园区的一天_洛水日报</title><ul class="m">{MENU}</ul><div class="c"><h1>园区的一天</h1>
        <div>2024-09-27 来源：洛水日报</div>{SHORT[name]}</div><div class="b"><ul>{MENU}</ul></div>"""
    assert read_article(page.encode(), "http://site.example/n/131.html").title == "园区的一天"


def test_an_invitation_to_log_in_and_comment_is_no_wall() -> None:
    page = f"""<title>园区的一天</title><h1>园区的一天</h1><p>2024-09-27</p>{PARAGRAPH * 2}<p>请登录后发表评论</p>
        <p>登录后可查看全部评论</p>"""
    assert read_article(page.encode(), "http://site.example/n/131.html").title == "园区的一天"


@pytest.mark.parametrize("prompt", ["剩余67%未读", "剩余67%未读，点击展开"])
def test_a_prompt_to_unfold_the_rest_is_no_wall(prompt: str) -> None:
    page = f"<title>园区的一天</title><h1>园区的一天</h1><p>2024-09-27</p>{PARAGRAPH * 2}<p>{prompt}</p>"
    assert prompt not in read_article(page.encode(), "http://site.example/n/131.html").body


@pytest.mark.parametrize("prompt", ["剩余67%未读，付费后阅读", "剩余67%内容，登录后查看"])
def test_a_price_for_the_rest_is_a_wall(prompt: str) -> None:
    page = f"<title>园区的一天</title><h1>园区的一天</h1><p>2024-09-27</p>{PARAGRAPH * 2}<p>{prompt}</p>"
    with pytest.raises(NotAnArticle, match="login"):
        read_article(page.encode(), "http://site.example/n/131.html")


def test_an_article_whose_headline_links_to_itself_is_no_list() -> None:
    cards = "".join(f'<h3><a href="/n/{i}.html">另一件小事{i}</a></h3><p>2024-09-{i}</p>' for i in range(10, 16))
    page = f"""<title>园区的一天</title><h2><a href="/n/131.html">园区的一天</a></h2><p>发表于 2024-09-27</p>
        {PARAGRAPH * 4}<div>{cards}</div>"""
    assert read_article(page.encode(), "http://site.example/n/131.html").title == "园区的一天"


def test_a_reason_survives_the_way_out_of_a_process() -> None:
    import pickle

    assert pickle.loads(pickle.dumps(NotAnArticle("captcha"))).reason == "captcha"
