"""A model rewrites follow-ups: what is made of the conversation's words counts, and nothing else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant import Assistant, Conversation, Settings
from assistant.condensing import condense
from assistant.embedding import Embedder
from assistant.gazetteer import GeoNames
from assistant.llm import LlamaIndexModel
from assistant.patience import Patience
from assistant.scripted_llm import ScriptedLLM
from assistant.turns import Carried, CarriedKind, Understood

TODAY = dt.date(2018, 1, 15)
PATIENCE = Patience(first=10.0, total=10.0)
EARLIER = ["Who led the assault on Abu Kamal in November 2017?"]


def rewritten(reply: str, question: str, gazetteer: GeoNames, earlier: list[str] = EARLIER) -> Understood | None:
    model = LlamaIndexModel.of(ScriptedLLM(replies=[reply]))
    return condense(model, PATIENCE, question, earlier, gazetteer, TODAY)


def test_a_question_made_of_the_words_of_the_conversation_counts(gazetteer: GeoNames) -> None:
    found = rewritten("“How many fighters led the assault on Abu Kamal?”\n", "How many fighters?", gazetteer)
    assert found is not None
    assert found.question == found.topic == "How many fighters led the assault on Abu Kamal?"
    assert found.carried == (Carried(CarriedKind.PLACE, "Abu Kamal"),)


@pytest.mark.parametrize(
    "reply",
    [
        "How many fighters led the assault on Raqqa?",  # a place that nobody named
        "How many Hezbollah fighters led the assault on Abu Kamal?",  # a group
        "How many fighters led the assault on Abu Kamal in December 2017?",  # a time
        "How many of the 300 fighters led the assault on Abu Kamal?",  # a number
        "How many fighters deserted in the assault on Abu Kamal?",  # another matter
        "Who led the assault on Abu Kamal?",  # what was asked is lost
        "The assault was led by fighters.\nHow many?",
        "How many fighters led the assault on Abu Kamal? See http://evil.example.",
        "x" * 500,
        " ",
    ],
)
def test_what_is_made_up_or_lost_does_not_count(reply: str, gazetteer: GeoNames) -> None:
    assert rewritten(reply, "How many fighters?", gazetteer) is None


@pytest.mark.parametrize(
    ("earlier", "question", "reply", "counts"),
    [
        ("Who led the assault on Abu Kamal?", "Who did not?", "Who led the assault on Abu Kamal?", False),
        ("Who led the assault on Abu Kamal?", "And Rawa?", "Who did not lead the assault on Rawa?", False),
        ("Who did not lead the assault on Abu Kamal?", "And Rawa?", "Who did not lead the assault on Rawa?", True),
        ("Who did not lead the assault on Abu Kamal?", "And Rawa?", "Who led the assault on Rawa?", False),
        (
            "Who led the assault on Abu Kamal?",
            "Who did not lead it?",
            "Who did not lead the assault on Abu Kamal?",
            True,
        ),
        (
            "Who led the assault on Abu Kamal?",
            "Who didn't lead it?",
            "Who did not lead the assault on Abu Kamal?",
            True,
        ),
        ("Who denied the attack on Rawa?", "Who carried it out?", "Who carried out the attack on Rawa?", True),
        ("Wer griff Abu Kamal an?", "Und Rawa nicht?", "Wer griff Rawa an?", False),
        ("Rakka'yı kim aldı?", "Peki Rakka'yı kim almadı?", "Rakka'yı kim almadı?", True),
        ("Kdo obsadil Rakku?", "A kdo Rakku neobsadil?", "Kdo Rakku neobsadil?", False),
    ],
)
def test_a_negation_is_neither_lost_nor_added(
    gazetteer: GeoNames, earlier: str, question: str, reply: str, counts: bool
) -> None:
    assert (rewritten(reply, question, gazetteer, [earlier]) is not None) == counts


def test_the_question_itself_has_to_stay(gazetteer: GeoNames) -> None:
    assert rewritten("Who led the assault on Abu Kamal?", "And Rawa?", gazetteer) is None
    assert rewritten("Who led the assault on Rawa?", "And Rawa?", gazetteer) is not None


def test_the_model_is_shown_questions_alone(gazetteer: GeoNames) -> None:
    llm = ScriptedLLM(replies=["Who led the assault on Rawa?"])
    condense(LlamaIndexModel.of(llm), PATIENCE, "And Rawa?", [f"Who is {n}?" for n in range(9)], gazetteer, TODAY)
    (request,) = llm.requests
    assert "Who is 8?" in request
    assert "Who is 3?" not in request
    assert "And Rawa?" in request


def test_at_the_beginning_nobody_is_asked(gazetteer: GeoNames) -> None:
    llm = ScriptedLLM(replies=["x"])
    assert condense(LlamaIndexModel.of(llm), PATIENCE, "And Rawa?", [], gazetteer, TODAY) is None
    assert llm.requests == []


def talking(sample_index: Path, embedder: Embedder, reply: str) -> tuple[Conversation, ScriptedLLM]:
    """A conversation over the samples with a model that says this, whether it is to rewrite or to answer."""
    llm = ScriptedLLM(replies=[reply])
    assistant = Assistant(settings=Settings(data=sample_index, keep=False), embedder=embedder, llm=llm)
    return assistant.conversation(), llm


def test_in_a_conversation_the_model_rewrites_what_the_rules_cannot(sample_index: Path, embedder: Embedder) -> None:
    talk, llm = talking(sample_index, embedder, "How many fighters led the assault on Abu Kamal?")
    talk.ask("Who led the assault on Abu Kamal?")
    assert talk.ask("How many fighters led the assault?").resolved == "How many fighters led the assault on Abu Kamal?"
    assert any("Questions so far:" in request for request in llm.requests)


def test_where_the_model_makes_something_up_the_rules_decide(sample_index: Path, embedder: Embedder) -> None:
    talk, _ = talking(sample_index, embedder, "Who took Damascus in 2019?")
    talk.ask("Who took Abu Kamal?")
    assert talk.ask("And al-Qaim?").resolved == "Who took al-Qaim?"


def test_a_question_that_names_its_own_subject_is_not_shown_to_the_model_as_a_follow_up(
    sample_index: Path, embedder: Embedder
) -> None:
    talk, llm = talking(sample_index, embedder, "Nothing.")
    talk.ask("Who took Abu Kamal?")
    assert talk.ask("Who took Rawa in November 2017?").resolved is None
    assert talk.ask("who says so?").resolved == "who says so? Who took Rawa in November 2017?"
    assert not [request for request in llm.requests if "Questions so far:" in request]
