"""Disguised contact details made plain: what a reader sees in `１３０ ·零零零〇` and a pattern does not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_ORDINARY = re.compile(r"[\x20-\x7e\u4e00-\u9fff\uff01-\uff5e、。《》「」『』【】“”‘’…—·\u3000]*")
"""Lines made half-width character by character, the quick way."""
_TRADITIONAL = str.maketrans(
    "轉載請註責編輯審聯繫絡電話關閉號碼鏈維掃識別圖權屬聲內來網為還刪檢舉發佈點擊瀏覽閱讀廣訂頁則條時間詳們個開報導記對訊觀獲領費預約機傳廠買總經處帳標題錯誤帶區務資專線熱門讚給將書臉儘佔",
    "转载请注责编辑审联系络电话关闭号码链维扫识别图权属声内来网为还删检举发布点击浏览阅读广订页则条时间详们个开报导记对讯观获领费预约机传厂买总经处账标题错误带区务资专线热门赞给将书脸尽占",
)
"""The traditional characters that rules ask for."""
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x4E28: 0x7C} | _TRADITIONAL
_CHINESE_DIGITS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": "0", "○": "0", "洞": "0", "o": "0", "壹": "1", "幺": "1", "l": "1", "贰": "2", "两": "2", "叁": "3",
    "肆": "4", "伍": "5", "陆": "6", "柒": "7", "拐": "7", "捌": "8", "玖": "9", "●": "*", "×": "*",
}  # fmt: skip
"""Digits by word, as people say and disguise them on the telephone."""
_DIGIT = "0-9*x" + "".join(_CHINESE_DIGITS)
_SEPARATOR = r"\s.\-·•—–~,，、/|丨*_"
_RUN = re.compile(rf"(?<![0-9a-z])(?:\+?86[\s-]?)?[{_DIGIT}](?:[{_SEPARATOR}]{{0,3}}[{_DIGIT}]){{6,19}}")
_LETTERS_APART = re.compile(
    rf"(?<![\w])(?:[^\W_][{_SEPARATOR}\"':]{{1,2}}){{3,60}}(?:[^\W_](?![^\W_])|(?=[a-z0-9]{{4}}))"
)
_TELEPHONE = re.compile(r"(?:\+?86)?(?:1[3-9*x][0-9*x]{9}|[48]00[0-9*x]{7}|0[1-9][0-9*x]{8,10}|[1-9][0-9]{6,11})")
_NOT_TELEPHONE = re.compile(r"\d[,，、]\s?\d{3}(?:[,，、.]|$)|^(?:19|20)\d\d[-./]\d\d?[-./]\d\d?|^\d{4}-\d{6}-")


@dataclass(frozen=True, slots=True)
class Revealed:
    """A line made plain, with the way back."""

    text: str
    """Half-width, lower case, without invisible and ornamental characters, words and numbers written apart joined."""
    origin: list[int]
    """For each character of `text`, its index in the original line; one more for the end."""


def reveal(line: str) -> Revealed:
    """The line as patterns should see it."""
    if _ORDINARY.fullmatch(line):
        text, origin = line.translate(_HALF_WIDTH).lower(), list(range(len(line)))
    else:
        text, origin = _half_width(line)
    text, origin = _join_digits(text, origin)
    text, origin = _join_letters(text, origin)
    return Revealed(text, [*origin, len(line)])


def _half_width(line: str) -> tuple[str, list[int]]:
    chars: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(line):
        plain = char.translate(_HALF_WIDTH) if "\u4e00" <= char <= "\u9fff" else _plain(char)
        for c in plain:
            chars.append(c)
            origin.append(index)
    return "".join(chars), origin


def _plain(char: str) -> str:
    """One character half-width: `①` and `❶` are 1, ornaments and what cannot be seen are nothing."""
    category = unicodedata.category(char)
    if category in ("No", "So"):
        value = unicodedata.numeric(char, -1)
        if value in range(10):
            return str(int(value))
        if category == "So" and char not in "●○©":
            return unicodedata.normalize("NFKC", char).lower() if char in _LETTER_SYMBOLS else ""
    if category in ("Cf", "Mn", "Me", "Cc", "Sk"):
        return ""
    return unicodedata.normalize("NFKC", char).lower()


_LETTER_SYMBOLS = frozenset(chr(code) for code in range(0x24B6, 0x24EA)) | frozenset("☎")
"""Circled letters, which are ornaments to Unicode and letters to a reader."""


def _join_digits(text: str, origin: list[int]) -> tuple[str, list[int]]:
    """Numbers written apart or in words, as one run of digits."""

    def joined(run: re.Match[str]) -> list[int] | None:
        if _NOT_TELEPHONE.search(run[0]):
            return None
        kept = [i for i in range(run.start(), run.end()) if not re.match(rf"[{_SEPARATOR}]", text[i]) or text[i] == "*"]
        digits = "".join(_CHINESE_DIGITS.get(text[i], text[i]) for i in kept)
        return kept if _TELEPHONE.fullmatch(digits) and sum(c in "0123456789" for c in digits) >= 5 else None

    return _rewrite(text, origin, _RUN, joined, _CHINESE_DIGITS)


def _join_letters(text: str, origin: list[int]) -> tuple[str, list[int]]:
    """Words whose letters stand apart: `微 信 号`, `转-载-请-注-明`."""

    def joined(run: re.Match[str]) -> list[int]:
        return [i for i in range(run.start(), run.end()) if text[i].isalnum() or text[i] in ':"']

    return _rewrite(text, origin, _LETTERS_APART, joined, {})


def _rewrite(
    text: str,
    origin: list[int],
    pattern: re.Pattern[str],
    joined: Callable[[re.Match[str]], list[int] | None],
    plain: dict[str, str],
) -> tuple[str, list[int]]:
    """The text with each match replaced by the characters that `joined` keeps of it, each made plain."""
    pieces: list[str] = []
    kept: list[int] = []
    last = 0
    for run in pattern.finditer(text):
        indexes = joined(run)
        if indexes is None:
            continue
        pieces.append(text[last : run.start()] + "".join(plain.get(text[i], text[i]) for i in indexes))
        kept += origin[last : run.start()] + [origin[i] for i in indexes]
        last = run.end()
    return "".join([*pieces, text[last:]]), [*kept, *origin[last:]]
