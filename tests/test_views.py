"""The line of time and the map of an answer: what they are made from, and what they draw."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant, Report
from assistant.dates import PartialDate
from assistant.gazetteer import GeoNames
from assistant.located import Cited, Located, cited_places, cited_times
from assistant.records import Answer, Citation, Passage
from assistant.ui.views import map_html, timeline_html
from assistant.world import View, countries, inside, land

HOSTILE = "</span><img src=x onerror=alert(1)>\"' onclick=alert(2) \u202e"
ABU_KAMAL = Located("Abu Kamal", 34.45, 40.92, (1, 2))
WORLD = View(-180, -90, 180, 90)


def cite(report: Report, number: int = 1) -> Citation:
    """The whole of a report, cited."""
    whole = Passage(f"{report.id}#0", report.id, 0, len(report.text), 0, 0)
    return Citation(number, report, 0, len(report.text), whole)


def event(**details: str) -> Report:
    """The record of an event, as the readers of UCDP and ACLED make it."""
    return Report.make(
        "State-based conflict. 2017-11-08. 4 deaths.",
        title="Syria: Government - IS",
        source="UCDP",
        published=PartialDate(2017, 11, 8),
        language="en",
        details={"event_id": "1", **details},
    )


def marks(html: str) -> list[tuple[str, float, float]]:
    """The points of a map: where each leads, and where it stands, in percent from the left and the top."""
    found = re.findall(r'class="cite point \w+" tabindex="-1" href="(.*?)" style="left:(.*?)%;top:(.*?)%"', html)
    return [(where, float(left), float(top)) for where, left, top in found]


def test_citations_stand_in_the_order_of_time_and_say_whose_date_it_is(sample: Assistant) -> None:
    answer = sample.ask("What happened in Abu Kamal and Deir ez-Zor?")
    times = cited_times(sample.catalog(), answer)
    assert {one.citation.number for one in times} == {one.number for one in answer.citations}
    assert [one.date.recency for one in times] == sorted(one.date.recency for one in times)
    for one in times:
        assert one.told or one.date == one.citation.report.published
    named = {place.name for place in cited_places(sample.catalog(), sample.gazetteer, answer)}
    assert {"Deir ez-Zor", "Ālbū Kamāl"} <= named


def test_what_has_no_date_stands_last_and_is_not_on_the_line(tiny: Assistant) -> None:
    dated = Report.make("The town fell.", title="One", source=None, published=PartialDate(2017), language="en")
    dateless = Report.make("Nobody fled.", title="Two", source=None, published=PartialDate(), language="en")
    tiny.ingest([dated, dateless])
    times = cited_times(tiny.catalog(), Answer("?", "en", "", citations=(cite(dateless, 1), cite(dated, 2))))
    assert [one.citation.number for one in times] == [2, 1]
    assert not any(one.told for one in times)
    html = timeline_html(times, 1, "en")
    assert re.findall(r'class="cite mark".*?href="(.*?)"', html) == ["#c1-2"]
    assert html.count("<li>") == 2


def test_an_event_stands_where_its_record_says(tiny: Assistant, gazetteer: GeoNames) -> None:
    report = event(place="Abu Kamal town", latitude="34.450000", longitude="40.918600")
    tiny.ingest([report])
    places = cited_places(tiny.catalog(), gazetteer, Answer("?", "en", "", citations=(cite(report, 3),)))
    assert places == [Located("Abu Kamal town", 34.45, 40.9186, (3,))]


@pytest.mark.parametrize("coordinates", [("91", "0"), ("0", "-181"), ("nan", "0"), ("north", "east"), ("", "")])
def test_what_lies_on_no_globe_is_no_point(coordinates: tuple[str, str], tiny: Assistant, gazetteer: GeoNames) -> None:
    report = event(latitude=coordinates[0], longitude=coordinates[1])
    tiny.ingest([report])
    assert all(
        place.name != report.title
        for place in cited_places(tiny.catalog(), gazetteer, Answer("?", "en", "", citations=(cite(report),)))
    )


def test_names_and_quotes_are_text_and_nothing_else() -> None:
    report = Report.make(HOSTILE, title=HOSTILE, source=HOSTILE, published=PartialDate(2017), language="en")
    drawn = map_html([Located(HOSTILE, 34.4, 40.9, (1,)), Located(HOSTILE, None, None, (1,))], 1, "en")
    listed = timeline_html([Cited(report.published, False, cite(report))], 1, "en")
    for html in (drawn, listed):
        assert "&lt;img" in html
        assert "<img" not in html
        assert "\"' onclick" not in html


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=8))
def test_every_point_is_on_the_map_and_leads_to_its_source(spots: list[tuple[float, float]]) -> None:
    places = [Located(f"Place {n}", *spot, (n, 99)) for n, spot in enumerate(spots, start=1)]
    found = marks(map_html(places, 4, "en"))
    assert [where for where, _, _ in found] == [f"#c4-{n}" for n in range(1, len(places) + 1)]
    assert all(0 <= left <= 100 and 0 <= top <= 100 for _, left, top in found)


def test_a_country_is_in_the_list_and_not_a_point() -> None:
    html = map_html([Located("Syria", None, None, (1,))], 1, "en")
    assert marks(html) == []
    assert "Syria" in html
    assert "<svg" not in html


@pytest.mark.parametrize(
    ("language", "names"), [("en", {"Syria", "Iraq"}), ("de", {"Syrien", "Irak"}), ("ar", {"سوريا", "العراق"})]
)
def test_the_countries_in_sight_are_named_in_the_language_of_the_page(language: str, names: set[str]) -> None:
    html = map_html([ABU_KAMAL], 1, language)
    assert names <= set(re.findall(r'class="country".*?<bdi>(.*?)</bdi>', html))


@pytest.mark.parametrize(
    ("longitude", "latitude", "country"),
    [(40.0, 35.0, "SY"), (44.4, 33.3, "IQ"), (34.0, 34.0, None), (28.2, -29.6, "LS"), (30.5, 50.4, "UA")],
)
def test_the_world_is_as_it_is(longitude: float, latitude: float, country: str | None) -> None:
    spot = np.array([[longitude, latitude]])
    assert bool(inside(land(WORLD), spot)[0]) is (country is not None)
    assert [code for code, rings in countries(WORLD).items() if inside(rings, spot)[0]] == ([country] * bool(country))


def test_what_lies_on_both_sides_of_the_180th_meridian_is_there_and_nothing_between() -> None:
    rings = [*land(WORLD), *(ring for own in countries(WORLD).values() for ring in own)]
    steps = [np.abs(np.diff(ring[:, 0]))[ring[:-1, 1] > -90] for ring in rings]  # at the pole all meridians meet
    assert max(own.max() for own in steps) < 180
    chukotka, fiji, pole = [(179.0, 67.5), (-175.0, 66.6)], [(179.995, -16.53)], [(0.0, -89.0), (179.9, -86.0)]
    sea = [(0.0, 67.0), (-58.0, 67.3), (-150.0, 75.0), (-100.0, -16.53), (60.0, -16.53), (0.0, 71.2)]
    assert inside(land(WORLD), np.array(chukotka + fiji + pole)).all()
    assert inside(countries(WORLD)["RU"], np.array(chukotka)).all()
    assert inside(countries(WORLD)["AQ"], np.array(pole)).all()
    assert not inside(land(WORLD), np.array(sea)).any()


@pytest.mark.parametrize("view", [View(33, 28, 49, 38), View(-10, 50, 5, 60), View(170, -50, 180, -30)])
def test_a_cut_changes_nothing_that_is_in_sight(view: View) -> None:
    spots = np.random.default_rng(1).uniform([view.west, view.south], [view.east, view.north], size=(20, 2))
    cut = land(view)
    assert (inside(cut, spots) == inside(land(WORLD), spots)).all()
    assert len(set(inside(cut, spots).tolist())) == 2  # there is land and sea
    for ring in cut:
        assert (ring >= [view.west - 1e-9, view.south - 1e-9]).all()
        assert (ring <= [view.east + 1e-9, view.north + 1e-9]).all()
