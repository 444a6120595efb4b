"""Sentences glued to the last paragraph of each article: the site's own words, though they are no lines of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from pipelines.clean import take_out
from pipelines.learning.lines import ALL, LEAST_ALL, RULE, VARIANTS, Seen, digest, kind_of, round_up, states
from pipelines.learning.record import Repeat
from pipelines.text import key as key_of
from pipelines.text import split_sentences

MOST_SENTENCES = 3
"""Sentences that are glued to a paragraph."""
LEAST = 4
"""Letters of a sentence."""

_BRACKET = re.compile(r"(?<=[）)】])(?=.)")


def learn_endings(pages: Sequence[Sequence[Seen]], known: Collection[str], key: bytes) -> list[Repeat]:
    """The sentences that the last line of text ends with on all pages, or that take turns on them, where the lines that
    are `known` go."""
    if len(pages) < LEAST_ALL:
        return []
    last = [line for page in pages if (line := _last_line(page, known))]
    within = round_up(max((distance for distance, _ in last), default=0))
    texts = [text for _, text in last]
    found: list[Repeat] = []
    for _ in range(MOST_SENTENCES):
        count = Counter(split_ending(text)[-1].strip() for text in texts if text)
        lines = Counter(texts)  # what mostly is a line of its own was judged as such
        often = [
            sentence
            for sentence, seen in count.most_common()
            if seen >= VARIANTS and 2 * lines[sentence] < seen and _is_own(sentence)
        ]
        ends = [next(filter(text.endswith, often), "") for text in texts]
        if sum(map(bool, ends)) < ALL * len(pages):
            break
        found += [_ending(sentence, within, seen, key) for sentence, seen in Counter(ends).items() if sentence]
        texts = [text.removesuffix(end).rstrip() for text, end in zip(texts, ends, strict=True)]
    return found


def _is_own(sentence: str) -> bool:
    return len(key_of(sentence)) >= LEAST and not states(sentence)


def split_ending(text: str) -> list[str]:
    """The sentences of a line, and what follows a bracket: a credit at the end of a paragraph has no full stop."""
    return [piece for sentence in split_sentences(text) for piece in _BRACKET.split(sentence)]


def _last_line(page: Sequence[Seen], known: Collection[str]) -> tuple[int, str] | None:
    """The last line of a page's text, with its distance from the end."""
    for distance, line in enumerate(reversed(page)):
        if line.taken is None and line.name not in known:
            return distance, line.text
    return None


def _ending(sentence: str, within: int, pages: int, key: bytes) -> Repeat:
    kept, taken = take_out(sentence)
    rule, kind = (RULE, kind_of(sentence)) if kept else (taken[0][1].name, taken[0][1].kind)
    return Repeat(text=digest(sentence, key), place="ending", within=within, node="", rule=rule, kind=kind, pages=pages)
