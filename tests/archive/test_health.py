"""A run is judged by the site's own past runs: what is not as usual is found, once, and closed when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlite_utils import Database

from archive import add_start, finish_crawl, record_outcome, save_article, start_crawl
from archive.health import (
    SiteRun,
    check_run,
    end_findings_but_of,
    judge_end,
    judge_run,
    judge_silence,
    judge_starts,
    mark_told,
    open_findings,
    past_runs,
    untold_findings,
)
from archive.listings import save_listing
from archive.naming import name_site
from archive.records import Listing
from archive.times import now
from tests.archive.samples import SITE, article, page, removal, url

LONG = "园区里的又一家企业昨天投产，这里去年还是一片麦田，如今有了三条生产线和两百名工人。"


def run(crawl_id: int = 100, **figures: Any) -> SiteRun:
    usual: dict[str, Any] = {
        "pages": 40,
        "articles": 38,
        "new": 3,
        "no_article": 1,
        "failed": 1,
        "refused": 0,
        "gone": 0,
        "chars": 900,
        "undated": 0.05,
        "removed": 0.08,
        "same_text": 1,
        "same_title": 1,
    }
    return SiteRun(crawl_id=crawl_id, site=SITE, **(usual | figures))


def usual(count: int = 6) -> list[SiteRun]:
    return [run(number, articles=36 + number % 4, chars=880 + 15 * (number % 5)) for number in range(count)]


def found(now: SiteRun, past: Sequence[SiteRun]) -> set[str]:
    return {finding.check for finding in check_run(now, past)}


def test_a_run_like_the_others_finds_nothing() -> None:
    assert found(run(), usual()) == set()
    assert found(run(articles=34, chars=800, failed=3, new=0), usual()) == set()


@pytest.mark.parametrize(
    ("check", "figures"),
    [
        ("no-articles", {"articles": 0, "no_article": 39}),
        ("fewer-articles", {"articles": 15}),
        ("failures", {"failed": 20}),
        ("refusals", {"refused": 20}),
        ("no-text", {"no_article": 25}),
        ("short-texts", {"chars": 120}),
        ("undated", {"undated": 0.9}),
        ("removals", {"removed": 0.5}),
        ("same-text", {"same_text": 12}),
        ("same-title", {"same_title": 30}),
    ],
)
def test_each_fault_is_found_and_nothing_else(check: str, figures: dict[str, Any]) -> None:
    assert found(run(**figures), usual()) == {check}


def test_a_finding_says_figure_usual_range_and_what_to_do() -> None:
    (finding,) = check_run(run(failed=20), usual())
    assert finding.sentence == "50% of the pages could not be fetched or read, usually at most 22%."
    assert (finding.figure, finding.low) == (0.5, None)
    assert finding.high == pytest.approx(0.225)
    assert finding.advice


def test_a_site_that_varies_much_is_allowed_to() -> None:
    past = [run(number, articles=count) for number, count in enumerate((5, 40, 12, 60, 30, 8))]
    assert found(run(articles=6), past) == set()


def test_a_quiet_day_is_no_fault() -> None:
    quiet = run(
        pages=1,
        articles=0,
        new=0,
        no_article=0,
        failed=0,
        chars=None,
        undated=None,
        removed=None,
        same_text=0,
        same_title=0,
    )
    assert found(quiet, usual()) == set()
    assert found(run(pages=2, articles=1, failed=0, no_article=0), [*usual(), run(articles=1)]) == set()


def test_one_bad_run_in_the_past_does_not_make_the_next_usual() -> None:
    assert found(run(failed=30), [*usual(5), run(5, failed=35)]) == {"failures"}


def test_a_run_that_lost_its_articles_is_no_quiet_day_for_the_next() -> None:
    lost = run(articles=2, gone=36)
    assert found(lost, [lost, *usual(4)]) == {"fewer-articles"}


@pytest.mark.parametrize("past", [0, 1, 2])
def test_the_first_runs_are_judged_with_sense(past: int) -> None:
    assert found(run(), usual(past)) == set()
    assert found(run(articles=0), usual(past)) == {"no-articles"}
    assert found(run(failed=30), usual(past)) == {"failures"}
    assert found(run(undated=1.0), usual(past)) == set()


def test_a_site_that_never_had_articles_is_not_said_to_have_lost_them() -> None:
    assert found(run(articles=0), [run(number, articles=0) for number in range(4)]) == set()


def crawl(db: Database, count: int, *, failed: int = 0, **fields: Any) -> int:
    """One run over a site of `count` articles and some pages that fail."""
    crawl_id = start_crawl(db)
    for number in range(1, count + 1):
        text = f"第{number}家。\n{LONG * 4}"
        save_article(db, article(number, **({"body": text} | fields)), page(number), crawl_id=crawl_id, follow=False)
    for number in range(900, 900 + failed):
        add_start(db, url(number), site=SITE, crawl_id=crawl_id)
        record_outcome(db, url(number), state="failed", reason="timeout", crawl_id=crawl_id)
    finish_crawl(db, crawl_id, outcome="finished")
    return crawl_id


def test_a_run_is_measured_from_what_it_left_in_the_archive(db: Database) -> None:
    crawl_id = start_crawl(db)
    spam = removal("咨询热线：400-000-1234", position=1)
    today = datetime.now(UTC)
    save_article(db, article(1, removals=(spam,)), page(1, fetched_at=today), crawl_id=crawl_id, follow=False)
    save_article(db, article(2, published=None), page(2, fetched_at=today), crawl_id=crawl_id, follow=False)
    add_start(db, url(3), site=SITE, crawl_id=crawl_id)
    record_outcome(db, url(3), state="failed", reason="timeout", crawl_id=crawl_id)
    finish_crawl(db, crawl_id, outcome="finished")
    judge_run(db, crawl_id)
    (measured,) = past_runs(db, SITE, before=crawl_id + 1)
    assert (measured.pages, measured.articles, measured.new, measured.failed) == (3, 2, 2, 1)
    assert (measured.undated, measured.same_text, measured.same_title) == (0.5, 2, 1)
    assert measured.chars == len(article(1).body.replace("\n", ""))
    assert measured.removed is not None and 0 < measured.removed < 0.5


def test_a_second_judgement_of_a_run_replaces_the_first(db: Database) -> None:
    crawl_id = crawl(db, 3)
    judge_run(db, crawl_id)
    judge_run(db, crawl_id)
    assert len(past_runs(db, SITE, before=crawl_id + 1)) == 1


def test_a_part_of_an_article_is_no_page_without_one(db: Database) -> None:
    crawl_id = start_crawl(db)
    for number in range(1, 10):
        add_start(db, url(number), site=SITE, crawl_id=crawl_id)
    save_article(db, article(1), page(1), crawl_id=crawl_id, follow=False)
    for number in range(2, 10):
        reason, owner = ("not-an-article: list", url(1)) if number < 6 else ("not-an-article: captcha", None)
        record_outcome(db, url(number), state="fetched", reason=reason, crawl_id=crawl_id, belongs_to=owner)
    done = finish_crawl(db, crawl_id, outcome="finished")
    judge_run(db, crawl_id)
    (measured,) = past_runs(db, SITE, before=crawl_id + 1)
    assert (done.new, done.joined, done.no_article, measured.no_article) == (1, 4, 4, 4)


def test_the_findings_of_a_site_end_with_its_name(db: Database) -> None:
    judge_run(db, crawl(db, 0, failed=20))
    (one,) = open_findings(db)
    mark_told(db, [one])
    name_site(db, SITE, lambda _: "园区")
    assert open_findings(db) == []
    assert untold_findings(db) == []  # nor is anybody told that it is as usual again


def test_the_findings_of_sites_that_nobody_crawls_any_more_end(db: Database) -> None:
    judge_run(db, crawl(db, 0, failed=20))
    end_findings_but_of(db, {SITE, "b"})
    assert len(open_findings(db)) == 1
    end_findings_but_of(db, {"b"})
    assert open_findings(db) == untold_findings(db) == []


def test_a_site_that_is_down_is_not_well_again_when_it_stays_so(db: Database) -> None:
    for _ in range(3):
        judge_run(db, crawl(db, 8))
    for _ in range(8):
        crawl_id = crawl(db, 0, failed=20)
        judge_run(db, crawl_id)
        assert [one.finding.check for one in open_findings(db)] == ["no-articles"]
    judge_run(db, crawl(db, 8))
    assert open_findings(db) == []


def test_a_finding_is_told_once_and_its_end_once(db: Database) -> None:
    for _ in range(4):
        judge_run(db, crawl(db, 5))
    assert open_findings(db) == []

    for _ in range(2):
        judge_run(db, crawl(db, 5, failed=20))
        assert [one.finding.check for one in open_findings(db)] == ["failures"]
    (one,) = untold_findings(db)
    assert one.samples[0] == url(900)
    mark_told(db, [one])
    assert untold_findings(db) == []

    judge_run(db, crawl(db, 5))
    assert open_findings(db) == []
    (over,) = untold_findings(db)
    assert over.closed is not None
    mark_told(db, [over])
    assert untold_findings(db) == []


def test_what_comes_and_goes_all_day_is_no_storm(db: Database) -> None:
    messages = 0
    for number in range(40):
        judge_run(db, crawl(db, 5, failed=20 * (number % 2)))
        messages += bool(told := untold_findings(db))
        mark_told(db, told)
    assert messages == 11  # five times there and gone, and there
    db.execute("UPDATE findings SET opened = '2026-03-01T06:00:00Z', closed = iif(closed IS NULL, NULL, opened)")
    judge_run(db, crawl(db, 5))
    assert open_findings(db) == []


def samples_of(db: Database, check: str) -> tuple[str, ...]:
    (one,) = [one for one in open_findings(db) if one.finding.check == check]
    return one.samples


def test_the_samples_show_what_was_found(db: Database) -> None:
    for _ in range(3):
        judge_run(db, crawl(db, 9))
    crawl_id = start_crawl(db)
    for number in range(1, 10):
        there: dict[str, Any] = {} if number < 4 else {"published": None, "title": "本站", "body": "请稍候。"}
        save_article(db, article(number, **there), page(number), crawl_id=crawl_id, follow=False)
    judge_run(db, crawl_id)
    for check in ("undated", "same-title", "same-text", "short-texts"):
        assert samples_of(db, check) == tuple(map(url, range(4, 9))), check


def test_what_only_time_shows_has_the_starts_for_samples(db: Database) -> None:
    add_start(db, url(7), site=SITE, crawl_id=start_crawl(db))
    db.table("schedule").insert({"site": SITE, "every": "6h", "due": "2026-03-01T06:00:00Z"})
    judge_silence(db, "2026-03-01T11:00:00Z")
    assert samples_of(db, "missed-run") == (url(7),)


def test_what_nobody_was_told_of_and_is_over_is_not_told(db: Database) -> None:
    judge_run(db, crawl(db, 1, failed=9))
    judge_run(db, crawl(db, 5))
    assert untold_findings(db) == []


def test_a_run_that_was_due_and_never_began_is_found(db: Database) -> None:
    db.table("schedule").insert({"site": SITE, "every": "6h", "due": "2026-03-01T06:00:00Z"})
    assert judge_silence(db, "2026-03-01T06:30:00Z") == []
    (finding,) = judge_silence(db, "2026-03-01T11:00:00Z")
    assert (finding.check, finding.figure) == ("missed-run", 5.0)
    db.table("schedule").update(1, {"due": "2026-03-01T12:00:00Z"})
    assert judge_silence(db, "2026-03-01T11:00:00Z") == []
    assert open_findings(db) == []


def test_a_crawl_that_died_before_it_was_judged_is_found(db: Database) -> None:
    start_crawl(db)
    (finding,) = judge_end(db, SITE, -9, since=now())
    assert (finding.check, finding.figure) == ("died", -9.0)
    assert "signal 9" in finding.sentence
    since = now()
    crawl(db, 2)
    assert judge_end(db, SITE, 1, since=since) == []
    assert open_findings(db) == []


def test_a_site_without_anything_new_for_too_long_is_found(db: Database) -> None:
    for number, day in enumerate(("01", "03", "04", "06", "08"), 1):
        crawl_id = crawl(db, 0)
        when = replace(page(number), fetched_at=page().fetched_at.replace(day=int(day)))
        save_article(db, article(number), when, crawl_id=crawl_id, follow=False)
    assert judge_silence(db, "2025-03-14T00:00:00Z") == []
    (finding,) = judge_silence(db, "2025-04-02T00:00:00Z")
    assert (finding.check, finding.figure) == ("nothing-new", 25.0)


START = f"https://{SITE}/list/"


def crawl_from_list(db: Database, *named: int, articles: int = 3, outcome: str = "") -> list[Any]:
    """Crawl a site whose start is a list, or ends with `outcome` (state and reason); what is found of its starts."""
    crawl_id = crawl(db, articles)
    add_start(db, START, site=SITE, crawl_id=crawl_id)
    if outcome:
        state, reason = outcome.split(maxsplit=1)
        record_outcome(db, START, state=state, reason=reason, crawl_id=crawl_id, status=200)  # type: ignore[arg-type]
    else:
        listing = Listing(kind="listing", articles=tuple(map(url, named)))
        asked = page(url=START, requested_url=START)
        save_listing(db, listing, asked, crawl_id=crawl_id, follow=True, turn_on=True)
    judge_run(db, crawl_id)
    return judge_starts(db, crawl_id, [START, url(1)])


@pytest.mark.parametrize("outcome", ["", "fetched not-an-article: no text", "failed http 500", "gone http 404"])
def test_a_start_that_names_nothing_any_more_is_found(db: Database, outcome: str) -> None:
    assert crawl_from_list(db, 1, 2) == []
    (finding,) = crawl_from_list(db, outcome=outcome)
    assert finding.sentence == "1 of 2 start pages names no article."  # the other is an article
    assert samples_of(db, "empty-start") == (START,)
    assert crawl_from_list(db, 1, 2) == []
    assert open_findings(db) == []


def test_what_is_wrong_with_a_start_is_over_only_when_it_was_read_again(db: Database) -> None:
    def open_checks() -> list[str]:
        return [one.finding.check for one in open_findings(db)]

    assert crawl_from_list(db, 1, 2) == []
    crawl_from_list(db)
    assert open_checks() == ["empty-start"]
    elsewhere = crawl(db, 3)  # of other addresses of the site
    judge_run(db, elsewhere)
    assert judge_starts(db, elsewhere, []) == []
    assert judge_starts(db, elsewhere, [START]) == []
    assert open_checks() == ["empty-start"]


def test_a_start_that_was_put_off_is_not_judged(db: Database) -> None:
    assert crawl_from_list(db, outcome="pending the site asked to wait") == []


def test_where_there_is_no_article_at_all_its_starts_are_not_told_too(db: Database) -> None:
    assert crawl_from_list(db, 1, 2) == []
    assert crawl_from_list(db, articles=0, outcome="failed http 500") == []
    assert [one.finding.check for one in open_findings(db)] == ["no-articles"]
