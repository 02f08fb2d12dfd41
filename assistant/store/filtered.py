"""Search among the reports that a filter admits: through all vectors, in memory.

Chroma looks at its metadata one record at a time, which takes most of a second over 100,000 sentences. Here a report
is a row of a few arrays, so that a filter is a handful of comparisons, and the similarities to all vectors are one
product. The price is 1.5 KB of memory a vector, and their reading from the catalog: of all at the first question with a
filter, and of the reports that came since at the next one after the catalog has changed.

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

__all__ = ["FilteredSearch", "ReportTable"]

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
    """Passages or sentences: of each the id, the store's own number (ascending), the row of its report, the vector."""

    ids: list[str]
    keys: npt.NDArray[np.int64]
    reports: npt.NDArray[np.int64]
    vectors: Vectors

    def of(self, kept: npt.NDArray[np.bool_]) -> _Table:
        """Those of the reports that are kept, by row, which then have no others between them."""
        if kept.all():
            return self
        rows = kept[self.reports]
        ids = list(compress(self.ids, rows))
        return _Table(ids, self.keys[rows], (np.cumsum(kept) - 1)[self.reports[rows]], self.vectors[rows])

    def joined(self, newer: _Table) -> _Table:
        """Both, with those that came later behind."""
        if not self.ids or not newer.ids:
            return self if self.ids else newer
        return _Table(
            self.ids + newer.ids,
            np.concatenate([self.keys, newer.keys]),
            np.concatenate([self.reports, newer.reports]),
            np.concatenate([self.vectors, newer.vectors]),
        )

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
    """The catalog's content at one of its changes; `about` are the reports without their texts."""

    change: int
    about: list[Report]
    reports: ReportTable
    passages: _Table
    sentences: _Table


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
        return state.sentences.keys[state.reports.admitted(among)[state.sentences.reports]]

    def _state(self) -> _State:
        with self._guard:
            if self._read is None or self._read.change != self._catalog.last_change():
                with self._catalog.reading():
                    self._read = self._newer(self._read)
            return self._read

    def _newer(self, before: _State | None) -> _State:
        """What the catalog holds now. What has not changed since `before` is not read again."""
        change = self._catalog.last_change()
        changed = None if before is None else self._catalog.changed_since(before.change)
        if before is None or changed is None or len(changed) > _MANY:
            about = self._catalog.about_reports()
            reports = ReportTable(about)
            return _State(change, about, reports, self._table("passages", reports), self._table("sentences", reports))
        kept = np.ones(len(before.about), dtype=np.bool_)
        kept[[before.reports.row_of[i] for i in changed if i in before.reports.row_of]] = False
        about = [*compress(before.about, kept), *self._catalog.about_reports(changed)]
        reports = ReportTable(about)
        passages = before.passages.of(kept).joined(self._table("passages", reports, changed))
        sentences = before.sentences.of(kept).joined(self._table("sentences", reports, changed))
        return _State(change, about, reports, passages, sentences)

    def _table(self, kind: Kind, reports: ReportTable, report_ids: Sequence[str] | None = None) -> _Table:
        ids, keys, rows, blobs = list[str](), list[int](), list[int](), bytearray()
        for record_id, report_id, key, vector in self._catalog.every(kind, report_ids):
            ids.append(record_id)
            keys.append(key)
            rows.append(reports.row_of[report_id])
            blobs += vector
        vectors = np.frombuffer(blobs, dtype="<f4").reshape(len(ids), -1) if ids else np.zeros((0, 0), np.float32)
        return _Table(ids, np.array(keys, dtype=np.int64), np.array(rows, dtype=np.int64), vectors)
