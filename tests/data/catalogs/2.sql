CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE reports (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    published TEXT NOT NULL,
    source TEXT,
    url TEXT,
    language TEXT NOT NULL
, details TEXT NOT NULL DEFAULT '{}') STRICT;
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
CREATE VIRTUAL TABLE lexicon USING fts5 (terms, detail = none, columnsize = 0, tokenize = 'ascii');
CREATE VIRTUAL TABLE lexicon_terms USING fts5vocab (lexicon, row);
CREATE TRIGGER sentence_gone AFTER DELETE ON sentences BEGIN DELETE FROM lexicon WHERE rowid = old.key; END;
CREATE TABLE changes (number INTEGER PRIMARY KEY AUTOINCREMENT, report_id TEXT NOT NULL) STRICT;
INSERT INTO meta (key, value) VALUES ('embedding_model', 'word lengths');
INSERT INTO meta (key, value) VALUES ('background', 'none');
INSERT INTO meta (key, value) VALUES ('terms', '1');
INSERT INTO meta (key, value) VALUES ('rules', 'sentences 1, passages 200-1200');
INSERT INTO reports (id, title, text, published, source, url, language, details) VALUES ('f62a0bf37375e375', 'A town is taken', 'The army took the town on Thursday. Residents fled across the river.', '2017-11-09', 'Levant Desk', 'https://example.org/town', 'en', '{"author": "J. Doe"}');
INSERT INTO reports (id, title, text, published, source, url, language, details) VALUES ('7ab2dd232038d5b3', 'المدينة', 'دخلت القوات المدينة يوم الخميس. غادر السكان.', '2017-11', NULL, NULL, 'ar', '{}');
INSERT INTO origins (origin, report_id, digest) VALUES ('/reports/town.md', 'f62a0bf37375e375', '0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO origins (origin, report_id, digest) VALUES ('/reports/city.txt', '7ab2dd232038d5b3', '0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO passages (id, report_id, start, end, first, last, vector) VALUES ('f62a0bf37375e375:p0', 'f62a0bf37375e375', 0, 68, 0, 1, X'00000000549d2f3effb5033f549d2f3f00000000549daf3e0000000000000000549daf3e000000000000000000000000');
INSERT INTO passages (id, report_id, start, end, first, last, vector) VALUES ('7ab2dd232038d5b3:p0', '7ab2dd232038d5b3', 0, 44, 0, 1, X'0000000000000000a532843ea532043f00000000a532843ef74b463f0000000000000000000000000000000000000000');
INSERT INTO sentences (key, report_id, number, start, end, vector) VALUES (1, 'f62a0bf37375e375', 0, 0, 35, X'00000000a532843ea532043ff74b463f00000000000000000000000000000000a532843e000000000000000000000000');
INSERT INTO sentences (key, report_id, number, start, end, vector) VALUES (2, 'f62a0bf37375e375', 1, 36, 68, X'00000000000000009084c13e9084c13e000000009084413f00000000000000009084c13e000000000000000000000000');
INSERT INTO sentences (key, report_id, number, start, end, vector) VALUES (3, '7ab2dd232038d5b3', 0, 0, 31, X'00000000000000009084c13e9084c13e000000009084c13e9084413f0000000000000000000000000000000000000000');
INSERT INTO sentences (key, report_id, number, start, end, vector) VALUES (4, '7ab2dd232038d5b3', 1, 32, 44, X'000000000000000000000000f304353f0000000000000000f304353f0000000000000000000000000000000000000000');
INSERT INTO lexicon (rowid, terms) VALUES (1, 'penthurs strst wenarmy wenon wenthe wenthursday wentook wentown');
INSERT INTO lexicon (rowid, terms) VALUES (2, 'penacros penresid penriver srstns wenacross wenfled wenresidents wenriver wenthe');
INSERT INTO lexicon (rowid, terms) VALUES (3, 'parمدينه sktmtn slkt smtn smtnm smxms stxlt stxltkt sxms warخميس warدخلت warقوات warمدينه warيوم');
INSERT INTO lexicon (rowid, terms) VALUES (4, 'sjtr sjtrskn sskn warسكان warغادر');
INSERT INTO changes (number, report_id) VALUES (1, 'f62a0bf37375e375');
INSERT INTO changes (number, report_id) VALUES (2, '7ab2dd232038d5b3');
PRAGMA user_version = 2;
PRAGMA application_id = 1281451877;
