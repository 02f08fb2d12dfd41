"""How what was read changes what was found, and what an answer makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.extractive import answer_from
from assistant.reader import Reading, Span
from assistant.reading import EXCERPT, READ, as_read, excerpt, read_hits
from assistant.records import Hit, Passage, ScoredSentence, Sentence
from tests.helpers import make_report


class WordReader:
    """Reads by the last word of the question: a sentence that has it answers, and the word is the phrase."""

    identity = "last word"

    def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
        return [self._one(question.strip("?").split()[-1], text, sentences) for text, sentences in passages]

    def _one(self, word: str, text: str, sentences: Sequence[Span]) -> Reading:
        support, phrases = [], []
        for start, end in sentences:
            at = text.find(word, start, end)
            support.append(9.0 if at >= 0 else -9.0)
            phrases.append(((at, at + len(word)), 0.0) if at >= 0 else None)
        return Reading(tuple(support), tuple(phrases), max(support))


def hit(lines: Sequence[str], scores: Sequence[float]) -> Hit:
    """A passage of one-line sentences, after a line that is not of it."""
    lead = "Dateline\n"
    report = make_report(lead + "\n".join(lines))
    scored, at = [], len(lead)
    for number, (line, score) in enumerate(zip(lines, scores, strict=True), start=1):
        scored.append(ScoredSentence(Sentence(report.id, number, at, at + len(line)), score))
        at += len(line) + 1
    passage = Passage(f"{report.id}:p0", report.id, len(lead), len(report.text), 1, len(lines))
    return Hit(report, passage, tuple(scored), max(scores))


NEAR = hit(["The town is old.", "It has a market."], [0.42, 0.40])
RIGHT = hit(["It rained.", "The army left on Friday."], [0.30, 0.38])


def test_what_answers_comes_first_with_its_phrase() -> None:
    first, second = read_hits(WordReader(), "Who left on Friday?", [NEAR, RIGHT])
    assert (first.passage, second.passage) == (RIGHT.passage, NEAR.passage)
    assert first.best.sentence.number == 2
    assert first.best.phrase is not None
    assert first.report.text[slice(*first.best.phrase)] == "Friday"
    assert first.score == first.best.score > second.score
    assert first.why["reading"] == pytest.approx(first.score - RIGHT.score)
    assert first.answers is not None
    assert second.answers is not None
    assert first.answers > 0.99
    assert second.answers < 0.01


def test_what_lacks_the_place_that_was_asked_for_gains_nothing_beside_what_has_it() -> None:
    there, elsewhere = replace(NEAR, why={"place": 0.05}), replace(RIGHT, why={"place": -0.05})
    first, second = read_hits(WordReader(), "Who left on Friday?", [there, elsewhere])
    assert (first.passage, second.passage) == (NEAR.passage, RIGHT.passage)
    assert second.score == RIGHT.score
    assert second.best.phrase is not None  # within it, reading chooses as ever
    nowhere = replace(NEAR, why={"place": -0.05})
    assert read_hits(WordReader(), "Who left on Friday?", [nowhere, elsewhere])[0].passage == RIGHT.passage


def test_of_one_passage_reading_chooses_the_sentence_and_takes_nothing_from_the_others() -> None:
    near = hit(["The town is old.", "The army left on Friday.", "It rained."], [0.5, 0.3, 0.2])
    (read,) = read_hits(WordReader(), "Who left on Friday?", [near])
    assert read.best.sentence.number == 2
    assert read.score == read.best.score > 0.5
    assert [read.sentences[0].score, read.sentences[2].score] == pytest.approx([0.5, 0.2], abs=1e-3)


def test_where_nothing_answers_the_sentence_that_was_found_stays_first() -> None:
    (read,) = read_hits(WordReader(), "Who is the mayor?", [hit(["It is old.", "It has a market."], [0.42, 0.41])])
    assert read.best.sentence.number == 1


@given(st.lists(st.tuples(st.floats(-30, 30), st.floats(-1, 1)), min_size=1, max_size=6))
def test_a_hit_has_the_score_of_its_best_sentence_and_loses_nothing(lines: list[tuple[float, float]]) -> None:
    class Fixed(WordReader):
        def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
            return [Reading(tuple(likely for likely, _ in lines), (None,) * len(lines), 0.0) for _ in passages]

    found = hit(["Short."] * len(lines), [score for _, score in lines])
    (read,) = read_hits(Fixed(), "Who left?", [found])
    assert read.score == read.best.score >= found.score
    assert all(
        after.score >= before.score - 1e-9 for before, after in zip(found.sentences, read.sentences, strict=True)
    )


def test_reading_a_doubtful_passage_lowers_nothing() -> None:
    (read,) = read_hits(WordReader(), "Where is the mayor?", [NEAR])
    assert read.score == pytest.approx(NEAR.score, abs=1e-3)
    assert [scored.phrase for scored in read.sentences] == [None, None]


def test_only_the_first_few_are_read() -> None:
    hits = [hit([f"Line {number} on Friday."], [0.5 - number / 100]) for number in range(READ + 3)]
    read = read_hits(WordReader(), "What was on Friday?", hits)
    assert [hit.answers is not None for hit in read] == [True] * READ + [False] * 3
    assert {hit.passage.id for hit in read} == {hit.passage.id for hit in hits}


@pytest.mark.parametrize(
    ("asked", "scores", "read"),
    [
        ("Friday", (0.5, 0.45, 0.39, 0.38), 2),  # the best answers, and nothing else may be quoted
        ("Friday", (0.5, 0.3, 0.29, 0.28), 2),
        ("Friday", (0.5, 0.45, 0.41, 0.38), 3),
        ("Friday", (0.5, 0.45, 0.44, 0.43), 4),
        ("Sunday", (0.5, 0.3, 0.2, 0.1), 4),  # neither of the first two answers
    ],
)
def test_what_is_far_behind_an_answer_is_not_read(asked: str, scores: Sequence[float], read: int) -> None:
    hits = [hit([f"Line {number} on Friday."], [score]) for number, score in enumerate(scores)]
    found = read_hits(WordReader(), f"What was on {asked}?", hits)
    assert [one.answers is not None for one in found] == [True] * read + [False] * (READ - read)
    assert [one.passage for one in found] == [one.passage for one in hits]


def test_an_answer_marks_the_phrase_inside_of_the_quote() -> None:
    answer = answer_from("Who left on Friday?", read_hits(WordReader(), "Who left on Friday?", [NEAR, RIGHT]))
    citation = answer.citations[0]
    assert citation.pieces == ("The army left on ", "Friday", ".")
    assert "".join(citation.pieces) == citation.quote == answer.statements[0].text
    phrase = answer.to_dict()["citations"][0]["phrase"]
    assert citation.report.text[phrase["start"] : phrase["end"]] == "Friday"


def test_a_reader_that_cannot_tell_says_so() -> None:
    class Unsure(WordReader):
        def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
            return [Reading(r.support, r.phrases) for r in super().read(question, passages)]

    (read,) = read_hits(Unsure(), "Who is the mayor?", [NEAR])
    assert read.answers is None


def test_of_a_long_hit_the_sentences_around_the_best_one_are_read() -> None:
    lines = [f"Line {number} is {'very ' * 36}long." for number in range(9)] + ["The army left on Friday."]
    long = hit(lines, [0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.5, 0.4, 0.3, 0.45])
    assert [scored.sentence.number for scored in excerpt(long).sentences] == [7, 8, 9]
    (read,) = read_hits(WordReader(), "Who is very long?", [long])
    assert [scored.score for scored in read.sentences[:6]] == [0.1, 0.1, 0.1, 0.1, 0.1, 0.2]
    assert len(read.sentences) == len(lines)
    assert read.best.sentence.number == 7
    assert [scored.phrase is not None for scored in read.sentences] == [False] * 6 + [True] * 3 + [False]
    near = hit(lines, [0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.3, 0.3, 0.3, 0.5])
    (read,) = read_hits(WordReader(), "Who left on Friday?", [near])
    assert read.best.phrase is not None
    assert read.report.text[slice(*read.best.phrase)] == "Friday"


@given(
    st.lists(st.tuples(st.integers(1, 900), st.floats(-1, 1)), min_size=1, max_size=12),
)
def test_an_excerpt_is_a_run_around_the_best_sentence_that_cannot_grow(sentences: list[tuple[int, float]]) -> None:
    whole = hit(["x" * length for length, _ in sentences], [score for _, score in sentences])
    part = excerpt(whole)
    numbers = [scored.sentence.number for scored in part.sentences]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert whole.best in part.sentences
    text, spans = as_read(part)
    assert [text[start:end] for start, end in spans] == [
        whole.report.text[scored.sentence.start : scored.sentence.end] for scored in part.sentences
    ]
    assert len(numbers) == 1 or len(text) <= EXCERPT
    lengths = dict(enumerate((length for length, _ in sentences), start=1))
    for beside in (numbers[0] - 1, numbers[-1] + 1):
        assert beside not in lengths or len(text) + 1 + lengths[beside] > EXCERPT
