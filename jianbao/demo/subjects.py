"""What generated articles are about: a place, an industry, an invented park, firm and people.

Every kind of choice is dealt from a shuffled deck, so that nothing comes twice before everything came once.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Generic, TypeVar

from jianbao.demo.stories import ARTICLES

T = TypeVar("T")

ROLES = ("boss", "official", "worker", "expert", "reporter")


class Deck(Generic[T]):
    """Cards dealt in random order, and shuffled again only when all have been dealt."""

    def __init__(self, cards: Iterable[T], rng: random.Random) -> None:
        self._cards = list(cards)
        self._rng = rng
        self._left: list[T] = []

    def deal(self) -> T:
        """The next card."""
        if not self._left:
            self._left = self._rng.sample(self._cards, len(self._cards))
        return self._left.pop()


class Subjects:
    """Draws the subjects of one site's articles."""

    def __init__(self, site: str, rng: random.Random) -> None:
        words = read_words("vocabulary")
        self._places = Deck(places_of(site, words["places"]), rng)
        self._industries = Deck[dict[str, str]](words["industries"], rng)
        self._partners = Deck[str](words["partners"].split(), rng)
        self._papers = Deck[str](words["papers"], rng)
        self._names = {key: Deck[str](words[key].split(), rng) for key in ("surnames", "given", "parks", "firms")}

    def draw(self) -> dict[str, str]:
        """The words for the {placeholders} of one article."""
        place, industry = self._places.deal(), self._industries.deal()
        firm = self._names["firms"].deal() + industry["firm"]
        return {
            **industry,
            **place,
            **{role: self._draw_person() for role in ROLES},
            "industry": industry["name"],
            "park": self._names["parks"].deal() + industry["park"],
            "short": firm,
            "company": f"{place['city']}{firm}有限公司",
            "partner": self._partners.deal(),
            "paper": self._papers.deal(),
        }

    def _draw_person(self) -> str:
        return self._names["surnames"].deal() + self._names["given"].deal()


@cache
def read_words(name: str) -> dict[str, Any]:
    """One of the generator's TOML files."""
    return tomllib.loads((ARTICLES / "generator" / f"{name}.toml").read_text(encoding="utf-8"))


def places_of(site: str, tables: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Every place that a site reports from, with its city and the category it is filed under."""
    for table in tables:
        if table["site"] == site:
            for name in table["names"]:
                yield {"place": name, "city": table["city"], "category": table["category"]}
