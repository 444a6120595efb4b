"""The pages of one sample site, in its theme."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from jianbao.demo.catalogue import Catalogue, Entry, excerpt
from jianbao.demo.truth import contact_lines, posted_by

TEMPLATES = Path(__file__).parent / "templates"
SIDEBAR = 10
"""Articles in each list of the side bar and on the home page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page says that is different at every fetch."""

    views: int
    """The view counter."""
    published_raw: str
    """The date with the words around it (`1年前 (2024-09-27)`); on the twin the bare date."""


class Pages:
    """Writes the HTML of one site's pages."""

    def __init__(self, catalogue: Catalogue, *, base: str, neighbour: str) -> None:
        self._catalogue = catalogue
        self._base = base
        self._neighbour = neighbour
        """Address of the other sample site, for the footer: off the site, so no crawl goes there."""

    def article(self, entry: Entry, shown: Shown, *, shuffle: random.Random | None) -> str:
        """An article's page; with `shuffle`, related articles and the side bar in random order."""
        related, newest = list(entry.related), self._catalogue.newest()
        if shuffle:
            shuffle.shuffle(related)
            shuffle.shuffle(newest)
        siblings = self._catalogue.newest(entry.story.category)
        place = siblings.index(entry) if entry in siblings else 0
        return self._render(
            "article",
            newest,
            entry=entry,
            story=entry.story,
            shown=shown,
            posted_by=posted_by(entry, self._catalogue),
            contacts=contact_lines(entry, self._catalogue),
            related=related,
            newer=siblings[place - 1] if place > 0 else None,
            older=siblings[place + 1] if place + 1 < len(siblings) else None,
        )

    def listing(self, category: str, number: int) -> str | None:
        """Page `number` (from 1) of a category; None when there is no such page."""
        size = self._catalogue.facts.page_size
        entries = self._catalogue.newest(category)
        last = -(-len(entries) // size)
        if not 1 <= number <= last:
            return None
        shown = entries[(number - 1) * size : number * size]
        return self._render(
            "listing", self._catalogue.newest(), category=category, entries=shown, number=number, last=last
        )

    def home(self) -> str:
        """The home page."""
        newest = self._catalogue.newest()
        by_category = {name: self._catalogue.newest(name) for name in self._catalogue.facts.categories}
        return self._render("home", newest, entries=newest[:SIDEBAR], by_category=by_category)

    def missing(self) -> str:
        """What the site answers where there is nothing."""
        return self._render("missing", self._catalogue.newest())

    def _render(self, name: str, newest: Sequence[Entry], **values: object) -> str:
        template = load_template(f"{self._catalogue.site}/{name}.html")
        tags = sorted({tag for entry in self._catalogue.entries for tag in entry.story.tags})
        return template.render(
            site=self._catalogue.facts,
            base=self._base,
            neighbour=self._neighbour,
            newest=newest[:SIDEBAR],
            hottest=sorted(newest, key=lambda entry: -entry.story.views)[:SIDEBAR],
            tags=tags[: 2 * SIDEBAR],
            excerpt=excerpt,
            **values,
        )


@cache
def load_template(name: str) -> Template:
    """One of the templates."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def relative_date(published: date, today: date, *, in_days: bool) -> str:
    """How long ago that was, in the words of a content farm: `1年前`, `5个月前`, or always in days."""
    days = (today - published).days
    if days >= 365 and not in_days:
        return f"{days // 365}年前"
    if days >= 30 and not in_days:
        return f"{days // 30}个月前"
    return f"{days}天前" if days > 0 else "今天"


def show(entry: Entry, *, site: str, visits: int, today: date) -> Shown:
    """The counter and the date words of an article at a visit, the first of which is number 0."""
    published = entry.story.published
    words = relative_date(published, today, in_days=visits % 2 == 1)
    return Shown(
        views=entry.story.views + visits,
        published_raw=f"{words} ({published})" if site == "main" else published.isoformat(),
    )
