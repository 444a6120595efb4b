"""Articles that a site cuts into several pages: the further pages are fetched, each once, and joined to one article."""

from __future__ import annotations

from dataclasses import replace

from scrapy.crawler import Crawler
from scrapy.http import Response

from archive import PendingPage, further_parts, url_key, was_read
from archive.records import Page
from crawler.outcomes import Outcome
from crawler.responses import fetch, outcome_of_response, page_from_response
from crawler.run import CrawlRun, run_of
from pipelines.parts import MAX_PARTS, PartChain, split_part
from pipelines.stages import ListedPage, NotRead, ReadArticle, ReadPage


class JoinParts:
    """Pipeline stage: the article on a page -> the whole article."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> JoinParts:
        return cls(crawler)

    @property
    def run(self) -> CrawlRun:
        return run_of(self.crawler)

    async def process_item(self, item: ReadPage | ListedPage) -> ReadPage | ListedPage:
        if isinstance(item, ListedPage):
            return item
        in_hand = {url_key(item.page.url): item}
        first = await self._go_back(item, in_hand)
        if first.article is None:
            raise NotRead("fetched", "not-an-article: a part without text")
        chain = PartChain(first.article, first.links)
        parts: list[Page] = []
        while chain.following:
            part = in_hand.get(url_key(chain.following)) or await self._read(chain.following, first.page)
            if part is None:
                break
            parts.append(part.page)
            chain.add(part.article, part.links)
        return replace(first, article=chain.join(), indexed=None, parts=tuple(parts)) if parts else first

    async def _go_back(self, item: ReadPage, in_hand: dict[str, ReadPage]) -> ReadPage:
        """The first part of the article, where a link led straight into the middle of it."""
        first = item
        while first.links.earlier and len(in_hand) < MAX_PARTS and url_key(first.links.earlier) not in in_hand:
            earlier = await self._read(first.links.earlier, item.page)
            if earlier is None:
                # Read by itself already, or not to be had. A part alone is no article.
                raise NotRead("fetched", "part", belongs_to=first.links.earlier)
            in_hand[url_key(first.links.earlier)] = earlier
            first = earlier
        return first

    async def _read(self, url: str, owner: Page) -> ReadPage | None:
        """Fetch and read a part; None where there is none to be had.

        Raises NotRead where the article as a whole is to wait: it was read before with this part in it.
        """
        part = self.run.claim(url, owner.requested_url)
        if part is None:
            return None
        response = await fetch(self.crawler, part)
        outcome = response if isinstance(response, Outcome) else outcome_of_response(response)
        if isinstance(response, Response) and outcome is None and split_part(response.url) != split_part(url):
            outcome = Outcome("failed", "redirect: not the part that was asked for")
        if outcome is None:
            assert isinstance(response, Response)
            page = page_from_response(
                response, replace(part, depth=owner.depth), site=owner.site, selectors=owner.selectors
            )
            reader = self.crawler.get_item_pipeline(ReadArticle)
            assert reader is not None
            try:
                read = await reader.process_item(page)
            except NotRead as error:
                outcome = Outcome(error.state, error.reason)
            else:
                if isinstance(read, ReadPage):
                    return read
                outcome = Outcome("fetched", "not-an-article: list")  # as a page beside a start may be read
        if outcome.state == "pending" or (outcome.state == "failed" and was_read(self.run.archive, url)):
            raise NotRead(outcome.state, f"part-missing: {outcome.reason}")
        status = response.status if isinstance(response, Response) else None
        self.run.end_part(part.url, replace(outcome, belongs_to=owner.requested_url), status=status)
        return None


async def confirm_parts(crawler: Crawler, page: PendingPage) -> Outcome | None:
    """Ask whether the further parts of an article have changed, whose first page has not.

    None where none has; else the outcome of the article's page. Its state is `fetched` where all is to be read anew.
    """
    run = run_of(crawler)
    for part in further_parts(run.archive, page.id):
        claimed = run.claim(part.url, page.url)
        if claimed is None:
            continue
        response = await fetch(crawler, claimed, validators=part)
        if isinstance(response, Response) and response.status == 304:
            continue
        outcome = response if isinstance(response, Outcome) else outcome_of_response(response)
        if outcome is None:
            return Outcome("fetched", "changed")
        if outcome.state == "pending" or was_read(run.archive, part.url):
            gone = outcome.state in ("gone", "refused")
            return Outcome("fetched" if gone else outcome.state, f"part-missing: {outcome.reason}")
        status = response.status if isinstance(response, Response) else None
        run.end_part(part.url, replace(outcome, belongs_to=page.url), status=status)
    return None
