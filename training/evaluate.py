"""Measures a reader on the development data: `python -m training.evaluate ../shared --reader FILE.npz`.

Sentences and refusal: the last 8 articles of XQuAD, asked over all of its German paragraphs, as retrieved by Lagebild;
with `--others` as well TyDi QA and MLQA, over their own. Phrases: TyDi QA, MLQA and XQuAD, in the passage that answers.
ClapNQ: the rows that are not trained on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import string
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant import Assistant
from assistant.bench.data import Collection, Question, collections, xquad
from assistant.choosing import choose
from assistant.e5 import load_tokenizer
from assistant.layers import LayersFile
from assistant.reader import OnnxReader, Reader, Reading
from assistant.reader_onnx import build_reader
from assistant.reading import READ, as_read, excerpt, read_hits
from assistant.records import Hit, Sentence
from assistant.sentences import split_sentences
from assistant.settings import Settings
from training.examples import TRAINING_ARTICLES, read_squad

__all__ = ["Asked", "articles", "balanced", "chances", "main", "read", "retrieve", "sets_in_one_language"]

_HITS = 30  # that an answer is made of
_OTHERS = 260  # questions of each other set, about


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was retrieved, readings of one hit more than is read, and the hits as they are read."""

    question: Question
    hits: list[Hit]
    readings: list[Reading]
    ranked: list[Hit]

    def right(self, hit: Hit) -> bool:
        """Whether this is the paragraph that answers."""
        return hit.report.id == self.question.report_id

    def quotes(self) -> tuple[int, bool]:
        """How many sentences would be quoted, and whether the answer begins in one of them."""
        chosen = [candidate for group in choose(self.question.text, self.ranked) for candidate in group]
        return len(chosen), any(self._in(one.hit, one.sentence.sentence) for one in chosen)

    def right_sentence(self, hit: Hit) -> bool:
        """Whether the answer begins in the best sentence of the hit."""
        return self._in(hit, hit.best.sentence)

    def _in(self, hit: Hit, span: Sentence) -> bool:
        start = self.question.answer_start
        return self.right(hit) and start is not None and span.start <= start < span.end


Found = dict[str, list[tuple[Question, list[Hit]]]]


def articles(shared: Path, language: str = "de", first: int = TRAINING_ARTICLES, last: int | None = None) -> Collection:
    """XQuAD's paragraphs of one language, and the questions in three about some of its articles."""
    collection = xquad(shared / "eval/xquad", language)
    paragraphs = read_squad(shared / f"eval/xquad/xquad.{language}.json", first, last)
    held = {paragraph["context"] for _, paragraph in paragraphs}
    reports = {report.id for report in collection.reports if report.text in held}
    questions = {
        name: tuple(one for one in collection.questions[name] if one.report_id in reports)
        for name in ("en", "de", "ar")
    }
    return replace(collection, questions=questions)


def sets_in_one_language(shared: Path) -> Iterator[Collection]:
    """TyDi QA in three languages and MLQA, some 300 questions of each."""
    for collection in collections(shared / "eval", ("tydiqa", "mlqa-de")):
        questions = {name: own[:: max(len(own) // _OTHERS, 1)] for name, own in collection.questions.items()}
        yield replace(collection, questions=questions)


def retrieve(collection: Collection) -> Found:
    """What is retrieved for the questions, by set of them: as many hits as an answer is made of."""
    unread = replace(Settings.from_environment(), reader="")
    with tempfile.TemporaryDirectory() as folder, Assistant(folder, settings=unread) as assistant:
        assistant.ingest(collection.reports)
        return {
            f"{collection.name}, asked {name}": [(one, assistant.retrieve(one.text, _HITS)) for one in questions]
            for name, questions in collection.questions.items()
        }


def read(found: Found, reader: Reader, count: int | None = None) -> dict[str, list[Asked]]:
    """Read what was retrieved for all questions, or for every so many."""
    return {
        name: [
            Asked(
                question,
                hits,
                reader.read(question.text, [as_read(excerpt(hit)) for hit in hits[: READ + 1]]),
                read_hits(reader, question.text, hits),
            )
            for question, hits in pairs[:: max(len(pairs) // (count or len(pairs)), 1)]
        ]
        for name, pairs in found.items()
    }


def answerable(readings: Iterable[Reading]) -> float:
    """Log odds that some sentence answers: the best passage's."""
    return max((float(np.logaddexp.reduce(reading.support)) for reading in readings), default=-30.0)


def hit_at_1(asked: Sequence[Asked], *, reading: bool) -> tuple[float, float]:
    """Of sentences and of paragraphs: as an answer is made of them, or as they were retrieved."""
    first = [(one, (one.ranked if reading else one.hits)[0]) for one in asked]
    sentences = sum(one.right_sentence(hit) for one, hit in first)
    return sentences / len(asked), sum(one.right(hit) for one, hit in first) / len(asked)


def chances(asked: Sequence[Asked]) -> tuple[list[float], list[float]]:
    """The best passage's log odds for each question: as retrieved, and with the paragraph that answers removed."""
    there, removed = [], []
    for one in asked:
        pairs = list(zip(one.hits, one.readings, strict=False))  # no more than these were read
        there.append(answerable(reading for _, reading in pairs[:READ]))
        removed.append(answerable([reading for hit, reading in pairs if not one.right(hit)][:READ]))
    return there, removed


def balanced(yes: Sequence[float], no: Sequence[float]) -> tuple[float, float]:
    """The best balanced accuracy that a threshold can give, and the threshold."""
    found = [(np.mean(np.array(yes) >= t) / 2 + np.mean(np.array(no) < t) / 2, t) for t in sorted([*yes, *no])]
    best = max(found)
    return float(best[0]), float(best[1])


def phrase_f1(shared: Path, reader: Reader, count: int) -> dict[str, float]:
    """Span F1 in the passage that answers (SQuAD's: words in common, without punctuation and case)."""
    sets: dict[str, list[tuple[str, str, str, list[str]]]] = {}
    for name, language in (("arabic", "ar"), ("russian", "ru"), ("english", "en")):
        path = shared / f"eval/tydiqa/{name}_tydiqa_dev.json"
        sets[f"tydiqa {language}"] = [
            (qa["question"], paragraph["context"], language, [answer["text"] for answer in qa["answers"]])
            for _, paragraph in read_squad(path)
            for qa in paragraph["qas"]
        ]
    rows = [
        json.loads(line)
        for line in (shared / "eval/mlqa-de/mlqa_de_dev.converted.jsonl").read_text("utf-8").splitlines()
    ]
    sets["mlqa de"] = [(row["question"], row["context"], "de", row["answers"]["text"]) for row in rows]
    for asked in ("en", "ar"):
        questions = read_squad(shared / f"eval/xquad/xquad.{asked}.json", TRAINING_ARTICLES)
        paragraphs = read_squad(shared / "eval/xquad/xquad.de.json", TRAINING_ARTICLES)
        sets[f"xquad {asked}-de"] = [
            (one["question"], paragraph["context"], "de", [answer["text"] for answer in qa["answers"]])
            for (_, theirs), (_, paragraph) in zip(questions, paragraphs, strict=True)
            for one, qa in zip(theirs["qas"], paragraph["qas"], strict=True)
        ]
    return {name: _mean_f1(reader, rows[:: max(len(rows) // count, 1)]) for name, rows in sets.items()}


def _mean_f1(reader: Reader, rows: Sequence[tuple[str, str, str, list[str]]]) -> float:
    values = []
    for question, context, language, answers in rows:
        sentences = [(s.start, s.end) for s in split_sentences("", context, language)]
        (reading,) = reader.read(question, [(context, sentences)])
        phrase = max((p for p in reading.phrases if p is not None), key=lambda found: found[1], default=((0, 0), 0.0))
        found = context[phrase[0][0] : phrase[0][1]]
        values.append(max(_f1(found, answer) for answer in answers))
    return statistics.mean(values)


def _f1(found: str, gold: str) -> float:
    one, two = _words(found), _words(gold)
    common = sum((Counter(one) & Counter(two)).values())
    return 2 * common / (len(one) + len(two)) if common else 0.0


def _words(text: str) -> list[str]:
    bare = "".join(" " if c in string.punctuation + "،؟«»„“”–" else c for c in text.casefold())
    return [word for word in bare.split() if word not in {"a", "an", "the"}]


def clapnq(shared: Path, reader: Reader) -> dict[str, float]:
    """How often the best sentence is a selected one, and the balanced accuracy of whether there is an answer."""
    right: list[bool] = []
    yes: list[float] = []
    no: list[float] = []
    for name, scores in (("answerable", yes), ("unanswerable", no)):
        for line in (shared / f"eval/clapnq/{name}.jsonl").read_text("utf-8").splitlines()[1::2]:
            row = json.loads(line)
            text, spans = "", []
            for sentence in row["passages"][0]["sentences"]:
                spans.append((len(text), len(text) + len(sentence)))
                text += sentence + " "
            (reading,) = reader.read(row["input"], [(text, spans)])
            scores.append(answerable([reading]))
            if name == "answerable":
                best = row["passages"][0]["sentences"][int(np.argmax(reading.support))]
                right.append(best in row["output"][0]["selected_sentences"])
    return {"sentence": statistics.mean(right), "refusal": balanced(yes, no)[0]}


def tell(asked: dict[str, list[Asked]]) -> None:
    """Print a line a set: what comes first as retrieved and as read, what is quoted, and refusal."""
    for name, own in asked.items():
        alone, paragraph_alone = hit_at_1(own, reading=False)
        sentence, paragraph = hit_at_1(own, reading=True)
        counts, cited = zip(*(one.quotes() for one in own), strict=True)
        refusal, threshold = balanced(*chances(own))
        print(
            f"{name} ({len(own)}): sentence {alone:.3f} -> {sentence:.3f}, "
            f"paragraph {paragraph_alone:.3f} -> {paragraph:.3f}, "
            f"quoted {statistics.mean(cited):.3f} among {statistics.mean(counts):.1f}, "
            f"refusal {refusal:.3f} (from {threshold:.2f})",
            flush=True,
        )


def timing(asked: Sequence[Asked], reader: Reader) -> tuple[float, float]:
    """Milliseconds a question: the median, and what 95 of 100 stay under."""
    times = []
    for one in asked[:40]:
        began = time.perf_counter()
        reader.read(one.question.text, [as_read(excerpt(hit)) for hit in one.hits[:READ]])
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--reader", type=Path, required=True)
    parser.add_argument("--count", type=int, help="questions of each set, for a quick look")
    parser.add_argument("--phrases", action="store_true")
    parser.add_argument("--others", action="store_true", help="TyDi QA and MLQA as well")
    given = parser.parse_args()
    cache = Settings.from_environment().cache
    layers = LayersFile(given.reader, hashlib.sha256(given.reader.read_bytes()).hexdigest(), "reader")
    reader = OnnxReader(build_reader(cache, layers), load_tokenizer(cache), layers.short)
    asked = read(retrieve(articles(given.shared)), reader, given.count)
    tell(asked)
    print("clapnq", clapnq(given.shared, reader))
    median, p95 = timing(next(iter(asked.values())), reader)
    print(f"time: median {median:.0f} ms, p95 {p95:.0f} ms")
    if given.others:
        for collection in sets_in_one_language(given.shared):
            tell(read(retrieve(collection), reader, given.count))
    if given.phrases:
        for name, value in phrase_f1(given.shared, reader, given.count or 200).items():
            print(f"phrase F1 {name}: {value:.3f}")


if __name__ == "__main__":
    main()
