"""`.atom`: the first rows of a table, search or query as a feed, for a feed reader to ask again.

A search that is sorted by date is a subscription to what is new about its words.
"""

import re
from xml.etree import ElementTree

from datasette import hookimpl

ENTRIES = 100
"""Feed readers ask for the whole again and again; what is further down is old. The feed says so."""
NAMESPACE = "http://www.w3.org/2005/Atom"
TITLES = ("title", "url", "text", "reason", "rule")
TIMES = ("last_changed", "seen_at", "fetched_at", "finished", "started", "published")
TEXTS = ("summary", "snippet", "text", "reason")
AUTHORS = ("source", "posted_by", "site")

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class AtomWriter:
    def __init__(self, subject):
        self.subject = subject
        self.rows = []

    @property
    def full(self):
        return len(self.rows) > ENTRIES

    def add(self, rows):
        self.rows += [dict(zip(self.subject.columns, row, strict=True)) for row in rows[: ENTRIES + 1]]
        return []

    def finish(self):
        entries = [self.entry(place, row) for place, row in enumerate(self.rows[:ENTRIES])]
        feed = ElementTree.Element("feed", xmlns=NAMESPACE)
        add(feed, "title", f"剪报 · {self.subject.name}")
        if self.full:
            add(feed, "subtitle", f"前 {ENTRIES} 条 · the first {ENTRIES}")
        add(feed, "id", self.subject.page)
        add(feed, "link", href=self.subject.page)
        add(feed, "updated", max((entry.findtext("updated") for entry in entries), default=self.now()))
        feed.extend(entries)
        yield ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)

    def entry(self, place, row):
        address = f"{self.subject.page}#{place + 1}"
        if self.subject.rows_page and "id" in row:
            address = f"{self.subject.rows_page}/{row['id']}"
        element = ElementTree.Element("entry")
        add(element, "title", str(first_of(row, TITLES) or next(iter(row.values()), "")))
        add(element, "id", address)
        add(element, "link", href=address)
        add(element, "updated", self.as_time(first_of(row, TIMES)))
        add(ElementTree.SubElement(element, "author"), "name", str(first_of(row, AUTHORS) or "jianbao"))
        if row.get("category"):
            add(element, "category", term=str(row["category"]))
        text = first_of(row, TEXTS) or "\n".join(f"{column}: {value}" for column, value in row.items())
        add(element, "summary", str(text))
        return element

    def as_time(self, text):
        text = str(text or "")
        return f"{text}T00:00:00Z" if len(text) == 10 else text or self.now()

    def now(self):
        return f"{self.subject.moment:%Y-%m-%dT%H:%M:%SZ}"


def first_of(row, columns):
    return next((row[column] for column in columns if row.get(column)), None)


def add(parent, tag, text=None, **attributes):
    clean = {name: _NOT_IN_XML.sub("", value) for name, value in attributes.items()}
    ElementTree.SubElement(parent, tag, clean).text = text and _NOT_IN_XML.sub("", text)


@hookimpl
def register_download_format():
    return {
        "order": 5,
        "label": "format_atom",
        "suffix": "atom",
        "media_type": "application/atom+xml; charset=utf-8",
        "open": AtomWriter,
    }
