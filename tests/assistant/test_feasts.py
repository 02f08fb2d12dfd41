"""Feasts by which a question tells its time: when they are, and that each is found by all of its names."""

from __future__ import annotations

import datetime as dt
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.feasts import days_of, listed_feasts
from assistant.times import find_windows

TODAY = dt.date(2017, 12, 20)


@pytest.mark.parametrize(
    ("feast", "year", "first", "last"),
    [
        ("ramadan", 2016, "2016-06-05", "2016-07-06"),  # from 6 June to 5 July, and a day around it
        ("eid_al_fitr", 2016, "2016-07-05", "2016-07-09"),
        ("eid_al_adha", 2017, "2017-08-31", "2017-09-05"),
        ("ashura", 2016, "2016-10-10", "2016-10-12"),
        ("ramadan", 1997, "1997-01-09", "1997-02-08"),  # the first of two
        ("easter", 2016, "2016-03-25", "2016-03-28"),
        ("orthodox_easter", 2016, "2016-04-29", "2016-05-02"),
        ("christmas", 2015, "2015-12-24", "2015-12-26"),
        ("all_saints", 2017, "2017-11-01", "2017-11-01"),
    ],
)
def test_when_it_is(feast: str, year: int, first: str, last: str) -> None:
    assert days_of(f"feast_{feast}", year) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@given(st.sampled_from(sorted(listed_feasts())), st.integers(1900, 2100))
def test_each_is_a_few_days_that_begin_in_the_year_or_is_not_known(feast: str, year: int) -> None:
    days = days_of(feast, year)
    assert (days is None) <= (not 1926 <= year <= 2075)
    if days is not None:
        assert days[0].year == year
        assert 0 <= (days[1] - days[0]).days <= 31


def names() -> list[tuple[str, str, str]]:
    """Language, feast and name of every way in which the list has one."""
    found = []
    for feast, data in listed_feasts().items():
        for language, listed in data.items():
            for name in listed if isinstance(listed, list) and len(language) == 2 else ():
                parts = [part.split("|") for part in re.split(r"[{}]", name)]
                found += [(language, feast, "".join(form).replace("*", "")) for form in product(*parts)]
    return found


def test_each_name_with_a_year_is_that_feast() -> None:
    for language, feast, name in names():
        days = days_of(feast, 2016)
        assert days is not None
        found = [(window.since, window.until) for _, _, window in find_windows(f"{name} 2016", language, TODAY)]
        assert found == [days], (language, name)


@pytest.mark.parametrize(
    ("question", "language", "since", "until"),
    [
        ("How many people died in Idlib during Ramadan 2016?", "en", "2016-06-05", "2016-07-06"),
        ("Who held Raqqa before Newroz 2017?", "en", None, "2017-03-19"),
        ("What happened from Ramadan 2016 to Christmas 2016?", "en", "2016-06-05", "2016-12-26"),
        ("What happened last Ramadan?", "en", "2017-05-26", "2017-06-25"),
        ("Wer griff seit dem Opferfest 2016 Homs an?", "de", "2016-09-10", None),
        ("Wer starb an Silvester 2016 in Istanbul?", "de", "2016-12-31", "2016-12-31"),
        ("من قُتل بعد عيد الفطر عام 2017 في إدلب؟", "ar", "2017-06-28", None),
        ("من قُتل في الحسكة عشية عيد الفطر 2016؟", "ar", "2016-06-25", "2016-07-05"),
        ("ماذا جرى في رمضان الماضي؟", "ar", "2017-05-26", "2017-06-25"),
        ("Кто погиб на Пасху 2017 года?", "ru", "2017-04-14", "2017-04-17"),
        ("Что произошло после католического Рождества 2016 года?", "ru", "2016-12-27", None),
        ("Combien de morts à Noël 2016 ?", "fr", "2016-12-24", "2016-12-26"),
    ],
)
def test_a_question_is_about_it(question: str, language: str, since: str | None, until: str | None) -> None:
    ((_, _, window),) = find_windows(question, language, TODAY)
    assert (window.since, window.until) == tuple(day and dt.date.fromisoformat(day) for day in (since, until))


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who is Ramadan Abdullah?", "en"),
        ("Кто такой Рамадан Кадыров?", "ru"),
        ("من هو رمضان شلح؟", "ar"),
        ("Wo liegt die Osterinsel?", "de"),
    ],
)
def test_without_a_year_it_is_no_time(question: str, language: str) -> None:
    assert find_windows(question, language, TODAY) == []


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who shot Ramadan in 2016?", "en"),
        ("Что сказал Рамазанов в 2016 году?", "ru"),
        ("Что сказал Ашуров в 2016 году?", "ru"),
        ("من قتل رمضان في عام 2016؟", "ar"),
    ],
)
def test_of_who_is_called_so_the_year_is_the_time(question: str, language: str) -> None:
    ((_, _, window),) = find_windows(question, language, TODAY)
    assert (window.since, window.until) == (dt.date(2016, 1, 1), dt.date(2016, 12, 31))
