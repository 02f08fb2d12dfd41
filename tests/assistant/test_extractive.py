"""The extractive answerer: what it quotes, in which order, when it declines, and what it warns of."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.beside import MAX_STATEMENTS
from assistant.extractive import answer_from, decline, refuse
from assistant.records import (
    Answer,
    CaveatKind,
    Hit,
    Mention,
    Missing,
    Refusal,
)
from tests.assistant.hits import hit_of, one, quotes
from tests.helpers import make_report

TODAY = dt.date(2017, 12, 20)
STATE, EVENT = "Who controls Abu Kamal?", "When did the army enter the town?"


@st.composite
def some_hits(draw: st.DrawFn) -> list[Hit]:
    lines = st.sampled_from(
        ["Town A fell.", "town a  fell.", "Town B held.", "It is said to burn.", "They left.", "Es soll so sein."]
    )
    dates = st.sampled_from([None, "2016", "2017-11", "2017-11-09", "2017-11-19"])
    found = []
    for number in range(draw(st.integers(1, 8))):
        text = draw(st.lists(lines, min_size=1, max_size=4))
        report = make_report(
            "\n".join(text), title=str(number), published=draw(dates), source=draw(st.sampled_from([None, "S", "T"]))
        )
        found.append(hit_of(report, [draw(st.floats(-1, 1)) for _ in text]))
    return sorted(found, key=lambda hit: -hit.score)


@given(
    some_hits(),
    st.sampled_from([STATE, EVENT, "Wer kontrolliert Rawa?", "من يسيطر على البوكمال؟"]),
)
@settings(max_examples=300, deadline=None)
def test_an_answer_holds_together_whatever_the_hits(hits: list[Hit], question: str) -> None:
    answer = answer_from(question, hits)
    assert answer.hits == tuple(hits)
    assert answer.summary
    assert answer.refusal is None
    assert 1 <= len(answer.statements) <= MAX_STATEMENTS
    assert [n for statement in answer.statements for n in statement.citations] == [c.number for c in answer.citations]
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for statement in answer.statements:
        cited = [answer.citation(number) for number in statement.citations]
        assert statement.text == cited[0].quote
        assert len({citation.report.id for citation in cited}) == len(cited)
    for citation in answer.citations:
        assert citation.quote == citation.report.text[citation.start : citation.end]
        assert citation.passage.start <= citation.start < citation.end <= citation.passage.end
    assert answer.as_of == max((c.report.published for c in answer.citations), key=lambda date: date.recency)
    for caveat in answer.caveats:
        assert caveat.text
        assert set(caveat.citations) <= {citation.number for citation in answer.citations}


@given(some_hits())
@settings(max_examples=150, deadline=None)
def test_a_state_is_told_from_the_newest_report_on_with_one_sentence_a_report(hits: list[Hit]) -> None:
    answer = answer_from(STATE, hits)
    dates = [answer.citation(one.citations[0]).report.published.recency for one in answer.statements]
    assert dates == sorted(dates, reverse=True)
    ids = [citation.report.id for citation in answer.citations]
    assert len(set(ids)) == len(ids)


@given(some_hits())
@settings(max_examples=150, deadline=None)
def test_an_event_is_told_by_the_best_sentence_first(hits: list[Hit]) -> None:
    answer = answer_from(EVENT, hits)
    best = max((scored for hit in hits for scored in hit.sentences), key=lambda scored: scored.score)
    by_place = {(s.sentence.report_id, s.sentence.start): s.score for hit in hits for s in hit.sentences}
    first = answer.citations[0]
    assert by_place[first.report.id, first.start] == best.score


def test_the_sentence_beside_with_the_phrase_that_answers_is_quoted() -> None:
    report = make_report("The raid hit Saqba.\nEleven people died.\nNobody claimed it.")
    hit = hit_of(report, [0.6, 0.3, 0.2])
    raid, died, claimed = hit.sentences
    start = report.text.index("Eleven")
    found = replace(died, phrase=(start, start + len("Eleven")))
    question = "How many people died in Saqba?"
    assert quotes(answer_from(question, [replace(hit, sentences=(raid, found, claimed))])) == [
        "The raid hit Saqba.",
        "Eleven people died.",
    ]
    told = replace(raid, phrase=(0, 8))
    assert quotes(answer_from(question, [replace(hit, sentences=(told, found, claimed))])) == ["The raid hit Saqba."]
    far = replace(claimed, phrase=(claimed.sentence.start, claimed.sentence.end))
    assert quotes(answer_from(question, [replace(hit, sentences=(raid, died, far))])) == ["The raid hit Saqba."]


def test_what_is_far_from_the_best_is_not_quoted() -> None:
    answer = answer_from(EVENT, [one("Town A fell.", 0.5), one("Town B held.", 0.48), one("Town C burned.", 0.2)])
    assert quotes(answer) == ["Town A fell.", "Town B held."]


def test_a_state_question_follows_events_but_not_off_the_subject() -> None:
    hits = [
        one("The army took Abu Kamal.", 0.5, "2017-11-09"),
        one("The group took Abu Kamal back.", 0.4, "2017-11-11"),
        one("The army controls Abu Kamal.", 0.45, "2017-11-19"),
        one("Wheat was scarce.", 0.1, "2017-12-22"),
    ]
    assert quotes(answer_from(STATE, hits)) == [
        "The army controls Abu Kamal.",
        "The group took Abu Kamal back.",
        "The army took Abu Kamal.",
    ]


@pytest.mark.parametrize("question", [STATE, EVENT])
@pytest.mark.parametrize("score", [0.0, -0.4, -1.0])
def test_a_score_below_chance_is_answered_from_as_any_other(question: str, score: float) -> None:
    assert quotes(answer_from(question, [one("Town A fell.", score)])) == ["Town A fell."]


def test_what_several_reports_say_is_one_statement_with_as_many_citations() -> None:
    hits = [
        one("Town A fell.", 0.5, source="S"),
        one("Town  A fell.", 0.5, source="T"),
        one("TOWN A FELL.", 0.5, source="U"),
    ]
    for question in (STATE, EVENT):
        (statement,) = answer_from(question, hits).statements
        assert statement.citations == (1, 2, 3)


def test_a_state_told_at_two_times_is_two_states() -> None:
    hits = [one("Town A fell.", 0.5, "2017-11-09", "S"), one("Town A fell.", 0.5, "2017-11-19", "T")]
    assert [statement.citations for statement in answer_from(STATE, hits).statements] == [(1,), (2,)]
    assert [statement.citations for statement in answer_from(EVENT, hits).statements] == [(1, 2)]


def near(*texts: tuple[str, str], cosine: float = 0.9) -> Answer:
    """What is answered from one sentence a report, in these languages, all as near to each other as this."""
    hits = [
        hit_of(make_report(text, title=str(n), source=str(n), language=language), [0.5 - n / 100])
        for n, (text, language) in enumerate(texts)
    ]
    rows = np.linalg.cholesky(np.full((len(hits), len(hits)), cosine) + np.eye(len(hits)) * (1 - cosine))
    vectors = {hit.best.sentence: row.astype(np.float32) for hit, row in zip(hits, rows, strict=True)}
    return answer_from(EVENT, hits, vectors=vectors)


@pytest.mark.parametrize(
    "other",
    [
        ("Die Armee nahm Majadin mit 300 Soldaten ein.", "de"),
        ("سيطر الجيش على الميادين بـ 300 جندي.", "ar"),
        ("Mayadin was taken by the army with 300 soldiers.", "en"),
    ],
)
def test_what_is_near_and_has_the_same_numbers_and_names_is_put_together(other: tuple[str, str]) -> None:
    (statement,) = near(("The army took Mayadin with 300 soldiers.", "en"), other).statements
    assert statement.citations == (1, 2)


@pytest.mark.parametrize(
    ("other", "cosine"),
    [
        ("The army took Mayadin with 500 soldiers.", 0.9),
        ("The army took Anah with 300 soldiers.", 0.9),
        ("The army has not taken Mayadin with 300 soldiers.", 0.9),
        ("The army took Mayadin with 300 soldiers and 4 tanks.", 0.9),
        ("Mayadin was taken by the army with 300 soldiers.", 0.5),
    ],
)
def test_another_number_name_or_a_denial_is_set_apart(other: str, cosine: float) -> None:
    answer = near(("The army took Mayadin with 300 soldiers.", "en"), (other, "en"), cosine=cosine)
    assert [statement.citations for statement in answer.statements] == [(1,), (2,)]


@pytest.mark.parametrize(
    ("one", "other", "language", "together"),
    [
        ("Армія взяла місто з 300 солдатами.", "З 300 солдатами армія не взяла міста.", "uk", False),
        ("Ordu kenti aldı.", "Ordu kenti almadı.", "tr", False),
        ("Ordu kenti aldı.", "Ordu  kenti aldı.", "tr", True),
        ("دخل الجيش المدينة.", "ونفى الجيش دخول المدينة.", "ar", False),
    ],
)
def test_what_may_be_denied_is_not_put_together_with_what_is_said(
    one: str, other: str, language: str, together: bool
) -> None:
    answer = near((one, language), (other, language))
    assert [statement.citations for statement in answer.statements] == ([(1, 2)] if together else [(1,), (2,)])


@pytest.mark.parametrize(
    ("before", "leaning", "language"),
    [
        ("Iraq and Syria opened the road.", "They thereby met the demand.", "en"),
        ("Der Irak und Syrien öffneten die Straße.", "Damit erfüllten sie die Forderung.", "de"),
        ("فتح العراق وسورية الطريق.", "وبذلك استجابا للطلب.", "ar"),
        ("Ирак и Сирия открыли дорогу.", "Тем самым они выполнили требование.", "ru"),
        ("L'Irak et la Syrie ont ouvert la route.", "Ainsi, ils ont satisfait la demande.", "fr"),
    ],
)
def test_a_sentence_that_leans_on_the_one_before_brings_it(before: str, leaning: str, language: str) -> None:
    lines = [before, leaning, before.replace(".", " again.")]
    report = make_report("\n".join(lines), language=language)
    answer = answer_from(EVENT, [hit_of(report, [0.1, 0.5, 0.1])])
    assert quotes(answer) == [leaning, before]
    alone = answer_from(EVENT, [hit_of(report, [0.5, 0.1, 0.1])])
    assert quotes(alone) == [before]


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        (STATE, ("As of November 19, 2017", "(\u2068T\u2069, [1])", "12 days old")),
        ("Wer kontrolliert Rawa?", ("19. November 2017", "(\u2068T\u2069, [1])", "12 Tage alt")),
        ("من يسيطر على راوة؟", ("2017", "[1]", "12 يومًا")),
    ],
)
def test_a_state_says_how_old_its_newest_report_is(question: str, shown: tuple[str, ...]) -> None:
    hits = [one("Town A fell.", 0.5, "2017-11-09", "S"), one("Town A is held.", 0.5, "2017-11-19", "T")]
    answer = answer_from(question, hits, today=dt.date(2017, 12, 1))
    assert all(part in answer.summary for part in shown), answer.summary
    assert answer.caveats == ()
    (old,) = answer_from(question, hits, today=dt.date(2026, 12, 1)).caveats
    assert (old.kind, old.citations) == (CaveatKind.OLD, (1,))
    assert "9" in old.text
    assert answer_from(EVENT, hits, today=dt.date(2026, 12, 1)).caveats == ()


def naming_sake(text: str, score: float, published: str, source: str, language: str = "en") -> Hit:
    report = make_report(text, title=text, published=published, source=source, language=language)
    at = text.index("Sake")
    return replace(hit_of(report, [score]), names=(Mention(at, at + 4, "place:1", "Sake"),))


@pytest.mark.parametrize(
    ("newest", "language"),
    [
        ("The FARDC handed Sake over to the monitors of the SADC.", "en"),
        ("The junta was driven out of Sake by the AA.", "en"),
        ("Die SNA übergab Sake an die Militärpolizei.", "de"),
        ("Der Oberbefehlshaber hat Sake aufgegeben.", "de"),
        ("سلّمت القوات Sake إلى الشرطة.", "ar"),
        ("Мятежники передали Sake войскам.", "ru"),
        ("Військові залишили Sake.", "uk"),
        ("La rébellion a remis Sake à la MONUSCO.", "fr"),
        ("El ejército recuperó Sake.", "es"),
        ("Ordu Sake ilçesini ele geçirdi.", "tr"),
        ("ارتش کنترل Sake را به دست گرفت.", "fa"),
    ],
)
def test_who_was_given_a_place_or_gave_it_up_is_told_before_who_took_it(newest: str, language: str) -> None:
    hits = [
        naming_sake("Rebels took Sake.", 0.5, "2024-02-07", "S"),
        naming_sake(newest, 0.3, "2025-03-02", "T", language),
    ]
    answer = answer_from("Who controls Sake?", hits)
    assert quotes(answer) == [newest, "Rebels took Sake."]
    assert answer.as_of is not None
    assert str(answer.as_of) == "2025-03-02"


def test_who_holds_a_place_is_told_by_all_that_name_it_however_far_in_meaning() -> None:
    near = naming_sake("Rebels control Sake.", 0.5, "2024-02-07", "S")
    far = naming_sake("Armee hat Sake befreit.", 0.15, "2025-03-02", "T", "de")
    assert quotes(answer_from("Who controls Sake?", [near, far])) == [far.text, near.text]
    assert quotes(answer_from("Who controls Sake?", [near, replace(far, names=())])) == [near.text]
    off = naming_sake("Armee hat Sake befreit.", 0.1, "2025-03-02", "T", "de")
    assert quotes(answer_from("Who controls Sake?", [near, off])) == [near.text]


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (["Fighting went on in Sake.", "The army holds the town."], "en"),
        (["In Sake wird gekämpft.", "Die Armee hält die Stadt."], "de"),
        (["تدور معارك في Sake.", "يسيطر الجيش على البلدة."], "ar"),
        (["В Sake идут бои.", "Армия удерживает город."], "ru"),
        (["У Sake точаться бої.", "Армія утримує місто."], "uk"),
        (["On se bat à Sake.", "L'armée tient la ville."], "fr"),
        (["Hay combates en Sake.", "El ejército ocupa la ciudad."], "es"),
    ],
)
def test_who_holds_the_town_that_the_sentence_before_names_is_told_with_that(lines: list[str], language: str) -> None:
    def named(lines: list[str]) -> Hit:
        report = make_report("\n".join(lines), language=language)
        at = report.text.index("Sake")
        return replace(hit_of(report, [0.5] * len(lines)), names=(Mention(at, at + 4, "place:1", "Sake"),))

    assert quotes(answer_from("Who controls Sake?", [named(lines)])) == lines
    apart = [lines[0], "Wheat was scarce.", lines[1]]
    assert lines[1] not in quotes(answer_from("Who controls Sake?", [named(apart)])), "of whatever town"


@pytest.mark.parametrize(
    "question",
    [
        "Who controlled Sake in February 2024?",
        "Wer kontrollierte Sake im Februar 2024?",
        "من كان يسيطر على Sake في فبراير 2024؟",
        "Кто контролировал Sake в феврале 2024 года?",
        "Хто контролював Sake у лютому 2024 року?",
        "Qui contrôlait Sake en février 2024 ?",
    ],
)
def test_who_held_a_place_then_is_told_by_reports_from_then(question: str) -> None:
    then = naming_sake("Rebels took Sake.", 0.4, "2024-02-07", "S")
    later = naming_sake("The army took Sake.", 0.45, "2025-03-02", "T")
    later = replace(later, sentences=tuple(replace(one, timely=0.0) for one in later.sentences))
    assert quotes(answer_from(question, [later, then])) == [then.text]
    assert quotes(answer_from(question, [later])) == [later.text], "what there is, with a caveat"


@pytest.mark.parametrize(
    "question",
    ["Who controls Abu Kamal as of 10 November 2017?", "من يسيطر على البوكمال حتى 10 تشرين الثاني 2017؟"],
)
def test_how_things_stood_on_a_day_is_not_told_by_what_came_after(sample: Assistant, question: str) -> None:
    answer = sample.ask(question, today=TODAY)
    assert str(answer.as_of) == "2017-11-10"
    assert not any("11" in quote for quote in quotes(answer))


def test_who_asks_why_things_stand_so_is_told_what_fits_best_and_not_what_is_newest() -> None:
    hits = [one("Town A fell for want of water.", 0.5, "2016"), one("Town A is held.", 0.45, "2017-11-09", "T")]
    assert quotes(answer_from("Who controls town A?", hits))[0] == "Town A is held."
    assert quotes(answer_from("Why? Who controls town A?", hits))[0] == "Town A fell for want of water."


def test_a_sentence_that_names_no_holder_does_not_tell_who_holds_a_place(sample: Assistant) -> None:
    answer = sample.ask("Who controls al-Qaim?", today=TODAY)
    assert not any("wer sie hält, entscheidet" in quote for quote in quotes(answer))
    assert any("Iraqi forces took al-Qaim" in quote for quote in quotes(answer))


@pytest.mark.parametrize("question", ["who controls Abu Kamal?", "WHO CONTROLS ABU KAMAL?", "Who controls abu kamal?"])
def test_capitals_do_not_matter(sample: Assistant, question: str) -> None:
    assert quotes(sample.ask(question, today=TODAY)) == quotes(sample.ask(STATE, today=TODAY))


def test_what_is_from_another_time_is_said_to_be(sample: Assistant) -> None:
    def from_another(question: str) -> bool:
        caveats = sample.ask(question, today=TODAY).caveats
        return any(caveat.kind is CaveatKind.OTHER_TIME for caveat in caveats)

    assert from_another("Who controls al-Qaim in December 2017?")
    assert not from_another("Who controls al-Qaim in November 2017?")
    assert not from_another("Who controls al-Qaim?")


def test_a_reason_comes_first_where_one_is_asked_for_and_is_said_to_be_missing() -> None:
    reason, plain = one("They left because the town burned.", 0.45), one("The army left the town.", 0.5)
    with_reason = answer_from("Why did the army leave?", [plain, reason])
    assert quotes(with_reason)[0] == "They left because the town burned."
    without = answer_from("Why did the army leave?", [plain])
    assert [c.kind for c in with_reason.caveats].count(CaveatKind.NO_REASON) == 0
    assert [c.kind for c in without.caveats].count(CaveatKind.NO_REASON) == 1
    assert CaveatKind.NO_REASON not in [c.kind for c in answer_from(EVENT, [plain]).caveats]


def test_a_month_is_as_old_as_its_last_day() -> None:
    hits = [one("Town A fell.", 0.5, "2017-11", "S"), one("Town A is held.", 0.5, "2017-11", "T")]
    assert answer_from(STATE, hits, today=dt.date(2017, 12, 30)).caveats == ()
    assert answer_from(STATE, hits, today=dt.date(2017, 12, 31)).caveats != ()
    assert "does not give the day" in answer_from(STATE, hits, today=dt.date(2017, 11, 15)).summary


def test_hedged_sentences_carry_a_caveat_with_their_own_words() -> None:
    hits = [one("Town A fell.", 0.5, source="S"), one("Town B reportedly fell.", 0.49, source="T")]
    (caveat,) = answer_from(EVENT, hits).caveats
    assert (caveat.kind, caveat.citations) == (CaveatKind.UNCONFIRMED, (2,))
    assert "reportedly" in caveat.text
    assert "[2]" in caveat.text


def test_one_source_is_told_and_two_are_not() -> None:
    same = [one("Town A fell.", 0.5, source="S"), one("Town B fell.", 0.5, source="S")]
    (caveat,) = answer_from(EVENT, same).caveats
    assert caveat.kind is CaveatKind.ONE_SOURCE
    assert "\u2068S\u2069" in caveat.text
    two = [one("Town A fell.", 0.5, source="S"), one("Town B fell.", 0.5, source="T")]
    assert answer_from(EVENT, two).caveats == ()
    unnamed = [one("Town A fell.", 0.5, source=None), one("Town B fell.", 0.5, source=None)]
    assert answer_from(EVENT, unnamed).caveats == ()  # two reports that name no source may have two


@pytest.mark.parametrize(
    ("date", "shown", "absent"),
    [
        ("2017-11-09", "November 9, 2017", "does not give the day"),
        ("2017-11", "November 2017", "November 1"),
        ("2017", "2017", "January"),
    ],
)
def test_the_summary_says_as_of_when_and_no_more_than_is_known(date: str, shown: str, absent: str) -> None:
    answer = answer_from(EVENT, [one("Town A fell.", 0.5, date)])
    assert shown in answer.summary
    assert absent not in answer.summary
    assert str(answer.as_of) == date


def test_an_undated_report_makes_an_undated_answer() -> None:
    answer = answer_from(EVENT, [one("Town A fell.", 0.5, None)])
    assert answer.as_of is not None
    assert answer.as_of.precision == "unknown"
    assert not any(character.isdigit() for character in answer.summary)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wer nahm die Stadt ein?", "de"),
        ("متى دخل الجيش؟", "ar"),
        (EVENT, "en"),
        ("Кто взял город?", "ru"),
        ("Quand l'armée est-elle entrée ?", "fr"),
        ("¿Quién tomó la ciudad?", "en"),
    ],
)
def test_an_answer_speaks_the_language_of_the_question_where_it_can(question: str, language: str) -> None:
    assert answer_from(question, [one("Town A fell.", 0.5)]).language == language
    refusal = refuse(question, Refusal.NO_REPORTS)
    assert (refusal.language, refusal.refusal) == (language, Refusal.NO_REPORTS)
    assert refusal.summary


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (STATE, "November 9, 2017: the newest report on this (\u2068S\u2069, [1]) is 5 weeks old."),
        (
            "Wer kontrolliert Abu Kamal?",
            "9. November 2017; der neueste Bericht dazu (\u2068S\u2069, [1]) ist 5 Wochen alt.",
        ),
        ("من يسيطر على البوكمال؟", "9 نوفمبر 2017"),
        ("Кто контролирует Абу-Камаль?", "самому новому сообщению об этом (\u2068S\u2069, [1]) — 5 недель."),
        ("Qui contrôle Abou Kamal ?", "le plus récent rapport à ce sujet (\u2068S\u2069, [1]) remonte à 5 semaines."),
    ],
)
def test_a_question_about_a_state_has_one_line_on_how_old_the_newest_report_is(question: str, words: str) -> None:
    answer = answer_from(question, [one("The army took Abu Kamal.", 0.5)], today=TODAY)
    assert words in answer.summary.translate(dict.fromkeys((0xA0, 0x202F), " "))
    assert "\n" not in answer.summary


@pytest.mark.parametrize("days", [0, 1])
def test_a_report_of_the_day_that_is_asked_about_has_no_age(days: int) -> None:
    told = one("The army took Abu Kamal.", 0.5, "2017-12-20")
    answer = answer_from(STATE, [told], today=TODAY + dt.timedelta(days=days))
    assert ("old" in answer.summary) == (days > 0)
    assert "December 20, 2017" in answer.summary


@pytest.mark.parametrize(
    ("question", "missing", "words"),
    [
        ("Кто контролирует Мосул?", Missing.PLACE, "не упоминает Мосул"),
        ("Que s'est-il passé en mai ?", Missing.TIME, "autre époque"),
        ("Как варить рис?", Missing.SUBJECT, "достаточно близко"),
        ("Who controls Mosul?", Missing.PLACE, "none of them names Mosul"),
        ("Wer kontrolliert Mossul?", Missing.PLACE, "Keiner nennt Mossul"),
        ("من يسيطر على الموصل؟", Missing.PLACE, "الموصل"),
        ("What happened in May?", Missing.TIME, "another time"),
        ("Was geschah im Mai?", Missing.TIME, "anderen Zeit"),
        ("ماذا حدث في أيار؟", Missing.TIME, "الوقت المسؤول عنه"),
        ("How do you cook rice?", Missing.SUBJECT, "near enough"),
        ("Wie kocht man Reis?", Missing.SUBJECT, "nahe genug"),
        ("كيف يُطهى الأرز؟", Missing.SUBJECT, "بما يكفي"),
    ],
)
def test_a_refusal_says_what_is_missing(question: str, missing: Missing, words: str) -> None:
    hits = [one("Town A fell.", 0.1)]
    answer = decline(question, missing, hits, [question.rsplit(maxsplit=1)[-1].strip("?؟")])
    assert words in answer.summary
    assert (answer.refusal, answer.missing, answer.citations) == (Refusal.NOT_IN_REPORTS, missing, ())
    assert answer.hits == tuple(hits)
    assert answer.to_dict()["missing"] == missing.value
