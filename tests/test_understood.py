"""How a question was understood: the parts that an answer tells, and the questions that are left without each."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Assistant
from assistant.gazetteer import GeoNames
from assistant.query import understand
from assistant.question_parts import cut, described
from assistant.records import Caveat, CaveatKind, QuestionPart
from assistant.turns import ALONE, Carried, CarriedKind, Turn, Understood
from assistant.ui.answers import answer_html
from assistant.ui.labels import LANGUAGES, label
from assistant.ui.understood import parts_html
from tests.helpers import hard_texts
from tests.test_page import HOSTILE, Elements, make_answer, make_report

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
    for language in LANGUAGES:
        assert all(label(language, f"caveat_{kind.value}") for kind in CaveatKind)
