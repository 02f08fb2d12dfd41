"""What the encoder is trained on and towards: nothing that is held for development, and similarities told by hand."""

from __future__ import annotations

import hashlib
import random

import pytest
import torch

from assistant.embedding import WordLengthEmbedder
from tests.helpers import SHARED, needs_shared
from training.encoder import ORDER, SQUARES, Set, loss_of, schedule
from training.examples import held_passages
from training.parallel import DECLARED, Texts, read_texts


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[Texts]:
    folder = tmp_path_factory.mktemp("declaration")
    for name in DECLARED.values():
        (folder / f"{name}.html").write_text(f"<p>One of {name}</p><li>Two &amp; more</li>", "utf-8")
    return read_texts(SHARED, folder)


def of(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).casefold().encode()).hexdigest()


@needs_shared
def test_no_passage_that_is_held_for_development_is_trained_on(texts: list[Texts]) -> None:
    held = {of(passage) for passage in held_passages(SHARED)}
    second_half = (SHARED / "eval/ntrex/newstest2019-src.eng.txt").read_text("utf-8").splitlines()[1_000:]
    held |= {of(line) for line in second_half}
    seen = {of(text) for one in texts for texts_of in one.passages.values() for text in texts_of}
    assert len(seen) > 10_000
    assert not held & seen


@needs_shared
def test_each_language_has_the_same_texts_and_the_shares_are_those_of_a_whole(texts: list[Texts]) -> None:
    assert sum(one.share for one in texts) == pytest.approx(1)
    for one in texts:
        assert {len(queries) for queries in one.queries.values()} == {len(one.answers)}
        assert {len(passages) for passages in one.passages.values()} == {max(one.answers) + 1}
    declared = next(one for one in texts if one.name == "declaration")
    assert declared.passages["de"] == ["One of deu_1996", "Two & more"]


class Letters:
    """Tokens of a text: one for each letter."""

    def tokens(self, texts: list[str]) -> list[list[int]]:
        return [[ord(letter) for letter in text] for text in texts]


def test_what_a_batch_is_made_equal_to_is_the_mean_over_the_languages() -> None:
    # Words of 2 and 3 letters. In x, question and passage are the same: 1; in y, they have nothing in common: 0.
    texts = Texts("made", 1.0, {"x": ["ab"], "y": ["ab"]}, {"x": ["cd"], "y": ["cde"]}, [0])
    made = Set(texts, Letters(), WordLengthEmbedder())
    seen = set()
    for seed in range(20):
        queries, passages, wanted = made.draw(random.Random(seed))
        assert wanted.tolist() == [[0.5]]
        seen.add("".join(map(chr, passages[0])))
        assert "".join(map(chr, queries[0])) == "query: ab"
    assert seen == {"passage: cd", "passage: cde"}


def test_similarities_as_wanted_cost_nothing_and_others_by_their_squares_and_their_order() -> None:
    wanted = torch.tensor([[0.9, 0.8], [0.7, 0.9]])
    assert loss_of(wanted, wanted).item() == pytest.approx(0, abs=1e-6)
    # All of them 0.1 less: the order is the same.
    assert loss_of(wanted - 0.1, wanted).item() == pytest.approx(SQUARES * 0.01, rel=1e-4)
    # Of one query the two passages are as good as each other: from odds of e^2 to 1.
    before = torch.tensor([2.0, 0.0]).softmax(0)
    order = (before * (before.log() - torch.tensor([0.5, 0.5]).log())).sum().item()
    found = loss_of(torch.tensor([[0.85, 0.85]]), torch.tensor([[0.9, 0.8]])).item()
    assert found == pytest.approx(SQUARES * 0.0025 + ORDER * order, rel=1e-4)


def test_the_rate_rises_and_falls_to_nothing() -> None:
    rates = [schedule(step, 100) for step in range(101)]
    assert rates[0] < rates[29] == pytest.approx(1)
    assert rates[30:] == sorted(rates[30:], reverse=True)
    assert rates[100] == 0
