"""Lines of the article's container to body and removals: the rules applied, every character accounted for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.reveal import Revealed, reveal
from pipelines.rules import Rule, hint, load_rules
from pipelines.text import split_sentences

LONGEST_SPAM = 320
"""Characters of a line or sentence that rules look at as a whole: longer ones are text, whatever they mention."""

KEPT = 2_000
"""Short lines whose cuts are kept: a site's own lines stand on every page of it, a hostile page's over and over."""

LONGEST_LINE = 20_000
"""Characters of a line that are looked at: a line of a million is hostile, and cleaning it would take seconds."""

_BREAK = re.compile(r"[\s\u3000]+|[，,；;、]\s*|(?=[【\[（(])|(?<=[】\]）)])")
_COMMAS = frozenset("，,、;；")
LONGEST_OPENING = 40
"""Characters at the start of a sentence in which a piece that is glued to its front is looked for."""
_GAP = re.compile(r"\s+|(?<=[】\]）)★])|(?=[【\[（(])")
_DETAIL = re.compile(r"\d{5}|[a-z]{3}")
"""A number or an id, without which a clause before a comma belongs to its sentence."""
_TEXT = re.compile(r"[，,。]")
_BRACKETED = re.compile(r"[【\[（(]([^【\[（(】\]）)]{2,80})[】\]）)]")
_PLEA = re.compile(
    r"想|了解|需要|需求|欢迎|请|招商|咨询|联系|专车|免费|老板|加|您|我们|租|售|厂房|广告|更多|长期|备注|报价|详|方式|微|点击|来自|或|扫|同号|直租|热线|客服|电话|手机"
)
"""Words of an offer: a clause beside a contact detail that has one belongs to it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece taken out of a line."""

    start: int
    end: int
    rule: Rule


def clean_line(line: str, rules: tuple[Rule, ...] | None = None) -> list[Cut]:
    """What to take out of a line wherever it stands; an empty list leaves it alone."""
    if rules is None and len(line) <= LONGEST_SPAM:
        return list(_clean_short(line))
    return _clean(line, load_rules() if rules is None else rules)


@lru_cache(maxsize=KEPT)
def _clean_short(line: str) -> tuple[Cut, ...]:
    return tuple(_clean(line, load_rules()))


def _clean(line: str, rules: tuple[Rule, ...]) -> list[Cut]:
    shown = reveal(line)
    if len(line) > LONGEST_LINE or not hint().search(shown.text):
        return []
    whole = _match_line(shown.text, rules)
    if whole and not _holds_text(shown.text, rules):
        return [Cut(0, len(line), whole)]
    cuts: list[Cut] = []
    for start, end in _sentences(shown.text):
        cuts += _clean_sentence(shown, start, end, rules)
    return cuts


def _match_line(text: str, rules: tuple[Rule, ...], context: str | None = None) -> Rule | None:
    """The line rule that covers the text, unless `context` (the sentence around it) speaks against it."""
    text = text.strip()
    if not text or len(text) > LONGEST_SPAM:
        return None
    for rule in rules:
        if rule.unit == "line" and rule.pattern.fullmatch(text) and not _excepted(rule, text, context):
            return rule
    return None


def _excepted(rule: Rule, text: str, context: str | None = None) -> bool:
    unless = rule.unless
    return unless is not None and bool(unless.search(text) or (context and unless.search(context)))


def _sentences(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for sentence in split_sentences(text):
        spans.append((start, start + len(sentence)))
        start += len(sentence)
    return spans


def _clean_sentence(shown: Revealed, start: int, end: int, rules: tuple[Rule, ...]) -> list[Cut]:
    text = shown.text[start:end]
    if len(text) > LONGEST_SPAM or not hint().search(text):
        return []
    whole = _match_line(text, rules) if end - start < len(shown.text) else None
    if whole and not _holds_text(text, rules):
        return [_cut(shown, start, end, whole)]
    for rule in rules:
        if rule.unit == "sentence":
            hit = rule.pattern.search(text)
            if hit and not _excepted(rule, text):
                a, b = _around(text, hit.start(), hit.end())
                return [_cut(shown, start + a, start + b, rule)]
    return _match_pieces(shown, start, end, rules)


def _cut(shown: Revealed, start: int, end: int, rule: Rule) -> Cut:
    return Cut(shown.origin[start], shown.origin[end], rule)


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """The hit with the clauses that belong to it; clauses of real text before and behind it stay."""
    bounds = [0, *(m.end() for m in _BREAK.finditer(text)), len(text)]
    a = max(b for b in bounds if b <= start)
    z = min(b for b in bounds if b >= end)
    before, behind = text[:a], text[z:]
    if not before.strip() or (len(before) < 40 and _PLEA.search(before)) or len(before.strip()) < 6:
        a = 0
    if not behind.strip() or (len(behind) < 40 and _PLEA.search(behind)) or len(behind.strip(" 。!?，,")) < 8:
        z = len(text)
    return a, z


def _holds_text(text: str, rules: tuple[Rule, ...]) -> bool:
    """Whether spam that covers a line has a piece of real text in it, set off by a space or a bracket."""
    pieces = [piece.strip() for piece in _GAP.split(text)]
    return len(pieces) > 1 and any(
        len(piece) >= 10 and _TEXT.search(piece) and not _PLEA.search(piece) and not _is_spam(piece, rules)
        for piece in pieces
    )


def _is_spam(text: str, rules: tuple[Rule, ...]) -> bool:
    return _match_line(text, rules) is not None or any(
        rule.unit == "sentence" and rule.pattern.search(text) for rule in rules
    )


def _match_pieces(shown: Revealed, start: int, end: int, rules: tuple[Rule, ...]) -> list[Cut]:
    """Pieces at the sentence's start or end, and brackets within, that a line rule covers."""
    text = shown.text[start:end]
    found = {0, len(text)}
    for match in _BREAK.finditer(text):
        found |= {match.start(), match.end()}
    bounds = sorted(found)
    if not 3 <= len(bounds) <= 60:
        return []
    cuts = []
    *_, last = hint().finditer(text)
    for a in bounds[1:-1]:
        if a > last.start():
            break
        rule = _match_piece(text, a, len(text), rules)
        if rule and not _holds_text(text[a:], rules):
            cuts.append(_cut(shown, start + a, end, rule))
            bounds = [b for b in bounds if b <= a]
            break
    first = 0
    for z in bounds[1:-1]:
        rule = _match_piece(text, first, z, rules)
        goes_on = not _COMMAS.isdisjoint((text[z - 1], text[z]))
        if rule and goes_on and not _DETAIL.search(text[first:z]):
            rule = None  # `扫一扫工票上的图形码，…` is how a sentence begins
        if rule and len(text[first:z].strip()) > 1:
            cuts.append(_cut(shown, start + first, start + z, rule))
            first = z
        elif text[first:z].strip() and (first or z > LONGEST_OPENING):
            break
    return cuts or _match_brackets(shown, start, text, rules)


def _match_piece(text: str, start: int, end: int, rules: tuple[Rule, ...]) -> Rule | None:
    """The rule that covers a piece of a sentence. What is quoted stays, and between commas only contacts go."""
    piece = text[start:end]
    if piece.count("“") != piece.count("”"):
        return None
    rule = _match_line(piece, rules, text)
    at_comma = (
        text[:start].rstrip()[-1:] in _COMMAS
        or piece[:1] in _COMMAS
        or (end < len(text) and piece.rstrip()[-1:] in _COMMAS)
    )
    return None if rule and at_comma and rule.kind != "contact" else rule


def _match_brackets(shown: Revealed, start: int, text: str, rules: tuple[Rule, ...]) -> list[Cut]:
    return [
        _cut(shown, start + bracket.start(), start + bracket.end(), rule)
        for bracket in _BRACKETED.finditer(text)
        if (rule := _match_line(bracket[0], rules, text) or _match_line(bracket[1], rules, text))
    ]


def cut_text(line: str, cuts: list[Cut]) -> tuple[str, list[tuple[str, Rule]]]:
    """The line without its cuts, and the pieces cut out with their rules."""
    kept, taken, last = [], [], 0
    for cut in sorted(cuts, key=lambda cut: cut.start):
        kept.append(line[last : cut.start])
        taken.append((line[max(last, cut.start) : cut.end].strip(), cut.rule))
        last = max(last, cut.end)
    kept.append(line[last:])
    return "".join(kept).strip(), [(piece, rule) for piece, rule in taken if piece]
