"""What a record means, by example: the lines behind its hashes, and what its rows say, on pages it was learned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.masking import mask_contacts
from pipelines.blocks import split_blocks
from pipelines.decode import decode
from pipelines.errors import NotAnArticle
from pipelines.learning.endings import split_ending
from pipelines.learning.lines import digest, form, wording
from pipelines.learning.paths import Path, find_all
from pipelines.learning.record import Template
from pipelines.learning.rows import row_text, title_on
from pipelines.tree import parse


@dataclass(slots=True)
class Examples:
    """What stands on sample pages of a template, contact details masked."""

    lines: dict[str, str] = field(default_factory=dict)
    """`Repeat.text` -> the line."""
    rows: dict[int, str] = field(default_factory=dict)
    """Index of a row in the template -> its text on one page."""

    def are_complete(self, template: Template) -> bool:
        """Whether nothing is left to be looked for."""
        return len(self.lines) == len({repeat.text for repeat in template.repeats}) and len(self.rows) == len(
            template.rows
        )


def find_examples(template: Template, pages: Iterable[bytes], key: bytes) -> Examples:
    """Examples of what a template says, from as many of the pages as it takes. `key` is what lines are hashed with."""
    found = Examples()
    wanted = {repeat.text for repeat in template.repeats}
    for page in pages:
        try:
            root = parse(decode(page))
        except NotAnArticle:
            continue
        if (container := template.container.find(root)) is not None:
            title = title_on(root, template.rows)
            for line in split_blocks(container).lines:
                words = wording(line.text, title)
                said = {words: line.text, form(words): line.text} | {s.strip(): s for s in split_ending(line.text)}
                for name, text in ((digest(words, key), text) for words, text in said.items()):
                    if name in wanted:
                        found.lines.setdefault(name, mask_contacts(text))
        for number, row in enumerate(template.rows):
            elements = find_all(root, row.path)
            if row.index < len(elements) and (text := row_text(elements[row.index])):
                found.rows.setdefault(number, mask_contacts(text))
        if found.are_complete(template):
            break
    return found


def show_path(path: Path) -> str:
    """A path as a selector, from its deepest id down: `div#main > div.text`."""
    start = max((i for i, step in enumerate(path) if step.id), default=0)
    return " > ".join(
        step.tag + (f"#{step.id}" if step.id else "") + "".join(f".{name}" for name in (step.classes or "").split())
        for step in path[start:]
    )
