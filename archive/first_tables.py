"""The tables as they were first: `archive/migrations.py` says what became of them, and this is never edited."""

FIRST_TABLES = """
CREATE TABLE crawls (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    finished TEXT,
    outcome TEXT,
    new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    no_article INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    seconds REAL
) STRICT;

CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    site TEXT NOT NULL,
    title TEXT NOT NULL,
    category TEXT,
    posted_by TEXT,
    source TEXT,
    reporter TEXT,
    published TEXT,
    published_raw TEXT,
    views INTEGER,
    summary TEXT,
    body TEXT NOT NULL,
    char_count INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    last_changed TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'gone')),
    url_key TEXT NOT NULL UNIQUE,
    month TEXT GENERATED ALWAYS AS (substr(published, 1, 7)) VIRTUAL
) STRICT;
CREATE INDEX idx_articles_site ON articles (site);
CREATE INDEX idx_articles_category ON articles (category);
CREATE INDEX idx_articles_source ON articles (source);
CREATE INDEX idx_articles_reporter ON articles (reporter);
CREATE INDEX idx_articles_month ON articles (month);
CREATE INDEX idx_articles_published ON articles (published);
CREATE INDEX idx_articles_first_seen ON articles (first_seen);

CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    seen_at TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    UNIQUE (article_id, number),
    UNIQUE (article_id, sha256)
) STRICT;

CREATE TABLE links (
    id INTEGER PRIMARY KEY,
    from_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    snippet TEXT,
    to_id INTEGER REFERENCES articles (id) ON DELETE SET NULL,
    url_key TEXT NOT NULL,
    UNIQUE (from_id, position)
) STRICT;
CREATE INDEX idx_links_to_id ON links (to_id);
CREATE INDEX idx_links_url_key ON links (url_key);

CREATE TABLE removals (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    rule TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('contact', 'copyright', 'share', 'repeat', 'chrome')),
    text TEXT NOT NULL,
    chars INTEGER NOT NULL,
    FOREIGN KEY (article_id, version) REFERENCES versions (article_id, number) ON DELETE CASCADE
) STRICT;
CREATE INDEX idx_removals_article_id_version ON removals (article_id, version);
CREATE INDEX idx_removals_kind ON removals (kind);
CREATE INDEX idx_removals_rule ON removals (rule);

CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    site TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'fetched', 'failed', 'refused', 'gone')),
    reason TEXT,
    depth INTEGER,
    status INTEGER,
    etag TEXT,
    last_modified TEXT,
    fetched_at TEXT,
    sha256 TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    url_key TEXT NOT NULL UNIQUE,
    start INTEGER NOT NULL DEFAULT 0 CHECK (start IN (0, 1)),
    article_id INTEGER REFERENCES articles (id) ON DELETE SET NULL,
    crawl_id INTEGER REFERENCES crawls (id) ON DELETE SET NULL,
    CHECK (state IN ('pending', 'fetched') OR reason IS NOT NULL)
) STRICT;
CREATE INDEX idx_pages_pending ON pages (depth, id) WHERE state = 'pending';
CREATE INDEX idx_pages_start ON pages (id) WHERE start = 1;
CREATE INDEX idx_pages_crawl_id_state ON pages (crawl_id, state);
CREATE INDEX idx_pages_article_id ON pages (article_id);
CREATE INDEX idx_pages_site ON pages (site);
CREATE INDEX idx_pages_state ON pages (state);
"""
