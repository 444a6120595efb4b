"""The ways a message takes: a webhook in the words of a chat service, a mail, a command."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import stat
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx

from crawler.configuration import NotifySettings
from jianbao.notify.messages import Message

TIMEOUT = 20.0
"""Seconds that a message may take; nobody waits for it, but a crawl that has ended does."""


class NotSent(Exception):
    """A message did not arrive; the text says why in one line, without any secret."""


_PAYLOADS: dict[str, Callable[[Message], dict[str, Any]]] = {
    "json": lambda message: {"subject": message.subject, "text": message.text, "findings": list(message.facts)},
    "wecom": lambda message: {"msgtype": "text", "text": {"content": _whole(message)}},
    "dingtalk": lambda message: {"msgtype": "text", "text": {"content": _whole(message)}},
    "feishu": lambda message: {"msg_type": "text", "content": {"text": _whole(message)}},
    "slack": lambda message: {"text": _whole(message)},
}
"""What each service takes for a message in plain text."""
_ERROR_KEYS = ("errcode", "code", "StatusCode")
"""Where the services say in an answer of status 200 that they have refused the message."""


def ways_of(settings: NotifySettings) -> dict[str, Callable[[Message, NotifySettings], None]]:
    """The ways that are set, by name."""
    ways: dict[str, Callable[[Message, NotifySettings], None]] = {}
    if settings.webhook:
        ways["webhook"] = _send_to_webhook
    if settings.mail_to:
        ways["mail"] = _send_mail
    if settings.command:
        ways["command"] = _run_command
    return ways


def send(message: Message, settings: NotifySettings) -> dict[str, str | None]:
    """Send a message on every way that is set; each way with why it did not arrive, None where it did."""
    outcome: dict[str, str | None] = {}
    for name, way in ways_of(settings).items():
        try:
            way(message, settings)
            outcome[name] = None
        except NotSent as error:
            outcome[name] = str(error)
    return outcome


def _whole(message: Message) -> str:
    return f"{message.subject}\n{message.text}"


def _send_to_webhook(message: Message, settings: NotifySettings) -> None:
    # The address holds the key of the chat robot: no error may show it.
    url = read_secret(settings.webhook or "")
    try:
        answer = httpx.post(url, json=_PAYLOADS[settings.format](message), timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotSent(type(error).__name__) from None
    if answer.status_code >= 300:
        raise NotSent(f"status {answer.status_code}")
    try:
        said = answer.json()
    except ValueError:
        return
    if isinstance(said, dict) and any(said.get(key) not in (None, 0, "0") for key in _ERROR_KEYS):
        raise NotSent(f"refused: {json.dumps(said, ensure_ascii=False)[:200]}")


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
        raise NotSent(f"the server answered {error.smtp_code}") from None
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
