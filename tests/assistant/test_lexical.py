"""The lexical leg: which sentences share the words of a question, and which of them share the weightiest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.lexical import Lexical
from assistant.store import Catalog
from assistant.terms import terms
from tests.helpers import make_report, numbered_report, put

LANGUAGE = "en"
FIRST = [numbered_report(number).text.split(". ")[0] for number in (1, 2, 30, 211)]
VOCABULARY = sorted({"wenabsent"}.union(*(terms(sentence, LANGUAGE) for sentence in FIRST)))


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """300 reports of two sentences: some words are in all of them, others in one."""
    with Catalog(tmp_path_factory.mktemp("lexical") / "catalog.sqlite", create=True) as catalog:
        for number in range(300):
            put(catalog, numbered_report(number), f"convoy {number}")
        yield catalog


@given(question=st.lists(st.frozensets(st.sampled_from(VOCABULARY), max_size=3), max_size=5), count=st.integers(0, 700))
@settings(max_examples=60, deadline=None)
def test_the_best_are_those_that_have_the_highest_scores_one_by_one(
    catalog: Catalog, question: list[frozenset[str]], count: int
) -> None:
    lexical = Lexical.of(catalog, question)
    keys = np.arange(1, catalog.counts().sentences + 1)
    scores = lexical.by_word(keys).sum(axis=0)
    found = lexical.best(count)
    assert len(set(found.tolist())) == len(found) == min(count, int((scores > 0).sum()))
    assert np.allclose(lexical.by_word(found).sum(axis=0), np.sort(scores)[::-1][: len(found)])


def test_a_sentence_that_comes_makes_a_term_less_rare(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Catalog(tmp_path_factory.mktemp("lexical") / "catalog.sqlite", create=True) as catalog:
        put(catalog, make_report("The army took Rawa. The road is open."), "a")
        asked = [frozenset({"wenrawa"})]
        (before,) = Lexical.of(catalog, asked).weights()
        put(catalog, make_report("Rawa is quiet. The road is closed."), "b")
        (after,) = Lexical.of(catalog, asked).weights()
        assert 0 < after < before
