"""Disguised contact details made plain: what a reader sees in `１３０ ·零零零〇` and a pattern does not.

In what patterns see, all letters are small, and a capital stands for what was recognised: a telephone number (which
capital says of which sort, see `numbers.py`), an address of e-mail (M), one of an authority or a school (G).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.numbers import DISGUISED, sort_of
from pipelines.plain import narrow_signs

MAIL, OFFICIAL_MAIL = "M", "G"
MOST_NUMBERS = 60
"""Numbers of a line that are looked at: what has more is a directory or hostile."""

_ORDINARY = re.compile(r"[\x20-\x7e\u4e00-\u9fff\uff01-\uff5e、。《》「」『』【】“”‘’…—·\u3000]*")
"""Lines made half-width character by character, the quick way."""
_TRADITIONAL = dict(
    zip(
        "連轉載請註責編輯審聯繫絡電話關閉號碼鏈維掃識別圖權屬聲內來網為還刪檢舉發佈點擊瀏覽閱讀廣訂頁則條時間詳們個開報導記對訊觀獲領費預約機傳廠買總經處帳標題錯誤帶區務資專線熱門讚給將書臉儘佔複製隨續優絲繼聞薦贊啟應結論評錄購價歡謝與過這從滿課學員選單級團貼檔實體驗顯鈕鍵賬賴餘裝蹤討禮畫園車東業產賣種樣國師攝壓縮換",
        "连转载请注责编辑审联系络电话关闭号码链维扫识别图权属声内来网为还删检举发布点击浏览阅读广订页则条时间详们个开报导记对讯观获领费预约机传厂买总经处帐标题错误带区务资专线热门赞给将书脸尽占复制随续优丝继闻荐赞启应结论评录购价欢谢与过这从满课学员选单级团贴档实体验显钮键账赖余装踪讨礼画园车东业产卖种样国师摄压缩换",
        strict=True,
    )
)
"""The traditional characters that rules ask for."""
_HALF_WIDTH = (
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " ", "丨": "|"} | _TRADITIONAL
)
_WIDE = re.compile(f"[{re.escape(''.join(_HALF_WIDTH))}]")
_WORDS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": "0", "○": "0", "洞": "0", "o": "0", "壹": "1", "幺": "1", "l": "1", "贰": "2", "两": "2", "叁": "3",
    "肆": "4", "伍": "5", "陆": "6", "柒": "7", "拐": "7", "捌": "8", "玖": "9",
}  # fmt: skip
"""Digits by word, as people say and disguise them on the telephone."""
_HIDDEN = dict.fromkeys("●×*x", "*")
"""What stands for a digit that is not shown."""
_DIGITS = _WORDS | _HIDDEN
_DIGIT = "0-9" + "".join(map(re.escape, _DIGITS))
_SEPARATOR = r"\s.\-·•—–~,，、/|丨*_"
_RUN = re.compile(
    rf"(?<![0-9a-pr-uwyz])(?<![0-9a-z]\.)[+(]{{0,2}}[0-9{''.join(_WORDS)}](?:[{_SEPARATOR}()]{{0,3}}[{_DIGIT}]){{6,47}}"
)
"""Up to four numbers side by side; `vx` may touch one."""
_LETTERS_APART = re.compile(
    rf"(?<![\w])(?:(?:[^\W_A-Z][{_SEPARATOR}\"':]{{1,2}}){{3,60}}(?:[^\W_A-Z](?![^\W_])|(?=[a-z0-9]{{4}}))"
    r"|(?:[\u4e00-\u9fff]\s{1,2}){1,2}[\u4e00-\u9fff](?!\w))"
)
_MAY_BE_NUMBER = re.compile(rf"[0-9{''.join(_WORDS)}](?:[{_SEPARATOR}()]{{0,3}}[{_DIGIT}]){{6}}")
_MAY_BE_APART = re.compile(
    rf"[{_SEPARATOR}\"':](?:[{_SEPARATOR}\"':]?(?:[^\W_A-Z][{_SEPARATOR}\"':]{{1,2}}){{2}}|(?<=\s)[\u4e00-\u9fff])"
)
_MAY_BE_MAIL = re.compile(r"[@#艾(\[](?:(?<=[@#艾])|at)")
"""What is found in every text in which one of the above is, in a tenth of the time: each begins with a set of
characters, which is searched for as such."""
_COUNT = re.compile(r"\d[,，、]\s?\d{3}(?:[,，、.]|$)|^(?:19|20)\d\d[-./]\d\d?[-./]\d\d?|^\d{4}-\d{6}-")
"""Thousands, dates and file numbers."""
_NO_TELEPHONE = re.compile(
    r"(?:[¥$￥#№]|(?<![机话信系线服q扣同])号|账户|帐户|订单|运单|快递|代码|编码|号段|条码|身份证|发票|专利|登记|注册|批文"
    r"|isbn|issn|no\.?|第|开奖|中奖|奖号|密码|证件)(?:号码?|为|是|[:\s]){0,3}$"
)
"""Labels of numbers that are none of a telephone."""
_GAP = re.compile(r"[\s/、|,;()]*[\s/、|;][\s/、|,;()]*")
"""What may part a number from other digits before it."""
_GOES_ON = re.compile(r"[0-9]|[-.][a-z0-9]")
_UNIT = re.compile(r"\s?(?:[元吨户千亿万米件股辆平票条次页%]|公[斤里顷]|人(?!工)|个(?!人)|美元)")
_EXTENSION = re.compile(r"\s?(?:转|分机|ext\.?)\s?[0-9]{1,5}(?![0-9])")
_GROUPS = frozenset(
    tuple(map(int, groups))
    for groups in (
        *(
            [11],
            [12],
            [10],
            "344",
            "38",
            "47",
            "48",
            "444",
            "443",
            "434",
            "334",
            "335",
            "37",
            "343",
            "433",
            "74",
            "32222",
        ),
        *("35", "43", "36", "44"),
    )
)
"""How people part a telephone number; columns of figures are parted otherwise. The last four have digits that are not shown."""
_ODD_SIGN = re.compile(r"[/_~,，、|丨·•]")
_BETWEEN = re.compile(r"[^0-9x*●×]+")
_PAIRED = re.compile(r"\d(?:[^\d]\d){6}")
"""Digits that stand one by one."""
_MAIL = re.compile(
    r"(?<![a-z0-9])[a-z0-9][a-z0-9._-]{1,40}\s?(?:@|#|\(at\)|\[at\]|艾特)\s?"
    r"[a-z0-9-]{2,30}(?:\s?(?:\.|\(dot\))\s?[a-z]{2,6}){1,3}(?![a-z0-9])"
)
_OFFICIAL_MAIL = re.compile(r"\.(?:gov|edu|mil|ac|org)(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Revealed:
    """A line made plain, with the way back."""

    text: str
    """Half-width, lower case, without invisible and ornamental characters, words written apart joined, numbers marked."""
    origin: Sequence[int]
    """For each character of `text`, its index in the original line; one more for the end."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text with what replaces it."""

    start: int
    end: int
    text: str
    indexes: list[int]
    """For each character of the new text, the old one that it stands for."""


def reveal(line: str) -> Revealed:
    """The line as patterns should see it."""
    if _ORDINARY.fullmatch(line):
        text = _narrow(line).lower()
        if not _MAY_BE_APART.search(text) and not _MAY_BE_NUMBER.search(text) and not _MAY_BE_MAIL.search(text):
            return Revealed(text, range(len(line) + 1))
        origin = list(range(len(line)))
    else:
        text, origin = _half_width(_HEART.sub("信", line))
    text, origin = _replace(text, origin, _numbers(text, origin, line))
    text, origin = _replace(text, origin, map(_joined_letters, _LETTERS_APART.finditer(text)))
    text, origin = _replace(text, origin, map(_mail, _MAIL.finditer(text)))
    return Revealed(text, [*origin, len(line)])


def _narrow(line: str) -> str:
    return _WIDE.sub(lambda sign: _HALF_WIDTH[sign[0]], narrow_signs(line))


def _half_width(line: str) -> tuple[str, list[int]]:
    chars: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(line):
        plain = _plain(char)
        chars.append(plain)
        origin += [index] * len(plain)
    return "".join(chars), origin


@lru_cache(maxsize=8_192)
def _plain(char: str) -> str:
    """One character half-width: `①` and `❶` are 1, ornaments and what cannot be seen are nothing."""
    if "\u4e00" <= char <= "\u9fff":
        return _HALF_WIDTH.get(char, char)
    if char in _LOOK_ALIKES:
        return _LOOK_ALIKES[char]
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


_HEART = re.compile("(?<=[微薇威徽Vv])[❤♥💗💕](?!\ufe0f?[xXＸ])")
"""A heart, 心, which sounds like the 信 of 微信."""
_LOOK_ALIKES = {"➕": "+", "ᴠ": "v", "ᴡ": "w", "З": "3", "О": "0", "о": "0", "💬": "vx:"}
"""Signs that are written for others, the bubble of a messenger for its name."""


def _numbers(text: str, origin: list[int], line: str) -> Iterable[_Piece]:
    """Telephone numbers, each as the letter of its sort, and other numbers that are written apart or in words, joined."""
    for count, run in enumerate(_RUN.finditer(text)):
        if count == MOST_NUMBERS:
            break
        if not _COUNT.search(run[0]):
            yield from _numbers_in(run, origin, line)


def _numbers_in(run: re.Match[str], origin: list[int], line: str) -> Iterable[_Piece]:
    text = run.string
    places = [i for i in range(run.start(), run.end()) if text[i].isdigit() or text[i] in _DIGITS]
    digits = "".join(_DIGITS.get(text[i], text[i]) for i in places)
    if "*" in digits and sort_of(digits.replace("*", "")):  # 400*000*0000: stars for dashes
        places = [i for i in places if text[i] not in _HIDDEN]
        digits = digits.replace("*", "")
    marked, first = False, 0
    while first < len(digits):
        length = _number_at(text, places, digits, first)
        if not length:
            first = next(
                (n for n in range(first + 1, len(places)) if _GAP.fullmatch(text, places[n - 1] + 1, places[n])),
                len(digits),
            )
            continue
        end = places[first + length - 1] + 1
        begin = places[first]
        while begin > run.start() and text[begin - 1] in "+(":
            begin -= 1
        sort = sort_of(digits[first : first + length])
        hidden = _is_disguised(text, origin, line, begin, end)
        extension = _EXTENSION.match(text, end)
        end = extension.end() if extension else end + (text[end : end + 1] == ")" and text[begin] == "(")
        yield _Piece(begin, end, DISGUISED if hidden else sort or "", [begin])
        marked, first = True, first + length
    if not marked and 5 <= len(digits) <= 12 and digits[0] != "0" and _is_apart(run[0]):
        kept = [i for i in places if text[i] in _DIGITS or text[i].isdigit()]
        yield _Piece(run.start(), run.end(), digits, kept)


def _number_at(text: str, places: list[int], digits: str, first: int) -> int:
    """How many digits from `first` on make a telephone number, 0 if none does."""
    for length in (14, 13, 12, 11, 10, 9) if "*" in digits else (13, 12, 11, 10):
        last = first + length
        if last > len(digits) or (last < len(digits) and places[last] == places[last - 1] + 1):
            continue
        start, end = places[first], places[last - 1] + 1
        if _GOES_ON.match(text, end) or not sort_of(digits[first:last]):
            continue
        if _UNIT.match(text, end) or _NO_TELEPHONE.search(text[max(0, start - 10) : start]):
            continue
        written = text[start:end]
        groups = tuple(map(len, _BETWEEN.split(written)))
        if _is_apart(written) or set(groups) == {1} or (groups[1:] if groups[0] == 2 else groups) in _GROUPS:
            return length
    return 0


def _is_apart(written: str) -> bool:
    """Whether digits are words or stand one by one."""
    return _PAIRED.search(written) is not None or any(c in _WORDS for c in written)


def _is_disguised(text: str, origin: list[int], line: str, start: int, end: int) -> bool:
    """Whether a number is written so that a search does not find it. Full-width digits are only old typography."""
    written = text[start:end]
    if _is_apart(written) or _ODD_SIGN.search(written):
        return True
    raw = line[origin[start] : origin[end - 1] + 1]
    return len(raw) != end - start or any(
        unicodedata.category(c) in ("No", "So") or ord(c) > 0x1FFFF or 0x1D7CE <= ord(c) <= 0x1D7FF for c in raw
    )


def _joined_letters(run: re.Match[str]) -> _Piece:
    """Words whose letters stand apart: `微 信 号`, `转-载-请-注-明`."""
    kept = [i for i in range(run.start(), run.end()) if run.string[i].isalnum() or run.string[i] in ':"']
    return _Piece(run.start(), run.end(), "".join(run.string[i] for i in kept), kept)


def _mail(run: re.Match[str]) -> _Piece:
    return _Piece(run.start(), run.end(), OFFICIAL_MAIL if _OFFICIAL_MAIL.search(run[0]) else MAIL, [run.start()])


def _replace(text: str, origin: list[int], pieces: Iterable[_Piece]) -> tuple[str, list[int]]:
    """The text with each piece replaced, and its characters' places in the original line."""
    parts: list[str] = []
    kept: list[int] = []
    last = 0
    for piece in pieces:
        parts += (text[last : piece.start], piece.text)
        kept += origin[last : piece.start]
        kept += [origin[i] for i in piece.indexes]
        last = piece.end
    return ("".join([*parts, text[last:]]), [*kept, *origin[last:]]) if last else (text, origin)
