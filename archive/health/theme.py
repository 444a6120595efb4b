"""Whether a site has changed its theme: pages that all were as expected, and from some moment on none."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Protocol

from sqlite_utils import Database

from archive.health.checks import Finding
from archive.health.findings import keep_findings

CHECK = "theme-changed"
IN_A_ROW = 8
"""Pages in a row of an old kind, and then of a new one: fewer may be articles of another template."""

_NUMBER = re.compile(r"\d+")


class ReadPage(Protocol):
    """An article page of a run."""

    @property
    def url(self) -> str: ...

    @property
    def fetched_at(self) -> str: ...

    @property
    def template(self) -> int | None: ...


def judge_theme(db: Database, site: str, pages: Sequence[ReadPage], *, known: int) -> Finding | None:
    """Judge a site by how the pages of a run were read, in the order in which they came: open a finding where it has
    another theme, or close it. `known` are the templates that were known when the run began."""
    if not pages:
        return None
    at = _turning_point(pages, known)
    finding = _finding(site, pages, at) if at is not None else None
    keep_findings(
        db,
        site,
        [finding] if finding else [],
        checks={CHECK},
        samples=[page.url for page in pages[at:]] if finding else None,
    )
    return finding


def _turning_point(pages: Sequence[ReadPage], known: int) -> int | None:
    """Index of the first page of the new theme, None where there is none."""
    if known:
        old: set[int | None] = set(range(1, known + 1))
    else:  # what the run itself began with
        begun = [page.template for page in pages[:IN_A_ROW] if page.template]
        if 2 * len(begun) <= IN_A_ROW:
            return None  # one page or another is never as expected
        old = set(begun)
    old |= {template for template in {page.template for page in pages} if _is_beside(pages, template, old)}
    last = max((i for i, page in enumerate(pages) if page.template in old), default=-1)
    after = pages[last + 1 :]
    if len(after) < IN_A_ROW:
        return None
    before = {_shape(page.url) for page in pages[: last + 1]}
    # Addresses of a new shape are another section. Where no page at all is as it was, it is the site.
    return last + 1 if not before or not before.isdisjoint(_shape(page.url) for page in after) else None


def _is_beside(pages: Sequence[ReadPage], template: int | None, old: Collection[int | None]) -> bool:
    """Whether a template is one of several side by side: there are pages as they were behind the first that is of it."""
    first = next(i for i, page in enumerate(pages) if page.template == template)
    return template is not None and sum(page.template in old for page in pages[first:]) >= IN_A_ROW


def _shape(url: str) -> str:
    """What the addresses of a section have in common."""
    return _NUMBER.sub("0", url)


def _finding(site: str, pages: Sequence[ReadPage], at: int) -> Finding:
    date = pages[at].fetched_at[:10]
    return Finding(
        site=site,
        check=CHECK,
        sentence=f"Theme changed on {date}: since then {len(pages) - at:,} pages in a row are not as they were.",
        figure=float(len(pages) - at),
        low=None,
        high=float(IN_A_ROW - 1),
        advice="Look at one of the new articles: the site was learned anew, `jianbao site` shows what.",
    )
