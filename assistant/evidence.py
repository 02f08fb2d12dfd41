"""What of the hits can be evidence: nothing that was asked to be skipped, no sentence that tells whoever writes an
answer how to write it, and none that only asks its reader for something.

The one was put into a report for a machine to read; the other tells nothing ("Has the army taken the town?"). No answer
quotes them, and no language model is shown them; the report still has them, and so has every passage that is shown
around a quote. Knows hits and cue phrases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from assistant.cues import is_request, tells_a_machine
from assistant.records import Hit, ScoredSentence

__all__ = ["ReportSpan", "evidence"]

ReportSpan = tuple[str, int, int]
"""Where words stand: the id of a report, and offsets into its text."""


def evidence(hits: Iterable[Hit], skip: Collection[ReportSpan] = ()) -> tuple[Hit, ...]:
    """The hits without the sentences that tell nothing, or that one of the spans `skip` touches, and without those
    that have no others; best first."""
    found = []
    for hit in hits:
        spans = [(start, end) for report_id, start, end in skip if report_id == hit.report.id]
        kept = tuple(one for one in hit.sentences if not _touched(one, spans) and _tells(_text(hit, one)))
        if len(kept) == len(hit.sentences):
            found.append(hit)
        elif kept:
            lower = hit.score - hit.best.score + max(one.score for one in kept)
            found.append(replace(hit, sentences=kept, score=lower))
    return tuple(sorted(found, key=lambda hit: -hit.score))


def _touched(scored: ScoredSentence, spans: Iterable[tuple[int, int]]) -> bool:
    return any(scored.sentence.start < end and start < scored.sentence.end for start, end in spans)


def _tells(text: str) -> bool:
    return not is_request(text) and not tells_a_machine(text)


def _text(hit: Hit, scored: ScoredSentence) -> str:
    return hit.report.text[scored.sentence.start : scored.sentence.end]
