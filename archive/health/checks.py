"""What can be wrong with a run: each check holds one figure against the usual range of the site's own past runs.

A range is the median of the past runs, give or take three times their usual deviation, and at least a margin below
which nobody would want to be told. Before there are three runs, the margins stand alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from archive.health.measures import SiteRun

MIN_RUNS = 3
"""Past runs that make a usual range; the median of two is neither."""
DEVIATIONS = 3.0
"""Deviations from the median that are still usual."""
MAX_TROUBLE = 0.5
"""Share of the pages without an article up to which a run with few of them was a quiet day."""
TO_SIGMA = 1.4826
"""The median deviation of normally distributed figures times this is their standard deviation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as usual on a site."""

    site: str
    """`pages.site`."""
    check: str
    """A slug; a site has at most one open finding of each."""
    sentence: str
    """What is wrong, in a sentence."""
    figure: float
    """The figure that is out of range."""
    low: float | None
    """The least that is usual; None where only more is wrong."""
    high: float | None
    """The most that is usual; None where only less is wrong."""
    advice: str
    """What to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    name: str
    figure: Callable[[SiteRun], float | None]
    """The figure; None where a run has none."""
    worse: str
    """`more` or `less`: on which side of the usual range it is wrong."""
    margin: float
    """By how much it is beyond the median at least."""
    start: float | None
    """The bound before there are enough runs; None: nothing is said before."""
    sentence: str
    """With {figure} and {usual}."""
    advice: str
    percent: bool = False
    """Whether the figure is a share."""
    relative: bool = False
    """Whether the margin is a share of the median."""
    lowest: bool = False
    """Whether half the lowest figure of a run without much trouble is usual too: on quiet days little is due."""


_LOOK = "Open one of the pages in a browser, then run `jianbao check` on it"
CHECKS = (
    _Check(
        name="fewer-articles",
        figure=lambda run: run.articles or None,
        worse="less",
        margin=0.5,
        relative=True,
        lowest=True,
        start=None,
        sentence="{figure} articles were archived or confirmed, usually {usual}",
        advice="See whether the start pages still list all articles.",
    ),
    _Check(
        name="failures",
        figure=lambda run: run.share(run.failed),
        worse="more",
        margin=0.2,
        start=0.5,
        percent=True,
        sentence="{figure} of the pages could not be fetched or read, usually {usual}",
        advice="The reason stands beside each page; raise `delay` when the site answers 429 or 503.",
    ),
    _Check(
        name="refusals",
        figure=lambda run: run.share(run.refused),
        worse="more",
        margin=0.3,
        start=0.8,
        percent=True,
        sentence="{figure} of the pages were refused, usually {usual}",
        advice="Look whether robots.txt has changed, or links now lead to another host (`hosts` in jianbao.toml).",
    ),
    _Check(
        name="no-text",
        figure=lambda run: run.share(run.no_article),
        worse="more",
        margin=0.3,
        start=0.8,
        percent=True,
        sentence="{figure} of the pages hold no article, usually {usual}",
        advice=f"{_LOOK}: a captcha, a login wall or a new theme gives no text.",
    ),
    _Check(
        name="short-texts",
        figure=lambda run: run.chars,
        worse="less",
        margin=0.6,
        relative=True,
        start=60,
        sentence="The median article has {figure} characters, usually {usual}",
        advice=f"{_LOOK}: the text may be cut short.",
    ),
    _Check(
        name="undated",
        figure=lambda run: run.undated,
        worse="more",
        margin=0.3,
        start=None,
        percent=True,
        sentence="{figure} of the articles show no date, usually {usual}",
        advice=f"{_LOOK}: the byline may stand elsewhere; a selector for `date` in jianbao.toml helps.",
    ),
    _Check(
        name="removals",
        figure=lambda run: run.removed,
        worse="more",
        margin=0.2,
        start=0.5,
        percent=True,
        sentence="{figure} of the text was taken out, usually {usual}",
        advice=f"{_LOOK} with --html: too much may be taken for spam.",
    ),
    _Check(
        name="same-text",
        figure=lambda run: run.same_text,
        worse="more",
        margin=2.0,
        start=3,
        sentence="{figure} addresses have the same text, usually {usual}",
        advice=f"{_LOOK}: it may be a notice that the site shows instead of its articles.",
    ),
    _Check(
        name="same-title",
        figure=lambda run: run.same_title,
        worse="more",
        margin=3.0,
        start=5,
        sentence="{figure} articles have the same title, usually {usual}",
        advice=f"{_LOOK}: the title may be that of the site; a selector for `title` in jianbao.toml helps.",
    ),
)


def check_run(run: SiteRun, past: Sequence[SiteRun]) -> list[Finding]:
    """What is not as usual in a run, seen the runs before it, newest first."""
    if run.pages == 0:
        return []
    # Nothing but a listing that names nothing new is a quiet day, and no fault.
    if run.articles == 0 and _trouble(run) and (not past or median(other.articles for other in past) >= 1):
        return [_no_articles(run)]  # all else would only say so again
    return [finding for check in CHECKS if (finding := _check(check, run, past))]


def _no_articles(run: SiteRun) -> Finding:
    return Finding(
        site=run.site,
        check="no-articles",
        sentence="No article was archived or confirmed.",
        figure=0.0,
        low=1.0,
        high=None,
        advice="The reason stands beside each page: the site may be down, refuse us, or have a new theme.",
    )


def _check(check: _Check, run: SiteRun, past: Sequence[SiteRun]) -> Finding | None:
    figure = check.figure(run)
    if figure is None:
        return None
    bound = _bound(check, past)
    if bound is None or (figure >= bound if check.worse == "less" else figure <= bound):
        return None
    less = check.worse == "less"
    usual = f"{'at least' if less else 'at most'} {_show(bound, check.percent)}"
    return Finding(
        site=run.site,
        check=check.name,
        sentence=f"{check.sentence.format(figure=_show(figure, check.percent), usual=usual)}.",
        figure=figure,
        low=bound if less else None,
        high=None if less else bound,
        advice=check.advice,
    )


def _bound(check: _Check, past: Sequence[SiteRun]) -> float | None:
    """The end of the usual range; None when nothing can be said."""
    figures = _figures(check, past)
    if len(figures) < MIN_RUNS:
        return check.start
    middle = median(figures)
    deviation = DEVIATIONS * TO_SIGMA * median(abs(figure - middle) for figure in figures)
    margin = max(deviation, check.margin * middle if check.relative else check.margin)
    bound = middle - margin if check.worse == "less" else middle + margin
    quiet = _figures(check, [run for run in past if run.share(_trouble(run)) <= MAX_TROUBLE]) if check.lowest else []
    return min([bound, *(figure / 2 for figure in quiet)])


def _figures(check: _Check, runs: Sequence[SiteRun]) -> list[float]:
    """The figure of each run that has one."""
    return [figure for run in runs if (figure := check.figure(run)) is not None]


def _trouble(run: SiteRun) -> int:
    """Pages that gave no article though they were no listing."""
    return run.no_article + run.failed + run.refused + run.gone


def _show(figure: float, percent: bool) -> str:
    return f"{figure:.0%}" if percent else f"{figure:,.0f}"
