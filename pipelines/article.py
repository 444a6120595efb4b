"""Reading an article: by what was learned of its site where that holds, else step by step; its parts joined."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from archive.learned import ReadAs
from archive.records import Article, Selectors
from pipelines.chosen import NO_SELECTORS
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
    article = read_known(html, url, fetched_at, site, selectors)[0]
    others = []
    for part in parts:
        with suppress(NotAnArticle):
            others.append(read_known(part, url, fetched_at, site, selectors)[0])
    return join_parts(article, others) if others else article


def read_known(
    html: bytes, url: str, fetched_at: datetime | None, site: KnownSite | None, selectors: Selectors | None
) -> tuple[Article, ReadAs | None]:
    """The article of a page, and how it was read; None where nothing is known of its site. Raises NotAnArticle."""
    if site is None:
        return take_apart(html, url, fetched_at, selectors=selectors or NO_SELECTORS).article, None
    try:
        if selectors is not None:
            raise Mismatch("selectors")
        article, template = site.read_with_template(html, url, fetched_at)
        return article, ReadAs(site.digest, template, None, None)
    except Mismatch as mismatch:
        article = take_apart(html, url, fetched_at, site.repeats, selectors or NO_SELECTORS).article
        return article, ReadAs(site.digest, None, mismatch.reason, None)
