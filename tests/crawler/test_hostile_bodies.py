"""Bombs: small on the wire, or small for the crawler and large for the reader. Memory stays flat, other pages are read."""

from __future__ import annotations

import gzip
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from itertools import chain
from pathlib import Path
from typing import Any

import brotli
import pytest
from scrapy.utils._compression import zstd

MEGABYTE = 1_000_000
LIMIT = 250
"""Megabytes that no process of a crawl may take."""


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


def test_a_body_that_cannot_be_unpacked_is_a_failure(site: Any, web: Any, crawler: Any) -> None:
    packings = ("gzip", "deflate", "br", "zstd")
    junk = {f"/{kind}": web.Reply(b"\xffnot packed", headers={"Content-Encoding": kind}) for kind in packings}
    site.pages |= {"/a": web.article(1, *junk), **junk}
    ends = crawler.scrapy(f"{site.url}/a").pages
    assert {ends[f"{site.url}{path}"] for path in junk} == {("failed", "bad-encoding")}


def test_a_page_is_unpacked_whatever_it_is_packed_with(site: Any, web: Any, crawler: Any) -> None:
    pages = {
        f"/{encoding}": web.Reply(pack(web.article(n).body), headers={"Content-Encoding": encoding})
        for n, (encoding, pack) in enumerate(
            {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}.items(), 2
        )
    }
    site.pages |= {"/a": web.article(1, *pages), **pages}
    assert len(crawler.scrapy(f"{site.url}/a").articles) == 5


def without_end(chunk: bytes, *, encoding: str = "", pause: float = 0) -> Callable[[BaseHTTPRequestHandler], None]:
    """A body of one piece, over and over again."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        head = f"Content-Encoding: {encoding}\r\n" if encoding else ""
        handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{head}\r\n<html>".encode())
        while True:
            handler.wfile.write(chunk)
            handler.wfile.flush()
            time.sleep(pause)

    return send


def header_flood(handler: BaseHTTPRequestHandler) -> None:
    """Headers without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-Header: " + b"x" * 1000 + b"\r\n")


def pages_hard_to_read(web: Any) -> dict[str, Any]:
    """Ten megabytes, or a little less than is read at all, of what takes a parser or a reader much memory or time."""
    start = "<html><title>第一号园区开工</title><h1>第一号园区开工</h1>"
    prose = "园区负责人介绍，下一步将围绕主导产业补齐链条。"
    units = {
        "p": "<p>",
        "div": "<div>",
        "br": "园<br>",
        "span": "<span>园</span>",
        "prose": f"<p>{prose}",
        "line": prose,
    }
    return {
        f"/{name}-{size}": web.Reply((start + unit * (size * MEGABYTE // len(unit.encode()))).encode())
        for name, unit in units.items()
        for size in (3, 9)
    }


class MemoryWatch:
    """The most memory that a process and each of its descendants ever took, in megabytes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.peaks: dict[str, float] = {}
        self._process = process
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._thread.join()

    def _watch(self) -> None:
        while self._process.poll() is None:
            for pid in family(self._process.pid):
                name = "crawler" if pid == self._process.pid else f"child {pid}"
                self.peaks[name] = max(self.peaks.get(name, 0.0), high_water(pid))
            time.sleep(0.05)


def family(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    yield pid
    try:
        children = [file.read_text().split() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:  # it has ended
        return
    for child in chain.from_iterable(children):
        yield from family(int(child))


def high_water(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


@pytest.mark.heavy
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_memory_stays_bounded_in_a_crawl_with_a_bomb_of_each_kind(site: Any, web: Any, crawler: Any) -> None:
    traps = {
        **bombs(web, 1000),
        **pages_hard_to_read(web),
        "/endless": without_end(b"<p>" + b"x" * 65536),
        "/endless-gzip": without_end(compressed("gzip", 1), encoding="gzip"),
        "/drip": without_end(b"x", pause=0.1),
        "/headers": header_flood,
    }
    usual = {f"/usual/{n}": web.article(n) for n in range(20)}
    links = [link for pair in zip(list(traps), [*usual, *usual], strict=False) for link in pair]
    site.pages |= {"/a": web.article(99, *dict.fromkeys(links)), **traps, **usual}
    process = crawler.start_scrapy(f"{site.url}/a", settings={"DOWNLOAD_TIMEOUT": 5, "READ_PROCESSES": 2})
    with MemoryWatch(process) as memory:
        crawl = crawler.end(process)
    ends = {url.removeprefix(site.url): end for url, end in crawl.pages.items()}
    assert {ends[path] for path in usual} == {("fetched", None)}
    assert not [path for path in traps if ends[path][0] == "pending"]
    assert len(memory.peaks) > 2  # the readers were looked at as well
    assert {name: peak for name, peak in memory.peaks.items() if peak >= LIMIT} == {}
