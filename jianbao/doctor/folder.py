"""The data folder: whether it can be written to, what the archive says of itself, who is at work."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archive import ArchiveError, ArchiveMissing, read_archive
from archive.database import damage_of
from archive.evidence import evidence_folder
from archive.health import open_findings
from archive.health.silence import LATE
from archive.lock import FILE_NAME as LOCK
from archive.lock import AlreadyInUse, lock_data
from archive.schedule import planned_runs
from jianbao.doctor.results import Result, note, ok, wrong

STUCK_SECONDS = 3600.0
"""Without a line in its log a crawl is stuck: a page takes minutes at most, waits among them."""

MOUNT = "Mount its file system for writing, or name another folder with --data."


def check_rights(data: Path) -> Result:
    """Whether everything in the data folder can be written to, and the raw pages are for its owner alone."""
    folder = next(folder for folder in (data, *data.resolve().parents) if folder.exists())
    own = f"Give it to whoever crawls: chown -R {_user()} {data}"
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        advice = MOUNT if error.errno == errno.EROFS else own
        return wrong("write rights", f"{folder} cannot be written to: {error.strerror}.", advice)
    if not data.exists():
        return ok("write rights", f"{data} is not there yet, and can be made.")
    for path in [data, *data.rglob("*")]:
        if not os.access(path, os.W_OK):
            return wrong("write rights", f"{path} cannot be written to.", own)
    evidence = evidence_folder(data)
    if evidence.exists() and stat.S_IMODE(evidence.stat().st_mode) & 0o077:
        return wrong("write rights", f"Others can read the raw pages in {evidence}.", f"chmod 700 {evidence}")
    return ok("write rights", f"{data} can be written to.")


def check_archive(data: Path) -> Result:
    """Whether the archive can be opened, and is as usual."""
    try:
        with closing(read_archive(data)) as db:
            (articles,) = db.execute("SELECT count(*) FROM articles").fetchone()
            damage = damage_of(db.conn)
            findings = len(open_findings(db))
    except ArchiveMissing:
        return note("archive", f"There is no archive in {data} yet.", "`jianbao crawl` makes it.")
    except (ArchiveError, sqlite3.Error) as error:
        return wrong("archive", f"{error}.", "Restore a backup, or see what `jianbao verify --repair` can do.")
    if damage:
        return wrong(
            "archive", f"The archive's file is damaged: {damage}.", "See what `jianbao verify --repair` can do."
        )
    if findings:
        things = "thing is" if findings == 1 else "things are"
        return wrong("archive", f"{findings} {things} not as usual on its sites.", "`jianbao status` says what.")
    return ok("archive", f"{articles:,} articles.")


def check_lock(data: Path) -> Result:
    """Whether the data folder is free, or something is at work on it."""
    if not (data / LOCK).exists():
        return ok("lock", "Nothing is at work on it.")
    try:
        lock_data(data, "doctor").release()
    except AlreadyInUse as error:
        log = data / "logs" / "crawl.log"
        idle = time.time() - log.stat().st_mtime if log.exists() else 0.0
        if error.command == "crawl" and idle > STUCK_SECONDS:  # the others write no log
            return wrong(
                "lock",
                f"{data} is held by {error.holder}, which has done nothing for {idle / 3600:,.0f} hours.",
                "End its process; the same command goes on from there.",
            )
        return ok("lock", f"At work on it: {error.holder}.")
    except OSError as error:
        if error.errno == errno.EROFS:
            return wrong("lock", f"{data} cannot be written to: {error.strerror}.", MOUNT)
        return wrong("lock", f"{data / LOCK} cannot be taken: {error.strerror}.", "Delete that file.")
    return ok("lock", "Nothing is at work on it.")


def check_schedule(data: Path) -> Result:
    """Whether a run that was planned is overdue."""
    try:
        with closing(read_archive(data)) as db:
            planned = planned_runs(db)
    except (ArchiveError, sqlite3.Error):
        planned = {}
    if not planned:
        return note("schedule", "No crawl is planned.", "`jianbao schedule` crawls what has `every` in jianbao.toml.")
    site, due = min(planned.items(), key=lambda item: item[1])
    late = datetime.now(UTC) - due
    if late > LATE:
        hours = late.total_seconds() / 3600
        return wrong(
            "schedule",
            f"{site} was due {hours:,.0f} hours ago.",
            "Begin `jianbao schedule` or `jianbao up`, or see why it stands still in data/logs/schedule.log.",
        )
    return ok("schedule", f"The next crawl is that of {site}, at {due.astimezone():%Y-%m-%d %H:%M %Z}.")


def _user() -> str:
    return os.environ.get("USER") or str(os.getuid())
