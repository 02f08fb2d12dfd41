"""Times of questions that are counted from today, or near to it: "last winter", "three days ago"."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import PartialDate
from assistant.times import find_dates, find_windows

TODAY = dt.date(2017, 11, 22)  # a Wednesday


@pytest.mark.parametrize(
    ("question", "language", "since", "until"),
    [
        ("What do they lack this winter?", "en", "2017-12-01", "2018-02-28"),
        ("Woran fehlte es im letzten Winter?", "de", "2016-12-01", "2017-02-28"),
        ("Qu'est-ce qui manque cet automne ?", "fr", "2017-09-01", "2017-11-30"),
        ("Qu'est-ce qui manquait l'été dernier ?", "fr", "2017-06-01", "2017-08-31"),
        ("كم قُتل هذا الربيع؟", "ar", "2017-03-01", "2017-05-31"),
        ("كم قُتل الصيف الماضي؟", "ar", "2017-06-01", "2017-08-31"),
        ("Сколько погибло прошлой зимой?", "ru", "2016-12-01", "2017-02-28"),
        ("Who died last August?", "en", "2017-08-01", "2017-08-31"),
        ("Who died last December?", "en", "2016-12-01", "2016-12-31"),
        ("متى عاد المتحف في كانون الثاني الماضي؟", "ar", "2017-01-01", "2017-01-31"),
        ("Who held it until the end of last March?", "en", None, "2017-03-31"),
        ("Wer hielt es seit Anfang letzten März?", "de", "2017-03-01", None),
        ("Who died in August last year?", "en", "2016-08-01", "2016-08-31"),
        ("Wer starb am 9. August des letzten Jahres?", "de", "2016-08-09", "2016-08-09"),
        ("Qui est mort en août de l'année dernière ?", "fr", "2016-08-01", "2016-08-31"),
        ("Кто погиб в августе прошлого года?", "ru", "2016-08-01", "2016-08-31"),
        ("Who died last Friday?", "en", "2017-11-17", "2017-11-17"),
        ("Who died last Wednesday?", "en", "2017-11-15", "2017-11-15"),
        ("Wer starb letzten Montagabend?", "de", "2017-11-20", "2017-11-20"),
        ("Кто погиб в прошлую пятницу?", "ru", "2017-11-17", "2017-11-17"),
        ("Хто загинув минулої п’ятниці?", "uk", "2017-11-17", "2017-11-17"),
        ("من قُتل يوم الجمعة الماضي؟", "ar", "2017-11-17", "2017-11-17"),
        ("Wer starb am Montag, dem 20. November 2017?", "de", "2017-11-20", "2017-11-20"),
        ("Who died this weekend?", "en", "2017-11-18", "2017-11-19"),
        ("Wer starb am vergangenen Wochenende?", "de", "2017-11-18", "2017-11-19"),
        ("Кто погиб в прошлые выходные?", "ru", "2017-11-18", "2017-11-19"),
        ("ماذا قال التحالف قبل يومين؟", "ar", "2017-11-20", "2017-11-20"),
        ("ماذا حدث قبل ثلاثة أيام؟", "ar", "2017-11-19", "2017-11-19"),
        ("ماذا حدث قبل أسبوع؟", "ar", "2017-11-13", "2017-11-19"),
        ("Was geschah vor vierzehn Tagen?", "de", "2017-11-08", "2017-11-08"),
        ("Que s'est-il passé il y a quinze jours ?", "fr", "2017-11-07", "2017-11-07"),
        ("Що було тиждень тому?", "uk", "2017-11-13", "2017-11-19"),
        ("Сколько погибло за минувшие сутки?", "ru", "2017-11-21", "2017-11-22"),
    ],
)
def test_a_near_time_is_told_from_today(question: str, language: str, since: str | None, until: str | None) -> None:
    ((start, end, window),) = find_windows(question, language, TODAY)
    assert (str(window.since), str(window.until)) == (str(since), str(until))
    assert not window.yearly
    assert 0 <= start < end <= len(question)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What happened the day before yesterday?", "en"),
        ("Was geschah vorgestern?", "de"),
        ("ماذا حدث أول من أمس؟", "ar"),
        ("ماذا حدث اول امس؟", "ar"),
        ("ماذا حدث أمس الأول؟", "ar"),
        ("Что случилось позавчера?", "ru"),
        ("Що сталося позавчора?", "uk"),
        ("Que s'est-il passé avant-hier ?", "fr"),
        ("Que s'est-il passé avant hier ?", "fr"),
    ],
)
def test_the_day_before_yesterday_is_not_yesterday(question: str, language: str) -> None:
    ((start, end, window),) = find_windows(question, language, TODAY)
    assert (window.since, window.until) == (dt.date(2017, 11, 20), dt.date(2017, 11, 20))
    told = f"The convoy left {question[start:end]}."
    ((dated),) = find_dates(told, language, PartialDate(2017, 11, 22))
    assert dated.date == PartialDate(2017, 11, 20)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)))
def test_what_is_last_is_over_and_what_is_this_is_near(today: dt.date) -> None:
    for name, days in (("August", 31), ("winter", 91), ("Friday", 1)):
        ((_, _, last),) = find_windows(f"Who died last {name}?", "en", today)
        ((_, _, this),) = find_windows(f"Who died this {name}?", "en", today)
        for window in (last, this):
            assert window.since is not None
            assert window.until is not None
            assert days - 1 <= (window.until - window.since).days + 1 <= days
        assert last.until is not None
        assert last.until < today
        assert this.since is not None
        assert abs(today - this.since) <= dt.timedelta(days=276)


def test_this_before_a_day_is_a_pronoun() -> None:
    ((_, _, window),) = find_windows("Кто это 9 мая сделал?", "ru", TODAY)
    assert window.yearly


@pytest.mark.parametrize("today", [dt.date(1, 1, 1), dt.date(9999, 12, 31)])
@pytest.mark.parametrize(
    "name", ["last winter", "last December 31", "last Friday", "yesterday", "last week", "a week ago"]
)
def test_a_today_of_another_age_makes_no_error(name: str, today: dt.date) -> None:
    find_windows(f"Who died {name}?", "en", today)


def test_a_number_of_years_that_is_no_past_has_no_window() -> None:
    assert find_windows("Who died in the past 2100 years?", "en", TODAY) == []
