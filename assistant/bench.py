"""Measures retrieval on question answering data in which every question has one right paragraph and sentence.

Knows data files, measures and the assistant; the measures themselves come from ir_measures. A question without
a right answer among its results counts as zero; it never vanishes.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.assistant import Assistant
from assistant.embedding import Embedder
from assistant.errors import SettingsError
from assistant.records import Hit, Report, ScoredSentence

if TYPE_CHECKING:
    from assistant.peers import PlainPipeline

__all__ = ["MEASURES", "Collection", "Question", "Row", "mixed_xquad", "run", "xquad"]

MEASURES = ("Success@1", "Success@3", "Success@10", "RR", "nDCG@10")
"""In ir_measures' notation; Success@k is hit@k, RR the reciprocal rank. Each is 0 to 1, higher is better."""

_PAIRS = {"de": ("en", "de", "ar", "ru"), "en": ("en", "de", "ar", "ru"), "ar": ("ar", "en", "de")}
_DEPTH = 20  # passages retrieved a question
_RIGHT = "the sentence in which the answer starts"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the report that answers it, and the offset in its text at which the answer starts."""

    id: str
    text: str
    report_id: str
    answer_start: int


@dataclass(frozen=True, slots=True)
class Collection:
    """Reports, and sets of questions about them by name."""

    name: str
    reports: tuple[Report, ...]
    questions: dict[str, tuple[Question, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result: values by measure for paragraphs and sentences; times in milliseconds.

    `plain` are the values for paragraphs of LlamaIndex's plain pipeline over the same reports (peers.py).
    """

    collection: str
    questions: str
    count: int
    paragraph: dict[str, float]
    sentence: dict[str, float]
    plain: dict[str, float]
    p50_ms: float
    p95_ms: float


def xquad(folder: Path, language: str, articles: int | None = None) -> Collection:
    """XQuAD (Artetxe et al., ACL 2020) with the paragraphs of one language and the questions of several.

    `folder` holds `xquad.de.json` and so on; `articles` takes the first few only.
    """
    parallel = _Parallel.read(folder, _PAIRS[language], articles)
    return parallel.collection(f"xquad, paragraphs in {language}", [language])


def mixed_xquad(folder: Path, articles: int | None = None) -> Collection:
    """XQuAD with each paragraph in one of four languages in turn, as in a collection from everywhere."""
    languages = ("en", "de", "ar", "ru")
    parallel = _Parallel.read(folder, languages, articles)
    return parallel.collection("xquad, paragraphs in 4 languages", languages)


@dataclass(frozen=True, slots=True)
class _Parallel:
    """The same paragraphs and questions in several languages, by language."""

    paragraphs: dict[str, list[dict[str, Any]]]

    @classmethod
    def read(cls, folder: Path, languages: Iterable[str], articles: int | None) -> _Parallel:
        found = {}
        for language in languages:
            path = folder / f"xquad.{language}.json"
            try:
                data = json.loads(path.read_text("utf-8"))["data"]
            except (OSError, ValueError, KeyError) as error:
                raise SettingsError(f"{path}: XQuAD cannot be read from here ({error}). Name its folder.") from error
            found[language] = [paragraph for article in data[:articles] for paragraph in article["paragraphs"]]
        return cls(found)

    def collection(self, name: str, of_paragraphs: Sequence[str]) -> Collection:
        """Paragraph n in the n-th of these languages, and around again; questions in all languages that were read."""
        count = len(next(iter(self.paragraphs.values())))
        chosen = [of_paragraphs[place % len(of_paragraphs)] for place in range(count)]
        shown = [self.paragraphs[language][place] for place, language in enumerate(chosen)]
        reports = tuple(
            Report.make(paragraph["context"], title=f"{language} {place}", language=language)
            for place, (paragraph, language) in enumerate(zip(shown, chosen, strict=True))
        )
        questions = {}
        for asked, texts in self.paragraphs.items():
            questions[asked] = tuple(
                Question(original["id"], qa["question"], report.id, original["answers"][0]["answer_start"])
                for report, paragraph, text in zip(reports, shown, texts, strict=True)
                for original, qa in zip(paragraph["qas"], text["qas"], strict=True)
            )
        return Collection(name, reports, questions)


def run(collections: Iterable[Collection], embedder: Embedder) -> list[Row]:
    """Index each collection in a folder of its own, ask all of its questions, and measure; beside the peer."""
    from assistant.peers import PlainPipeline

    rows = []
    for collection in collections:
        peer = PlainPipeline(collection.reports, embedder)
        with tempfile.TemporaryDirectory() as folder, Assistant(folder, embedder=embedder) as assistant:
            assistant.ingest(collection.reports)
            rows += [
                _measure(assistant, peer, collection.name, name, asked) for name, asked in collection.questions.items()
            ]
    return rows


def _measure(
    assistant: Assistant, peer: PlainPipeline, collection: str, name: str, questions: Sequence[Question]
) -> Row:
    paragraph_run: dict[str, dict[str, float]] = {}
    sentence_run: dict[str, dict[str, float]] = {}
    times = []
    for question in questions:
        started = time.perf_counter()
        hits = assistant.retrieve(question.text, _DEPTH)
        times.append((time.perf_counter() - started) * 1000)
        paragraph_run[question.id] = _best_by_report(hits)
        sentence_run[question.id] = {
            _sentence_id(question, hit, scored): scored.score for hit in hits for scored in hit.sentences
        }
    paragraph_qrels = {question.id: {question.report_id: 1} for question in questions}
    sentence_qrels = {question.id: {_RIGHT: 1} for question in questions}
    return Row(
        collection,
        name,
        len(questions),
        _values(paragraph_qrels, paragraph_run),
        _values(sentence_qrels, sentence_run),
        _values(paragraph_qrels, {question.id: peer.retrieve(question.text, _DEPTH) for question in questions}),
        statistics.median(times),
        statistics.quantiles(times, n=20)[-1],
    )


def _sentence_id(question: Question, hit: Hit, scored: ScoredSentence) -> str:
    sentence = scored.sentence
    right = hit.report.id == question.report_id and sentence.start <= question.answer_start < sentence.end
    return _RIGHT if right else f"{sentence.report_id}:{sentence.number}"


def _best_by_report(hits: Sequence[Hit]) -> dict[str, float]:
    best: dict[str, float] = {}
    for hit in hits:
        best[hit.report.id] = max(best.get(hit.report.id, hit.score), hit.score)
    return best


def _values(qrels: dict[str, dict[str, int]], results: dict[str, dict[str, float]]) -> dict[str, float]:
    import ir_measures

    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    values = ir_measures.calc_aggregate(measures, qrels, results)
    return {str(measure): float(values[measure]) for measure in measures}
