"""How well a system finds the paragraph and the sentence that answer a question.

The measures come from ir_measures. A question without a right answer among its results counts as zero; it never
vanishes. All systems search the same vectors: each distinct text is embedded once, by the embedder that is given.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from assistant.assistant import Assistant
from assistant.bench.data import Collection, Question, sentences_of
from assistant.bench.peers import PEERS, Peer
from assistant.embedding import Embedder
from assistant.evaluation.ranking import aggregate
from assistant.reader import Reader
from assistant.records import Hit, Sentence
from assistant.remembering import Remembering

__all__ = ["OURS", "READ", "Quality", "measure"]

OURS, READ = "Lagebild", "Lagebild, read"
"""Without the reader, and with it."""

_DEPTH = 20  # passages retrieved a question
_SENTENCES = 100  # and of peers, sentences: about as many as those passages hold
_RIGHT = "the sentence in which the answer starts"


@dataclass(frozen=True, slots=True)
class Quality:
    """One system on one set of questions: values by measure, for paragraphs and for sentences."""

    collection: str
    questions: str
    count: int
    system: str
    paragraph: dict[str, float]
    sentence: dict[str, float]


Scored = tuple[dict[str, float], dict[Sentence, float]]
"""The scores of what was found, higher is better: of reports by id, and of sentences."""


class _System(Protocol):
    def retrieve(self, question: str) -> Scored: ...


def measure(
    found: Iterable[Collection],
    embedder: Embedder,
    peers: Sequence[str] = tuple(PEERS),
    reader: Reader | None = None,
) -> Iterator[Quality]:
    """Index each collection in every system, ask all of its questions, and measure; row after row.

    `peers` names those of `PEERS` that are measured beside us. `reader` is measured on the questions that it has seen
    nothing of.
    """
    for collection in found:
        remembering = Remembering(embedder)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            folder = Path(name)
            with Assistant(folder / "ours", embedder=remembering, reader=reader) as assistant:
                assistant.ingest(collection.reports)
                yield from _measured(OURS, _Ours(_unread(assistant)), collection)
                if reader is not None:
                    unread = {name: asked for name, asked in collection.questions.items() if name in collection.unread}
                    yield from _measured(READ, _Ours(assistant.retrieve), replace(collection, questions=unread))
            for peer in peers:
                system = _PeerTwice(
                    PEERS[peer](remembering, folder / "peers"), PEERS[peer](remembering, folder / "peers"), collection
                )
                yield from _measured(peer, system, collection)


def _unread(assistant: Assistant) -> Callable[[str, int], Sequence[Hit]]:
    return lambda question, count: assistant.find(question, count).hits


class _Ours:
    def __init__(self, find: Callable[[str, int], Sequence[Hit]]) -> None:
        self._find = find

    def retrieve(self, question: str) -> Scored:
        hits = self._find(question, _DEPTH)
        reports: dict[str, float] = {}
        for hit in hits:
            reports[hit.report.id] = max(reports.get(hit.report.id, hit.score), hit.score)
        return reports, {scored.sentence: scored.score for hit in hits for scored in hit.sentences}


class _PeerTwice:
    """A peer over the reports, and another over their sentences, cut as ours are."""

    def __init__(self, of_reports: Peer, of_sentences: Peer, collection: Collection) -> None:
        self._reports, self._sentences = of_reports, of_sentences
        texts = {report.id: report.text for report in collection.reports}
        self._places = {f"{s.report_id}:{s.number}": s for report in collection.reports for s in sentences_of(report)}
        self._reports.add(texts)
        self._sentences.add({key: texts[s.report_id][s.start : s.end] for key, s in self._places.items()})

    def retrieve(self, question: str) -> Scored:
        sentences = self._sentences.search(question, _SENTENCES)
        return self._reports.search(question, _DEPTH), {self._places[key]: score for key, score in sentences.items()}


def _measured(name: str, system: _System, collection: Collection) -> Iterator[Quality]:
    for asked, questions in collection.questions.items():
        found = {question.id: system.retrieve(question.text) for question in questions}
        paragraphs = {question_id: reports for question_id, (reports, _) in found.items()}
        sentences = {question.id: _by_rightness(question, found[question.id][1]) for question in questions}
        yield Quality(
            collection.name,
            asked,
            len(questions),
            name,
            aggregate({question.id: {question.report_id: 1} for question in questions}, paragraphs),
            aggregate({question.id: {_RIGHT: 1} for question in questions}, sentences),
        )


def _by_rightness(question: Question, sentences: dict[Sentence, float]) -> dict[str, float]:
    """Scores by name; of the right sentences (several only where the whole report is the answer) the best counts."""
    scores: dict[str, float] = {}
    for sentence, score in sentences.items():
        start = question.answer_start
        right = sentence.report_id == question.report_id and (start is None or sentence.start <= start < sentence.end)
        name = _RIGHT if right else f"{sentence.report_id}:{sentence.number}"
        scores[name] = max(score, scores.get(name, score))
    return scores
