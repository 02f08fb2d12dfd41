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
CREATE TABLE mentions (
    report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    entity TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (report_id, start, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_entity ON mentions (entity, report_id);
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
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, read_by TEXT NOT NULL
) STRICT;
CREATE TABLE refused (origin TEXT PRIMARY KEY, path TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE INDEX refused_by_path ON refused (path);
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
CREATE INDEX sentences_by_vector ON sentences (substr(vector, 1, 16));
CREATE INDEX reports_listed ON reports (published, language, source, title, id);
CREATE TABLE feedback (
    conversation_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (conversation_id, number),
    FOREIGN KEY (conversation_id, number) REFERENCES turns (conversation_id, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX reports_by_source ON reports (source, id);
CREATE INDEX passages_by_vector ON passages (substr(vector, 1, 16));
INSERT INTO meta (key, value) VALUES ('embedding_model', 'word lengths');
INSERT INTO meta (key, value) VALUES ('background', 'none');
INSERT INTO meta (key, value) VALUES ('rules', 'sentences 1, passages 200-1200');
INSERT INTO meta (key, value) VALUES ('terms', '10');
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
INSERT INTO lexicon (rowid, terms) VALUES (1, 'edate20171109 penthurs strst wenarmy wenon wenthe wenthursday wentook wentown');
INSERT INTO lexicon (rowid, terms) VALUES (2, 'penacros penresid penriver srstns wenacross wenfled wenresidents wenriver wenthe');
INSERT INTO lexicon (rowid, terms) VALUES (3, 'parمدينه sktmtn slkt smtn smtnm smxms stxlt stxltkt sxms warخميس warدخلت warقوات warمدينه warيوم');
INSERT INTO lexicon (rowid, terms) VALUES (4, 'sjtr sjtrskn sskn warسكان warغادر');
INSERT INTO changes (number, report_id) VALUES (1, 'f62a0bf37375e375');
INSERT INTO changes (number, report_id) VALUES (2, '7ab2dd232038d5b3');
INSERT INTO mentions (report_id, start, end, entity, name) VALUES ('f62a0bf37375e375', 26, 34, 'date:2017-11-09', '2017-11-09');
INSERT INTO clusters (report_id, cluster, signature) VALUES ('f62a0bf37375e375', 'f62a0bf37375e375', X'75a038207bcd160c22192d05abbd8d0e29b03b12a0f44d17844c8c119e1f1a1b94e3ed1b0b43c42f45c2191334cd2b317e3db80398bf2901168e251456e55b1d3022a90f334f9d087dbb7c2bf37de413d3e39810a665bb192c759e0640ce44216e0c0d0c36981e09dd8bac03c78cfd221e9ee123de3fcb207581e41eb61779054e5ad60c92bbc70aa52721230d0f6a14a47c2a2f205b6325b885e3241f57700ade33300a9826bc331cae2a4c134162064a10c8149c2f6c1c793247099f676202c028513ccc8f5015a53e43211525d10b4b29b433c01d7a0b2866b118cbebd5224651300124f4b6037cfb271175aba80a58f41f08678ed11045e0f904e41f3a2c9573820f5c4d0e0c9249a718084f771f7151431f5e33981419eae310efb6a3299c93ec0b4ba50b00d776020002975914afd593217dde591355b93d00b17d8d11');
INSERT INTO clusters (report_id, cluster, signature) VALUES ('7ab2dd232038d5b3', '7ab2dd232038d5b3', X'16ff7c0543c3b031b0b8a61c3d7926228de569306cec261f9a43bd014e92825ccea328047be1e92d8a086311bcb16f0e1ba7ae06b718d8286baed610ead6eb244de51d4d8c05cd09cd4fb94a98853f16fb143e01c0ec0947470f0e062ad7360dcb7fe107f2cd861b3b09a62ace3de242ce53a50410d8cf3df5215f4483a131158d6e4e49a39f5f353902d431c2e0451145848e3c1241ae6112292e12f103690ee40a1755a1fc576a41f800229d2ab3588fa64410e3f0f15e17471320ec9159059ef3890ddf5614009f5b2d1cec81a60936c85e02e142af019c085d07beab740dfe793348748fad8201d9ca0c509efc17e14dd446a98f2e3804751804c52d334226d01905913c5b19634700034c41fc3b22c7be0b0b1f541bebf715286f9cbc30b065be099f7e031674ec09124a5ed81da919844d8251b8013173c21eb482d018');
INSERT INTO bands (band, report_id) VALUES (-8623490789996414241, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (-8495754024019048215, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (-7574488791922159531, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (-4848073940420777731, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (-4481548113230257901, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (-3639143260783764243, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (385605014219416273, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (1242276414859286057, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (2998862558653106763, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (3901517161708951908, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (4044224745563396231, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (5679922269205294628, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (5877358311816797448, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (6175796386044206961, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (7784158650957350114, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (8098059259421916083, '7ab2dd232038d5b3');
INSERT INTO bands (band, report_id) VALUES (-8837702063593647948, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (-7733599718049836154, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (-6027693750665114694, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (-4907723520147984865, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (-4515306998931274898, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (-4237673576097905726, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (-3447437703083619343, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (-3226012114970402384, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (-445784123294584126, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (-185504729338809460, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (43760480881063260, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (2734875471724519831, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (5620666559191081386, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (6086977373272941051, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (7423248593782539205, 'f62a0bf37375e375');
INSERT INTO bands (band, report_id) VALUES (8978901808633602970, 'f62a0bf37375e375');
INSERT INTO conversations (id, title, started) VALUES ('0123456789ab', 'Who fled?', '2017-11-10T00:00:00+00:00');
INSERT INTO turns (conversation_id, number, content) VALUES ('0123456789ab', 1, '{"turn": {"number": 1, "question": "Who fled?", "asked": "2017-11-10T00:00:00Z", "understood": {"question": "Who fled?", "topic": "Who fled?", "wish": "answer", "carried": [], "language": null}, "answer": {"question": "Who fled?", "language": "en", "summary": "As of November 9, 2017, the date of the newest report quoted.", "statements": [{"text": "Residents fled across the river.", "citations": [1], "support": "supported", "problems": []}], "citations": [{"number": 1, "report": {"id": "f62a0bf37375e375", "title": "A town is taken", "text": "", "published": {"year": 2017, "month": 11, "day": 9, "until": null}, "source": "Levant Desk", "url": "https://example.org/town", "language": "en", "details": {}}, "start": 36, "end": 68, "passage": {"id": "f62a0bf37375e375:p0", "report_id": "f62a0bf37375e375", "start": 0, "end": 68, "first": 0, "last": 1}, "names": [], "copies": [], "phrase": null, "score": null, "why": {}}], "as_of": {"year": 2017, "month": 11, "day": 9, "until": null}, "refusal": null, "caveats": [], "hits": [], "provenance": {}, "missing": null, "parts": [], "confidence": null}, "among": {"since": null, "until": null, "languages": [], "sources": [], "places": [], "reports": null, "without": []}, "lost": []}, "quotes": {"1": "Residents fled across the river."}}');
INSERT INTO turn_reports (report_id, conversation_id, number) VALUES ('f62a0bf37375e375', '0123456789ab', 1);
INSERT INTO feedback (conversation_id, number, verdict, note) VALUES ('0123456789ab', 1, 'right', 'as the report has it');
PRAGMA user_version = 10;
PRAGMA application_id = 1281451877;
