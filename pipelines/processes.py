"""How processes that read pages are started. It imports nothing that reads, so that they come up while others do."""

from __future__ import annotations

import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import BaseContext, ForkServerContext


class ReadersLost(Exception):
    """There is no reader, and none comes up: no page is to blame. The message says so in one line."""

    def __init__(self) -> None:
        super().__init__(
            'no process comes up to read pages: a script that starts it needs `if __name__ == "__main__":` above that,'
            " else memory or processes have run out"
        )


def prepare_readers() -> None:
    """Begin to import what readers need, in the process that they are made from, while the caller does other things:
    the first page waits for it."""
    if isinstance(reader_context(), ForkServerContext):
        forkserver.ensure_running()


def reader_context() -> BaseContext:
    """A way to start processes that does not copy the reactor, its threads and its sockets, as fork does."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # Imported once, in the server: a worker that replaces a killed one starts in milliseconds. Without __main__ each
    # would import the command line for itself.
    context.set_forkserver_preload(["__main__", "pipelines.pool", "pipelines.warm"])
    return context
