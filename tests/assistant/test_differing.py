"""Which cited sentences are said to contradict each other, and which only look like it."""

from __future__ import annotations

import re

import pytest

from assistant.background import background_for
from assistant.differing import differing
from assistant.embedding import Embedder, Vectors
from assistant.extractive import answer_with
from assistant.records import CaveatKind, Citation, Mention, Passage, Sentence, Statement
from assistant.wording import load_wording
from tests.helpers import make_report

STRUCK = "At least 45 civilians were killed in the air strike on Mayadin on Tuesday."
STRUCK_TOO = "The air strike on Mayadin killed 23 civilians on Tuesday, residents said."
ENTERED, NOT_ENTERED = "The army has entered Abu Kamal.", "The army has not entered Abu Kamal, residents said."
HELD, HELD_BY_OTHERS = "The Syrian army controls Abu Kamal.", "Islamic State controls the town of Abu Kamal."


class Cited:
    """Sentences of reports of their own, each from a source of its own, with their vectors."""

    def __init__(self, embedder: Embedder, *told: tuple[str, str, str], sources: str = "ABC") -> None:
        background = background_for(embedder.identity)
        self.citations: list[Citation] = []
        self.vectors: dict[Sentence, Vectors] = {}
        for number, (text, language, day) in enumerate(told, start=1):
            report = make_report(text, language=language, published=day, source=sources[number - 1], title=text)
            names = [
                Mention(m.start(), m.end(), "place:1", m[0])
                for m in re.finditer("Abu Kamal|البوكمال|Rawa", report.text)
            ]
            passage = Passage(report.id, report.id, 0, len(text), 0, 0)
            self.citations.append(Citation(number, report, 0, len(text), passage, tuple(names)))
            vector = background.centre_passages(embedder.embed_passages([text]), language)[0]
            self.vectors[Sentence(report.id, 0, 0, len(text))] = vector

    def differing(self, *, state: bool = False) -> list[tuple[int, int]]:
        return list(differing(self.citations, self.vectors, state=state))


@pytest.mark.parametrize(
    ("one", "other", "language", "state"),
    [
        (STRUCK, STRUCK_TOO, "en", False),
        (
            "Bei dem Luftangriff auf Majadin starben am Dienstag 45 Zivilisten.",
            "Der Luftangriff auf Majadin am Dienstag tötete 23 Zivilisten, sagen Bewohner.",
            "de",
            False,
        ),
        (
            "قتل 45 مدنيا في الغارة على الميادين يوم الثلاثاء.",
            "أدت الغارة على الميادين يوم الثلاثاء إلى مقتل 23 مدنيا، بحسب السكان.",
            "ar",
            False,
        ),
        (ENTERED, NOT_ENTERED, "en", False),
        ("دخل الجيش مدينة البوكمال، بحسب القيادة.", "لم يدخل الجيش مدينة البوكمال، بحسب السكان.", "ar", True),
        (HELD, HELD_BY_OTHERS, "en", True),
    ],
)
def test_what_contradicts_is_told(embedder: Embedder, one: str, other: str, language: str, state: bool) -> None:
    cited = Cited(embedder, (one, language, "2017-11-09"), (other, language, "2017-11-09"))
    assert cited.differing(state=state) == [(1, 2)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Iraqi army took Rawa on Friday.", "The SDF took the Omar oil field on Friday."),
        ("12 soldiers were killed in Rawa.", "Thirty soldiers were wounded near al-Qaim on Sunday."),
        ("12 civilians died in an air strike on Idlib.", "5 civilians died in an air strike on Saraqib."),
        (STRUCK, "A second strike on Mayadin destroyed 3 houses; nobody was hurt."),
        ("The army took Abu Kamal.", "The army took Abu Kamal; its residents have not returned."),
        ("The Syrian army took Abu Kamal from Islamic State.", "Islamic State lost Abu Kamal to the Syrian army."),
        ("At least 5 people were killed in Rawa on Friday.", "12 people were wounded in Rawa on Friday."),
        ("At least 5 people were killed in Rawa on Friday.", "12 people were killed in Rawa on Friday."),
        ("The shelling killed 5 people and wounded dozens.", "The shelling wounded 12 people and killed several."),
        ("5 people were fined in Rawa on Friday.", "12 people were married in Rawa on Friday."),
        ("Some 2,000 people fled Rawa in the first week.", "Some 300 families fled Rawa in the first week."),
    ],
)
def test_what_only_looks_like_it_is_not(embedder: Embedder, one: str, other: str) -> None:
    assert Cited(embedder, (one, "en", "2017-11-09"), (other, "en", "2017-11-09")).differing(state=True) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("The army took Raqqa without heavy losses.", "en"), ("سيطر الجيش على الرقة.", "ar")),
        (("The army did not lose anybody in Raqqa.", "en"), ("Ordu Rakka'da kimseyi kaybetmedi.", "tr")),
        (("Armáda Rakku obsadila.", "cs"), ("Armáda Rakku neobsadila.", "cs")),
    ],
)
def test_what_cannot_be_compared_contradicts_nothing(
    embedder: Embedder, one: tuple[str, str], other: tuple[str, str]
) -> None:
    cited = Cited(embedder, (*one, "2017-11-09"), (*other, "2017-11-09"))
    same = next(iter(cited.vectors.values()))
    cited.vectors = dict.fromkeys(cited.vectors, same)  # as near as can be
    assert cited.differing(state=True) == []


def test_one_source_and_two_times_contradict_nothing(embedder: Embedder) -> None:
    there, later = (STRUCK, "en", "2017-11-09"), (STRUCK_TOO, "en", "2017-11-19")
    assert Cited(embedder, there, later).differing() == []
    assert Cited(embedder, there, (STRUCK_TOO, "en", "2017-11-09"), sources="AA").differing() == []
    assert Cited(embedder, (HELD, "en", "2017-11-09"), (HELD_BY_OTHERS, "en", "2017-11-12")).differing(state=True) == []


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_the_answer_says_so_in_its_language(embedder: Embedder, language: str) -> None:
    cited = Cited(embedder, (ENTERED, "en", "2017-11-09"), (NOT_ENTERED, "en", "2017-11-09"))
    statements = [Statement(citation.quote, (citation.number,)) for citation in cited.citations]
    wording = load_wording(language)
    answer = answer_with("Did it?", statements, cited.citations, [], wording, vectors=cited.vectors)
    (caveat,) = [caveat for caveat in answer.caveats if caveat.kind is CaveatKind.SOURCES_DIFFER]
    assert caveat.citations == (1, 2)
    assert caveat.text == wording.say("caveat_sources_differ", numbers="[1] [2]")


def test_what_is_told_of_two_days_contradicts_nothing(embedder: Embedder) -> None:
    told = "A suicide bomber killed {} people in an attack on a wedding in Hasakeh on {}."
    days = ("Monday", "Monday"), ("Monday", "Thursday"), ("3 October", "3 October 2016"), ("3 October", "5 October")
    found = [
        Cited(embedder, (told.format(30, a), "en", "2016-10-06"), (told.format(29, b), "en", "2016-10-06")).differing()
        for a, b in days
    ]
    assert found == [[(1, 2)], [], [(1, 2)], []]
