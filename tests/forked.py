"""Programs run in copies of a process that has already imported them: a crawl then starts in milliseconds.

Importing Scrapy, trafilatura and the reader takes some two seconds of processor time, in the crawl and again in the
process its readers are forked from, and the tests run hundreds of crawls. What has to be a process of its own, to be
signalled or measured, is started without this.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

IMPORTED = (
    "crawler.process",
    "crawler.spiders.articles",
    "pipelines.pool",
    "pipelines.stages",
    "scrapy.commands.crawl",
    "scrapy.extensions.remote_control",  # imported by every crawl, and switched off
)


class Forks:
    """A process to copy, which ends when this one does."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            subprocess.Popen([sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()])
        self._requests = ours.makefile("rw", encoding="utf-8")
        self._socket = ours

    def run(
        self, command: list[str], *, cwd: Path, env: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """What `python COMMAND` does, `command` beginning with `-m MODULE` or `-c CODE`."""
        copy = self.start(command, cwd=cwd, env=env)
        stdout, stderr = copy.communicate(timeout)
        return subprocess.CompletedProcess(command, copy.returncode or 0, stdout, stderr)

    def start(self, command: list[str], *, cwd: Path, env: Mapping[str, str]) -> Copy:
        """The same, not waited for."""
        folder = tempfile.TemporaryDirectory()
        outputs = [Path(folder.name, name) for name in ("stdout", "stderr")]
        pid = self.ask(
            {"run": {"command": command, "cwd": str(cwd), "env": dict(env), "outputs": [*map(str, outputs)]}}
        )
        return Copy(self, pid, folder, outputs)

    def ask(self, request: dict[str, Any], timeout: float | None = None) -> Any:
        self._socket.settimeout(timeout)
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()
        return json.loads(self._requests.readline())

    def close(self) -> None:
        self._requests.close()
        self._socket.close()


class Copy:
    """A program under way, to be used as a `subprocess.Popen`."""

    def __init__(self, forks: Forks, pid: int, folder: tempfile.TemporaryDirectory[str], outputs: list[Path]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._forks, self._folder, self._outputs = forks, folder, outputs

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._forks.ask({"look": self.pid})
        return self.returncode

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        if self.returncode is None:
            self.returncode = self._forks.ask({"wait": self.pid}, timeout)
        with self._folder:
            stdout, stderr = (output.read_text("utf-8") if output.exists() else "" for output in self._outputs)
        return stdout, stderr


def serve(requests: socket.socket) -> None:
    """Run what is asked for, and tell how it ended."""
    for module in IMPORTED:
        __import__(module)
    from archive.folding import fold
    from pipelines.processes import reader_context

    fold("")  # makes its table
    assert "twisted.internet.reactor" not in sys.modules  # each crawl installs its own
    readers = reader_context()
    killed = False
    with requests.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            ((what, subject),) = json.loads(line).items()
            if what == "run":
                forkserver.ensure_running()
                if killed:
                    outlive_the_killed(readers)
                    killed = False
                answer: int | None = os.fork()
                if not answer:
                    run(**subject)
            else:
                pid, status = os.waitpid(subject, os.WNOHANG if what == "look" else 0)
                answer = os.waitstatus_to_exitcode(status) if pid else None
                killed |= answer is not None and answer < 0
            lines.write(f"{json.dumps(answer)}\n")
            lines.flush()


def outlive_the_killed(readers: Any) -> None:
    """Have a process to fork readers from, as one that was killed while it asked for a reader takes it along. It may be
    about to end: what asks behind that one has an answer only if it did not."""
    while True:
        try:
            asked = readers.Process(target=os.getpid)
            asked.start()
        except (OSError, EOFError):
            time.sleep(0.01)  # it is started anew once it has ended
        else:
            asked.join()
            return


def believe_in_readers() -> None:
    """Have this copy take the process that readers are forked from, which is there already, for its own."""
    server: Any = forkserver._forkserver  # type: ignore[attr-defined]
    server.ensure_running = forkserver.ensure_running = lambda: None


def run(command: list[str], cwd: str, env: Mapping[str, str], outputs: list[str]) -> None:
    """The copy: it becomes the program, and ends."""
    status = 1
    try:
        believe_in_readers()
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(env)
        for number, output in enumerate(outputs, 1):
            os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
        sys.path.insert(0, "")
        kind, program, *sys.argv[1:] = command
        sys.argv[0] = "-c" if kind == "-c" else program
        if kind == "-m":
            runpy.run_module(program, run_name="__main__", alter_sys=True)
        else:
            exec(program, {"__name__": "__main__"})
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1 if end.code else 0
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        serve(requests)
