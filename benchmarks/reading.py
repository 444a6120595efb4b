"""Reading a page, against stock trafilatura with metadata on the same pages."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import trafilatura

from benchmarks.timing import Result, compare
from jianbao.demo import DemoSite
from pipelines import read_article

THEMES = Path(__file__).parents[1] / "tests" / "reading" / "pages"
PAIRS = 5


def measure() -> list[Result]:
    pages = [(body, "http://site.example/a/1.html") for body in (p.read_bytes() for p in sorted(THEMES.glob("*.html")))]
    with DemoSite() as site:
        for article in site.truth:
            with urllib.request.urlopen(article.url) as response:
                pages.append((response.read(), article.url))
    return [
        compare(
            "reading a page",
            "trafilatura with metadata",
            len(pages),
            "pages/s",
            lambda: [read_article(body, url) for body, url in pages],
            lambda: [trafilatura.bare_extraction(body, url=url, with_metadata=True) for body, url in pages],
            pairs=PAIRS,
        )
    ]
