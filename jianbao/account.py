"""The account of one reading: every line of the article's container in page order, kept or taken out and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape

from pipelines import Article, Removal

FIELDS = (
    "url",
    "title",
    "category",
    "posted_by",
    "source",
    "reporter",
    "published",
    "published_raw",
    "views",
    "summary",
)
"""The fields shown above the text, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the account."""

    text: str
    """The line, or the piece of one that was taken out."""
    removal: Removal | None = None
    """Why it was taken out; None for a line that stays."""


def list_entries(article: Article) -> Iterator[Entry]:
    """Body lines and removals in the order in which the page has them."""
    waiting = list(article.removals)
    for position, line in enumerate(article.body.split("\n")):
        while waiting and waiting[0].position <= position:
            removal = waiting.pop(0)
            yield Entry(text=removal.text, removal=removal)
        yield Entry(text=line)
    for removal in waiting:
        yield Entry(text=removal.text, removal=removal)


def to_json(article: Article) -> str:
    """The whole article as one line of JSON."""
    return json.dumps(asdict(article), ensure_ascii=False)


_STYLE = """
body{font:16px/1.8 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;max-width:52rem;margin:2rem auto;
padding:0 1rem;color:#222}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1rem;font-size:.9rem}dt{color:#777}dd{margin:0}
dd,.line{overflow-wrap:anywhere}
.line{display:grid;grid-template-columns:minmax(0,1fr) 12rem;gap:1rem;align-items:baseline;margin:.4rem 0}
@media(max-width:40rem){.line{grid-template-columns:1fr;gap:0}}
del{color:#a33;background:#fdecea}.rule{font-size:.8rem;color:#a33}.rule b{font-weight:600}
"""


def to_html(articles: list[Article]) -> str:
    """A page that shows the texts with what was taken out struck through and the rule beside it."""
    sections = "\n".join(_section(article) for article in articles)
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>jianbao check</title>'
        f"<style>{_STYLE}</style></head><body>\n{sections}\n</body></html>\n"
    )


def _section(article: Article) -> str:
    fields = "".join(f"<dt>{name}</dt><dd>{escape(str(getattr(article, name) or '–'))}</dd>" for name in FIELDS)
    lines = "\n".join(_line(entry) for entry in list_entries(article))
    related = "".join(f"<li>{escape(link.title)}<br><small>{escape(link.url)}</small></li>" for link in article.related)
    head = f"<h1>{escape(article.title)}</h1><dl>{fields}</dl>"
    return f"<article>{head}\n{lines}\n<h2>related</h2><ol>{related}</ol></article>"


def _line(entry: Entry) -> str:
    if entry.removal is None:
        return f'<div class="line"><span>{escape(entry.text)}</span><span></span></div>'
    why = f"<b>{escape(entry.removal.rule)}</b> ({entry.removal.kind})"
    return f'<div class="line"><del>{escape(entry.text)}</del><span class="rule">{why}</span></div>'
