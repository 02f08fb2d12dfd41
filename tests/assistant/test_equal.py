"""Equal sentences: one vector stands for all, each of them is found, and whichever goes, the others stay."""

from __future__ import annotations

import tempfile
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


def in_chroma(vectors: VectorIndex) -> int:
    vectors.near_sentences(VECTOR, 1)
    assert vectors._pair is not None
    return vectors._pair.sentences.count()


def test_thousands_of_equal_sentences_hide_nothing_and_are_all_found(tmp_path: Path) -> None:
    with (
        Catalog(tmp_path / "catalog.sqlite", create=True) as catalog,
        closing(VectorIndex(tmp_path, catalog)) as vectors,
    ):
        put(catalog, make_report(f"{FORM} " * 1_500, title="A form"), "form")
        for number in range(12):
            put(catalog, record(number), f"record {number}")
        assert_agrees(catalog, vectors)
        assert in_chroma(vectors) <= 1 + 2 * 12
        near = vectors.near_sentences(VECTOR, 700)
        assert len(near) == len({match.id for match in near}) == 700
        assert all(match.similarity > 0.9999 for match in near)
    assert verify(tmp_path).problems == ()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), min_size=2, max_size=10))
def test_whoever_stands_for_the_others_may_go_and_come_back(steps: list[tuple[int, bool, bool]]) -> None:
    with (
        tempfile.TemporaryDirectory() as scratch,
        Catalog(Path(scratch) / "catalog.sqlite", create=True) as catalog,
        closing(VectorIndex(Path(scratch), catalog)) as vectors,
    ):
        for number, comes, looks in steps:
            if comes:
                put(catalog, record(number), f"{number}")
            else:
                catalog.remove_origin(f"{number}")
            if looks:
                assert_agrees(catalog, vectors)
        assert_agrees(catalog, vectors)
        vectors.catch_up()
        assert list(vectors.differences()) == []
