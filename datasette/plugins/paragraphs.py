"""An article's text, one paragraph per line, as the parts that a page sets differently."""

import re
from itertools import groupby

from datasette import hookimpl

CELL_MARK = " | "
"""Between the cells of a data table, which the archive keeps as one line per row."""
_SUBHEAD = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]{1,3}[章节部]).{1,28}(?<![。！？；：，])"
)


def paragraphs(body):
    """Pairs of a kind (`table`, `subhead`, `text`) and its content: rows of cells for a table, else the line."""
    for in_table, lines in groupby(body.split("\n"), key=lambda line: CELL_MARK in line):
        if in_table:
            yield "table", [line.split(CELL_MARK) for line in lines]
        else:
            for line in lines:
                yield "subhead" if _SUBHEAD.fullmatch(line) else "text", line


@hookimpl
def prepare_jinja2_environment(env):
    env.filters["paragraphs"] = paragraphs
