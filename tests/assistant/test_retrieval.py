"""Retrieval: ordered, explained, complete, and never lifting a language by shared words."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.evaluation.questions import read_questions
from assistant.filter import EVERYTHING
from assistant.query import understand
from assistant.records import Hit, Report
from tests.helpers import QUESTIONS, make_report, numbered_report

TODAY = dt.date(2018, 1, 15)
ASKED = [question.question for question in read_questions(QUESTIONS)[:48]]


def assert_consistent(hits: list[Hit]) -> None:
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits)
    for hit in hits:
        assert hit.why.keys() - {"reading"} == {"dense", "lexical", "place", "date"}
        assert ("reading" in hit.why) == (hit.answers is not None)
        assert hit.why["date"] <= 0
        assert sum(hit.why.values()) == pytest.approx(hit.score, abs=1e-5)
        assert hit.score == hit.best.score == max(scored.score for scored in hit.sentences)
        assert all(np.isfinite(scored.score) for scored in hit.sentences)
        numbers = [scored.sentence.number for scored in hit.sentences]
        assert numbers == list(range(hit.passage.first, hit.passage.last + 1))
        assert hit.text == hit.report.text[hit.passage.start : hit.passage.end]
        assert hit.passage.report_id == hit.report.id


@pytest.mark.parametrize("question", ASKED[::2])
def test_scores_fall_and_are_explained(sample: Assistant, question: str) -> None:
    hits = sample.retrieve(question, 30)
    assert len(hits) == 30
    assert_consistent(hits)
    assert sample.retrieve(question, 5) == hits[:5]
    assert len(sample.retrieve(question, 60)) == 60


def test_the_same_question_always_has_the_same_hits(sample: Assistant) -> None:
    for question in ASKED[:6]:
        assert sample.retrieve(question, 10) == sample.retrieve(question, 10)


def test_the_rest_of_a_question_that_is_dated_by_an_event_stays_in_its_language_and_place(sample: Assistant) -> None:
    query = sample.read("Que fit Daech après la prise de Rawa ?", EVERYTHING, TODAY).query
    assert query.text == "Que fit Daech  ? Rawa"
    assert query.windows
    assert query == replace(understand(query.text, sample.gazetteer, TODAY, "fr"), times=query.times)


@pytest.mark.parametrize("question", ASKED[::9])
def test_shared_words_lift_no_language_over_another(sample: Assistant, question: str) -> None:
    best: dict[str, float] = {}
    without_words: dict[str, float] = {}
    for hit in sample.retrieve(question, 1_000):
        found = hit.score - hit.why.get("reading", 0.0)
        best[hit.report.language] = max(best.get(hit.report.language, -9), found)
        others = hit.why["dense"] + hit.why["place"] + hit.why["date"]
        without_words[hit.report.language] = max(without_words.get(hit.report.language, -9), others)
    assert best.keys() == {"en", "de", "ar"}
    assert best == pytest.approx(without_words, abs=1e-5)


def test_words_that_nearly_all_sentences_have_say_nothing_and_one_that_none_has_says_most(tiny: Assistant) -> None:
    loads = ["wheat" if number == 30 else "bread" if number % 2 else "flour" for number in range(300)]
    tiny.ingest([make_report(f"Day {n}: a convoy with {load} was attacked.") for n, load in enumerate(loads)])
    covered = {
        asked: max(hit.covered for hit in tiny.retrieve(f"Which convoy with {asked} was attacked?", 300))
        for asked in ("wheat", "zeppelins")
    }
    assert covered == {"wheat": 1, "zeppelins": 0}


def test_every_passage_can_be_found_by_its_own_sentence(sample: Assistant) -> None:
    chance = random.Random(7)
    hits = sample.retrieve("Abu Kamal", 1_000)
    for hit in chance.sample(hits, 10):
        own = hit.best.sentence
        found = sample.retrieve(hit.report.text[own.start : own.end][:1_900], 3)
        assert hit.passage.id in {other.passage.id for other in found}


def test_no_more_than_was_asked_for(tiny: Assistant) -> None:
    tiny.ingest([numbered_report(number) for number in range(5)])
    assert len(tiny.retrieve("convoy", 3)) == 3
    assert tiny.retrieve("convoy", 0) == []
    assert len(tiny.retrieve("convoy", 99)) == 5
    assert len(tiny.retrieve("convoy")) == min(5, tiny.settings.hits)


def test_an_index_that_was_emptied_has_no_hits(tiny: Assistant, tmp_path: Path) -> None:
    from assistant.store import Catalog

    tiny.ingest([make_report()])
    with Catalog(tmp_path / "data" / "catalog.sqlite") as catalog:
        for origin in catalog.origins():
            catalog.remove_origin(origin)
    assert tiny.retrieve("Who took the town?") == []


def test_what_happened_at_either_of_two_times_is_found(tiny: Assistant) -> None:
    days = ("2016-03-09", "2016-11-02", "2017-05-20", "2018-01-01")
    reports = [make_report(f"The army came on {day}.", title=day, published=day) for day in days]
    tiny.ingest(reports)
    found = {hit.report.title for hit in tiny.retrieve("What happened in March 2016 and in May 2017?", 10)}
    assert {"2016-03-09", "2017-05-20"} <= found
    assert "2018-01-01" not in found


@pytest.mark.parametrize("asked", ["in March 2017", "in Hajin", "in Hajin in March 2017"])
def test_the_one_from_the_time_and_place_is_found_among_hundreds_that_fit_as_well(tiny: Assistant, asked: str) -> None:
    # Words of one length, so that all have one vector, and enough of them for no two to be near-copies.
    colours = ["white", "black", "green", "brown", "amber", "ivory", "khaki"]
    loads = ["sugar", "grain", "flour", "cable", "paper", "steel", "cloth"]
    makers = ["Volvo", "Skoda", "Iveco", "Mazda", "Isuzu", "Tatra", "Lexus"]

    def report(number: int, town: str, published: dt.date) -> Report:
        colour, load, maker = colours[number % 7], loads[number // 7 % 7], makers[number // 49]
        text = f"A {colour} convoy with {load} in {maker} trucks was attacked at {town}, Iraq."
        return make_report(text, title=f"Convoy {number}", published=published.isoformat())

    others = [report(number, "Mosul", dt.date(2016, 1, 1) + dt.timedelta(number)) for number in range(300)]
    right = report(301, "Hajin", dt.date(2017, 3, 9))
    tiny.ingest([*others, right])
    assert tiny.retrieve(f"What convoy was attacked {asked}?", 1)[0].report == right


def test_how_things_stood_is_told_by_what_does_not_tell_of_later(tiny: Assistant) -> None:
    """December is nearly all after its first day, and who tells what befell later does not tell how it was."""
    told = {
        "The Front held the town in November.": 1,
        "The Front held the town in 2016.": 1,
        "The army took the town in December.": 0,
        "The town, held since November, fell on 12 December.": 0,
        "The army took the town.": 0,
    }
    tiny.ingest([make_report(text, published="2016-12-12") for text in told])
    found = {hit.text: hit.best.timely for hit in tiny.retrieve("Who controlled the town as of 1 December 2016?")}
    assert found == told
    happened = {
        hit.text for hit in tiny.retrieve("Who besieged the town until 1 December 2016?") if hit.best.timely == 1
    }
    assert happened == told.keys() - {"The army took the town."}


@pytest.mark.parametrize("published", ["0001-01-01", "9999-12-31", "0001", "9999-12"])
def test_a_report_with_a_date_that_stands_for_none_is_taken_in_and_harms_no_question(
    tiny: Assistant, published: str
) -> None:
    text = "The army came on 9 November. It left yesterday, on Monday, in winter. In 2016 it was there."
    assert tiny.ingest([make_report(text, published=published), make_report()]).refused == []
    for question in (
        "What happened in November 2017?",
        "What came after the army came?",
        "What happened before the army left?",
        "Who came on 9 November?",
        "What happened last week?",
    ):
        tiny.ask(question)


def test_a_number_finds_the_report_that_has_it(tiny: Assistant) -> None:
    tiny.ingest([numbered_report(number) for number in range(1, 30)])
    for number in (3, 17, 29):
        (hit,) = tiny.retrieve(f"Convoy {number} crossed the river near the old bridge.", 1)
        assert hit.report.id == numbered_report(number).id
    assert_consistent(tiny.retrieve("convoy 17 bridge", 99))


def test_word_lengths_order_hits_as_by_hand(tiny: Assistant) -> None:
    tiny.ingest([make_report("aaa bbbbbbbb cc.", title="near"), make_report("a b c d e f.", title="far")])
    near, far = tiny.retrieve("xxx yyyyyyyy zz")
    assert (near.report.title, far.report.title) == ("near", "far")
    vector = WordLengthEmbedder().embed_queries(["xxx yyyyyyyy zz"])[0]
    text = WordLengthEmbedder().embed_passages(["aaa bbbbbbbb cc."])[0]
    assert near.why["dense"] == pytest.approx(float(vector @ text), abs=1e-6)


@pytest.mark.parametrize("question", ["Who took the town?", "What happened at the bridge since 2010?"])
def test_an_old_collection_is_found_as_well_as_a_new_one(tmp_path: Path, question: str) -> None:
    """No report loses for its age: scores are the same whenever it all was."""
    scores = []
    for year in (2016, 2023):
        with Assistant(tmp_path / str(year), embedder=WordLengthEmbedder()) as assistant:
            texts = ["The army took the town.", "Residents fled across the river.", "Convoys crossed the old bridge."]
            reports = [make_report(text, published=f"{year}-0{n + 1}-05") for n, text in enumerate(texts)]
            assistant.ingest(reports)
            hits = assistant.retrieve(question)
            scores.append([(hit.report.text, hit.why) for hit in hits])
    assert len(scores[0]) == 3
    assert scores[0] == scores[1]
