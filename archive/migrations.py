"""The schema, as a sequence of changes that are never edited once landed. Column meanings:
`tables.toml`."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from archive.checksums import checked_rows
from archive.first_tables import FIRST_TABLES
from archive.search import index_article

MIGRATIONS = Migrations("jianbao")


@MIGRATIONS()
def m001_tables(db: Database) -> None:
    """The tables of the contract, and the indexes that look-ups and facets need."""
    db.executescript(FIRST_TABLES)


@MIGRATIONS()
def m002_search_index(db: Database) -> None:
    """The search index; `archive/search.py` says what is in it."""
    db.execute(
        # The comment is what Datasette looks for in the SQL of a table to find that it indexes `articles`.
        """
        CREATE VIRTUAL TABLE articles_fts USING fts5 (
            title, body, content='', /* content="articles" */
            tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Cn Zp'"
        )
        """
    )


@MIGRATIONS()
def m003_history(db: Database) -> None:
    """When an article's text became which version: a text that comes back is stored once and seen twice."""
    db.executescript(
        """
        CREATE TABLE history (
            id INTEGER PRIMARY KEY,
            article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            seen_at TEXT NOT NULL,
            cause TEXT NOT NULL CHECK (cause IN ('crawl', 'reclean')),
            FOREIGN KEY (article_id, version) REFERENCES versions (article_id, number) ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX idx_history_article_id_version ON history (article_id, version);
        INSERT INTO history (article_id, version, seen_at, cause)
            SELECT article_id, number, seen_at, 'crawl' FROM versions ORDER BY id;
        -- the present text is an earlier one that came back
        INSERT INTO history (article_id, version, seen_at, cause)
            SELECT id, version, last_changed, 'crawl' FROM articles
            WHERE version < (SELECT max(number) FROM versions WHERE article_id = articles.id) ORDER BY id;
        """
    )


@MIGRATIONS()
def m004_listings(db: Database) -> None:
    """Pages that name articles and hold none: listings, feeds, sitemaps."""
    db.execute("ALTER TABLE pages ADD COLUMN kind TEXT CHECK (kind IN ('listing', 'feed', 'sitemap'))")
    db.execute("ALTER TABLE pages ADD COLUMN turn INTEGER")
    db.execute("ALTER TABLE crawls ADD COLUMN listings INTEGER NOT NULL DEFAULT 0")
    # Sites are crawled side by side: each is asked for the first of its own pages.
    db.execute("DROP INDEX idx_pages_pending")
    db.execute("CREATE INDEX idx_pages_pending ON pages (site, depth, id) WHERE state = 'pending'")


@MIGRATIONS()
def m005_contacts(db: Database) -> None:
    """The contact details in removals, as keyed hashes; `archive/contacts.py` says why."""
    db.executescript(
        """
        CREATE TABLE contacts (
            id INTEGER PRIMARY KEY,
            removal_id INTEGER NOT NULL REFERENCES removals (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('number', 'id', 'mail')),
            hmac TEXT NOT NULL
        ) STRICT;
        CREATE INDEX idx_contacts_removal_id ON contacts (removal_id);
        CREATE INDEX idx_contacts_hmac ON contacts (hmac);
        """
    )


@MIGRATIONS()
def m006_captures(db: Database) -> None:
    """Where the raw responses stand in the evidence files. What was fetched before has none: null."""
    db.executescript(
        """
        CREATE TABLE captures (
            id INTEGER PRIMARY KEY,
            url TEXT NOT NULL,
            url_key TEXT NOT NULL,
            fetched_at TEXT NOT NULL,
            status INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            same_as INTEGER REFERENCES captures (id) ON DELETE CASCADE,
            file TEXT NOT NULL,
            offset INTEGER NOT NULL,
            length INTEGER NOT NULL,
            record_sha256 TEXT NOT NULL,
            UNIQUE (file, offset)
        ) STRICT;
        CREATE INDEX idx_captures_url_key ON captures (url_key, fetched_at);
        CREATE INDEX idx_captures_same_as ON captures (same_as);

        ALTER TABLE pages ADD COLUMN capture_id INTEGER REFERENCES captures (id) ON DELETE SET NULL;
        ALTER TABLE versions ADD COLUMN capture_id INTEGER REFERENCES captures (id) ON DELETE SET NULL;
        CREATE INDEX idx_pages_capture_id ON pages (capture_id);
        CREATE INDEX idx_versions_capture_id ON versions (capture_id);
        """
    )


@MIGRATIONS()
def m007_health(db: Database) -> None:
    """The figures of each run, what was found wrong, and when the next run is due."""
    db.executescript(
        """
        CREATE TABLE site_runs (
            id INTEGER PRIMARY KEY,
            crawl_id INTEGER NOT NULL REFERENCES crawls (id) ON DELETE CASCADE,
            site TEXT NOT NULL,
            pages INTEGER NOT NULL,
            articles INTEGER NOT NULL,
            new INTEGER NOT NULL,
            no_article INTEGER NOT NULL,
            failed INTEGER NOT NULL,
            refused INTEGER NOT NULL,
            gone INTEGER NOT NULL,
            chars INTEGER,
            undated REAL,
            removed REAL,
            same_text INTEGER NOT NULL,
            same_title INTEGER NOT NULL,
            UNIQUE (crawl_id, site)
        ) STRICT;
        CREATE INDEX idx_site_runs_site ON site_runs (site, crawl_id);

        CREATE TABLE findings (
            id INTEGER PRIMARY KEY,
            site TEXT NOT NULL,
            "check" TEXT NOT NULL,
            sentence TEXT NOT NULL,
            figure REAL NOT NULL,
            low REAL,
            high REAL,
            advice TEXT NOT NULL,
            samples TEXT NOT NULL,
            opened TEXT NOT NULL,
            closed TEXT,
            told TEXT,
            told_closed TEXT
        ) STRICT;
        CREATE UNIQUE INDEX idx_findings_open ON findings (site, "check") WHERE closed IS NULL;

        CREATE TABLE schedule (
            id INTEGER PRIMARY KEY,
            site TEXT NOT NULL UNIQUE,
            every TEXT NOT NULL,
            due TEXT NOT NULL
        ) STRICT;
        """
    )


@MIGRATIONS()
def m008_parts(db: Database) -> None:
    """Pages that belong to the article of another page: its further parts, and redirects to it."""
    db.execute("ALTER TABLE pages ADD COLUMN belongs_to INTEGER REFERENCES pages (id) ON DELETE SET NULL")
    db.execute("CREATE INDEX idx_pages_belongs_to ON pages (belongs_to) WHERE belongs_to IS NOT NULL")
    db.execute("ALTER TABLE crawls ADD COLUMN joined INTEGER NOT NULL DEFAULT 0")


@MIGRATIONS()
def m009_tombstones(db: Database) -> None:
    """Pages that were forgotten, without saying which."""
    db.execute(
        """
        CREATE TABLE tombstones (
            id INTEGER PRIMARY KEY,
            url_sha256 TEXT NOT NULL UNIQUE,
            forgotten_at TEXT
        ) STRICT
        """
    )


@MIGRATIONS()
def m010_recleans(db: Database) -> None:
    """Runs that read the stored pages again, and how far they have come."""
    db.execute(
        """
        CREATE TABLE recleans (
            id INTEGER PRIMARY KEY,
            started TEXT NOT NULL,
            finished TEXT,
            rules TEXT NOT NULL,
            page_id INTEGER NOT NULL DEFAULT 0,
            counts TEXT NOT NULL DEFAULT '{}'
        ) STRICT
        """
    )


@MIGRATIONS()
def m011_index_in_simplified_characters(db: Database) -> None:
    """Index every article anew, as folding now takes traditional and simplified characters for the same."""
    db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    for article_id, title, body in db.execute("SELECT id, title, body FROM articles"):
        index_article(db, article_id, title, body)


@MIGRATIONS()
def m012_refresh(db: Database) -> None:
    """Pages that were fetched before and are due again, however far from a start."""
    db.execute(
        "CREATE INDEX idx_pages_due ON pages (site, depth, id) WHERE state = 'pending' AND fetched_at IS NOT NULL"
    )


@MIGRATIONS()
def m013_new_pages(db: Database) -> None:
    """Pages that were never fetched come before those that are due again: each sort has its index."""
    db.execute("CREATE INDEX idx_pages_new ON pages (site, depth, id) WHERE state = 'pending' AND fetched_at IS NULL")


@MIGRATIONS()
def m014_waits(db: Database) -> None:
    """Sites that asked to be left alone, and until when."""
    db.execute(
        """
        CREATE TABLE waits (
            id INTEGER PRIMARY KEY,
            site TEXT NOT NULL UNIQUE,
            until TEXT NOT NULL
        ) STRICT
        """
    )


@MIGRATIONS()
def m015_learned(db: Database) -> None:
    """What was learned of each site, and by which record each of its pages was read."""
    db.executescript(
        """
        CREATE TABLE learned (
            id INTEGER PRIMARY KEY,
            site TEXT NOT NULL UNIQUE,
            record TEXT NOT NULL,
            digest TEXT NOT NULL,
            learned_at TEXT NOT NULL,
            pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1))
        ) STRICT;

        CREATE TABLE readings (
            page_id INTEGER PRIMARY KEY REFERENCES pages (id) ON DELETE CASCADE,
            record TEXT NOT NULL,
            template INTEGER,
            reason TEXT,
            agrees INTEGER CHECK (agrees IN (0, 1)),
            CHECK (template IS NULL OR reason IS NULL)
        ) STRICT;
        """
    )


@MIGRATIONS()
def m019_flag(db: Database) -> None:
    """What is to be known of how a page was had."""
    db.execute("ALTER TABLE pages ADD COLUMN flag TEXT")


@MIGRATIONS()
def m018_checksums(db: Database) -> None:
    """A trace of what has no second copy: the fields of articles, links, removals with their contacts."""
    for table in ("articles", "links", "removals"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN checksum INTEGER")
        rows = [(found, id_) for id_, _, found in checked_rows(db, table)]
        db.conn.executemany(f"UPDATE {table} SET checksum = ? WHERE id = ?", rows)


@MIGRATIONS()
def m020_fewer_index_entries(db: Database) -> None:
    """Indexes without what nobody looks for: a page that waits had an entry in nine, and now has one in five. Most of
    the rows that a crawl writes are such pages, and links that lead to none that is archived."""
    db.executescript(
        """
        DROP INDEX idx_pages_new;
        DROP INDEX idx_pages_due;
        DROP INDEX idx_pages_pending;
        CREATE INDEX idx_pages_pending ON pages (site, fetched_at IS NULL, depth, id) WHERE state = 'pending';

        DROP INDEX idx_pages_crawl_id_state;
        CREATE INDEX idx_pages_crawl_id_state ON pages (crawl_id, state) WHERE crawl_id IS NOT NULL;
        DROP INDEX idx_pages_article_id;
        CREATE INDEX idx_pages_article_id ON pages (article_id) WHERE article_id IS NOT NULL;
        DROP INDEX idx_pages_capture_id;
        CREATE INDEX idx_pages_capture_id ON pages (capture_id) WHERE capture_id IS NOT NULL;
        DROP INDEX idx_links_to_id;
        CREATE INDEX idx_links_to_id ON links (to_id) WHERE to_id IS NOT NULL;
        DROP INDEX idx_captures_same_as;
        CREATE INDEX idx_captures_same_as ON captures (same_as) WHERE same_as IS NOT NULL;
        """
    )
