"""The lines of a container as they are compared from page to page, and what of them is not the site's for sure."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from archive.records import RemovalKind
from pipelines.blocks import Block
from pipelines.body import Body
from pipelines.credits import read_credits
from pipelines.dates import holds_date, strip_dates
from pipelines.outlets import is_office
from pipelines.reveal import reveal
from pipelines.rules import Rule, load_rules
from pipelines.text import key as key_of

RULE = "repeats-on-site"
"""What takes out a line that no cleaning rule does."""
ALL, LEAST_ALL = 0.975, 15
"""Share of the pages from which a line or sentence is the site's wherever it stands: what all articles say is said by
none. What four in five articles quote, all of fewer pages may well have."""
VARIANTS = 3
"""Pages that each of several lines must be on that take turns in one place, as three hotlines do."""
LEAST_TITLE = 8
"""Characters of a headline that a line names; a shorter one may be words of any line."""
LONGEST_CREDIT = 90
"""Characters of a line that can be nothing but a credit or a signature."""

_HEADING = re.compile(r"h[1-6]\.")
_CONTACT = re.compile(r"\d{7,}|[TPFDMG]|微信|qq|扫码|二维码|电话|手机|热线")
NUMBER = re.compile(r"[a-z0-9]*\d[a-z0-9]*", re.I | re.A)
"""A number or a code: 38, A840, e7d80068."""
_SENTENCE = re.compile("[。！？!?，,：:]")
_FORMULA = re.compile(
    r"各[^。！？]{2,80}[:：]|现将[^。]{2,40}如下[^。]{0,20}[:：。]|特此[^。]{2,12}。?"
    r"|[^。]{0,30}自[^。]{2,20}起[^。]{0,10}(?:施行|实施|执行|生效)。?|(?:记者|主持人|问|答)[:：].+"
)
"""What all documents of an office say, and who speaks in an interview: of the article, however many begin or end so."""
_NUMBERED = re.compile(
    r"第?[一二三四五六七八九十]{1,3}[、.．条章节]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．](?!\d)|【[^】]{1,8}】$"
)
_FIELD = re.compile(r"[^:：，。]{2,12}[:：]")


@dataclass(frozen=True, slots=True)
class Seen:
    """A line of a container, as the full reader saw it."""

    name: str
    """The digest of its words."""
    form: str
    """The digest of its words whatever numbers and signs are in them."""
    node: str
    """Tag and class of the element that it stands in."""
    text: str
    taken: tuple[str, RemovalKind] | None
    """Rule and kind where it was taken out, None where it is text."""
    states: bool = False
    """Whether it states something of the article: a credit or a date, alike on many pages, is text all the same."""

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading: among paragraphs a series has the same ones in each of its articles."""
        return _HEADING.match(self.node) is not None

    @property
    def is_numbered(self) -> bool:
        """Whether it is a heading or a clause of a document: `一、项目基本情况`."""
        return self.taken is None and _NUMBERED.match(self.text) is not None

    @property
    def is_form(self) -> bool:
        """Whether among paragraphs many articles may well have it: a heading, a clause, a field such as `地点：`."""
        return self.is_heading or self.is_numbered or (self.taken is None and _FIELD.match(self.text) is not None)

    @property
    def is_framing(self) -> bool:
        """Whether it was taken out for where it stands, which needs no learning."""
        return self.taken is not None and self.taken[0] not in rules_by_name()


def digest(text: str, key: bytes) -> str:
    """What a record holds of a line, under the key of the archive."""
    return hashlib.blake2b(text.encode(), digest_size=16, key=key).hexdigest()


def wording(text: str, title: str | None) -> str:
    """A line as it is on all pages where it names the article whose page it is on: the headline's place is marked."""
    if title is None or len(title) < LEAST_TITLE or text == title:
        return text
    return text.replace(title, "\0")


def form(words: str) -> str:
    """A line as it is on all pages where it counts them, or their readers, or is disguised by other signs on each: its
    letters, with the numbers' places marked."""
    return NUMBER.sub("\1", key_of(words) or words)


def node_of(block: Block) -> str:
    """Tag and class of the element that a line stands in."""
    return f"{block.node.tag}.{block.node.get('class') or ''}"


def see_lines(lines: Sequence[Block], body: Body, title: str | None, key: bytes) -> list[Seen]:
    """The lines of a container that was read, with what became of each."""
    taken: dict[str, tuple[str, RemovalKind]] = {
        removal.text: (removal.rule, removal.kind) for removal in body.removals
    }
    followed = [*(line.text for line in lines[1:]), ""]
    words = [wording(line.text, title) for line in lines]
    return [
        Seen(
            digest(said, key),
            digest(form(said), key),
            node_of(line),
            line.text,
            taken.get(line.text),
            line.text not in taken and states(line.text, follows),
        )
        for line, said, follows in zip(lines, words, followed, strict=True)
    ]


def states(text: str, follows: str = "") -> bool:
    """Whether a line of the text is a credit, a date, an office, the signature above a date, or a formula: on many pages
    of one author, day or office, and of the article all the same."""
    if len(text) > LONGEST_CREDIT:
        return False
    if _FORMULA.fullmatch(text):
        return True
    credit = read_credits([text])
    stated = credit.source or credit.reporter or credit.posted_by
    return bool(stated) or is_office(text) or _is_date(text) or (_is_date(follows) and not _SENTENCE.search(text))


def _is_date(text: str) -> bool:
    return holds_date(text) and not key_of(strip_dates(text))


def kind_of(text: str) -> RemovalKind:
    """What sort of thing a line is that repeats."""
    return "contact" if _CONTACT.search(reveal(text).text) else "chrome"


def round_up(distance: int) -> int:
    """So that other samples of the same site mostly give the same figure."""
    return next(step for step in itertools.chain((0, 1, 2, 3, 4, 6, 8, 12), itertools.count(16, 8)) if step >= distance)


@cache
def rules_by_name() -> dict[str, Rule]:
    """The cleaning rules."""
    return {rule.name: rule for rule in load_rules()}
