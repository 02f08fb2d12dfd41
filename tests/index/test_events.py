"""Event files: UCDP GED and ACLED are told by their columns, and each event says what its row says, no more exactly."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ReportError
from index.readers import Draft, read
from index.readers import acled as acled_reader
from index.readers import ucdp as ucdp_reader
from index.readers.draft import Unreadable
from tests.helpers import SHARED, needs_shared

UCDP = {
    "id": "214797",
    "relid": "SYR-2016-1-1-1",
    "type_of_violence": "1",
    "conflict_name": "Syria: Government",
    "side_a": "Government of Syria",
    "side_b": "Syrian insurgents",
    "source_article": '"SOHR,2016-01-02,14 shells hit the town";"AFP,2016-01-03,Fighting, and more of it"',
    "source_original": "SOHR",
    "where_prec": "1",
    "where_coordinates": "Rami village",
    "adm_1": "Idlib governorate",
    "adm_2": "Ariha district",
    "country": "Syria",
    "latitude": "35.763369",
    "longitude": "36.558974",
    "event_clarity": "1",
    "date_prec": "1",
    "date_start": "2016-01-01",
    "date_end": "2016-01-01",
    "deaths_a": "2",
    "deaths_b": "0",
    "deaths_civilians": "1",
    "deaths_unknown": "0",
    "low": "3",
    "best": "3",
    "high": "5",
}
ACLED = {
    "event_id_cnty": "SYR12345",
    "event_date": "05 January 2018",
    "year": "2018",
    "time_precision": "1",
    "event_type": "Battles",
    "sub_event_type": "Armed clash",
    "actor1": "Military Forces of Syria",
    "assoc_actor_1": "",
    "actor2": "Opposition Rebels (Syria)",
    "country": "Syria",
    "admin1": "Idleb",
    "admin2": "Al Mara",
    "location": "Kafr Nobol",
    "latitude": "35.6145",
    "longitude": "36.5606",
    "geo_precision": "1",
    "source": "SOHR; Liveuamap",
    "notes": "On 5 January 2018, clashes took place in Kafr Nobol. Casualties are not known.",
    "fatalities": "0",
}


def table(folder: Path, rows: Iterable[Mapping[str, str]], name: str = "events.csv", **style: str) -> Path:
    path = folder / name
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), **style)  # type: ignore[arg-type]
        writer.writeheader()
        writer.writerows(rows)
    return path


def one(folder: Path, row: Mapping[str, str]) -> Draft:
    (draft,) = read(table(folder, [row]))
    assert isinstance(draft, Draft), draft
    return draft


def test_an_event_of_ucdp(tmp_path: Path) -> None:
    draft = one(tmp_path, UCDP)
    assert draft.text == (
        "On 1 January 2016, an event of state-based conflict between Government of Syria and Syrian insurgents took "
        "place at Rami village, Ariha district, Idlib governorate, Syria; UCDP's best estimate is that 3 people were "
        "killed (low 3, high 5): 2 of Government of Syria; 1 civilian.\n\n"
        "Source: SOHR, 2016-01-02: “14 shells hit the town”.\nSource: AFP, 2016-01-03: “Fighting, and more of it”."
    )
    assert draft.title == "Government of Syria - Syrian insurgents: Rami village, 2016-01-01"
    assert (str(draft.published), draft.source, draft.language) == ("2016-01-01", "UCDP GED", "en")
    assert draft.origin.endswith("events.csv#214797")
    expected = {
        "published_from": "event date",
        "latitude": "35.763369",
        "longitude": "36.558974",
        "place": "Rami village",
        "place_precision": "exact",
        "actor_a": "Government of Syria",
        "actor_b": "Syrian insurgents",
        "deaths_low": "3",
        "deaths_best": "3",
        "deaths_high": "5",
        "deaths_civilians": "1",
        "date_precision": "day",
        "event_clarity": "clear",
        "original_source": "SOHR",
    }
    assert expected.items() <= draft.details.items()


@pytest.mark.parametrize(
    ("precision", "start", "end", "date", "said"),
    [
        ("1", "2016-01-01", "2016-01-01", "2016-01-01", "On 1 January 2016, "),
        ("1", "2016-01-01", "2016-01-04", "2016-01-01/2016-01-04", "From 1 January 2016 to 4 January 2016, "),
        (
            "2",
            "2016-01-01",
            "2016-01-04",
            "2016-01-01/2016-01-04",
            "On a day between 1 January 2016 and 4 January 2016, ",
        ),
        ("3", "2016-12-28", "2017-01-03", "2016-12-28/2017-01-03", "On a day between 28 December 2016 and "),
        ("4", "2016-02-01", "2016-02-29", "2016-02", "On a day in February 2016, "),
        ("4", "2016-02-01", "2016-02-20", "2016-02-01/2016-02-20", "On a day between 1 February 2016 and "),
        ("5", "2016-01-01", "2016-12-31", "2016", "On a day in 2016, "),
        # one day that is said to stand for more
        ("2", "2016-01-07", "2016-01-07", "2016-01-01/2016-01-13", "Around 7 January 2016 (known to the week), "),
        ("4", "2016-01-07", "2016-01-07", "2016-01", "On a day in January 2016, "),
        ("5", "2016-01-07", "2016-01-07", "2016", "On a day in 2016, "),
    ],
)
def test_a_range_of_days_is_never_a_day(
    tmp_path: Path, precision: str, start: str, end: str, date: str, said: str
) -> None:
    draft = one(tmp_path, UCDP | {"date_prec": precision, "date_start": start, "date_end": end})
    assert str(draft.published) == date
    assert draft.text.startswith(said)


@given(st.integers(1, 5), st.dates(dt.date(1989, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 400))
def test_the_date_is_a_day_only_where_ucdp_knows_it(precision: int, start: dt.date, days: int) -> None:
    end = start + dt.timedelta(days=days)
    row = UCDP | {"date_prec": str(precision), "date_start": str(start), "date_end": str(end)}
    date = ucdp_reader.read_row(row).published
    assert (date.precision == "day") == (precision == 1 and days == 0)
    assert date.earliest is not None
    assert date.latest is not None
    assert date.earliest <= start <= end <= date.latest


@pytest.mark.parametrize(
    ("code", "said"),
    [("1", "at Rami village"), ("2", "near Rami village"), ("4", "at a place that is not known within Rami village")],
)
def test_a_place_is_no_more_exact_than_ucdp_knows_it(tmp_path: Path, code: str, said: str) -> None:
    assert f"took place {said}, Ariha district" in one(tmp_path, UCDP | {"where_prec": code}).text


def test_one_sided_violence_and_nobody_killed(tmp_path: Path) -> None:
    none = {"deaths_a": "0", "deaths_civilians": "0", "low": "0", "best": "0", "high": "2"}
    text = one(tmp_path, UCDP | {"type_of_violence": "3", "side_b": "Civilians"} | none).text
    assert "an event of one-sided violence by Government of Syria against civilians took place" in text
    assert "UCDP's best estimate is that 0 people were killed (low 0, high 2)." in text


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ("", ""),
        ('Reuters 1989-05-17 "UNITA BLOWS UP LINES', 'Source: Reuters 1989-05-17 "UNITA BLOWS UP LINES'),
        ('"SOHR,2016-01-27,Towns &#8211; and roads"', "Source: SOHR, 2016-01-27: “Towns – and roads”."),
        ('"SOHR,2016-01-27,A";"SOHR,2016-01-27,A"', "Source: SOHR, 2016-01-27: “A”."),
    ],
)
def test_sources_in_any_form(tmp_path: Path, article: str, said: str) -> None:
    paragraphs = one(tmp_path, UCDP | {"source_article": article}).text.split("\n\n")
    assert paragraphs[1:] == ([said] if said else [])


def test_numbers_written_as_fractions(tmp_path: Path) -> None:
    floats = {name: value + ".0" for name, value in UCDP.items() if value.isdigit()}
    draft = one(tmp_path, UCDP | floats | {"date_start": "2016-01-01 00:00:00.000"})
    plain = one(tmp_path, UCDP)
    assert (draft.text, draft.published, draft.origin) == (plain.text, plain.published, plain.origin)
    assert draft.details["deaths_high"] == "5"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"best": "many"}, "best is 'many'"),
        ({"best": "nan"}, "best is 'nan'"),
        ({"best": "1.5"}, "best is '1.5'"),
        ({"date_prec": "9"}, "date_prec is 9"),
        ({"type_of_violence": ""}, "type_of_violence is ''"),
        ({"date_start": "2016-02-30"}, "date_start is '2016-02-30'"),
        ({"date_start": "2016-01-02"}, "before date_start"),
        ({"latitude": "91"}, "lie on no globe"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_and_the_others_go_in(
    tmp_path: Path, wrong: dict[str, str], named: str
) -> None:
    found = list(read(table(tmp_path, [UCDP | wrong, UCDP])))
    assert isinstance(found[0], ReportError)
    assert found[0].origin.endswith("events.csv#2")
    assert named in found[0].reason
    assert isinstance(found[1], Draft)


def test_the_same_number_twice_makes_two_reports(tmp_path: Path) -> None:
    first, second = read(table(tmp_path, [UCDP, UCDP | {"best": "4"}]))
    assert first.origin.endswith("#214797")
    assert second.origin.endswith("#214797@3")


def test_an_event_of_acled(tmp_path: Path) -> None:
    draft = one(tmp_path, ACLED)
    assert draft.text == (
        f"{ACLED['notes']}\n\n"
        "On 5 January 2018, ACLED records: Battles (Armed clash) between Military Forces of Syria and Opposition "
        "Rebels (Syria) at Kafr Nobol, Al Mara, Idleb, Syria; reported fatalities: 0. Source: SOHR; Liveuamap."
    )
    assert (str(draft.published), draft.source) == ("2018-01-05", "ACLED")
    assert draft.origin.endswith("#SYR12345")
    assert {
        "latitude": "35.614500",
        "deaths_reported": "0",
        "event_subtype": "Armed clash",
    }.items() <= draft.details.items()
    assert "deaths_best" not in draft.details


@pytest.mark.parametrize(
    ("precision", "date", "said"),
    [
        ("1", "2018-01-05", "On 5 January 2018, ACLED"),
        ("2", "2017-12-30/2018-01-11", "Around 5 January 2018 (known to the week), ACLED"),
        ("3", "2018-01", "On a day in January 2018, ACLED"),
    ],
)
@pytest.mark.parametrize("day", ["05 January 2018", "2018-01-05", "05-Jan-2018"])
def test_dates_of_acled(tmp_path: Path, precision: str, date: str, said: str, day: str) -> None:
    draft = one(tmp_path, ACLED | {"time_precision": precision, "event_date": day})
    assert str(draft.published) == date
    assert said in draft.text


@pytest.mark.parametrize(
    ("day", "date"), [("5-Jan-23", "2023-01-05"), ("05 January 68", "2068-01-05"), (" 5-Jan-69", "1969-01-05")]
)
def test_a_year_of_two_digits_is_read_with_a_warning(tmp_path: Path, day: str, date: str) -> None:
    draft = one(tmp_path, ACLED | {"event_date": day})
    assert (str(draft.published), len(draft.warnings)) == (date, 1)
    assert f"the year was taken for {date[:4]}" in draft.warnings[0]
    assert f"On 5 January {date[:4]}, ACLED" in draft.text
    assert one(tmp_path, ACLED | {"event_date": "5-Jan-2023"}).warnings == ()


@pytest.mark.parametrize("day", ["5-Jan-3", "5-Jan-023", "5-Jan-20233"])
def test_a_year_of_other_digits_is_no_year(tmp_path: Path, day: str) -> None:
    (error,) = read(table(tmp_path, [ACLED | {"event_date": day}]))
    assert isinstance(error, ReportError)
    assert f"event_date is '{day}', not a day" in error.reason


def test_acled_with_one_actor_and_no_notes(tmp_path: Path) -> None:
    text = one(tmp_path, ACLED | {"actor2": "", "notes": "", "geo_precision": "3", "source": ""}).text
    assert text.endswith(
        "involving Military Forces of Syria in the region of Kafr Nobol, Al Mara, Idleb, Syria; reported fatalities: 0."
    )


@pytest.mark.parametrize("row", [UCDP, ACLED], ids=["ucdp", "acled"])
def test_other_separators_and_column_names_in_capitals(tmp_path: Path, row: dict[str, str]) -> None:
    expected = one(tmp_path, row)
    capitals = {name.upper(): value for name, value in row.items()}
    for separator in (";", "\t"):
        (draft,) = read(table(tmp_path, [capitals], delimiter=separator))
        assert isinstance(draft, Draft)
        assert (draft.text, draft.details) == (expected.text, expected.details)


values = st.sampled_from(
    ["", "0", "1", "2.0", "-1", "nan", "1e400", "2016-01-01", "2016-02-30", "05 January 2018", "x"]
)


@given(st.dictionaries(st.sampled_from(sorted(UCDP)), values | st.text(max_size=5)))
def test_any_row_of_ucdp_is_read_or_refused(wrong: dict[str, str]) -> None:
    try:
        event = ucdp_reader.read_row(UCDP | wrong)
    except Unreadable:
        return
    assert event.text.strip()


@given(st.dictionaries(st.sampled_from(sorted(ACLED)), values | st.text(max_size=5)))
def test_any_row_of_acled_is_read_or_refused(wrong: dict[str, str]) -> None:
    try:
        event = acled_reader.read_row(ACLED | wrong)
    except Unreadable:
        return
    assert event.text.strip()


# --- the real files


@pytest.fixture(scope="module")
def syria(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ucdp") / "syria.csv"
    with gzip.open(SHARED / "eval" / "ucdp-ged" / "ucdp_syria.converted.csv.gz") as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return path


@needs_shared
def test_every_real_event_is_read(syria: Path) -> None:
    for path, count in ((syria, 16_566), (SHARED / "eval" / "ucdp-ged" / "ucdp_world_1000.csv", 1_000)):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = {row["id"].removesuffix(".0"): row for row in csv.DictReader(stream)}
        origins = set()
        for draft in read(path):
            assert isinstance(draft, Draft), draft
            row = rows[draft.origin.rpartition("#")[2]]
            origins.add(draft.origin)
            assert (draft.published.precision == "day") == (row["date_prec"] == "1.0")
            assert str(draft.published.earliest) <= row["date_start"]
            assert str(draft.published.latest) >= row["date_end"]
            assert float(draft.details["deaths_best"]) == float(row["best"])
            assert abs(float(draft.details["latitude"]) - float(row["latitude"])) < 1e-5
            assert row["where_coordinates"] in draft.text
            assert row["side_a"] in draft.text
        assert len(origins) == count
