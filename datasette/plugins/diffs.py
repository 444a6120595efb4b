"""What a version's page shows beside its text: the other versions, and what changed from one of them, by line and by
character. That is the version before, or the one that `?_against=` numbers.

The difference is found by `archive/diffs.py` (which says what is what) in a copy, because plugins import nothing from the project; a test
holds the two together. A line is its kind and its pieces, a piece its kind and its text.
"""

import asyncio
from difflib import SequenceMatcher

from datasette import hookimpl
from datasette.utils import urlsafe_components

VERSIONS = """
select id, number, seen_at, title, body, id = :id as is_shown from versions
where article_id = (select article_id from versions where id = :id) order by number desc
"""

SAME_LINE = 0.5

SHORTEST_STAY = 2

MAX_COMPARISONS = 4_000_000


def diff_texts(before, after):
    old, new = before.split("\n"), after.split("\n")
    lines = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [_whole("same", text) for text in old[a:b]]
        else:
            lines += _diff_blocks(old[a:b], new[c:d])
    return tuple(lines)


def _whole(kind, text):
    return (kind, ((kind, text),))


def _diff_blocks(old, new):
    done = 0
    small = sum(map(len, old)) * sum(map(len, new)) <= MAX_COMPARISONS
    for text in old:
        match = next((at for at in range(done, len(new)) if small and _alike(text, new[at])), None)
        if match is None:
            yield _whole("removed", text)
            continue
        yield from (_whole("added", line) for line in new[done:match])
        yield ("changed", tuple(_diff_characters(text, new[match])))
        done = match + 1
    yield from (_whole("added", line) for line in new[done:])


def _alike(old, new):
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    # Each bounds the next from above, and is far cheaper.
    return all(ratio() >= SAME_LINE for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def _diff_characters(old, new):
    removed = added = ""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        at_edge = a == 0 or b == len(old)
        if tag == "equal" and (b - a >= SHORTEST_STAY or at_edge):
            yield from _edit(removed, added)
            removed = added = ""
            yield "same", old[a:b]
        else:
            removed += old[a:b]
            added += new[c:d]
    yield from _edit(removed, added)


def _edit(removed, added):
    if removed:
        yield "removed", removed
    if added:
        yield "added", added


@hookimpl
def extra_template_vars(datasette, database, table, view_name, request):
    if (view_name, database, table) != ("row", "archive", "versions"):
        return {}

    async def compare():
        version_id = urlsafe_components(request.url_vars["pks"])[0]
        versions = (await datasette.get_database(database).execute(VERSIONS, {"id": version_id})).rows
        (shown,) = (version for version in versions if version["is_shown"])
        wanted = request.args.get("_against") or str(shown["number"] - 1)
        against = next((version for version in versions if str(version["number"]) == wanted), None)
        if against is None or against is shown:
            return {"versions": versions, "against": None}
        # Old first, whichever of the two is shown. In a thread, as a long text takes a second.
        old, new = sorted((shown, against), key=lambda version: version["number"])
        title = await asyncio.to_thread(diff_texts, old["title"], new["title"])
        body = await asyncio.to_thread(diff_texts, old["body"], new["body"])
        return {"versions": versions, "against": against, "title_diff": title, "body_diff": body}

    return compare
