"""How a question was understood: the parts that an answer tells, and the questions that are left without each."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Assistant
from assistant.gazetteer import GeoNames
from assistant.query import understand
from assistant.question_parts import cut, described
from assistant.records import Caveat, CaveatKind, Confidence, Copy, Mention, QuestionPart, Statement, Support
from assistant.turns import ALONE, Carried, CarriedKind, Turn, Understood
from assistant.ui.answers import answer_html
from assistant.ui.cards import sources_html
from assistant.ui.labels import LANGUAGES, label
from assistant.ui.understood import parts_html
from tests.helpers import hard_texts
from tests.test_page import ANSWERS_ONLY, HOSTILE, Elements, make_answer, make_refusal, make_report, own_labels

TODAY = dt.date(2017, 11, 20)
NOVEMBER = (dt.date(2017, 11, 1), dt.date(2017, 11, 30))


def parts_of(question: str, gazetteer: GeoNames) -> list[tuple[object, ...]]:
    times = understand(question, gazetteer, TODAY).times
    found = described(question, times, gazetteer, TODAY)
    return [(part.kind, part.text, part.without, part.since, part.until) for part in found]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who controls Abu Kamal?", [("place", "Abu Kamal", "Who controls?", None, None)]),
        (
            "Who took al-Qaim in November 2017?",
            [
                ("place", "al-Qaim", "Who took in November 2017?", None, None),
                ("time", "in November 2017", "Who took al-Qaim?", *NOVEMBER),
            ],
        ),
        (
            "Was geschah in Abu Kamal seit dem 9. November 2017?",
            [
                ("place", "Abu Kamal", "Was geschah seit dem 9. November 2017?", None, None),
                ("time", "seit dem 9. November 2017", "Was geschah in Abu Kamal?", dt.date(2017, 11, 9), None),
            ],
        ),
        ("Abu Kamal?", [("place", "Abu Kamal", None, None, None)]),
        ("What is the weather?", []),
    ],
)
def test_the_parts_of_a_question(question: str, expected: list[object], gazetteer: GeoNames) -> None:
    assert parts_of(question, gazetteer) == expected


@given(hard_texts, st.data())
def test_what_is_left_has_nothing_new(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert re.sub(r"\s", "", cut(text, start, end)).lstrip(" ,،;") == re.sub(
        r"\s", "", text[:start] + text[end:]
    ).lstrip(" ,،;")


def test_the_answer_tells_its_parts_at_every_door(sample: Assistant) -> None:

    for question in ("Who took al-Qaim in November 2017?", "What is the capital of Peru?"):
        answer = sample.ask(question)
        assert answer.parts
        assert [part["text"] for part in answer.to_dict()["parts"]] == [part.text for part in answer.parts]
    found = sample.ask("What happened in Deir ez-Zor after the capture of Abu Kamal?")
    times = [part for part in found.parts if part.kind == "time"]
    assert times
    assert times[0].since is not None  # as the reports date the capture


def test_a_conversation_takes_a_question_as_it_stands(sample: Assistant) -> None:

    conversation = sample.conversation()
    conversation.ask("Who took Abu Kamal in November 2017?")
    assert conversation.ask("And al-Qaim?", without=ALONE).resolved is None


def make_turn(answer: Answer, question: str = "who?", carried: tuple[Carried, ...] = ()) -> Turn:
    return Turn(
        1, question, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), Understood("who?", "who?", carried=carried), answer
    )


PARTS = (
    QuestionPart("place", HOSTILE, HOSTILE),
    QuestionPart("time", "last week", "Who?", dt.date(2017, 11, 13), dt.date(2017, 11, 19)),
    QuestionPart("time", "since then", None, dt.date(2017, 11, 9), None),
    QuestionPart("time", "before", "Who?", None, dt.date(2017, 11, 9)),
)


def test_each_part_says_what_it_means_and_can_be_taken_away() -> None:
    shown = parts_html(make_turn(replace(make_answer(make_report()), parts=PARTS)))
    elements = Elements(shown)
    assert {tag for tag, _ in elements.seen} == {"ul", "li", "b", "bdi", "button"}
    assert not any(name.startswith("on") for _, attributes in elements.seen for name in attributes)
    assert [button["data-ask"] for button in elements.all("button")] == [HOSTILE, "Who?", "Who?"]
    text = re.sub("<[^>]*>", "", shown)
    for expected in ("= Nov 13 – 19, 2017", "= from November 9, 2017", "= until November 9, 2017"):
        assert expected in text.replace("\u2009", " ")


def test_what_was_carried_over_says_so() -> None:
    answer = replace(make_answer(make_report()), parts=(QuestionPart("place", "Rawa", "Who took?"),))
    carried = (Carried(CarriedKind.PLACE, "Rawa"), Carried(CarriedKind.SUBJECT, HOSTILE))
    shown = parts_html(make_turn(answer, "And then?", carried))
    assert shown.count("carried over") == 2
    assert [button["data-ask"] for button in Elements(shown).all("button")] == ["Who took?", "And then?"]
    assert "carried over" not in parts_html(make_turn(answer, "And in Rawa?", carried[:1]))
    assert parts_html(make_turn(make_answer(make_report()))) == ""


def test_caveats_of_a_kind_share_a_label_that_names_those_of_the_sources_that_it_is_about() -> None:
    answer = make_answer(make_report())
    two = (answer.citations[0], replace(answer.citations[0], number=2))
    caveats = (
        Caveat(CaveatKind.UNCONFIRMED, HOSTILE, (2,)),
        Caveat(CaveatKind.UNCONFIRMED, "Also this.", (2,)),
        Caveat(CaveatKind.ONE_SOURCE, "One.", (1, 2)),
    )
    shown = answer_html(replace(answer, citations=two, caveats=caveats), 1)
    labels = re.findall("<summary>(.*?)</summary>", shown)
    assert labels == ["Unconfirmed <bdi>[2]</bdi>", "One source <bdi></bdi>"]
    assert "<img" not in shown
    assert shown.index("Also this.") < shown.index("<blockquote")


def test_every_kind_of_caveat_has_a_label() -> None:
    for language in (*LANGUAGES, *ANSWERS_ONLY):
        assert all(label(language, f"caveat_{kind.value}") for kind in CaveatKind)


AROUND = " :=·()"


@pytest.mark.parametrize("language", ANSWERS_ONLY)
def test_no_english_word_stands_around_an_answer_in_a_language_that_the_page_is_not_shown_in(language: str) -> None:
    own = own_labels(language)
    english = {
        name: re.compile(re.sub(r"\\\$\w+", ".+", re.escape(text.strip(AROUND))))
        for name, text in own_labels("en").items()
        if own.get(name) != text
    }
    seen = words_around(language)
    assert {name for name, pattern in english.items() if any(map(pattern.fullmatch, seen))} == set()
    assert own["open_report"] in seen
    # All that there is for English is seen here, so that nothing was missed in the other language.
    words = {text.strip(AROUND) for name, text in own_labels("en").items() if name in own and "$" not in text}
    assert words <= words_around("en")


def words_around(language: str) -> set[str]:
    """What is read or heard around an answer that has something of everything, and around one that was declined."""
    numbers = ("deaths_low", "deaths_best", "deaths_high")
    event = {"event_id": "1", "actor_a": "1", "place": "1", **dict.fromkeys(numbers, "1")}
    report = replace(make_report(published="2017-11"), details=event)
    counted = replace(make_report(published="2017"), details={"event_id": "1", "deaths_reported": "1"})
    copies = (Copy(report, 0, 5, True), Copy(report, 0, 5, True))
    why = dict.fromkeys(("dense", "lexical", "place", "date", "reading"), 0.1)
    full = replace(
        make_answer(report, language),
        caveats=tuple(Caveat(kind, "1", (1,)) for kind in CaveatKind),
        statements=(Statement("1", (1,)), Statement("1", (), Support.NOT)),
        parts=(*PARTS, QuestionPart("group", "1")),
    )
    markup = parts_html(make_turn(full, carried=(Carried(CarriedKind.SUBJECT, "1"),)))
    for shown, level, others in zip((report, counted, counted), Confidence, (copies, copies[:1], ()), strict=True):
        cited = replace(
            make_answer(shown).citations[0], score=0.1, why=why, copies=others, names=(Mention(0, 5, "", "1"),)
        )
        answer = replace(full, citations=(cited,), confidence=level)
        markup += answer_html(answer, 1) + sources_html(answer, 1, TODAY.replace(year=2026))
    refusal = make_refusal([report], language)
    markup += answer_html(refusal, 1) + sources_html(refusal, 1)
    told = re.findall('(?:aria-label|title|data-text|data-done|data-failed)="([^"]*)"', markup)
    read = re.sub("<bdi>.*?</bdi>", "", re.sub('<p class="passage".*?</p>', "", markup, flags=re.DOTALL))
    return {html.unescape(one).strip(AROUND) for one in (*told, *re.split("<[^>]*>", read))}
