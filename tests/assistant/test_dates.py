"""Dates that are known in part."""

from __future__ import annotations

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import PartialDate

days = st.dates().map(PartialDate.of)
months = st.dates().map(lambda date: PartialDate(date.year, date.month))
years = st.dates().map(lambda date: PartialDate(date.year))
spans = st.tuples(st.dates(), st.dates()).map(lambda days: PartialDate.span(min(days), max(days)))
known_dates = st.one_of(days, months, years, spans)
dates = st.one_of(known_dates, st.just(PartialDate()))


@given(known_dates)
def test_a_date_survives_being_written_and_read(date: PartialDate) -> None:
    assert PartialDate.parse(str(date)) == date
    assert PartialDate.parse(f" {date}\n") == date


@given(known_dates)
def test_the_precision_is_what_was_written(date: PartialDate) -> None:
    assert date.precision == {4: "year", 7: "month", 10: "day", 21: "span"}[len(str(date))]


@given(known_dates)
def test_earliest_and_latest_span_exactly_what_is_known(date: PartialDate) -> None:
    assert date.earliest is not None
    assert date.latest is not None
    days = (date.latest - date.earliest).days + 1
    assert date.year is not None
    month = calendar.monthrange(date.year, date.month or 1)[1]
    year = 366 if calendar.isleap(date.year) else 365
    assert days == {"day": 1, "month": month, "year": year}.get(date.precision, days)
    assert date.precision == "span" or date.earliest.year == date.latest.year == date.year


@given(st.dates(), st.dates())
def test_a_span_holds_its_days_and_no_others(one: dt.date, other: dt.date) -> None:
    first, last = min(one, other), max(one, other)
    span = PartialDate.span(first, last)
    assert (span.earliest, span.latest) == (first, last)
    assert span.precision == "day" if first == last else span.precision != "day"


def test_a_span_that_is_a_whole_month_or_year_is_that() -> None:
    assert str(PartialDate.span(dt.date(2016, 2, 1), dt.date(2016, 2, 29))) == "2016-02"
    assert str(PartialDate.span(dt.date(2016, 1, 1), dt.date(2016, 12, 31))) == "2016"
    assert str(PartialDate.span(dt.date(2016, 1, 1), dt.date(2016, 2, 29))) == "2016-01-01/2016-02-29"


def test_a_month_is_never_the_first_of_it() -> None:
    month = PartialDate.parse("2017-11")
    assert month.day is None
    assert month != PartialDate(2017, 11, 1)
    assert str(month) == "2017-11"
    assert (month.earliest, month.latest) == (dt.date(2017, 11, 1), dt.date(2017, 11, 30))


def test_nothing_known_is_written_as_unknown() -> None:
    nothing = PartialDate()
    assert (str(nothing), nothing.precision, nothing.earliest, nothing.latest) == ("unknown", "unknown", None, None)
    assert PartialDate.stored("unknown") == nothing


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "unknown",
            "heute",
            "17",
            "2017-1",
            "2017-11-9",
            "2017/11/09",
            "09.11.2017",
            "2017-11-09T10:00",
            "20171109",
        ),
        *(
            "2017-13",
            "2017-00",
            "2017-11-00",
            "2017-11-31",
            "2017-02-29",
            "0000",
            "0000-01",
            "2017-",
            "2017-11-",
            "-2017",
            "2017-11-09/2017-11-08",
            "2017-11-09/2017-11-31",
            "2017-11/2017-12",
            "2017-11-09/",
        ),
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    "parts",
    [(None, 11, None), (None, None, 9), (2017, None, 9), (2017, 0, None), (2017, 11, 0), (2017, 2, 30), (0, 1, 1)],
)
def test_parts_that_make_no_date_are_refused(parts: tuple[int | None, int | None, int | None]) -> None:
    with pytest.raises(ValueError, match=r"."):
        PartialDate(*parts)


@pytest.mark.parametrize("parts", [(None, None, None), (2017, None, None), (2017, 11, None), (2017, 11, 9)])
def test_a_span_without_its_first_day_or_ending_before_it_is_refused(
    parts: tuple[int | None, int | None, int | None],
) -> None:
    with pytest.raises(ValueError, match="span"):
        PartialDate(*parts, until=dt.date(2017, 11, 9))


@given(dates, dates)
def test_what_was_wholly_over_before_something_else_is_less_recent(one: PartialDate, other: PartialDate) -> None:
    if one.latest is not None and other.earliest is not None and one.latest < other.earliest:
        assert one.recency < other.recency
    if one.precision == "unknown" and other.precision != "unknown":
        assert one.recency <= other.recency


@given(st.one_of(months, years), days)
def test_a_vague_date_does_not_claim_to_be_newer_than_a_later_day(vague: PartialDate, day: PartialDate) -> None:
    assert vague.earliest is not None
    assert day.earliest is not None
    if day.earliest > vague.earliest:
        assert day.recency > vague.recency


def test_recency_orders_dates_of_every_precision() -> None:
    texts = ["2016-12-31", "2017", "2017-11", "2017-11-09", "2017-11-19", "2017-12", "2017-12-22"]
    parsed = [PartialDate(), *map(PartialDate.parse, texts)]
    assert sorted(parsed, key=lambda date: date.recency) == parsed
