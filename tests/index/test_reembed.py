"""Embedding everything again: for another model or other rules, in one piece or in several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant import Assistant
from assistant.embedding import Vectors, WordLengthEmbedder
from assistant.errors import IndexMismatchError
from assistant.store import Catalog, verify
from index.indexing import index_reports, made_with
from index.reembed import reembed
from tests.helpers import make_report, numbered_report

REPORTS = 9


class Letters(WordLengthEmbedder):
    """Another model, with another number of dimensions: how often each letter occurs. Fails on a given call."""

    identity = "letters"
    dimensions = 26

    def __init__(self, fails_at: int | None = None) -> None:
        self.calls = self.texts = 0
        self._fails_at = fails_at

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        if self.calls == self._fails_at:
            raise RuntimeError("out of memory")
        self.texts += len(texts)
        counts = np.array([[text.lower().count(chr(97 + n)) for n in range(26)] for text in texts], dtype=np.float32)
        return np.asarray(counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def long_report(number: int) -> str:
    return numbered_report(number).text + "\n\n" + "x" * 41_000  # embedded by itself


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number in range(REPORTS):
        (tmp_path / f"{number}.txt").write_text(
            long_report(number) if number % 4 == 1 else numbered_report(number).text
        )
    with Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest(sorted(tmp_path.glob("*.txt")))
    return tmp_path / "data"


def assert_made_by(data: Path, embedder: WordLengthEmbedder) -> None:
    assert verify(data).problems == ()
    with Catalog(data / "catalog.sqlite") as catalog:
        assert catalog.fingerprint() == made_with(embedder.identity)
        for report in catalog.reports().values():
            found, (expected,) = catalog.indexed(report.id), index_reports([report], embedder)
            assert found is not None
            assert (found.report, found.sentences, found.passages) == (report, expected.sentences, expected.passages)
            assert (found.sentence_vectors == expected.sentence_vectors).all()
            assert (found.passage_vectors == expected.passage_vectors).all()


def contents(data: Path) -> object:
    with Catalog(data / "catalog.sqlite") as catalog:
        return catalog.reports(), catalog.origins(), catalog.counts()


def test_another_model_takes_over_and_nothing_else_changes(data: Path) -> None:
    before = contents(data)
    told: list[tuple[int, int]] = []
    assert reembed(data, Letters(), lambda done, total: told.append((done, total))) == REPORTS
    assert contents(data) == before
    assert_made_by(data, Letters())
    assert told[0] == (0, REPORTS)
    assert told == sorted(told)
    assert not (data / "reembed").exists()
    with Assistant(data, embedder=Letters()) as assistant:
        assert len(assistant.retrieve("convoy", 100)) > REPORTS
        assert assistant.ingest([make_report("A new one. It is short.")]).added


@pytest.mark.parametrize("fails_at", [1, 2])
def test_until_it_is_done_the_old_state_answers_and_then_it_goes_on_where_it_was(data: Path, fails_at: int) -> None:
    before = contents(data)
    failing = Letters(fails_at)
    with pytest.raises(RuntimeError, match="out of memory"):
        reembed(data, failing)
    assert contents(data) == before
    assert_made_by(data, WordLengthEmbedder())
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assert assistant.ask("Which convoy crossed the river?").citations
        assistant.ingest([numbered_report(77)])  # meanwhile
    rest = Letters()
    assert reembed(data, rest) == REPORTS + 1
    assert_made_by(data, Letters())
    with Catalog(data / "catalog.sqlite") as catalog:
        counts = catalog.counts()
    assert failing.texts + rest.texts == counts.sentences + counts.passages  # nothing was embedded twice


def test_a_half_done_other_model_is_thrown_away(data: Path) -> None:
    class Third(Letters):
        identity = "a third one"

    with pytest.raises(RuntimeError, match="out of memory"):
        reembed(data, Third(2))
    reembed(data, Letters())
    assert_made_by(data, Letters())


def test_an_open_assistant_with_the_former_model_says_so(data: Path) -> None:
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assert assistant.retrieve("convoy", 5)
        reembed(data, Letters())
        with pytest.raises(IndexMismatchError, match="letters"):
            assistant.ask("Which convoy crossed the river?")


def test_a_report_that_went_meanwhile_is_not_brought_back(data: Path) -> None:
    with pytest.raises(RuntimeError, match="out of memory"):
        reembed(data, Letters(2))
    with Catalog(data / "catalog.sqlite") as catalog:
        for origin in list(catalog.origins())[:3]:
            catalog.remove_origin(origin)
        left = catalog.report_ids()
    assert reembed(data, Letters()) == len(left)
    with Catalog(data / "catalog.sqlite") as catalog:
        assert catalog.report_ids() == left
    assert_made_by(data, Letters())
