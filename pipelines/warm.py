"""Imported by the process that readers are forked from: what the first reading of all loads, they then have.

Rules, patterns, the forms of dates and of telephone numbers take many times as long as reading a page. A reader
that began without them would spend that of the time its first page has, which on a busy machine is all of it.
"""

from __future__ import annotations

from pipelines import read_article

_PAGE = """<!doctype html><html><head><title>某园区开工 - 某网</title></head><body><h1>某园区开工</h1>
<div class="info">来源：某报 作者：某人 2024-05-01</div><div class="content">
<p>某园区今年引进了三家新材料企业，标准厂房已经全部交付使用，配套的人才公寓也将在年底前完工。</p>
<p>园区负责人介绍，下一步将围绕主导产业补齐链条，完善仓储物流和检验检测等公共服务。</p>
<p>咨询热线：400-000-0000，微信同号，扫码关注。</p></div></body></html>"""

read_article(_PAGE.encode(), "http://site.example/a/1.html")
