"""The tables of the catalog, version by version, and what tells its file from another.

`STEPS[n]` takes a catalog from version n to n + 1. A new catalog takes all of them, an older one those that it lacks,
so both end up alike. A step that has been released is never changed: what is to be different becomes a new one, with
a catalog of the version before it in tests/data/catalogs (scripts/make_catalog_sql.py writes one).
"""

from __future__ import annotations

__all__ = ["APPLICATION_ID", "SCHEMA_VERSION", "migration"]

APPLICATION_ID = 0x4C616765  # "Lage": tells our file from any other SQLite file

_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE reports (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    published TEXT NOT NULL,
    source TEXT,
    url TEXT,
    language TEXT NOT NULL
) STRICT;
CREATE TABLE origins (
    origin TEXT PRIMARY KEY,
    report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    digest TEXT NOT NULL
) STRICT;
CREATE INDEX origins_by_report ON origins (report_id);
CREATE TABLE passages (
    id TEXT PRIMARY KEY,
    report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    vector BLOB NOT NULL
) STRICT;
CREATE INDEX passages_by_report ON passages (report_id, first);
CREATE TABLE sentences (
    key INTEGER PRIMARY KEY,
    report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (report_id, number)
) STRICT;
-- The terms of each sentence (terms.py), separated by spaces; rowid is sentences.key.
CREATE VIRTUAL TABLE lexicon USING fts5 (terms, detail = none, columnsize = 0, tokenize = 'ascii');
CREATE VIRTUAL TABLE lexicon_terms USING fts5vocab (lexicon, row);
CREATE TRIGGER sentence_gone AFTER DELETE ON sentences BEGIN DELETE FROM lexicon WHERE rowid = old.key; END;
CREATE TABLE changes (number INTEGER PRIMARY KEY AUTOINCREMENT, report_id TEXT NOT NULL) STRICT;
"""

# Names and values that a report has beside the columns, as a JSON object of strings (records.py).
_DETAILS = """
ALTER TABLE reports ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
"""

# The places, groups and dates that a report names, with offsets into its text (analysis.py).
_MENTIONS = """
CREATE TABLE mentions (
    report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    entity TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (report_id, start, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_entity ON mentions (entity, report_id);
"""

# Which reports are near-copies of each other (copies.py): those of one cluster, named after the first that came.
_CLUSTERS = """
CREATE TABLE clusters (
    report_id TEXT PRIMARY KEY REFERENCES reports (id) ON DELETE CASCADE,
    cluster TEXT NOT NULL,
    signature BLOB NOT NULL
) STRICT;
CREATE INDEX clusters_by_cluster ON clusters (cluster);
CREATE TABLE bands (
    band INTEGER NOT NULL,
    report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    PRIMARY KEY (band, report_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bands_by_report ON bands (report_id);
"""

# Files of which everything is in, as they were when they were read; and what could not be read, by the file it is in.
_FILES = """
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, read_by TEXT NOT NULL
) STRICT;
CREATE TABLE refused (origin TEXT PRIMARY KEY, path TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE INDEX refused_by_path ON refused (path);
"""

# Conversations (conversations.py). A turn's content is JSON (stored_turns.py). The reports that its answer refers to
# may go all the same: then the turn says so.
_CONVERSATIONS = """
CREATE TABLE conversations (id TEXT PRIMARY KEY, title TEXT NOT NULL, started TEXT NOT NULL) STRICT;
CREATE TABLE turns (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (conversation_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE turn_reports (
    report_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (report_id, conversation_id, number),
    FOREIGN KEY (conversation_id, number) REFERENCES turns (conversation_id, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX turn_reports_by_turn ON turn_reports (conversation_id, number);
"""

# Sentences with the same vector: one of them stands for all in the vector index (equal.py).
_EQUAL = """
CREATE INDEX sentences_by_vector ON sentences (substr(vector, 1, 16));
"""

# Everything that a list of reports shows (listing.py), so that their texts are not read for it.
_LISTED = """
CREATE INDEX reports_listed ON reports (published, language, source, title, id);
"""

# What somebody said of the answer of a turn: "right", "wrong" or "wrong_source" (turns.py).
_FEEDBACK = """
CREATE TABLE feedback (
    conversation_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (conversation_id, number),
    FOREIGN KEY (conversation_id, number) REFERENCES turns (conversation_id, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
"""

# What the reports of a source have in common (frame.py).
_SOURCES = """
CREATE INDEX reports_by_source ON reports (source, id);
"""

# The same of passages.
_EQUAL_PASSAGES = """
CREATE INDEX passages_by_vector ON passages (substr(vector, 1, 16));
"""

STEPS = (
    _FIRST,
    _DETAILS,
    _MENTIONS + _CLUSTERS,
    _FILES,
    _CONVERSATIONS,
    _EQUAL,
    _LISTED,
    _FEEDBACK,
    _SOURCES,
    _EQUAL_PASSAGES,
)

SCHEMA_VERSION = len(STEPS)


def migration(version: int) -> str:
    """The statements that take a catalog of this version to the current one, as one transaction; 0 is an empty file."""
    steps = "".join(STEPS[version:])
    return (
        f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {SCHEMA_VERSION};"
        f"PRAGMA application_id = {APPLICATION_ID}; COMMIT;"
    )
