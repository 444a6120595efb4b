"""The ordinary search box finds Chinese: SQL's `escape_fts` makes phrases of single characters.

The index holds every character as a token of its own (`archive/search.py` says why and how). This is that
module's `to_match`, in a copy because plugins import nothing from the project; a test holds the two together.
"""

import re
import unicodedata

from datasette import hookimpl

LINE_END = "\u2029"
NOTHING = '""'

_TERM = re.compile(r'(?<!\S)(?P<minus>-?)(?:"(?P<phrase>[^"]+)"(?!\S)|(?P<word>\S+))')


def fold(text):
    return unicodedata.normalize("NFKC", text).casefold()


def spaced(folded):
    return " ".join(char for char in folded if char.isprintable() and not char.isspace())


def to_match(words):
    wanted, unwanted = [], []
    for term in _TERM.finditer(fold(words)):
        phrase = spaced(term["phrase"] or term["word"])
        if phrase:
            (unwanted if term["minus"] else wanted).append('"' + phrase.replace('"', '""') + '"')
    if not wanted and not unwanted:
        return NOTHING
    query = " AND ".join(wanted) or f'"{LINE_END}"'
    return f"{query} NOT ({' OR '.join(unwanted)})" if unwanted else query


@hookimpl(trylast=True)  # after Datasette's own escape_fts, which would otherwise win
def prepare_connection(conn):
    conn.create_function("escape_fts", 1, to_match, deterministic=True)
