"""What a question with its passage teaches the reader: computed by hand on passages of three sentences."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.reader_onnx import READER
from training.encode import Encoded
from training.examples import Example, _answered, _without_answer
from training.export import export, restored
from training.model import loss_of

PASSAGE = "Hajin fell in May. The town is small. Nobody counted who left Hajin."


def answered(answer: str) -> Example:
    example = _answered("tydi", "Which town fell?", PASSAGE, "en", PASSAGE.index(answer), answer)
    assert example is not None
    return example


def test_a_sentence_that_holds_the_answers_words_too_counts_neither_way() -> None:
    assert (answered("Hajin").support, answered("Hajin").unsure) == ((0,), (2,))
    assert (answered("in May").support, answered("in May").unsure) == ((0,), ())


def test_a_passage_is_left_without_its_answer_only_where_nothing_else_may_hold_it() -> None:
    assert _without_answer(answered("Hajin")) is None
    left = _without_answer(answered("in May"))
    assert left is not None
    assert [left.passage[start:end].strip() for start, end in left.sentences] == [
        "The town is small.",
        "Nobody counted who left Hajin.",
    ]
    assert (left.support, left.span) == ((), None)


def encoded(support: list[int], span: tuple[int, int] | None, unsure: list[int]) -> Encoded:
    """`<s>`, a question of one token, three sentences of a token each, and the end."""
    return Encoded([0, 5, 2, 2, 6, 7, 8, 2], 4, [(4, 5), (5, 6), (6, 7)], support, span, unsure)


def test_losses_are_those_computed_by_hand() -> None:
    scores = torch.zeros(1, 8, 3)
    scores[0, 4, 2], scores[0, 6, 2] = math.log(2), math.log(4)
    support, phrase = loss_of(scores, [encoded([0], (4, 4), [])])
    assert support.item() == pytest.approx(math.log((1 + 2 + 1 + 4) / 2))
    assert phrase.item() == pytest.approx(math.log(4))  # `<s>` and three tokens, all alike
    unsure, _ = loss_of(scores, [encoded([0], (4, 4), [2])])
    assert unsure.item() == pytest.approx(math.log((1 + 2 + 1) / 2))


def test_where_nothing_answers_the_phrase_is_at_the_beginning() -> None:
    scores = torch.zeros(1, 8, 3)
    scores[0, 0, :2] = math.log(5)
    none, phrase = loss_of(scores, [encoded([], None, [])])
    assert none.item() == pytest.approx(math.log(4))
    assert phrase.item() == pytest.approx(math.log((5 + 3) / 5))
    _, unmarked = loss_of(scores, [encoded([1], None, [])])
    assert unmarked.item() == 0


def test_the_file_that_ships_is_read_and_written_alike(tmp_path: Path) -> None:
    weights = restored(READER.path)
    torch.save(weights, tmp_path / "reader.pt")
    export(tmp_path / "reader.pt", tmp_path / "again.npz")
    with np.load(READER.path) as before, np.load(tmp_path / "again.npz") as after:
        assert set(before.files) == set(after.files)
        assert all(np.allclose(before[name], after[name], rtol=1e-6) for name in before.files)


def test_a_mean_of_two_runs_is_written_by_its_share(tmp_path: Path) -> None:
    first = restored(READER.path)
    torch.save({name: torch.zeros_like(value) for name, value in first.items()}, tmp_path / "nothing.pt")
    export(tmp_path / "nothing.pt", tmp_path / "mean.npz", READER.path, 0.25)
    mean = restored(tmp_path / "mean.npz")
    assert all(torch.allclose(mean[name], 0.75 * first[name], rtol=1e-2, atol=1e-4) for name in first)
