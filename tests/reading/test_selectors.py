"""Where the user says that things stand on a site's pages."""

from __future__ import annotations

import pytest

from archive.records import Selectors
from crawler.values import a_selector
from pipelines import read_article

TEXT = "二期厂房上周封顶，三条生产线的设备已经运到，安装调试要用两个月，第一批产品预计在明年春天下线。"
OTHER = "编者的话：本栏目每周三更新，欢迎读者来信，说说身边的园区和工厂，来信请注明姓名和地址，以便寄送样报。"
PAGE = f"""<html><head><title>周刊</title></head><body><h1>园区周刊</h1>
<div id="note">{"".join(f"<p>{n}、{OTHER}</p>" for n in range(9))}</div>
<div class="t">三号厂房<b>封顶</b></div><span id="when">刊于 2024-05-06 夜</span><i class="s">河畔日报</i><i class="r">林小满</i>
<i class="c">建设</i><div id="text"><p>{TEXT}</p><p>{TEXT.replace("二期", "三期")}</p></div></body></html>""".encode()
URL = "http://news.example.com/a/1.html"


def selectors(**chosen: str) -> Selectors:
    return Selectors(**{name: a_selector(value) for name, value in chosen.items()})


def test_what_selectors_find_goes_before_the_generic_reading() -> None:
    chosen = selectors(title=".t", body="#text", date="//span[@id='when']", source=".s", reporter=".r", category=".c")
    article = read_article(PAGE, URL, selectors=chosen)
    assert article.title == "三号厂房封顶"
    assert article.body.split("\n") == [TEXT, TEXT.replace("二期", "三期")]
    assert (article.published, article.source, article.reporter) == ("2024-05-06", "河畔日报", "林小满")
    assert article.category == "建设"


@pytest.mark.parametrize("value", ["#nowhere", "//p[nofunction()]", "//p/text()", "count(//p)"])
def test_what_they_do_not_find_is_read_as_if_they_were_not_there(value: str) -> None:
    path = value if value.startswith("count") else a_selector(value)
    chosen = Selectors(title=path, body=path, date=path, source=path)
    assert read_article(PAGE, URL, selectors=chosen) == read_article(PAGE, URL)
