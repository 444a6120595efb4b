"""One crawl over one archive: the lock, the pages under way, the outcomes counted."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, cast

from filelock import FileLock
from scrapy.crawler import Crawler
from sqlite_utils import Database

from archive import (
    PendingPage,
    add_start,
    claim_page,
    finish_crawl,
    is_waiting,
    open_archive,
    record_outcome,
    start_crawl,
    start_urls,
    take_pending,
    url_key,
    was_read,
)
from archive.evidence import Evidence, EvidenceError, recover_evidence
from archive.health import end_findings_but_of, judge_run, judge_silence, judge_starts
from archive.lock import lock_data
from archive.naming import name_site
from archive.records import Capture, Exchange, Page
from archive.refresh import known_sites, queue_known
from archive.resume import count_left, resume_crawl
from archive.tombstones import forgotten_hashes, hash_key
from archive.waits import current_waits, note_wait
from crawler.learning import SiteLearner
from crawler.named_sites import NamedSites
from crawler.outcomes import FORGOTTEN, Outcome
from crawler.plan import Plan
from crawler.sites import same_site
from crawler.tally import Tally
from crawler.under_way import Member, UnderWay, Unit
from pipelines.parts import first_parts
from pipelines.processes import ReadersLost

logger = logging.getLogger(__name__)

PAGES_IN_HAND = 200
"""Pages taken from the archive and not ended yet: enough for Scrapy to choose among many sites, few enough to
hold in memory. Where a crawl is killed they are still pending, and the next run takes them."""

Change = Literal["new", "changed", "unchanged", "listing"]


class CrawlRun:
    """One run of the crawler. Everything that may end a page ends it here, once.

    A run after one that was killed, stopped or out of budget goes on with the same crawl.
    """

    def __init__(self, plan: Plan, lock: FileLock, archive: Database) -> None:
        self.plan = plan
        self.archive = archive
        self.sites = NamedSites(plan.starts, plan.sites, depth=plan.depth)
        self.tally = Tally()
        self.outcome: str | None = None
        """How the crawl ended: finished, max-pages, interrupted, or what broke it; None while it goes on."""
        self.broken: sqlite3.Error | EvidenceError | ReadersLost | None = None
        """Why the archive cannot be written to (a full disk) or nothing be read, after which nothing more is asked for."""
        self._depths = {site.name: site.depth for site in plan.sites}
        self._name_sites()
        self._only = self._sites_to_crawl()
        self._put_off: set[str] = set()
        self.waits = current_waits(archive, now=datetime.now(UTC))
        """Site -> until when (UTC) it is not to be asked, as it wished."""
        resumed = resume_crawl(archive, max_depth=plan.depth, depths=self._depths, sites=self._only)
        self.crawl_id = resumed or start_crawl(archive)
        self._lock = lock
        for line in recover_evidence(archive, plan.data):
            logger.warning("evidence: %s", line)
        self._evidence = Evidence(archive, plan.data)
        self.learner = SiteLearner(
            archive, plan.data, self.crawl_id, lambda site: self.sites.settings_of(site).selectors
        )
        """What the crawl learns of its sites."""
        self._captures: dict[str, Capture] = {}
        self._forgotten = forgotten_hashes(archive)
        """They stay as they are: whoever adds one holds the lock."""
        self._under_way = UnderWay()
        self._held: list[PendingPage] = []
        """Pages in hand that look like further parts of an article whose first page has not ended."""
        self._ended = asyncio.Event()
        self._starts = frozenset(map(url_key, plan.starts))
        for url in plan.starts:
            add_start(archive, url, site=self.sites.name_or_host(url), crawl_id=self.crawl_id)
            if self.is_forgotten(url):
                self.tally.starts[url] = FORGOTTEN
        self._queue_known()
        hosts = [f"{scheme}://{host}/" for site in plan.sites for host in site.hosts for scheme in ("http", "https")]
        self.named_starts: Sequence[str] = [*start_urls(archive), *hosts]
        """Every start ever named for this archive, as an earlier crawl may have left its pages pending, and every
        host that a configured site names."""

    def _name_sites(self) -> None:
        """Give what was crawled before its site was configured, or under another name, to that site."""
        for known in known_sites(self.archive) if self.plan.sites else ():
            if not self.sites.is_configured(known):
                name_site(self.archive, known, self.sites.configured_name_of)

    def _sites_to_crawl(self) -> frozenset[str] | None:
        """The sites that the plan names, or else those of its starts; None is every site."""
        if self.plan.only is not None or not self.plan.starts:
            return self.plan.only
        named = {self.sites.name_or_host(url) for url in self.plan.starts}
        # An earlier start may have been on another host of the same site, or the site have had a name.
        known = known_sites(self.archive).items()
        return frozenset({*named, *(site for site, url in known if self.sites.name_of(url) in named)})

    def _queue_known(self) -> None:
        for site in known_sites(self.archive):
            if self._only is None or site in self._only:
                queue_known(
                    self.archive,
                    site=site,
                    refresh=self.plan.refresh or self.sites.settings_of(site).refresh,
                    max_depth=self.sites.settings_of(site).depth,
                    crawl_id=self.crawl_id,
                )

    @classmethod
    def open(cls, plan: Plan) -> CrawlRun:
        """Begin a crawl. Raises AlreadyInUse while something else holds the data directory."""
        lock = lock_data(plan.data, "crawl")
        try:
            return cls(plan, lock, open_archive(plan.data))
        except BaseException:
            lock.release()
            raise

    def may_follow(self, page: PendingPage | Page) -> bool:
        """Whether what a page names is fetched as well."""
        return page.depth < self.sites.settings_of(page.site).depth

    def may_turn(self, page: Page) -> bool:
        """Whether the page after this one of its listing is fetched as well."""
        return page.turn < self.sites.settings_of(page.site).turns

    def is_forgotten(self, url: str) -> bool:
        """Whether the page at a URL is never to be asked for again."""
        return hash_key(url_key(url)) in self._forgotten

    def covers(self, url: str, *, site: str) -> bool:
        """Whether a URL that a page of `site` names, or leads to, belongs to what is crawled."""
        name = self.sites.name_of(url)
        if name is None:
            return not self.sites.is_configured(site) and same_site(url, site)
        return self.plan.only is None or name in self.plan.only

    async def next_pages(self) -> list[PendingPage]:
        """What to ask for next; empty when all is done. Waits while pages under way may still name others."""
        while not self.broken:
            self._ended.clear()
            pages = self._take()
            if pages or not self._under_way:
                return pages
            await self._ended.wait()
        return []

    def _take(self) -> list[PendingPage]:
        room = PAGES_IN_HAND - len(self._under_way)
        if self.plan.max_pages is not None:
            room = min(room, self.plan.max_pages - self.tally.taken)
        if room > 0:
            pages = take_pending(
                self.archive,
                crawl_id=self.crawl_id,
                limit=room,
                max_depth=self.plan.depth,
                depths=self._depths,
                sites=self._only,
                put_off=self._put_off,
                in_hand=self._under_way.per_site(),
            )
            self.tally.taken += len(pages)
            self._held += [page for page in pages if self._under_way.add(page)]
        held = [page for page in self._held if self._under_way.holds(page)]
        ready = [page for page in held if not self._waits(page)]
        if not ready and len(held) == len(self._under_way):
            ready = held  # nothing that they could wait for is under way
        self._held = [page for page in held if page not in ready]
        return ready

    def _waits(self, page: PendingPage) -> bool:
        """Whether a page is to be asked for later: it may be a further part of an article that is yet to be read,
        which then asks for it."""
        return any(
            self._under_way.unit_of(first) or is_waiting(self.archive, first, crawl_id=self.crawl_id)
            for first in first_parts(page.url)
        )

    def claim(self, url: str, owner: str) -> PendingPage | None:
        """Have a page end with the page `owner`, of which it is a part or to which that one leads.

        None where it is not to be asked for: this crawl has asked for it already, by itself.
        """
        unit = self._under_way.unit_of(owner)
        assert unit is not None
        member = self._under_way.member(url)
        if member is not None:
            if self._under_way.unit_of(url) is unit:
                member.outcome = None
                return member.page
            if self._under_way.is_asked(url):
                return None
            # Another object, so that the request that was made of it finds that it is superseded.
            claimed = Member(replace(member.page), counted=True)
        else:
            site = unit.members[url_key(owner)].page.site
            page = claim_page(self.archive, url, crawl_id=self.crawl_id, site=site)
            if page is None:
                return None
            claimed = Member(page, counted=False)
        self._under_way.join(claimed, unit)
        return claimed.page

    def may_ask(self, page: PendingPage) -> bool:
        """Whether a request for a page may go out: not where the page ended, or was claimed, while it waited."""
        return self._under_way.note_asked(page)

    def put_off(self, site: str) -> None:
        """Hand out no more pages of a site in this run: those that are in hand end as pending."""
        self._put_off.add(site)

    def wait(self, site: str, seconds: float) -> None:
        """Leave a site alone for so long, be it over several runs."""
        try:
            self.waits[site] = note_wait(self.archive, site, seconds, now=datetime.now(UTC))
        except sqlite3.Error as error:
            self.stop_for(error)

    def in_hand(self) -> int:
        """Pages that were handed out and have not ended, each with what belongs to it."""
        return len(self._under_way)

    def is_in_hand(self, page: PendingPage) -> bool:
        """Whether a page has not ended, and was not claimed, since it was handed out."""
        return self._under_way.holds(page)

    def keep(self, exchange: Exchange) -> None:
        """Add a page's response to the evidence. Raises EvidenceError."""
        self._captures[exchange.page_url] = self._evidence.keep(exchange)

    def capture_of(self, url: str) -> Capture | None:
        """Where the page's response is kept, for its row to point to: it survives a power cut already.

        None where no response came. Raises EvidenceError.
        """
        capture = self._captures.pop(url, None)
        if capture:
            self._evidence.sync(capture)
        return capture

    def end_saved(self, url: str, change: Change, *, parts: Sequence[str] = ()) -> None:
        """The page's article is in the archive, with those parts, written by `save_articles` or confirmed."""
        unit = self._under_way.unit_of(url)
        if unit is None:
            return
        for key, member in unit.members.items():
            if key == url_key(url):
                self._count(member, change)
            elif member.outcome:
                self._record(member, member.outcome)
            elif member.page.id or member.page.url in parts:
                self._count(member, "joined")
        self._let_go(unit)

    def end(self, url: str, outcome: Outcome, *, status: int | None = None) -> None:
        """The page ends without an article, and so does whatever was asked for on its behalf."""
        unit = self._under_way.unit_of(url)
        if unit is None:
            return
        for key, member in unit.members.items():
            if key == url_key(url):
                member.outcome, member.status = outcome, status
            elif member.outcome is None and was_read(self.archive, member.page.url):
                continue  # a part that is still one: it is asked for again with its article
            if member.page.id or member.outcome:
                self._record(member, member.outcome or outcome)
        self._let_go(unit)

    def end_part(self, url: str, outcome: Outcome, *, status: int | None = None) -> None:
        """A further part of an article is not to be had. Recorded when the article itself ends."""
        member = self._under_way.member(url)
        if member is not None:
            member.outcome, member.status = outcome, status

    def _record(self, member: Member, outcome: Outcome) -> None:
        page = member.page
        try:
            record_outcome(
                self.archive,
                page.url,
                state=outcome.state,
                reason=outcome.reason,
                crawl_id=self.crawl_id,
                status=member.status,
                capture=self.capture_of(page.url),
                belongs_to=outcome.belongs_to,
                site=page.site,
            )
        except (sqlite3.Error, EvidenceError) as error:
            self.stop_for(error)
            return
        if url_key(page.url) in self._starts and not outcome.belongs_to:
            self.tally.starts[page.url] = outcome
        joined = outcome.belongs_to and outcome.state == "fetched"
        self._count(member, "joined" if joined else outcome.state, reason=outcome.reason)

    def _count(self, member: Member, what: str, *, reason: str | None = None) -> None:
        self.tally.taken += not member.counted
        self.tally.counts[what] += 1
        facts = {"site": member.page.site, "outcome": what, "reason": reason, "url": member.page.url}
        logger.info("%s %s%s", what, member.page.url, f" ({reason})" if reason else "", extra=facts)

    def parts_captured(self, url: str) -> list[Capture]:
        """Where the responses for the further parts of the article on a page are kept. Raises EvidenceError."""
        unit = self._under_way.unit_of(url)
        others = [member for key, member in unit.members.items() if key != url_key(url)] if unit else []
        captures = (self.capture_of(member.page.url) for member in others if member.outcome is None)
        return [capture for capture in captures if capture]

    def _let_go(self, unit: Unit) -> None:
        self._under_way.end(unit)
        self._ended.set()

    def stop_for(self, error: sqlite3.Error | EvidenceError | ReadersLost) -> None:
        """The archive cannot be written to, or nothing be read: leave every page under way pending, and end the crawl."""
        self.broken = error
        self._ended.set()

    def finish(self, outcome: str) -> None:
        """Close the books and let go of the data directory. Only the first call counts."""
        if self.outcome is not None:
            return
        if outcome == "finished" and self.plan.max_pages is not None and self.tally.taken >= self.plan.max_pages:
            outcome = "max-pages"
        self.outcome = outcome
        self.tally.left = self.tally.taken - self.tally.counts.total()
        self.learner.close()
        try:
            finish_crawl(self.archive, self.crawl_id, outcome=outcome)
            self._judge(outcome)
            crawled = [site for site in known_sites(self.archive) if self._only is None or site in self._only]
            self.tally.left = count_left(self.archive, {site: self.sites.settings_of(site).depth for site in crawled})
        except sqlite3.Error as error:
            self.broken = self.broken or error
        finally:
            self._evidence.close()
            self.archive.close()
            self._lock.release()

    def _judge(self, outcome: str) -> None:
        """Find what is not as usual. From a run that was stopped, or was to be shorter than it is as a rule, nothing
        follows."""
        if outcome == "finished" or (outcome == "max-pages" and self.plan.max_pages == self.plan.crawler.max_pages):
            judge_run(self.archive, self.crawl_id)
            judge_starts(self.archive, self.crawl_id, self.plan.starts)
        judge_silence(self.archive)
        if self.plan.sites:
            named = map(self.sites.name_or_host, self.plan.starts)
            end_findings_but_of(self.archive, {*(site.name for site in self.plan.sites), *named})


def run_of(crawler: Crawler) -> CrawlRun:
    """The crawl that the spider works for."""
    return cast(CrawlRun, crawler.spider.run)  # type: ignore[union-attr]
