"""What a value in the configuration has to be: functions that return it, or raise ValueError with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from cssselect import SelectorError
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from crawler.sites import site_of
from crawler.urls import why_refused

Check = Callable[[Any], Any]
"""Value as TOML gives it -> value as the crawler uses it. Raises ValueError."""

_DURATION = re.compile(r"[1-9]\d{0,4}[mhd]")
_CRON_FIELD = re.compile(r"[\d*/,a-z-]+", re.I)
_MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+")


def a_name(value: Any) -> str:
    """A name that fits on a line of a table and of a shell."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > 60:
        raise ValueError("is to be a text of 1 to 60 characters")
    return value.strip()


def urls(value: Any) -> tuple[str, ...]:
    """At least one web address."""
    texts = _texts(value)
    if not texts:
        raise ValueError("is to hold at least one address")
    for url in texts:
        if why_refused(url) or re.search(r"\s", url):
            raise ValueError(f"{url!r} is no web address with http:// or https://")
    return texts


def hosts(value: Any) -> tuple[str, ...]:
    """Host names, a port behind them where it is not the scheme's own."""
    found = []
    for host in _texts(value):
        try:
            parts = urlsplit(f"//{host}")
            found.append(site_of(f"http://{host}"))
        except ValueError:
            parts = urlsplit("")
        if parts.netloc != host or "@" in host or not re.fullmatch(r"[^\s]+", host):
            raise ValueError(f"{host!r} is no host name such as m.example.com")
    return tuple(found)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError('is to be a list of texts, as in ["…", "…"]')
    return tuple(value)


def a_whole_number(least: int, most: int) -> Check:
    """A whole number within bounds, both of them allowed."""

    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:  # True is an int as well
            raise ValueError(f"is to be a whole number from {least:,} to {most:,}, not {value!r}")
        return value

    return check


def a_number(least: float, most: float) -> Check:
    """A number within bounds, both of them allowed."""

    def check(value: Any) -> float:
        if type(value) not in (int, float) or not least <= value <= most:  # of NaN neither is true
            raise ValueError(f"is to be a number from {least:,} to {most:,}, not {value!r}")
        return float(value)

    return check


def a_choice(*choices: str) -> Check:
    """One of a few words."""

    def check(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"is to be one of {', '.join(choices)}, not {value!r}")
        return str(value)

    return check


def a_schedule(value: Any) -> str:
    """A span of time, or the five fields of cron. The schedule itself looks closer."""
    if isinstance(value, str):
        fields = value.split()
        if _DURATION.fullmatch(value) or (len(fields) == 5 and all(map(_CRON_FIELD.fullmatch, fields))):
            return value
    raise ValueError(f'is to be a span such as "30m", "6h", "1d", or cron such as "0 6 * * *", not {value!r}')


def a_timezone(value: Any) -> str:
    """A time zone of the IANA database."""
    if isinstance(value, str) and value in available_timezones():
        return value
    raise ValueError(f"is to be a time zone such as Asia/Shanghai, not {value!r}")


def a_contact(value: Any) -> str:
    """A web or mail address, in characters that a header may hold."""
    plain = isinstance(value, str) and value.isascii() and value.isprintable() and not re.search(r"[\s()<>]", value)
    if plain and (_MAIL.fullmatch(value) or not why_refused(value)):
        return str(value)
    raise ValueError(f"is to be a web or mail address, not {value!r}")


def a_selector(value: Any) -> str:
    """A CSS selector, or an XPath expression, which begins with a slash or `./`; returned as XPath."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("is to be a CSS selector, or an XPath that begins with /")
    try:
        path = value if value.lstrip().startswith(("/", "./", "(")) else HTMLTranslator().css_to_xpath(value)
        etree.XPath(path)
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(f"{value!r} is no selector: {error}") from error
    return path


def a_secret(value: Any) -> str:
    """Where a secret stands: `env:NAME` or `file:PATH`."""
    if isinstance(value, str) and re.fullmatch(r"(?:env|file):\S.*", value):
        return value
    raise ValueError('is to say where it stands, as "env:NAME" or "file:PATH"')  # without what was written there


def an_address_or_secret(value: Any) -> str:
    """A web address, or where it stands."""
    if isinstance(value, str) and (re.fullmatch(r"https?://\S+", value) or re.fullmatch(r"(?:env|file):\S.*", value)):
        return value
    raise ValueError('is to be an address with http:// or https://, or where it stands, as "env:NAME" or "file:PATH"')


def a_mail_address(value: Any) -> str:
    """A mail address."""
    if isinstance(value, str) and value.isprintable() and _MAIL.fullmatch(value):
        return value
    raise ValueError(f"is to be a mail address, not {value!r}")


def mail_addresses(value: Any) -> tuple[str, ...]:
    """Mail addresses, at least one."""
    addresses = tuple(map(a_mail_address, _texts(value)))
    if not addresses:
        raise ValueError("is to hold at least one address")
    return addresses


def words(value: Any) -> tuple[str, ...]:
    """A command and its arguments, each a text of its own."""
    found = _texts(value)
    if not found:
        raise ValueError('is to be a list of texts, as in ["notify-send", "jianbao"]')
    return found
