"""The ways in which generated articles name the paper and the reporter they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from jianbao.demo.stories import Block, Story

Credit = Callable[[Story, dict[str, str]], Story]


def credit_tail(story: Story, subject: dict[str, str]) -> Story:
    """`（某报记者 某某）` at the end of the last paragraph."""
    *blocks, last = story.blocks
    text = last.lines[0] + "（{paper}记者 {reporter}）".format_map(subject)
    return replace(
        story,
        blocks=(*blocks, replace(last, lines=(text,))),
        source=subject["paper"],
        reporter=subject["reporter"],
    )


def credit_line(story: Story, subject: dict[str, str]) -> Story:
    """The same as a line of its own."""
    line = Block(kind="paragraph", lines=("（{paper}记者 {reporter}）".format_map(subject),))
    return replace(story, blocks=(*story.blocks, line), source=subject["paper"], reporter=subject["reporter"])


def credit_byline(story: Story, subject: dict[str, str]) -> Story:
    """`来源：某报` in the byline, nobody named."""
    return replace(story, source=subject["paper"], source_in_byline=True)


def credit_author(story: Story, subject: dict[str, str]) -> Story:
    """`来源：某报 作者：某某` in the byline."""
    return replace(credit_byline(story, subject), reporter=subject["reporter"], author_in_byline=True)


def credit_bulletin(story: Story, subject: dict[str, str]) -> Story:
    """`本报讯（记者 某某）` before the lead: a person, but no paper."""
    opened = open_lead(story, "本报讯（记者 {reporter}）".format_map(subject))
    return replace(opened, reporter=subject["reporter"])


def credit_sourced_bulletin(story: Story, subject: dict[str, str]) -> Story:
    """`本报讯（记者 某某）` before the lead, and the paper in the byline."""
    return credit_byline(credit_bulletin(story, subject), subject)


def credit_dispatch(story: Story, subject: dict[str, str]) -> Story:
    """An agency's `…9月27日电（记者 某某）` before the lead."""
    day = f"{story.published.month}月{story.published.day}日"
    opened = open_lead(story, f"中原社{subject['city']}{day}电（记者 {subject['reporter']}）")
    return replace(opened, source="中原社", reporter=subject["reporter"])


def credit_nobody(story: Story, subject: dict[str, str]) -> Story:
    """No paper and no person anywhere."""
    return story


def open_lead(story: Story, opening: str) -> Story:
    """The story with an opening before the first words of its lead."""
    lead = replace(story.blocks[0], lines=(opening + story.lead,))
    return replace(story, blocks=(lead, *story.blocks[1:]))


CREDITS: dict[str, tuple[Credit, ...]] = {
    "main": (
        credit_tail,
        credit_tail,
        credit_line,
        credit_byline,
        credit_bulletin,
        credit_sourced_bulletin,
        credit_dispatch,
        credit_nobody,
    ),
    "twin": (credit_author, credit_author, credit_byline, credit_dispatch, credit_nobody),
}
"""What each site's generated articles take turns in."""
