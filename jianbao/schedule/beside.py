"""The schedule in a process beside one that does something else, neither of which outlives the other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import wait
from pathlib import Path

from crawler.logs import LogFormat
from jianbao.schedule.service import Service


class ScheduleBeside:
    """The service of `jianbao schedule` as a child of this process."""

    def __init__(
        self, configuration: Path, data: Path, log_format: LogFormat, *, when_it_ends: Callable[[], object]
    ) -> None:
        """`when_it_ends` is called, in a thread, where the child ends without having been told to."""
        self.died = False
        """Whether it ended without having been told to."""
        self._told = False
        self._when_it_ends = when_it_ends
        # A new interpreter, as the threads and sockets of this one are no business of the child.
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_work, args=(configuration, data, log_format), name="jianbao-schedule")

    def start(self) -> None:
        """Begin."""
        self._process.start()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> int | None:
        """Let the crawl under way finish its pages, and wait for the end; the exit status, None where none began."""
        self._told = True
        if self._process.pid is None:
            return None
        self._process.terminate()
        self._process.join()
        return self._process.exitcode

    def _watch(self) -> None:
        wait([self._process.sentinel])
        if not self._told:
            self.died = True
            self._when_it_ends()


def _work(configuration: Path, data: Path, log_format: LogFormat) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    Service(configuration, data, log_format).run()


def _end_with_parent() -> None:
    """Stop as on SIGTERM when the parent is gone, even where it was killed: nobody would ever end this process."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
