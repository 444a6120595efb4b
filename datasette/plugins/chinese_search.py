"""The ordinary search box finds Chinese: SQL's `escape_fts` makes phrases of single characters.

The index holds every character as a token of its own (`archive/search.py` says why and how). This is that module's
`to_match` and `find_matches`, and `archive/folding.py`, in a copy because plugins import nothing from the project; a
test holds them together. Templates get a search's place in a text marked by the filters `highlight` and `snippet`.
"""

import re
import unicodedata
from functools import cache, lru_cache

from datasette import hookimpl
from markupsafe import Markup, escape
from opencc import OpenCC

LINE_END = "\u2029"
NOTHING = '""'
HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x323B0))
SNIPPET_BEFORE = 30
SNIPPET_CHARS = 130
"""Characters shown of a text, and how many of them stand before the first hit: two to three lines."""

_TERM = re.compile(r'(?<!\S)(?P<minus>-?)(?:"(?P<phrase>[^"]+)"(?!\S)|(?P<word>\S+))')


def fold(text):
    return unicodedata.normalize("NFKC", text).casefold().translate(simplified())


@cache
def simplified():
    characters = [chr(code) for first, end in HAN for code in range(first, end)]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(old): new for old, new in zip(characters, converted, strict=True) if old != new}


def terms(words):
    for term in _TERM.finditer(fold(words)):
        text = characters_of(term["phrase"] or term["word"])
        if text:
            yield bool(term["minus"]), text


def characters_of(folded):
    return [char for char in folded if char.isprintable() and not char.isspace()]


@lru_cache(maxsize=20_000)
def folded(char):
    return LINE_END if char == "\n" else "".join(characters_of(fold(char)))


def to_match(words):
    wanted, unwanted = [], []
    for minus, text in terms(words):
        (unwanted if minus else wanted).append('"' + " ".join(text).replace('"', '""') + '"')
    if not wanted and not unwanted:
        return NOTHING
    query = " AND ".join(wanted) or f'"{LINE_END}"'
    return f"{query} NOT ({' OR '.join(unwanted)})" if unwanted else query


def find_matches(text, words):
    needles = ["".join(term) for minus, term in terms(words) if not minus]
    if not needles:
        return []
    found_in, origin = [], []
    for position, char in enumerate(text):
        for part in folded(char):
            found_in.append(part)
            origin.append(position)
    pattern = "|".join(re.escape(needle) for needle in sorted(needles, key=len, reverse=True))
    return [(origin[match.start()], origin[match.end() - 1] + 1) for match in re.finditer(pattern, "".join(found_in))]


def highlight(text, words):
    """The text as HTML, each hit of the search in a `<mark>`."""
    parts, done = [], 0
    for start, end in find_matches(text, words or ""):
        parts += [escape(text[done:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        done = end
    return Markup("").join([*parts, escape(text[done:])])


def snippet(body, words):
    """The part of the text around the first hit, highlighted; nothing where only the title has one."""
    matches = find_matches(body, words or "")
    if not matches:
        return None
    start = max(0, matches[0][0] - SNIPPET_BEFORE)
    end = start + SNIPPET_CHARS
    cut = highlight(body[start:end].strip().replace("\n", " "), words)
    return Markup("{}{}{}").format("…" if start else "", cut, "…" if end < len(body) else "")


@hookimpl(trylast=True)  # after Datasette's own escape_fts, which would otherwise win
def prepare_connection(conn):
    conn.create_function("escape_fts", 1, to_match, deterministic=True)


@hookimpl
def prepare_jinja2_environment(env):
    env.filters.update(highlight=highlight, snippet=snippet)
