"""What the reader is trained on: nothing that is held for development, whole spans, and the same for the same seed."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import SHARED, needs_shared
from training.events import MadeExample, event_examples
from training.examples import TRAINING_ARTICLES, Example, read_all, read_squad


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return read_all(SHARED, 1)


def of(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).casefold().encode()).hexdigest()


def held_passages() -> Iterator[str]:
    for path in sorted((SHARED / "eval/xquad").glob("xquad.*.json")):
        for _, paragraph in read_squad(path, TRAINING_ARTICLES):
            yield paragraph["context"]
    for path in sorted((SHARED / "eval/tydiqa").glob("*.json")):
        for _, paragraph in read_squad(path):
            yield paragraph["context"]
    for line in (SHARED / "eval/mlqa-de/mlqa_de_dev.converted.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["context"]
    for line in (SHARED / "eval/fa-kes/reports.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["article_content"]
    for name in ("answerable", "unanswerable"):
        for line in (SHARED / f"eval/clapnq/{name}.jsonl").read_text("utf-8").splitlines()[1::2]:
            yield " ".join(json.loads(line)["passages"][0]["sentences"])


@needs_shared
def test_no_passage_that_is_held_for_development_is_trained_on(examples: list[Example]) -> None:
    held = {of(passage) for passage in held_passages()}
    assert len(held) > 2_000
    assert not held & {of(example.passage) for example in examples}


@needs_shared
def test_no_long_sentence_that_is_held_for_development_is_trained_on(examples: list[Example]) -> None:
    trained = {
        of(example.passage[start:end]) for example in examples for start, end in example.sentences if end - start > 60
    }
    held = {
        of(line) for passage in held_passages() for line in passage.replace(". ", ".\n").splitlines() if len(line) > 60
    }
    assert len(held) > 10_000
    assert not held & trained


@needs_shared
def test_spans_lie_in_the_sentence_that_supports_and_two_in_five_have_no_answer(examples: list[Example]) -> None:
    for example in examples:
        assert all(0 <= start < end <= len(example.passage) for start, end in example.sentences)
        if example.span is not None:
            first, last = example.sentences[example.support[0]]
            assert first <= example.span[0] < last
    without = sum(not example.support for example in examples) / len(examples)
    assert 0.35 < without < 0.45
    assert Counter(example.source for example in examples).keys() >= {"xquad", "tydi", "arcd", "heq", "events"}


@needs_shared
def test_the_held_out_fold_shares_no_passage_with_the_rest(examples: list[Example]) -> None:
    fold = {example.passage for example in examples if example.held_out}
    assert len(fold) > 100
    assert not fold & {example.passage for example in examples if not example.held_out}


def test_a_made_question_is_answered_by_the_sentence_that_it_is_made_from(tmp_path: Path) -> None:
    rows = [
        dict(zip(("where_coordinates", "date_start", "side_a", "side_b", "date_prec", "best"), row, strict=True))
        for row in (
            ("Homs town", "2016-03-01", "Government of Syria", "IS", "1.0", "4.0"),
            ("Afrin town", "2017-05-09", "Government of Turkey", "SDF", "1.0", "7.0"),
            ("Hajin town", "2018-11-30", "SDF", "IS", "1.0", "9.0"),
            ("Saraqib town", "2019-08-02", "Government of Syria", "HTS", "1.0", "11.0"),
            ("Azaz town", "2016-10-20", "IS", "Syrian insurgents", "1.0", "5.0"),
        )
    ]
    path = tmp_path / "events.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    made = event_examples_of(path)
    assert made == event_examples_of(path)
    answered = [example for example in made if example.answer is not None]
    assert 0.4 < len(answered) / len(made) < 0.9
    for example in answered:
        assert example.answer is not None
        start, text = example.answer
        assert example.passage[start : start + len(text)] == text


def event_examples_of(path: Path) -> list[MadeExample]:
    return event_examples(path, 120, random.Random(5))
