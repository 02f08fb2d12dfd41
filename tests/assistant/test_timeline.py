"""What the reports tell of a place, in the order of time."""

from __future__ import annotations

import datetime as dt

from assistant import Assistant
from assistant.dates import PartialDate, Window
from assistant.filter import Filter
from assistant.records import Report


def test_a_town_is_followed_through_the_reports_in_any_spelling(sample: Assistant) -> None:
    told = sample.timeline("Abu Kamal")
    assert told == sample.timeline("البوكمال") == sample.timeline("Абу-Камаль")
    assert [one.date.recency for one in told] == sorted(one.date.recency for one in told)
    assert {one.report.language for one in told} == {"ar", "de", "en"}
    for one in told:
        assert one.quote == one.report.text[one.start : one.end]
        assert one.date.precision != "unknown"
    captured = [one for one in told if "full control of the Syrian army" in one.quote]
    assert [one.date for one in captured] == [PartialDate(2017, 11, 19)]


def test_a_sentence_without_a_date_is_from_the_day_of_its_report(sample: Assistant) -> None:
    for one in sample.timeline("Rawa"):
        if not one.told:
            assert one.date == one.report.published


def test_a_group_has_a_course_too(sample: Assistant) -> None:
    assert sample.timeline("داعش") == sample.timeline("Islamic State")
    assert sample.timeline("Atlantis") == []


def test_time_and_reports_can_be_limited(sample: Assistant) -> None:
    everything = sample.timeline("Abu Kamal")
    window = Window(dt.date(2017, 11, 10), dt.date(2017, 11, 12))
    inside = sample.timeline("Abu Kamal", window)
    assert inside
    assert inside == [
        one
        for one in everything
        if one.date.earliest is not None and one.date.latest is not None
        if window.overlaps(one.date.earliest, one.date.latest)
    ]
    german = sample.timeline("Abu Kamal", among=Filter.told(languages=["de"]))
    assert german == [one for one in everything if one.report.language == "de"]


def test_a_place_that_the_gazetteer_lacks_is_followed_by_its_consonants(tiny: Assistant) -> None:
    texts = [
        ("en", "Aid reached the camp of Hajrabin again. The road stayed closed."),
        ("ar", "وصلت المساعدات إلى مخيم الحجرابين. وبقي الطريق مغلقاً."),
        ("en", "Aid reached a camp elsewhere."),
    ]
    tiny.ingest(
        Report.make(text, title=f"{n}", language=language, published=PartialDate(2017, 11, 1 + n))
        for n, (language, text) in enumerate(texts)
    )
    for name in ("Hajrabin", "الحجرابين", "Хаджрабин"):
        told = tiny.timeline(name)
        assert [one.quote for one in told] == [
            "Aid reached the camp of Hajrabin again.",
            "وصلت المساعدات إلى مخيم الحجرابين.",
        ]
    assert tiny.timeline("Tanf") == []
