"""Times that a question tells by an event."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.anchors import date_told, find_anchors, still_to_come, window
from assistant.dates import PartialDate, Window
from assistant.records import Hit, Mention, Passage, Report, ScoredSentence, Sentence
from assistant.time_words import OPERATORS, Operator


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
        # a clause, whatever its words are
        ("de", "Wer floh, nachdem die Vorräte zur Neige gingen?", "after", "die Vorräte zur Neige gingen"),
        ("fr", "Qui fuyait avant que la neige ne tombe ?", "before", "la neige ne tombe"),
        ("ar", "من هرب بعد أن نفدت المؤن؟", "after", "نفدت المؤن"),
        ("ru", "Кто бежал после того, как кончился хлеб?", "after", "кончился хлеб"),
        ("ru", "Кто вернулся с тех пор, как мост починили?", "since", "мост починили"),
        ("uk", "Хто повернувся відтоді, як міст полагодили?", "since", "міст полагодили"),
        # on its day
        ("en", "Who spoke on the day of the parade?", "in", "the parade"),
        ("de", "Wer sprach an dem Tag, an dem die Brücke wich?", "in", "die Brücke wich"),
        ("fr", "Qui a parlé le jour même de l'attaque ?", "in", "l'attaque"),
        # in one word with another
        ("de", "Wer half nach dem Giftgasangriff?", "after", "Giftgasangriff"),
        ("ar", "ماذا حدث في اليوم التالي لاتفاق المدن الأربع؟", "after", "لاتفاق المدن الأربع"),
        # up to what else is asked
        ("en", "Who fled before the assault and how many died?", "before", "the assault"),
        ("ru", "Кто бежал до штурма города и сколько погибло?", "before", "штурма города"),
        ("ar", "من هرب قبل الهجوم وكم قُتل؟", "before", "الهجوم"),
    ],
)
def test_an_event_that_dates_something_is_found(language: str, question: str, operator: str, event: str) -> None:
    [anchor] = find_anchors(question, language)
    assert (anchor.operator, anchor.event) == (operator, event)
    assert question[anchor.start : anchor.end].endswith(event)


@pytest.mark.parametrize(
    ("language", "question", "start"),
    [
        ("en", "Who fled two days after the attack?", "two days"),
        ("de", "Wer floh in den Tagen nach dem Angriff?", "in den Tagen"),
        ("fr", "Qui a fui juste avant l'assaut ?", "juste"),
        ("ru", "Кто бежал сразу после штурма?", "сразу"),
        ("ar", "من هرب بيومين بعد الهجوم؟", "بيومين"),
    ],
)
def test_what_says_that_it_was_within_days_belongs_to_it(language: str, question: str, start: str) -> None:
    [anchor] = find_anchors(question, language)
    assert anchor.soon
    assert question[anchor.start :].startswith(start)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Who fled 40 days after the attack?"),
        ("en", "Who fled two weeks after the attack?"),
        ("de", "Wer floh 40 Tage nach dem Angriff?"),
        ("fr", "Qui a fui trois semaines après l'assaut ?"),
    ],
)
def test_what_may_be_weeks_after_is_not_soon(language: str, question: str) -> None:
    [anchor] = find_anchors(question, language)
    assert not anchor.soon


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
        ("de", "Wer wartete vor dem Wasserfall?"),
        ("de", "Wer lebte in der Ehe Assads?"),
        ("de", "Wer führte nach Meldungen vom 9. November die Miliz?"),
        ("ar", "من قُتل من قبل داعش في هجوم الكرادة؟"),
        ("ru", "Кто воевал с армией до 2016 года?"),
        ("ru", "Сколько ударов в день наносят по городу?"),
        ("ru", "Кто стоял перед начальником штаба у моста?"),
        ("uk", "Хто дійшов до стратегічного мосту?"),
        ("ja", "占領の前に誰が町を支配していたか?"),
        ("en", "How many days after the missile attack was the port closed?"),
        ("en", "how long after the capture did the army admit its losses?"),
        ("de", "Wie lange nach der Einnahme von Rawa wurde gefeiert?"),
        ("de", "Wie viele Wochen vor dem Angriff kam die Warnung?"),
        ("ar", "بعد كم يوماً من الهجوم أُغلق الميناء؟"),
        ("ar", "كم يوماً بعد الهجوم أُغلق الميناء؟"),
        ("ru", "Через сколько дней после штурма закрыли порт?"),
        ("fr", "Combien de jours après l'attaque le port a-t-il été fermé ?"),
    ],
)
def test_what_dates_nothing_is_left_alone(language: str, question: str) -> None:
    assert find_anchors(question, language) == []


@given(st.dates(dt.date(1900, 1, 2), dt.date(2100, 1, 1)))
def test_a_day_is_not_before_itself_and_reports_of_after_an_event_may_be_of_the_same_day(day: dt.date) -> None:
    spans = {name: window(name, Window(day, day)) for name in OPERATORS}
    assert {name for name, span in spans.items() if span is None or not span.overlaps(day, day)} == {"before"}
    eve, morrow = day - dt.timedelta(days=1), day + dt.timedelta(days=1)
    assert spans["before"] is not None
    assert spans["after"] is not None
    assert spans["before"].overlaps(eve, eve)
    assert spans["after"].overlaps(morrow, morrow)
    month = dt.timedelta(days=31)
    sides: tuple[tuple[Operator, dt.date, dt.date], ...] = (
        ("before", eve, eve - month),
        ("after", morrow, morrow + month),
    )
    for operator, near, far in sides:
        soon = window(operator, Window(day, day), soon=True)
        assert soon is not None
        assert soon.overlaps(near, near)
        assert not soon.overlaps(far, far)
        assert not soon.overlaps(day, day) or operator == "after"


def test_any_day_of_a_vague_date_may_be_the_events() -> None:
    november = Window(dt.date(2017, 11, 1), dt.date(2017, 11, 30))
    for operator in ("before", "after"):
        span = window(operator, november)
        assert span is not None
        assert span.overlaps(dt.date(2017, 11, 15), dt.date(2017, 11, 15))
    assert window("before", Window()) is None


@pytest.mark.parametrize(
    ("language", "question", "rest", "since", "until"),
    [
        ("en", "Who held the town before the attack of 12 November 2017?", "Who held the town ?", None, 11),
        ("en", "Who fled the day after the attack on 12 November 2017?", "Who fled ?", 12, 22),
        ("de", "Wer hielt Rawa nach der Einnahme am 17. November 2017?", "Wer hielt Rawa ?", 17, None),
        ("ru", "Кто держал город до штурма 12 ноября 2017 года?", "Кто держал город ?", None, 11),
        ("ar", "من سيطر على راوة بعد الهجوم في 17 تشرين الثاني 2017؟", "من سيطر على راوة ؟", 17, None),
        ("fr", "Qui tenait Rawa avant l'assaut du 17 novembre 2017 ?", "Qui tenait Rawa  ?", None, 16),
    ],
)
def test_an_event_whose_day_the_question_tells_is_of_that_day(
    sample: Assistant, language: str, question: str, rest: str, since: int | None, until: int | None
) -> None:
    query = sample.find(question, 1, today=dt.date(2018, 1, 15)).query
    days = [None if day is None else dt.date(2017, 11, day) for day in (since, until)]
    assert [(span.since, span.until) for span in query.windows] == [tuple(days)]
    assert query.text == rest
    assert query.language == language


def test_the_sentence_tells_the_date_before_its_report_does() -> None:
    report = Report.make("They took it on 3 November. It was cold.", title="t", published=PartialDate(2017, 11, 4))
    sentences = (Sentence(report.id, 0, 0, 27), Sentence(report.id, 1, 28, 40))
    passage = Passage("p", report.id, 0, 40, 0, 1)
    mention = Mention(16, 26, "date:2017-11-03", "2017-11-03")
    first = Hit(report, passage, (ScoredSentence(sentences[0], 1.0), ScoredSentence(sentences[1], 0.0)), 1.0)
    second = Hit(report, passage, (ScoredSentence(sentences[0], 0.0), ScoredSentence(sentences[1], 1.0)), 1.0)
    assert date_told(first, [mention]) == PartialDate(2017, 11, 3)
    assert date_told(second, [mention]) == PartialDate(2017, 11, 4)


def test_what_a_sentence_only_expects_is_still_to_come() -> None:
    report = Report.make("Rawa is left to be retaken. Rawa fell.", title="t", published=PartialDate(), language="en")
    sentences = (Sentence(report.id, 0, 0, 27), Sentence(report.id, 1, 28, 38))
    passage = Passage("p", report.id, 0, 38, 0, 1)
    plan, fact = (
        Hit(report, passage, tuple(map(ScoredSentence, sentences, scores)), 1.0) for scores in ((1.0, 0.0), (0.0, 1.0))
    )
    assert (still_to_come(plan), still_to_come(fact)) == (True, False)


def test_what_came_after_an_event_is_preferred(sample: Assistant) -> None:
    asked = "Was geschah in Abu Kamal {} der Einnahme von Rawa?"  # on 17 November
    day = dt.date(2017, 11, 17)

    def later(word: str) -> int:
        found = [hit.report.published.earliest for hit in sample.retrieve(asked.format(word), 5)]
        return sum(published is not None and published > day for published in found)

    assert later("nach") > later("vor") == 0
