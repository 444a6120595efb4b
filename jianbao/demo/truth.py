"""What a perfect reading of the sample sites finds: the measure of the end-to-end test."""

from __future__ import annotations

from dataclasses import dataclass

from jianbao.demo.catalogue import Catalogue, Entry, Related
from jianbao.demo.sites import SiteName


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRelated:
    """One related article as a page names it."""

    url: str
    """Canonical absolute URL of what the link says."""
    title: str
    snippet: str | None
    """The excerpt below the title, white space collapsed and adverts left out; None on the twin."""
    leads_to: str | None
    """URL of the article that answers in the end; None when there is none or robots.txt forbids it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoArticle:
    """One article as it should stand in the archive."""

    site: SiteName
    path: str
    url: str
    """Canonical absolute URL."""
    title: str
    body: tuple[str, ...]
    """The lines of a clean body."""
    summary: str
    """The first paragraph."""
    published: str
    """ISO date."""
    posted_by: str | None
    source: str | None
    reporter: str | None
    """One name or several, separated by a space."""
    category: str
    related: tuple[DemoRelated, ...]
    """In the order of the page, as long as the site is not volatile."""
    contacts: tuple[str, ...]
    """Contact lines and adverts, none of which may be found in any column but the masked removals."""
    chrome: tuple[str, ...]
    """Copyright, share and editor lines, none of which may stay in the body."""


def describe(entry: Entry, catalogue: Catalogue, base: str) -> DemoArticle:
    """The truth about one article of a site whose address is `base`."""
    story, facts = entry.story, catalogue.facts
    adverts = tuple(block.removed for block in story.blocks if block.removed and block.kind != "editor")
    editors = tuple(block.removed for block in story.blocks if block.kind == "editor")
    return DemoArticle(
        site=catalogue.site,
        path=entry.path,
        url=base + entry.path,
        title=story.title,
        body=tuple(line for block in story.blocks for line in block.lines),
        summary=story.lead,
        published=story.published.isoformat(),
        posted_by=posted_by(entry, catalogue),
        source=story.source,
        reporter=story.reporter,
        category=story.category,
        related=tuple(describe_related(link, catalogue, base) for link in entry.related),
        contacts=(*adverts, *contact_lines(entry, catalogue)),
        chrome=(*editors, *facts.copyright, facts.share, *filter(None, [facts.editor])),
    )


def describe_related(link: Related, catalogue: Catalogue, base: str) -> DemoRelated:
    """The truth about one related link."""
    return DemoRelated(
        url=base + link.path,
        title=link.title,
        snippet=" ".join(link.excerpt.clean.split()) if catalogue.site == "main" else None,
        leads_to=base + link.leads_to if link.leads_to else None,
    )


def contact_lines(entry: Entry, catalogue: Catalogue) -> tuple[str, ...]:
    """The contact block below an article."""
    contacts = catalogue.facts.contacts
    return contacts[entry.index % len(contacts)]


def posted_by(entry: Entry, catalogue: Catalogue) -> str | None:
    """The byline account: always there on the main site, in place of a missing reporter on the twin."""
    if catalogue.site == "twin" and entry.story.reporter:
        return None
    return entry.story.posted_by or "admin"
