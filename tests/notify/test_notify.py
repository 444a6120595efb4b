"""A finding reaches whoever is named, once, in the words of his chat service; no secret is shown when it does not."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from click.testing import CliRunner

from archive import open_archive
from archive.health import open_findings
from crawler.configuration import NotifySettings
from crawler.logs import detach, log_to_stderr
from jianbao.cli import main
from jianbao.notify import channels
from jianbao.notify.channels import PAUSES, send
from jianbao.notify.messages import message_for_test, tell_of
from jianbao.notify.telling import tell
from tests.crawler.conftest import self_signed

PAUSE = time.sleep
FINDING = {
    "site": "洛阳产业",
    "check": "failures",
    "sentence": "50% of the pages could not be fetched or read, usually at most 22%.",
    "figure": 0.5,
    "high": 0.22,
    "advice": "The reason stands beside each page.",
    "samples": '["https://news.example.com/a/1.html"]',
    "opened": "2026-03-01T06:00:00Z",
}


@dataclass
class Receiver:
    """A chat service: what was posted to it, and what it answers."""

    url: str
    posted: list[Any] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"errcode": 0}'
    queries: list[dict[str, str]] = field(default_factory=list)
    failures: int = 0
    """Messages that are answered with 503 before one is taken."""
    drip: float = 0.0
    """Seconds between the bytes of an answer that never ends; 0 answers at once."""


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that are made, of which none is waited for."""
    made: list[float] = []
    monkeypatch.setattr("jianbao.notify.channels.time.sleep", made.append)
    return made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.queries.append(dict(parse_qsl(urlsplit(self.path).query)))
            if received.failures:
                received.failures -= 1
                self.send_response(503)
                self.end_headers()
                return
            received.posted.append(message)
            self.send_response(received.status)
            self.end_headers()
            while received.drip:
                self.wfile.write(b" ")
                time.sleep(received.drip)
            self.wfile.write(received.answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received = Receiver(f"http://127.0.0.1:{server.server_port}/robot?key=topsecret")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield received
    server.shutdown()
    server.server_close()


@pytest.fixture
def mailbox() -> Iterator[tuple[int, list[bytes]]]:
    """A mail server on loopback that takes one mail after the other: its port, and what it took."""
    mails: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                _take_mail(stream, mails)

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1], mails
    server.close()


@pytest.fixture
def secured_mailbox(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[[str], tuple[int, list[bytes]]]]:
    """Makes a mail server with TLS, from the first byte or by STARTTLS, whose certificate is trusted here."""
    context = self_signed()
    trusted = ssl.create_default_context()
    trusted.check_hostname, trusted.verify_mode = False, ssl.CERT_NONE
    monkeypatch.setattr("jianbao.notify.channels.ssl.create_default_context", lambda: trusted)
    servers: list[socket.socket] = []

    def make(security: str) -> tuple[int, list[bytes]]:
        mails: list[bytes] = []
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def serve() -> None:
            connection, _ = server.accept()
            if security == "starttls":
                with connection.makefile("rwb") as plain:
                    plain.write(b"220 ready\r\n")
                    plain.flush()
                    plain.readline()
                    plain.write(b"250-here\r\n250 STARTTLS\r\n")
                    plain.flush()
                    assert plain.readline().upper().startswith(b"STARTTLS")
                    plain.write(b"220 go on\r\n")
                    plain.flush()
            with context.wrap_socket(connection, server_side=True) as safe, safe.makefile("rwb") as stream:
                _take_mail(stream, mails, greet=security == "tls")

        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1], mails

    yield make
    for server in servers:
        server.close()


def _take_mail(stream: Any, mails: list[bytes], *, greet: bool = True) -> None:
    def say(line: bytes) -> None:
        stream.write(line + b"\r\n")
        stream.flush()

    if greet:
        say(b"220 ready")
    while line := stream.readline():
        if line.upper().startswith(b"DATA"):
            say(b"354 go on")
            body = b"".join(iter(stream.readline, b".\r\n"))
            mails.append(body)
        elif line.upper().startswith(b"AUTH"):
            mails.append(line)
        elif line.upper().startswith(b"EHLO"):
            stream.write(b"250-here\r\n250-AUTH PLAIN\r\n")
        say(b"221 bye" if line.upper().startswith(b"QUIT") else b"235 ok" if line.startswith(b"AUTH") else b"250 ok")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    with open_archive(folder) as db:
        db.table("findings").insert(FINDING)
    return folder


TEXT_OF: dict[str, Callable[[Any], str]] = {
    "json": lambda posted: f"{posted['subject']}\n{posted['text']}",
    "wecom": lambda posted: posted["text"]["content"],
    "dingtalk": lambda posted: posted["text"]["content"],
    "feishu": lambda posted: posted["content"]["text"],
    "slack": lambda posted: posted["text"],
}


@pytest.mark.parametrize("service", TEXT_OF)
def test_each_service_gets_its_own_form_of_the_whole_message(service: Any, receiver: Receiver, data: Path) -> None:
    assert tell(data, NotifySettings(webhook=receiver.url, format=service)) == {"webhook": None}
    text = TEXT_OF[service](receiver.posted[0])
    assert "洛阳产业" in text
    assert FINDING["sentence"] in text and FINDING["advice"] in text
    assert "https://news.example.com/a/1.html" in text


def test_a_finding_is_told_once_and_its_end_once(receiver: Receiver, data: Path) -> None:
    settings = NotifySettings(webhook=receiver.url)
    for _ in range(3):
        tell(data, settings)
    assert [len(posted["findings"]) for posted in receiver.posted] == [1]
    with open_archive(data) as db:
        db.execute("UPDATE findings SET closed = '2026-03-02T06:00:00Z'")
        db.conn.commit()
    for _ in range(3):
        tell(data, settings)
    assert len(receiver.posted) == 2
    assert "as usual again" in receiver.posted[1]["subject"]


def test_what_did_not_arrive_is_told_the_next_time(receiver: Receiver, data: Path) -> None:
    settings = NotifySettings(webhook=receiver.url)
    receiver.status = 500
    assert tell(data, settings) == {"webhook": "status 500"}
    receiver.status = 200
    assert tell(data, settings) == {"webhook": None}


def test_a_receiver_in_trouble_is_asked_again_and_not_for_ever(
    receiver: Receiver, data: Path, pauses: list[float]
) -> None:
    settings = NotifySettings(webhook=receiver.url)
    receiver.failures = 2
    assert tell(data, settings) == {"webhook": None}
    assert (len(receiver.posted), pauses) == (1, list(PAUSES))
    receiver.failures = 9
    assert send(message_for_test(), settings) == {"webhook": "status 503"}
    assert receiver.failures == 6


def test_what_is_refused_is_not_sent_again(receiver: Receiver, data: Path, pauses: list[float]) -> None:
    receiver.status = 403
    assert tell(data, NotifySettings(webhook=receiver.url)) == {"webhook": "status 403"}
    assert (len(receiver.posted), pauses) == (1, [])


def test_a_receiver_that_is_not_there_is_said_in_words(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"http://127.0.0.1:{server.getsockname()[1]}/robot?key=topsecret"
    assert tell(data, NotifySettings(webhook=nobody)) == {"webhook": "no connection to its host"}


def test_an_answer_that_drips_for_ever_is_given_up(
    receiver: Receiver, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "TIMEOUT", 0.5)
    monkeypatch.setattr("jianbao.notify.channels.time.sleep", PAUSE)
    receiver.drip = 0.05
    begun = time.monotonic()
    assert tell(data, NotifySettings(webhook=receiver.url)) == {"webhook": "no end after 0 seconds"}
    receiver.drip = 0.0
    assert time.monotonic() - begun < 3
    assert len(receiver.posted) == 1


def test_a_signed_robot_gets_its_signature(receiver: Receiver, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROBOT_SECRET", "SEC-of-nobody")
    settings = NotifySettings(webhook=receiver.url, webhook_secret="env:ROBOT_SECRET")
    assert send(message_for_test(), replace(settings, format="dingtalk")) == {"webhook": None}
    query = receiver.queries[-1]
    assert query["key"] == "topsecret"
    assert abs(int(query["timestamp"]) / 1000 - time.time()) < 60
    assert query["sign"] == sign("SEC-of-nobody", f"{query['timestamp']}\nSEC-of-nobody")
    assert send(message_for_test(), replace(settings, format="feishu")) == {"webhook": None}
    posted = receiver.posted[-1]
    assert abs(int(posted["timestamp"]) - time.time()) < 60
    assert posted["sign"] == sign(f"{posted['timestamp']}\nSEC-of-nobody", "")
    assert "SEC-of-nobody" not in str((receiver.posted, receiver.queries))


def sign(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def test_a_service_that_refuses_in_an_answer_of_200_has_refused(receiver: Receiver, data: Path) -> None:
    receiver.answer = b'{"errcode": 93000, "errmsg": "invalid webhook url"}'
    outcome = tell(data, NotifySettings(webhook=receiver.url, format="wecom"))
    assert outcome["webhook"] is not None and "93000" in outcome["webhook"]


def test_one_way_out_of_order_does_not_repeat_the_others(receiver: Receiver, data: Path) -> None:
    settings = NotifySettings(webhook=receiver.url, command=("/nonexistent",))
    assert tell(data, settings) == {"webhook": None, "command": "FileNotFoundError"}
    assert tell(data, settings) == {}
    assert len(receiver.posted) == 1


def test_a_mail_says_it_all(mailbox: tuple[int, list[bytes]], data: Path) -> None:
    port, mails = mailbox
    settings = NotifySettings(
        mail_to=("desk@example.com",),
        mail_from="jianbao@example.com",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
    )
    assert tell(data, settings) == {"mail": None}
    mail = message_from_bytes(mails[0], policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert "洛阳产业" in mail["Subject"]
    assert mail["To"] == "desk@example.com"
    assert str(FINDING["sentence"]) in mail.get_content().replace("\n", " ")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mail_goes_over_tls_and_the_password_only_there(
    secured_mailbox: Callable[[str], tuple[int, list[bytes]]],
    data: Path,
    security: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "pass-of-nobody")
    port, mails = secured_mailbox(security)
    settings = NotifySettings(
        mail_to=("desk@example.com",),
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security=security,
        smtp_user="jianbao@example.com",
        smtp_password="env:MAIL_PASSWORD",
    )
    assert tell(data, settings) == {"mail": None}
    login, mail = mails
    assert b"pass-of-nobody" in base64.b64decode(login.split()[2])
    assert b"desk@example.com" in mail


def test_a_certificate_that_nobody_vouches_for_gets_no_mail(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        context = self_signed()

        def serve() -> None:
            connection, _ = server.accept()
            with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as safe:
                safe.recv(1)

        threading.Thread(target=serve, daemon=True).start()
        port = server.getsockname()[1]
        settings = NotifySettings(
            mail_to=("a@example.com",), smtp_host="127.0.0.1", smtp_port=port, smtp_security="tls"
        )
        outcome = tell(data, settings)
    assert outcome["mail"] is not None and "certificate" in outcome["mail"].lower()


def test_a_server_without_tls_gets_no_mail_where_tls_is_asked_for(mailbox: tuple[int, list[bytes]], data: Path) -> None:
    port, mails = mailbox
    settings = NotifySettings(mail_to=("desk@example.com",), smtp_host="127.0.0.1", smtp_port=port)
    assert tell(data, settings)["mail"] is not None
    assert mails == []


def test_a_command_gets_the_message_and_no_shell_reads_it(data: Path, tmp_path: Path) -> None:
    said = tmp_path / "said"
    command = ("sh", "-c", 'echo "$JIANBAO_SUBJECT" > "$0"; cat >> "$0"', str(said))
    with open_archive(data) as db:
        db.execute("UPDATE findings SET site = ?", ("$(touch pwned) `id`",))
        db.conn.commit()
    assert tell(data, NotifySettings(command=command)) == {"command": None}
    assert said.read_text("utf-8").count("$(touch pwned) `id`") == 3


def test_a_hundred_findings_are_one_message(receiver: Receiver, data: Path) -> None:
    with open_archive(data) as db:
        db.table("findings").insert_all([FINDING | {"site": f"site {number}"} for number in range(100)])
        message = tell_of(open_findings(db))
    assert message.text.count("✗") == 10
    assert "91 more" in message.text
    assert "and 98 more" in message.subject


@pytest.mark.parametrize(("service", "most"), [("wecom", 2_048), ("dingtalk", 19_000), ("feishu", 19_000)])
def test_a_message_is_as_long_as_its_service_takes(service: Any, most: int, receiver: Receiver, data: Path) -> None:
    """A longer one would be refused, and longer still at the next run."""
    with open_archive(data) as db:
        db.execute("DELETE FROM findings")
        samples = json.dumps([f"https://news.example.com/{'%E6%B4%9B' * (most // 100)}/{n}.html" for n in range(2)])
        finding = FINDING | {"samples": samples}
        db.table("findings").insert_all([finding | {"site": f"第{number}号园区的产业周报"} for number in range(30)])
    assert tell(data, NotifySettings(webhook=receiver.url, format=service)) == {"webhook": None}
    text = TEXT_OF[service](receiver.posted[0])
    assert most * 0.8 < len(text.encode()) <= most
    *kept, last = text.splitlines()
    assert last == "… jianbao status"
    with open_archive(data) as db:
        whole = tell_of(open_findings(db))
    assert f"{whole.subject}\n{whole.text}\n".startswith("\n".join(kept) + "\n")


def test_no_secret_is_logged(receiver: Receiver, data: Path, caplog: pytest.LogCaptureFixture) -> None:
    """httpx tells of each request, with the address."""
    log = log_to_stderr()
    try:
        logging.getLogger().setLevel(logging.DEBUG)
        caplog.handler.setLevel(logging.INFO)
        assert tell(data, NotifySettings(webhook=receiver.url)) == {"webhook": None}
    finally:
        detach(log)
    assert "topsecret" not in caplog.text


def test_no_secret_is_shown_when_a_message_does_not_arrive(data: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = tell(data, NotifySettings(webhook=f"http://127.0.0.1:{port}/robot?key=topsecret"))
    assert "topsecret" not in str(outcome)
    secret = tmp_path / "key"
    secret.write_text("hunter2", "utf-8")
    secret.chmod(0o644)
    settings = NotifySettings(webhook=f"file:{secret}")
    assert send(message_for_test(), settings) == {"webhook": f"{secret} can be read by others: chmod 600 it"}
    assert send(message_for_test(), replace(settings, webhook="env:NOT_SET_HERE")) == {
        "webhook": "NOT_SET_HERE is not set in the environment"
    }


def test_a_secret_that_is_no_text_is_said_in_a_line(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.touch(0o600)
    secret.write_bytes(b"\xff\xfe\x00")
    assert send(message_for_test(), NotifySettings(webhook=f"file:{secret}")) == {"webhook": f"{secret}: is not UTF-8"}


@pytest.fixture
def configuration(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JIANBAO_WEBHOOK", receiver.url)
    file = tmp_path / "jianbao.toml"
    file.write_text('[notify]\nwebhook = "env:JIANBAO_WEBHOOK"\nformat = "feishu"\n', "utf-8")
    return file


def test_the_command_sends_a_test(configuration: Path, receiver: Receiver, data: Path) -> None:
    done = CliRunner().invoke(main, ["--data", str(data), "notify", "--test", "--config", str(configuration)])
    assert (done.exit_code, done.stdout) == (0, "webhook: sent\n")
    assert "test" in receiver.posted[0]["content"]["text"]
    with open_archive(data) as db:
        assert len(open_findings(db)) == 1


def test_the_command_tells_and_fails_in_one_line(configuration: Path, receiver: Receiver, data: Path) -> None:
    receiver.status = 403
    arguments = ["--data", str(data), "notify", "--config", str(configuration)]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.stderr) == (1, "Error: webhook: status 403\n")
    receiver.status = 200
    assert CliRunner().invoke(main, arguments).stdout == "webhook: sent\n"
    assert CliRunner().invoke(main, arguments).stdout == "nothing to tell\n"


def test_an_archive_that_is_not_there_is_said_and_not_made(configuration: Path, tmp_path: Path) -> None:
    typo = tmp_path / "typo"
    done = CliRunner().invoke(main, ["--data", str(typo), "notify", "--config", str(configuration)])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert f"no archive in {typo}" in done.stderr
    assert not typo.exists()


def damage(data: Path) -> None:
    content = (data / "archive.db").read_bytes()
    (data / "archive.db").write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def test_a_damaged_archive_is_one_line(configuration: Path, data: Path) -> None:
    damage(data)
    done = CliRunner().invoke(main, ["--data", str(data), "notify", "--config", str(configuration)])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("Error: ") and "malformed" in done.stderr


def test_a_crawl_says_why_it_failed_also_where_nobody_can_be_told(configuration: Path, data: Path) -> None:
    damage(data)
    done = CliRunner().invoke(
        main, ["--data", str(data), "crawl", "http://127.0.0.1:8009/a", "--config", str(configuration)]
    )
    assert done.exit_code == 1
    notified, failed = done.stderr.splitlines()
    assert notified.startswith("[notify] failed: ") and "malformed" in notified
    assert failed.startswith("Error: ")


def test_a_crawl_that_can_make_no_archive_says_so_in_one_line(configuration: Path) -> None:
    arguments = ["--data", "/proc/jianbao", "crawl", "http://127.0.0.1:8009/a", "--config", str(configuration)]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("Error: cannot write to /proc/jianbao: ")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('smtp_password = "hunter2"', "smtp_password"),
        ('webhook = "ftp://x"', "webhook"),
        ('mail_to = ["nobody"]', "mail_to"),
        ('format = "telegram"', "format"),
        ('chat = "x"', "chat"),
    ],
)
def test_a_wrong_key_is_named_without_its_secret(tmp_path: Path, line: str, wrong: str) -> None:
    file = tmp_path / "jianbao.toml"
    file.write_text(f"[notify]\n{line}\n", "utf-8")
    done = CliRunner().invoke(main, ["notify", "--config", str(file)])
    assert done.exit_code == 1
    assert "line 2" in done.stderr and wrong in done.stderr
    assert "hunter2" not in done.stderr
