"""Whether what was found answers, and what is missing where it does not."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.abstaining import log_odds, signals, what_is_missing
from assistant.dates import Window
from assistant.filter import Filter
from assistant.found import Found, Usual, usual_fit
from assistant.mentions import Name
from assistant.query import Query, Time, understand
from assistant.records import Hit, Mention, Missing, Passage, Refusal, ScoredSentence, Sentence
from assistant.scoring import TIME_WEIGHT
from tests.helpers import make_report

QUESTION = np.array([1.0, 0.0], dtype=np.float32)
USUAL = Usual(mean=0.0, spread=0.1, sentences=100)
TODAY = dt.date(2017, 11, 20)
SIMILAR: dict[str, float] = {}  # to the question, by report


def hit(similarity: float, *, language: str = "en", covered: float = 0.0, title: str = "a", score: float = 0.5) -> Hit:
    """One sentence that is so similar to `QUESTION`."""
    report = make_report(f"The army took town {title}.", title=title, language=language)
    SIMILAR[report.id] = similarity
    sentence = ScoredSentence(Sentence(report.id, 0, 0, len(report.text)), score)
    passage = Passage(f"{report.id}:0", report.id, 0, len(report.text), 0, 0)
    return Hit(report, passage, (sentence,), score, covered=covered)


def found(*hits: Hit, query: Query | None = None, usual: Usual | None = USUAL, names: Sequence[str] = ()) -> Found:
    asked = query or understand("Who took the town?", None, TODAY)
    vectors = {
        scored.sentence: np.array([SIMILAR[one.report.id], 0], dtype=np.float32)
        for one in hits
        for scored in one.sentences
    }
    return Found(asked, QUESTION, hits, vectors, usual, tuple(names))


def test_signals_are_what_they_are_called() -> None:
    measured = signals(found(hit(0.4, covered=0.25), hit(0.3, title="b", score=0.35)))
    assert measured == pytest.approx(
        {
            "sentence": 0.4,
            "beyond_chance": 4 - (2 * np.log(100)) ** 0.5,
            "covered": 0.25,
            "other_language": 0.0,
            "other_script": 0.0,
            "apart": 0.5,  # 0.15 of 0.3
            "topic": 0.0,
            "named": 0.0,
            "nameless": 1.0,
            "date": 0.0,
            "timed": 0.0,
        },
        abs=1e-6,
    )


def test_what_the_passage_names_and_when_it_is_from_count_where_the_question_asks_for_them() -> None:
    plain = understand("Who took the town?", None, TODAY)
    time = Time(0, 1, Window(dt.date(2017, 5, 1), dt.date(2017, 5, 31)))
    asked = replace(plain, names=(Name(0, 3, ("place:1", "place:2")), Name(4, 8, ("group:is",))), times=(time,))
    best = replace(
        hit(0.4),
        why={"date": -TIME_WEIGHT / 4},
        names=(Mention(0, 3, "place:2", "Rawa"), Mention(4, 9, "place:7", "Anah")),
    )
    measured = signals(found(best, query=asked))
    assert measured is not None
    assert {name: measured[name] for name in ("named", "nameless", "date", "timed")} == pytest.approx(
        {"named": 0.5, "nameless": 0.0, "date": -0.25, "timed": 1.0}
    )
    fitting = replace(best, why={"date": 0.0}, names=(*best.names, Mention(10, 12, "group:is", "IS")))
    likely, likelier = log_odds(found(best, query=asked)), log_odds(found(fitting, query=asked))
    assert likely is not None
    assert likelier is not None
    assert likelier > likely


def test_the_nearest_sentence_of_the_best_hit_counts_whichever_was_chosen_of_it() -> None:
    one = hit(0.4)
    (chosen,) = one.sentences
    nearer = replace(chosen, sentence=replace(chosen.sentence, number=1), score=chosen.score - 0.1)
    both = found(replace(one, sentences=(chosen, nearer)))
    vectors = {chosen.sentence: np.array([0.4, 0.0]), nearer.sentence: np.array([0.6, 0.0])}
    measured = signals(replace(both, vectors=vectors))
    assert measured is not None
    assert measured["sentence"] == pytest.approx(0.6)


def test_words_count_within_a_language_and_scripts_are_told_apart() -> None:
    german, arabic = (signals(found(hit(0.4, language=language, covered=0.5))) for language in ("de", "ar"))
    assert german is not None
    assert arabic is not None
    assert (german["covered"], german["other_language"], german["other_script"]) == (0, 1, 0)
    assert (arabic["covered"], arabic["other_language"], arabic["other_script"]) == (0, 0, 1)


def test_every_signal_has_its_weight_and_no_other() -> None:
    text = resources.files("assistant").joinpath("data/abstaining.toml").read_text("utf-8")
    for table, one in (("weights", hit(0.4)), ("read", replace(hit(0.4), answers=0.5))):
        measured = signals(found(one))
        assert measured is not None
        assert tomllib.loads(text)[table].keys() == {"bias", *measured}


@given(st.floats(-0.9, 0.9), st.floats(-0.9, 0.9), st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None)
def test_nearer_and_better_covered_is_likelier_an_answer(one: float, other: float, some: float, more: float) -> None:
    low, high = sorted((one, other))
    fewer, most = sorted((some, more))
    weaker, stronger = log_odds(found(hit(low, covered=fewer))), log_odds(found(hit(high, covered=most)))
    assert weaker is not None
    assert stronger is not None
    assert weaker <= stronger + 1e-4


def test_a_model_that_nothing_was_fitted_for_declines_only_where_there_is_nothing() -> None:
    far = found(hit(-0.5))
    assert what_is_missing(far, calibrated=True) is Missing.SUBJECT
    assert what_is_missing(far, calibrated=False) is None
    assert what_is_missing(found(), calibrated=False) is Missing.SUBJECT
    assert what_is_missing(replace(far, vectors={}), calibrated=True) is None


def test_what_is_read_in_vain_is_likelier_declined() -> None:
    near = hit(0.6, covered=0.5)
    odds = [log_odds(found(replace(near, answers=answers))) for answers in (0.0, 0.2, 0.8, 1.0)]
    assert odds == sorted(odds, key=lambda one: one or 0)
    assert len(set(odds)) == 4


def test_without_fitted_weights_what_is_read_in_vain_is_declined() -> None:
    near = hit(0.95, covered=1.0)
    assert what_is_missing(found(near), calibrated=False) is None
    assert what_is_missing(found(replace(near, answers=0.4)), calibrated=False) is Missing.SUBJECT
    assert what_is_missing(found(replace(near, answers=0.6), hit(0.1, title="b")), calibrated=False) is None


def test_the_plainest_thing_that_is_missing_is_named() -> None:
    in_may = Query(
        "Town?", "en", (frozenset(),), (True,), times=(Time(0, 1, Window(dt.date(2017, 5, 1), dt.date(2017, 5, 31))),)
    )
    outside = replace(hit(-0.5), why={"date": -0.2})
    assert what_is_missing(found(outside, query=in_may), calibrated=True) is Missing.TIME
    assert what_is_missing(found(outside, query=in_may), calibrated=False) is Missing.TIME
    inside = hit(-0.5, title="b")
    assert what_is_missing(found(outside, inside, query=in_may), calibrated=False) is Missing.TIME
    assert what_is_missing(found(inside, outside, query=in_may), calibrated=False) is None
    assert what_is_missing(found(inside, outside, query=in_may), calibrated=True) is Missing.SUBJECT
    assert what_is_missing(found(outside, query=in_may, names=["Peru"]), calibrated=True) is Missing.PLACE


def test_who_claims_an_attack_is_not_said_where_no_sentence_tells_of_a_claim() -> None:
    asked = understand("Who claimed responsibility for the blast?", None, TODAY)
    near = replace(hit(0.9), answers=0.99)
    assert what_is_missing(found(near), calibrated=True) is None
    assert what_is_missing(found(near, query=asked), calibrated=True) is Missing.SUBJECT
    report = make_report("No group claimed responsibility.")
    told = replace(near, report=report, sentences=(ScoredSentence(Sentence(report.id, 0, 0, len(report.text)), 0.5),))
    SIMILAR[report.id] = 0.9
    assert what_is_missing(found(told, query=asked), calibrated=True) is None


@pytest.mark.parametrize("question", ["Who controls Tadef?", "Who claimed responsibility for the blast in Tadef?"])
def test_a_claim_and_a_state_are_not_those_of_other_towns(sample: Assistant, question: str) -> None:
    asked = understand(question, sample.gazetteer, TODAY)

    def missing(town: str) -> Missing | None:
        report = make_report(f"The Front said that it had taken {town}, and claimed responsibility for the blast.")
        scored = ScoredSentence(Sentence(report.id, 0, 0, len(report.text)), 0.5)
        SIMILAR[report.id] = 0.9
        near = replace(hit(0.9), report=report, sentences=(scored,), answers=0.99)
        return what_is_missing(found(near, query=asked), calibrated=True)

    assert missing("Manbij") is Missing.SUBJECT
    assert missing("TADEF") is None, "named as the question does, whoever knows the town"


def test_the_usual_fit_is_that_of_the_sample() -> None:
    sample = np.array([[0.1, 0], [0.3, 0]], dtype=np.float32)
    usual = usual_fit(QUESTION, sample, 7)
    assert usual is not None
    assert (usual.mean, usual.spread) == pytest.approx((0.2, 0.1))
    assert usual.sentences == 7
    assert usual_fit(QUESTION, sample[:1], 1) is None


@pytest.mark.parametrize(
    ("question", "only_time"),
    [
        ("What happened last week?", True),
        ("Was ist letzte Woche passiert?", True),
        ("ماذا حدث في تشرين الثاني 2017؟", True),
        ("Что произошло в ноябре 2017 года?", True),
        ("Que s'est-il passé en novembre 2017 ?", True),
        ("Which news is there from November 2017?", True),
        ("What happened?", False),
        ("What happened in Rawa last week?", False),
        ("Wer hat letzte Woche Rawa eingenommen?", False),
        ("How much wheat was harvested in 2017?", False),
    ],
)
def test_a_question_for_a_time_and_nothing_else_is_known(question: str, only_time: bool) -> None:
    query = understand(question, None, TODAY)
    assert query.only_time == only_time
    assert len(query.telling) == len(query.words)


@pytest.mark.parametrize(
    ("question", "language", "asked"),
    [
        ("Who controls Raqqa today?", "en", False),
        ("Who controls Raqqa as of today?", "en", False),
        ("Wer kontrolliert Rakka heute?", "de", False),
        ("من يسيطر على الرقة اليوم؟", "ar", False),
        ("Кто контролирует Ракку сегодня?", "ru", False),
        ("Qui contrôle Raqqa aujourd'hui ?", "fr", False),
        ("Who controls Raqqa this week?", "en", True),
        ("What happened in Raqqa today?", "en", True),
        ("Was geschah heute in Rakka?", "de", True),
    ],
)
def test_who_holds_a_town_today_is_no_question_about_a_day(question: str, language: str, asked: bool) -> None:
    assert bool(understand(question, None, TODAY, language).windows) == asked


@pytest.mark.parametrize("question", ["What happened last week?", "Was ist letzte Woche passiert?"])
def test_what_happened_in_a_time_is_answered_from_it(sample: Assistant, question: str) -> None:
    answer = sample.ask(question, today=TODAY)
    assert answer.refusal is None
    for citation in answer.citations:
        first, last = citation.report.published.earliest, citation.report.published.latest
        assert first is not None
        assert last is not None
        assert last >= dt.date(2017, 11, 13)
        assert first <= dt.date(2017, 11, 20)


@pytest.mark.parametrize("question", ["Was geschah im November 2017 in Rawa?", "What happened in Rawa?"])
def test_what_happened_in_a_place_is_answered_by_what_names_it(sample: Assistant, question: str) -> None:
    answer = sample.ask(question)
    assert answer.refusal is None
    assert any("rawa" in citation.report.text.casefold() for citation in answer.citations)


def test_a_time_without_reports_is_what_is_missing(sample: Assistant) -> None:
    answer = sample.ask("What happened in May 1990?")
    assert (answer.refusal, answer.missing) == (Refusal.NOT_IN_REPORTS, Missing.TIME)


@pytest.mark.parametrize(
    "limits",
    [
        Filter(languages=frozenset({"fr"})),
        Filter(languages=frozenset({"de"}), sources=frozenset({"Levant Desk"})),
        Filter(places=frozenset({"Atlantis"})),
        Filter(until=dt.date(1990, 1, 1)),
    ],
)
def test_that_no_report_is_within_the_limits_is_said_so(sample: Assistant, limits: Filter) -> None:
    for question in ("Who controls Abu Kamal?", "What happened last week?", "What is the capital of Peru?"):
        answer = sample.ask(question, limits, TODAY)
        assert (answer.refusal, answer.missing) == (Refusal.NOT_IN_REPORTS, Missing.LIMITS)
        assert "limits" in answer.summary
        assert "passages" not in answer.summary, "there are none to look at"
    assert sample.ask("What happened in May 1990?", today=TODAY).missing is Missing.TIME


def test_a_large_town_is_not_named_by_consonants_that_others_have(tiny: Assistant) -> None:
    tiny.ingest([make_report("The Front claimed responsibility for the bombing at Nayrab.")])
    answer = tiny.ask("Who claimed responsibility for the bombing in Nairobi?")
    assert (answer.missing, "Nairobi" in answer.summary) == (Missing.PLACE, True)
    tiny.ingest([make_report("Nobody claimed responsibility for the bombing at Sulaimaniyeh.", title="b")])
    assert tiny.ask("من تبنى التفجير في السليمانية؟").missing is not Missing.PLACE, "they may be the same"


@pytest.mark.parametrize(
    ("question", "name"),
    [("What is the capital of Peru?", "Peru"), ("Was ist die Hauptstadt von Bolivien?", "Bolivien")],
)
def test_a_place_that_no_report_names_is_told_by_its_name(sample: Assistant, question: str, name: str) -> None:
    answer = sample.ask(question)
    assert answer.missing is Missing.PLACE
    assert name in answer.summary
    assert answer.hits


@pytest.mark.parametrize(
    "question",
    ["Who controls al-Qaim?", "Wer kontrolliert al-Kaim?", "من يسيطر على القائم؟", "Кто контролирует Эль-Каим?"],
)
def test_the_state_of_a_place_is_told_by_what_names_it_and_tells_who_took_it(sample: Assistant, question: str) -> None:
    answer = sample.ask(question, today=TODAY)
    assert any("Iraqi forces took al-Qaim" in citation.quote for citation in answer.citations)
    assert all(citation.names for citation in answer.citations)


def test_another_towns_fate_is_not_that_of_the_one_that_is_asked_about(sample: Assistant) -> None:
    mosul = sample.ask("Who controls Mosul?", today=TODAY)
    assert [citation.names[0].name for citation in mosul.citations] == ["Mosul"]
    assert sample.ask("Who controls Halabja?", today=TODAY).missing is Missing.SUBJECT  # named for an earthquake
