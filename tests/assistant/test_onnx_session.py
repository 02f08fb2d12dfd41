"""How texts are shared out to the processors."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.onnx_session import batches, run_batches

TOKENS = 100


@given(st.lists(st.integers(1, 120), max_size=60))
def test_each_text_is_in_one_batch_of_bounded_size(lengths: list[int]) -> None:
    found = batches(lengths, TOKENS)
    assert sorted(place for batch in found for place in batch) == list(range(len(lengths)))
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= TOKENS
    longest = [max(lengths[place] for place in batch) for batch in found]
    assert longest == sorted(longest, reverse=True)


@pytest.mark.parametrize(("texts", "at_least"), [(1, 1), (2, 2), (3, 2), (4, 2)])
def test_few_texts_are_shared_out(monkeypatch: pytest.MonkeyPatch, texts: int, at_least: int) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert len(batches([5] * texts, TOKENS)) >= at_least


def test_what_comes_of_batches_keeps_their_order() -> None:
    assert list(run_batches(sum, [[1, 2], [3], [4, 5]])) == [3, 3, 9]
