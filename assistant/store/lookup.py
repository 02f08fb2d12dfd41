"""What can be asked of the catalog. Knows SQL and the records; changes nothing (catalog.py)."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.dates import PartialDate
from assistant.embedding import Vectors
from assistant.errors import IndexMismatchError, ReportError
from assistant.records import Mention, Passage, Report, Sentence
from assistant.store.facets import CatalogFacets
from assistant.store.rows import (
    CatalogCounts,
    EmbeddedReport,
    FileStamp,
    IndexedPassage,
    IndexedReport,
    Kind,
    Naming,
    in_parts,
)

__all__ = ["REPORT_COLUMNS", "CatalogLookup"]

REPORT_COLUMNS = "id, title, text, published, source, url, language, details"

_MAX_VARIABLES = 30_000  # SQLite takes 32,766 in one statement
_REMEMBERED = 50_000  # terms: common ones take milliseconds to count, and are in every other question
_SPELLED = 200  # mentions of one entity that tell how it is spelled


class CatalogLookup(CatalogFacets):
    """The catalog of one data folder, for reading."""

    _counted: tuple[int, CatalogCounts] | None = None  # at which change, and what
    _sampled: tuple[int, Vectors] | None = None  # the same
    _frequencies: tuple[int, dict[str, int]] | None = None  # the same

    # -- what made the index, and of what

    def fingerprint(self) -> dict[str, str]:
        """What made the index: the embedding model and the rules. Empty before the first report."""
        with self._explained():
            return dict(self._connection.execute("SELECT key, value FROM meta ORDER BY key").fetchall())

    def require(self, expected: Mapping[str, str]) -> None:
        """Compare the fingerprint with `expected`; an IndexMismatchError names both where they differ."""
        found = self.fingerprint()
        for key, value in expected.items():
            if key in found and found[key] != value:
                raise IndexMismatchError(
                    f"{self.path.parent}: this index was made with {key} '{found[key]}', and now it is '{value}'. "
                    "Go back to what made it, or embed all of its reports again: "
                    f"lagebild rebuild --reembed --data {self.path.parent}"
                )

    def files(self) -> list[FileStamp]:
        """The files of which everything is in."""
        with self._explained():
            rows = self._connection.execute("SELECT path, size, mtime_ns, read_by FROM files").fetchall()
        return [FileStamp(*row) for row in rows]

    def refused(self) -> dict[str, list[ReportError]]:
        """What could not be read the last time, by file."""
        with self._explained():
            rows = self._connection.execute("SELECT path, origin, reason FROM refused ORDER BY path, origin").fetchall()
        found: dict[str, list[ReportError]] = {}
        for path, origin, reason in rows:
            found.setdefault(path, []).append(ReportError(origin, reason))
        return found

    # -- reports, passages and sentences

    def counts(self) -> CatalogCounts:
        """How many reports, passages and sentences there are; counted once a change."""
        change = self.last_change()
        if self._counted is not None and self._counted[0] == change:
            return self._counted[1]
        with self._explained():
            row = self._connection.execute(
                "SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM passages), "
                "(SELECT count(*) FROM sentences)"
            ).fetchone()
        counts = CatalogCounts(*row)
        self._counted = change, counts
        return counts

    def last_change(self) -> int:
        """The number of the newest change; 0 before the first."""
        with self._explained():
            return int(self._connection.execute("SELECT coalesce(max(number), 0) FROM changes").fetchone()[0])

    def changed_since(self, number: int, times: int = 1) -> list[str]:
        """The ids of the reports that were added or removed after change `number` at least so many times; each once."""
        with self._explained():
            rows = self._connection.execute(
                "SELECT report_id FROM changes WHERE number > ? GROUP BY report_id HAVING count(*) >= ? "
                "ORDER BY min(number)",
                (number, times),
            ).fetchall()
        return [row[0] for row in rows]

    def origins(self) -> dict[str, str]:
        """Every origin with the hash of the bytes that were read from it."""
        with self._explained():
            return dict(self._connection.execute("SELECT origin, digest FROM origins").fetchall())

    def origins_of(self, report_ids: Iterable[str]) -> list[str]:
        """From where these reports were read, in order."""
        sql = "SELECT origin FROM origins WHERE report_id IN ({})"
        with self._explained():
            return sorted(row[0] for row in self._where_in(sql, list(report_ids)))

    def reports_from(self, origins: Iterable[str]) -> list[str]:
        """The ids of the reports that were read from there."""
        with self._explained():
            return [
                row[0] for row in self._where_in("SELECT report_id FROM origins WHERE origin IN ({})", list(origins))
            ]

    def reports_of(self, sources: Iterable[str]) -> list[str]:
        """The ids of all reports of these sources, spelled as the reports spell them."""
        with self._explained():
            return [row[0] for row in self._where_in("SELECT id FROM reports WHERE source IN ({})", list(sources))]

    def report_ids(self) -> list[str]:
        """All report ids, in a fixed order."""
        with self._explained():
            return [row[0] for row in self._connection.execute("SELECT id FROM reports ORDER BY id").fetchall()]

    def reports(self, ids: Iterable[str] | None = None) -> dict[str, Report]:
        """Reports by id; those that are not there are absent. None means all."""
        columns = f"SELECT {REPORT_COLUMNS} FROM reports"
        with self._explained():
            if ids is None:
                rows = self._connection.execute(columns + " ORDER BY id").fetchall()
            else:
                rows = list(self._where_in(columns + " WHERE id IN ({})", list(ids)))
        return {row[0]: _report(row) for row in rows}

    def passages(self, ids: Sequence[str]) -> list[IndexedPassage]:
        """Those of the passages that exist, with their sentences and vectors."""
        # Each by itself: otherwise every sentence brings the vector of its passage along.
        whole = "SELECT id, report_id, start, end, first, last, vector FROM passages WHERE id IN ({}) ORDER BY id"
        parts = (
            "SELECT p.id, s.report_id, s.number, s.start, s.end, s.key, s.vector "
            "FROM passages p JOIN sentences s ON s.report_id = p.report_id AND s.number BETWEEN p.first AND p.last "
            "WHERE p.id IN ({}) ORDER BY p.id, s.number"
        )
        with self.reading():
            passages = {row[0]: row for row in self._where_in(whole, ids)}
            rows = list(self._where_in(parts, ids))
        keys, vectors = np.array([row[5] for row in rows], dtype=np.int64), _vectors(row[6] for row in rows)
        found, start = [], 0
        for passage_id, group in groupby(rows, key=lambda row: row[0]):
            sentences = tuple(Sentence(*row[1:5]) for row in group)
            end = start + len(sentences)
            *about, vector = passages[passage_id]
            own = _vectors([vector])[0]
            found.append(IndexedPassage(Passage(*about), own, sentences, keys[start:end], vectors[start:end]))
            start = end
        return found

    def passages_holding(self, sentences: Sequence[tuple[str, int]]) -> set[str]:
        """The ids of the passages that hold these sentences (report id, number), up to 10,000."""
        sql = (  # a cross join, so that SQLite begins with the sentences
            f"WITH asked (report_id, number) AS (VALUES {','.join(['(?, ?)'] * len(sentences))}) "
            "SELECT p.id FROM asked a CROSS JOIN passages p "
            "WHERE p.report_id = a.report_id AND a.number BETWEEN p.first AND p.last"
        )
        return {row[0] for row in self.rows(sql, list(chain.from_iterable(sentences)))} if sentences else set()

    def passages_holding_keys(self, keys: Iterable[int]) -> set[str]:
        """The same for the store's own numbers of sentences, as `postings` gives them, as many as there are."""
        sql = (
            "SELECT p.id FROM sentences s JOIN passages p ON p.report_id = s.report_id "
            "AND s.number BETWEEN p.first AND p.last WHERE s.key IN ({})"
        )
        with self._explained():
            return {row[0] for row in self._where_in(sql, [int(key) for key in keys])}

    def frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many sentences each term occurs; those that occur in none are absent. Counted once a change."""
        change, wanted = self.last_change(), set(terms)
        if self._frequencies is None or self._frequencies[0] != change or len(self._frequencies[1]) > _REMEMBERED:
            self._frequencies = change, {}
        known = self._frequencies[1]
        unknown = wanted - known.keys()
        if unknown:
            with self._explained():
                counted = dict(self._where_in("SELECT term, doc FROM lexicon_terms WHERE term IN ({})", list(unknown)))
            known.update(dict.fromkeys(unknown, 0) | counted)
        return {term: known[term] for term in wanted if known[term]}

    def postings(self, term: str) -> npt.NDArray[np.int64]:
        """The sentences that have this term, by the store's own numbers, ascending."""
        # One text of them all: a row in Python for each takes more than twice as long.
        sql = "SELECT group_concat(rowid) FROM lexicon WHERE lexicon MATCH ?"
        with self._explained():
            (found,) = self._connection.execute(sql, (f'"{term}"',)).fetchone()
        return np.sort(np.fromstring(found or "", dtype=np.int64, sep=","))

    # -- reading all of it

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What is read inside is of one moment, whatever others write meanwhile."""
        with self._transaction("DEFERRED"):
            yield

    def about_reports(self, ids: Sequence[str] | None = None) -> list[Report]:
        """All reports, or those of these that are there, without their texts and details."""
        sql = "SELECT id, title, '', published, source, url, language, json_object() FROM reports"
        with self._explained():
            if ids is None:
                return [_report(row) for row in self._connection.execute(sql)]
            return [_report(row) for row in self._where_in(f"{sql} WHERE id IN ({{}})", ids)]

    def every(self, kind: Kind, report_ids: Sequence[str] | None = None) -> Iterator[tuple[str, int, bytes]]:
        """All passages or sentences, or those of up to 30,000 reports: the id, the store's own number (ascending), the
        vector's bytes. The id of a sentence is `report_id:number`."""
        own = {"passages": "id, rowid", "sentences": "report_id || ':' || number, key"}[kind]
        sql = f"SELECT {own}, vector FROM {kind}"
        with self._explained():
            if report_ids is None:
                yield from self._connection.execute(f"{sql} ORDER BY 2")
            else:
                yield from self._where_in(f"{sql} WHERE report_id IN ({{}}) ORDER BY 2", report_ids)

    def listed(self, kind: Kind, report_ids: Sequence[str] | None = None) -> list[tuple[str, int]]:
        """As `every`, without the vectors: an index has these, so that the table is not read."""
        own = {"passages": "id, rowid", "sentences": "report_id || ':' || number, key"}[kind]
        sql = f"SELECT {own} FROM {kind}"
        with self._explained():
            if report_ids is None:
                found = self._connection.execute(sql).fetchall()
            else:
                found = list(self._where_in(f"{sql} WHERE report_id IN ({{}})", report_ids))
        return sorted(found, key=lambda row: row[1])

    def passage_vectors(self, ids: Sequence[str]) -> tuple[npt.NDArray[np.bool_], Vectors]:
        """Which of these passages are there, and the vectors of those, in this order."""
        with self._explained():
            return _in_order(ids, dict(self._where_in("SELECT id, vector FROM passages WHERE id IN ({})", ids)))

    def sentence_vectors(self, keys: Sequence[int]) -> tuple[npt.NDArray[np.bool_], Vectors]:
        """The same of sentences by the store's own numbers."""
        with self._explained():
            return _in_order(keys, dict(self._where_in("SELECT key, vector FROM sentences WHERE key IN ({})", keys)))

    def sample(self, count: int) -> Vectors:
        """The vectors of so many sentences, or a few more, from all over the collection: shape (n, dimensions)."""
        with self.reading():
            change = self.last_change()
            if self._sampled is not None and self._sampled[0] == change:
                return self._sampled[1]
            first, last = self._connection.execute("SELECT min(key), max(key) FROM sentences").fetchone()
            if first is None:
                return np.zeros((0, 0), np.float32)
            step = max((last - first) // count, 1)
            sql = "SELECT vector FROM sentences WHERE key >= ? ORDER BY key LIMIT 1"  # keys have gaps
            places = range(first, last + 1, step)
            vectors = _vectors(self._connection.execute(sql, (place,)).fetchone()[0] for place in places)
        self._sampled = change, vectors
        return vectors

    def mentions(self, report_ids: Iterable[str]) -> dict[str, list[Mention]]:
        """The places, groups and dates that these reports name, in order; every id that was asked for is there."""
        wanted = list(report_ids)
        found: dict[str, list[Mention]] = {report_id: [] for report_id in wanted}
        sql = (
            "SELECT report_id, start, end, entity, name FROM mentions WHERE report_id IN ({}) ORDER BY report_id, start"
        )
        with self._explained():
            for report_id, *mention in self._where_in(sql, wanted):
                found[report_id].append(Mention(*mention))
        return found

    def namings(self, entity: str) -> list[Naming]:
        """How the reports spell a place or a group, by their language and date."""
        sql = (
            "SELECT language, published, substr(text, start + 1, end - start) AS spelling, count(*) "
            "FROM mentions JOIN reports ON reports.id = report_id WHERE entity = ? GROUP BY 1, 2, 3"
        )
        with self._explained():
            rows = self._connection.execute(sql, (entity,)).fetchall()
        return [Naming(language, _date(date), spelling, count) for language, date, spelling, count in rows]

    def spellings(self, entities: Iterable[str]) -> dict[str, Counter[str]]:
        """How the reports of each language spell what these entities stand for, with how often; a sample of each."""
        sql = (
            "SELECT language, substr(text, start + 1, end - start), count(*) FROM "
            f"(SELECT report_id, start, end FROM mentions WHERE entity = ? LIMIT {_SPELLED}) "
            "JOIN reports ON id = report_id GROUP BY 1, 2"
        )
        found: dict[str, Counter[str]] = {}
        with self._explained():
            for entity in entities:
                for language, spelling, count in self._connection.execute(sql, (entity,)).fetchall():
                    found.setdefault(language, Counter())[spelling] += count
        return found

    def reports_naming(self, entities: Iterable[str]) -> set[str]:
        """The ids of the reports that name any of these entities."""
        with self._explained():
            sql = "SELECT DISTINCT report_id FROM mentions WHERE entity IN ({})"
            return {row[0] for row in self._where_in(sql, list(entities))}

    def named(self, entities: Iterable[str]) -> frozenset[str]:
        """Those of the entities that some report names."""
        with self._explained():
            sql = "SELECT DISTINCT entity FROM mentions WHERE entity IN ({})"
            return frozenset(row[0] for row in self._where_in(sql, list(entities)))

    def clusters(self, report_ids: Iterable[str]) -> dict[str, str]:
        """The cluster of near-copies of each report; a report without copies is alone in its own."""
        wanted = list(report_ids)
        with self._explained():
            sql = "SELECT report_id, cluster FROM clusters WHERE report_id IN ({})"
            return {report_id: report_id for report_id in wanted} | dict(self._where_in(sql, wanted))

    def members(self, clusters: Iterable[str]) -> dict[str, list[str]]:
        """The reports of each of these clusters, by id."""
        found: dict[str, list[str]] = {cluster: [] for cluster in clusters}
        with self._explained():
            sql = "SELECT cluster, report_id FROM clusters WHERE cluster IN ({}) ORDER BY report_id"
            for cluster, report_id in self._where_in(sql, list(found)):
                found[cluster].append(report_id)
        return found

    def embedded(self, report_ids: Iterable[str]) -> Iterator[EmbeddedReport]:
        """These reports with their sentences, passages and vectors, in this order; those that are not there are passed
        over. Each is as it was at one moment."""
        for part in in_parts(report_ids):
            with self._transaction("DEFERRED") as connection:
                found = self._embedded(connection, part)
            yield from found

    def _embedded(self, connection: sqlite3.Connection, report_ids: Sequence[str]) -> list[EmbeddedReport]:
        marks, reports = ",".join("?" * len(report_ids)), self.reports(report_ids)
        sentences: dict[str, list[tuple[Any, ...]]] = {report_id: [] for report_id in reports}
        passages: dict[str, list[tuple[Any, ...]]] = {report_id: [] for report_id in reports}
        for row in connection.execute(
            "SELECT report_id, number, start, end, vector FROM sentences "
            f"WHERE report_id IN ({marks}) ORDER BY report_id, number",
            report_ids,
        ):
            sentences[row[0]].append(row)
        for row in connection.execute(
            "SELECT id, report_id, start, end, first, last, vector FROM passages "
            f"WHERE report_id IN ({marks}) ORDER BY report_id, first",
            report_ids,
        ):
            passages[row[1]].append(row)
        return [
            EmbeddedReport(
                reports[report_id],
                tuple(Sentence(*row[:4]) for row in sentences[report_id]),
                tuple(Passage(*row[:6]) for row in passages[report_id]),
                _vectors(row[4] for row in sentences[report_id]),
                _vectors(row[6] for row in passages[report_id]),
            )
            for report_id in dict.fromkeys(report_ids)
            if report_id in reports
        ]

    def indexed(self, report_id: str) -> IndexedReport | None:
        """Everything that the catalog holds of one report, or None."""
        with self._transaction("DEFERRED") as connection:
            embedded = next(iter(self._embedded(connection, [report_id])), None)
            if embedded is None:
                return None
            terms = connection.execute(
                "SELECT terms FROM sentences JOIN lexicon ON lexicon.rowid = key WHERE report_id = ? ORDER BY number",
                (report_id,),
            ).fetchall()
            mentions = self.mentions([report_id])[report_id]
            (signature,) = connection.execute(
                "SELECT signature FROM clusters WHERE report_id = ?", (report_id,)
            ).fetchone() or (b"",)
        return IndexedReport(
            embedded.report,
            embedded.sentences,
            embedded.passages,
            embedded.sentence_vectors,
            embedded.passage_vectors,
            tuple(frozenset(own.split()) for (own,) in terms),
            tuple(mentions),
            signature,
        )

    def _where_in(self, sql: str, values: Sequence[str] | Sequence[int]) -> Iterator[tuple[Any, ...]]:
        for at in range(0, len(values), _MAX_VARIABLES):
            part = values[at : at + _MAX_VARIABLES]
            yield from self._connection.execute(sql.format(",".join("?" * len(part))), part)


def _report(row: Sequence[Any]) -> Report:
    report_id, title, text, published, source, url, language, details = row
    return Report(report_id, title, text, _date(published), source, url, language, json.loads(details))


_date = lru_cache(maxsize=10_000)(PartialDate.stored)  # a question reads more than a hundred, and many are of one day


def _in_order(wanted: Sequence[Any], found: Mapping[Any, bytes]) -> tuple[npt.NDArray[np.bool_], Vectors]:
    there = np.array([one in found for one in wanted], dtype=np.bool_)
    return there, _vectors(found[one] for one in wanted if one in found)


def _vectors(blobs: Iterable[bytes]) -> Vectors:
    rows = list(blobs)
    if not rows:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(rows), dtype="<f4").astype(np.float32).reshape(len(rows), -1)
