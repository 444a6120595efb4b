"""A finding reaches whoever is named, once, in the words of his chat service; no secret is shown when it does not."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive import open_archive
from archive.health import open_findings
from crawler.configuration import NotifySettings
from jianbao.cli import main
from jianbao.notify.channels import send
from jianbao.notify.messages import message_for_test, tell_of
from jianbao.notify.telling import tell

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


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(received.status)
            self.end_headers()
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


def _take_mail(stream: Any, mails: list[bytes]) -> None:
    def say(line: bytes) -> None:
        stream.write(line + b"\r\n")
        stream.flush()

    say(b"220 ready")
    while line := stream.readline():
        if line.upper().startswith(b"DATA"):
            say(b"354 go on")
            body = b"".join(iter(stream.readline, b".\r\n"))
            mails.append(body)
        say(b"221 bye" if line.upper().startswith(b"QUIT") else b"250 ok")


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
