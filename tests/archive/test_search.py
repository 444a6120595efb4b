"""A search finds what a full scan finds, whatever is typed."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import unicodedata

import pytest
from sqlite_utils import Database

from archive import find_matches, save_article, search, to_match
from archive.folding import fold
from archive.search import SNIPPET_CHARS
from tests.archive.samples import article, page, url

CHINESE = (
    "洛阳",
    "产业",
    "园区",
    "轴承",
    "老工业基地",
    "的",
    "一",
    "“僵尸园区”",
    "《规划》",
    "阳洛",
    "业产",
    "产业园区",
)
LATIN = ("2024年", "12024", "3.5亿元", "GDP", "gdp", "ChatGPT", "5G", "ＧＤＰ", "１００", "AND", "OR", "NOT", "NEAR")
SIGNS = ("。", "，", "、", "—", "…", '"', "'", "*", "-", "(", ")", "^", ":", "+", "¶", "%", "_")
TRADITIONAL = ("洛陽", "產業", "園區", "乾隆", "裏", "𠁞")
RARE = ("𠮷", "🚲", "㈱", "é", "É", "ß", "ｶﾞ", "ﬁ", "℃")
WORDS = CHINESE + LATIN + SIGNS + RARE


@pytest.fixture
def shelf(db: Database, crawl: int) -> Database:
    """Sixty articles of words thrown together, so that many share pieces and no two are alike."""
    randomly = random.Random(20250301)

    def line(length: int) -> str:
        return "".join(randomly.choice(WORDS) + randomly.choice(["", "", "", " "]) for _ in range(length)).strip()

    for number in range(1, 61):
        text = article(number, title=line(4), body="\n".join(line(9) for _ in range(4)))
        save_article(db, text, page(number), crawl_id=crawl, follow=False)
    return db


@pytest.mark.parametrize(
    ("typed", "printed"), [("洛陽", "洛阳"), ("洛阳", "洛陽"), ("園区", "园區"), ("ＧＤＰ", "gdp")]
)
def test_other_spellings_of_the_same_characters_are_found(db: Database, crawl: int, typed: str, printed: str) -> None:
    text = article(1, title="标题", body=f"开头{printed}结尾。")
    save_article(db, text, page(1), crawl_id=crawl, follow=False)
    (hit,) = search(db, typed)
    assert find_matches(text.body, typed) == [(2, 2 + len(printed))]
    assert printed in hit.snippet


def test_folding_is_normalising_whatever_stands_beside_a_sign() -> None:
    randomly = random.Random(1)
    kinds = ("，：；（）！？", "洛阳臺灣ＧＤＰ℃①ﬁ", "".join(map(chr, range(0x300, 0x340))))
    for _ in range(2_000):
        text = "".join(randomly.choice(randomly.choice(kinds)) for _ in range(8))
        normal = unicodedata.normalize("NFKC", text).casefold()
        assert fold(text) == "".join(fold(char) for char in normal)


def test_folding_keeps_every_piece_of_a_text_what_it_is_in_its_place() -> None:
    text = "".join(CHINESE + TRADITIONAL)
    assert fold(text) == "".join(fold(char) for char in text)


def found(db: Database, words: str) -> list[int]:
    return sorted(hit.id for hit in search(db, words, limit=1000))


def scan(db: Database, text: str) -> list[int]:
    """Articles whose title or a line of whose body holds the text: LIKE, of folded text without white space."""

    def bare(line: str) -> str:
        return "".join(fold(line).split())

    return [
        id_
        for id_, title, body in db.execute("SELECT id, title, body FROM articles ORDER BY id")
        if any(bare(text) in bare(line) for line in [title, *body.split("\n")])
    ]


def literally(text: str) -> str:
    return f'"{text}"' if '"' not in text and any(char.isspace() for char in text) else text


def test_any_piece_of_any_line_is_found_where_a_full_scan_finds_it(shelf: Database) -> None:
    randomly = random.Random(7)
    lines = [line for (body,) in shelf.execute("SELECT body FROM articles") for line in body.split("\n")]
    checked = 0
    while checked < 400:
        line = randomly.choice(lines)
        start = randomly.randrange(len(line))
        piece = line[start : start + randomly.randint(1, 8)].strip()
        if not piece or piece.startswith(("-", '"')) or ('"' in piece and " " in piece):
            continue  # search syntax: tested below
        assert found(shelf, literally(piece)) == scan(shelf, piece), piece
        checked += 1


def test_chinese_text_is_found_where_like_finds_it(shelf: Database) -> None:
    for words in ("洛", "洛阳", "阳", "产业", "园区", "老工业", "工业基", "阳洛", "业产", "产业园", "没有"):
        like = f"%{words}%"
        expected = shelf.execute(
            "SELECT id FROM articles WHERE replace(title, ' ', '') LIKE ? OR replace(body, ' ', '') LIKE ? ORDER BY id",
            (like, like),
        ).fetchall()
        assert found(shelf, words) == [id_ for (id_,) in expected], words


def keep(db: Database, *bodies: str) -> None:
    for number, body in enumerate(bodies, 1):
        save_article(db, article(number, title=f"第{number}篇", body=body), page(number), crawl_id=1, follow=False)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("产业", [1, 2]),
        ("产业 洛阳", [1]),
        ("洛阳 产业", [1]),
        ("产业洛阳", []),
        ('"产业 园区"', [2]),
        ("＂产业　园区＂", [2]),
        ("产业 -洛阳", [2]),
        ("产业 －洛阳", [2]),
        ('产业 -"产业 园区"', [1]),
        ("-产业", [3, 4]),
        ("-产业 -gdp", [4]),
        ("第 -洛阳 -园区", [3, 4]),
        ("gdp", [3]),
        ("ＧＤＰ增长", [3]),
        ("GDP增长5", [3]),
        ("DP", [3]),
        ("024", [3]),
        ("２０２４", [3]),
        ('"', [4]),
        ('说"', [4]),
        ('"好', [4]),
        ("- -", [4]),
        ("好-坏", [4]),
        ("好坏", []),
        ("", []),
        ("  　\t", []),
        ('""', []),
        ('" "', []),
        ("\u200b", []),
    ],
)
def test_the_search_language(db: Database, crawl: int, words: str, expected: list[int]) -> None:
    keep(db, "洛阳的产业", "新的产业园区", "2024年 GDP 增长 5.2%", '他说"好-坏 -"')
    assert found(db, words) == expected


def test_nothing_that_is_typed_is_an_error(shelf: Database) -> None:
    randomly = random.Random(11)
    alphabet = "洛阳Aa1 \"'*-^():+{}[]\\,.;~!@#$%&|<>?/=_¶\x00\n\t\u3000\u200b\ud800🚲AND OR NOT NEAR"
    for _ in range(2000):
        words = "".join(randomly.choice(alphabet) for _ in range(randomly.randint(0, 12)))
        shelf.execute("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?", (to_match(words),)).fetchone()


LONG_QUERIES = """
import sys
import unicodedata
from pathlib import Path
from archive import read_archive, search
with read_archive(Path(sys.argv[1])) as db:
    for words in ("洛 " * 5000, "洛" * 20000, "-洛 " * 5000, '"' * 5000, '"洛 ' * 5000):
        search(db, words)
"""
"""In a process of its own: where an archive was served SQLite is held to 64 MB, and these take more."""


@pytest.mark.heavy
def test_a_very_long_query_is_no_error(shelf: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = tmp_path_factory.mktemp("long")
    shelf.conn.execute("VACUUM INTO ?", (str(data / "archive.db"),))
    subprocess.run([sys.executable, "-c", LONG_QUERIES, str(data)], check=True)


def test_a_match_does_not_run_from_one_paragraph_into_the_next(db: Database, crawl: int) -> None:
    keep(db, "第一段结束\n开始第二段")
    assert found(db, "结束开始") == []
    assert found(db, "结束 开始") == [1]


def test_the_title_counts_for_more_than_the_body(db: Database, crawl: int) -> None:
    keep(db, "麦田麦田,到处是麦田。", "别的事。")
    save_article(db, article(3, title="麦田", body="别的事。"), page(3), crawl_id=crawl, follow=False)
    assert [hit.id for hit in search(db, "麦田")] == [3, 1]


def test_pages_of_hits_follow_on_one_another(shelf: Database) -> None:
    whole = search(shelf, "的", limit=1000)
    assert len(whole) > 25
    assert [hit for start in range(0, 1000, 10) for hit in search(shelf, "的", limit=10, offset=start)] == whole


def test_a_hit_says_what_the_article_is_and_where_it_matched(db: Database, crawl: int) -> None:
    body = "开头。" * 30 + "\n这里说到轴承厂。\n" + "结尾。" * 60
    save_article(db, article(body=body), page(), crawl_id=crawl, follow=False)
    [hit] = search(db, "轴承")
    assert (hit.id, hit.url, hit.title, hit.published, hit.source) == (
        1,
        url(1),
        "第1篇",
        "2025-02-28",
        "河畔日报",
    )
    assert "这里说到轴承厂" in hit.snippet
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert "\n" not in hit.snippet
    assert len(hit.snippet) <= SNIPPET_CHARS + 2


def test_a_short_body_is_its_own_snippet(db: Database, crawl: int) -> None:
    keep(db, "只有一句。")
    assert [hit.snippet for hit in search(db, "第1篇")] == ["只有一句。"]


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("洛阳的洛阳", "洛阳", ["洛阳", "洛阳"]),
        ("全年 ＧＤＰ 增长", "gdp增长", ["ＧＤＰ 增长"]),
        ("产业园区", "园区 产业", ["产业", "园区"]),
        ("产业园区", "产业 产业园区", ["产业园区"]),
        ("产业园区", "-产业", []),
        ("a.b*c", ".b*", [".b*"]),
        ("㈱河阳", "(株)河", ["㈱河"]),
        ("上\n下", "上下", []),
        ("", "x", []),
    ],
)
def test_the_places_that_matched(text: str, words: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in find_matches(text, words)] == marked


def test_the_index_cannot_be_altered_but_through_the_archive(shelf: Database) -> None:
    for sql in (
        "INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')",
        "DELETE FROM articles_fts",
        "UPDATE articles_fts SET title = 'x'",
    ):
        with pytest.raises(sqlite3.OperationalError, match="contentless"):
            shelf.execute(sql)


def test_datasette_finds_the_index_of_articles_by_itself(shelf: Database) -> None:
    detect_fts = pytest.importorskip("datasette.utils").detect_fts
    assert detect_fts(shelf.conn, "articles") == "articles_fts"
    assert detect_fts(shelf.conn, "versions") is None


def test_every_character_is_one_token_itself(db: Database) -> None:
    """Of each printable character in a sample of all planes; the tokenizer would drop or split an unknown one."""
    characters = sorted(
        {
            part
            for code in range(0x20, 0x32000, 7)
            if not 0xD800 <= code < 0xE000
            for part in fold(chr(code))
            if part.isprintable() and not part.isspace()
        }
    )
    db.execute("INSERT INTO articles_fts (rowid, title) VALUES (1, ?)", (" ".join(characters),))
    db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab (main, articles_fts, row)")
    assert [term for (term,) in db.execute("SELECT term FROM temp.terms ORDER BY term")] == characters
