"""One sample site's articles: where each is found, which it names as related, and what has become of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import count, islice
from threading import Lock

from jianbao.demo.generator import generate_stories, paragraph
from jianbao.demo.sites import Quirk, SiteFacts, SiteName, read_facts
from jianbao.demo.stories import ARTICLES, Story, load_stories, load_story

RELATED = 8
"""How many related articles each article names: at depth 2, the first one reaches 1 + 8 + 64 of them."""
SNIPPET_CHARS = 150
GENERATED: dict[SiteName, int] = {"main": 34, "twin": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The beginning of a text, as printed in lists and below related titles."""

    printed: str
    clean: str
    """The same less adverts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """One related article as a page names it."""

    href: str
    """The link as the page spells it."""
    path: str
    """The canonical path that it spells."""
    leads_to: str | None
    """Path of the article that answers; None when no article does or robots.txt forbids it."""
    title: str
    excerpt: Excerpt
    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article in its place on the site."""

    index: int
    path: str
    story: Story
    modified: datetime
    related: tuple[Related, ...] = ()


class Catalogue:
    """The articles of one site. Safe to read and change from several threads."""

    def __init__(self, site: SiteName) -> None:
        self.site = site
        self.facts = read_facts(site)
        self.forbidden: dict[str, Entry] = {}
        """Articles that robots.txt keeps crawlers away from, by path."""
        self.gone: dict[str, int] = {}
        """Status of each path that an article was removed from."""
        self._lock = Lock()
        stories = load_stories(site)
        stories += generate_stories(site, GENERATED[site], adverts=self.facts.adverts)
        self._entries = {entry.path: entry for entry in arrange_entries(stories, self.facts)}
        if site == "main":
            story = load_story(ARTICLES / "forbidden.toml")
            hidden = Entry(index=0, path=story.path or "", story=story, modified=noon(story))
            self.forbidden[hidden.path] = replace(hidden, related=self.entries[0].related)

    @property
    def entries(self) -> list[Entry]:
        """All articles that are there at present; the first is where a crawl starts."""
        with self._lock:
            return [entry for path, entry in self._entries.items() if path not in self.gone]

    def newest(self, category: str | None = None) -> list[Entry]:
        """The articles of a category (None: of all), newest first."""
        entries = [entry for entry in self.entries if category in (None, entry.story.category)]
        return sorted(entries, key=lambda entry: entry.story.published, reverse=True)

    def find(self, path: str) -> Entry | None:
        """The article at a path, forbidden ones included; None when there is none now."""
        with self._lock:
            return None if path in self.gone else self._entries.get(path) or self.forbidden.get(path)

    def edit(self, path: str, *, title: str | None, body: Sequence[str] | None) -> None:
        """Change an article's title or text. What other articles print of it stays as it was."""
        with self._lock:
            entry = self._entries[path]
            story = replace(entry.story, title=title or entry.story.title)
            if body is not None:
                story = replace(story, blocks=tuple(paragraph(line) for line in body))
            self._entries[path] = replace(entry, story=story, modified=datetime.now(UTC))

    def remove(self, path: str, status: int) -> None:
        """Answer a path with `status` (404 or 410) from now on."""
        with self._lock:
            self.gone[self._entries[path].path] = status

    def restore(self, path: str) -> None:
        """Bring a removed article back."""
        with self._lock:
            del self.gone[path]


def arrange_entries(stories: Sequence[Story], facts: SiteFacts) -> list[Entry]:
    """The stories in their places, each with the related articles it names."""
    entries = [
        Entry(index=index, path=path_of(index, story, facts), story=story, modified=noon(story))
        for index, story in enumerate(stories)
    ]
    return [replace(entry, related=relate(entry, entries, facts)) for entry in entries]


def path_of(index: int, story: Story, facts: SiteFacts) -> str:
    """Where an article is found on its site."""
    slug = facts.categories[story.category]
    number = facts.first_number + index
    return story.path or facts.article_path.format(number=number, slug=slug, date=story.published)


def noon(story: Story) -> datetime:
    """When a story that nobody edited was last modified."""
    return datetime.combine(story.published, time(12), UTC)


def relate(entry: Entry, entries: Sequence[Entry], facts: SiteFacts) -> tuple[Related, ...]:
    """What an article names as related: article i the eight from 8i+1 on, round and round, never itself."""
    quirks = {quirk.position: quirk for quirk in facts.quirks if quirk.article == entry.index}
    others = (entries[index % len(entries)] for index in count(entry.index * RELATED + 1))
    targets = islice((other for other in others if other is not entry), RELATED)
    return tuple(related_link(target, facts, quirks.get(position)) for position, target in enumerate(targets, 1))


def related_link(target: Entry, facts: SiteFacts, quirk: Quirk | None) -> Related:
    """The link to a related article, spelled as its quirk wants it."""
    if quirk and quirk.title:
        text = Excerpt(printed=quirk.snippet, clean=quirk.snippet)
        return Related(
            href=quirk.href,
            path=quirk.href,
            leads_to=None,
            title=quirk.title,
            excerpt=text,
            picture="chart",
        )
    pattern = quirk.href if quirk else "{path}"
    href = pattern.format(path=target.path, number=facts.first_number + target.index)
    return Related(
        href=href,
        path=target.path if "{path}" in pattern else href,
        leads_to=target.path,
        title=target.story.title,
        excerpt=excerpt(target.story),
        picture=target.story.picture,
    )


def excerpt(story: Story) -> Excerpt:
    """The beginning of a story as its page prints it: the lead twice where it is doubled, adverts and all."""
    parts = [(story.lead, False)] if story.doubled else []
    for block in story.blocks:
        parts += [(line, False) for line in block.lines]
        parts += [(block.removed, True)] if block.removed and block.kind != "editor" else []
    printed: list[tuple[str, bool]] = []
    left = SNIPPET_CHARS
    for text, is_advert in parts:
        if left <= 0 or (is_advert and len(text) > left):
            break
        printed.append((text[:left], is_advert))
        left -= len(text)
    return Excerpt(
        printed="　　" + "　　".join(text for text, _ in printed) + "...",
        clean=" ".join(text for text, is_advert in printed if not is_advert) + "...",
    )
