"""Rows that state an article's fields: what the full reader read from them, as patterns for the site's other pages."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from lxml import html

from archive.masking import mask_contacts
from pipelines.blocks import fold
from pipelines.credit_line import read_number
from pipelines.learning.paths import Place
from pipelines.learning.record import Row
from pipelines.names import is_name
from pipelines.plain import plain

FIELDS = ("title", "published_raw", "category", "source", "reporter", "posted_by", "views")
"""The fields that rows state, in the order in which their values are looked for: a counter may be part of a date."""

MAX_PATTERNS = 12
"""Patterns of one row. Real sites print two to six kinds of byline row; more means that the row is not understood."""

VARIED = 3
"""Patterns alike but for their words from which on any word will do: two may be all that a site has."""

_SPACE, _ANY_WORD = r"\ ", r"[^\s:：]{0,60}"
"""A space and a word as they stand in a pattern."""

_COUNT = r"\d[\d,]*(?:\.\d{1,4})?\s?[万萬wWkK]?\+?"
"""How counters are printed: 987, 12,345, 1.2万, 10万+."""
_COUNTS = re.compile(rf"(?<![\d.,]){_COUNT}")
_WHO = re.compile(r"\?P<(reporter|posted_by|both)>")
_WORDS = "[\u3400-\u9fff]{1,12}"
"""The words of a date: 天前, 小时前, 四年十二月二十九日. Alike for all of them, as what differs is another pattern."""
_RUN = re.compile(r"\d+|[\u3400-\u9fff]+|\s+|.", re.S)


def row_text(element: html.HtmlElement) -> str:
    """The words of an element, those of its inline elements set apart by a space."""
    return fold(" ".join(element.itertext()))


def learn_pattern(text: str, values: Mapping[str, str], wanted: Collection[str]) -> str:
    """The regular expression that reads the `wanted` fields from a row with this text.

    `values` are the printed values of all fields: one that is not wanted is different on the next page all the same.
    """
    taken: list[tuple[int, int, str]] = []
    for name in FIELDS:
        if name in values and (place := find_value(text, name, values[name], taken)):
            taken.append((*place, name))
        elif name == "posted_by" and values.get(name) == values.get("reporter"):  # printed once, and read as both
            taken = [(start, end, "both" if stated == "reporter" else stated) for start, end, stated in taken]
    pieces, last = [], 0
    for start, end, name in sorted(taken):
        group = f"?P<{name}>" if name in wanted or (name == "both" and "reporter" in wanted) else "?:"
        pieces += [_literal(text[last:start]), f"({group}{_shape(name, text[start:end])})"]
        last = end
    return "".join([*pieces, _literal(text[last:])])


def find_value(text: str, name: str, value: str, taken: Iterable[tuple[int, int, str]] = ()) -> tuple[int, int] | None:
    """The first place where a row prints the value of a field, no part of another value or of a longer
    number; None where it does not."""
    if name == "views":
        found = [match.span() for match in _COUNTS.finditer(text) if read_number(match[0]) == int(value)]
    else:
        bounded = rf"(?<!\d){re.escape(value)}(?!\d)" if value.isdigit() else re.escape(value)
        found = [match.span() for match in re.finditer(bounded, text)]
    free = (span for span in found if all(span[1] <= start or end <= span[0] for start, end, _ in taken))
    return next(free, None)


def _shape(name: str, value: str) -> str:
    """What other values of a field look like, seen one of them."""
    if name == "title":
        return ".+?"
    if name == "views":
        return _COUNT
    if name == "published_raw":
        return "".join(_alike(run[0]) for run in _RUN.finditer(value))
    return r"\S.{0,60}?" if re.search(r"\s", value) else r"\S{1,60}?"


def _alike(run: str) -> str:
    if run.isdigit():
        return r"\d+"
    if "\u3400" <= run[0] <= "\u9fff":
        return _WORDS if len(run) > 1 else re.escape(run)
    return r"\s" if run.isspace() else re.escape(run)


def _literal(text: str) -> str:
    """The words between values, any number for each number: counters of comments, time of day. Of contact details
    there is no word in the pattern."""
    pattern = re.sub(r"\d+", r"\\d+", re.escape(text))
    return pattern if mask_contacts(text) == text else re.sub(r"(?:(?<!\\)[a-zA-Z@_]|\\[.-])+", r"[\\w@.-]+", pattern)


def merge_patterns(patterns: Sequence[str]) -> tuple[str, ...]:
    """The patterns without those that differ only in who it is that they name.

    In one place stand, from page to page, persons and accounts: the group is then named `who`, or `both` where a
    person is the account as well.
    """
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for pattern in patterns:
        for before, word in itertools.pairwise(["", *pattern.split(_SPACE)]):
            names[before, _WHO.sub("?P<who>", word)].update(_WHO.findall(word))
    merged: dict[str, None] = {}
    for pattern in patterns:
        words = ["", *pattern.split(_SPACE)]
        if len(_WHO.findall(pattern)) == 1:
            words[1:] = [
                _called(word, names[before, _WHO.sub("?P<who>", word)]) for before, word in itertools.pairwise(words)
            ]
        merged[_SPACE.join(words[1:])] = None
    return tuple(merged)


def _called(word: str, names: Collection[str]) -> str:
    """A word of a pattern, the person in it called what it is on all of the pages."""
    return _WHO.sub("?P<both>" if "both" in names else "?P<who>", word) if len(names) > 1 else word


def loosened(patterns: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """For patterns that differ only in words that state no field, such as editors, tags and sections, one that any
    words will do for. Labels are no such words: another label says another thing."""
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for pattern in patterns:
        alike[tuple(map(_label, pattern.split(_SPACE)))].append(pattern)
    for found in alike.values():
        if len(found) >= VARIED:
            columns = zip(*(pattern.split(_SPACE) for pattern in found), strict=True)
            words = (same if len({same, *rest}) == 1 else _label(same) + _ANY_WORD for same, *rest in columns)
            yield _SPACE.join(words), found


def _label(word: str) -> str:
    """What of a word in a pattern is alike wherever it states the same: all of it where a field is in it."""
    return word if "(?" in word else word[: max(word.rfind(":"), word.rfind("：")) + 1]


def match_row(text: str, patterns: Iterable[str]) -> dict[str, str] | None:
    """The values that a row states, or None when it is like none of the patterns."""
    for pattern in patterns:
        if match := _compile(pattern).fullmatch(text):
            values = {name: value.strip() for name, value in match.groupdict().items()}
            if "views" in values:
                values |= {"views": str(read_number(values["views"]) or "")}  # of 0 there is nothing to say
            return {name: value for name, value in _named(values).items() if value}
    return None


def title_on(root: html.HtmlElement, rows: Iterable[Row]) -> str | None:
    """The headline that a page's rows state; None where they state none."""
    for row in rows:
        element = Place(path=row.path, index=row.index).find(root)
        stated = match_row(row_text(element), row.patterns) if element is not None else None
        if stated and "title" in stated:
            return stated["title"]
    return None


def _named(values: dict[str, str]) -> dict[str, str]:
    """The values with those of `who` and `both` as what they are."""
    if who := values.pop("who", None):
        values["reporter" if is_name(plain(who), strict=False) else "posted_by"] = who
    if both := values.pop("both", None):
        values |= {"posted_by": both} | ({"reporter": both} if is_name(plain(both)) else {})
    return values


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
