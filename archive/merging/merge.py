"""One data folder brought into another."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.contacts import key_of
from archive.database import read_archive, transaction
from archive.erasing import erase_forgotten, keys_of
from archive.evidence import evidence_folder, recover_evidence
from archive.evidence.erasing import erase_evidence
from archive.files import remove_leftovers
from archive.links import resolve_all_links
from archive.merging.articles import CaptureIds, merge_article
from archive.merging.evidence import merge_evidence
from archive.merging.pages import link_pages, merge_page, read_pages
from archive.tombstones import bury_hashes, forgotten_hashes, has_unfinished, hash_key
from archive.watching import Watch, unwatched


class CannotMerge(Exception):
    """The folder cannot be brought in. The message says why, in one line for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What another folder brought."""

    new: int
    """Articles that were not in the archive."""
    changed: int
    """Articles of which it knew another text, an earlier one, or a later state."""
    unchanged: int
    """Articles of which it knew nothing more."""
    captures: int
    """Responses added to the evidence."""
    other_key: bool
    """Whether it hashes contact details under a key of its own, so that equal ones are not known to be equal."""
    missing: tuple[str, ...]
    """Evidence files that it speaks of and does not have."""
    lost_backups: tuple[Path, ...]
    """Backups of ours that are not where they were made: they may hold what it has forgotten."""


def merge_folder(db: Database, data: Path, other: Path, *, watch: Watch = unwatched) -> Merged:
    """Bring what the data folder `other` holds into the one that `db` is the archive of.

    Neither the order of several folders nor doing it twice makes a difference. Its articles, pages and links go in
    in one transaction, after its evidence. To be called by whoever holds the lock of `data`; `other` may be in
    use. `watch` sees each article. Raises CannotMerge, CannotErase, ArchiveError, EvidenceError, OSError,
    sqlite3.DatabaseError.
    """
    if other.resolve() == data.resolve():
        raise CannotMerge(f"{other} is the data folder itself")
    with closing(read_archive(other)) as theirs:
        theirs.execute("BEGIN")  # one moment of it, whatever a crawl writes
        remove_leftovers(evidence_folder(data))
        recover_evidence(db, data)
        bury_hashes(db, forgotten_hashes(theirs))
        forgotten = forgotten_hashes(db)
        captures, missing = merge_evidence(db, data, theirs, other, lambda key: hash_key(key) not in forgotten)
        counts = _merge_rows(db, theirs, forgotten, watch)
        # Pages that link to a forgotten one have its title.
        erase_evidence(db, data, keys_of(theirs, forgotten))
    lost_backups = erase_forgotten(db, data).lost_backups if has_unfinished(db) else ()
    return Merged(
        new=counts["new"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        captures=captures,
        other_key=_read_key(other) != _read_key(data),
        missing=tuple(missing),
        lost_backups=lost_backups,
    )


def _read_key(data: Path) -> bytes | None:
    """The key of a folder's contacts; None where it is not for us to read."""
    try:
        return key_of(data)
    except OSError:
        return None


def _merge_rows(db: Database, theirs: Database, forgotten: frozenset[str], watch: Watch) -> Counter[str]:
    counts: Counter[str] = Counter()
    with transaction(db):
        captures: CaptureIds = {
            (file, sha256): id_ for id_, file, sha256 in db.execute("SELECT id, file, record_sha256 FROM captures")
        }
        for id_, key in watch(theirs.execute("SELECT id, url_key FROM articles ORDER BY id").fetchall()):
            if hash_key(key) not in forgotten:
                counts[merge_article(db, theirs, id_, captures, forgotten)] += 1
        pages = [page for page in read_pages(theirs) if hash_key(page["url_key"]) not in forgotten]
        link_pages(db, [merge_page(db, page, captures) for page in pages])
        resolve_all_links(db)
    return counts
