"""Dates, languages and addresses as files write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import PartialDate
from index.readers.draft import Unreadable
from index.readers.fields import date_in_name, http_url, language_code, parse_date, split_name
from tests.index.reading import DAY, NOVEMBER, UNKNOWN


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2017", PartialDate(2017)),
        ("2017-11", NOVEMBER),
        (" 2017-11-09 ", DAY),
        ("2017-11-09T10:11:12Z", DAY),
        ("2017-11-09T23:30:00.123+02:00", DAY),
        ("2017-11-09 10:11", DAY),
        ("2017-11-09 10:11:12 +0100", DAY),
        ("2017/11/9", DAY),
        ("2017.11", NOVEMBER),
        ("19/11/2017", PartialDate(2017, 11, 19)),
        ("11/19/2017", PartialDate(2017, 11, 19)),
        ("4/4/2017", PartialDate(2017, 4, 4)),
        ("unknown", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_certain_date(value: str, date: PartialDate) -> None:
    assert parse_date(value) == (date, None)


@pytest.mark.parametrize(
    ("value", "date", "why"),
    [
        ("4/5/2017", PartialDate(2017), "only the year was kept"),
        ("04-05-2017", PartialDate(2017), "only the year was kept"),
        ("9.11.2017", DAY, "day.month.year"),
        ("4/16/17", PartialDate(2017, 4, 16), "taken for 2017"),
        ("4/16/99", PartialDate(1999, 4, 16), "taken for 1999"),
    ],
)
def test_uncertain_date_is_warned_of(value: str, date: PartialDate, why: str) -> None:
    read_as, warning = parse_date(value)
    assert read_as == date
    assert warning is not None
    assert why in warning
    assert value in warning


@pytest.mark.parametrize(
    ("value", "day_first", "month_first"),
    [
        ("4/5/2017", "2017-05-04", "2017-04-05"),
        ("04-05-17", "2017-05-04", "2017-04-05"),
        ("19/11/2017", "2017-11-19", "2017-11-19"),
        ("11/19/2017", "2017-11-19", "2017-11-19"),
        ("9.11.2017", "2017-11-09", "2017-11-09"),
        ("2017-11-09", "2017-11-09", "2017-11-09"),
    ],
)
def test_the_order_that_is_named_counts_where_both_can_be_meant(value: str, day_first: str, month_first: str) -> None:
    assert str(parse_date(value, month_first=False)[0]) == day_first
    assert str(parse_date(value, month_first=True)[0]) == month_first


@pytest.mark.parametrize(
    "value", ["2017-13", "2017-02-30", "0000", "31/31/2017", "30.2.2017", "yesterday", "2017-1", "201711"]
)
def test_impossible_date_is_named(value: str) -> None:
    with pytest.raises(Unreadable, match=value):
        parse_date(value)
    with pytest.raises(Unreadable, match=value):
        parse_date(value, month_first=True)


@given(st.text(alphabet="0123456789-/.:TZ +", max_size=25) | st.text(max_size=30))
def test_any_date_is_read_or_refused(value: str) -> None:
    try:
        date, _ = parse_date(value)
    except Unreadable:
        return
    assert isinstance(date, PartialDate)


@given(st.dates())
def test_iso_dates_come_back(date: object) -> None:
    assert str(parse_date(str(date))[0]) == str(date)


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("EN_us", "en"),
        (" ar ", "ar"),
        ("zh-Hant-TW", "zh"),
        ("iw", "he"),
        ("xx", None),
        ("german", None),
        ("", None),
        (None, None),
    ],
)
def test_language_code(tag: str | None, code: str | None) -> None:
    assert language_code(tag) == code


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?b=c#d", True),
        (" HTTP://example.org ", True),
        ("https://[2001:db8::1]/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("ftp://example.org", False),
        ("//example.org/a", False),
        ("https://", False),
        ("https://[broken", False),
        ("https://example.org/a b", False),
        ("https://example.org/\x00", False),
        ('https://example.org/"><script>', False),
        (None, False),
    ],
)
def test_only_http_addresses_are_kept(url: str | None, kept: bool) -> None:
    assert http_url(url) == (url.strip() if kept and url else None)


@pytest.mark.parametrize(
    ("name", "title", "language"),
    [
        ("abu-kamal-2017-11.de.txt", "abu-kamal-2017-11", "de"),
        ("a.txt", "a", None),
        ("a.v2.txt", "a.v2", None),
        ("a.zz.txt", "a.zz", None),
        ("Dr. No.txt", "Dr. No", None),
        (".de.txt", ".de", None),
    ],
)
def test_split_name(name: str, title: str, language: str | None) -> None:
    assert split_name(name) == (title, language)


def test_date_in_name() -> None:
    assert date_in_name("abu-kamal-2017-11.de.txt") == NOVEMBER
    assert date_in_name("2017-11-09-x.md") == DAY
    assert date_in_name("season-2016-17.txt") == UNKNOWN
    assert date_in_name("x-2015-2017.txt") == UNKNOWN
    assert date_in_name("x-12017-11.txt") == UNKNOWN
