"""Fits the decision to decline, and writes assistant/data/abstaining.toml:

    python -m training.abstaining ../shared [--table weights|read]

`weights` are for what no reader read, `read` for what the one that ships did; without `--table` both are fitted.

Asked over collections as Lagebild finds, each question once with what answers and once without:

    XQuAD       German paragraphs, and paragraphs in four languages in turn; the first 16 articles, every third
                question; the paragraph that answers left in, and taken out. With the reader, which was trained on
                those: all questions of the one article that it was not trained on
    ClapNQ      the even rows; the same, and its unanswerable questions
    TyDi QA     Arabic, Russian and English paragraphs, and German ones of MLQA: some 300 questions of each language in
                the same; half of them; the paragraph that answers left in, and taken out
    FA-KES      402 articles on one war: half of the questions with a name or a time that were written for them
                (tests/data), in five languages and a few others, the articles that answer left in, and taken out; and
                questions of ClapNQ, MLQA and TyDi QA, which nothing answers

Each collection and language of questions counts the same, and so do answered and not. Logistic regression: the log
odds are 0 where both are as likely. Logged is the balanced accuracy on what was fitted on, and on the rest.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
import tomllib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant import Assistant, Report
from assistant.abstaining import signals
from assistant.bench.data import mixed_xquad, mlqa, tydiqa, xquad
from assistant.embedding import EMBEDDED_IDENTITY, Embedder
from assistant.filter import EVERYTHING, Filter
from assistant.settings import EMBEDDED_READER, Settings
from scripts.measure_answers import FITTED_ARTICLES, Asked, clapnq, fitted_on
from scripts.measure_questions import KINDS, answering, asked_on, fa_kes, questions
from training.evaluate import sets_in_one_language

__all__ = ["Example", "collect", "main"]

_EVERY = 3  # of XQuAD's questions
_FAR = 60  # questions on other subjects, of each set
_BESIDE_FAR = ("name", "time")  # the kinds of questions that have an answer beside those on other subjects
_LANGUAGES = ("en", "de", "ar", "ru", "fr")  # of the questions for FA-KES; of the others there are too few of each
_FILE = Path(__file__).parents[1] / "assistant/data/abstaining.toml"

_log = logging.getLogger("training")


@dataclass(frozen=True, slots=True)
class Example:
    """The signals of a question over a collection, and whether it is answered there."""

    group: str
    fitted: bool
    answered: bool
    signals: dict[str, float]


def collect(shared: Path, settings: Settings, embedder: Embedder | None = None) -> Iterator[Example]:
    """All examples, fitted on or not, as they are found with these settings."""
    first = FITTED_ARTICLES - 1 if settings.reader else 0
    every = 1 if settings.reader else _EVERY
    articles = json.loads((shared / "eval/xquad/xquad.en.json").read_text("utf-8"))["data"]
    in_article = [n for n, article in enumerate(articles) for p in article["paragraphs"] for _ in p["qas"]]
    for name, collection in (("de", xquad(shared / "eval/xquad", "de")), ("mixed", mixed_xquad(shared / "eval/xquad"))):
        asked = [
            Asked(q.text, language, q.report_id, ((0, 1),), first <= n < FITTED_ARTICLES)
            for language, own in collection.questions.items()
            if len(own) == len(in_article)  # not the sets of the last articles alone
            for n, q in zip(in_article, own, strict=True)
            if n >= first and _hash(q.id + language) % (every if n < FITTED_ARTICLES else _EVERY) == 0
        ]
        yield from _over(f"xquad {name}", collection.reports, asked, settings, embedder)
    for one in sets_in_one_language(shared):
        asked = [
            Asked(q.text, language, q.report_id, ((0, 1),), fitted_on(q.text))
            for language, own in one.questions.items()
            for q in own
        ]
        yield from _over(one.name, one.reports, asked, settings, embedder)
    yield from _over("clapnq", *clapnq(shared / "eval/clapnq"), settings, embedder)
    yield from _fa_kes(shared, settings, embedder)


def _over(
    name: str, reports: Iterable[Report], asked: Iterable[Asked], settings: Settings, embedder: Embedder | None
) -> Iterator[Example]:
    with tempfile.TemporaryDirectory() as folder, Assistant(folder, settings=settings, embedder=embedder) as assistant:
        assistant.ingest(list(reports))
        for one in asked:
            without = Filter(without=frozenset({one.report_id}))
            for among in (EVERYTHING, without) if one.answerable else (EVERYTHING,):
                found = signals(assistant.read(one.text, among))
                if found is not None:
                    answered = one.answerable and among == EVERYTHING
                    yield Example(f"{name} {one.language}", one.fitted, answered, found)


def _fa_kes(shared: Path, settings: Settings, embedder: Embedder | None) -> Iterator[Example]:
    near = [(kind, row) for kind in KINDS for row in questions(kind, "fa-kes")]
    sets = [mlqa(shared / "eval/mlqa-de"), tydiqa(shared / "eval/tydiqa", "ru"), tydiqa(shared / "eval/tydiqa", "ar")]
    far = [[question.text for own in found.questions.values() for question in own] for found in sets]
    far.append([one.text for one in clapnq(shared / "eval/clapnq")[1]])
    with tempfile.TemporaryDirectory() as folder, Assistant(folder, settings=settings, embedder=embedder) as assistant:
        ids = fa_kes(assistant, shared / "eval/fa-kes/reports.jsonl")
        for kind, row in near:
            text, today, without = row["question"], asked_on(row), Filter(without=answering(row, ids))
            there, gone = (signals(assistant.read(text, among, today)) for among in (EVERYTHING, without))
            fitted = fitted_on(text)
            group = f"fa-kes {row['language'] if row['language'] in _LANGUAGES else 'others'}"
            if there is not None and gone is not None:
                yield Example(group, fitted, True, there)
                yield Example(group, fitted, False, gone)
                if kind in _BESIDE_FAR:
                    yield Example("fa-kes far", fitted, True, there)
        for text in (text for texts in far for text in sorted(texts, key=_hash)[:_FAR]):
            found = signals(assistant.read(text))
            if found is not None:
                yield Example("fa-kes far", fitted_on(text), False, found)


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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--table", choices=("weights", "read"))
    given = parser.parse_args()
    tables = tomllib.loads(_FILE.read_text("utf-8"))
    for table in (given.table,) if given.table else ("weights", "read"):
        settings = replace(Settings.from_environment(), reader=EMBEDDED_READER if table == "read" else "")
        examples = list(collect(given.shared, settings, embedder))
        tables[table] = {name: round(value, 3) for name, value in fit(examples).items()}
        _tell(table, examples, tables[table])
    lines = [
        "# Weights of the decision to decline (assistant/abstaining.py): log odds that the hits answer.",
        "# Written by training/abstaining.py from examples of XQuAD, TyDi QA, MLQA, ClapNQ and FA-KES,",
        f"# for {EMBEDDED_IDENTITY}. Fit them again rather than edit them.",
    ]
    for table, weights in tables.items():
        lines += ["", f"[{table}]", *(f"{name} = {value}" for name, value in weights.items())]
    _FILE.write_text("\n".join(lines) + "\n", "utf-8")


def _tell(table: str, examples: list[Example], weights: dict[str, float]) -> None:
    for group in sorted({one.group for one in examples}):
        own = [[one for one in examples if one.group == group and one.fitted is fitted] for fitted in (True, False)]
        counted = [value for part in own for value in (balanced(part, weights), len(part))]
        _log.info("%s, %s: fitted on %.3f (%d), not %.3f (%d)", table, group, *counted)


if __name__ == "__main__":
    main()
