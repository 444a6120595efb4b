"""Where a telephone number is what the page says: in a notice, a service guide, below a line that announces it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.rules import term
from pipelines.text import is_prose

FEWEST_FIELDS = 2
"""Different fields of a notice (`报名时间：…`, `办理地点：…`) that make the page one, whatever its title."""
FEWEST_PARAGRAPHS = 2
"""Paragraphs that speak to the public on the page of an office."""
LONGEST_ENTRY = 80
"""Characters of a line that goes on with what a line above announced."""

_FIELD = re.compile(
    r"[\W\d_一二三四五六七八九十]{0,6}((?:办理|受理|报名|活动|开放|培训|讲座|参观|参展|停[水电气暖]|演出|展览|考试|笔试|面试|体检|投标|开标|公示|征集|征文|申[请报领]|监督|举报|预约|领取|招聘|宣讲"
    r"|施工|封闭|绕行|接种|救助|补贴|发放|巡展|比赛|竞赛|参赛|招生|招考|服务(?=对象))"
    r"(?:时间|地点|对象|条件|材料|流程|程序|依据|范围|方式|期限|时限|标准|单位|部门|人数|岗位|资格|渠道|窗口|须知|内容|事项|路段|区域))\s?[:：]"
)
"""A field of a notice. What firms print on their cards (服务范围, 营业时间) is none."""
_TO_THE_PUBLIC = re.compile(r"市民|居民|村民|群众|参保|考生|申请人|窗口|乘客|旅客|纳税人|职工")
"""Whom an office speaks to; hospitals and schools that advertise speak of patients and parents."""
_LANDLINE = re.compile(r"0\d{2,3}\s?[-—－–]?\s?\d{7,8}(?!\d)")
_OTHER_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d|[48]00)\W?\d{3,4}\W?\d{4}|[微薇Vv][信Xx]|[Qq]{2}")
"""Mobiles, 400 numbers and messengers, which firms give."""
_ANNOUNCES = (":", "：", "如下", "如下。")
"""How a line ends that announces others."""


def number_lines(lines: Sequence[str], title: str | None) -> list[bool]:
    """For each line of a text whether a number that stands in it belongs to what is said."""
    if is_notice(title) or has_fields(lines):
        return [True] * len(lines)
    found, announced, public = [], False, _is_for_the_public(lines)
    for line in lines:
        announced = announced and len(line) <= LONGEST_ENTRY and not (is_prose(line) and line.rstrip()[-1:] == "。")
        found.append(announced or (public and _LANDLINE.search(line) is not None))
        announced = announced or _announces(line)
    return found


def _is_for_the_public(lines: Sequence[str]) -> bool:
    """Whether several paragraphs speak to the public, and no number on the page but landlines: an office's news."""
    spoken = sum(is_prose(line) and _TO_THE_PUBLIC.search(line) is not None for line in lines)
    return spoken >= FEWEST_PARAGRAPHS and not any(_OTHER_NUMBER.search(line) for line in lines)


def is_notice(title: str | None) -> bool:
    """Whether a page has the title of a notice: of a tender, a vacancy, a water cut."""
    return title is not None and term("notice").search(title) is not None


def has_fields(lines: Sequence[str]) -> bool:
    """Whether the lines have the fields of a notice."""
    return len({field[1] for line in lines if (field := _FIELD.match(line))}) >= FEWEST_FIELDS


def _announces(line: str) -> bool:
    """Whether an authority says in a line that what follows are its numbers: `市民可通过以下方式反映：`."""
    return (
        line.rstrip().endswith(_ANNOUNCES) and term("public").search(line) is not None and not term("sale").search(line)
    )
