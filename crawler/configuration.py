"""What the user configured: `jianbao.toml` as frozen values. docs/configuration.md has every key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from archive.records import Selectors
from archive.refresh import Refresh
from crawler.sites import site_of
from crawler.values import (
    Check,
    a_choice,
    a_contact,
    a_mail_address,
    a_name,
    a_number,
    a_schedule,
    a_secret,
    a_selector,
    a_timezone,
    a_whole_number,
    an_address_or_secret,
    hosts,
    mail_addresses,
    urls,
    words,
)

FILE_NAME = "jianbao.toml"
"""The file that is read from the working directory."""


class ConfigurationError(Exception):
    """The file cannot be used; the message names file, line and key, and says in one line what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """One `[[site]]`: what is asked for on a site, and how."""

    name: str
    """What it is called on the command line and in the column `site`; no other site has it."""
    start: tuple[str, ...]
    """URLs of articles, listings, feeds and sitemaps, all told apart by themselves. At least one."""
    hosts: tuple[str, ...] = ()
    """Hosts that belong to the site, with the port where it is not the scheme's own. Empty: whatever shares the
    registered domain of a start."""
    depth: int = 1
    """Links followed from a start: 1 is the articles that a listing names, or the related ones of an article."""
    delay: float = 1.0
    """Seconds between two requests, at least; a longer Crawl-delay of the site's own wins."""
    concurrency: int = 1
    """Requests under way at a time."""
    turns: int = 20
    """Pages of one listing that are turned to in one run, as long as they name articles that are new."""
    refresh: Refresh = "due"
    """Which known articles are asked for again."""
    every: str | None = None
    """When `jianbao schedule` crawls it: `30m`, `6h`, `1d`, or five fields of cron. None: never."""
    timezone: str | None = None
    """Time zone of the hours in `every`, such as `Asia/Shanghai`. None: that of the machine."""
    max_pages: int | None = None
    """Pages of this site asked for in one run; None is no limit."""
    max_minutes: float | None = None
    """Minutes that one run asks this site for pages; None is no limit."""
    bad_certificates: Literal["refuse", "flag"] = "refuse"
    """What becomes of pages from a host whose certificate does not verify."""
    selectors: Selectors | None = None
    """Where on the page things stand, where the generic reading fails; None: it does not."""

    @property
    def all_hosts(self) -> tuple[str, ...]:
        """The hosts of `hosts` and of the starts, no host twice."""
        return tuple(dict.fromkeys((*self.hosts, *map(site_of, self.start))))


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlerSettings:
    """`[crawler]`: what holds for every site together."""

    contact: str | None = None
    """A web or mail address of whoever runs the crawl, sent in the User-Agent. None: only the product is named."""
    timeout: float = 30.0
    """Seconds until a response has to be there in full, so that a slow drip ends too."""
    max_body: float = 10.0
    """Megabytes of one response, also after decompression."""
    max_pages: int | None = None
    """Pages asked for in one run; None is no limit."""
    max_minutes: float | None = None
    """Minutes until a run takes up no further page; None is no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """`[notify]`: who is told, and how, when something is not as usual. Without one of the three ways, nobody is."""

    webhook: str | None = None
    """Where the message is posted to; `env:NAME` or `file:PATH` where the address itself is a secret."""
    format: Literal["json", "wecom", "dingtalk", "feishu", "slack"] = "json"
    """What the receiver takes: plain JSON, or the text message of a chat service."""
    webhook_secret: str | None = None
    """`env:NAME` or `file:PATH`, where the secret stands with which DingTalk or Feishu wants messages signed."""
    mail_to: tuple[str, ...] = ()
    """Mail addresses of those who are told."""
    mail_from: str | None = None
    """The sender. None: the user of the mail server."""
    smtp_host: str = "localhost"
    """The mail server."""
    smtp_port: int = 587
    """Its port."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is secured; `none` is for a server on this machine."""
    smtp_user: str | None = None
    """Who logs in; None: nobody does."""
    smtp_password: str | None = None
    """`env:NAME` or `file:PATH`, where the password stands: never the password itself."""
    command: tuple[str, ...] = ()
    """A command and its arguments, which gets the message on standard input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A `jianbao.toml`; without one, all is as it is by default."""

    sites: tuple[SiteSettings, ...] = ()
    """The `[[site]]` tables, in the file's order."""
    crawler: CrawlerSettings = field(default_factory=CrawlerSettings)
    """The `[crawler]` table."""
    notify: NotifySettings = field(default_factory=NotifySettings)
    """The `[notify]` table."""

    @property
    def selectors(self) -> dict[str, Selectors]:
        """The selectors of the sites that have any, by name."""
        return {site.name: site.selectors for site in self.sites if site.selectors}


_SITE: dict[str, Check] = {
    "name": a_name,
    "start": urls,
    "hosts": hosts,
    "depth": a_whole_number(0, 20),
    "delay": a_number(0, 3600),
    "concurrency": a_whole_number(1, 16),
    "turns": a_whole_number(0, 10_000),
    "refresh": a_choice("due", "all", "new"),
    "every": a_schedule,
    "timezone": a_timezone,
    "max_pages": a_whole_number(1, 10_000_000),
    "max_minutes": a_number(0.01, 100_000),
    "bad_certificates": a_choice("refuse", "flag"),
}
_SELECTORS: dict[str, Check] = dict.fromkeys(Selectors.__dataclass_fields__, a_selector)
_CRAWLER: dict[str, Check] = {
    "contact": a_contact,
    "timeout": a_number(1, 3600),
    "max_body": a_number(0.1, 1000),
    "max_pages": a_whole_number(1, 10_000_000),
    "max_minutes": a_number(0.01, 100_000),
}
_NOTIFY: dict[str, Check] = {
    "webhook": an_address_or_secret,
    "webhook_secret": a_secret,
    "format": a_choice("json", "wecom", "dingtalk", "feishu", "slack"),
    "mail_to": mail_addresses,
    "mail_from": a_mail_address,
    "smtp_host": a_name,
    "smtp_port": a_whole_number(1, 65_535),
    "smtp_security": a_choice("starttls", "tls", "none"),
    "smtp_user": a_name,
    "smtp_password": a_secret,
    "command": words,
}


def read_configuration(path: Path) -> Configuration:
    """Read a configuration file. Raises ConfigurationError."""
    try:
        text = path.read_text("utf-8-sig")  # Windows editors put a byte order mark before it
        document = tomllib.loads(text)
    except FileNotFoundError as error:
        why = f"there is no {path}: `jianbao init` writes one, or name yours with --config"
        raise ConfigurationError(why) from error
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not saved as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path}{_no_toml(str(error), text)}") from error
    return _Reader(path, text).read(document)


_TOML_ERROR = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")


def _no_toml(said: str, text: str) -> str:
    """What tomllib said, with line and key in the places that they have in the other errors."""
    match = _TOML_ERROR.fullmatch(said)
    if match is None:
        return f": {said}"
    lines = text.split("\n")
    line = int(match[2] or len(lines))
    key = _KEY.match(lines[line - 1])
    what = "is there twice" if match[1] == "Cannot overwrite a value" else match[1]
    return f", line {line}: {key[1]}: {what}" if key else f", line {line}: {what}"


class _Reader:
    """Makes values of a parsed file, and knows the line of whatever is wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def read(self, document: dict[str, Any]) -> Configuration:
        self._refuse_unknown(document, ("site", "crawler", "notify"), "", 0)
        tables = document.get("site", [])
        if not isinstance(tables, list):
            raise self._error("is to be written [[site]], in double brackets", "site", 0, "")
        crawler = CrawlerSettings(**self._checked(document.get("crawler", {}), _CRAWLER, "crawler", 0))
        notify = self._read_notify(document.get("notify", {}))
        sites = tuple(self._read_site(table, number) for number, table in enumerate(tables))
        for number, site in enumerate(sites):
            if site.name in (other.name for other in sites[:number]):
                raise self._error(f"another site is called {site.name!r} already", "site", number, "name")
        return Configuration(sites=sites, crawler=crawler, notify=notify)

    def _read_notify(self, table: Any) -> NotifySettings:
        notify = NotifySettings(**self._checked(table, _NOTIFY, "notify", 0))
        if notify.webhook_secret and notify.format not in ("dingtalk", "feishu"):
            raise self._error('is for format = "dingtalk" or "feishu" alone', "notify", 0, "webhook_secret")
        return notify

    def _read_site(self, table: Any, number: int) -> SiteSettings:
        selectors = table.pop("selectors", None) if isinstance(table, dict) else None
        values = self._checked(table, _SITE, "site", number)
        for key in ("name", "start"):
            if key not in values:
                raise self._error("is missing", "site", number, key)
        if selectors is not None:
            values["selectors"] = Selectors(**self._checked(selectors, _SELECTORS, "site.selectors", number))
        return SiteSettings(**values)

    def _checked(self, table: Any, checks: Mapping[str, Check], name: str, number: int) -> dict[str, Any]:
        """The values of a table's keys, each as its check returns it."""
        if not isinstance(table, dict):
            raise self._error("is to be a table", name, number, "")
        self._refuse_unknown(table, checks, name, number)
        values = {}
        for key, value in table.items():
            try:
                values[key] = checks[key](value)
            except ValueError as error:
                raise self._error(str(error), name, number, key) from error
        return values

    def _refuse_unknown(self, table: dict[str, Any], known: Any, name: str, number: int) -> None:
        more = ", selectors" if name == "site" else ""  # a table, read apart
        for key in table:
            if key not in known:
                what = f"there is no such key; there are {', '.join(known)}{more}"
                raise self._error(what, name, number, key)

    def _error(self, what: str, table: str, number: int, key: str) -> ConfigurationError:
        """`jianbao.toml, line 3: [[site]] depth: is to be a whole number`."""
        shown = {"site": "[[site]]", "": ""}.get(table, f"[{table}]")
        line = find_line(self._lines, table, number, key)
        return ConfigurationError(f"{self._path}, line {line}: {' '.join(filter(None, (shown, key)))}: {what}")


_HEADER = re.compile(r"\s*\[{1,2}\s*([\w.\s]+?)\s*\]{1,2}\s*(?:#.*)?$")


def find_line(lines: list[str], table: str, number: int, key: str) -> int:
    """The line, from 1, of a key in the `number`th table of a name; that of the table where the key is on none.

    A parsed file no longer tells, and what is found here is only shown to a person. `[site.selectors]` counts
    with the `[[site]]` that it belongs to.
    """
    current, sites, found = "", -1, 1
    wanted = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]") if key else None
    for at, line in enumerate(lines, 1):
        header = _HEADER.match(line)
        if header:
            current = header[1]
            sites += current == "site"
        here = current == table and (sites == number or not table.startswith("site"))
        if here and header:
            found = at
            if wanted is None:
                return at
        named = wanted is not None and (wanted.match(line) if here else not table and header and current == key)
        if named:
            return at
    return found
