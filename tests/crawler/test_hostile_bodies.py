"""Bombs: bodies small on the wire and large when they are unpacked."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import brotli
from scrapy.utils._compression import zstd

MEGABYTE = 1_000_000


def compressed(encoding: str, megabytes: int) -> bytes:
    """So many megabytes of zeros, as a server would send them."""
    makers: dict[str, Callable[[], Any]] = {
        "gzip": lambda: zlib.compressobj(wbits=31),
        "deflate": zlib.compressobj,
        "raw-deflate": lambda: zlib.compressobj(wbits=-15),
        "zstd": zstd.ZstdCompressor,
        "br": lambda: brotli.Compressor(quality=4),
    }
    maker = makers[encoding]()
    feed = maker.process if encoding == "br" else maker.compress
    finish = maker.finish if encoding == "br" else maker.flush
    return b"".join([*(feed(bytes(MEGABYTE)) for _ in range(megabytes)), finish()])


def bombs(web: Any, megabytes: int) -> dict[str, Any]:
    """A page for each way to pack a body, and for packing the packed."""
    bodies = {kind: (kind, compressed(kind, megabytes)) for kind in ("gzip", "deflate", "zstd", "br")}
    bodies["x-gzip"] = ("x-gzip", bodies["gzip"][1])
    bodies["raw-deflate"] = ("deflate", compressed("raw-deflate", megabytes))
    bodies["twice"] = ("gzip, gzip", gzip.compress(bodies["gzip"][1]))
    bodies["members"] = ("gzip", gzip.compress(bytes(MEGABYTE)) * megabytes)
    return {
        f"/{name}": web.Reply(body, headers={"Content-Type": "text/html", "Content-Encoding": encoding})
        for name, (encoding, body) in bodies.items()
    }


def test_a_body_is_bounded_after_it_is_unpacked(site: Any, web: Any, crawler: Any) -> None:
    packed = bombs(web, 20)
    site.pages |= {"/a": web.article(1, *packed, "/last"), "/last": web.article(2), **packed}
    crawl = crawler.scrapy(f"{site.url}/a")
    ends = {url.removeprefix(site.url): end for url, end in crawl.pages.items()}
    assert {ends[path] for path in packed} == {("failed", "too-large")}
    assert crawl.articles == {f"{site.url}/a", f"{site.url}/last"}


def test_a_page_is_unpacked_whatever_it_is_packed_with(site: Any, web: Any, crawler: Any) -> None:
    pages = {
        f"/{encoding}": web.Reply(pack(web.article(n).body), headers={"Content-Encoding": encoding})
        for n, (encoding, pack) in enumerate(
            {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}.items(), 2
        )
    }
    site.pages |= {"/a": web.article(1, *pages), **pages}
    assert len(crawler.scrapy(f"{site.url}/a").articles) == 5
