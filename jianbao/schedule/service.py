"""The service behind `jianbao schedule`: one crawl at a time, each in a process of its own."""

from __future__ import annotations

import logging
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from archive import ArchiveError, last_crawl, open_archive, read_archive
from archive.health import judge_end, judge_silence
from archive.schedule import plan_runs, planned_runs
from archive.times import now
from crawler.configuration import Configuration, ConfigurationError, NotifySettings, SiteSettings
from crawler.logs import LogFormat, detach, log_to_file, log_to_stderr
from jianbao.notify.channels import send
from jianbao.notify.messages import message_of_trouble
from jianbao.notify.telling import tell
from jianbao.schedule.timing import first_run, read_schedule, trigger_of

log = logging.getLogger("jianbao.schedule")

WATCH_SECONDS = 5.0
"""How often the configuration and the clock are looked at."""
CLOCK_JUMP = 60.0
"""Seconds by which the clock has to be off what has passed to have been changed; adjusting it never takes as many."""
TROUBLES = (ArchiveError, sqlite3.Error, OSError)
"""What a full disk or a damaged file raises: the service says so and goes on, as both may be mended meanwhile."""


class Service:
    """Crawls the sites of a configuration when they are due, until it is told to stop."""

    def __init__(self, configuration: Path, data: Path, log_format: LogFormat = "human") -> None:
        self._file = configuration
        self._data = data
        self._log_format = log_format
        self._modified = 0.0
        self._sites: dict[str, SiteSettings] = {}
        self._notify = NotifySettings()
        self._crawl: subprocess.Popen[str] | None = None
        self._stopping = threading.Event()
        self._in_trouble = False
        """Whether the last run could not be noted in the archive."""
        # One worker: two crawls on one data folder exclude each other anyway, and one waits better than it fails.
        self._scheduler = BlockingScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            # A run that comes too late, after a sleep or behind a long crawl, is made up once.
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; what happens goes to stderr and to data/logs/schedule.log.

        Raises ConfigurationError or ArchiveError when there is nothing to begin with.
        """
        logs = [log_to_stderr(self._log_format), log_to_file(self._data, self._log_format, name="schedule.log")]
        try:
            self._work()
        finally:
            for handler in logs:
                detach(handler)

    def _work(self) -> None:
        self._modified = self._file.stat().st_mtime
        self._follow(read_schedule(self._file))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        threading.Thread(target=self._watch, daemon=True).start()
        self._scheduler.start()
        log.info("stopped")

    def _follow(self, configuration: Configuration) -> None:
        """Plan the sites of a configuration: those that are new or changed, those that are gone no more.

        The archive is read first: where that fails, nothing is changed yet, and all of it can be done later.
        """
        wanted = {site.name: site for site in configuration.sites if site.every}
        changed = {name for name, site in wanted.items() if self._sites.get(name) != site}
        planned = self._planned_runs()
        for name in self._sites.keys() - wanted.keys():
            self._scheduler.remove_job(name)
        self._sites = wanted
        self._notify = configuration.notify
        self._plan(changed, planned)

    def _planned_runs(self) -> dict[str, datetime]:
        with open_archive(self._data) as db:
            return planned_runs(db)

    def _plan(self, names: set[str], planned: Mapping[str, datetime]) -> None:
        moment = datetime.now(UTC)
        for name in sorted(names):
            site = self._sites[name]
            assert site.every is not None
            first = first_run(site.every, site.timezone, planned.get(name), moment)
            trigger = trigger_of(site.every, site.timezone)
            self._scheduler.add_job(
                self._crawl_site, trigger, args=[name], id=name, next_run_time=first, replace_existing=True
            )
            log.info("every %s, next at %s", site.every, first.isoformat(timespec="seconds"), extra={"site": name})
        self._keep_plan()

    def _keep_plan(self) -> None:
        """Note when each site is due, for the next start and for whoever watches."""
        due = {
            job.id: (self._sites[job.id].every or "", job.next_run_time)
            for job in self._scheduler.get_jobs()
            if job.id in self._sites
        }
        with open_archive(self._data) as db:
            plan_runs(db, due)

    def _crawl_site(self, name: str) -> None:
        """Crawl a site, in a process that cannot take the service along, then judge and tell."""
        if self._stopping.is_set():
            return
        try:
            self._keep_plan()
            begun = now()
            status = self._run_crawl(name)
            with open_archive(self._data) as db:
                if not self._stopping.is_set():
                    judge_end(db, name, status, since=begun)
                judge_silence(db)
            self._log_told(tell(self._data, self._notify))
            self._in_trouble = False
        except TROUBLES as error:
            log.error("%s", error, extra={"site": name})
            if not self._in_trouble:  # the archive cannot note that it was told
                self._log_told(send(message_of_trouble(str(error)), self._notify))
            self._in_trouble = True

    @staticmethod
    def _log_told(outcome: dict[str, str | None]) -> None:
        for way, trouble in outcome.items():
            log.log(logging.WARNING if trouble else logging.INFO, "told by %s: %s", way, trouble or "sent")

    def _run_crawl(self, name: str) -> int:
        """Crawl a site; the exit status of the crawl."""
        command = [sys.executable, "-m", "jianbao", "--data", str(self._data), "--log-format", self._log_format]
        command += ["crawl", "--config", str(self._file), "--site", name]
        log.info("crawl begins", extra={"site": name})
        begun = time.monotonic()
        # A session of its own: Ctrl-C in a terminal would reach it twice, and a second one means "at once".
        self._crawl = crawl = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        if self._stopping.is_set():
            crawl.send_signal(signal.SIGINT)
        assert crawl.stderr is not None
        for line in crawl.stderr:
            log.warning("%s", line.rstrip(), extra={"site": name})
        status = crawl.wait()
        self._crawl = None
        seconds = round(time.monotonic() - begun)
        with read_archive(self._data) as db:
            last = last_crawl(db)
        facts = {"site": name, "run": last.id if last else None, "status": status, "seconds": seconds}
        level = logging.INFO if status == 0 else logging.WARNING
        log.log(level, "crawl ended with status %d after %d s", status, seconds, extra=facts)
        return status

    def _watch(self) -> None:
        """Read the configuration anew when it changes, plan anew when the clock is changed."""
        offset, said = time.time() - time.monotonic(), ""
        while not self._stopping.wait(WATCH_SECONDS):
            try:
                now_off = time.time() - time.monotonic()
                if abs(now_off - offset) > CLOCK_JUMP:
                    log.warning("the clock was changed: planning anew")
                    self._plan(set(self._sites), self._planned_runs())
                    offset = now_off
                self._reload()
                said = ""
            except TROUBLES as error:  # tried again each time, and said once
                if str(error) != said:
                    log.error("%s", error)
                said = str(error)

    def _reload(self) -> None:
        try:
            modified = self._file.stat().st_mtime  # before it is read, lest a change in between be missed
            if modified == self._modified:
                return
            self._follow(read_schedule(self._file))
        except FileNotFoundError:
            return  # an editor is writing it anew
        except ConfigurationError as error:
            log.error("%s: going on as before", error)
        self._modified = modified

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """Let the crawl under way finish its pages, then leave. A second signal, as a terminal sends, changes nothing."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        if self._crawl is not None:
            self._crawl.send_signal(signal.SIGINT)
        threading.Thread(target=self._scheduler.shutdown, daemon=True).start()
