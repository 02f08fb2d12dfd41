"""The limits of a question as the page shows them: counted right, read as written, harmless whatever they say."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.filter import MAX_VALUES
from assistant.store import Facets
from assistant.ui.chosen import MAX_LENGTH, Chosen, checked
from assistant.ui.facets import MAX_BARS, bars, chips_html, languages_html, options_html, time_html
from assistant.ui.labels import LANGUAGES
from tests.helpers import make_report
from tests.test_page import ALLOWED, HOSTILE, Elements

FACETS = Facets(
    {"2017-09": 1, "2017-11": 3},
    2,
    {"en": 3, "ar": 2, "und": 1},
    {"Levant Desk": 4, HOSTILE: 1},
    {"place:1": ("Rawa", 2)},
)
CONTROLS = ALLOWED | {"fieldset", "legend", "label", "input", "i", "b", "button"}

months = st.dates(dt.date(1, 1, 1)).map(lambda day: f"{day:%Y-%m}".rjust(7, "0"))


class TestCounting:
    @pytest.fixture
    def facets(self, tiny: Assistant) -> Facets:
        dates = ("2017-11-09", "2017-11", "2017", None, "2017-11-28/2017-12-03", "2017-12-01")
        places = ("Rawa, Iraq", "Raqqa, Syria", "Raqqa, Syria", "Raqqa, Syria", "the river", "the river")
        tiny.ingest(
            [
                make_report(
                    f"Convoy {n} came to {place}.",
                    published=date,
                    source=None if n == 0 else "SANA" if n < 3 else "Levant Desk",
                    language="de" if n == 5 else "en",
                )
                for n, (date, place) in enumerate(zip(dates, places, strict=True))
            ]
        )
        return tiny.catalog().facets()

    def test_a_report_counts_in_its_month_however_exact_its_date_is(self, facets: Facets) -> None:
        assert facets.months == {"2017-11": 3, "2017-12": 1}
        assert facets.without_month == 2

    def test_the_most_frequent_come_first_and_none_is_not_a_source(self, facets: Facets) -> None:
        assert list(facets.languages.items()) == [("en", 5), ("de", 1)]
        assert list(facets.sources.items()) == [("Levant Desk", 3), ("SANA", 2)]
        assert next(iter(facets.places.values())) == ("Ar Raqqah", 3)
        assert ("Rāwah", 1) in facets.places.values()

    def test_they_follow_what_is_added(self, tiny: Assistant, facets: Facets) -> None:
        assert tiny.catalog().facets() is facets
        tiny.ingest([make_report("One more came.", source="New Desk", published="2018-02")])
        assert tiny.catalog().facets().sources["New Desk"] == tiny.catalog().facets().months["2018-02"] == 1


class TestTheHistogram:
    @given(st.dictionaries(months, st.integers(1, 1000), max_size=8))
    def test_no_report_is_lost_and_no_month_left_out(self, counts: dict[str, int]) -> None:
        shown = bars(counts)
        assert sum(bar.count for bar in shown) == sum(counts.values())
        assert len(shown) <= MAX_BARS
        if counts:
            assert (shown[0].since, shown[-1].until) == (min(counts), max(counts))
        for bar, following in itertools.pairwise(shown):
            year, month = map(int, bar.until.split("-"))
            assert following.since == (f"{year:04d}-{month + 1:02d}" if month < 12 else f"{year + 1:04d}-01")

    def test_ten_years_and_less_have_a_bar_a_month(self) -> None:
        assert len(bars({"2010-01": 1, "2019-12": 1})) == MAX_BARS

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_its_controls_are_named(self, language: str) -> None:
        seen = Elements(time_html(FACETS, language)).seen
        ranges = [attributes for tag, attributes in seen if tag == "input" and attributes["type"] == "range"]
        assert [one["max"] for one in ranges] == ["2", "2"]
        assert all(one["aria-label"] for one in ranges)

    def test_without_a_dated_report_there_are_only_the_fields(self) -> None:
        seen = Elements(time_html(Facets(without_month=3), "en")).seen
        assert [attributes["type"] for tag, attributes in seen if tag == "input"] == ["text", "text"]


class TestWhatIsChosen:
    @given(
        st.builds(
            Chosen,
            st.sampled_from(["", "2017", "2017-11-09"]),
            st.sampled_from(["", "2018-01"]),
            *[
                st.lists(
                    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip),
                    unique=True,
                ).map(tuple)
            ]
            * 3,
        )
    )
    def test_it_is_read_as_it_was_written(self, chosen: Chosen) -> None:
        assert Chosen.read(chosen.query) == chosen

    @given(
        st.text(max_size=200)
        | st.lists(
            st.tuples(st.sampled_from(["since", "until", "languages", "sources", "places", "q"]), st.text(max_size=30))
        ).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
    )
    def test_any_address_gives_limits_that_can_be_asked_with(self, address: str) -> None:
        kept, _ = checked(Chosen.read(address), FACETS)
        kept.filter()
        assert checked(kept, FACETS) == (kept, ())
        chips_html(kept, (), address.encode("utf-8", "replace").decode(), "en").encode("utf-8")

    def test_what_no_report_has_is_refused_and_the_rest_is_kept(self) -> None:
        address = "since=yesterday&until=2017-11&languages=en&languages=zz&sources=Levant+Desk&sources=levant&places=x"
        kept, refused = checked(Chosen.read(address), FACETS)
        assert kept == Chosen("", "2017-11", ("en",), ("Levant Desk",), ("x",))
        assert [(one.name, one.value, one.why) for one in refused] == [
            ("since", "yesterday", "refused_date"),
            ("languages", "zz", "refused_languages"),
            ("sources", "levant", "refused_sources"),
        ]

    def test_a_time_that_ends_before_it_begins_keeps_its_beginning(self) -> None:
        kept, refused = checked(Chosen("2017-11", "2017-10"), FACETS)
        assert (kept, refused[0].why) == (Chosen("2017-11"), "refused_order")

    def test_too_much_is_refused(self) -> None:
        long, many = "x" * (MAX_LENGTH + 1), tuple(map(str, range(MAX_VALUES + 2)))
        kept, refused = checked(Chosen(places=(long, *many)), FACETS)
        assert kept.places == many[:MAX_VALUES]
        assert [one.why for one in refused] == ["refused_long", "refused_many", "refused_many"]
        assert len(Chosen.read("places=" + "y" * 10_000_000).places[0]) == MAX_LENGTH + 1


class TestAsHtml:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_nothing_hostile_becomes_markup(self, language: str) -> None:
        chosen, refused = checked(Chosen(HOSTILE, HOSTILE, (HOSTILE, "en"), (HOSTILE,), (HOSTILE,)), FACETS)
        for markup in (
            chips_html(chosen, refused, HOSTILE, language),
            options_html("sources", FACETS.sources.items(), HOSTILE, language),
            languages_html(Facets(languages={HOSTILE: 1}), language),
            time_html(FACETS, language),
        ):
            seen = Elements(markup).seen
            assert {tag for tag, _ in seen} <= CONTROLS
            assert not any(name.startswith("on") for _, attributes in seen for name in attributes)

    def test_each_chip_can_be_removed_and_all_of_them(self) -> None:
        seen = Elements(chips_html(Chosen("2017-11", "", ("en",), (), ("راوة",)), (), "", "de")).seen
        buttons = [attributes for tag, attributes in seen if tag == "button"]
        assert [one.get("aria-label") for one in buttons] == [
            "Entfernen: von: November 2017",
            "Entfernen: Sprache: Englisch",
            "Entfernen: Ort: راوة",
            None,
        ]

    def test_a_long_list_says_how_many_are_left(self) -> None:
        markup = options_html("places", ((str(n), 1) for n in range(1000)), "", "en")
        assert markup.count("checkbox") == 100
        assert "900 more" in markup
