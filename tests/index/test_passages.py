"""Passages: whole sentences, each in exactly one, in sizes that the model can read."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.sentences import split_sentences
from index.passages import MAX_PASSAGE, MIN_PASSAGE, group_passages
from tests.helpers import LANGUAGES, hard_texts

paragraphs = st.lists(st.lists(st.integers(1, 60), min_size=1, max_size=12), max_size=12).map(
    lambda counts: "\n\n".join(" ".join("Wort " * count + "hier." for count in paragraph) for paragraph in counts)
)


@given(st.one_of(hard_texts, paragraphs), st.sampled_from(LANGUAGES))
@settings(max_examples=300, deadline=None)
def test_passages_hold_every_sentence_once_and_in_order(text: str, language: str) -> None:
    sentences = split_sentences("r", text, language)
    passages = group_passages(text, sentences)
    held = [number for passage in passages for number in range(passage.first, passage.last + 1)]
    assert held == list(range(len(sentences)))
    for passage in passages:
        assert passage.report_id == "r"
        assert passage.start == sentences[passage.first].start
        assert passage.end == sentences[passage.last].end
    ids = [passage.id for passage in passages]
    assert len(set(ids)) == len(ids)
    assert all(passage_id.startswith("r:") for passage_id in ids)
    assert group_passages(text, sentences) == passages


@given(st.one_of(hard_texts, paragraphs))
@settings(max_examples=200, deadline=None)
def test_passages_are_neither_too_long_nor_needlessly_short(text: str) -> None:
    sentences = split_sentences("r", text, "en")
    passages = group_passages(text, sentences)
    for passage in passages:
        assert passage.end - passage.start <= MAX_PASSAGE or passage.first == passage.last
    for passage, after in pairwise(passages):
        if passage.end - passage.start < MIN_PASSAGE:  # then only because the next sentence would not fit
            assert sentences[after.first].end - passage.start > MAX_PASSAGE


def test_a_short_heading_is_joined_to_its_paragraph_and_a_full_paragraph_stands_alone() -> None:
    full = "The army took the town. " * 12
    text = f"A heading\n\n{full.strip()}\n\nThe next one begins here."
    passages = group_passages(text, split_sentences("r", text, "en"))
    assert [text[p.start : p.end].split(".", maxsplit=1)[0].split("\n", maxsplit=1)[0] for p in passages] == [
        "A heading",
        "The next one begins here",
    ]


def test_no_sentences_make_no_passages() -> None:
    assert group_passages("", []) == []
