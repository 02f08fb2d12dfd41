"""Times that a question tells by an event."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.anchors import date_told, find_anchors, window
from assistant.dates import PartialDate
from assistant.records import Hit, Mention, Passage, Report, ScoredSentence, Sentence


@pytest.mark.parametrize(
    ("language", "question", "operator", "event"),
    [
        ("en", "Who held the town before the counter-attack?", "before", "the counter-attack"),
        ("en", "Before Raqqa was liberated, who paid the bakers?", "before", "Raqqa was liberated"),
        ("en", "What has changed since the ceasefire in Idlib?", "since", "the ceasefire in Idlib"),
        ("de", "Wer saß im Rathaus, bevor die Stadt erobert wurde?", "before", "die Stadt erobert wurde"),
        ("de", "Was geschah nach der Einnahme von Rawa?", "after", "der Einnahme von Rawa"),
        ("de", "Was geschah nach Russlands erstem Luftangriff?", "after", "Russlands erstem Luftangriff"),
        ("de", "Wer hielt Rakka vor dem Ende der Belagerung?", "before", "Ende der Belagerung"),
        ("de", "Was geschah vor Ort nach dem Angriff?", "after", "Angriff"),
        ("de", "Wie viele flohen, bevor die Stadt fiel?", "before", "die Stadt fiel"),
        ("ar", "ماذا حدث بعد الهجوم على المدينة؟", "after", "الهجوم على المدينة"),
        ("ar", "من كان هناك قبل انسحاب داعش؟", "before", "انسحاب داعش"),
        ("ru", "Что было после взятия города?", "after", "взятия города"),
        ("fr", "Qui tenait la ville avant la chute de Mossoul ?", "before", "la chute de Mossoul"),
    ],
)
def test_an_event_that_dates_something_is_found(language: str, question: str, operator: str, event: str) -> None:
    [anchor] = find_anchors(question, language)
    assert (anchor.operator, anchor.event) == (operator, event)
    assert question[anchor.start : anchor.end].endswith(event)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Who was killed in November 2017?"),
        ("en", "Who is it, after all?"),
        ("en", "Before the capture?"),
        ("en", "Was the town taken from the rebels by an attack?"),
        ("de", "Wer führt die Stadt nach Angaben der Bewohner?"),
        ("de", "Wie viele starben nach Angaben eines Polizisten bei der Einnahme von Rawa?"),
        ("de", "Wer hielt nach unbestätigten Berichten die Stadt bei dem Angriff?"),
        ("fr", "Combien d’hommes sont morts, d’après l’armée, à la prise de Rawa ?"),
        ("de", "Wurde die Stadt von der Armee erobert?"),
        ("de", "Wer wurde auf dem Weg nach Damaskus getötet?"),
        ("de", "Wie viele flohen vor der Offensive in Idlib?"),
        ("de", "Endete nach rd. acht Wochen der Kampf um die Stadt?"),
        ("de", "Wer warnte vor dem Angriff?"),
        ("ar", "من قُتل من قبل داعش في هجوم الكرادة؟"),
        ("ru", "Кто воевал с армией до 2016 года?"),
        ("ja", "占領の前に誰が町を支配していたか?"),
    ],
)
def test_what_dates_nothing_is_left_alone(language: str, question: str) -> None:
    assert find_anchors(question, language) == []


@given(st.dates(dt.date(1900, 1, 2), dt.date(2100, 1, 1)))
def test_before_and_after_a_day_leave_it_out_and_until_and_since_do_not(day: dt.date) -> None:
    spans = {name: window(name, PartialDate.of(day)) for name in ("before", "after", "until", "since")}
    assert {name: span is not None and span.overlaps(day, day) for name, span in spans.items()} == {
        "before": False,
        "after": False,
        "until": True,
        "since": True,
    }
    eve, morrow = day - dt.timedelta(days=1), day + dt.timedelta(days=1)
    assert spans["before"] is not None
    assert spans["after"] is not None
    assert spans["before"].overlaps(eve, eve)
    assert spans["after"].overlaps(morrow, morrow)


def test_any_day_of_a_vague_date_may_be_the_events() -> None:
    november = PartialDate(2017, 11)
    for operator in ("before", "after"):
        span = window(operator, november)
        assert span is not None
        assert span.overlaps(dt.date(2017, 11, 15), dt.date(2017, 11, 15))
    assert window("before", PartialDate()) is None


def test_the_sentence_tells_the_date_before_its_report_does() -> None:
    report = Report.make("They took it on 3 November. It was cold.", title="t", published=PartialDate(2017, 11, 4))
    sentences = (Sentence(report.id, 0, 0, 27), Sentence(report.id, 1, 28, 40))
    passage = Passage("p", report.id, 0, 40, 0, 1)
    mention = Mention(16, 26, "date:2017-11-03", "2017-11-03")
    first = Hit(report, passage, (ScoredSentence(sentences[0], 1.0), ScoredSentence(sentences[1], 0.0)), 1.0)
    second = Hit(report, passage, (ScoredSentence(sentences[0], 0.0), ScoredSentence(sentences[1], 1.0)), 1.0)
    assert date_told(first, [mention]) == PartialDate(2017, 11, 3)
    assert date_told(second, [mention]) == PartialDate(2017, 11, 4)


def test_what_came_after_an_event_is_preferred(sample: Assistant) -> None:
    asked = "Was geschah in Abu Kamal {} der Einnahme von Rawa?"  # on 17 November
    day = dt.date(2017, 11, 17)

    def later(word: str) -> int:
        found = [hit.report.published.earliest for hit in sample.retrieve(asked.format(word), 5)]
        return sum(published is not None and published > day for published in found)

    assert later("nach") > later("vor") == 0
