"""Running the spider in this process, without `scrapy crawl`."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.logs import LogFormat, Whereabouts, detach, log_to_file, log_to_stderr
from crawler.plan import Plan
from crawler.run import CrawlRun
from crawler.settings import USER_AGENT
from crawler.spiders.articles import ArticleSpider
from pipelines.processes import prepare_readers

logger = logging.getLogger(__name__)

_SIGNALS = (signal.SIGINT, signal.SIGTERM)

GRACE = 3.0
"""Seconds that responses under way have to arrive after Ctrl-C; nothing is lost when they do not."""


def run_spider(
    run: CrawlRun,
    *,
    settings: Mapping[str, Any] | None = None,
    verbose: bool = False,
    log_format: LogFormat = "human",
) -> None:
    """Crawl until nothing is pending, or until SIGINT or SIGTERM; `run` then says what became of it.

    What happens goes to data/logs/crawl.log, and to stderr too where it is `verbose`. Twisted's reactor runs once per
    process, and so does this.
    """
    logs = [log_to_file(run.plan.data, log_format), *([log_to_stderr(log_format)] if verbose else [])]
    for log in logs:
        log.addFilter(Whereabouts(run.crawl_id, run.sites.name_of))
    try:
        overrides = {"LOG_INSTALL_ROOT_HANDLER": False, **configured_settings(run.plan), **(settings or {})}
        logger.info("crawl begins")
        prepare_readers()
        process = AsyncCrawlerProcess(_settings(overrides))
        # Scrapy has its loggers make two records of each page that no handler wants.
        logging.getLogger("scrapy").setLevel(process.settings.get("LOG_LEVEL"))
        crawl = process.crawl(ArticleSpider, run=run)
        with _stopping_on_signals(process):
            process.start(install_signal_handlers=False)
        if crawl.done() and not crawl.cancelled():
            crawl.result()  # raises what kept Scrapy from starting
    finally:
        run.finish("interrupted")
        counts = ", ".join(f"{pages} {what}" for what, pages in run.tally.counts.items())
        logger.info("crawl ends: %s; %s", run.outcome, counts or "no page", extra={"outcome": run.outcome})
        for log in logs:
            detach(log)


def configured_settings(plan: Plan) -> dict[str, Any]:
    """What the configuration says of Scrapy's settings."""
    user_agent = f"{USER_AGENT[:-1]}; +{plan.crawler.contact})" if plan.crawler.contact else USER_AGENT
    return {
        "USER_AGENT": user_agent,
        "DOWNLOAD_TIMEOUT": plan.crawler.timeout,
        "DOWNLOAD_MAXSIZE": int(plan.crawler.max_body * 1024 * 1024),
        "DOWNLOAD_SLOTS": {site.name: {"delay": site.delay, "concurrency": site.concurrency} for site in plan.sites},
    }


def _settings(overrides: Mapping[str, Any]) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update(overrides, priority="cmdline")
    return settings


@contextmanager
def _stopping_on_signals(process: AsyncCrawlerProcess) -> Iterator[None]:
    """Stop soon on Ctrl-C: Scrapy's own handlers wait for every request under way, half a minute each."""
    from twisted.internet import reactor

    loop = asyncio.get_event_loop()
    stopping: set[asyncio.Future[None]] = set()  # asyncio itself keeps tasks by weak references only

    def stop() -> None:
        loop.call_later(GRACE, reactor.stop)  # type: ignore[misc]
        stopping.add(asyncio.ensure_future(process.stop()))

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
