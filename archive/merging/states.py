"""What two archives know of one article, made one. Pure: the order in which archives are merged makes no difference,
and merging one a second time changes nothing, since every field is a union, a minimum or a maximum."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

CaptureKey = tuple[str, str, str]
"""When a response came, the evidence file that it is in, and the hash of its record: the same in every archive."""

Removals = tuple[tuple[tuple[Any, ...], tuple[tuple[Any, ...], ...]], ...]
"""Rows of `removals`, each with its rows of `contacts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One version of an article."""

    seen_at: str
    """When it was first seen; UTC, ISO 8601."""
    title: str
    """The headline."""
    body: str
    """Paragraphs, one per line."""
    removals: Removals
    """What was taken out of the page that had it."""
    capture: CaptureKey | None
    """The response it was read from last; None where none is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleState:
    """What an archive knows of an article."""

    fields: Mapping[str, Any]
    """The columns of `articles` that only one archive can be right about: those of the one that saw the page last."""
    first_seen: str
    """The earliest of all; UTC, ISO 8601."""
    last_seen: str
    """The latest of all."""
    current: str
    """`versions.sha256` of the text that the page had then."""
    texts: Mapping[str, Text]
    """Every text, by its `versions.sha256`."""
    moments: frozenset[tuple[str, str, str]]
    """When the article got which text and why: the rows of `history`."""
    links: tuple[tuple[Any, ...], ...]
    """The related articles as the page named them last, in its order."""

    @property
    def last_changed(self) -> str:
        """When the present text was noticed, since the last time it was another."""
        others = [seen for seen, text, _ in self.moments if text != self.current]
        since = max(others, default="")
        return min((s for s, text, _ in self.moments if text == self.current and s >= since), default=self.last_seen)

    @property
    def numbered(self) -> tuple[str, ...]:
        """The texts in the order of their version numbers: by time."""
        return tuple(sorted(self.texts, key=lambda sha256: (self.texts[sha256].seen_at, sha256)))


def merge_states(ours: ArticleState, theirs: ArticleState) -> ArticleState:
    """What both know together."""
    latest = max(ours, theirs, key=_rank)
    return replace(
        latest,
        first_seen=min(ours.first_seen, theirs.first_seen),
        texts={
            sha256: _merge_texts(ours.texts.get(sha256), theirs.texts.get(sha256))
            for sha256 in {**ours.texts, **theirs.texts}
        },
        moments=ours.moments | theirs.moments,
    )


def _rank(state: ArticleState) -> tuple[str, str]:
    """Who is right: who saw the page last. The rest only makes the choice the same in every order."""
    return state.last_seen, json.dumps([dict(state.fields), state.links], ensure_ascii=False, sort_keys=True)


def _merge_texts(ours: Text | None, theirs: Text | None) -> Text:
    if ours is None or theirs is None:
        text = ours or theirs
        assert text is not None
        return text
    return replace(
        ours,
        seen_at=min(ours.seen_at, theirs.seen_at),
        removals=_merge_removals(ours.removals, theirs.removals),
        capture=max(ours.capture, theirs.capture, key=lambda capture: capture or ("", "", "")),
    )


def _merge_removals(ours: Removals, theirs: Removals) -> Removals:
    """Those of the reading that took out more. Where both are the same, each block keeps the hashes of its contacts
    under the keys of both folders, as neither can tell which are the same detail."""
    rows, other_rows = [row for row, _ in ours], [row for row, _ in theirs]
    if rows != other_rows:
        return max(ours, theirs, key=lambda removals: (len(removals), [row for row, _ in removals]))
    return tuple(
        (row, tuple(sorted({*contacts, *others}))) for (row, contacts), (_, others) in zip(ours, theirs, strict=True)
    )
