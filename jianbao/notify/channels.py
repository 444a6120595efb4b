"""The ways a message takes: a webhook in the words of a chat service, a mail, a command."""

from __future__ import annotations

import base64
import hmac
import json
import os
import smtplib
import ssl
import stat
import subprocess
import threading
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx

from crawler.configuration import NotifySettings
from jianbao.notify.messages import Message

TIMEOUT = 20.0
"""Seconds that a message may take; nobody waits for it, but a crawl that has ended does."""
PAUSES = (2.0, 8.0)
"""Seconds before a message that met a receiver in trouble is sent again. After the last, the next run sends it."""


class NotSent(Exception):
    """A message did not arrive; the text says why in one line, without any secret."""

    def __init__(self, why: str, *, for_now: bool = False) -> None:
        super().__init__(why)
        self.for_now = for_now
        """Whether it may arrive when it is sent again."""


_PAYLOADS: dict[str, Callable[[Message], dict[str, Any]]] = {
    "json": lambda message: {"subject": message.subject, "text": message.text, "findings": list(message.facts)},
    "wecom": lambda message: {"msgtype": "text", "text": {"content": _cut(message, 2_000)}},
    "dingtalk": lambda message: {"msgtype": "text", "text": {"content": _cut(message, 18_000)}},
    "feishu": lambda message: {"msg_type": "text", "content": {"text": _cut(message, 18_000)}},
    "slack": lambda message: {"text": _cut(message, 18_000)},
}
"""What each service takes for a message in plain text. WeCom refuses more than 2,048 bytes of content, DingTalk and
Feishu more than 20,000 of a whole request, and Slack cuts at 40,000 characters: a refused message would be refused anew
at every run, as what did not arrive is told again."""
_ERROR_KEYS = ("errcode", "code", "StatusCode")
"""Where the services say in an answer of status 200 that they have refused the message."""


Way = Callable[[Message, NotifySettings], None]
"""Sends a message. Raises NotSent."""


def ways_of(settings: NotifySettings) -> dict[str, Way]:
    """The ways that are set, by name."""
    ways: dict[str, Way] = {}
    if settings.webhook:
        ways["webhook"] = _send_to_webhook
    if settings.mail_to:
        ways["mail"] = _send_mail
    if settings.command:
        ways["command"] = _run_command
    return ways


def send(message: Message, settings: NotifySettings) -> dict[str, str | None]:
    """Send a message on every way that is set; each way with why it did not arrive, None where it did."""
    return {name: _send_patiently(way, message, settings) for name, way in ways_of(settings).items()}


def _send_patiently(way: Way, message: Message, settings: NotifySettings) -> str | None:
    for pause in (*PAUSES, None):
        try:
            _within_time(way, message, settings)
        except NotSent as error:
            if pause is None or not error.for_now:
                return str(error)
            time.sleep(pause)
        else:
            return None
    return None


def _within_time(way: Way, message: Message, settings: NotifySettings) -> None:
    """Send, and give up when the time is over: timeouts of sockets begin anew with every byte that drips in."""
    outcome: list[NotSent | None] = []

    def send_it() -> None:
        try:
            way(message, settings)
            outcome.append(None)
        except NotSent as error:
            outcome.append(error)

    thread = threading.Thread(target=send_it, daemon=True)
    thread.start()
    thread.join(TIMEOUT)
    if not outcome:
        raise NotSent(f"no end after {TIMEOUT:.0f} seconds")  # it may have arrived: no second one right away
    if outcome[0]:
        raise outcome[0]


def _whole(message: Message) -> str:
    return f"{message.subject}\n{message.text}"


def _cut(message: Message, most: int) -> str:
    """The whole message, or its first lines with where the others are, in at most so many bytes of UTF-8."""
    text, more = _whole(message), "\n… jianbao status"
    if len(text.encode()) <= most:
        return text
    kept = text.encode()[: most - len(more.encode())].decode(errors="ignore")
    return kept.rpartition("\n")[0] + more


def _send_to_webhook(message: Message, settings: NotifySettings) -> None:
    # The address holds the key of the chat robot: no error may show it.
    try:
        url = httpx.URL(read_secret(settings.webhook or ""))
        payload = _PAYLOADS[settings.format](message)
        if settings.webhook_secret:
            url, payload = _sign(url, payload, settings.format, read_secret(settings.webhook_secret))
        answer = httpx.post(url, json=payload, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotSent(_why(error), for_now=isinstance(error, httpx.TransportError)) from None
    if answer.status_code >= 300:
        raise NotSent(f"status {answer.status_code}", for_now=answer.status_code >= 500 or answer.status_code == 429)
    try:
        said = answer.json()
    except ValueError:
        return
    if isinstance(said, dict) and any(said.get(key) not in (None, 0, "0") for key in _ERROR_KEYS):
        raise NotSent(f"refused: {json.dumps(said, ensure_ascii=False)[:200]}")


def _why(error: Exception) -> str:
    """What happened, in words that do not show the address."""
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.ConnectError):
        return "no connection to its host"
    return type(error).__name__


def _sign(
    url: httpx.URL, payload: dict[str, Any], service: str, secret: str, now: float | None = None
) -> tuple[httpx.URL, dict[str, Any]]:
    """The address and the message with the signature that DingTalk (加签) or Feishu (签名校验) asks for.

    The configuration lets no other service have a secret. `now` is in seconds since 1970; None is the present.
    """
    seconds = int(now or time.time())
    if service == "dingtalk":
        stamp = str(seconds * 1000)
        digest = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
        return url.copy_merge_params({"timestamp": stamp, "sign": base64.b64encode(digest).decode()}), payload
    digest = hmac.digest(f"{seconds}\n{secret}".encode(), b"", "sha256")
    return url, payload | {"timestamp": str(seconds), "sign": base64.b64encode(digest).decode()}


def _send_mail(message: Message, settings: NotifySettings) -> None:
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = settings.mail_from or settings.smtp_user or f"jianbao@{settings.smtp_host}"
    mail["To"] = ", ".join(settings.mail_to)
    mail.set_content(message.text or message.subject)
    try:
        context = ssl.create_default_context()
        host, port = settings.smtp_host, settings.smtp_port
        if settings.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT)
        with server:
            if settings.smtp_security == "starttls":
                server.starttls(context=context)
            if settings.smtp_user:
                server.login(settings.smtp_user, read_secret(settings.smtp_password or ""))
            server.send_message(mail)
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"the server answered {error.smtp_code}", for_now=400 <= error.smtp_code < 500) from None
    except (smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError) as error:
        raise NotSent(getattr(error, "strerror", None) or type(error).__name__, for_now=True) from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(getattr(error, "strerror", None) or type(error).__name__) from None


def _run_command(message: Message, settings: NotifySettings) -> None:
    """The message is on the command's standard input, the subject in JIANBAO_SUBJECT: no shell reads either."""
    try:
        done = subprocess.run(
            settings.command,
            input=_whole(message),
            text=True,
            capture_output=True,
            timeout=TIMEOUT,
            env=os.environ | {"JIANBAO_SUBJECT": message.subject},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotSent(type(error).__name__) from None
    if done.returncode != 0:
        raise NotSent(f"exit status {done.returncode}")


def read_secret(value: str) -> str:
    """A setting that may stand elsewhere: `env:NAME` in the environment, `file:PATH` in a file that is the user's own.

    Raises NotSent.
    """
    kind, _, name = value.partition(":")
    if kind == "env":
        if name not in os.environ:
            raise NotSent(f"{name} is not set in the environment")
        return os.environ[name]
    if kind != "file":
        return value
    try:
        file = Path(name).expanduser()
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise NotSent(f"{name} can be read by others: chmod 600 it")
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise NotSent(f"{name}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise NotSent(f"{name}: is not UTF-8") from None  # the error holds the secret
