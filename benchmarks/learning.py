"""Reading by what was learned of a site, against stock trafilatura with metadata: the reader, and `jianbao reclean`.

The site is generated, and its pages are as large as real ones: a menu, side bars and a footer around the article.
"""

from __future__ import annotations

import asyncio
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from archive import add_start, finish_crawl, open_archive, save_article, start_crawl
from archive.contacts import key_of
from archive.evidence import Evidence
from archive.learned import save_record
from archive.records import Exchange, Page
from benchmarks.site import article
from benchmarks.timing import Result, compare
from pipelines.learning import KnownSite, Sample, learn
from pipelines.reclean import Recleaner
from pipelines.stored import cores

PAGES = 2_000
LEAST_PAGES = 240
"""So that each turn has as many pages as trafilatura is given."""
THEIR_PAGES = 60
"""Pages that trafilatura reads in one turn: it takes as long for them as learned reading for hundreds."""
PAIRS = 3
SITE = "site.example"
WHEN = datetime(2025, 3, 1, tzinfo=UTC)


def page(number: int) -> bytes:
    """A page of some 30 kB, of which a sixth is the article."""
    menu = "".join(
        f'<li><a href="/channel/{i}/" title="栏目{i}">栏目名称{i}</a><ul><li><a href="/channel/{i}/a/">子栏目</a></li></ul></li>'
        for i in range(60)
    )
    boxes = "".join(f"<div class='box'><h4>热点{box}</h4><ul>{_headlines(number)}</ul></div>" for box in range(8))
    links = " | ".join(f'<a href="/link/{i}/">友情链接{i}</a>' for i in range(40))
    script = "<script>var state={" + ",".join(f'"k{i}":"value {i}"' for i in range(300)) + "};</script>"
    head, _, tail = article(number).decode().partition('<div class="article">')
    above = f'{head}<div class="header"><ul>{menu}</ul></div>{script}<div class="article">'
    below = f'<div class="sidebar">{boxes}</div><div class="footer"><p>{links}</p></div></body>'
    return (above + tail.replace("</body>", below)).encode()


def _headlines(number: int) -> str:
    return "".join(
        f'<li><a href="/a/{number + i}.html" title="热点新闻标题第{i}条">热点新闻标题第{i}条</a><span>2024-05-{i + 10}</span></li>'
        for i in range(10)
    )


def url(number: int) -> str:
    return f"https://{SITE}/a/{number}.html"


def measure(pages: int = PAGES) -> list[Result]:
    return [_reading(pages), _reclean(pages)]


def _reading(pages: int) -> Result:
    """Every turn reads pages that were not read before, as what was read is remembered line by line."""
    learned = learn([Sample(page(number), url(number), None) for number in range(20)])
    assert [template.reads for template in learned.templates] == [True]
    site, chunk = KnownSite(learned), pages // (PAIRS + 1)
    ours = iter([[(page(n), url(n)) for n in range(start, start + chunk)] for start in range(20, pages + 20, chunk)])
    theirs = [(page(number), url(number)) for number in range(THEIR_PAGES)]
    return compare(
        f"learned reading, {pages:,} pages",
        "trafilatura with metadata",
        chunk,
        "pages/s",
        lambda: [site.read(body, address, None) for body, address in next(ours)],
        lambda: _read_with_trafilatura(theirs * (chunk // THEIR_PAGES or 1)),
        pairs=PAIRS,
        their_amount=len(theirs) * (chunk // THEIR_PAGES or 1),
    )


def _read_with_trafilatura(pages: list[tuple[bytes, str]]) -> None:
    for body, address in pages:
        trafilatura.bare_extraction(body, url=address, with_metadata=True)


def _reclean(pages: int) -> Result:
    """Stored pages read again, against trafilatura over the same pages in as many processes."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        _store(data, pages)
        theirs = [[(page(n), url(n)) for n in range(start, THEIR_PAGES, cores())] for start in range(cores())]
        with ProcessPoolExecutor(cores()) as pool:
            return compare(
                f"reclean of {pages:,} pages, {cores()} processes",
                "trafilatura with metadata",
                pages,
                "pages/s",
                lambda: _read_again(data),
                lambda: list(pool.map(_read_with_trafilatura, theirs)),
                pairs=PAIRS,
                their_amount=THEIR_PAGES,
            )


def _read_again(data: Path) -> None:
    db = open_archive(data)
    recleaner = Recleaner(db, data)
    asyncio.run(recleaner.read_all())
    assert set(recleaner.report.counts) == {"unchanged"}, recleaner.report.counts
    db.close()


def _store(data: Path, pages: int) -> None:
    """An archive of the site as a crawl leaves it."""
    db = open_archive(data)
    learned = learn([Sample(page(n), url(n), None) for n in range(20)], key=key_of(data))
    save_record(db, SITE, learned.to_json(), learned.digest)
    site, crawl, evidence = KnownSite(learned, key_of(data)), start_crawl(db), Evidence(db, data)
    for number in range(pages):
        body, address = page(number), url(number)
        add_start(db, address, site=SITE, crawl_id=crawl)
        capture = evidence.keep(
            Exchange(
                page_url=address, url=address, method="GET", request_headers=(), status=200, headers=(), body=body,
                fetched_at=WHEN,
            )
        )  # fmt: skip
        fetched = Page(url=address, requested_url=address, site=SITE, depth=0, status=200, body=body, fetched_at=WHEN)
        read = site.read(body, address, WHEN)
        save_article(db, read, fetched, crawl_id=crawl, follow=False, capture=capture)
    finish_crawl(db, crawl, outcome="finished")
    evidence.close()
    db.close()
