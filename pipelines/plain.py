"""One spelling for what a byline or credit may spell in many: widths, bars, brackets, spaces."""

from __future__ import annotations

import re

_BARS = "︱｜丨│┃¦∣"
_OPEN, _CLOSE = "（【〔［﹝〖", "）】〕］﹞〗"
_DOTS = "•・．‧∙"
_DASHES = "－–−﹣"

_TABLE = (
    {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(map(ord, _BARS), "|")
    | dict.fromkeys(map(ord, _OPEN), "(")
    | dict.fromkeys(map(ord, _CLOSE), ")")
    | dict.fromkeys(map(ord, "[<"), "(")
    | dict.fromkeys(map(ord, "]>"), ")")
    | dict.fromkeys(map(ord, _DOTS), "·")
    | dict.fromkeys(map(ord, _DASHES), "-")
    | dict.fromkeys(map(ord, "∶︰"), ":")
    | dict.fromkeys(map(ord, "∕"), "/")
    | dict.fromkeys(map(ord, "\u3000\xa0\t"), " ")
    | dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), None)
)
_SPACES = re.compile(r"\s+")
_PARTED_LABEL = re.compile(r"(?<![\u3400-\u9fff])([来來作记記编編责責])\s+([源者辑輯编編])(?=\s*[:|/])")


def plain(text: str) -> str:
    """The text in one spelling: half-width, every bracket round, every bar `|`, every middle dot `·`, single spaces.

    Patterns for bylines are written for this spelling only. Double angle brackets, which name papers, stay.
    """
    return _PARTED_LABEL.sub(r"\1\2", _SPACES.sub(" ", text.translate(_TABLE))).strip()
