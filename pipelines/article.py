"""Reading an article: by what was learned of its site where that holds, else step by step; its parts joined."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from archive.records import Article, Selectors
from pipelines.errors import NotAnArticle
from pipelines.learning import KnownSite, Mismatch
from pipelines.parts import join_parts
from pipelines.reader import take_apart


def read_article(
    html: bytes,
    url: str,
    *,
    fetched_at: datetime | None = None,
    parts: Sequence[bytes] = (),
    site: KnownSite | None = None,
    selectors: Selectors | None = None,
) -> Article:
    """Read the article of a page.

    `html` is the response body, undecoded; `url` its address; `fetched_at` the time that relative dates such as
    3天前 are counted from (without it they give no date); `parts` the bodies of the pages that go on with it, in
    order, as `pipelines.parts` finds them; `site` what was learned of the site; `selectors` where the user says
    that things stand on its pages, which goes before what was learned. No network, no clock, no database.
    Raises NotAnArticle with a reason when the page holds none; a part that holds nothing adds nothing.
    """
    article = _read_page(html, url, fetched_at, site, selectors)
    others = []
    for part in parts:
        with suppress(NotAnArticle):
            others.append(_read_page(part, url, fetched_at, site, selectors))
    return join_parts(article, others) if others else article


def _read_page(
    html: bytes, url: str, fetched_at: datetime | None, site: KnownSite | None, selectors: Selectors | None
) -> Article:
    if selectors is not None:
        return take_apart(html, url, fetched_at, site.repeats if site else None, selectors).article
    if site is None:
        return take_apart(html, url, fetched_at).article
    with suppress(Mismatch):
        return site.read(html, url, fetched_at)
    return take_apart(html, url, fetched_at, site.repeats).article
