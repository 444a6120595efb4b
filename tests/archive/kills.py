"""Processes that are killed in the middle of their work."""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator


def kill_at_random(work: Callable[[], object], seconds: float, *, at_once: bool = False) -> bool:
    """Do the work in a process of its own, and kill that after so many seconds; whether it was killed.

    With `at_once` the call returns as soon as the work is done.

    A fork, since a new interpreter would spend half a second before its work begins.
    """
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if at_once and os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            break
        time.sleep(min(seconds, 0.005))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def kills_until_done(work: Callable[[], object], seconds: float, randomly: random.Random) -> Iterator[None]:
    """Do the work, killed within so many seconds again and again, until it is done; after each kill the caller looks.

    Every attempt may have a tenth longer than the last: on a slow machine none would be done in time, for ever.
    """
    while kill_at_random(work, randomly.random() * seconds):
        yield
        seconds *= 1.1
