"""Equal contact details are told apart from others by a keyed hash, so that they need not be stored.

The key is in the data folder, readable for its owner only; without it the hash of a telephone number, of which
there are few, could be found by trying them all.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache
from pathlib import Path

from sqlite_utils import Database

from archive.files import replacing
from archive.masking import Contact

KEY_NAME = "contact.key"

KEY_BYTES = 32
"""As many as the hash has: more add nothing (RFC 2104)."""


def fingerprint(db: Database, contact: Contact) -> str:
    """The HMAC-SHA256 of a contact detail, in hexadecimal, under the key of the archive."""
    return sign(contact, key_of(data_folder(db)))


def sign(contact: Contact, key: bytes) -> str:
    """The HMAC-SHA256 of a contact detail under a key."""
    return hmac.new(key, f"{contact.kind}:{contact.value}".encode(), hashlib.sha256).hexdigest()


def data_folder(db: Database) -> Path:
    """The folder that an open archive is in."""
    files = {name: file for _, name, file in db.execute("PRAGMA database_list").fetchall()}
    return Path(files["main"]).parent


def has_key(data: Path) -> bool:
    """Whether there is a key in the data folder that its owner alone can read."""
    file = data / KEY_NAME
    return file.exists() and not file.stat().st_mode & 0o077


def make_key(data: Path) -> None:
    """Have a private key in the data folder, in the caller's lock; one that is there is kept.

    Raises OSError where it cannot be written.
    """
    file = data / KEY_NAME
    if not file.exists():
        with replacing(file) as part:
            part.touch(mode=0o600)
            part.write_bytes(secrets.token_bytes(KEY_BYTES))
    file.chmod(0o600)  # a copy from elsewhere may have lost its mode


@lru_cache(maxsize=4)
def key_of(data: Path) -> bytes:
    """The key in the data folder, which workers of the archive may read too. Raises OSError where there is none."""
    return (data / KEY_NAME).read_bytes()
