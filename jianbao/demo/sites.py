"""The facts of the two sample sites, as `articles/sites.toml` states them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from jianbao.demo.stories import ARTICLES

SiteName = Literal["main", "twin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """How one related link of an article differs from a plain link to its target."""

    article: int
    """Index of the article that carries the link."""
    position: int
    """Position of the link, from 1."""
    href: str
    """What the link says; `{path}` and `{number}` are the target's."""
    title: str = ""
    """With `snippet`: the link leads to no article at all, and this is what it prints."""
    snippet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What a site prints around its articles, and how it addresses them."""

    name: str
    slogan: str
    article_path: str
    first_number: int
    page_size: int
    """Articles on one page of a listing."""
    icp: str
    editor: str
    """The editor line below every article; empty for none."""
    share: str
    copyright: tuple[str, ...]
    contacts: tuple[tuple[str, ...], ...]
    """Contact blocks, of which the articles take turns, one line each."""
    adverts: tuple[str, ...]
    """What generated articles have put into their text."""
    categories: dict[str, str]
    """Slug of each category, by its name."""
    quirks: tuple[Quirk, ...] = ()


@cache
def read_facts(site: SiteName) -> SiteFacts:
    """The facts of one site."""
    table: dict[str, Any] = tomllib.loads((ARTICLES / "sites.toml").read_text(encoding="utf-8"))[site]
    return SiteFacts(
        **{
            **table,
            "copyright": tuple(table["copyright"]),
            "contacts": tuple(tuple(lines) for lines in table["contacts"]),
            "adverts": tuple(table["adverts"]),
            "quirks": tuple(Quirk(**quirk) for quirk in table.get("quirks", ())),
        }
    )
