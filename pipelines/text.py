"""Small measures of Chinese text that several reading steps share."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

CELL = " | "
"""What parts the cells of a data table's row, which is one line."""
SHORT, KEPT = 400, 1_000
"""Characters of a text whose key is remembered, and how many such texts: each step of reading a page asks for that of
the same lines and titles anew."""
_WORDS = re.compile(r"[^\W_]+")
_USUAL = re.compile(r"[\x00-\x7f\u4e00-\u9fff、。《》「」『』【】“”‘’—·\u3000！（），：；？]*")
"""Text of which normalising changes nothing but signs."""
_PROSE_MARK = re.compile(r"[，。！？；：、…”」]|[,.;!?](?:\s|$)")
_SENTENCE = re.compile(r"[^。！？!?]*+[。！？!?][”’」』）)\]】》]?|[^。！？!?]+")


def key(text: str) -> str:
    """What two spellings of the same words have in common: letters, digits and characters, half-width, lower case."""
    return (_short_key if len(text) <= SHORT else _key)(text)


def _key(text: str) -> str:
    if _USUAL.fullmatch(text):  # normalising takes five times as long as all else
        return "".join(_WORDS.findall(text)).lower()
    return "".join(_WORDS.findall(unicodedata.normalize("NFKC", text))).lower()


_short_key = lru_cache(maxsize=KEPT)(_key)


def is_prose(text: str) -> bool:
    """Whether a line reads like running text rather than like a label, a menu entry or a heading."""
    return len(text) >= 15 and _PROSE_MARK.search(text) is not None


def split_sentences(text: str) -> list[str]:
    """The sentences of a line, each with its closing punctuation; joined they are the line again."""
    return _SENTENCE.findall(text)
