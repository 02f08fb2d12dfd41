"""Search among the reports that a filter admits: through all of their vectors.

Chroma looks at its metadata one record at a time, which takes most of a second over 100,000 sentences. Here a report
is a row of a few arrays, so that a filter is a handful of comparisons. A few vectors are read from the catalog; where
more are admitted, all of them are read into memory, at 1.5 KB each, and the similarities to them are one product. After
a change of the catalog only what has changed is read again.

Knows what filters mean (`Filter.admits`, but for `places`, which the retriever resolves) and the catalog; knows nothing
of Chroma.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from assistant.embedding import Vectors
from assistant.filter import Filter
from assistant.records import Report
from assistant.store.catalog import Catalog
from assistant.store.rows import Kind

__all__ = ["FEW", "FilteredSearch", "ReportTable"]

FEW = 2_000
"""So many vectors are read from the catalog whenever they are needed, in 10 ms; for more, all are kept in memory."""

_MANY = 10_000  # reports: when more have changed, all is read anew
_NEVER_FIRST, _NEVER_LAST = 2**31 - 1, -1  # a report without a date lies outside of every window


class ReportTable:
    """What filters look at: one row a report."""

    def __init__(self, reports: Iterable[Report]) -> None:
        rows = list(reports)
        self.row_of = {report.id: row for row, report in enumerate(rows)}
        dates = [(report.published.earliest, report.published.latest) for report in rows]
        self._first = np.array([_NEVER_FIRST if day is None else day.toordinal() for day, _ in dates], dtype=np.int32)
        self._last = np.array([_NEVER_LAST if day is None else day.toordinal() for _, day in dates], dtype=np.int32)
        self._languages = _Names(report.language for report in rows)
        self._sources = _Names(report.source for report in rows)

    def admitted(self, among: Filter) -> npt.NDArray[np.bool_]:
        """Shape (reports,): which of them the filter admits."""
        mask = np.full(len(self.row_of), among.reports is None)
        mask[self._rows(among.reports or ())] = True
        mask[self._rows(among.without)] = False
        if among.since is not None:
            mask &= self._last >= among.since.toordinal()
        if among.until is not None:
            mask &= self._first <= among.until.toordinal()
        if among.languages:
            mask &= self._languages.among(among.languages)
        if among.sources:
            mask &= self._sources.among(among.sources)
        return mask

    def _rows(self, report_ids: Iterable[str]) -> npt.NDArray[np.int64]:
        return np.array([self.row_of[i] for i in report_ids if i in self.row_of], dtype=np.int64)


class _Names:
    """A column of names, kept as numbers."""

    def __init__(self, names: Iterable[str | None]) -> None:
        self._numbers: dict[str | None, int] = {}
        self._column = np.array([self._numbers.setdefault(n, len(self._numbers)) for n in names], dtype=np.int32)

    def among(self, names: Iterable[str]) -> npt.NDArray[np.bool_]:
        return np.isin(self._column, [self._numbers[name] for name in names if name in self._numbers])


@dataclass(frozen=True, slots=True)
class _Table:
    """Passages or sentences: of each the id, the store's own number (ascending), the row of its report; and the vectors
    of all, where they have been read."""

    ids: list[str]
    keys: npt.NDArray[np.int64]
    reports: npt.NDArray[np.int64]
    vectors: Vectors | None

    def of(self, kept: npt.NDArray[np.bool_]) -> _Table:
        """Those of the reports that are kept, by row, which then have no others between them."""
        if kept.all():
            return self
        rows = kept[self.reports]
        vectors = None if self.vectors is None else self.vectors[rows]
        return _Table(
            list(compress(self.ids, rows)), self.keys[rows], (np.cumsum(kept) - 1)[self.reports[rows]], vectors
        )

    def joined(self, newer: _Table) -> _Table:
        """Both, with those that came later behind."""
        if not self.ids or not newer.ids:
            return self if self.ids else newer
        vectors = None
        if self.vectors is not None and newer.vectors is not None:
            vectors = np.concatenate([self.vectors, newer.vectors])
        return _Table(
            self.ids + newer.ids,
            np.concatenate([self.keys, newer.keys]),
            np.concatenate([self.reports, newer.reports]),
            vectors,
        )


@dataclass(frozen=True, slots=True)
class _State:
    """The catalog's content at one of its changes; `about` are the reports without their texts. `whole` is whether the
    vectors are there."""

    change: int
    whole: bool
    about: list[Report]
    reports: ReportTable
    tables: dict[Kind, _Table]

    def admitted(self, kind: Kind, among: Filter) -> npt.NDArray[np.int64]:
        """The rows of the table that the filter admits, ascending."""
        return np.flatnonzero(self.reports.admitted(among)[self.tables[kind].reports])


class FilteredSearch:
    """The passages and sentences of one catalog. Safe to share between threads."""

    def __init__(self, catalog: Catalog, few: int = FEW) -> None:
        """Up to `few` vectors are read from the catalog. To read all of 100,000 sentences takes a second, once."""
        self._catalog = catalog
        self._few = few
        self._guard = threading.Lock()
        self._read: _State | None = None

    def near(self, kind: Kind, vector: Vectors, count: int, among: Filter) -> list[tuple[str, float]]:
        """The ids of up to `count` that are admitted, nearest first, with their cosine similarity (-1 to 1).

        The id of a sentence is `report_id:number`.
        """
        state = self._state()
        rows = state.admitted(kind, among)
        if len(rows) > self._few and not state.whole:
            state = self._state(whole=True)
            rows = state.admitted(kind, among)
        if not len(rows):
            return []
        rows, similarities = self._similarities(kind, state.tables[kind], rows, vector)
        best = np.argpartition(-similarities, count)[:count] if count < len(rows) else np.arange(len(rows))
        best = best[np.argsort(-similarities[best], kind="stable")]
        return [(state.tables[kind].ids[rows[place]], float(similarities[place])) for place in best]

    def sentence_keys(self, among: Filter) -> npt.NDArray[np.int64]:
        """The sentences of admitted reports, by the store's own numbers, ascending."""
        state = self._state()
        return state.tables["sentences"].keys[state.admitted("sentences", among)]

    def _similarities(
        self, kind: Kind, table: _Table, rows: npt.NDArray[np.int64], vector: Vectors
    ) -> tuple[npt.NDArray[np.int64], Vectors]:
        """Those of the rows that are still there, and how near each is."""
        if table.vectors is not None:
            # Few rows are picked out; of many, a product with all of them is quicker than a copy.
            few = len(rows) * 4 < len(table.ids)
            return rows, table.vectors[rows] @ vector if few else (table.vectors @ vector)[rows]
        if kind == "passages":
            there, vectors = self._catalog.passage_vectors([table.ids[row] for row in rows])
        else:
            there, vectors = self._catalog.sentence_vectors(table.keys[rows].tolist())
        return rows[there], vectors @ vector if len(vectors) else np.zeros(0, dtype=np.float32)

    def _state(self, *, whole: bool = False) -> _State:
        with self._guard:
            read = self._read
            if read is None or read.change != self._catalog.last_change() or (whole and not read.whole):
                with self._catalog.reading():
                    read = self._read = self._newer(read, whole=whole)
            return read

    def _newer(self, before: _State | None, *, whole: bool) -> _State:
        """What the catalog holds now. What has not changed since `before` is not read again."""
        change = self._catalog.last_change()
        whole = whole or (before is not None and before.whole)
        changed = None if before is None or before.whole != whole else self._catalog.changed_since(before.change)
        if before is None or changed is None or len(changed) > _MANY:
            about = self._catalog.about_reports()
            reports = ReportTable(about)
            return _State(change, whole, about, reports, self._tables(reports, whole))
        kept = np.ones(len(before.about), dtype=np.bool_)
        kept[[before.reports.row_of[i] for i in changed if i in before.reports.row_of]] = False
        about = [*compress(before.about, kept), *self._catalog.about_reports(changed)]
        reports = ReportTable(about)
        newer = self._tables(reports, whole, changed)
        tables = {kind: table.of(kept).joined(newer[kind]) for kind, table in before.tables.items()}
        return _State(change, whole, about, reports, tables)

    def _tables(self, reports: ReportTable, whole: bool, report_ids: Sequence[str] | None = None) -> dict[Kind, _Table]:
        return {
            "passages": self._table("passages", reports, whole, report_ids),
            "sentences": self._table("sentences", reports, whole, report_ids),
        }

    def _table(self, kind: Kind, reports: ReportTable, whole: bool, report_ids: Sequence[str] | None) -> _Table:
        listed, blobs = list[tuple[str, int]](), bytearray()
        if whole:
            for record_id, key, vector in self._catalog.every(kind, report_ids):
                listed.append((record_id, key))
                blobs += vector
        else:
            listed = self._catalog.listed(kind, report_ids)
        ids = [record_id for record_id, _ in listed]
        keys = np.array([key for _, key in listed], dtype=np.int64)
        rows = np.array([reports.row_of[record_id.rpartition(":")[0]] for record_id in ids], dtype=np.int64)
        vectors = np.frombuffer(blobs, dtype="<f4").reshape(len(ids), -1) if ids else np.zeros((0, 0), np.float32)
        return _Table(ids, keys, rows, vectors if whole else None)
