"""Telling what nobody was told of yet, once."""

from __future__ import annotations

from pathlib import Path

from archive import open_archive, read_archive
from archive.health import mark_told, untold_findings
from crawler.configuration import NotifySettings
from jianbao.notify.channels import send, ways_of
from jianbao.notify.messages import tell_of


def tell(data: Path, settings: NotifySettings) -> dict[str, str | None]:
    """Tell of new findings and of recoveries; each way with why the message did not arrive, None where it did.

    What arrived on one way counts as told: a way that is out of order must not repeat it on the others at every
    run. What arrived on none is told with the next run. Raises ArchiveError, sqlite3.Error.
    """
    if not ways_of(settings):
        return {}
    with read_archive(data) as db:
        findings = untold_findings(db)
    if not findings:
        return {}
    outcome = send(tell_of(findings), settings)
    if None in outcome.values():
        with open_archive(data) as db:
            mark_told(db, findings)
    return outcome
