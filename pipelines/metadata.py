"""What the page's head says for machines: description, dates, canonical address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml import html

from archive.urls import canonical_url
from pipelines.blocks import fold
from pipelines.dates import ShownDate, parse_machine_date
from pipelines.lists import has_list_address

_DATE_NAMES = (
    "article:published_time",
    "og:published_time",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "datepublished",
    "og:release_date",
    "weibo:article:create_at",
    "bytedance:published_time",
    "dc.date.issued",
    "_pubtime",
)
"""Names under which Chinese sites put the date of publication, the most trusted first."""

_LD_DATE = re.compile(r'"(?:datePublished|pubDate)"\s*:\s*"([^"]{8,40})"')
_LD_AUTHOR = re.compile(r'"author"\s*:\s*(?:\[\s*)?(?:\{[^{}]{0,200}?"name"\s*:\s*)?"([^"]{2,40})"')
_DATE_WORD = re.compile(r"date|time|pub", re.I)
_STATE = re.compile(
    r"""["']?(?:pub(?:lish|lished)?_?(?:time|date|at)|post_?time|create_?(?:time|at)|ctime|release_?(?:time|date))["']?"""
    r"""\s*[:=]\s*["'](20\d\d[-/.年][^"']{3,24})["']""",
    re.I,
)
"""A date of publication in the data that a script carries."""
_PART = re.compile(
    r"(?:index|page|comment-page)[_/-]?\d{1,3}(?:\.s?html?)?/?|\d{1,2}/|(?:amp|print|embed)/?|(?:index|default)\.\w{2,5}"
)
"""What stands behind an article's own address in that of a further part, its comments, or the same in another form."""
_IN_ADDRESS = re.compile(r"(?<!\d)(20\d\d)[-/_]?(1[0-2]|0[1-9])[-/_]?(3[01]|[12]\d|0[1-9])(?!\d)")
_TITLE_PARTS = re.compile(r"\s*[_|｜]+\s*|\s*--+\s*|\s+[-–—·•]\s+|(?<![0-9A-Za-z])[-–—](?![0-9A-Za-z])")
MAX_LD = 100_000
"""Characters of a script that are looked at."""


def _metas(root: html.HtmlElement) -> Iterator[tuple[str, str]]:
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = fold(element.get("content") or "")
        if name and content:
            yield name.lower(), content


def read_description(root: html.HtmlElement) -> str | None:
    """The page's own abstract: meta description, else og:description."""
    metas = dict(reversed(list(_metas(root))))
    return metas.get("description") or metas.get("og:description")


def read_machine_date(root: html.HtmlElement) -> ShownDate | None:
    """The date of publication that the head or JSON-LD states."""
    metas = dict(reversed(list(_metas(root))))
    for name in _DATE_NAMES:
        if name in metas and (found := parse_machine_date(metas[name])):
            return found
    for text in _linked_data(root):
        stated = _LD_DATE.search(text)
        if stated and (found := parse_machine_date(stated[1])):
            return found
    return None


def read_named_dates(root: html.HtmlElement, url: str) -> set[str]:
    """Every date that the page states for machines, in its head, its scripts, its address: ISO dates.

    Any may be that of a change, of a template, of another article: they only tell the year of a day that is shown.
    """
    named = [content for name, content in _metas(root) if _DATE_WORD.search(name)]
    named += [element.get("datetime") or "" for element in root.iter("time")]
    for script in root.iter("script"):
        text = (script.text or "")[:MAX_LD]
        named += [match[1] for match in _STATE.finditer(text)]
    named += ["-".join(match.groups()) for match in _IN_ADDRESS.finditer(url)]
    return {found.iso for value in named if (found := parse_machine_date(value))}


def read_date_in_address(url: str) -> str | None:
    """The only date in the address of the page, as an ISO date."""
    found = {"-".join(match.groups()) for match in _IN_ADDRESS.finditer(url)}
    return found.pop() if len(found) == 1 else None


def read_authors(root: html.HtmlElement) -> list[str]:
    """Who the head names as author: an account as often as a person, and as often nobody.

    article:author is left out: portals put the paper there that a text is copied from.
    """
    named = [content for name, content in _metas(root) if name == "author"]
    return named + [match[1] for text in _linked_data(root) if (match := _LD_AUTHOR.search(text))]


def read_site_names(root: html.HtmlElement) -> set[str]:
    """What the page calls its site: in its head, and as the last part of its title."""
    metas = dict(reversed(list(_metas(root))))
    names = {metas[name] for name in ("og:site_name", "application-name") if name in metas}
    title = next((fold("".join(element.itertext())) for element in root.iter("title")), "")
    parts = [part for part in _TITLE_PARTS.split(title[:200]) if part]
    return names | ({parts[-1]} if len(parts) > 1 else set())


def _linked_data(root: html.HtmlElement) -> Iterator[str]:
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            yield (script.text or "")[:MAX_LD]


def read_address(root: html.HtmlElement, url: str) -> str:
    """The article's canonical URL: rel=canonical where it is same-site and sane, else the address it came from.

    Many sites point every page's rel=canonical at the home page, or that of a section: all of their articles would be
    one.
    """
    own = canonical_url(url)
    for link in root.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and link.get("href"):
            stated = link.get("href").strip()
            if stated == own:
                break
            try:
                named = urlsplit(urljoin(url, stated))
            except ValueError:
                break
            target = canonical_url(named.geturl())
            same_site = _site(named.hostname) == _site(urlsplit(url).hostname)
            if named.scheme in ("http", "https") and same_site and not _is_around(target, own):
                return target
            break
    return own


def _is_around(target: str, own: str) -> bool:
    """Whether an address is that of a list, or of a folder in which a page stands that is no further part of what
    stands there by itself."""
    folder, here = urlsplit(target).path or "/", urlsplit(own).path or "/"
    if has_list_address(target):
        return not has_list_address(own)
    if not folder.endswith("/") or urlsplit(target).query:
        return False
    behind = here.removeprefix(folder) if here.startswith(folder) else ""
    return bool(behind and not _PART.fullmatch(behind)) or (folder == "/" and own != target)


def _site(host: str | None) -> str:
    """The host without the prefixes under which sites keep twins of themselves."""
    return re.sub(r"^(?:www|m|wap|3g|mobile)\.", "", (host or "").lower())
