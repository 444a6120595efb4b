"""A generated site of any size, in a process of its own that answers faster than any crawler asks."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections import Counter
from types import TracebackType
from typing import ClassVar

RELATED = 8
"""Articles that each one names: so many more at every depth, as in a tree, until all are named that there are."""
ENDLESS = 10**9
SENTENCES = (
    "第{n}号园区今年引进了{n}家新材料企业，标准厂房已经全部交付使用，配套的人才公寓也将在年底前完工。",
    "园区负责人介绍，下一步将围绕第{n}条产业链补齐短板，完善仓储物流和检验检测等公共服务。",
    "目前已有{n}个项目签约落户，总用地面积约{n}亩，投产后可以带动就业{n}人。",
)


def article(number: int, articles: int = ENDLESS) -> bytes:
    """A page of some 5 kB: a header, a dated text of eight paragraphs, a list of related articles. `articles` is how many
    the site has."""
    text = "".join(f"<p>{''.join(s.format(n=number * 10 + i) for s in SENTENCES)}</p>" for i in range(8))
    named = [(number * RELATED + 1 + place) % articles for place in range(RELATED)]
    related = "".join(f'<li><a href="/a/{n}.html">第{n}号园区开工建设</a></li>' for n in named)
    menu = "".join(f'<li><a href="/list/{n}/">栏目{n}</a></li>' for n in range(20))
    return f"""<!doctype html><html><head><meta charset="utf-8"><title>第{number}号园区开工建设 - 园区周报</title></head>
<body><div class="nav"><ul>{menu}</ul></div><div class="article"><h1>第{number}号园区开工建设</h1>
<div class="info">2024-05-{number % 28 + 1:02d} 来源：园区周报</div><div class="content">{text}</div>
<div class="related"><h3>相关文章</h3><ul>{related}</ul></div></div></body></html>""".encode()


class _Connection(asyncio.Protocol):
    counts: ClassVar[Counter[str]] = Counter()
    articles = ENDLESS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            answer = self._answer(head.decode("latin-1"))
            self._transport.write(answer)  # type: ignore[attr-defined]

    def _answer(self, head: str) -> bytes:
        path = head.split(" ", 2)[1]
        if path == "/counts":
            return _response("200 OK", json.dumps(self.counts).encode())
        if not path.startswith("/a/"):
            return _response("404 Not Found")
        number = path.removeprefix("/a/").removesuffix(".html")
        tag = f'ETag: "{number}"\r\n'
        known = f'if-none-match: "{number}"' in head.lower()
        page = b"" if known else article(int(number), self.articles)
        answer = _response("304 Not Modified" if known else "200 OK", page, tag=tag)
        self.counts.update(requests=1, bytes=len(answer))
        return answer


def _response(status: str, body: bytes = b"", *, tag: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{tag}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class GeneratedSite:
    """The site on a loopback port, as long as the block runs."""

    def __init__(self, articles: int = ENDLESS) -> None:
        self._articles = articles

    def __enter__(self) -> GeneratedSite:
        program = [sys.executable, "-m", "benchmarks.site", str(self._articles)]
        self._process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._base = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def url(self, number: int) -> str:
        return f"{self._base}/a/{number}.html"

    def counts(self) -> Counter[str]:
        """Requests for articles, and bytes of the answers, since the beginning."""
        with urllib.request.urlopen(f"{self._base}/counts") as response:
            return Counter(json.load(response))


async def _serve(articles: int) -> None:
    _Connection.articles = articles
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
