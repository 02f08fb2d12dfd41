"""The frame of a source's reports: sentences that most of them begin or end with, such as a line to subscribe.

In one report alone nothing tells them from the rest, so reports are compared. They stay in the texts, byte for byte,
and in the index; whoever looks for evidence passes them over. What the frame is depends on the reports that are there,
not on the order in which they came. The reasons are in docs/decisions/0030.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.boilerplate import is_boilerplate, tells_of_outlet
from assistant.records import Report
from assistant.store.lookup import CatalogLookup
from assistant.store.rows import IndexedPassage

__all__ = ["CatalogFrames", "is_said", "without_frame"]

_COMPARED = 24  # reports of a source; their ids are hashes, so the first ones are as good as drawn by lot
_LOOKED_AT = 4 * _COMPARED  # to find so many that are no near-copies of each other
_FEWEST = 4  # reports, and at least
_SHARE = 0.5  # of those that were compared, which have a sentence of the frame
_FIRST, _LAST = 3, 10  # sentences of a report that may be its frame


class CatalogFrames(CatalogLookup):
    """The catalog, as far as its reports are compared."""

    _frames: tuple[int, dict[str | None, frozenset[str]]] | None = None  # at which change, and what

    def frames(self, reports: Iterable[Report]) -> dict[str, frozenset[str]]:
        """By report id, what frames the reports of its source: sentences, with single spaces. None for the record of an
        event, whose sentences are those of a form; those without a source are one."""
        change = self.last_change()
        if self._frames is None or self._frames[0] != change:
            self._frames = change, {}
        known, found = self._frames[1], dict[str, frozenset[str]]()
        for report in reports:
            if "event_id" in report.details:
                found[report.id] = frozenset()
                continue
            if report.source not in known:
                known[report.source] = self._compared(report.source)
            found[report.id] = known[report.source]
        return found

    def _compared(self, source: str | None) -> frozenset[str]:
        found = self.rows(
            "SELECT c.cluster, r.id FROM reports r JOIN clusters c ON c.report_id = r.id "
            "WHERE r.source IS ? ORDER BY r.id LIMIT ?",
            (source, _LOOKED_AT),
        )
        of_cluster = dict[str, str]()
        for cluster, report_id in found:
            of_cluster.setdefault(cluster, report_id)
        ids = list(of_cluster.values())[:_COMPARED]
        if len(ids) < _FEWEST:
            return frozenset()
        mentions = self.mentions(ids)
        times, telling = Counter[str](), set[str]()
        for report in self.reports(ids).values():
            own = set[str]()
            for start, end in self._edges(report.id):
                sentence = _plain(report.text[start:end])
                own.add(sentence)
                named = {report.text[m.start : m.end] for m in mentions[report.id] if start <= m.start < end}
                if any(character.isdigit() for character in sentence) or any(n not in (source or "") for n in named):
                    telling.add(sentence)
            times.update(own)
        enough = max(_FEWEST, _SHARE * len(ids))
        return frozenset(
            sentence
            for sentence, reports in times.items()
            if reports >= enough and (sentence not in telling or tells_of_outlet(sentence))
        )

    def _edges(self, report_id: str) -> Sequence[tuple[int, int]]:
        """Where the sentences are that may be the frame of a report."""
        return self.rows(
            "SELECT start, end FROM sentences WHERE report_id = ? AND (number < ? OR number > "
            "(SELECT max(number) FROM sentences WHERE report_id = ?) - ?)",
            (report_id, _FIRST, report_id, _LAST),
        )


def is_said(sentence: str, frame: frozenset[str]) -> bool:
    """Whether a sentence belongs to its report: it is not of the frame, and says of itself nothing else."""
    return _plain(sentence) not in frame and not is_boilerplate(sentence)


def without_frame(indexed: IndexedPassage, report: Report, frame: frozenset[str]) -> IndexedPassage:
    """The passage with those of its sentences that belong to the report; there may be none."""
    kept = [row for row, one in enumerate(indexed.sentences) if is_said(report.text[one.start : one.end], frame)]
    if len(kept) == len(indexed.sentences):
        return indexed
    return replace(
        indexed,
        sentences=tuple(indexed.sentences[row] for row in kept),
        keys=indexed.keys[kept],
        sentence_vectors=indexed.sentence_vectors[kept],
    )


def _plain(sentence: str) -> str:
    return " ".join(sentence.split())
