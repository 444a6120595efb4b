"""A `jianbao` that runs beside a test: what it says, where it serves, which processes it has."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE = 60.0


class Running:
    """One `jianbao` with these arguments, what it says in a file."""

    def __init__(self, folder: Path, *arguments: str, password: str | None = None) -> None:
        self._said = folder / "said"
        environment = os.environ | ({"JIANBAO_PASSWORD": password} if password else {})
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jianbao", *arguments], cwd=folder, env=environment, stdout=said, stderr=said
            )

    @property
    def said(self) -> str:
        return self._said.read_text("utf-8")

    def wait_for(self, condition: Callable[[], Any]) -> Any:
        bound = time.monotonic() + PATIENCE
        while not (found := condition()):
            assert time.monotonic() < bound, self.said
            time.sleep(0.1)
        return found

    @property
    def address(self) -> str:
        found = self.wait_for(lambda: re.search(r"at (http://\S+/) ", self.said))
        return str(found[1])

    def child(self, name: str) -> int:
        """The process id of a descendant by what stands in its command line."""
        return int(self.wait_for(lambda: find(name, self.family())))

    def family(self) -> dict[int, str]:
        """Process id -> command line, of this process and all below it."""
        listed = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True).stdout
        rows = [line.split(maxsplit=2) for line in listed.splitlines()[1:]]
        known = {self.process.pid}
        for pid, parent, _ in rows:
            if int(parent) in known:
                known.add(int(pid))
        return {int(pid): args for pid, _, args in rows if int(pid) in known and "<defunct>" not in args}


def find(name: str, family: dict[int, str]) -> int | None:
    return next((pid for pid, args in family.items() if name in args), None)
