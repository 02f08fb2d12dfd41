"""Search among the reports that a filter admits: through all vectors, in memory.

Chroma looks at its metadata one record at a time, which takes most of a second over 100,000 sentences. Here a report
is a row of a few arrays, so that a filter is a handful of comparisons, and the similarities to all vectors are one
product. The price is 1.5 KB of memory a vector, and their reading from the catalog: at the first question with a
filter, and at the next one after the catalog has changed.

Knows what filters mean (`Filter.admits`, but for `places`, which the retriever resolves) and the catalog; knows nothing
of Chroma.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.embedding import Vectors
from assistant.filter import Filter
from assistant.records import Report
from assistant.store.catalog import Catalog
from assistant.store.rows import Kind

__all__ = ["FilteredSearch", "ReportTable"]

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
    """All passages or sentences: id, row of the report, and vector of each."""

    ids: list[str]
    reports: npt.NDArray[np.int64]
    vectors: Vectors

    def nearest(self, vector: Vectors, count: int, admitted: npt.NDArray[np.bool_]) -> list[tuple[str, float]]:
        rows = np.flatnonzero(admitted[self.reports])
        if not len(rows):
            return []
        # Few rows are picked out; of many, a product with all of them is quicker than a copy.
        few = len(rows) * 4 < len(self.reports)
        similarities = self.vectors[rows] @ vector if few else (self.vectors @ vector)[rows]
        best = np.argpartition(-similarities, count)[:count] if count < len(rows) else np.arange(len(rows))
        best = best[np.argsort(-similarities[best], kind="stable")]
        return [(self.ids[rows[place]], float(similarities[place])) for place in best]


@dataclass(frozen=True, slots=True)
class _State:
    """The catalog's content at one of its changes; `keys` are the sentences' numbers in the store, ascending."""

    change: int
    reports: ReportTable
    passages: _Table
    sentences: _Table
    keys: npt.NDArray[np.int64]


class FilteredSearch:
    """The vectors of one catalog. Safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._guard = threading.Lock()
        self._read: _State | None = None

    def near_passages(self, vector: Vectors, count: int, among: Filter) -> list[tuple[str, float]]:
        """The ids of up to `count` admitted passages, nearest first, with their cosine similarity (-1 to 1)."""
        state = self._state()
        return state.passages.nearest(vector, count, state.reports.admitted(among))

    def near_sentences(self, vector: Vectors, count: int, among: Filter) -> list[tuple[str, float]]:
        """The same for sentences; an id is `report_id:number`."""
        state = self._state()
        return state.sentences.nearest(vector, count, state.reports.admitted(among))

    def sentence_keys(self, among: Filter) -> npt.NDArray[np.int64]:
        """The sentences of admitted reports, by the store's own numbers, ascending."""
        state = self._state()
        return state.keys[state.reports.admitted(among)[state.sentences.reports]]

    def _state(self) -> _State:
        with self._guard:
            if self._read is None or self._read.change != self._catalog.last_change():
                self._read = None  # not two of them in memory at once
                self._read = self._load()
            return self._read

    def _load(self) -> _State:
        with self._catalog.reading():
            change = self._catalog.last_change()
            reports = ReportTable(self._catalog.about_reports())
            passages, _ = self._table("passages", reports)
            sentences, keys = self._table("sentences", reports)
        return _State(change, reports, passages, sentences, keys)

    def _table(self, kind: Kind, reports: ReportTable) -> tuple[_Table, npt.NDArray[np.int64]]:
        ids, rows, keys, blobs = list[str](), list[int](), list[int](), bytearray()
        for record_id, report_id, key, vector in self._catalog.every(kind):
            ids.append(record_id)
            rows.append(reports.row_of[report_id])
            keys.append(key)
            blobs += vector
        vectors = np.frombuffer(blobs, dtype="<f4").reshape(len(ids), -1) if ids else np.zeros((0, 0), np.float32)
        return _Table(ids, np.array(rows, dtype=np.int64), vectors), np.array(keys, dtype=np.int64)
