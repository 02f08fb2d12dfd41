"""Equal sentences and passages: one vector stands for all, each is found, and whichever goes, the others stay."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.embedding import WordLengthEmbedder
from assistant.records import Report
from assistant.store import Catalog, VectorIndex, verify
from tests.assistant.test_vectors import assert_agrees
from tests.helpers import make_report, numbered_report, put

FORM = "The number of people who were killed is one."
VECTOR = WordLengthEmbedder().embed_passages([FORM])[0]


def record(number: int) -> Report:
    """A report of a sentence that all have, and of one that only it has."""
    return make_report(f"{FORM} {numbered_report(number).text}", title=f"Record {number}")


def message(number: int) -> Report:
    """A report of that sentence alone, as it is passed on."""
    return make_report(FORM, title=f"Message {number}")


def in_chroma(vectors: VectorIndex) -> tuple[int, int]:
    """How many passages and sentences."""
    vectors.near_sentences(VECTOR, 1)
    assert vectors._pair is not None
    return vectors._pair.passages.count(), vectors._pair.sentences.count()


def test_thousands_of_equal_sentences_hide_nothing_and_are_all_found(tmp_path: Path) -> None:
    with (
        Catalog(tmp_path / "catalog.sqlite", create=True) as catalog,
        closing(VectorIndex(tmp_path, catalog)) as vectors,
    ):
        put(catalog, make_report(f"{FORM} " * 1_500, title="A form"), "form")
        for number in range(12):
            put(catalog, record(number), f"record {number}")
        assert_agrees(catalog, vectors)
        assert in_chroma(vectors)[1] <= 1 + 2 * 12
        near = vectors.near_sentences(VECTOR, 700)
        assert len(near) == len({match.id for match in near}) == 700
        assert all(match.similarity > 0.9999 for match in near)
    assert verify(tmp_path).problems == ()


def test_a_message_that_hundreds_pass_on_is_one_vector_and_is_found_in_every_report(tmp_path: Path) -> None:
    with (
        Catalog(tmp_path / "catalog.sqlite", create=True) as catalog,
        closing(VectorIndex(tmp_path, catalog)) as vectors,
    ):
        for number in range(200):
            put(catalog, message(number), f"{number}")
        assert in_chroma(vectors) == (1, 0)  # the sentence is the passage
        assert_agrees(catalog, vectors)
        passages, sentences = vectors.near(VECTOR, 50, 100)
        assert (len(passages), len(sentences)) == (50, 100)
        put(catalog, record(1), "record")
        assert in_chroma(vectors) == (2, 3)  # here it is one of three
        assert_agrees(catalog, vectors)
    assert verify(tmp_path).problems == ()


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([record, message]), st.integers(0, 2), st.booleans(), st.booleans()),
        min_size=2,
        max_size=10,
    )
)
def test_whoever_stands_for_the_others_may_go_and_come_back(
    steps: list[tuple[Callable[[int], Report], int, bool, bool]],
) -> None:
    with (
        tempfile.TemporaryDirectory() as scratch,
        Catalog(Path(scratch) / "catalog.sqlite", create=True) as catalog,
        closing(VectorIndex(Path(scratch), catalog)) as vectors,
    ):
        for made, number, comes, looks in steps:
            if comes:
                put(catalog, made(number), f"{made.__name__} {number}")
            else:
                catalog.remove_origin(f"{made.__name__} {number}")
            if looks:
                assert_agrees(catalog, vectors)
        assert_agrees(catalog, vectors)
        vectors.catch_up()
        assert list(vectors.differences()) == []
