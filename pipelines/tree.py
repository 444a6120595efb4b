"""Text to tree: one parse for everything that reading needs, within bounds that hostile pages cannot break."""

from __future__ import annotations

import re
from typing import cast

from lxml import etree, html

from pipelines.decode import decode
from pipelines.errors import NotAnArticle

MAX_CHARS = 3_000_000
"""Characters of HTML that are parsed at all. The longest real article page met has 1.2 million; ten million in one
paragraph took a reader to 370 MB."""
MAX_ELEMENTS = 100_000
"""Elements a page may have. Real article pages stay under 8,000."""
MAX_MARKS = 3 * MAX_ELEMENTS
"""Signs < of a page that is parsed: two for an element, the rest for scripts. Counted first, as a tree of three
million <br> takes 535 MB before its elements can be."""
ELEMENTS_OF_MARK = 4
"""Elements that one sign < can make at most: its own, and html, body and p around it."""
MAX_DEPTH = 200
"""Nesting that later steps get to see; deeper wrappers are unwrapped. trafilatura gives up on 1,000 without a word."""
MAX_TAG = 20_000
"""Characters in one tag. libxml2 takes 3.6 s for 50,000 attributes; long inlined pictures are not needed."""

# Left to libxml2: a walk in Python takes as long as everything else that is done with a small page.
_TOO_MANY = etree.XPath(f"count(//*) > {MAX_ELEMENTS}")
_DEEP = etree.XPath("/*" * (MAX_DEPTH + 1) + "/descendant-or-self::*")
_HTML = re.compile(r"<html[\s>]", re.I)
_BEFORE_HTML = 50_000
"""Characters in which the html element is looked for."""
# What was taken for the name is not given back, letter by letter: that took a second for each tag of 20,000 letters.
_LONG_TAG = re.compile(r"(<[a-zA-Z][a-zA-Z0-9]{0,30}+)[^<>]{%d,}" % MAX_TAG)  # noqa: UP031
# lxml.html's own lookup is in Python, for each element; the classes of form fields that it tells apart are of no use.
_ELEMENTS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
_kept: dict[bytes, html.HtmlElement] = {}
"""The tree that was parsed last to be used again, by its page."""
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32), 127])


def parse_page(body: bytes, *, keep: bool = False) -> html.HtmlElement:
    """The tree of a response body, which nobody may change. Raises NotAnArticle.

    With `keep` it is the next one's who asks for that of the same body: a page is looked at for its further parts, and
    for the articles that it names, before it is read. No longer than that, as two trees at a time cost a quarter more.
    """
    root = _kept.pop(body, None)
    if root is None:
        root = parse(decode(body))
    if keep:
        _kept.clear()
        _kept[body] = root
    return root


def parse(text: str) -> html.HtmlElement:
    """The page's tree. Raises NotAnArticle for pages with no elements or past the bounds."""
    if len(text) > MAX_CHARS:
        raise NotAnArticle("too-large")
    marks = text.count("<")
    if marks > MAX_MARKS:
        raise NotAnArticle("too-many-elements")
    source = _LONG_TAG.sub(r"\1", text) if _may_hold_long_tag(text) else text
    # A <script> before <html> makes libxml2 put the whole page into its head.
    begins = _HTML.search(source, 0, _BEFORE_HTML)
    source = "<!DOCTYPE html>" + source[begins.start() if begins else 0 :]
    # Bytes with a stated charset: lxml refuses str with an XML declaration, and libxml2 believes a meta element.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        root = html.document_fromstring(source.encode("utf-8", "replace").translate(None, _CONTROL), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise NotAnArticle("not-html") from error
    if any("depth" in entry.message for entry in parser.error_log):
        raise NotAnArticle("too-deep")
    if marks > MAX_ELEMENTS // ELEMENTS_OF_MARK and _TOO_MANY(root):
        raise NotAnArticle("too-many-elements")
    _flatten(root)
    return root


def _may_hold_long_tag(text: str) -> bool:
    """Whether MAX_TAG characters in a row are no sign <. Looked for from the end of each such stretch: few characters
    are read, where the pattern reads all."""
    at = 0
    while len(text) - at > MAX_TAG:
        at = text.rfind("<", at, at + MAX_TAG) + 1
        if not at:
            return True
    return False


def _flatten(root: html.HtmlElement) -> None:
    """Unwrap what is nested deeper than MAX_DEPTH."""
    for element in cast(list[html.HtmlElement], _DEEP(root)):
        element.drop_tag()
