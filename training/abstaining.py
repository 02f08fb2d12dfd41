"""Fits the decision to decline: `python -m training.abstaining ../shared`, which writes assistant/data/abstaining.toml.

Asked over collections as Lagebild finds, each question once with what answers and once without:

    XQuAD       German paragraphs, and paragraphs in four languages in turn; the first 16 articles, every third
                question; the paragraph that answers left in, and taken out
    ClapNQ      the even rows; the same, and its unanswerable questions
    FA-KES      402 articles on one war: half of the questions with a name or a time that the project wrote for them
                (tests/data), the articles that answer left in, and taken out; and questions of ClapNQ, MLQA and TyDi
                QA, which nothing answers

Each collection and language of questions counts the same, and so do answered and not. Logistic regression: the log
odds are 0 where both are as likely. Logged is the balanced accuracy on what was fitted on, and on the rest.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant import Assistant, Report
from assistant.abstaining import signals
from assistant.bench.data import mixed_xquad, mlqa, tydiqa, xquad
from assistant.embedding import EMBEDDED_IDENTITY, Embedder
from assistant.filter import EVERYTHING, Filter
from scripts.measure_answers import FITTED_ARTICLES, Asked, clapnq
from scripts.measure_questions import fa_kes, questions

__all__ = ["Example", "collect", "main"]

_EVERY = 3  # of XQuAD's questions
_HITS = 30
_FAR = 60  # questions on other subjects, of each set
_FILE = Path(__file__).parents[1] / "assistant/data/abstaining.toml"

_log = logging.getLogger("training")


@dataclass(frozen=True, slots=True)
class Example:
    """The signals of a question over a collection, and whether it is answered there."""

    group: str
    fitted: bool
    answered: bool
    signals: dict[str, float]


def collect(shared: Path, embedder: Embedder | None = None) -> Iterator[Example]:
    """All examples, fitted on or not."""
    articles = json.loads((shared / "eval/xquad/xquad.en.json").read_text("utf-8"))["data"]
    in_article = [n for n, article in enumerate(articles) for p in article["paragraphs"] for _ in p["qas"]]
    for name, collection in (("de", xquad(shared / "eval/xquad", "de")), ("mixed", mixed_xquad(shared / "eval/xquad"))):
        asked = [
            Asked(q.text, language, q.report_id, ((0, 1),), n < FITTED_ARTICLES)
            for language, own in collection.questions.items()
            for n, q in zip(in_article, own, strict=True)
            if _hash(q.id + language) % _EVERY == 0
        ]
        yield from _over(f"xquad {name}", collection.reports, asked, embedder)
    yield from _over("clapnq", *clapnq(shared / "eval/clapnq"), embedder)
    yield from _fa_kes(shared, embedder)


def _over(name: str, reports: Iterable[Report], asked: Iterable[Asked], embedder: Embedder | None) -> Iterator[Example]:
    with tempfile.TemporaryDirectory() as folder, Assistant(folder, embedder=embedder) as assistant:
        assistant.ingest(list(reports))
        for one in asked:
            without = Filter(without=frozenset({one.report_id}))
            for among in (EVERYTHING, without) if one.answerable else (EVERYTHING,):
                found = signals(assistant.find(one.text, _HITS, among))
                if found is not None:
                    answered = one.answerable and among == EVERYTHING
                    yield Example(f"{name} {one.language}", one.fitted, answered, found)


def _fa_kes(shared: Path, embedder: Embedder | None) -> Iterator[Example]:
    near = [row for kind in ("name", "time") for row in questions(kind, "fa-kes")]
    sets = [mlqa(shared / "eval/mlqa-de"), tydiqa(shared / "eval/tydiqa", "ru"), tydiqa(shared / "eval/tydiqa", "ar")]
    far = [[question.text for own in found.questions.values() for question in own] for found in sets]
    far.append([one.text for one in clapnq(shared / "eval/clapnq")[1]])
    with tempfile.TemporaryDirectory() as folder, Assistant(folder, embedder=embedder) as assistant:
        ids = fa_kes(assistant, shared / "eval/fa-kes/reports.jsonl")
        for row in near:
            without = Filter(without=frozenset(ids[unit] for unit in row["reports"]))
            there, gone = (signals(assistant.find(row["question"], _HITS, among)) for among in (EVERYTHING, without))
            fitted = _hash(row["question"]) % 2 == 0
            if there is not None and gone is not None:
                yield Example("fa-kes near", fitted, True, there)
                yield Example("fa-kes near", fitted, False, gone)
                yield Example("fa-kes far", fitted, True, there)
        for text in (text for texts in far for text in sorted(texts, key=_hash)[:_FAR]):
            found = signals(assistant.find(text, _HITS))
            if found is not None:
                yield Example("fa-kes far", _hash(text) % 2 == 0, False, found)


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


def fit(examples: list[Example]) -> dict[str, float]:
    """The weights of the signals and the bias, for signals as they are."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    used = [one for one in examples if one.fitted]
    names = list(used[0].signals)
    values = np.array([[one.signals[name] for name in names] for one in used])
    answered = np.array([one.answered for one in used])
    kinds = np.array([f"{one.group} {one.answered}" for one in used])
    counts = {kind: int((kinds == kind).sum()) for kind in set(kinds)}
    weights = np.array([1_000 / counts[kind] for kind in kinds])
    scaler = StandardScaler().fit(values)
    model = LogisticRegression(C=1.0).fit(scaler.transform(values), answered, sample_weight=weights)
    slopes = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - slopes @ scaler.mean_)
    return {"bias": bias, **{name: float(slope) for name, slope in zip(names, slopes, strict=True)}}


def balanced(examples: Iterable[Example], weights: dict[str, float]) -> float:
    """The mean of the shares that are rightly answered and rightly declined, by the weights that are written."""
    right: dict[bool, list[bool]] = {True: [], False: []}
    for one in examples:
        odds = weights["bias"] + sum(weights[name] * value for name, value in one.signals.items())
        right[one.answered].append((odds >= 0) == one.answered)
    return float(np.mean([np.mean(found) for found in right.values()]))


def main(embedder: Embedder | None = None) -> None:
    """Collect, fit, write, and log how it does."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    examples = list(collect(Path(sys.argv[1]), embedder))
    weights = {name: round(value, 3) for name, value in fit(examples).items()}
    used = sum(one.fitted for one in examples)
    lines = [
        "# Weights of the decision to decline (assistant/abstaining.py): log odds that the hits answer.",
        f"# Written by training/abstaining.py from {used} examples of XQuAD, ClapNQ and FA-KES,",
        f"# for {EMBEDDED_IDENTITY}. Fit them again rather than edit them.",
        "",
        "[weights]",
        *(f"{name} = {value}" for name, value in weights.items()),
    ]
    _FILE.write_text("\n".join(lines) + "\n", "utf-8")
    for group in sorted({one.group for one in examples}):
        own = [[one for one in examples if one.group == group and one.fitted is fitted] for fitted in (True, False)]
        counted = [value for part in own for value in (balanced(part, weights), len(part))]
        counted = [value for part in own for value in (balanced(part, weights), len(part))]
        _log.info("%s: fitted on %.3f (%d), not %.3f (%d)", group, *counted)


if __name__ == "__main__":
    main()
