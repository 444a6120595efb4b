"""Lines of the article's container to body and removals: the rules applied, every character accounted for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from archive.records import RemovalKind
from pipelines.reveal import Revealed, reveal
from pipelines.rules import Rule, fits_from, spread_rules, term, that_may_fit
from pipelines.text import key, split_sentences

LONGEST_SPAM = 320
"""Characters of a line or sentence that rules look at as a whole: longer ones are text, whatever they mention."""

KEPT = 2_000
"""Short lines whose cuts are kept: a site's own lines stand on every page of it, a hostile page's over and over."""

CRUMB = 2
"""Characters that no line of text is made of."""
LONGEST_REST = 30
"""Characters beside what a rule took that can be the rest of the same line of spam: a slogan, hours, a label."""
SHARES: Mapping[RemovalKind, float] = {"contact": 0.4, "copyright": 0.6, "share": 0.6, "chrome": 0.6}
"""What part of such a line the rules must have taken: whoever gives a number offers something beside it, while buttons
may stand at the end of a subheading."""
ROW = 0.6
"""The part of a row's letters that are words of a screen."""
LONGEST_CELL = 16
"""Characters of a label in a row."""

LONGEST_LINE = 20_000
"""Characters of a line that are looked at: a line of a million is hostile, and cleaning it would take seconds."""

_BREAK = re.compile(r"[\s\u3000]+|[，,；;、]\s*|(?=[【\[（(])|(?<=[】\]）)])")
_COMMAS = frozenset("，,、;；")
_COLUMNS = " | "
"""What parts the cells of a table's row."""
LONGEST_OPENING = 40
"""Characters at the start of a sentence in which a piece that is glued to its front is looked for."""
LONGEST_BUTTON = 6
"""Characters of a word that goes on with a row of buttons or a breadcrumb."""
LONGEST_BESIDE = 40
"""Characters of a clause that can belong to a contact detail or a notice beside it."""
LONGEST_LABEL = 12
"""The same beside brackets that hold the detail."""
LONGEST_QUESTION = 24
"""Characters of a question that leads to an offer: `想入驻园区？拨打…`."""
_GAP = re.compile(r"\s+|(?<=[】\]）)★])|(?=[【\[（(])")
_DETAIL = re.compile(r"\d{5}|[a-z]{3}|[TPFDM]")
"""A number or an id, without which a clause before a comma belongs to its sentence."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_TOLD = re.compile(r"[的了是于达年月日为将已被说和与第万亿]")
"""Words of telling, which offers in a few words do without."""
_TEXT = re.compile(r"[，,。]")
_SENTENCE = re.compile(
    r"[。、:“”\"…《》]|^\W*(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})[、.)）]|[摄完文图]\W*$|记者|来源|新华社|报道|本报"
)
"""What a sentence, a heading or a credit has and the rest of a card has not."""
_CELLS = re.compile(r"[\s|/·•\[\]【】()<>《》«»☆★:;#+-]+")
"""What parts the labels of a row."""
_LETTERS = re.compile(r"[^\W\d_]")
_SPEAKER = re.compile(r"[\u4e00-\u9fff]{3,12}(?:说|道|表示)")
"""What stands behind a quotation."""
_SPEECH = re.compile(r"“[^“”TPFDM]{1,120}[。!?…,]”")
"""What somebody says: his sentence ends before the quotation mark."""
_CREDIT = re.compile(r"[（(][^（()）。]{0,20}(?:记者|通讯员|供稿|供图)[^（()）。]{1,30}[）)]")
_OPEN, _CLOSE = "【[（(", "】]）)"
_BRACKETED = re.compile(r"[【\[（(]([^【\[（(】\]）)]{2,80})[】\]）)]")


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece taken out of a line."""

    start: int
    end: int
    rule: Rule


def take_out(line: str, *, notice: bool = False) -> tuple[str, list[tuple[str, Rule]]]:
    """What the rules leave of a line of the page, empty when all of it goes, and the pieces taken out of it."""
    kept, taken = cut_text(line, clean_line(line, notice=notice))
    if taken and kept:
        rest, more = cut_text(kept, clean_line(kept, notice=notice))
        if not key(rest):
            kept, taken = "", taken + (more or [(kept, taken[0][1])])
    gone = bool(taken) and (len(key(kept)) <= CRUMB or _is_rest(kept, taken))
    return "" if gone else kept, [*taken, (kept, taken[0][1])] if gone and key(kept) else taken


def _is_rest(kept: str, taken: list[tuple[str, Rule]]) -> bool:
    """Whether what is left of a line tells nothing by itself: no sentence, and less than the rules took of it."""
    left = key(kept)
    shown = reveal(kept).text
    return (
        len(left) <= LONGEST_REST
        and len(left) * SHARES[taken[0][1].kind]
        <= (1 - SHARES[taken[0][1].kind]) * sum(len(key(text)) for text, _ in taken)
        and not _SENTENCE.search(shown)
        and not term("story").search(shown)
    )


def clean_line(line: str, *, notice: bool = False) -> list[Cut]:
    """What to take out of a line wherever it stands; an empty list leaves it alone. `notice` is said of its page."""
    return list((_clean_short if len(line) <= LONGEST_SPAM else _clean)(line, notice))


@lru_cache(maxsize=KEPT)
def _clean_short(line: str, notice: bool) -> tuple[Cut, ...]:
    return tuple(_clean(line, notice))


def _clean(line: str, notice: bool) -> list[Cut]:
    if len(line) > LONGEST_LINE:
        return []
    shown = reveal(line)
    rules = that_may_fit(spread_rules(notice), shown.text)
    if not rules or _SPEECH.fullmatch(shown.text.strip()):
        return []
    whole = _match_line(shown.text, rules)
    if whole and not _holds_text(shown.text, rules):
        return [Cut(0, len(line), whole)]
    cuts: list[Cut] = []
    question: tuple[int, int] | None = None
    for start, end in _sentences(shown.text):
        found = _clean_sentence(shown, start, end, rules)
        if question and found and found[0].rule.kind in ("contact", "share") and found[0].start == shown.origin[start]:
            cuts.append(_cut(shown, *question, found[0].rule))
        cuts += found
        asks = not found and end - start <= LONGEST_QUESTION and shown.text[start:end].rstrip()[-1:] in "?!"
        question = (start, end) if asks and term("plea").search(shown.text, start, end) else None
    return cuts


def _match_line(text: str, rules: tuple[Rule, ...], context: str | None = None, *, to_all: bool = False) -> Rule | None:
    """The line rule that covers the text, unless `context` (the sentence around it) speaks against it: against a
    contact rule, or `to_all`. Buttons and notices between spaces are what they are in any company."""
    text = text.strip()
    if not text or len(text) > LONGEST_SPAM:
        return None
    for rule in rules:
        if (
            rule.unit != "sentence"
            and (rule.pattern.fullmatch(text) if rule.unit == "line" else rule.pattern.search(text) and _is_row(text))
            and not _excepted(rule, text, context if to_all or rule.kind == "contact" else None)
        ):
            return rule
    return None


def _is_row(text: str) -> bool:
    """Whether a text is a row of labels, most of them words of a screen: buttons, a menu, the head of a post."""
    cells = [cell for cell in _CELLS.split(text) if _LETTERS.search(cell)]
    if len(cells) < 2 or max(map(len, cells)) > LONGEST_CELL:
        return False
    found = [sum(match.end() - match.start() for match in term("screen").finditer(cell)) for cell in cells]
    return sum(map(bool, found)) >= 2 and sum(found) >= ROW * len(_LETTERS.findall(text))


def _excepted(rule: Rule, text: str, context: str | None = None) -> bool:
    if rule.kind in ("contact", "share") and term("tells").search(text):
        return True
    if rule.unit != "row" and term("cited").search(text):
        return True
    return rule.is_excepted(text) or (bool(context) and rule.is_excepted(str(context)))


def _sentences(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for sentence in split_sentences(text):
        spans.append((start, start + len(sentence)))
        start += len(sentence)
    return spans


def _clean_sentence(shown: Revealed, start: int, end: int, rules: tuple[Rule, ...]) -> list[Cut]:
    text = shown.text[start:end]
    rules = that_may_fit(rules, text) if len(text) <= LONGEST_SPAM else ()
    if not rules:
        return []
    whole = _match_line(text, rules) if end - start < len(shown.text) else None
    if whole and not _holds_text(text, rules) and not _is_spoken(shown.text, start, end):
        return [_cut(shown, start, end, whole)]
    for rule in rules:
        if rule.unit == "sentence":
            hit = rule.pattern.search(text)
            if hit and not _excepted(rule, text):
                a, b = _around(text, hit.start(), hit.end(), rule)
                if a and rule.kind == "contact" and _is_slogan(text, text[:a], text[b:]):
                    a = 0
                return [_cut(shown, start + a, start + b, rule)]
    return _match_pieces(shown, start, end, rules) if any(rule.unit != "sentence" for rule in rules) else []


def _is_spoken(text: str, start: int, end: int) -> bool:
    """Whether a sentence is somebody's words, or a quotation begins in it and ends behind it, or goes on through it."""
    if _SPEECH.fullmatch(text, start, end):
        return True
    open_quotes = text.count("“", 0, end) - text.count("”", 0, end)
    return open_quotes > 0 and "”" in text[end : end + LONGEST_SPAM]


def _cut(shown: Revealed, start: int, end: int, rule: Rule) -> Cut:
    return Cut(shown.origin[start], shown.origin[end], rule)


def _around(text: str, start: int, end: int, rule: Rule) -> tuple[int, int]:
    """The hit with the clauses that belong to it, in brackets all that is in them; real text around it stays."""
    bounds = [0, *(m.end() for m in _BREAK.finditer(text)), len(text)]
    a = max(b for b in bounds if b <= start)
    z = min(b for b in bounds if b >= end)
    near = LONGEST_BESIDE
    if bracket := _bracket_around(text, start, end):
        (a, z), near = bracket, LONGEST_LABEL
    belongs = term("claim" if rule.kind == "copyright" else "plea").search
    before, behind = text[:a], text[z:]
    if not before.strip() or (len(before) < near and belongs(before)) or len(before.strip()) < 6:
        a = 0
    if not _HAN.search(behind) or (len(behind) < near and belongs(behind)) or len(behind.strip(" 。!?，,")) < 8:
        z = len(text)
    return a, z


def _is_slogan(sentence: str, before: str, behind: str) -> bool:
    """Whether words before a contact detail that ends a sentence are what is offered, not what is told."""
    return len(sentence) <= LONGEST_BESIDE and not _HAN.search(behind) and not _TOLD.search(before)


def _bracket_around(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The brackets that a hit stands in."""
    opened = max(text.rfind(bracket, 0, start + 1) for bracket in _OPEN)
    if opened < 0 or any(bracket in text[opened:end] for bracket in _CLOSE):
        return None
    closed = min((i for bracket in _CLOSE if (i := text.find(bracket, end)) >= 0), default=-1)
    return (opened, closed + 1) if closed >= 0 else None


def _holds_text(text: str, rules: tuple[Rule, ...]) -> bool:
    """Whether spam that covers a line has a piece of real text in it, set off by a space or a bracket."""
    if _CREDIT.match(text.strip()):
        return True
    if any(_is_told(sentence, rules) for sentence in split_sentences(text)[1:]):
        return True
    pieces = [piece.strip() for piece in _GAP.split(text)]
    return len(pieces) > 1 and any(
        _SPEAKER.fullmatch(piece)
        or (len(piece) >= 10 and _TEXT.search(piece) and not term("plea").search(piece) and not _is_spam(piece, rules))
        for piece in pieces
    )


def _is_told(sentence: str, rules: tuple[Rule, ...]) -> bool:
    """Whether a further sentence of a line that one of the site's words begins is a text of its own."""
    return (
        len(sentence) >= LONGEST_QUESTION
        and len(_TEXT.findall(sentence)) > 1
        and term("said").search(sentence) is not None
        and not term("claim").search(sentence)
        and not _is_spam(sentence, rules)
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
    if _COLUMNS in text:
        rules = tuple(rule for rule in rules if rule.kind == "contact")  # a cell of a table may be called 首页 or 分享
    brackets = _match_brackets(shown, start, text, rules)
    if brackets and len(_TEXT.findall(_BRACKETED.sub("", text))) > 1:
        return brackets  # what is around them is told
    end_cut = _match_end(shown, start, end, bounds, rules)
    if end_cut:
        bounds = [b for b in bounds if start + b <= end_cut[0]]
    cuts = [_cut(shown, *cut) for cut in (*_match_start(text, start, bounds, rules), *([end_cut] if end_cut else []))]
    return cuts or brackets


def _match_end(
    shown: Revealed, start: int, end: int, bounds: list[int], rules: tuple[Rule, ...]
) -> tuple[int, int, Rule] | None:
    """The longest piece at the sentence's end that goes."""
    text = shown.text[start:end]
    last = [(fits_from(rule, text), rule) for rule in rules]
    for a in bounds[1:-1]:
        fitting = tuple([rule for place, rule in last if place >= a])
        if not fitting:
            break
        rule = _match_piece(text, a, len(text), fitting)
        if rule and not _holds_text(text[a:], fitting):
            return start + a, end, rule
    return None


def _match_start(text: str, start: int, bounds: list[int], rules: tuple[Rule, ...]) -> list[tuple[int, int, Rule]]:
    """The pieces at the sentence's start that go, one after the other."""
    cuts: list[tuple[int, int, Rule]] = []
    first = 0
    for z in bounds[1:-1]:
        piece = text[first:z].strip()
        rule = _match_piece(text, first, z, rules)
        goes_on = not _COMMAS.isdisjoint((text[z - 1], text[z]))
        if rule and goes_on and not _DETAIL.search(piece):
            rule = None  # `扫一扫工票上的图形码，…` is how a sentence begins
        if rule and not first and len(piece) <= CRUMB and not _TEXT.search(text):
            rule = None  # `收藏 鉴定 修复` are three words of their own
        if not rule and first and len(piece) <= LONGEST_BUTTON and not goes_on:
            rule = _match_piece(text, 0, z, rules)  # `字号:大 中 小`, taken up to 大 already
        if rule and len(piece) >= (1 if first else 2):
            cuts.append((start + first, start + z, rule))
            first = z
        elif piece and ((first and len(piece) > 1) or z > LONGEST_OPENING):
            break
    return cuts


def _match_piece(text: str, start: int, end: int, rules: tuple[Rule, ...]) -> Rule | None:
    """The rule that covers a piece of a sentence. What is quoted stays, and between commas only contacts go."""
    piece = text[start:end]
    if piece.count("“") != piece.count("”") or _is_open(text[:start]):
        return None
    at_comma = (
        text[:start].rstrip()[-1:] in _COMMAS
        or piece[:1] in _COMMAS
        or (end < len(text) and not _COMMAS.isdisjoint((text[end], piece.rstrip()[-1:])))
    )
    rule = _match_line(piece, rules, text, to_all=at_comma)
    return None if rule and at_comma and rule.kind != "contact" else rule


def _is_open(text: str) -> bool:
    """Whether a bracket of the text is still open at its end."""
    return max(map(text.rfind, _OPEN)) > max(map(text.rfind, _CLOSE))


def _match_brackets(shown: Revealed, start: int, text: str, rules: tuple[Rule, ...]) -> list[Cut]:
    return [
        _cut(shown, start + bracket.start(), start + bracket.end(), rule)
        for bracket in _BRACKETED.finditer(text)
        if (rule := _match_line(bracket[0], rules, text) or _match_line(bracket[1], rules, text))
    ]


def cut_text(line: str, cuts: list[Cut]) -> tuple[str, list[tuple[str, Rule]]]:
    """The line without its cuts, and the pieces cut out with their rules. An empty cell that a row begins with stays."""
    kept, taken, last = [], [], 0
    for cut in sorted(cuts, key=lambda cut: cut.start):
        kept.append(line[last : cut.start])
        taken.append((line[max(last, cut.start) : cut.end].strip(), cut.rule))
        last = max(last, cut.end)
    kept.append(line[last:])
    rest = "".join(kept)
    rest = rest.rstrip() if rest.startswith(_COLUMNS) and line.startswith(_COLUMNS) else rest.strip()
    return rest, [(piece, rule) for piece, rule in taken if piece]
