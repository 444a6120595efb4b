"""A small site over HTTP on loopback, and crawls of it, each in a process: the reactor runs once in each."""

from __future__ import annotations

import json
import os
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.forked import Copy, Forks

PARAGRAPH = (
    "第{n}号园区今年引进了{n}家新材料企业，标准厂房已经全部交付使用，配套的人才公寓也将在年底前完工。"
    "园区负责人介绍，下一步将围绕主导产业补齐链条，完善仓储物流和检验检测等公共服务，让企业安心生产。"
)


@dataclass(frozen=True)
class Reply:
    """What the site answers to one path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def article(n: int, *related: str, etag: str | None = None, extra: str = "") -> Reply:
    """Article number n, naming the related ones in its list."""
    links = "".join(f'<li><a href="{url}">相关报道{i}</a></li>' for i, url in enumerate(related, 1))
    page = f"""<!doctype html><html><head><meta charset="utf-8">{extra}
<title>第{n}号园区开工 - 园区周报</title></head>
<body><div class="nav"><a href="/">首页</a></div><div class="article"><h1>第{n}号园区开工</h1>
<div class="info">2024-05-{n % 28 + 1:02d}</div><div class="content">
{"".join(f"<p>{PARAGRAPH.format(n=n * 10 + i)}</p>" for i in range(3))}</div>
<div class="related"><h3>相关文章</h3><ul>{links}</ul></div></div></body></html>"""
    headers = {"Content-Type": "text/html; charset=utf-8"} | ({"ETag": etag} if etag else {})
    return Reply(page.encode(), headers=headers)


def redirect(to: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": to})


def self_signed() -> ssl.SSLContext:
    """TLS with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as pem:
        pem.write(certificate.public_bytes(Encoding.PEM))
        pem.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        pem.flush()
        context.load_cert_chain(pem.name)
    return context


class Server(ThreadingHTTPServer):
    daemon_threads = True
    connections = 0

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.connections += 1
        return True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is what the tests are about, not an error."""


class Site:
    """A site whose pages a test sets, and whose requests it reads."""

    def __init__(self, host: str = "127.0.0.1", *, tls: bool = False) -> None:
        self.pages: dict[str, Reply | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.requests: list[tuple[float, str, dict[str, str]]] = []
        self.answers: list[tuple[str, int]] = []
        """Path and status of every answer."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.requests.append((time.monotonic(), self.path, headers))
                reply = site.pages.get(self.path, Reply(status=404))
                if callable(reply):
                    reply(self)
                else:
                    self.send(reply)

            def send(self, reply: Reply) -> None:
                etag = reply.headers.get("ETag")
                if etag and etag == self.headers.get("If-None-Match"):
                    reply = Reply(status=304)
                site.answers.append((self.path, reply.status))
                self.send_response(reply.status)
                for name, value in {"Content-Type": "text/html", **reply.headers}.items():
                    self.send_header(name, value)
                if "Content-Length" not in reply.headers:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = Server((host, 0), Handler)
        if tls:
            self._server.socket = self_signed().wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def connections(self) -> int:
        """TCP connections taken, whether or not anything was asked for."""
        return self._server.connections

    @property
    def paths(self) -> list[str]:
        """Paths asked for, in order, robots.txt left out."""
        return [path for _, path, _ in self.requests if path != "/robots.txt"]

    def times(self, path: str) -> int:
        return Counter(path for _, path, _ in self.requests)[path]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def new_site() -> Iterator[Callable[..., Site]]:
    """Makes sites, on 127.0.0.1 or another loopback address, that end with the test."""
    sites: list[Site] = []

    def make(host: str = "127.0.0.1", *, tls: bool = False) -> Site:
        sites.append(Site(host, tls=tls))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


@pytest.fixture
def site(new_site: Callable[..., Site]) -> Site:
    return new_site()


@dataclass(frozen=True)
class Crawl:
    """A crawl that has ended, and the archive as it left it."""

    data: Path
    exit_status: int
    stdout: str
    stderr: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.data / "archive.db")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    @property
    def pages(self) -> dict[str, tuple[str, str | None]]:
        """URL -> state and reason, of every page that the archive knows."""
        return {url: (state, reason) for url, state, reason in self.rows("select url, state, reason from pages")}

    @property
    def articles(self) -> set[str]:
        return {url for (url,) in self.rows("select url from articles")}


FAKE_DNS = '''
import json, os
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.address import IPv4Address

NAMES = json.loads(os.environ["FAKE_DNS"])


class FakeResolver(CachingHostnameResolver):
    """Each name has a list of answers, one for each time it is asked for; the last one holds for ever."""

    def resolveHostName(self, receiver, host, port=0, *args, **kwargs):
        answers = NAMES[host]
        receiver.resolutionBegan(None)
        for address in answers.pop(0) if len(answers) > 1 else answers[0]:
            receiver.addressResolved(IPv4Address("TCP", address, port))
        receiver.resolutionComplete()
        return receiver
'''


JIANBAO = ["-c", "from jianbao.cli import main; main(prog_name='jianbao')"]
PATIENCE = 300.0
"""Seconds after which a crawl hangs."""


def scrapy_command(*urls: str, delay: float = 0, settings: dict[str, Any] | None = None, **arguments: Any) -> list[str]:
    settings = {
        "DOWNLOAD_DELAY": delay,
        "AUTOTHROTTLE_START_DELAY": delay,
        "LOG_LEVEL": "WARNING",
        "READ_PROCESSES": 1,
        **(settings or {}),
    }
    options = [f"-s{name}={value}" for name, value in settings.items()]
    options += [f"-a{name}={value}" for name, value in {"url": " ".join(urls), **arguments}.items()]
    return ["-m", "scrapy", "crawl", "articles", *options]


class Crawler:
    """Starts crawls into one data directory."""

    def __init__(self, data: Path, forks: Forks) -> None:
        self.data = data
        self.running: list[subprocess.Popen[str] | Copy] = []
        self._forks = forks

    def run(self, command: list[str]) -> Crawl:
        """From its start to its end, in a copy of a process that has imported all of it."""
        ended = self._forks.run(command, cwd=self.data.parent, env=self._environment(), timeout=PATIENCE)
        return Crawl(self.data, ended.returncode, ended.stdout, ended.stderr)

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        """In a process of its own, for what is done to it while it runs."""
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=self.data.parent,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return process

    def start_copy(self, command: list[str]) -> Copy:
        """In a copy of a process that has imported all of it, to be killed."""
        copy = self._forks.start(command, cwd=self.data.parent, env=self._environment())
        self.running.append(copy)
        return copy

    def _environment(self) -> dict[str, str]:
        return os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "JIANBAO_DATA": str(self.data)}

    def end(self, process: subprocess.Popen[str] | Copy, *, timeout: float = PATIENCE) -> Crawl:
        stdout, stderr = process.communicate(timeout=timeout)
        return Crawl(self.data, process.returncode or 0, stdout, stderr)

    def scrapy(self, *urls: str, **options: Any) -> Crawl:
        """`scrapy crawl articles`, without the delay between requests that a real site gets."""
        return self.run(scrapy_command(*urls, **options))

    def start_scrapy(self, *urls: str, **options: Any) -> subprocess.Popen[str]:
        return self.start(scrapy_command(*urls, **options))

    def jianbao(self, *arguments: str) -> Crawl:
        return self.run([*JIANBAO, *arguments])

    def start_jianbao(self, *arguments: str) -> subprocess.Popen[str]:
        return self.start([*JIANBAO, *arguments])

    def age(self, days: int) -> None:
        """Have all that the archive holds be so many days older."""
        connection = sqlite3.connect(self.data / "archive.db")
        with connection:
            for table, column in (
                ("articles", "last_changed"),
                ("pages", "fetched_at"),
                ("crawls", "started"),
                ("waits", "until"),
            ):
                connection.execute(
                    f"UPDATE {table} SET {column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, ?)", (f"-{days} days",)
                )
        connection.close()


@pytest.fixture
def crawler(tmp_path: Path, forks: Forks) -> Iterator[Crawler]:
    crawler = Crawler(tmp_path / "data", forks)
    yield crawler
    for process in crawler.running:
        process.kill()
        process.communicate()


@pytest.fixture
def web() -> Any:
    """The page makers, for tests to reach without importing this file."""

    class Web:
        Reply = Reply
        article = staticmethod(article)
        redirect = staticmethod(redirect)

    return Web


@pytest.fixture
def crawl_with_names(crawler: Crawler, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Crawl]:
    """A crawl for which host names resolve as the test says."""

    def crawl(names: dict[str, list[list[str]]], *urls: str, **options: Any) -> Crawl:
        (crawler.data.parent / "fake_dns.py").write_text(FAKE_DNS)
        monkeypatch.setenv("FAKE_DNS", json.dumps(names))
        settings = {"TWISTED_DNS_RESOLVER": "fake_dns.FakeResolver", **options.pop("settings", {})}
        return crawler.scrapy(*urls, settings=settings, **options)

    return crawl
