"""The sample sites on the wire: the standard library's HTTP server, on loopback, with a log of requests."""

from __future__ import annotations

import gzip
import socketserver
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from jianbao.demo.sites import SiteName
from jianbao.demo.website import Response, Website

HOST = "127.0.0.1"
IDLE_SECONDS = 10
"""A kept-alive connection that says nothing for so long is closed, so that its thread ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request that a sample site answered."""

    time: float
    """When it came, in seconds of `time.monotonic()`."""
    site: SiteName
    method: str
    path: str
    """Path and query as asked for."""
    status: int
    user_agent: str
    headers: Mapping[str, str]
    """All request headers, as spelled by the asker."""


class RequestLog:
    """The requests that were answered, in order. Safe to use from several threads."""

    def __init__(self) -> None:
        self._requests: list[Request] = []
        self._lock = Lock()

    def add(self, request: Request) -> None:
        with self._lock:
            self._requests.append(request)

    def all(self) -> list[Request]:
        with self._lock:
            return list(self._requests)


class DemoServer(ThreadingHTTPServer):
    """Serves one website. Bound at once, answering only between `start` and `stop`."""

    daemon_threads = True
    block_on_close = False
    # The default of 5 makes a burst of connections wait a second for a retransmitted SYN.
    request_queue_size = 128
    website: Website

    def __init__(self, site: SiteName, port: int, log: RequestLog) -> None:
        super().__init__((HOST, port), DemoHandler)
        self.site = site
        self.log = log

    @property
    def url(self) -> str:
        """Address of the site, without a slash at its end."""
        return f"http://{HOST}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without looking up the machine's name, which takes seconds where DNS is slow or absent."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about a crawler that was killed in the middle of a response."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def start(self, website: Website) -> None:
        """Answer requests, in a thread."""
        self.website = website
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self.shutdown()
        self.server_close()


class DemoHandler(BaseHTTPRequestHandler):
    """Puts the website's answer on the wire."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    # Without it, header and body go out as two small packets, and Nagle's algorithm holds back the second.
    wbufsize = -1
    server: DemoServer

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        response = self.server.website.respond(self.command, self.path, self.headers)
        self.server.log.add(
            Request(
                time=time.monotonic(),
                site=self.server.site,
                method=self.command,
                path=self.path,
                status=response.status,
                user_agent=self.headers.get("User-Agent", ""),
                headers=dict(self.headers.items()),
            )
        )
        self._send(response)

    def _send(self, response: Response) -> None:
        headers, body = dict(response.headers), response.body
        if body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        if response.status != 304:
            headers["Content-Length"] = str(len(body))
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        return "nginx"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on stderr: the log is `DemoSite.requests`."""
