"""More articles than anyone would write: subjects filled into sentences, the same for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from jianbao.demo.credits import CREDITS
from jianbao.demo.stories import Block, Markup, Story
from jianbao.demo.subjects import Deck, Subjects, read_words

NUMBER = re.compile(r"<(?:(?P<name>[a-z])=)?(?P<low>[\d.]+)-(?P<high>[\d.]+)>")
FIRST_DAY = date(2023, 1, 9)
DAYS = 870
"""Length of the time from which dates are drawn: it ends in May 2025."""
CATEGORY_OF_KIND = {
    "service": "招商政策",
    "finance": "招商政策",
    "land": "招商政策",
    "talent": "企业故事",
    "research": "企业故事",
}
"""What the main site files by its kind; anything else is filed by its place."""
MARKUPS: dict[str, tuple[Markup, ...]] = {"main": ("p", "p", "p", "span", "div", "br"), "twin": ("nbsp",)}
OFFICES = {"boss": "{short}总经理", "official": "园区管委会副主任"}
"""What these people are called where an article first names them."""
ADVERTS_AT = ("", "glued", "", "middle", "", "early")
"""Where generated articles take turns in having an advert in their text."""


@dataclass(frozen=True, slots=True)
class Script:
    """One way to report one kind of event: its sentences belong together."""

    kind: str
    title: str
    lead: str
    cores: tuple[str, ...]


def generate_stories(site: str, count: int, *, adverts: Sequence[str], seed: int = 379) -> list[Story]:
    """`count` stories for a site (`main` or `twin`); no two have a title or a paragraph in common."""
    return list(islice(write_distinct(Writer(site, adverts, random.Random(f"{site} {seed}"))), count))


def write_distinct(writer: Writer) -> Iterator[Story]:
    """Stories without end, less those that would repeat a title or a paragraph."""
    seen: set[str] = set()
    while True:
        story = writer.write_story()
        texts = {story.title, *(line for block in story.blocks for line in block.lines)}
        if seen.isdisjoint(texts):
            seen |= texts
            yield story


class Writer:
    """Writes the generated articles of one site."""

    def __init__(self, site: str, adverts: Sequence[str], rng: random.Random) -> None:
        sentences = read_words("sentences")
        self._site = site
        self._rng = rng
        self._subjects = Subjects(site, rng)
        self._scripts = Deck(read_scripts(), rng)
        self._pools = {name: Deck[str](pool, rng) for name, pool in sentences["pools"].items()}
        self._credits = Deck(CREDITS[site], rng)
        self._markups = Deck(MARKUPS[site], rng)
        self._adverts = Deck(adverts, rng)
        self._adverts_at = Deck(ADVERTS_AT, rng)

    def write_story(self) -> Story:
        """One more story."""
        script, subject = self._scripts.deal(), self._subjects.draw()
        published = FIRST_DAY + timedelta(days=self._rng.randrange(DAYS))
        eve = published - timedelta(days=self._rng.randint(0, 2))
        sentences = Sentences(self._rng, subject | {"month": str(eve.month), "day": str(eve.day)})
        story = Story(
            title=sentences.fill(script.title),
            category=self._category(script) or subject["category"],
            published=published,
            blocks=tuple(paragraph(sentences.fill(text)) for text in self._draw_templates(script)),
            views=self._rng.randint(21, 460),
            tags=(subject["industry"], subject["city"]),
            picture=subject["picture"],
            doubled=self._rng.random() < 0.8,
            markup=self._markups.deal(),
        )
        return self._add_advert(self._credits.deal()(story, subject))

    def _category(self, script: Script) -> str | None:
        return CATEGORY_OF_KIND.get(script.kind) if self._site == "main" else None

    def _draw_templates(self, script: Script) -> Iterator[str]:
        yield script.lead
        yield self._pools[self._rng.choice(("background", "figures"))].deal()
        yield script.cores[0]
        yield self._pools[self._rng.choice(("voices", "service"))].deal()
        yield script.cores[1]
        yield self._pools["outlook"].deal()

    def _add_advert(self, story: Story) -> Story:
        match self._adverts_at.deal():
            case "glued":
                target = replace(story.blocks[2], removed=self._adverts.deal())
                return replace(story, blocks=(*story.blocks[:2], target, *story.blocks[3:]))
            case "middle":
                return insert_advert(story, 4, self._adverts.deal())
            case "early":
                # Above the second paragraph and below a lead printed once, it gets into snippets.
                return replace(insert_advert(story, 1, self._adverts.deal()), doubled=False)
        return story


class Sentences:
    """Fills the sentences of one article, from its title down."""

    def __init__(self, rng: random.Random, subject: dict[str, str]) -> None:
        self._rng = rng
        self._words = dict(subject)
        self._first_named = {role: office.format_map(subject) for role, office in OFFICES.items()}

    def fill(self, template: str) -> str:
        """The template with its numbers drawn and its {placeholders} filled."""
        text = NUMBER.sub(self._draw, template)
        named = {role: office for role, office in self._first_named.items() if f"{{{role}}}" in text}
        for role in named:
            del self._first_named[role]
        return text.format_map(self._words | {role: named[role] + self._words[role] for role in named})

    def _draw(self, match: re.Match[str]) -> str:
        decimals = len(match["low"].partition(".")[2])
        number = f"{self._rng.uniform(float(match['low']), float(match['high'])):.{decimals}f}"
        if match["name"]:
            self._words[match["name"]] = number
        return number


def read_scripts() -> Iterator[Script]:
    """The sentences of each kind of report, put together by their index."""
    for kind in read_words("sentences")["kinds"]:
        for index, (title, lead) in enumerate(zip(kind["titles"], kind["leads"], strict=True)):
            yield Script(kind["name"], title, lead, tuple(core[index] for core in kind["cores"]))


def paragraph(text: str) -> Block:
    """A paragraph of plain text."""
    return Block(kind="paragraph", lines=(text,))


def insert_advert(story: Story, index: int, advert: str) -> Story:
    """The story with an advert as a line of its own before the block at `index`."""
    block = Block(kind="advert", removed=advert)
    return replace(story, blocks=(*story.blocks[:index], block, *story.blocks[index:]))
