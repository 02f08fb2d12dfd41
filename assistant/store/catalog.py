"""The catalog: one SQLite file that holds every report with its offsets and vectors. The system of record.

A report is wholly in or wholly out: each is written in one transaction, alone or with others. Every change gets a
number, so that the vector index (which can always be made again from here) knows how far it has come. This module
writes; what can be asked is in lookup.py. It knows SQL and the records; it knows nothing of Chroma, models, questions.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.copies import SIMILAR, bands, similarity
from assistant.records import Mention, Report
from assistant.store.conversations import erase_reports
from assistant.store.frame import CatalogFrames
from assistant.store.lookup import REPORT_COLUMNS
from assistant.store.rows import FileRead, IndexedReport, Origin

__all__ = ["Catalog"]


class Catalog(CatalogFrames):
    """The catalog of one data folder: its reports, with offsets, terms and vectors."""

    # -- what made the index

    def describe(self, fingerprint: Mapping[str, str]) -> None:
        """Set parts of the fingerprint; the others stay."""
        with self._transaction("IMMEDIATE") as connection:
            _describe(connection, fingerprint)

    # -- writing

    def put(self, indexed: IndexedReport, origin: Origin, fingerprint: Mapping[str, str]) -> None:
        """Store one report under its origin, in one transaction. What the origin held before is replaced."""
        self.put_all([(indexed, origin)], fingerprint)

    def put_all(self, reports: Iterable[tuple[IndexedReport, Origin]], fingerprint: Mapping[str, str]) -> None:
        """The same for several, all in one transaction: the full-text index is written once for all of them."""
        with self._transaction("IMMEDIATE") as connection:
            _describe(connection, fingerprint)
            for indexed, origin in reports:
                self._put(connection, indexed, origin)

    def _put(self, connection: sqlite3.Connection, indexed: IndexedReport, origin: Origin) -> None:
        before = connection.execute("SELECT report_id FROM origins WHERE origin = ?", (origin.origin,)).fetchone()
        if self._has(connection, indexed.report.id):  # the same content; what is told beside it may be new
            connection.execute(
                "UPDATE reports SET details = ? WHERE id = ?", (_details(indexed.report), indexed.report.id)
            )
        else:
            self._insert(connection, indexed)
        connection.execute(
            "INSERT INTO origins VALUES (?, ?, ?) ON CONFLICT (origin) "
            "DO UPDATE SET report_id = excluded.report_id, digest = excluded.digest",
            (origin.origin, indexed.report.id, origin.digest),
        )
        if before is not None and before[0] != indexed.report.id:
            self._drop_orphan(connection, before[0])

    def take_over(self, other: Catalog) -> None:
        """Take offsets, terms and vectors of every report from a catalog that holds the same reports, in one
        transaction, and what they were made with. Origins and details stay."""
        with self._transaction("IMMEDIATE") as connection:
            # In the order in which they were stored there, so that the same sentences are the first (equal.py).
            first = other.rows("SELECT report_id FROM sentences GROUP BY report_id ORDER BY min(key)")
            for report_id in dict.fromkeys([*(row[0] for row in first), *other.report_ids()]):
                indexed, report = other.indexed(report_id), self.reports([report_id]).get(report_id)
                if indexed is None or report is None:
                    continue
                origins = connection.execute("SELECT * FROM origins WHERE report_id = ?", (report_id,)).fetchall()
                connection.execute("DELETE FROM reports WHERE id = ?", (report_id,))
                self._insert(connection, replace(indexed, report=report))
                connection.executemany("INSERT INTO origins VALUES (?, ?, ?)", origins)
            connection.execute("DELETE FROM meta")
            connection.executemany("INSERT INTO meta VALUES (?, ?)", other.fingerprint().items())

    def remove_reports(self, report_ids: Iterable[str]) -> None:
        """Forget reports with all of their origins, and what conversations quote from them, in one transaction. Their
        bytes stay in the file until `scrub`."""
        report_ids = list(report_ids)
        with self._transaction("IMMEDIATE") as connection:
            erase_reports(connection, report_ids)
            for report_id in report_ids:
                gone = connection.execute("DELETE FROM origins WHERE report_id = ? RETURNING origin", (report_id,))
                for (origin,) in gone.fetchall():
                    _forget_file(connection, origin)
                self._drop_orphan(connection, report_id)

    def skip_to(self, number: int) -> None:
        """Let the last change be `number` at least, so that whoever saw that change of another history looks again."""
        with self._transaction("IMMEDIATE") as connection:
            if self.last_change() < number:
                connection.execute("INSERT INTO changes VALUES (?, '')", (number,))

    def remove_origin(self, origin: str) -> bool:
        """Forget one origin, and its report where no other origin holds it. False where there was none."""
        with self._transaction("IMMEDIATE") as connection:
            row = connection.execute("DELETE FROM origins WHERE origin = ? RETURNING report_id", (origin,)).fetchone()
            if row is None:
                return False
            _forget_file(connection, origin)
            self._drop_orphan(connection, row[0])
            return True

    # -- files

    def note_files(self, files: Iterable[FileRead]) -> None:
        """Remember that files were read, in one transaction: what was refused, and, of a file of which nothing was, the
        stamp by which it is known the next time."""
        with self._transaction("IMMEDIATE") as connection:
            for file in files:
                connection.execute("DELETE FROM files WHERE path = ?", (file.path,))
                connection.execute("DELETE FROM refused WHERE path = ?", (file.path,))
                connection.executemany(
                    "INSERT OR REPLACE INTO refused VALUES (?, ?, ?)",
                    [(error.origin, file.path, error.reason) for error in file.refused],
                )
                if file.stamp is not None and not file.refused:
                    row = (file.stamp.path, file.stamp.size, file.stamp.mtime_ns, file.stamp.read_by)
                    connection.execute("INSERT INTO files VALUES (?, ?, ?, ?)", row)

    @staticmethod
    def _has(connection: sqlite3.Connection, report_id: str) -> bool:
        return connection.execute("SELECT 1 FROM reports WHERE id = ?", (report_id,)).fetchone() is not None

    @staticmethod
    def _insert(connection: sqlite3.Connection, indexed: IndexedReport) -> None:
        report = indexed.report
        connection.execute(
            f"INSERT INTO reports ({REPORT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                report.id,
                report.title,
                report.text,
                str(report.published),
                report.source,
                report.url,
                report.language,
                _details(report),
            ),
        )
        connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (p.id, p.report_id, p.start, p.end, p.first, p.last, vector.astype("<f4").tobytes())
                for p, vector in zip(indexed.passages, indexed.passage_vectors, strict=True)
            ],
        )
        for sentence, vector, terms in zip(indexed.sentences, indexed.sentence_vectors, indexed.terms, strict=True):
            key = connection.execute(
                "INSERT INTO sentences (report_id, number, start, end, vector) VALUES (?, ?, ?, ?, ?)",
                (sentence.report_id, sentence.number, sentence.start, sentence.end, vector.astype("<f4").tobytes()),
            ).lastrowid
            connection.execute("INSERT INTO lexicon (rowid, terms) VALUES (?, ?)", (key, " ".join(sorted(terms))))
        _insert_mentions(connection, report.id, indexed.mentions)
        _insert_cluster(connection, report.id, indexed.signature)
        connection.execute("INSERT INTO changes (report_id) VALUES (?)", (report.id,))

    def put_analysis(
        self, report_id: str, terms: Sequence[frozenset[str]], mentions: Iterable[Mention], signature: bytes
    ) -> None:
        """Replace what was found in the text of one report: the terms of each sentence, the mentions, the signature."""
        with self._transaction("IMMEDIATE") as connection:
            keys = connection.execute(
                "SELECT key FROM sentences WHERE report_id = ? ORDER BY number", (report_id,)
            ).fetchall()
            for (key,), own in zip(keys, terms, strict=True):
                connection.execute("UPDATE lexicon SET terms = ? WHERE rowid = ?", (" ".join(sorted(own)), key))
            connection.execute("DELETE FROM mentions WHERE report_id = ?", (report_id,))
            _insert_mentions(connection, report_id, mentions)
            connection.execute("DELETE FROM bands WHERE report_id = ?", (report_id,))
            connection.execute("DELETE FROM clusters WHERE report_id = ?", (report_id,))
            _insert_cluster(connection, report_id, signature)

    @staticmethod
    def _drop_orphan(connection: sqlite3.Connection, report_id: str) -> None:
        gone = connection.execute(
            "DELETE FROM reports WHERE id = ? AND NOT EXISTS (SELECT 1 FROM origins WHERE report_id = ?)",
            (report_id, report_id),
        )
        if gone.rowcount:
            connection.execute("INSERT INTO changes (report_id) VALUES (?)", (report_id,))


def _forget_file(connection: sqlite3.Connection, origin: str) -> None:
    """Let the file of an origin be read again: it holds more than is in."""
    connection.execute("DELETE FROM files WHERE ?1 = path OR substr(?1, 1, length(path) + 1) = path || '#'", (origin,))


def _details(report: Report) -> str:
    return json.dumps(dict(report.details), ensure_ascii=False, sort_keys=True)


def _describe(connection: sqlite3.Connection, fingerprint: Mapping[str, str]) -> None:
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", fingerprint.items()
    )


def _insert_mentions(connection: sqlite3.Connection, report_id: str, mentions: Iterable[Mention]) -> None:
    connection.executemany(
        "INSERT INTO mentions VALUES (?, ?, ?, ?, ?)",
        ((report_id, mention.start, mention.end, mention.entity, mention.name) for mention in mentions),
    )


def _insert_cluster(connection: sqlite3.Connection, report_id: str, signature: bytes) -> None:
    """Put a report into the cluster of the one that it is most alike, or into one of its own."""
    if not signature:
        return
    own = bands(signature)
    alike = connection.execute(
        "SELECT DISTINCT cluster, signature FROM bands JOIN clusters USING (report_id) "
        f"WHERE band IN ({','.join('?' * len(own))}) ORDER BY report_id",
        own,
    ).fetchall()
    near = [(similarity(signature, other), cluster) for cluster, other in alike]
    best = max(near, key=lambda pair: pair[0], default=(0.0, report_id))
    cluster = best[1] if best[0] >= SIMILAR else report_id
    connection.execute("INSERT INTO clusters VALUES (?, ?, ?)", (report_id, cluster, signature))
    connection.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", ((band, report_id) for band in own))
