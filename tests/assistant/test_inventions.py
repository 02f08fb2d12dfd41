"""A model that invents: whatever it makes up of a report, none of it reaches the reader as supported."""

from __future__ import annotations

from typing import Any

import pytest

from assistant import Report
from assistant.answering import Asked
from assistant.background import background_for
from assistant.checking import Checker
from assistant.dates import PartialDate
from assistant.embedding import Embedder
from assistant.extractive import Extractive
from assistant.gazetteer import GeoNames
from assistant.generative import Generative
from assistant.llm import LlamaIndexModel
from assistant.patience import Patience
from assistant.records import Answer, Hit, Passage, ScoredSentence, Support
from assistant.scripted_llm import ScriptedLLM
from assistant.sentences import split_sentences
from tests.assistant.test_checking import RECORDS

NONE_SUCH = "k7k"  # no drawn key has one letter twice
QUESTIONS = {"en": "What happened there?", "de": "Was ist dort geschehen?", "ar": "ماذا حدث هناك؟"}


def hit_of(record: dict[str, Any]) -> Hit:
    """The whole report of a record, as one passage that was found."""
    given = record["report"]
    published = PartialDate.parse(given["published"])
    report = Report.make(
        given["text"], title="", published=published, source=given["source"], language=given["language"]
    )
    sentences = split_sentences(report.id, report.text, report.language)
    passage = Passage(f"{report.id}:0", report.id, 0, len(report.text), 0, len(sentences) - 1)
    return Hit(report, passage, tuple(ScoredSentence(one, 0.5) for one in sentences), 0.5, {"dense": 0.5})


def cited(statement: str, key: str) -> str:
    """The statement with a key before what ends it."""
    return f"{statement[:-1]} {key}{statement[-1]}" if statement[-1] in ".؟!?" else f"{statement} {key}."


@pytest.mark.parametrize("language", QUESTIONS)
def test_no_invention_of_a_model_reaches_the_reader_as_supported(
    language: str, embedder: Embedder, gazetteer: GeoNames
) -> None:
    checker = Checker(embedder, background_for(embedder.identity), gazetteer)
    records = [record for record in RECORDS if record["language"] == language]
    kinds, kept = set[str](), 0
    for record in records:
        told = record["cited"][:20]
        invented = {**record["invented"], "key": record["true"][0]}
        kinds |= invented.keys()
        drafts = [cited(text, f"{{{told}}}" if kind != "key" else f"[{NONE_SUCH}]") for kind, text in invented.items()]
        llm = ScriptedLLM(replies=[" ".join([*drafts, cited(record["true"][1], f"{{{told}}}")])], size=60)
        answerer = Generative(
            LlamaIndexModel.of(llm), lambda: checker, Extractive(), Patience(60, 60), show_unsupported=True
        )
        asked = Asked(QUESTIONS[language], (hit_of(record),))
        answer = next(said for said in answerer.stream(asked) if isinstance(said, Answer))
        shown = [one.text for one in answer.statements if one.support is Support.SUPPORTED]
        assert not [text for text in invented.values() if text in shown], record["id"]
        kept += record["true"][1] in shown
    assert len(records) >= 10
    assert kinds == {"actor", "number", "date", "negation", "key", "quote", "url"}
    assert kept >= len(records) / 2  # it is no check that finds nothing supported
