"""Near-copies: reports that say the same in nearly the same words, such as syndicated or planted ones.

Two texts are near-copies when they share most of their runs of three words: a Jaccard similarity of at least
`SIMILAR`, estimated by MinHash (A. Broder, "On the resemblance and containment of documents", 1997), and found through
bands of it that are equal (locality-sensitive hashing). Translations are not found: they share no words. This module
knows texts; it knows nothing of stores or scores.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from assistant.letters import fold
from assistant.records import Copy, Hit, Report

__all__ = ["SIMILAR", "bands", "by_age", "closest", "collapse", "signature", "similarity"]

SIMILAR = 0.7
"""Share of runs of three words in common, 0 to 1, from which two reports are near-copies of each other."""

_RUN = 3
_BANDS, _ROWS = 16, 5  # a pair at 0.7 shares a band in 95 cases of 100, one at 0.8 in more than 99
_SHOWN = 2  # hits of one cluster of near-copies: two passages of one report
_AS_GOOD = 0.02  # of a score: so close, a copy says it as well
_COMPARED = 20  # copies that a quote is compared with; a planted flood has hundreds
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def signature(text: str) -> bytes:
    """The MinHash of a text: 80 numbers of four bytes; empty for a text without a word, which is like no other."""
    from datasketch import MinHash

    words = [fold(word) for word in _WORD.findall(text)]
    if not words:
        return b""
    runs = {" ".join(words[at : at + _RUN]) for at in range(max(len(words) - _RUN + 1, 1))}
    sketch = MinHash(num_perm=_BANDS * _ROWS)
    sketch.update_batch([run.encode() for run in sorted(runs)])
    return bytes(sketch.hashvalues.astype("<u4").tobytes())


def bands(of: bytes) -> list[int]:
    """Numbers of which two near-copies most likely share one; 64 bits each, signed."""
    rows = np.frombuffer(of, dtype="<u4").reshape(_BANDS, _ROWS).astype(np.uint64)
    mixed = np.arange(1, _BANDS + 1, dtype=np.uint64)  # the same numbers in another band are another thing
    for column in rows.T:
        mixed = (mixed ^ column) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return [int(value) for value in mixed.view(np.int64)]


def similarity(one: bytes, other: bytes) -> float:
    """The estimated share of runs of words in common, 0 to 1."""
    if not one or not other:
        return 0.0
    return float(np.mean(np.frombuffer(one, dtype="<u4") == np.frombuffer(other, dtype="<u4")))


def collapse(ranked: Sequence[Hit], clusters: Mapping[str, str]) -> list[Hit]:
    """One hit for all near-copies, in its place in the ranking: the oldest of those that were found.

    `clusters` has the cluster of each report. Of a report that has copies among the hits, two passages at most stay.
    """
    best: dict[str, dict[str, Hit]] = {}
    for hit in ranked:
        best.setdefault(clusters[hit.report.id], {}).setdefault(hit.report.id, hit)
    stands = {cluster: _oldest(list(hits.values())) for cluster, hits in best.items()}
    shown: dict[str, int] = {}
    kept = []
    for hit in ranked:
        cluster = clusters[hit.report.id]
        if hit.report.id == stands[cluster]:
            shown[cluster] = shown.get(cluster, 0) + 1
            if len(best[cluster]) == 1 or shown[cluster] <= _SHOWN:
                kept.append(hit)
    return kept


def _oldest(hits: Sequence[Hit]) -> str:
    """The oldest report of those that say it as well as the best one does."""
    top = max(hit.score for hit in hits)
    return min((hit.report for hit in hits if hit.score >= top - _AS_GOOD), key=_age).id


def _age(report: Report) -> tuple[dt.date, str]:
    return report.published.earliest or dt.date.max, report.id


def closest(quote: str, copies: Sequence[Report]) -> tuple[Copy, ...]:
    """Where near-copies of a report say what `quote` says, and whether they say it in the same words.

    A copy that has left it out is not among them, and none where it has no word at all. Of very many, those that do not
    have it byte for byte are looked at first: a flood must not hide the one that says it otherwise.
    """
    words = [match.group().casefold() for match in _WORD.finditer(quote)]
    found = []
    looked_at = sorted(range(len(copies)), key=lambda place: (quote in copies[place].text, place))[:_COMPARED]
    for report in (copies[place] for place in sorted(looked_at)):
        places = list(_WORD.finditer(report.text))
        others = [match.group().casefold() for match in places]
        blocks = difflib.SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks()
        main = max(blocks, key=lambda block: block.size)
        # A "the" far away is none of the quote's.
        near = [b for b in blocks if b.size and 2 * abs((b.b - b.a) - (main.b - main.a)) <= len(words)]
        if not near or sum(block.size for block in near) * 2 < len(words):
            continue
        start, end = max(near[0].b - near[0].a, 0), min(near[-1].b + len(words) - near[-1].a, len(places))
        found.append(Copy(report, places[start].start(), places[end - 1].end(), others[start:end] != words))
    return tuple(found)


def by_age(reports: Iterable[Report]) -> tuple[Report, ...]:
    """The oldest first; those without a date last."""
    return tuple(sorted(reports, key=_age))
