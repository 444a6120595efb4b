"""Where an element stands in a page, told so that it finds the same element on other pages of the template."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml import etree, html

_NUMBERED = re.compile(r"\d{2,}|\d\S*\s|\s\S*\d")
"""What is different from page to page in an id or class such as `post-1234` and `post cate1`."""

VARIED = 3
"""Values of a class from which on it says nothing of the template."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One element on the way down from the body."""

    tag: str
    id: str | None = None
    """The id; None when it has none or one with a number in it."""
    classes: str | None = None
    """The class attribute as it stands; None when it has none or one with a number in it."""


Path = tuple[Step, ...]
"""The elements from below `html` down to the one that is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one element stands on every page of a template: layouts of tables have many at one path."""

    path: Path
    index: int = 0
    """Which of the elements at that path it is, from 0."""
    of: int | None = None
    """How many there must be for it to be the one; None where any number will do."""

    def find(self, root: html.HtmlElement) -> html.HtmlElement | None:
        """The element that stands there; None where none does."""
        found = find_all(root, self.path)
        is_sure = self.index < len(found) and self.of in (None, len(found))
        return found[self.index] if is_sure else None


def path_of(element: html.HtmlElement, varied: Collection[str] = ()) -> Path:
    """The path of an element. Classes that are `varied` tell nothing."""
    steps: list[Step] = []
    current: html.HtmlElement | None = element
    while current is not None and current.getparent() is not None:
        classes = _stable(current.get("class"))
        classes = None if classes in varied else classes
        steps.append(Step(tag=current.tag, id=_stable(current.get("id")), classes=classes))
        current = current.getparent()
    return tuple(reversed(steps))


def varied_classes(paths: Iterable[Path]) -> frozenset[str]:
    """The class attributes that have one name in common and others beside it, of three values or more where all else on
    the path is alike: `main farming`, `main crafts`, as those have that name the section. Two may be two templates."""
    found: dict[tuple[Path, Path, str], set[str]] = defaultdict(set)
    for path in paths:
        for i, step in enumerate(path):
            for name in (step.classes or "").split():
                found[path[:i], (replace(step, classes=None), *path[i + 1 :]), name].add(step.classes or "")
    return frozenset(value for values in found.values() if len(values) >= VARIED for value in values)


def _stable(value: str | None) -> str | None:
    return value if value and not _NUMBERED.search(value) and '"' not in value else None


def find_all(root: html.HtmlElement, path: Path) -> list[html.HtmlElement]:
    """The elements at a path, in document order."""
    found = _compile(path)(root)
    assert isinstance(found, list)
    return found


@lru_cache(maxsize=1024)
def _compile(path: Path) -> etree.XPath:
    # From the deepest id down: what is above it may change, and does on real sites (`body class="logged-in"`).
    anchor = max((i for i, step in enumerate(path) if step.id), default=None)
    steps = [_xpath(step) for step in path]
    return etree.XPath("/".join(["/html", *steps]) if anchor is None else "//" + "/".join(steps[anchor:]))


def _xpath(step: Step) -> str:
    conditions = [f'[@id="{step.id}"]'] if step.id else []
    conditions += [f'[@class="{step.classes}"]'] if step.classes else []
    # Word processors leave elements such as `o:p`, for which XPath wants a namespace.
    return (step.tag if _NAME.fullmatch(step.tag) else "*") + "".join(conditions)
